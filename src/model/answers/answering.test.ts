import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import { Answering } from './answering.ts';
import { decoders } from '../../../test/fixtures/model/decoders.ts';
import { ropeBorder } from '../config/config.ts';
import type { ModelConfig } from '../config/config.ts';
import { modelConfig } from '../config/configure.ts';
import { LocalModel } from './local-model.ts';
import { initialise } from '../forward/parameters.ts';

/**
 * The reference is generation token by token, one sequence at a time, by `LocalModel`. Random models with large weights
 * repeat themselves, so that prompts and drafts that are right by chance, or for a while, occur.
 */
const sizes = { vocabulary: 5, layers: 2, heads: 2, width: 8, positions: 14 } as const;
const configs: [string, ModelConfig][] = [
  ['GPT-2', modelConfig({ architecture: 'gpt2', ...sizes })],
  ['NoPE', modelConfig({ architecture: 'gpt2', ...sizes, positionEncoding: { kind: 'none' } })],
  ['Llama', modelConfig({ architecture: 'llama', ...sizes, keyValueHeads: 1 })],
  // Those in which the length of a sequence or its distance to a key makes a difference.
  ...decoders({ ...sizes, window: 4 }).filter(([name]) =>
    ['Mistral', 'Gemma 3', 'Phi 3 with LongRoPE'].includes(name),
  ),
];
const BATCH = 4;
const LONGEST = 6;
const END = 3;

const token = fc.integer({ min: 0, max: sizes.vocabulary - 1 });
const prompts = fc.array(fc.array(token, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: BATCH });

describe.each(configs)('%s', (name, config) => {
  const random = rng('answering', name);
  const weights = new Map(
    [...initialise(config, random)].map(([key, numbers]) => [
      key,
      numbers.map((x) => x + 0.5 * random.normal()),
    ]),
  );
  const plain = new LocalModel({ config, weights });
  let answering: Answering;
  beforeAll(async () => {
    answering = await Answering.create(config, weights, { batch: BATCH, prompt: 8, target: LONGEST });
  });
  afterAll(() => Promise.all([answering.release(), plain.release()]));

  it('predicts a whole target in one pass exactly when generation gives it token by token', async () => {
    // A longer pass turns otherwise, also at positions that a shorter one has.
    if (Number.isFinite(ropeBorder(config))) return;
    let [right, wrong] = [0, 0];
    await fc.assert(
      fc.asyncProperty(prompts, fc.array(fc.array(token), { maxLength: BATCH }), async (asked, changes) => {
        const generated = await Promise.all(asked.map((prompt) => plain.greedy(prompt, LONGEST)));
        // What is generated, sometimes with a place changed or the end cut off.
        const targets = generated.map((answer, s) => changed(answer, changes.at(s) ?? []));
        const predictions = await answering.teacherForced(
          asked.map((prompt, s) => ({ prompt, target: targets[s] })),
        );
        targets.forEach((target, s) => {
          const matches = target.every((id, i) => id === predictions[s][i]);
          expect(matches).toBe(target.every((id, i) => id === generated[s][i]));
          if (matches) right++;
          else wrong++;
        });
      }),
      { numRuns: 100 },
    );
    expect(Math.min(right, wrong)).toBeGreaterThan(10);
  });

  it('generates the same from any drafts as token by token', async () => {
    const drafts = fc.array(fc.array(token, { maxLength: LONGEST }), { minLength: BATCH, maxLength: BATCH });
    await fc.assert(
      fc.asyncProperty(
        prompts,
        drafts,
        fc.integer({ min: 1, max: LONGEST }),
        async (asked, drafted, longest) => {
          const expected = await Promise.all(asked.map((prompt) => plain.greedy(prompt, longest)));
          expect(await answering.greedy(asked, drafted.slice(0, asked.length), longest)).toEqual(expected);
          const ended = await Promise.all(asked.map((prompt) => plain.greedy(prompt, longest, [END])));
          expect(await answering.greedy(asked, expected, longest, END)).toEqual(ended);
          expect(await answering.greedy(asked, drafted.slice(0, asked.length), longest, END)).toEqual(ended);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('prompts that begin at other positions', () => {
  const config = modelConfig({ architecture: 'gpt2', ...sizes });
  const random = rng('answering', 'offsets');
  const weights = new Map(
    [...initialise(config, random)].map(([key, numbers]) => [
      key,
      numbers.map((x) => x + 0.5 * random.normal()),
    ]),
  );
  /** The same model whose first position is another: its table of positions begins there. */
  const from = (offset: number) => {
    const table = weights.get('transformer.wpe.weight')!;
    const rest = table.slice(offset * config.width);
    const moved = new Float32Array(table.length);
    moved.set(rest);
    return new LocalModel({ config, weights: new Map([...weights, ['transformer.wpe.weight', moved]]) });
  };

  it('are answered as by a model whose positions begin there', async () => {
    const answering = await Answering.create(config, weights, { batch: BATCH, prompt: 3, target: LONGEST });
    const offsets = [0, 1, 3, 6];
    const models = offsets.map(from);
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(token, { minLength: 3, maxLength: 3 }), { minLength: BATCH, maxLength: BATCH }),
          async (asked) => {
            const right = await Promise.all(asked.map((prompt, s) => models[s].greedy(prompt, LONGEST)));
            const drafts = asked.map(() => []);
            expect(await answering.greedy(asked, drafts, LONGEST, undefined, {}, offsets)).toEqual(right);
            const sequences = asked.map((prompt, s) => ({ prompt, target: right[s] }));
            expect(await answering.teacherForced(sequences, offsets)).toEqual(right);
          },
        ),
        { numRuns: 40 },
      );
    } finally {
      await Promise.all([answering, ...models].map((one) => one.release()));
    }
  });
});

/** With `changes` written over the first places, and cut to as many symbols if those are many. */
function changed(answer: readonly number[], changes: readonly number[]): number[] {
  if (changes.length > 3) return answer.slice(0, Math.min(answer.length, changes.length - 3));
  return answer.map((id, i) => changes.at(i) ?? id);
}
