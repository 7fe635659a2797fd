import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandHere } from '../command-here.ts';

async function lengthwise(...argv: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const { code, out, said } = await commandHere(argv);
  return { code, out, err: said };
}

describe('prompts', () => {
  it('lists every prompt with its tasks', async () => {
    const { prompts } = JSON.parse((await lengthwise('prompts', '--json')).out) as {
      prompts: { tasks: string[]; name: string; title: string }[];
    };
    const of = (task: string): string[] =>
      prompts.filter(({ tasks }) => tasks.includes(task)).map(({ name }) => name);
    expect(of('UL')).toEqual(expect.arrayContaining(['paper', 'simple-rule', 'math-rule-explained']));
    expect(of('NB')).toEqual(expect.arrayContaining(['paper', 'obey', 'hint']));
    expect((await lengthwise('prompts')).out).toContain('obey');
  });

  it('a copy of a prompt is the same prompt, and can be changed', async () => {
    const copy = path.join(mkdtempSync(path.join(tmpdir(), 'lengthwise-prompts-')), 'mine.yaml');
    const { out: file } = await lengthwise('prompts', 'show', 'UL', 'math-rule');
    writeFileSync(copy, file);
    const sample = ['prompts', 'sample', 'UL', '--length', '12', '--shots', '2'];
    const theirs = await lengthwise(...sample, '--prompt', 'math-rule');
    expect((await lengthwise(...sample, '--prompt', copy)).out).toBe(theirs.out);
    writeFileSync(copy, file.replace('Each line', 'Every line'));
    expect((await lengthwise(...sample, '--prompt', copy)).out).toBe(
      theirs.out.replace('Each line', 'Every line'),
    );
  });

  it('shows a question as it is sent', async () => {
    const { out, err } = await lengthwise(
      'prompts',
      'sample',
      'UR',
      '--shots',
      '0',
      '--length',
      '5',
      '--prompt',
      'bare',
    );
    expect(out).toMatch(/^( \S){5} \| \S:\n$/);
    expect(err).toMatch(/answer: " \S"; ends at \["\\n"\]/);
    expect((await lengthwise('prompts', 'sample', 'UR', '--shots', '0', '--length', '4')).out).toMatch(
      /^"\S, \S, \S, \S" -> "\S,\n$/,
    );
    const { out: turns } = await lengthwise(
      'prompts',
      'sample',
      'UR',
      '--prompt',
      'turns',
      '--shots',
      '1',
      '--length',
      '4',
    );
    expect(turns.match(/^\[\w+\]$/gm)).toEqual(['[user]', '[assistant]', '[user]']);
    expect((await lengthwise('prompts', 'sample', 'UF', '--api', 'chat', '--shots', '0')).out).toMatch(
      /Input: .*\n$/,
    );
    const { text, source, answer } = JSON.parse(
      (await lengthwise('prompts', 'sample', 'UB', '--shots', '0', '--length', '3', '--json')).out,
    ) as { text: string; source: string[]; answer: string[] };
    expect(text).toBe(`Input: ${source.join(' ')}\nOutput:`);
    expect(answer).toEqual(source.toReversed());
  });

  it('shows a question of a task of one’s own', async () => {
    const own = path.resolve(import.meta.dirname, '../../examples/tasks/next-stop.yaml');
    const argv = ['prompts', 'sample', own, '--length', '5', '--shots', '1'];
    const { out, err } = await lengthwise(...argv);
    expect(out).toMatch(
      /^Each line lists the stops .*\n(.*, ){4}.* \| after .*: .*\n(.*, ){4}.* \| after .*:\n$/,
    );
    expect(err).toMatch(/answer: " \w+ \w+"; ends at \["\\n"\]/);
    const { task, prompt, text } = JSON.parse((await lengthwise(...argv, '--json')).out) as Record<
      string,
      string
    >;
    expect([task, prompt, text]).toEqual(['next-stop', 'next-stop', out.slice(0, -1)]);
  });

  it.each([
    [
      ['sample', 'examples/tasks/next-stop.yaml', '--prompt', 'pair'],
      'has a prompt of its own; change it there',
    ],
    [['sample', 'nowhere.yaml'], 'cannot read nowhere.yaml: there is no such file or folder'],
    [['show', 'examples/tasks/next-stop.yaml'], 'stands in its file; lengthwise prompts sample'],
    [['show', 'UL', 'mathrule'], "unknown prompt 'mathrule', did you mean 'math-rule'?"],
    [['sample', 'UF', '--length', '63'], 'UF admits lengths 1 to 62'],
    [['sample', 'UL', '--demonstration-length', 'long'], 'takes a length or same'],
    [['show', 'ULL'], "unknown task 'ULL'"],
  ])('%j: one line, exit code 2', async (argv, message) => {
    const { code, err } = await lengthwise('prompts', ...argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
