import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOwnTask } from './own-task.node.ts';
import { renderPrompt } from '../render.ts';

const example = path.resolve(import.meta.dirname, '../../../examples/tasks/next-stop.yaml');

function written(text: string): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'lengthwise-task-')), 'own.yaml');
  writeFileSync(file, text);
  return file;
}

const PROMPT = `prompt: {demonstration: "{source}: {answer}", question: "{source}:", between: "\\n", symbols: " ", stop: ["\\n"], shots: 1, demonstration-length: 2}`;

describe('a task of one’s own', () => {
  it('asks about its items, blanks and all, and one of our operations has the right answer', () => {
    const { task, template } = readOwnTask(example);
    for (let index = 0; index < 20; index++) {
      const { prompt, instance } = renderPrompt(task, template, { length: 8, seed: 1, index });
      const place = instance.source.indexOf(instance.query ?? '');
      expect(instance.answer).toEqual([instance.source[place + 1]]);
      expect(task.answer(instance.source, instance.query)).toMatchObject({ answer: instance.answer });
      expect(prompt.text.endsWith(`${instance.source.join(', ')} | after ${instance.query}:`)).toBe(true);
    }
    expect(task.answer(['Nowhere', 'Zoo'], 'Zoo')).toEqual({
      refusal: "'Nowhere' is none of the items of next-stop",
    });
  });

  it('items may be numbers, and the prompt one of ours by its name', () => {
    const { task, template } = readOwnTask(
      written('name: x\noperation: UL\nitems: [1, 007, 3, yes, 5.50, true]\nprompt: simple-rule'),
    );
    const { prompt, instance } = renderPrompt(task, template, { length: 4, seed: 1, index: 0 });
    expect(['1', '007', '3', 'yes', '5.50', 'true']).toEqual(expect.arrayContaining([...instance.source]));
    expect(prompt.text).toContain('immediately to the left of the one place');
    expect(prompt.text.endsWith(` ${instance.source.join(' ')} | ${instance.query}:`)).toBe(true);
  });

  it.each([
    [
      'name: x',
      /operation: .*; line 1: items: is missing: it takes a list .*; line 1: prompt: is missing: it takes the name of a prompt .*lengthwise prompts/,
    ],
    ['name: x\noperation: UF\nitems: [a, b]\nprompt: 3', /line 4: prompt: takes the name of a prompt/],
    [`name: x\noperation: UFF\nitems: [a, b]\n${PROMPT}`, "unknown operation 'UFF', did you mean 'UF'?"],
    [
      `name: x\noperation: UF\nitems: [a, a b]\n${PROMPT}`,
      'contains " ", which stands between items; change prompt.symbols, or the item',
    ],
    [
      'name: x\noperation: UR\nitems: ["yellow, big", b]\nprompt: pair',
      `contains ", ", which stands between items; that is how the prompt 'pair' is written: change the item, or write a prompt with other symbols into the file (docs/prompts.md)`,
    ],
    [`name: x\noperation: UF\nitems: [a, a]\n${PROMPT}`, 'is there twice'],
    [`name: x\noperation: UF\nitems: file:none.txt\n${PROMPT}`, 'cannot read'],
    [
      `name: x\noperation: UF\nitems: [a, b]\nprompt: {shots: 1}`,
      /in the prompt, line 4: demonstration: is missing/,
    ],
    [
      `name: UF\noperation: UFF\nitems: [a, [b]]\ntitel: x\n${PROMPT.replace('1', 'many').replace('{answer}', '{anser}')}`,
      /is no task: line 4: unknown field 'titel'; line 1: name: 'UF' is a task that comes.*line 2: operation: unknown operation 'UFF', did you mean 'UF'.*line 3: item 2 of items.*in the prompt, line 5: shots: takes.*in the prompt, line 5: demonstration: unknown place \{anser\}.*a model to start from/,
    ],
    ['a: [', 'line 1'],
    ['', 'is no task: the file: '],
    ['- a\n- b', 'is no task: the file: '],
    ['name: a\nname: b', 'line 2: Map keys must be unique'],
    [`name: UF\noperation: UF\nitems: [a, b]\n${PROMPT}`, "'UF' is a task that comes with lengthwise"],
    [`name: ur\noperation: UF\nitems: [a, b]\n${PROMPT}`, "'ur' is how UR may be written, which comes with"],
    [
      `name: x\noperation: UF\nitems: [yes, true, null, ~]\n${PROMPT}`,
      /is no task: line 3: item 3 of items is empty: YAML reads null as no value; put it in quotation marks.*item 4 .*reads ~ as/,
    ],
    [
      `name: x\noperation: UF\nitems: [a, [b]]\n${PROMPT}`,
      'line 3: item 2 of items is a list or a mapping, not a text',
    ],
    [
      `name: x\noperation: UF\nitems: [a, b]\nprompt: {<<: {}, shots: x}`,
      /in the prompt, line 4: .*merge keys/,
    ],
    [`name: x\noperation: UF\nitems: ${'['.repeat(20_000)}`, 'line 3: more than 500 brackets'],
    [`name: x\noperation: UF\nitems: wrds:20\n${PROMPT}`, "unknown alphabet 'wrds', did you mean 'words'?"],
    ['name: x\noperation: UF\nitems: [a, b <eos>]\nprompt: bare', 'contains " ", which stands between items'],
    ['name: x\noperation: UF\nitems: [a, b<eos>]\nprompt: bare', 'contains the stop mark "<eos>"'],
    [
      'name: x\noperation: UF\nitems: [a, b]\nprompt: math-rule',
      "'math-rule' is no prompt for tasks like UF",
    ],
    ['name: x\noperation: UF\nitems: [a, b]\nprompt: nowhere.yaml', 'cannot read the prompt'],
  ])('%j is refused', (text, message) => {
    expect(() => readOwnTask(written(text))).toThrow(message);
  });
});
