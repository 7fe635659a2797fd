/** The reference is the plain definition: the most probable next token, one after the other, until the text says stop. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SPECIAL, tokens, writeTextFolder, writeTextGguf } from '../../../test/text-model.ts';
import { LocalModel } from '../../model/index.ts';
import { loadTextModel } from '../../model/files/text/text-model.node.ts';
import type { TextModel } from '../../model/files/text/text-model.node.ts';
import { TextTokenizer } from '../../model/tokenizers/text.ts';
import { begun } from '../../model/tokenizers/prompt-tokens.ts';
import { cutAt } from './cut.ts';
import { textAfter, TextAnswerer } from './text-answerer.node.ts';
import type { TextAnswer, TextFacts, TextQuestion } from './text-answerer.node.ts';
import { textIdentity } from './text-respondent.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-text-'));
const folder = writeTextFolder(path.join(scratch, 'model'));
const file = writeTextGguf(path.join(scratch, 'model.gguf'));
const prompts = ['Input: a b c\nOutput:', 'x y | x:', ' é日😀 "a b" ->', 'a'.repeat(200)];

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

function question(asked: TextQuestion['asked'], more: Partial<TextQuestion> = {}): TextQuestion {
  return { asked, stop: [], room: 30, guess: '', ...more };
}

async function answersOf(questions: readonly TextQuestion[]): Promise<TextAnswer[]> {
  return (await answerer.answer(questions)) as TextAnswer[];
}

async function greedily(
  text: string,
  room: number,
): Promise<{ ids: number[]; text: string; ended: boolean }> {
  const { tokenizer, ends } = model;
  const prompt = [tokens.indexOf('<|begin|>'), ...tokenizer.encode(text)];
  const ids = await plain.greedy(prompt, room, [...ends]);
  const said = ids.filter((id) => !tokenizer.isSpecial(id));
  return { ids, text: tokenizer.decode(said), ended: ids.length < room };
}

describe('a text model', () => {
  it('answers greedily, each prompt with its own room, whatever else is asked and whatever is guessed', async () => {
    const rooms = [30, 7, 1, 12];
    const guesses = ['', ' a b c', 'nonsense', 'a a a a'];
    const answers = await answersOf(
      prompts.map((text, i) => question(text, { room: rooms[i], guess: guesses[i] })),
    );
    for (const [i, text] of prompts.entries()) {
      const { ids, text: said, ended } = await greedily(text, rooms[i]);
      expect(answers[i].outputIds, text).toEqual(ids);
      expect(answers[i].text).toBe(said);
      expect(answers[i].finishReason).toBe(ended ? 'stop' : 'length');
    }
  });

  it('is the same as a folder and as a GGUF file', async () => {
    const other = await TextAnswerer.open(file, {});
    const asked = prompts.map((text) => question(text));
    expect(await other.answer(asked)).toEqual(await answersOf(asked));
    await other.close();
  });

  it('ends before a stop string, also one that begins and ends within tokens', async () => {
    const whole = await greedily(prompts[0], 30);
    const shown = whole.text;
    for (let at = 0; at + 3 <= shown.length; at++) {
      const stop = shown.slice(at, at + 3);
      const [answer] = await answersOf([question(prompts[0], { stop: ['never said', stop] })]);
      expect(answer.text).toBe(shown.slice(0, shown.indexOf(stop)));
      expect(answer.finishReason).toBe('stop');
      // No token was generated beyond the one that completes it.
      expect(model.tokenizer.decode(answer.outputIds.slice(0, -1)).includes(stop)).toBe(false);
    }
  });

  it('reads the token that begins texts once, also where the text writes it', async () => {
    const begin = tokens.indexOf('<|begin|>');
    const [plainly, written] = await answersOf([question('a b'), question('<|begin|>a b')]);
    expect(plainly.promptIds).toEqual([begin, tokens.indexOf('a'), tokens.indexOf('Ġb')]);
    expect(written.promptIds).toEqual(plainly.promptIds);
    const none = { encode: (text: string) => model.tokenizer.encode(text), begin: undefined };
    expect(begun(none, 'a b')).toEqual(plainly.promptIds.slice(1));
  });

  it('reads messages by its chat template', async () => {
    const [{ promptIds }] = await answersOf([
      question([
        { role: 'system', content: 'x' },
        { role: 'user', content: 'a b' },
      ]),
    ]);
    expect(model.tokenizer.decode(promptIds)).toBe(
      '<|begin|><|im_start|>system\nx<|im_end|>\n<|im_start|>user\na b<|im_end|>\n<|im_start|>assistant\n',
    );
    expect(promptIds.filter((id) => id >= tokens.length - SPECIAL.length)).toHaveLength(6);
  });

  it('says of a prompt that does not fit with its answer how many tokens it has, and answers the others', async () => {
    const { positions } = model.config;
    const room = 10;
    const fitting = 'é'.repeat((positions - room) / 2);
    const replies = await answerer.answer([
      question(`${fitting}a`, { room }),
      question(fitting, { room }),
      question('a', { room }),
    ]);
    expect(replies[0]).toEqual({ promptTokens: positions - room + 2 });
    expect(replies.slice(1).map((reply) => 'text' in reply)).toEqual([true, true]);
  });

  it('ends where a token ends a turn, and says no special token', () => {
    expect(model.ends).toEqual(new Set(['<|endoftext|>', '<|im_end|>'].map((name) => tokens.indexOf(name))));
    const ids = ['<|im_start|>', 'a', 'Ġb'].map((token) => tokens.indexOf(token));
    expect(textAfter(model.tokenizer, [tokens.indexOf('b')], ids)).toBe('a b');
    expect(cutAt('a b\nc', ['\n', ' '])).toEqual({ text: 'a', isCut: true });
  });
});

describe('SentencePiece', () => {
  const pieces = ['<unk>', '<s>', '</s>', '▁', 'a', 'b', ':', '▁a', '▁b', '<0xC3>', '<0xA9>'];
  const vocab = Object.fromEntries(pieces.map((piece, id) => [piece, id]));
  const tokenizer = new TextTokenizer(
    {
      tokenizer: {
        ...{ version: '1.0', pre_tokenizer: null, post_processor: null },
        added_tokens: [],
        normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
        // As Llama's file has it: a blank at the beginning of a text is left out.
        decoder: {
          type: 'Sequence',
          decoders: [
            { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
            { type: 'ByteFallback' },
            { type: 'Fuse' },
            { type: 'Strip', content: ' ', start: 1, stop: 0 },
          ],
        },
        model: { type: 'BPE', vocab, merges: ['▁ a', '▁ b'], byte_fallback: true, unk_token: '<unk>' },
      },
      config: {},
    },
    'x',
  );

  it('keeps the blank before an answer, and puts the bytes of a character together', () => {
    const ids = (...all: string[]) => all.map((piece) => pieces.indexOf(piece));
    expect(tokenizer.decode(ids('▁a', '▁b'))).toBe('a b');
    expect(textAfter(tokenizer, ids('b', ':'), ids('▁a', '▁b'))).toBe(' a b');
    expect(textAfter(tokenizer, ids('▁a'), ids('<0xC3>', '<0xA9>', '▁b'))).toBe('é b');
  });
});

describe('the name of a text model', () => {
  async function identity(target: string, change: Partial<TextFacts> = {}) {
    const opened = await TextAnswerer.open(target, {});
    await opened.close();
    return textIdentity({ ...opened.facts, ...change }, { api: 'completions', decide: 'generation' });
  }

  it('is made of weights, setup, chat template and API, and of nothing else', async () => {
    const own = await identity(folder);
    const moved = path.join(scratch, 'elsewhere');
    renameSync(folder, moved);
    expect(await identity(moved)).toEqual(own);
    renameSync(moved, folder);
    expect(await identity(writeTextFolder(path.join(scratch, 'same')))).toEqual(own);
    const weights = await identity(writeTextFolder(path.join(scratch, 'weights'), { seed: 2 }));
    expect([weights.weights === own.weights, weights.setup === own.setup]).toEqual([false, true]);
    const template = await identity(writeTextFolder(path.join(scratch, 'template'), { template: 'x' }));
    expect([template.weights === own.weights, template.setup === own.setup]).toEqual([true, false]);
    const apart = writeTextFolder(path.join(scratch, 'apart'));
    writeFileSync(path.join(apart, 'chat_template.jinja'), 'x');
    expect((await identity(apart)).setup).not.toBe(own.setup);
    const { facts } = answerer;
    expect(textIdentity(facts, { api: 'chat', decide: 'generation' })).toEqual({ ...own, api: 'chat' });
    const gguf = await identity(file);
    expect(Object.keys(gguf)).toEqual(['kind', 'weights', 'api']);
    expect(gguf).not.toEqual(await identity(writeTextGguf(path.join(scratch, 'x.gguf'), { template: 'x' })));
  });
});
