import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decoders } from '../../../test/fixtures/model/decoders.ts';
import { rng } from '../../common/random.ts';
import { Graph, evaluate } from '../../graph/index.ts';
import type { Tensor } from '../../graph/index.ts';
import { ropeBorder } from '../config/config.ts';
import type { ModelConfig } from '../config/config.ts';
import { forward } from '../forward/forward.ts';
import { initialise, parameters } from '../forward/parameters.ts';
import { answerFeeds, answerLayout, answerRows } from './answers.ts';
import type { AnswerFeeds } from './answers.ts';
import { branched, branchedFeeds, branchedLayout, branchedMatches, branchLength } from './branches.ts';
import type { BranchedSequence } from './branches.ts';
import type { Layout } from '../forward/layout.ts';

const sizes = { vocabulary: 9, layers: 2, heads: 2, width: 8, positions: 14, window: 3 } as const;

/** Logits in float64, by the graph's reference evaluator. */
function logitsOf(config: ModelConfig, layout: Layout, { inputs }: AnswerFeeds): number[][] {
  const graph = new Graph({ float: 'float64' });
  const random = rng('branches test');
  const weights = new Map(
    [...initialise(config, random)].map(([name, numbers]) => [
      name,
      Float64Array.from(numbers, (number) => number + 0.3 * random.normal()),
    ]),
  );
  const constants = new Map(
    parameters(config).map(({ name, shape }) => [name, graph.constant(weights.get(name)!, shape)]),
  );
  graph.output(
    'logits',
    forward(graph, config, (name) => constants.get(name)!, layout),
  );
  const feeds: Record<string, Tensor> = {};
  for (const [name, data] of Object.entries(inputs))
    feeds[name] = { dtype: 'int32', shape: [data.length], data };
  const { logits } = evaluate(graph, feeds);
  const { vocabulary } = config;
  return Array.from({ length: logits.data.length / vocabulary }, (_, row) =>
    Array.from(logits.data.slice(row * vocabulary, (row + 1) * vocabulary), Number),
  );
}

/** Whether all of its branches are long, or all short (LongRoPE). */
function turnsAlike(config: ModelConfig, { trunk, branches }: BranchedSequence, offset: number): boolean {
  const border = ropeBorder(config);
  return new Set(branches.map((branch) => offset + trunk.length + branchLength(branch) > border)).size === 1;
}

const token = fc.nat(8);
const some = (max: number) => fc.array(token, { minLength: 1, maxLength: max });
const anySequence: fc.Arbitrary<BranchedSequence> = fc.record({
  trunk: some(4),
  branches: fc.array(fc.record({ prompt: some(2), target: some(3) }), { minLength: 1, maxLength: 3 }),
});

describe('several questions about one context', () => {
  it.each(decoders(sizes))('%s: each is answered as it would be alone', (_, config) => {
    fc.assert(
      fc.property(fc.array(anySequence, { minLength: 1, maxLength: 2 }), fc.nat(3), (sequences, offset) => {
        fc.pre(sequences.every((sequence) => turnsAlike(config, sequence, offset)));
        const groups = [{ batch: sequences.length + 1, trunk: 5, count: 3, length: 4 }];
        const feeds = branchedFeeds(
          config,
          groups,
          sequences,
          sequences.map(() => offset),
        );
        const together = logitsOf(config, branchedLayout(groups), feeds);
        sequences.forEach(({ trunk, branches }, s) =>
          branches.forEach(({ prompt, target }, b) => {
            const alone = { prompt: [...trunk, ...prompt], target };
            const group = { batch: 1, prompt: alone.prompt.length, target: target.length };
            const own = answerFeeds(config, [group], [alone], [offset]);
            const expected = logitsOf(config, answerLayout([group]), own);
            expect(answerRows([group], 1)).toEqual([0]);
            const first = 12 * s + 4 * b + prompt.length - 1;
            target.forEach((label, i) => {
              expect(feeds.targets[first + i]).toBe(label);
              together[first + i].forEach((logit, v) => expect(logit).toBeCloseTo(expected[i][v], 9));
            });
          }),
        );
      }),
      { numRuns: 8 },
    );
  });

  it('are refused where some would turn as long ones do, and others not', () => {
    const [, config] = decoders(sizes).find(([, one]) => Number.isFinite(ropeBorder(one)))!;
    const border = ropeBorder(config);
    const branch = (length: number) => ({ prompt: [1], target: new Array<number>(length).fill(2) });
    const group = { batch: 1, trunk: border, count: 2, length: 3 };
    const ofBoth = { trunk: new Array<number>(border - 1).fill(1), branches: [branch(1), branch(2)] };
    expect(() => branchedFeeds(config, [group], [ofBoth])).toThrow(/LongRoPE/);
    const alike = { ...ofBoth, branches: [branch(2), branch(3)] };
    expect(() => branchedFeeds(config, [group], [alike])).not.toThrow();
  });

  it('weighs every token of every answer alike, and nothing else', () => {
    const [, config] = decoders(sizes)[0];
    fc.assert(
      fc.property(fc.array(anySequence, { minLength: 1, maxLength: 3 }), (sequences) => {
        const groups = [{ batch: 3, trunk: 4, count: 3, length: 4 }];
        const { weights } = branchedFeeds(config, groups, sequences);
        const count = sequences.flatMap(({ branches }) => branches.flatMap(({ target }) => target)).length;
        expect(weights.filter((weight) => weight > 0)).toHaveLength(count);
        expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      }),
    );
  });

  it('are right where each token of the answer is', () => {
    const sequences = [
      {
        trunk: [1],
        branches: [
          { prompt: [2, 3], target: [4, 5] },
          { prompt: [6], target: [7] },
        ],
      },
    ];
    const groups = [{ batch: 1, trunk: 2, count: 2, length: 3 }];
    expect(branchedMatches(groups, sequences, [0, 4, 5, 7, 0, 0])).toEqual([[true, true]]);
    expect(branchedMatches(groups, sequences, [4, 4, 4, 0, 7, 7])).toEqual([[false, false]]);
  });

  it('begin with what their prompts have in common, and keep a token of their own', () => {
    const question = (...prompt: number[]) => ({ prompt, target: [0] });
    expect(branched([question(1, 2, 3), question(1, 2, 4, 5)])).toEqual({
      trunk: [1, 2],
      branches: [question(3), question(4, 5)],
    });
    expect(branched([question(1, 2), question(1, 2, 3)]).trunk).toEqual([1]);
    expect(branched([question(1, 2, 3)])).toEqual({ trunk: [1, 2], branches: [question(3)] });
    expect(() => branched([question(1, 2), question(2, 2)])).toThrow(RangeError);
    expect(branchLength({ prompt: [1, 2], target: [3, 4, 5] })).toBe(4);
  });

  it('need room, positions and something to predict', () => {
    const [, config] = decoders(sizes)[0];
    const group = { batch: 1, trunk: 20, count: 1, length: 2 };
    const sequence = { trunk: [1, 2], branches: [{ prompt: [3], target: [4] }] };
    expect(() => branchedFeeds(config, [{ ...group, trunk: 1 }], [sequence])).toThrow(RangeError);
    expect(() => branchedFeeds(config, [group], [sequence], [12])).toThrow(/the model has 14 positions/);
    expect(() => branchedFeeds(config, [group], [{ ...sequence, branches: [] }])).toThrow(
      /nothing to predict/,
    );
    expect(() =>
      branchedFeeds(config, [group], [{ ...sequence, branches: [{ prompt: [9], target: [1] }] }]),
    ).toThrow(/token 9/);
  });
});
