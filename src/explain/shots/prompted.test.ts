import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTextFolder } from '../../../test/text-model.ts';
import { loadTextModel } from '../../model/files/text/text-model.node.ts';
import type { TextTokenizer } from '../../model/tokenizers/text.ts';
import { askableNamed } from '../../prompt/askable.ts';
import { promptFor } from '../../prompt/files.node.ts';
import { renderPrompt, writtenSample } from '../../prompt/render.ts';
import { LETTERS } from './alphabet.ts';
import { demonstratedSamples } from './drawn.ts';
import { promptedShots } from './prompted.ts';
import { checkShots, neighbours, symbolsTouch } from './shot.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-prompted-'));
let tokenizer: TextTokenizer;
beforeAll(async () => {
  ({ tokenizer } = await loadTextModel(writeTextFolder(path.join(scratch, 'model'))));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const templateOf = (task: string, name: string) => promptFor(askableNamed(task).shape, [name], false);

function shotsOf(task: string, name: string, length = 6) {
  const samples = demonstratedSamples({
    ...{ task, length, n: 10, seed: 3, alphabet: LETTERS },
    demonstrations: templateOf(task, name).shots,
  });
  return promptedShots(tokenizer, templateOf(task, name), LETTERS, samples);
}

describe('samples in a prompt that measure asks', () => {
  it.each([
    ['UR', 'pair', false],
    ['UL', 'pair-blank', true],
    ['NRFirst', 'json', false],
    ['UR', 'quoted', true],
    ['UF', 'input-output', true],
    ['UB', 'arrow', true],
    ['UF', 'quoted', true],
  ])('are known symbol by symbol: %s by %s', (task, name, touch) => {
    const set = shotsOf(task, name);
    checkShots(set);
    expect(symbolsTouch(set)).toBe(touch);
    expect(set.prompt).toBe(name);
    const text = (id: number): string => tokenizer.decode([id]);
    for (const shot of set.shots) {
      const { sample, prefix, tail, answer, first, source, said = [], texts = [] } = shot;
      expect(source.map((place) => text(tail[place]).trim())).toEqual(sample.source);
      expect(answer.map((id) => text(id).trim())).toEqual(sample.answer);
      expect(said.map((id) => text(id).trim())).toEqual(sample.source);
      expect([...tail.slice(first + 1), answer.at(-1)]).toEqual(answer);
      expect(texts.join('')).toBe([...tail, answer.at(-1)!].map(text).join(''));
      // One text, as the tokenizer writes it.
      const whole = tokenizer.decode([...prefix, ...tail, answer.at(-1)!]);
      expect(tokenizer.encode(whole.replace('<|begin|>', ''))).toEqual(
        [...prefix, ...tail, answer.at(-1)!].slice(1),
      );
      for (const row of shot.rows) {
        const pair = neighbours(shot, row);
        if (pair !== null)
          expect([text(pair.left).trim(), text(pair.right).trim()]).toEqual([
            sample.source[row.at! - 1],
            sample.source[row.at! + 1],
          ]);
      }
    }
  });

  it.each(['pair', 'json', 'simple-rule', 'math-rule', 'paper'])('are asked as measure asks: %s', (name) => {
    const task = askableNamed('NLLast');
    const template = templateOf('NLLast', name);
    const draw = { length: 6, seed: 1, index: 2 };
    const { prompt, instance } = renderPrompt(task, { ...template, shots: 0 }, draw);
    const { before, question, answer } = writtenSample(task, template, instance, []);
    expect(before + question).toBe(prompt.text);
    expect(answer).toBe(prompt.reading.lead + instance.answer.join(template.symbols));
  });

  it('are refused in one line: chats, symbols of several tokens', () => {
    expect(() => shotsOf('UR', 'turns')).toThrow('its answers are replies of a chat');
    const samples = demonstratedSamples({
      task: 'UR',
      length: 5,
      n: 2,
      seed: 1,
      alphabet: ['one', 'two', 'six', 'ten', 'red', 'fox'],
    });
    expect(() => promptedShots(tokenizer, templateOf('UR', 'pair'), ['one'], samples)).toThrow(
      'is not one token a symbol: take other symbols (--alphabet), or another prompt',
    );
  });
});
