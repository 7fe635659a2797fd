import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandHere } from '../command-here.ts';
import { folder, measureArgv, run, serve } from './measuring.ts';

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

  it('takes of several names the first that is one of the task’s', async () => {
    const sample = (...argv: string[]) => lengthwise('prompts', 'sample', 'UL', ...argv);
    const { out } = await sample('--prompt', 'hint,pair');
    expect(out).toBe((await sample('--prompt', 'pair')).out);
    expect((await sample('--prompt', 'pair, turns', '--api', 'chat')).out).toBe(
      (await sample('--prompt', 'turns', '--api', 'chat')).out,
    );
  });

  it('tasks export, too, wants prompts by their names', async () => {
    const argv = [
      'tasks',
      'export',
      '--for',
      'promptfoo',
      '--task',
      'UR',
      '--lengths',
      '5',
      '--out',
      path.join(folder(), 'out'),
    ];
    const { code, err } = await lengthwise(...argv, '--prompt', 'all');
    expect([code, err]).toEqual([2, expect.stringContaining('--prompt all: only measure asks by it; name')]);
  });

  it('shows what measure sends with the options for samples', async () => {
    const { url } = await serve();
    const out = path.join(folder(), 'asked');
    const given: Readonly<Record<string, readonly string[]>> = {
      NRLast: ['--occurrences', '3', '--alphabet', 'lower', '--where', 'last-half'],
      UL: ['--place', '0.4-0.6', '--alphabet', 'a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p'],
      UR: ['--place', 'stratified', '--prompt', 'hint,quoted'],
      NF: ['--pool', '3'],
    };
    for (const [task, options] of Object.entries(given)) {
      const argv = ['--task', task, '--lengths', '12', '--n', '3', ...options, '--out', out];
      expect((await run(measureArgv(url, ...argv))).code).toBe(0);
    }
    const { out: rows } = await run(['export', out, '--table', 'samples', '--json']);
    const samples = rows
      .trim()
      .split('\n')
      .map((row) => JSON.parse(row) as { task: string; index: number; prompt: string; answer: string[] });
    expect(samples).toHaveLength(12);
    for (const { task, index, prompt, answer } of samples) {
      const shown = await lengthwise(
        ...['prompts', 'sample', task, '--length', '12', '--index', String(index), ...given[task], '--json'],
      );
      expect(JSON.parse(shown.out)).toMatchObject({ text: prompt, answer });
    }
  });

  it.each([
    [
      ['sample', 'examples/tasks/next-stop.yaml', '--prompt', 'pair'],
      "which have prompts of their own: leave it out, or change 'prompt' in the file",
    ],
    [['sample', 'nowhere.yaml'], 'cannot read nowhere.yaml: there is no such file or folder'],
    [['show', 'examples/tasks/next-stop.yaml'], 'stands in its file; lengthwise prompts sample'],
    [['show', 'UL', 'mathrule'], "unknown prompt 'mathrule', did you mean 'math-rule'?"],
    [['sample', 'UF', '--length', '63'], 'UF admits lengths 1 to 62'],
    [['sample', 'UL', '--demonstration-length', 'long'], 'takes a length or same'],
    [['show', 'ULL'], "unknown task 'ULL'"],
    [['sample', 'UL', '--prompt', 'auto'], '--prompt auto: measure asks several prompts by it; name the one'],
    [['sample', 'UL', '--prompt', 'all'], '--prompt all: measure asks several prompts by it; name the one'],
    [['sample', 'UL', '--prompt', 'hint'], 'for several kinds of tasks, one for each: --prompt hint,pair'],
    [['sample', 'UF', '--occurrences', '3'], "UF has no use for the option 'occurrences'"],
    [['sample', 'UF', '--place', 'stratified'], "UF has no use for the option 'place'"],
  ])('%j: one line, exit code 2', async (argv, message) => {
    const { code, err } = await lengthwise('prompts', ...argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
