import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import { Graph, crossEntropy, evaluate, gradients } from '../../graph/index.ts';
import type { Tensor, Value } from '../../graph/index.ts';
import { decoders } from '../../../test/fixtures/model/decoders.ts';
import { ropeBorder } from '../config/config.ts';
import { modelConfig } from '../config/configure.ts';
import type { ModelConfig } from '../config/config.ts';
import { forward } from './forward.ts';
import { arrange, forwardInputs } from './layout.ts';
import type { Group, GroupSequences } from './layout.ts';
import { initialise, parameters } from './parameters.ts';

const sizes = { vocabulary: 7, layers: 2, heads: 2, width: 8, positions: 12 } as const;
const configs: [string, ModelConfig][] = [
  ...decoders({ ...sizes, window: 3 }),
  ['one layer', modelConfig({ architecture: 'llama', ...sizes, layers: 1 })],
];

/** Weights large enough for every part to show. */
function weightsOf(config: ModelConfig): Map<string, Float64Array> {
  const random = rng('forward test');
  return new Map(
    [...initialise(config, random)].map(([name, numbers]) => [
      name,
      Float64Array.from(numbers, (number) => number + 0.3 * random.normal()),
    ]),
  );
}

/** The forward pass in float64, by the graph's reference evaluator; with a loss, its derivatives as well. */
function reference(
  config: ModelConfig,
  groups: readonly Group[],
  sequences: readonly GroupSequences[],
  targets?: readonly number[],
): Record<string, Tensor> {
  const graph = new Graph({ float: 'float64' });
  const numbers = weightsOf(config);
  const inputs = new Map<string, Value>();
  const feeds = arrange(config, { groups }, sequences);
  for (const { name, shape } of parameters(config)) {
    inputs.set(name, graph.input(name, shape));
    feeds[name] = { dtype: 'float64', shape, data: numbers.get(name) ?? new Float64Array() };
  }
  const logits = forward(graph, config, (name) => inputs.get(name) ?? graph.constant(0), { groups });
  graph.output('logits', logits);
  if (targets !== undefined) {
    const labels = graph.constant(Int32Array.from(targets), [targets.length]);
    const derivatives = gradients(crossEntropy(logits, labels), [...inputs.values()]);
    [...inputs.keys()].forEach((name, i) => graph.output(`gradient ${name}`, derivatives[i]));
  }
  return evaluate(graph, feeds);
}

/** Logits at every position of one sequence on its own: [length][vocabulary]. */
function alone(config: ModelConfig, sequence: readonly number[], offset: number): number[][] {
  const { length } = sequence;
  const { data } = reference(
    config,
    [{ batch: 1, length, rows: length }],
    [{ sequences: [sequence], offsets: [offset] }],
  ).logits;
  return Array.from({ length }, (_, p) => Array.from(data.subarray(p * 7, (p + 1) * 7) as Float64Array));
}

const token = fc.nat(6);
/** A group, and sequences that fit into it: shorter ones where it is padded. */
const anyGroup = fc
  .record({
    length: fc.integer({ min: 1, max: 5 }),
    padded: fc.boolean(),
    batch: fc.integer({ min: 1, max: 3 }),
  })
  .chain(({ length, padded, batch }) =>
    fc.record({
      group: fc.integer({ min: 1, max: length }).map((rows) => ({ batch, length, rows, padded })),
      sequences: fc.array(fc.array(token, { minLength: padded ? 1 : length, maxLength: length }), {
        minLength: batch,
        maxLength: batch,
      }),
      offsets: fc.array(fc.nat(6), { minLength: batch, maxLength: batch }),
    }),
  );

describe.each(configs)('the forward pass of %s', (_, config) => {
  it('gives in any layout what each sequence has on its own', () => {
    fc.assert(
      fc.property(fc.array(anyGroup, { minLength: 1, maxLength: 3 }), (parts) => {
        const logits = reference(
          config,
          parts.map(({ group }) => group),
          parts,
        ).logits.data as Float64Array;
        let at = 0;
        for (const { group, sequences, offsets } of parts) {
          for (const [s, sequence] of sequences.entries()) {
            const own = alone(config, sequence, offsets[s]);
            for (let row = 0; row < group.rows; row++, at += 7) {
              // Counted from the end; rows before a padded sequence's start mean nothing.
              const position = sequence.length - group.rows + row;
              if (position < 0) continue;
              own[position].forEach((number, v) => expect(logits[at + v]).toBeCloseTo(number, 9));
            }
          }
        }
        expect(at).toBe(logits.length);
      }),
      { numRuns: 15 },
    );
  });

  it('does not look ahead, nor at padding on the right', () => {
    // Longer sequences turn otherwise from their first position on.
    if (Number.isFinite(ropeBorder(config))) return;
    const short = alone(config, [1, 2, 3], 0);
    const long = alone(config, [1, 2, 3, 4, 5], 0);
    short.forEach((row, p) => row.forEach((number, v) => expect(long[p][v]).toBeCloseTo(number, 12)));
  });

  it('has derivatives that are the sums of the single sequences’', () => {
    const groups = [
      { batch: 2, length: 4, rows: 1, padded: true },
      { batch: 1, length: 3, rows: 2 },
    ];
    const sequences = [[1, 2, 3], [4, 3, 2, 1], [5, 6, 1]]; // prettier-ignore
    const targets = [[6], [5], [2, 3]];
    const together = reference(
      config,
      groups,
      [{ sequences: sequences.slice(0, 2) }, { sequences: sequences.slice(2) }],
      targets.flat(),
    );
    const single = sequences.map((sequence, s) =>
      reference(
        config,
        [{ batch: 1, length: sequence.length, rows: targets[s].length }],
        [{ sequences: [sequence] }],
        targets[s],
      ),
    );
    for (const { name } of parameters(config)) {
      const found = together[`gradient ${name}`].data as Float64Array;
      found.forEach((number, i) => {
        const sum = single.reduce((total, part) => total + Number(part[`gradient ${name}`].data[i]), 0);
        expect(number, name).toBeCloseTo(sum, 9);
      });
    }
  });
});

describe('a layout', () => {
  const [[, config]] = configs;
  it.each([
    ['no groups', [], /nothing to compute/],
    ['more logits than positions', [{ batch: 1, length: 2, rows: 3 }], /no more logits than positions/],
    ['no sequences', [{ batch: 0, length: 2, rows: 1 }], /whole numbers from 1 on/],
    [
      'more tokens than positions',
      [{ batch: 1, length: 13, rows: 1 }],
      /length 13: the model has 12 positions/,
    ],
  ])('is refused with %s', (_, groups, message) => {
    expect(() => forward(new Graph(), config, () => new Graph().constant(0), { groups })).toThrow(message);
  });

  it('is not filled beyond the positions of dynamic RoPE, which is named', () => {
    const positionEncoding = { kind: 'rope', theta: 50, factor: 2, scaling: { kind: 'dynamic' } } as const;
    const dynamic = modelConfig({ architecture: 'llama', ...sizes, positionEncoding });
    expect(() =>
      forwardInputs(new Graph(), dynamic, { groups: [{ batch: 1, length: 13, rows: 1 }] }),
    ).toThrow(/the model has 12 positions \(beyond them its dynamic RoPE is not supported\)/);
  });

  it.each([
    ['too long a sequence', [[1, 2, 3]], undefined, /3 tokens in a group of length 2/],
    ['too many sequences', [[1], [1], [1]], undefined, /3 sequences for a group of 2/],
    ['an unknown token', [[7]], undefined, /token 7: the model has tokens 0 to 6/],
    ['a token that is no number', [[NaN]], undefined, /token NaN/],
    ['an offset beyond the positions', [[1, 2]], [11], /2 tokens from position 11 on: the model has 12/],
  ])('is not filled with %s', (_, sequences, offsets, message) => {
    const groups = [{ batch: 2, length: 2, rows: 1 }];
    expect(() => arrange(config, { groups }, [{ sequences, offsets }])).toThrow(message);
  });
});
