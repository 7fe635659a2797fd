/** The reference is the plain definition: a pass over prompt and answer alone, its logits, and greedy generation. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens, writeTextFolder } from '../../../test/text-model.ts';
import { LocalModel } from '../../model/index.ts';
import { loadTextModel } from '../../model/files/text/text-model.node.ts';
import type { TextModel } from '../../model/files/text/text-model.node.ts';
import { isForcedExact } from '../../score/forced.ts';
import { TextAnswerer } from './text-answerer.node.ts';
import type { TextAnswer, TextForced, TextQuestion } from './text-answerer.node.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-forced-'));
const folder = writeTextFolder(path.join(scratch, 'model'));

let model: TextModel;
let plain: LocalModel;
let answerer: TextAnswerer;
beforeAll(async () => {
  model = await loadTextModel(folder);
  plain = new LocalModel(model);
  answerer = await TextAnswerer.open(folder, {});
});
afterAll(async () => {
  await answerer.close();
  await plain.release();
  rmSync(scratch, { recursive: true });
});

function question(asked: string, forced: string, stop: readonly string[] = ['\n']): TextQuestion {
  return { asked, stop, room: 30, guess: '', forced };
}

/** Log-probabilities after every token of a sequence: [positions][vocabulary]. */
async function logProbabilities(ids: readonly number[]): Promise<number[][]> {
  const [logits] = await plain.logits([ids]);
  const { vocabulary } = model.config;
  return ids.map((_, at) => {
    const row = Array.from(logits.subarray(at * vocabulary, (at + 1) * vocabulary));
    const normalizer = Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
    return row.map((x) => x - normalizer);
  });
}

/** Tokens that end a text, or whose text begins with a stop mark; the marks here are single characters. */
function endsBy(stop: readonly string[]): number[] {
  const [before] = model.tokenizer.encode('a');
  const textOf = (id: number): string => model.tokenizer.decode([before, id]).slice(1);
  const all = Array.from({ length: model.config.vocabulary }, (_, id) => id);
  const isEnd = (id: number): boolean =>
    model.ends.has(id) ||
    (!model.tokenizer.isSpecial(id) &&
      stop.some((mark) => [mark, ` ${mark}`].some((end) => textOf(id).startsWith(end))));
  return all.filter(isEnd);
}

const promptIds = (text: string): number[] => [tokens.indexOf('<|begin|>'), ...model.tokenizer.encode(text)];

describe('a right answer that is read', () => {
  it('has the tokens and log-probabilities of a pass over it alone, whatever it is read with', async () => {
    const asked = [
      question('Input: a b c\nOutput:', ' a b c'),
      question('x y | x:', ' y', [',', '\n']),
      question('q', ' a b c d e f g h i j k l m n', []),
      question('a'.repeat(200), ' é'),
    ];
    const replies = (await answerer.answer(asked)) as TextForced[];
    for (const [i, { asked: text, forced, stop }] of asked.entries()) {
      const prompt = promptIds(text as string);
      const answer = model.tokenizer.encode(forced!);
      const { forced: read, promptIds: readPrompt } = replies[i];
      expect([readPrompt, read.tokens]).toEqual([prompt, answer]);
      const all = (await logProbabilities([...prompt, ...answer])).slice(prompt.length - 1);
      for (const [place, row] of all.entries()) {
        const best = row.indexOf(Math.max(...row));
        expect(read.best[place]).toBe(best);
        expect(read.bestLogProbabilities[place]).toBeCloseTo(row[best], 4);
        if (place < answer.length) expect(read.logProbabilities[place]).toBeCloseTo(row[answer[place]], 4);
      }
      const ends = endsBy(stop);
      const ending = ends.reduce((sum, end) => sum + Math.exp(all[answer.length][end]), 0);
      expect(read.logProbabilities.at(-1)).toBeCloseTo(Math.log(ending), 4);
      expect(read.ends).toBe(ends.includes(read.best.at(-1)!));
    }
  });

  it('is exact where the answer that is generated is, whatever its stop mark is made of', async () => {
    const found = { exact: 0, not: 0 };
    for (const letter of 'abcdefghijklmnopqrstuvwxyz0123456789') {
      const text = `${letter} | ${letter}`;
      const prompt = promptIds(text);
      const said = await plain.greedy(prompt, 8);
      const textTo = (count: number): string =>
        model.tokenizer
          .decode([...prompt, ...said.slice(0, count)])
          .slice(model.tokenizer.decode(prompt).length);
      for (const count of [1, 2, 3, 4]) {
        const answer = textTo(count);
        const behind = textTo(8).slice(answer.length);
        const isPlain = answer !== '' && behind.length > 2;
        const canonical = model.tokenizer.encode(text + answer).slice(prompt.length - 1);
        if (!isPlain || String(canonical) !== String(said.slice(0, count))) continue;
        // A part of the next token, that token, marks of several tokens, one that it only begins, and one that is not said.
        for (const stop of [
          behind[0],
          textTo(count + 1).slice(answer.length),
          behind.slice(0, 3),
          `${behind[0]}\n`,
          '\u0001',
        ]) {
          if (stop === '' || answer.includes(stop) || (answer + stop).includes('\uFFFD')) continue;
          const [read, generated] = await answerer.answer([
            question(text, answer, [stop]),
            { ...question(text, answer, [stop]), forced: undefined },
          ]);
          const { finishReason, text: came } = generated as TextAnswer;
          const exact = finishReason === 'stop' && came === answer;
          expect([letter, count, stop, isForcedExact((read as TextForced).forced)]).toEqual([
            letter,
            count,
            stop,
            exact,
          ]);
          found[exact ? 'exact' : 'not'] += 1;
        }
      }
    }
    expect(Math.min(found.exact, found.not)).toBeGreaterThan(20);
  });

  it('is refused where the tokenizer joins it with the prompt, and where nothing could end it', async () => {
    const [joined] = await answerer.answer([question('a ', 'b')]); // ` b` is one token
    expect(joined).toEqual({ unreadable: expect.stringContaining("joins the prompt's end") as string });
  });

  it('does not fit where its prompt with all the room does not', async () => {
    const short = await TextAnswerer.open(
      writeTextFolder(path.join(scratch, 'short'), { positions: 40 }),
      {},
    );
    const [reply] = await short.answer([question('a'.repeat(30), ' b')]);
    expect(reply).toEqual({ promptTokens: 31 });
    await short.close();
  });
});
