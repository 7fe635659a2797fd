import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rng } from '../../../common/random.ts';
import { evaluate, Graph } from '../../../graph/index.ts';
import type { Tensor } from '../../../graph/index.ts';
import { modelConfig } from '../../../model/index.ts';
import { preset } from '../../spec/presets.ts';
import { scalarFeeds } from '../step.ts';
import { trainedTensors } from '../tensors.ts';
import { adamw } from './adamw.ts';
import { muon } from './muon.ts';
import type { Optimizer } from './optimizer.ts';

type Matrix = number[][];

interface PyTorchRun {
  shape: number[];
  rates: number[];
  weightDecay: number;
  start: number[];
  gradients: number[][];
  parameters: number[][];
}

const float64 = (data: readonly number[], shape: readonly number[]): Tensor => ({
  dtype: 'float64',
  shape,
  data: Float64Array.from(data),
});

/** Some updates in a row, in float64: the parameter after each. */
function updates(optimizer: Optimizer, run: Omit<PyTorchRun, 'parameters'>): number[][] {
  const { shape, rates, weightDecay, start, gradients } = run;
  const graph = new Graph({ float: 'float64' });
  const slots = optimizer.slots.map((slot) => graph.input(slot, shape));
  const scalars = {
    rate: graph.input('rate', []),
    correction1: graph.input('correction1', []),
    correction2: graph.input('correction2', []),
  };
  const [parameter, gradient] = [graph.input('parameter', shape), graph.input('gradient', shape)];
  const next = optimizer.update(graph, parameter, gradient, slots, scalars, weightDecay);
  graph.output("parameter'", next.parameter);
  next.slots.forEach((slot, i) => graph.output(`${optimizer.slots[i]}'`, slot));

  let state: Record<string, Tensor> = { parameter: float64(start, shape) };
  for (const slot of optimizer.slots) state[slot] = float64(new Array<number>(start.length).fill(0), shape);
  return gradients.map((numbers, i) => {
    const feeds: Record<string, Tensor> = { ...state, gradient: float64(numbers, shape) };
    for (const [name, value] of Object.entries(scalarFeeds(i + 1, rates[i])))
      feeds[name] = float64([value], []);
    const outputs = evaluate(graph, feeds);
    state = Object.fromEntries(Object.keys(state).map((key) => [key, outputs[`${key}'`]]));
    return Array.from(state.parameter.data, Number);
  });
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  const worst = Math.max(...actual.map((value, i) => Math.abs(value - expected[i])));
  expect(actual).toHaveLength(expected.length);
  expect(worst).toBeLessThan(tolerance);
}

describe('AdamW', () => {
  it("takes PyTorch's steps, rates changing from step to step", () => {
    const file = new URL('../../../../test/fixtures/train/adamw-pytorch.json', import.meta.url);
    const run = JSON.parse(readFileSync(file, 'utf8')) as PyTorchRun;
    const taken = updates(adamw, run);
    expect(taken).toHaveLength(5);
    taken.forEach((parameter, i) => expectClose(parameter, run.parameters[i], 1e-12));
  });
});

describe('Muon', () => {
  const random = rng('muon');
  const draw = (rows: number, columns: number): Matrix =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.normal()));

  it.each([
    ['wide', 3, 7],
    ['tall', 7, 3],
    ['square', 4, 4],
  ])('turns a gradient into a nearly orthogonal step: %s', (_, rows, columns) => {
    const gradient = draw(rows, columns);
    const [after] = updates(muon({ outputAxis: 1, blocks: 1 }), {
      shape: [rows, columns],
      rates: [0.03],
      weightDecay: 0,
      start: new Array<number>(rows * columns).fill(0),
      gradients: [gradient.flat()],
    });
    // The first step's direction is (1 + 0.95) times the gradient, and its length does not matter.
    const size = 0.03 * (20 / 3) * Math.sqrt(Math.max(1, columns / rows));
    expectClose(
      after,
      newtonSchulz(gradient)
        .flat()
        .map((x) => -size * x),
      1e-6,
    );
    const step = after.map((x) => x / size);
    for (const value of squaredSingularSums(step, rows, columns)) {
      expect(value).toBeGreaterThan(0.3); // singular values between about 0.7 and 1.2
      expect(value).toBeLessThan(1.6);
    }
  });

  it('treats queries, keys and values in one matrix as three, and Llama’s transposed matrices alike', () => {
    const parts = [draw(4, 4), draw(4, 4), draw(4, 4)];
    const beside = Array.from({ length: 4 }, (_, row) => parts.flatMap((part) => part[row]));
    const run = { rates: [0.1], weightDecay: 0, start: new Array<number>(48).fill(0) };
    const [joint] = updates(muon({ outputAxis: 1, blocks: 3 }), {
      ...run,
      shape: [4, 12],
      gradients: [beside.flat()],
    });
    const alone = parts.map(
      (part) =>
        updates(muon({ outputAxis: 0, blocks: 1 }), {
          ...run,
          start: run.start.slice(0, 16),
          shape: [4, 4],
          gradients: [part.flat()],
        })[0],
    );
    const expected = Array.from({ length: 4 }, (_, row) =>
      alone.flatMap((part) => part.slice(4 * row, 4 * row + 4)),
    );
    expectClose(joint, expected.flat(), 1e-9);
  });

  it('shrinks the weights by rate times decay, in its own measure of the rate', () => {
    const run = { shape: [2, 2], rates: [0.03], start: [1, 2, 3, 4], gradients: [[1, 0, 0, 1]] };
    const [kept] = updates(muon({ outputAxis: 0, blocks: 1 }), { ...run, weightDecay: 0 });
    const [decayed] = updates(muon({ outputAxis: 0, blocks: 1 }), { ...run, weightDecay: 0.5 });
    expectClose(
      decayed,
      kept.map((x, i) => x - run.start[i] * 0.03 * (20 / 3) * 0.5),
      1e-12,
    );
  });
});

describe('which tensor is trained how', () => {
  const config = (architecture: 'gpt2' | 'llama') =>
    modelConfig({ architecture, vocabulary: 9, layers: 1, heads: 2, width: 8, positions: 16 });

  it.each(['gpt2', 'llama'] as const)('%s: matrices are decayed, vectors are not', (architecture) => {
    const spec = { ...preset('quick', 'UR', 'ape'), weightDecay: 0.25 };
    for (const { shape, members, weightDecay } of trainedTensors(config(architecture), spec)) {
      expect(weightDecay).toBe(shape.length > 1 ? 0.25 : 0);
      for (const member of members) expect(member.shape).toHaveLength(shape.length);
    }
  });

  it('Muon has the matrices between activations, AdamW embeddings and vectors', () => {
    const spec = { ...preset('quick', 'UR', 'ape'), optimizer: 'muon' as const };
    const tensors = trainedTensors(config('gpt2'), spec);
    const ofAdamW = tensors.filter(({ optimizer }) => optimizer === adamw).map(({ name }) => name);
    expect(ofAdamW).toEqual(['transformer.wte.weight', 'transformer.wpe.weight', 'vectors']);
    expect(tensors.length).toBe(ofAdamW.length + 4);
    expect(
      trainedTensors(config('llama'), { ...spec, optimizer: 'adamw' }).every(
        ({ optimizer }) => optimizer === adamw,
      ),
    ).toBe(true);
  });
});

/** The reference, plainly: five steps of X ← aX + (bA + cA²)X with A = XXᵀ, X divided by its norm. */
function newtonSchulz(matrix: Matrix): Matrix {
  if (matrix.length > matrix[0].length) return transposed(newtonSchulz(transposed(matrix)));
  const norm = Math.sqrt(matrix.flat().reduce((sum, x) => sum + x * x, 0));
  let x = matrix.map((row) => row.map((value) => value / norm));
  for (let step = 0; step < 5; step++) {
    const gram = product(x, transposed(x));
    const square = product(gram, gram);
    const bent = product(
      gram.map((row, i) => row.map((value, j) => -4.775 * value + 2.0315 * square[i][j])),
      x,
    );
    x = x.map((row, i) => row.map((value, j) => 3.4445 * value + bent[i][j]));
  }
  return x;
}

/** The diagonal of the smaller Gram matrix. */
function squaredSingularSums(numbers: readonly number[], rows: number, columns: number): number[] {
  const matrix = Array.from({ length: rows }, (_, row) => numbers.slice(row * columns, (row + 1) * columns));
  const wide = rows <= columns ? matrix : transposed(matrix);
  return product(wide, transposed(wide)).map((row, i) => row[i]);
}

function product(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));
}

function transposed(matrix: Matrix): Matrix {
  return matrix[0].map((_, j) => matrix.map((row) => row[j]));
}
