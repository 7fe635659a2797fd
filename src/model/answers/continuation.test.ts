import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import type { ModelConfig } from '../config/config.ts';
import { decoders } from '../../../test/fixtures/model/decoders.ts';
import { modelConfig } from '../config/configure.ts';
import { Continuation } from './continuation.ts';
import { LocalModel } from './local-model.ts';
import { initialise } from '../forward/parameters.ts';

/** Sequences of several windows, more of them than there are places; the reference is generation by `LocalModel`. */
const sizes = { vocabulary: 6, layers: 2, heads: 2, width: 8, positions: 64 } as const;
const configs: [string, ModelConfig][] = [
  // The window is shorter than what a call reads and than the prompts; LongRoPE's border lies within prompts and answers.
  ...decoders({ ...sizes, window: 13 }),
  ['one layer', modelConfig({ architecture: 'gpt2', ...sizes, layers: 1 })],
];
/** The forms that the others are variants of are tried more often. */
const often = ['GPT-2', 'NoPE', 'Llama', 'one layer'];
const PROMPT = 28;
const LONGEST = 37;
const END = 3;

const token = fc.integer({ min: 0, max: sizes.vocabulary - 1 });
const anyBeginning = fc.record({
  prompt: fc.array(token, { minLength: 1, maxLength: PROMPT }),
  settled: fc.nat(LONGEST - 1),
  /** Places at which the guess is wrong. */
  wrong: fc.array(fc.nat(LONGEST - 1), { maxLength: 5 }),
});

describe.each(configs)('%s goes on', (name, config) => {
  const random = rng('continuation', name);
  const weights = new Map(
    [...initialise(config, random)].map(([key, numbers]) => [
      key,
      numbers.map((x) => x + 0.5 * random.normal()),
    ]),
  );
  const plain = new LocalModel({ config, weights });
  let continuation: Continuation;
  beforeAll(async () => {
    continuation = await Continuation.create(config, weights, { batch: 2, length: PROMPT + LONGEST });
  });
  afterAll(() => Promise.all([continuation.release(), plain.release()]));

  it('as generation token by token does, whatever is guessed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyBeginning, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        async (all, ends) => {
          const expected: number[][] = [];
          const beginnings = [];
          for (const { prompt, settled, wrong } of all) {
            const answer = await plain.greedy(prompt, LONGEST, ends ? [END] : []);
            const guess = answer.map((id, i) => (wrong.includes(i) ? (id + 1) % sizes.vocabulary : id));
            expected.push(answer);
            beginnings.push({ prompt, answer: answer.slice(0, Math.min(settled, answer.length - 1)), guess });
          }
          const shares: number[] = [];
          const answers = await continuation.generate(beginnings, LONGEST, ends ? END : undefined, (share) =>
            shares.push(share),
          );
          expect(answers).toEqual(expected);
          expect(shares).toEqual([...shares].sort((a, b) => a - b));
          expect(shares[0]).toBeGreaterThan(0);
          expect(shares.at(-1)).toBe(1);
        },
      ),
      { numRuns: often.includes(name) ? 25 : 10 },
    );
  });
});
