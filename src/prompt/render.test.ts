import { describe, expect, it } from 'vitest';
import { askableNamed, askableNames } from './askable.ts';
import { promptFor, promptNames } from './files.node.ts';
import { chatMessages, demonstrationsGrow, renderPrompt } from './render.ts';
import { textOutput } from '../score/output.ts';
import { scoreOutput } from '../score/score.ts';
import { readTemplate } from './template.ts';

const draw = { length: 12, seed: 4, index: 7 };
const rendered = (task: string, prompt: string, options = {}) => {
  const asked = askableNamed(task);
  return renderPrompt(asked, promptFor(asked.shape, [prompt], false), draw, options);
};

describe('the prompts `paper` (once `bare`) are the paper’s to the character', () => {
  it.each(['UL', 'UR', 'NLLast', 'NRFirst'])('%s', (task) => {
    const { prompt, instance } = rendered(task, 'bare');
    const lines = prompt.text.split('\n\n');
    expect(lines).toHaveLength(6);
    for (const line of lines.slice(0, 5)) expect(line).toMatch(/^( \S)+ \| \S: \S$/);
    expect(lines[5]).toBe(` ${instance.source.join(' ')} | ${instance.query}:`);
    expect(prompt).toMatchObject({ system: null, stop: ['\n'], reading: { lead: ' ', trail: '' } });
  });

  it.each(['UF', 'NB'])('%s', (task) => {
    const { prompt, instance } = rendered(task, 'bare');
    const lines = prompt.text.split('\n');
    expect(lines).toHaveLength(6);
    for (const line of lines.slice(0, 5)) expect(line).toMatch(/^<bos>( \S){5} :( \S){5} <eos>$/);
    expect(lines[5]).toBe(`<bos> ${instance.source.join(' ')} :`);
    expect(prompt.reading).toMatchObject({ lead: ' ', trail: ' ' });
  });
});

describe('every prompt that comes with lengthwise', () => {
  const cases = askableNames().flatMap((task) =>
    promptNames(askableNamed(task).shape).map((prompt) => [task, prompt] as const),
  );
  it.each(cases)(
    '%s, %s: is filled, ends where the answer comes, and does not give it away',
    (task, name) => {
      const { prompt, instance } = rendered(task, name);
      expect(prompt.text).not.toMatch(/\{[a-z]{2,}\}/);
      const question = prompt.text.slice(
        prompt.text.lastIndexOf(
          instance.source.join(task.includes('-') && !task.startsWith('flip') ? '\n' : ' '),
        ),
      );
      expect(question.length).toBeGreaterThan(0);
      expect(prompt.text.split(instance.source.join(' ')).length).toBeLessThanOrEqual(2);
      const answer = instance.answer.join(' ');
      expect(prompt.maxTokens).toBeGreaterThan(answer.length);
      for (const stop of prompt.stop) expect(answer).not.toContain(stop);
    },
  );

  it.each(cases)('%s, %s: the answer as demonstrations write it is right to the character', (task, name) => {
    const asked = askableNamed(task);
    const template = promptFor(asked.shape, [name], false);
    const { prompt, instance } = renderPrompt(asked, template, draw);
    const { answer } = prompt.expected;
    const { lead, trail } = prompt.reading;
    const text = lead + answer.join(template.symbols) + trail;
    const tags = template['answer-tags'];
    const output = tags === undefined ? text + (prompt.stop[0] ?? '') : `${tags[0]}${text}${tags[1]}`;
    const sample = { operation: asked.operation, family: asked.family, instance };
    const scored = (said: string) => scoreOutput(sample, prompt.expected, textOutput(said), prompt.reading);
    expect(scored(output)).toMatchObject({ outcome: 'right', exact: true, extra: 0, symbols: answer });
    if (tags !== undefined) expect(scored(`Sure.\n${output}`)).toMatchObject({ outcome: 'right', extra: 5 });
  });

  it('explains what it shows: how often and where the query stands, which neighbour it is', () => {
    const { prompt } = rendered('NLLast', 'math-rule-explained');
    const [, source, query] = /explained:\n ((?:\S ?)+) \| (\S): \S\n/.exec(prompt.text) ?? [];
    const symbols = source.split(' ');
    const times = symbols.filter((symbol) => symbol === query).length;
    const place = symbols.lastIndexOf(query) + 1;
    const said = `It stands in the context ${times} times; the one that counts is place ${place} from the left. The symbol to its left is "${symbols[place - 2]}"`;
    expect(prompt.text).toContain(said);
    expect(prompt.text.split('\n\n')).toHaveLength(8);
  });

  it('explains flip-flop by its last write', () => {
    const { prompt } = rendered('flip-flop', 'simple-rule-explained');
    const [, row, bit] = /explained:\n ((?:\S ?)+) \| r: (\S)\n/.exec(prompt.text) ?? [];
    const place = row.split(' ').lastIndexOf('w') + 1;
    expect(prompt.text).toContain(`at place ${place} from the left. The bit to its right is "${bit}"`);
    expect(rendered('flip-flop', 'math-rule', { separator: false }).prompt.text).not.toContain('|');
  });
});

describe('a chat prompt of turns', () => {
  it('has each example as a question of the user and an answer of the assistant, and ends with the question', () => {
    const { prompt, instance } = rendered('UR', 'turns', { shots: 2 });
    const messages = chatMessages(prompt);
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant', 'user']);
    expect(messages[0].content).toMatch(/^The answer is the symbol .*\n\nInput: (\S ){4}\S\nQuery: \S$/);
    for (const { content } of [messages[1], messages[3]]) expect(content).toMatch(/^\S$/);
    expect(messages[4].content).toBe(`Input: ${instance.source.join(' ')}\nQuery: ${instance.query}`);
    expect(prompt.reading).toMatchObject({ lead: '', trail: '', tags: null, stop: [] });
    expect(chatMessages(rendered('UR', 'instruct').prompt).map(({ role }) => role)).toEqual([
      'system',
      'user',
    ]);
  });
});

describe('the stop mark', () => {
  const template = promptFor('commits', ['bare'], false);
  const draw = { length: 3, seed: 1, index: 0 };
  const asked = (lines: readonly string[], task = 'git-revert') =>
    askableNamed(task, { material: { commits: lines } });
  const log = ['11 a', '22 b', '33 c', '44 d'];

  it('is asked for with its line break where a line of the answer has it within', () => {
    const commits = log.map((line) => `${line} <end>`);
    const { prompt } = renderPrompt(asked(commits), template, draw);
    expect(prompt.stop).toEqual(['\n<end>']);
    expect(prompt.reading.trail).toBe('');
    expect(renderPrompt(asked(log), template, draw).prompt).toMatchObject({
      stop: ['<end>'],
      reading: { trail: '\n' },
    });
  });

  it('has room within the limit on tokens, be it long', () => {
    const long = 'THE END OF THE ANSWER';
    const own = { ...promptFor('copying', ['bare'], false), stop: [long] };
    const { prompt } = renderPrompt(askableNamed('UF'), own, draw);
    expect(prompt.maxTokens).toBeGreaterThanOrEqual(Buffer.byteLength(` a b c ${long}`));
  });

  it('that a line begins with is refused', () => {
    const commits = log.map((line) => `<end> ${line}`);
    expect(() => renderPrompt(asked(commits), template, draw)).toThrow('contains the stop mark "<end>"');
  });
});

describe('demonstrations', () => {
  it('are as many and as long as asked for, with or without a separator', () => {
    const { prompt } = rendered('UL', 'bare', { shots: 2, demonstrationLength: 'same', separator: false });
    const lines = prompt.text.split('\n\n');
    expect(lines).toHaveLength(3);
    for (const line of lines.slice(0, 2)) expect(line).toMatch(/^( \S){13}: \S$/);
  });

  it('grow with the item where there are any as long as it, by the prompt or by what changes it', () => {
    const template = promptFor('retrieval', ['bare'], false);
    const same = { ...template, 'demonstration-length': 'same' as const };
    expect(demonstrationsGrow(template, {})).toBe(false);
    expect(demonstrationsGrow(template, { demonstrationLength: 'same' })).toBe(true);
    expect(demonstrationsGrow(template, { demonstrationLength: 'same', shots: 0 })).toBe(false);
    expect(demonstrationsGrow(same, {})).toBe(true);
    expect(demonstrationsGrow(same, { demonstrationLength: 5 })).toBe(false);
  });

  it('never contain the item, and those of UL and UR are the same', () => {
    const task = askableNamed('UF', { options: { alphabet: ['a', 'b', 'c', 'd', 'e'] } });
    const template = promptFor('copying', ['bare'], false);
    for (let index = 0; index < 200; index++) {
      const { prompt, instance } = renderPrompt(task, template, { length: 5, seed: 1, index });
      expect(prompt.text.split(`<bos> ${instance.source.join(' ')} :`)).toHaveLength(2);
    }
    const shown = (name: string) => rendered(name, 'bare').prompt.text.replaceAll(/: \S$/gm, ':');
    expect(shown('UL')).toBe(shown('UR'));
  });

  it('neither have the item in them nor ask about its query, as far as there are others', () => {
    const task = askableNamed('UL', { options: { alphabet: ['a', 'b', 'c', 'd', 'e', 'f'] } });
    const template = promptFor('retrieval', ['bare'], false);
    for (let index = 0; index < 200; index++) {
      const { prompt, instance } = renderPrompt(task, template, { length: 3, seed: 1, index });
      const shown = prompt.text.split('\n\n').slice(0, -1);
      for (const line of shown) {
        expect(line).not.toContain(` ${instance.source.join(' ')} `);
        expect(line).not.toContain(`| ${instance.query}:`);
      }
    }
    const rows = ['K1,a', 'K2,b', 'K3,c', 'K4,d', 'K5,e', 'K6,f', 'K7,g', 'K8,h'];
    const table = askableNamed('table-lookup-after', { material: { table: rows } });
    const tablePrompt = promptFor('table', ['bare'], false);
    for (let index = 0; index < 50; index++) {
      const { prompt, instance } = renderPrompt(table, tablePrompt, { length: 6, seed: 1, index });
      expect(prompt.text.split(`row after ${instance.query}:`)).toHaveLength(2);
    }
  });

  it('differ from item to item', () => {
    const task = askableNamed('UL');
    const template = promptFor('retrieval', ['bare'], false);
    const [first, second] = [0, 1].map(
      (index) => renderPrompt(task, template, { ...draw, index }).prompt.text,
    );
    expect(first.split('\n\n')[0]).not.toBe(second.split('\n\n')[0]);
  });
});

describe('templates of one’s own', () => {
  it('every mistake is named at once', () => {
    const text =
      'demonstration: "{source} {anser}"\nquestion: "Q {source}"\nbetween: "\\n"\nsymbols: " "\nstop: []\nshots: 2\ndemonstration-length: 4\n';
    expect(() => readTemplate(text, 'own', 'own.yaml')).toThrow(
      /own.yaml is no prompt: .*unknown place \{anser\}.*no \{answer\}.*begin with it.*nothing ends/,
    );
    expect(() => readTemplate(`${text.replace('2', 'many')}tail: [a]`, 'own', 'own.yaml')).toThrow(
      /tail: takes.*shots: takes.*unknown place \{anser\}.*no \{answer\}.*begin with it.*nothing ends/,
    );
    expect(() => readTemplate('shots: many', 'own', 'own.yaml')).toThrow('shots: ');
    expect(() => readTemplate('a: [', 'own', 'own.yaml')).toThrow('own.yaml: line 1');
  });

  it('suggests a prompt’s name', () => {
    expect(() => promptFor('retrieval', ['simple'], false)).toThrow("unknown prompt 'simple'");
    expect(() => promptFor('retrieval', ['math-rul'], false)).toThrow("did you mean 'math-rule'?");
    expect(promptFor('commits', ['math-rule'], true).name).toBe('input-output');
    expect(() => promptFor('copying', ['math-rule'], false)).toThrow(
      "'math-rule' is no prompt for tasks like UF, which have arrow, hint, input-output, instruct, obey, paper, quoted, turns; name one of these or, for several kinds of tasks, one for each: --prompt math-rule,input-output",
    );
  });
});
