import { describe, expect, it } from 'vitest';
import { filterNames } from '../score/reading/reading.ts';
import { askableNamed, type Shape } from './askable.ts';
import { defaultPrompt } from './defaults.ts';
import { allPromptNames, allPrompts, promptFor, promptNames } from './files.node.ts';
import { renderPrompt } from './render.ts';
import { readTemplate, readingOf } from './template.ts';

const FIELDS = {
  demonstration: '"Q {source} A {answer}"',
  question: '"Q {source} A"',
  between: '"\\n"',
  symbols: '" "',
  stop: '["\\n"]',
  shots: '2',
  'demonstration-length': '4',
};

const file = (changed: Readonly<Record<string, string>>): string =>
  Object.entries({ ...FIELDS, ...changed })
    .map(([field, value]) => `${field}: ${value}`)
    .join('\n');

const read = (changed: Readonly<Record<string, string>>) => readTemplate(file(changed), 'own', 'own.yaml');

describe('how answers to a prompt are read', () => {
  it('is by all filters, or by those that the file names, in its order', () => {
    expect(readingOf(read({})).filters).toEqual(filterNames);
    expect(readingOf(read({ filters: '[white-space, tags, thoughts]' })).filters).toEqual([
      'white-space',
      'tags',
      'thoughts',
    ]);
    expect(readingOf(read({ filters: '[]' })).filters).toEqual([]);
  });

  it('goes with the prompt as it is sent', () => {
    const { prompt } = renderPrompt(askableNamed('UR'), promptFor('retrieval', ['pair'], false), {
      length: 6,
      seed: 1,
      index: 0,
    });
    expect(prompt.reading).toEqual({
      filters: filterNames,
      stop: [',', '"', '\n'],
      tags: null,
      joiner: ', ',
      lead: ' ',
      trail: '',
    });
    const chat = renderPrompt(askableNamed('UF'), promptFor('copying', ['instruct'], false, 'chat'), {
      length: 6,
      seed: 1,
      index: 0,
    });
    expect(chat.prompt.reading).toMatchObject({ tags: ['<answer>', '</answer>'], lead: '', trail: '' });
  });

  it.each([
    ['[tag]', "filters.0: unknown filter 'tag', did you mean 'tags'?"],
    ['[tags, tags]', 'filters: a filter is named twice'],
  ])('filters: %s is refused', (filters, message) => {
    expect(() => read({ filters })).toThrow(message);
  });
});

describe('a prompt that can’t be continued', () => {
  it('ends in a blank: it is refused, with the line and the way out', () => {
    expect(() => read({ question: '"Q {source} "' })).toThrow(
      /^own.yaml is no prompt: line 2: question: the prompt ends in a blank.*leave it out here/,
    );
    expect(() => read({ tail: '"now: "' })).toThrow(/tail: the prompt ends in a blank/);
  });

  it('a chat model’s reply begins anew: blanks and stop marks are its own business', () => {
    const template = read({ for: 'chat', question: '"{source} "', stop: '[]' });
    expect(readingOf(template)).toMatchObject({ stop: [], lead: '', trail: '' });
  });
});

describe('what is wrong with a file is told with its line', () => {
  it.each([
    ['an unknown field', `${file({})}\nshot: 3`, "line 8: unknown field 'shot'"],
    [
      'a misspelt field, which is one mistake',
      file({}).replace('demonstration:', 'demonstraton:'),
      /^own.yaml is no prompt: line 1: unknown field 'demonstraton', did you mean 'demonstration'\?; a model to/,
    ],
    [
      'tags that are none: no word about a stop mark that is not needed',
      `${file({ stop: '[]' })}\nanswer-tags: [a]`,
      /^own.yaml is no prompt: line 8: answer-tags: [^;]*; a model to/,
    ],
    ['a wrong value', file({ shots: 'many' }), 'line 6: shots: '],
    ['a missing field', 'shots: 2', 'line 1: question: '],
    ['a merge key', `${file({})}\n<<: { shots: 3 }`, "line 8: merge keys ('<<') are no part of YAML 1.2"],
    ['a key twice', `${file({})}\nshots: 3`, 'line 8: Map keys must be unique'],
    ['brackets without end', '['.repeat(20_000), 'own.yaml: line 1: more than 500 brackets are open'],
    ['lists without end', '- '.repeat(20_000), 'own.yaml'],
    [
      'an alias bomb',
      [
        'a: &a [x]',
        ...'bcdefghij'
          .split('')
          .map((key, i) => `${key}: &${key} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(', ')}]`),
      ].join('\n'),
      /^own.yaml: line 2: Excessive alias count.*write out/,
    ],
    [
      'Markdown',
      '# Prompts\n\nA prompt is a YAML file.\n\nIt has: fields.',
      'own.yaml: line 3: Implicit keys need to be on a single line; a prompt is a YAML file; a model to start from: lengthwise prompts show UR',
    ],
    ['an alias to nothing', 'shots: *none', 'own.yaml: line 1'],
    ['too much', 'a'.repeat(5_000_000), 'own.yaml has 5000000 characters; at most 4000000 are read'],
    ['nothing', '', 'own.yaml is no prompt: the file: '],
  ])('%s', (_, text, message) => {
    expect(() => readTemplate(text, 'own', 'own.yaml')).toThrow(message);
    expect(() => readTemplate(text, 'own', 'own.yaml')).toThrow(
      expect.objectContaining({ name: 'UserError' }),
    );
  });
});

describe('which prompt is asked', () => {
  const shapes: Shape[] = ['copying', 'retrieval', 'flip-flop', 'commits', 'text', 'table'];

  it.each(shapes)('%s: a chat prompt of a chat model, a completion prompt of others', (shape) => {
    const others = [shape === 'copying' ? 'pair' : 'arrow'];
    expect(promptFor(shape, others, true, 'chat').for).toBe('chat');
    expect(promptFor(shape, others, true).for).toBe('completions');
    for (const names of [['quotted'], ['own.yaml', 'quotted'], [...others, 'quotted']])
      expect(() => promptFor(shape, names, true)).toThrow("unknown prompt 'quotted', did you mean 'quoted'?");
    for (const api of ['chat', 'completions'] as const) {
      expect(allPrompts(shape, api)[0].name).toBe(defaultPrompt(shape, api));
      expect(allPrompts(shape, api).every((prompt) => prompt.for === api)).toBe(true);
    }
    expect(allPrompts(shape, 'chat').length + allPrompts(shape, 'completions').length).toBe(
      promptNames(shape).length,
    );
  });

  it('of several names the one for this way to ask; one name is what it is', () => {
    expect(promptFor('copying', ['input-output', 'instruct'], false, 'chat').name).toBe('instruct');
    expect(promptFor('copying', ['instruct', 'input-output'], false).name).toBe('input-output');
    expect(promptFor('copying', ['paper'], false, 'chat').name).toBe('paper');
  });

  it('knows what prompts used to be called', () => {
    for (const shape of shapes)
      expect(promptFor(shape, ['bare'], false).name).toBe(shape === 'table' ? 'question' : 'paper');
    expect(allPromptNames()).toContain('bare');
  });
});
