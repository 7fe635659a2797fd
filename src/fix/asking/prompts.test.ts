import { describe, expect, it } from 'vitest';
import { askableNamed } from '../../prompt/askable.ts';
import { usualPrompt } from '../../prompt/files.node.ts';
import { readTemplate } from '../../prompt/template.ts';
import { mitigationsOf } from '../mitigations/table.ts';
import { isOwn, promptOf } from './prompts.ts';

const mine = readTemplate(
  `head: Write each list backwards, from the last item to the first.
demonstration: "List: {source}\\nBackwards: {answer}"
question: "List: {source}\\nBackwards:"
between: "\\n\\n"
symbols: ' '
stop: ["\\n", ":"]
shots: 3
demonstration-length: 4
`,
  'mine',
  'mine.yaml',
);

describe('a prompt of the user’s own, which says in its words what the task is', () => {
  const task = askableNamed('UB');
  const prompts = (name: string) => {
    const mitigation = mitigationsOf(task, { chunk: 4, ownPrompt: true }).find((one) => one.name === name);
    return mitigation!.prompting.map((one) => promptOf(task, mine, one, 'completions'));
  };

  it('is told from those that come with lengthwise', () => {
    expect(isOwn(task, mine)).toBe(true);
    expect(isOwn(task, usualPrompt('copying', 'completions'))).toBe(false);
    expect(isOwn({ ...task, name: 'mine' }, usualPrompt('copying', 'completions'))).toBe(true);
  });

  it('is replaced where something else is asked', () => {
    for (const name of ['reverse', 'reverse+chunk', 'reverse+number', 'prompt']) {
      const [asked] = prompts(name);
      expect(JSON.stringify(asked), name).not.toMatch(/backwards/i);
      expect(asked.name, name).toContain('input-output');
    }
    expect(prompts('both-ways').map(({ name }) => name)).toEqual(['mine', 'input-output']);
  });

  it('stays where the same is asked of other symbols; marks that would end numbers are left out', () => {
    expect(prompts('twice')).toEqual([mine]);
    expect(prompts('number')).toEqual([{ ...mine, stop: ['\n'] }]);
  });
});

it('a rule in words says that a source stands twice, or that dots follow it', () => {
  for (const name of ['UL', 'UB', 'text-copy'] as const) {
    const task = askableNamed(name);
    const own = usualPrompt(task.shape, 'chat');
    const asked = (wanted: string) => {
      const mitigation = mitigationsOf(task, { chunk: null }).find((one) => one.name === wanted);
      return promptOf(task, own, mitigation!.prompting[0], 'chat');
    };
    const mark = name === 'text-copy' ? '---' : ';';
    expect(asked('twice').head).toBe(
      `${own.head} What the rule is about is written twice, with ${mark} between: the rule is about one of the two.`,
    );
    expect(asked('padded').head).toContain(`What stands after ${mark} says nothing`);
    expect(asked('both-ways')).toEqual(own);
  }
  // Demonstrations alone say nothing that would have to be set right.
  const task = askableNamed('UL');
  const shown = usualPrompt('retrieval', 'completions');
  const [{ prompting }] = mitigationsOf(task, { chunk: null }).filter(({ name }) => name === 'twice');
  expect(promptOf(task, shown, prompting[0], 'completions')).toEqual(shown);
});

it('items with commas can be asked for: no mark of a replaced prompt stands in them', () => {
  const task = { ...askableNamed('UL'), name: 'staff', joiner: ' / ' };
  for (const { name, prompting } of mitigationsOf(task, { chunk: null, ownPrompt: true })) {
    for (const one of prompting) {
      const { stop, symbols } = promptOf(task, { ...mine, symbols: ' / ', stop: ['\n'] }, one, 'completions');
      expect(stop, name).toEqual(['\n']);
      expect(symbols, name).toBe(' / ');
    }
  }
});

it('a reversed history is not called one from the newest to the oldest', () => {
  const task = askableNamed('git-cherrypick');
  for (const api of ['completions', 'chat'] as const) {
    const own = usualPrompt(task.shape, api);
    for (const { name, prompting } of mitigationsOf(task, { chunk: 4 })) {
      const asked = prompting.map((one) => promptOf(task, own, one, api)).at(-1)!;
      const isReversed = name.startsWith('reverse') || name === 'both-ways';
      expect(/newest to the oldest/.test(asked.head), name).toBe(!isReversed);
      if (isReversed)
        expect(asked.rules['git-revert']).toBe('Every output is its input again, line by line.');
    }
  }
});
