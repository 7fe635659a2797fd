import { describe, expect, it } from 'vitest';
import { askableNamed, askableNames, type Shape } from './askable.ts';
import { autoPrompts, defaultPrompt, MOST_CANDIDATES } from './defaults.ts';
import { promptFor, promptNames } from './files.node.ts';
import { renderPrompt } from './render.ts';
import {
  marksIn,
  specialTokensIn,
  specialTokensLine,
  suspiciousMarks,
  type TokenTeller,
} from './special-tokens.ts';

/** Special tokens that tokenizers of today find in raw text (docs/prompts.md). */
const SPECIAL = [
  ...[
    '<bos>',
    '<eos>',
    '<pad>',
    '<unk>',
    '<start_of_turn>',
    '<end_of_turn>',
    '<s>',
    '</s>',
    '<think>',
    '</think>',
  ],
  ...[
    '[INST]',
    '[/INST]',
    '[TOOL_CALLS]',
    '[AVAILABLE_TOOLS]',
    '[IMG]',
    '[PREFIX]',
    '[SUFFIX]',
    '[MASK]',
    '<<SYS>>',
  ],
  ...[
    '<|begin_of_text|>',
    '<|eot_id|>',
    '<|endoftext|>',
    '<|im_start|>',
    '<|channel|>',
    '<｜begin▁of▁sentence｜>',
  ],
  ...['<repo_name>', '<file_sep>', '<unused12>', '<tool_call>', '<table>', '<h1>', '<fim-prefix>'],
];

describe('marks of the form of special tokens', () => {
  it.each(SPECIAL)('%s is one', (mark) => {
    expect(marksIn(`a ${mark} b`)).toEqual([mark]);
  });

  it('what stands around symbols is none', () => {
    for (const text of [
      'a -> b',
      '"a" -> "b,',
      ' a b [b c]',
      '["a", "b"]',
      'x < y > z',
      '{"list": ["a"]}',
      'a | b:',
      '[1]',
    ])
      expect(marksIn(text)).toEqual([]);
  });

  it('stand in the paper’s prompts, and in none of those that are asked without being named', () => {
    expect(suspiciousMarks(promptFor('copying', ['paper'], false))).toEqual(['<bos>', '<eos>']);
    const shapes = new Set(askableNames().map((name) => askableNamed(name).shape));
    for (const shape of shapes) {
      expect(suspiciousMarks(promptFor(shape, [defaultPrompt(shape, 'completions')], false))).toEqual([]);
      // The tags around a chat model's answer are no token of any tokenizer that we know.
      const chat = promptFor(shape, [defaultPrompt(shape, 'chat')], false);
      expect(suspiciousMarks(chat).filter((mark) => !/^<\/?answer>$/.test(mark))).toEqual([]);
    }
  });
});

describe('what a pilot chooses from', () => {
  it.each<Shape>(['copying', 'retrieval', 'flip-flop', 'commits', 'text', 'table'])(
    '%s: at most four that exist, the usual one among them, and two for chat',
    (shape) => {
      for (const api of ['completions', 'chat'] as const) {
        const names = autoPrompts(shape, api);
        expect(promptNames(shape)).toEqual(expect.arrayContaining([...names]));
        expect(names).toContain(defaultPrompt(shape, api));
        expect(names.length).toBeLessThanOrEqual(MOST_CANDIDATES);
        if (api === 'chat') expect(names.length).toBeGreaterThanOrEqual(2);
      }
    },
  );
});

/** A tokenizer of characters, but for its special tokens; it puts a mark before every text, as most do. */
function tokenizer(special: readonly string[]): (text: string) => number[] {
  return (text) => {
    const ids = [1];
    for (let at = 0; at < text.length;) {
      const found = special.findIndex((mark) => text.startsWith(mark, at));
      ids.push(found === -1 ? 1000 + text.charCodeAt(at) : 10 + found);
      at += found === -1 ? 1 : special[found].length;
    }
    return ids;
  };
}

describe('what the model at hand reads as special tokens', () => {
  const cut = tokenizer(['<bos>', '<eos>', '[INST]']);
  const byIds: TokenTeller = { tokenize: (text) => Promise.resolve(cut(text)) };
  const byCount: TokenTeller = { count: (text) => Promise.resolve(cut(text).length + 7) };
  const asked = (task: string, prompt: string, options = {}) =>
    renderPrompt(askableNamed(task, { options }), promptFor(askableNamed(task).shape, [prompt], false), {
      length: 5,
      seed: 1,
      index: 0,
    }).prompt;

  it.each([
    ['ids', byIds],
    ['counts', byCount],
  ])('told by %s: marks of the prompt, of its stop marks, and of sources', async (_, teller) => {
    expect(await specialTokensIn([asked('UF', 'paper')], teller)).toEqual(['<bos>', '<eos>']);
    expect(await specialTokensIn([asked('UF', 'input-output'), asked('UF', 'instruct')], teller)).toEqual([]);
    const alphabet = ['[INST]', 'b', 'c', 'd', 'e', '<br>'];
    expect(await specialTokensIn([asked('UF', 'input-output', { alphabet })], teller)).toEqual(['[INST]']);
  });

  it('is not known where the model doesn’t tell', async () => {
    expect(await specialTokensIn([asked('UF', 'paper')], { tokenize: () => Promise.resolve(null) })).toBe(
      null,
    );
    expect(await specialTokensIn([asked('UF', 'input-output')], {})).toEqual([]);
  });

  it('is told in one line with the way out', () => {
    expect(specialTokensLine('UF', 'paper', ['<bos>', '<eos>'], ['<bos>', '<eos>'], 'input-output')).toBe(
      'UF: this model reads "<bos>", "<eos>" in the prompt \'paper\' as special tokens, not as text; ' +
        'use --prompt input-output, or ask all the same with --allow-special-tokens',
    );
    expect(specialTokensLine('UF', 'input-output', ['[INST]'], [], 'input-output')).toMatch(
      /in the sources as a special token.*other symbols/,
    );
  });
});
