import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeTextFolder } from '../../../test/text-model.ts';
import { UserError } from '../../common/errors.ts';
import { rng } from '../../common/random.ts';
import { loadTextFormat } from '../../model/files/text/text-model.node.ts';
import { promptFor } from '../../prompt/files.node.ts';
import { templateFrom } from '../../prompt/template.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import { taskNamed } from '../../tasks/index.ts';
import type { Instance } from '../../tasks/index.ts';
import { lettersOf, TextWriter, trainedFormat } from './format.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-format-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const { tokenizer } = await loadTextFormat(writeTextFolder(scratch));

const [UR, UF] = [taskNamed('UR'), taskNamed('UF')];
const lookUp: Instance = {
  ...{ task: 'UR', length: 3, source: ['a', 'b', 'c'], query: 'b', answer: ['c'], positions: [1] },
};
const copy: Instance = {
  ...{ task: 'UF', length: 3, source: ['a', 'b', 'c'], query: null, answer: ['a', 'b', 'c'], positions: [] },
};
const text = (ids: readonly number[]): string => tokenizer.decode(ids);

describe('the trained format', () => {
  it('is a prompt like any other', () => {
    for (const task of [UR, UF]) {
      const { name, ...fields } = trainedFormat(task);
      expect(templateFrom(fields, name, { where: 'here', lineOf: () => 1 })).toEqual(trainedFormat(task));
    }
    expect(() => trainedFormat(taskNamed('flip-flop'))).toThrow('flip-flop has no format of its own');
  });

  it('asks with the source alone, and answers up to the end token', () => {
    const asked = new TextWriter(tokenizer, UR, trainedFormat(UR)).write(lookUp, []);
    expect([text(asked.prompt), text(asked.target)]).toEqual(['<|begin|> a b c | b', ' c<|endoftext|>']);
    expect([asked.prompt.length, asked.target.length]).toEqual([7, 2]);
    const copied = new TextWriter(tokenizer, UF, trainedFormat(UF)).write(copy, []);
    expect([text(copied.prompt), text(copied.target)]).toEqual(['<|begin|> a b c |', ' a b c<|endoftext|>']);
  });

  it('of a model without an end token ends with the first stop mark', () => {
    const { begin } = tokenizer;
    const endless = { begin, end: undefined, encode: (written: string) => tokenizer.encode(written) };
    const { target } = new TextWriter(endless, UR, trainedFormat(UR)).write(lookUp, []);
    expect(text(target)).toBe(' c\n');
  });

  it('draws from the letters that are one token each', () => {
    expect(lettersOf(tokenizer, 'model')).toEqual([...'abcdefghijklmnopqrstuvwxyz']); // capitals are two
    expect(() => lettersOf({ single: () => undefined }, 'model')).toThrow(
      'model: only 0 letters are one token each in this model: name the symbols to draw from',
    );
  });
});

describe('any other prompt', () => {
  it('that is continued is written with its demonstrations', () => {
    const template = promptFor('retrieval', ['pair'], false);
    const shown = { ...lookUp, source: ['d', 'e', 'f'], query: 'e', answer: ['f'] };
    const { prompt, target } = new TextWriter(tokenizer, UR, template).write(lookUp, [shown]);
    expect(text(prompt)).toBe('<|begin|>"d, e, f" -> "e, f"\n"a, b, c" -> "b,');
    expect(text(target)).toBe(' c<|endoftext|>');
  });

  it.each([
    ['a chat', UR, promptFor('retrieval', ['instruct'], false), /its answers are replies of a chat/],
    ['a copy', UR, promptFor('copying', ['arrow'], false), /'arrow' asks about no query, and UR has one/],
    ['a look-up', UF, promptFor('retrieval', ['pair'], false), /'pair' asks about a query, and UF has none/],
  ])('that is of %s is refused for another', (_, task, template, message) => {
    expect(() => new TextWriter(tokenizer, task, template)).toThrow(UserError);
    expect(() => new TextWriter(tokenizer, task, template)).toThrow(message);
  });
});

describe('what is trained', () => {
  const between: PromptTemplate = {
    ...trainedFormat(UF),
    ...{ question: '{source}', demonstration: '{source}{answer}', symbols: '' },
  };
  /** Pairs of letters are tokens: 'xa' and 'ab' of 'xab', where 'x' alone is one, too. */
  const merging = {
    begin: undefined,
    end: 99,
    encode: (written: string): number[] =>
      (written.match(/bb|[^]/g) ?? []).map((piece) => 1000 * piece.length + piece.charCodeAt(0)),
  };

  it('follows the very tokens that a model is asked with, though both as one text would have others', () => {
    const sample = { ...copy, length: 1, source: ['b'], answer: ['b'] };
    expect(merging.encode('bb')).toEqual([2098]);
    const { prompt, target } = new TextWriter(merging, UF, between).write(sample, []);
    expect({ prompt, target }).toEqual({ prompt: [1098], target: [1098, 99] });
  });

  it('is refused where the answer is no token: nothing of such a sample would be learned', () => {
    const mute = { ...merging, encode: (written: string) => merging.encode(written.replaceAll('a', '')) };
    const writer = new TextWriter(mute, UF, between);
    const sample = { ...copy, source: ['b', 'a'], answer: ['a'] };
    expect(() => writer.write(sample, [])).toThrow(/the answer "a" is no token: there is nothing to learn/);
  });

  it('is asked of samples of the task, as the task answers', () => {
    const writer = new TextWriter(tokenizer, UR, trainedFormat(UR));
    const random = rng('written');
    for (let i = 0; i < 50; i++) {
      const sample = UR.sample(2 + random.below(9), random, { alphabet: lettersOf(tokenizer, 'model') });
      const { prompt, target } = writer.write(sample, []);
      expect(text([...prompt, ...target])).toBe(
        `<|begin|> ${sample.source.join(' ')} | ${sample.query} ${sample.answer[0]}<|endoftext|>`,
      );
    }
  });
});
