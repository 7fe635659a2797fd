/**
 * Graphs drawn at random, computed and differentiated by PyTorch: the reference evaluator has the same values and the
 * same derivatives. Needs LENGTHWISE_PYTHON: a Python with torch.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rng } from '../../src/common/random.ts';
import { evaluate } from '../../src/graph/index.ts';
import type { Tensor, Value } from '../../src/graph/index.ts';
import { dependents } from '../../src/graph/passes/gradients.ts';
import { toFloat64 } from '../../src/graph/types/tensor.ts';
import { reachable } from '../../src/graph/types/walk.ts';
import { buildGraph, drawnGraph } from '../fixtures/graph/arbitrary.ts';
import type { DrawnGraph } from '../fixtures/graph/arbitrary.ts';

const python = process.env.LENGTHWISE_PYTHON;
const GRAPHS = 2000;

/** Both compute in float64; what is left is the order of sums. */
const TOLERANCE = 1e-9;

interface Answer {
  readonly values: Readonly<Record<string, readonly number[]>>;
  readonly slopes: readonly (readonly number[])[];
}

it.skipIf(python === undefined)(
  'PyTorch computes and differentiates random graphs alike',
  { timeout: 600_000 },
  () => {
    const drawn = fc.sample(drawnGraph(fc.constant(0)), { numRuns: GRAPHS, seed: 1 }).map(withNumbers);
    const graphs = drawn.map((one) => buildGraph(one));
    const asked = graphs.map(({ graph, inputs, loss, feeds }) => ({
      inputs: inputs.map((value, i) => ({ id: value.id, ...numbersOf(feeds[`x${i}`]) })),
      nodes: nodesOf(reachable([loss, ...forward(graph.outputs).values()])),
      outputs: Object.fromEntries([...forward(graph.outputs)].map(([name, { id }]) => [name, id])),
      loss: loss.id,
    }));
    const script = join(import.meta.dirname, 'graphs.py');
    const output = execFileSync(python ?? 'python3', [script], {
      input: JSON.stringify(asked),
      maxBuffer: 1 << 30,
    });
    const answers = JSON.parse(output.toString()) as Answer[];
    graphs.forEach(({ graph, feeds }, i) => {
      const found = evaluate(graph, feeds);
      const shown = JSON.stringify(drawn[i]);
      for (const [name, numbers] of Object.entries(answers[i].values)) {
        expectClose(found[name], numbers, `${name} of ${shown}`);
      }
      answers[i].slopes.forEach((numbers, k) =>
        expectClose(found[`slope ${k}`], numbers, `slope ${k} of ${shown}`),
      );
    });
  },
);

/** Every other graph has whole numbers, so that many are equal or 0: where derivatives have several sides. */
function withNumbers(drawn: DrawnGraph, i: number): DrawnGraph {
  const random = rng('graphs', i);
  return { ...drawn, numbers: drawn.numbers.map(() => (i % 2 ? random.below(5) - 2 : random.normal())) };
}

/** The outputs that are no derivatives: those are for PyTorch to find by itself. */
function forward(outputs: ReadonlyMap<string, Value>): Map<string, Value> {
  return new Map([...outputs].filter(([name]) => !name.startsWith('slope')));
}

function numbersOf({ dtype, shape, data }: Pick<Tensor, 'dtype' | 'shape' | 'data'>) {
  return { dtype, shape, data: [...toFloat64(data)] };
}

/** The nodes behind values, in the order of computing, as graphs.py reads them. */
function nodesOf(values: readonly Value[]): object[] {
  const seen = new Set<unknown>();
  return values.flatMap(({ id, dtype, shape, node }): object[] => {
    if (seen.has(node) || node.kind === 'input' || node.kind === 'parameter') return [];
    seen.add(node);
    if (node.kind === 'constant') {
      return [{ kind: 'constant', outputs: [id], ...numbersOf({ dtype, shape, data: node.data }) }];
    }
    const { operation, inputs, outputs, attributes } = node;
    const made = {
      kind: 'operation',
      name: operation.name,
      inputs: inputs.map((input) => input.id),
      outputs: outputs.map((output) => output.id),
    };
    const body = operation.body?.(node);
    if (body === undefined) return [{ ...made, attributes }];
    const { parts, pieces, results } = body;
    const inside = [...dependents(results, new Set(pieces))].sort((a, b) => a.id - b.id);
    return [
      {
        ...made,
        body: {
          parts,
          pieces: pieces.map((piece) => piece.id),
          nodes: nodesOf(inside),
          results: results.map((result) => result.id),
          sums: (attributes.sums as readonly Value[]).length,
        },
      },
    ];
  });
}

function expectClose({ data }: Tensor, wanted: readonly number[], what: string): void {
  expect(data.length, what).toBe(wanted.length);
  toFloat64(data).forEach((number, i) => {
    const difference = Math.abs(number - wanted[i]) / Math.max(1, Math.abs(wanted[i]));
    expect(difference, `${what}: ${number}, PyTorch ${wanted[i]}`).toBeLessThan(TOLERANCE);
  });
}
