/** What pilots have chosen is kept in a folder: for the samples that they asked, and for the model that answered. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { STORE_FILE } from '../../src/measure/store/store.node.ts';
import type { PilotChoice } from '../../src/prompt/pilot.ts';
import { plainReply } from '../server/behaviour.ts';
import { folder, measured, run, serve } from './measuring.ts';
import type { Result } from './measuring.ts';

const AUTO = ['--prompt', 'auto', '--n', '4'];

const pilotOf = ({ respondent: { pilot } }: Result): readonly PilotChoice[] =>
  pilot as readonly PilotChoice[];

const questionsIn = (choices: readonly PilotChoice[]): number =>
  choices.flatMap(({ scores }) => scores).reduce((sum, { n }) => sum + n, 0);

/** A file of some lines. */
function linesOf(word: string): string {
  const file = path.join(folder(), `${word}.txt`);
  writeFileSync(file, Array.from({ length: 60 }, (_, i) => `${word} ${i}\n`).join(''));
  return file;
}

describe('a pilot asks about samples that are drawn as those that are measured', () => {
  it.each<[string, string, readonly string[], readonly string[]]>([
    ['alphabet', 'UF', ['--alphabet', 'lower'], ['--alphabet', 'words']],
    ['pool', 'NF', ['--pool', '3'], []],
    ['occurrences', 'NRFirst', [], ['--occurrences', '3']],
    ['place', 'UR', ['--place', '0-0.5'], ['--place', '0.5-1']],
    ['half', 'NRFirst', ['--where', 'first-half'], ['--where', 'last-half']],
    [
      'material',
      'text-copy',
      ['--api', 'chat', '--text', linesOf('one')],
      ['--api', 'chat', '--text', linesOf('two')],
    ],
  ])('another %s is asked about in another pilot', async (_, task, first, second) => {
    const { url } = await serve({ accuracy: () => 0.6 });
    const lengths = ['--task', task, '--lengths', '8'];
    const out = folder();
    const one = await measured(url, ...lengths, ...AUTO, ...first, '--out', out);
    const other = await measured(url, ...lengths, ...AUTO, ...second, '--out', out);
    const alone = await measured(url, ...lengths, ...AUTO, ...second);
    expect(pilotOf(other)).toEqual(pilotOf(alone));
    // Beside the four that are measured; some samples may be those of the first pilot.
    expect(other.run.spent.requests).toBeGreaterThan(4 + questionsIn(pilotOf(other)) / 2);
    // Each keeps what was chosen for it.
    for (const [options, chosen] of [
      [first, one],
      [second, other],
    ] as const) {
      const again = await measured(url, ...lengths, ...AUTO, ...options, '--out', out);
      expect(pilotOf(again)).toEqual(pilotOf(chosen));
      expect(again.run.spent.requests).toBe(0);
    }
  });

  it('more samples are asked by the prompt that was chosen', async () => {
    const { url } = await serve({ accuracy: () => 0.6 });
    const asked = ['--task', 'NF', '--alphabet', 'a b c', '--lengths', '5', '--prompt', 'auto'];
    const out = folder();
    const few = await measured(url, ...asked, '--n', '3', '--out', out);
    const more = await measured(url, ...asked, '--n', '40', '--out', out);
    expect(pilotOf(more)).toEqual(pilotOf(few));
    expect(more.run.spent.requests).toBe(37);
  });
});

it('a choice that an older folder has noted otherwise is read from the pilot’s rows', async () => {
  const { url } = await serve({ accuracy: () => 0.6 });
  const out = folder();
  const asked = ['--task', 'UF', '--lengths', '8', ...AUTO, '--out', out];
  const before = await measured(url, ...asked);
  const store = new DatabaseSync(path.join(out, STORE_FILE));
  const changed = store.prepare("UPDATE facts SET name = 'pilot old' WHERE name LIKE 'pilot %'").run();
  store.close();
  expect(changed.changes).toBe(1);
  const again = await measured(url, ...asked);
  expect(pilotOf(again)).toEqual(pilotOf(before));
  expect(again.run.spent.requests).toBe(0);
});

describe('a pilot of tasks that two commands asked', () => {
  it('is told of each of them', async () => {
    const { url } = await serve();
    const out = folder();
    const all: PilotChoice[] = [];
    for (const task of ['UR', 'UF'])
      all.push(...pilotOf(await measured(url, '--task', task, '--lengths', '5', ...AUTO, '--out', out)));
    expect(all.map(({ family }) => family)).toEqual(['UR', 'UF']);
    const report = JSON.parse((await run(['report', out, '--json'])).out) as Result;
    expect(pilotOf(report)).toEqual(all);
  });
});

describe('a pilot that another model answered', () => {
  /** The answer to a copy, where it is asked in the form that a model reads. */
  const readsOnly = (form: RegExp, prompt: string): string => ` ${form.exec(prompt)?.[1].trim() ?? 'none'}\n`;
  const ARROW = /(?:^|\n) ?([^\n]*) ->$/;
  const INPUT = /Input: ([^\n]*)\nOutput:$/;

  it('is asked again with what else that model answered, and chooses for the one that is asked', async () => {
    let isBack = false;
    const { url } = await serve({
      apis: ['completions'],
      behaviour: {
        answer: (asked) => {
          const form = isBack ? INPUT : ARROW;
          const text = asked.ours ? { text: readsOnly(form, asked.prompt) } : {};
          return { body: { ...plainReply(asked, text), model: isBack ? 'test' : 'other-mini' } };
        },
      },
    });
    const out = folder();
    const asked = ['--task', 'UF', '--lengths', '8', '--prompt', 'auto', '--out', out];
    expect((await measured(url, ...asked, '--n', '10')).prompts).toEqual({ UF: 'arrow' });
    isBack = true;
    const result = await measured(url, ...asked, '--n', '20');
    expect(pilotOf(result)).toMatchObject([{ chosen: 'input-output', elicits: true }]);
    expect(result.prompts).toEqual({ UF: 'input-output' });
    expect(result.rows).toMatchObject([{ n: 20, correct: 20, failed: 0 }]);
    const report = JSON.parse((await run(['report', out, '--json'])).out) as Result;
    expect([report.prompts, report.rows]).toEqual([result.prompts, result.rows]);
    expect((await measured(url, ...asked, '--n', '20')).run.spent.requests).toBe(0);
  });
});
