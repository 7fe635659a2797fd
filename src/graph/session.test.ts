import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import * as G from './index.ts';
import type { Tensor } from './index.ts';

const floats = (shape: readonly number[], ...numbers: number[]): Tensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(numbers),
});

/** y = 2x, with an input that nothing uses. */
function doubling(): G.Graph {
  const graph = new G.Graph();
  const x = graph.input('x', [2]);
  graph.input('left over', [3]);
  graph.output('y', G.multiply(x, 2));
  return graph;
}

describe('a session', () => {
  it('runs, again and again, on the outputs of the run before', async () => {
    const session = await G.createSession(doubling());
    let tensors: Record<string, Tensor> = { y: floats([2], 1, 3) };
    for (let i = 0; i < 3; i++) tensors = await session.run({ x: tensors.y });
    await session.release();
    expect(tensors.y).toEqual({ dtype: 'float32', shape: [2], data: Float32Array.of(8, 24) });
  });

  it('does not mind an input that nothing uses, fed or not', async () => {
    const session = await G.createSession(doubling());
    const x = floats([2], 1, 3);
    const fed = await session.run({ x, 'left over': floats([3], 0, 0, 0) });
    expect(fed).toEqual(await session.run({ x }));
    await session.release();
  });

  it('gives what was not computed, too: inputs, constants, one value by two names', async () => {
    const graph = new G.Graph();
    const x = graph.input('x', [2]);
    const y = G.exp(x);
    graph.output('same', x);
    graph.output('whole', graph.constant([7n, 8n].map(Number), [2], 'int64'));
    graph.output('first', y);
    graph.output('second', y);
    graph.output('beyond', G.negate(y));
    const session = await G.createSession(graph);
    const results = await session.run({ x: floats([2], 0, 0) });
    await session.release();
    expect(results.same.data).toEqual(Float32Array.of(0, 0));
    expect(results.whole.data).toEqual(BigInt64Array.of(7n, 8n));
    expect(results.first).toEqual(results.second);
    expect(results.beyond.data).toEqual(Float32Array.of(-1, -1));
  });

  it('takes what is fixed once, as if it were fed with every run', async () => {
    const graph = new G.Graph();
    const [table, ids] = [graph.input('table', [3, 2]), graph.input('ids', [2], 'int32')];
    graph.input('left over', [3]);
    graph.output('rows', G.gather(table, ids));
    graph.output('sums', G.reduceSum(table, [1]));
    const fixed = { table: floats([3, 2], 1, 2, 3, 4, 5, 6), 'left over': floats([3], 0, 0, 0) };
    const session = await G.createSession(graph, { fixed });
    const fed: Tensor = { dtype: 'int32', shape: [2], data: Int32Array.of(2, 0) };
    expect(await session.run({ ids: fed })).toEqual({
      rows: floats([2, 2], 5, 6, 1, 2),
      sums: floats([3], 3, 7, 11),
    });
    await expect(session.run({ ids: fed, table: fixed.table })).rejects.toThrow(
      "input 'table': fixed in this session, and fed",
    );
    await session.release();

    const byId = await G.createSession(graph, { fixed: { ids: fed } });
    expect((await byId.run({ table: fixed.table })).rows).toEqual(floats([2, 2], 5, 6, 1, 2));
    await byId.release();
    const wrong: Tensor = { ...fed, data: Int32Array.of(2, 3) };
    await expect(G.createSession(graph, { fixed: { ids: wrong } })).rejects.toThrow(/gather: id 3/);
    await expect(G.createSession(graph, { fixed: { tabel: fixed.table } })).rejects.toThrow(/'tabel'/);
  });

  it('says in one line what a graphics processor needs that is not there', async () => {
    await expect(G.createSession(doubling(), { device: 'cuda' })).rejects.toThrow(
      /^--device cuda: (libonnxruntime_providers_shared\.so is not in .*node_modules.*; install|ONNX Runtime has it for linux-x64 only)/,
    );
  });

  it.each([
    ['gather', 3],
    ['gather', -1],
    ['scatterRows', 3],
    ['pick', 2],
    ['addAt', -2],
  ] as const)('refuses ids that %s has no row for (%d) before ONNX Runtime sees them', async (name, id) => {
    const graph = new G.Graph();
    const table = graph.input('table', [3, 2]);
    const ids = G.reshape(graph.input('ids', [1, 3], 'int32'), [3]);
    const lookups = {
      gather: () => G.gather(table, ids),
      scatterRows: () => G.scatterRows(table, ids, 3),
      pick: () => G.pick(table, ids),
      addAt: () => G.addAt(table, ids, graph.constant([1, 1, 1])),
    };
    graph.output('found', lookups[name]());
    const session = await G.createSession(graph);
    const run = (...numbers: number[]) =>
      session.run({
        table: floats([3, 2], 1, 2, 3, 4, 5, 6),
        ids: { dtype: 'int32', shape: [1, 3], data: Int32Array.from(numbers) },
      });
    await run(0, 1, 1);
    await expect(run(0, 1, id)).rejects.toThrow(
      `${name}: id ${id}, number 2 of the input 'ids', is not in 0…`,
    );
    await session.release();
  });

  it('refuses such ids inside the parts of a batch', async () => {
    const graph = new G.Graph();
    const table = graph.constant([1, 2, 3], [3, 1]);
    const ids = graph.input('ids', [4], 'int32');
    const { rows } = G.overParts(2, [ids], (piece) => ({ rows: [G.gather(table, piece)] }));
    graph.output('found', rows[0]);
    const session = await G.createSession(graph);
    const run = (...numbers: number[]) =>
      session.run({ ids: { dtype: 'int32', shape: [4], data: Int32Array.from(numbers) } });
    expect((await run(0, 1, 2, 0)).found.data).toEqual(Float32Array.of(1, 2, 3, 1));
    await expect(run(0, 1, 2, 3)).rejects.toThrow("gather: id 3, number 3 of the input 'ids', is not in 0…2");
    await expect(run(-1, 1, 2, 0)).rejects.toThrow(
      "gather: id -1, number 0 of the input 'ids', is not in 0…2",
    );
    await session.release();
  });

  it('takes labels that no lookup gets, such as the −100 of a prompt, wherever they are cut away', async () => {
    const graph = new G.Graph();
    const logits = graph.input('logits', [4, 3]);
    const labels = graph.input('labels', [2, 3], 'int32');
    const answers = G.reshape(G.slice(labels, 1, 1, 3), [4]);
    graph.output('loss', G.negativeLogLikelihood(logits, answers));
    const { sums } = G.overParts(2, [labels], (piece) => ({
      sums: [
        G.reduceSum(
          G.negativeLogLikelihood(graph.constant(0, [2, 3]), G.reshape(G.slice(piece, 1, 1, 3), [2])),
          [0],
        ),
      ],
    }));
    graph.output('in parts', sums[0]);
    const session = await G.createSession(graph);
    const run = (...numbers: number[]) =>
      session.run({
        logits: floats([4, 3], ...new Array<number>(12).fill(0)),
        labels: { dtype: 'int32', shape: [2, 3], data: Int32Array.from(numbers) },
      });
    expect((await run(-100, 0, 1, -100, 2, 0)).loss.data[0]).toBeCloseTo(Math.log(3), 5);
    await expect(run(-100, 0, 1, -100, 2, -100)).rejects.toThrow("id -100, number 5 of the input 'labels'");
    await session.release();
  });

  it('keeps outputs that the body of a loop uses, and derivatives by them', async () => {
    const graph = new G.Graph();
    const x = graph.input('x', [4, 1]);
    const scale = G.exp(graph.input('s', [1]));
    const { sums, rows } = G.overParts(2, [x], (piece) => {
      const made = G.multiply(piece, scale);
      return { sums: [G.reduceSum(made, [0, 1])], rows: [made] };
    });
    graph.output('scale', scale);
    graph.output('sum', sums[0]);
    graph.output('rows', rows[0]);
    graph.output('slope', G.gradients(sums[0], [scale])[0]);
    const session = await G.createSession(graph);
    const found = await session.run({ x: floats([4, 1], 1, 2, 3, 4), s: floats([1], 0) });
    await session.release();
    expect(found.scale.data).toEqual(Float32Array.of(1));
    expect(found.sum.data).toEqual(Float32Array.of(10));
    expect(found.slope.data).toEqual(Float32Array.of(10));
  });

  it('says what is wrong with what it is fed', async () => {
    const session = await G.createSession(doubling());
    const refused = (feeds: Record<string, Tensor>) => expect(session.run(feeds)).rejects;
    await refused({}).toThrow("input 'x': nothing is fed, expected float32 [2]");
    await refused({ x: floats([3], 1, 2, 3) }).toThrow("input 'x': fed float32 [3], expected float32 [2]");
    await refused({ x: { dtype: 'int32', shape: [2], data: Int32Array.of(1, 2) } }).toThrow(
      "input 'x': fed int32 [2], expected float32 [2]",
    );
    await refused({ x: floats([2], 1) }).toThrow("input 'x': fed 1 numbers for the shape [2]");
    await refused({ x: floats([2], 1, 2), 'left ower': floats([1], 1) }).toThrow(
      "unknown input 'left ower', did you mean 'left over'?",
    );
    await session.release();
    await refused({ x: floats([2], 1, 2) }).toThrow('run: the session has been released');
  });

  it('counts denormal numbers as zero, and keeps exact zeros in masked attention', async () => {
    const graph = new G.Graph();
    const scores = graph.input('scores', [1, 3]);
    const weights = G.softmax(scores);
    graph.output('weights', weights);
    graph.output('tiny', G.multiply(weights, 1e-39));
    const session = await G.createSession(graph);
    const results = await session.run({ scores: floats([1, 3], 0, -95, -1e9) });
    await session.release();
    expect(Array.from(results.weights.data as Float32Array)).toEqual([1, 0, 0]);
    expect(Array.from(results.tiny.data as Float32Array)).toEqual([0, 0, 0]);
  });

  it.each([1, 4])(
    'adds up all rows of an id with %i threads, short tables and long ones',
    async (threads) => {
      const [count, width] = [40_000, 64];
      for (const rows of [3, 2000]) {
        const graph = new G.Graph();
        const ids = graph.input('ids', [count], 'int64');
        graph.output('sums', G.scatterRows(graph.constant(1, [count, width]), ids, rows));
        const session = await G.createSession(graph, { threads });
        const data = BigInt64Array.from({ length: count }, (_, i) => BigInt((i * 7) % 3));
        for (let i = 0; i < 5; i++) {
          const { sums } = await session.run({ ids: { dtype: 'int64', shape: [count], data } });
          const expected = [13_334, 13_333, 13_333].flatMap((sum) => new Array<number>(width).fill(sum));
          expect(Array.from((sums.data as Float32Array).subarray(0, 3 * width))).toEqual(expected);
        }
        await session.release();
      }
    },
  );

  it('gives the memory of a discarded result back at once, and does not take it as a feed', async () => {
    const graph = new G.Graph();
    graph.output('y', G.add(graph.input('x', [1 << 20]), 1));
    const session = await G.createSession(graph);
    const x: Tensor = { dtype: 'float32', shape: [1 << 20], data: new Float32Array(1 << 20) };
    const arrays = () => process.memoryUsage().arrayBuffers / 2 ** 20;
    const before = arrays();
    for (let i = 0; i < 8; i++) {
      const { y } = await session.run({ x });
      G.discard(y);
      expect(y.data).toHaveLength(0);
      await expect(session.run({ x: y })).rejects.toThrow("input 'x': fed 0 numbers for the shape [1048576]");
    }
    expect(arrays() - before).toBeLessThan(5); // 4 MB each
    await session.release();
  });

  it('sends nobody anything: ONNX Runtime keeps no record of what it runs', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-telemetry-'));
    const program = `
      const { Graph, add, createSession } = await import(${JSON.stringify(import.meta.resolve('./index.ts'))});
      const graph = new Graph();
      graph.output('y', add(graph.input('x', [1]), 1));
      await (await createSession(graph)).run({ x: { dtype: 'float32', shape: [1], data: Float32Array.of(1) } });
      console.log(process.env.ORT_DISABLE_TELEMETRY);`;
    const ran = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...process.env, ORT_DISABLE_TELEMETRY: undefined, TMPDIR: folder },
      encoding: 'utf8',
    });
    expect([ran.stdout, readdirSync(folder)]).toEqual(['1\n', []]);
    rmSync(folder, { recursive: true });
  });

  it('gives its memory back', async () => {
    const megabytes = () => process.memoryUsage().rss / 2 ** 20;
    const cycle = async () => {
      const graph = new G.Graph();
      const weights = graph.constant(new Float32Array(1 << 20).fill(0.5), [1024, 1024]); // 4 MB
      graph.output('y', G.matmul(graph.input('x', [64, 1024]), weights));
      const session = await G.createSession(graph);
      await session.run({ x: floats([64, 1024], ...new Float32Array(64 * 1024)) });
      await session.release();
    };
    for (let i = 0; i < 15; i++) await cycle();
    const before = megabytes();
    for (let i = 0; i < 40; i++) await cycle();
    expect(megabytes() - before).toBeLessThan(80); // one copy of the weights a cycle would be 160
  });
});
