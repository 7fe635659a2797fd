/** How a measurement ends, and what it may say then. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { timeText } from '../../src/common/time-text.ts';
import { pilotLine } from '../../src/prompt/pilot.ts';
import type { PilotChoice } from '../../src/prompt/pilot.ts';
import { startServer } from '../server/server.ts';
import { folder, incomplete, measureArgv, measured, root, rowsIn, run, serve } from './measuring.ts';
import type { Result } from './measuring.ts';

const facts = (out: string): Record<string, unknown> => {
  const store = new DatabaseSync(path.join(out, 'measure.sqlite'), { readOnly: true });
  const all = store.prepare('SELECT name, value FROM facts').all();
  store.close();
  return Object.fromEntries(
    all.map(({ name, value }) => [String(name), JSON.parse(String(value)) as unknown]),
  );
};
const pilots = (out: string): string[] => Object.keys(facts(out)).filter((name) => name.startsWith('pilot '));

describe('a pilot whose questions were not all answered', () => {
  it('chooses nothing: the same command goes on with it', async () => {
    const { url } = await serve();
    const out = folder();
    const asked = ['--task', 'UF', '--lengths', '5', '--n', '4', '--prompt', 'auto', '--out', out];
    const spent = await incomplete(url, ...asked, '--budget', '20requests');
    expect(spent).toMatchObject({ ending: { kind: 'budget' }, rows: [] });
    expect(pilots(out)).toEqual([]);
    const kept = rowsIn(out).length;
    expect(kept).toBeGreaterThan(0);
    const whole = await measured(url, ...asked);
    expect(whole.rows).toMatchObject([{ n: 4 }]);
    expect(pilots(out)).toHaveLength(1);
    const { out: text } = await run(['measure', '--rescore', '--out', out]);
    expect(text).toMatch(/^UF: (elicited by|no prompt tried in a pilot elicits)/m);
  });

  it('is said in the tables, the JSON, the export and the report, and is in no n', async () => {
    const { url } = await serve();
    const out = folder();
    const asked = ['--task', 'UF,UB', '--lengths', '5', '--n', '4', '--prompt', 'auto', '--out', out];
    const result = await measured(url, ...asked);
    const [choice] = result.respondent.pilot as PilotChoice[];
    expect(choice.family).toBe('UF+UB');
    expect(result.prompts).toEqual({ UF: choice.chosen, UB: choice.chosen });
    expect(result.rows.map(({ n }) => n)).toEqual([4, 4]);
    for (const argv of [measureArgv(url, ...asked), ['measure', '--rescore', '--out', out]]) {
      expect((await run(argv)).out).toContain(pilotLine(choice));
    }
    const exported = await run(['export', out, '--table', 'asked', '--json']);
    const rows = exported.out.trimEnd().split('\n');
    const ofTasks = rows.map((row) => JSON.parse(row) as { task: string | null });
    expect(ofTasks.filter(({ task }) => task === null)).toHaveLength(1); // what no task's rows tell of: probe and pilot
    for (const row of ofTasks.filter(({ task }) => task !== null)) {
      expect(row).toMatchObject({ prompt: choice.chosen, pilot: choice });
    }
    const report = JSON.parse((await run(['report', out, '--json'])).out) as Result & { report: string };
    expect(report.respondent.pilot).toEqual(result.respondent.pilot);
    const { document } = parseHTML(readFileSync(report.report, 'utf8'));
    const shown = [...document.querySelectorAll('#pilot tbody tr')].map((row) =>
      [...row.querySelectorAll('td')].slice(0, 4).map((cell) => cell.textContent.trim()),
    );
    expect(shown).toEqual(
      choice.scores.map(({ prompt, task, n, right }) => [prompt, task, String(n), String(right)]),
    );
  });

  it('never counts a question that failed as wrong', async () => {
    const { url } = await serve({ fault: (n) => (n === 5 ? '500' : null) });
    const out = folder();
    const asked = ['--task', 'UF', '--lengths', '5', '--n', '4', '--prompt', 'auto', '--out', out];
    const { ending } = await incomplete(url, ...asked, '--max-retries', '0');
    expect(ending).toMatchObject({ kind: 'stopped' });
    expect(pilots(out)).toEqual([]);
    await measured(url, ...asked);
  });
});

it('another temperature is another respondent, and each request has the one that was wished for', async () => {
  const { url, seen } = await serve({ quirks: { keepsConnections: true } });
  const out = folder();
  const asked = ['--task', 'UF', '--lengths', '5', '--out', out];
  await measured(url, ...asked, '--n', '4');
  const { code, err } = await run(measureArgv(url, ...asked, '--n', '8', '--temperature', '0.7'));
  expect([code, err]).toEqual([2, expect.stringContaining('holds answers of another respondent')]);
  const before = seen.bodies.length;
  await measured(
    url,
    '--task',
    'UF',
    '--lengths',
    '5',
    '--n',
    '8',
    '--temperature',
    '0.7',
    '--out',
    folder(),
  );
  const answers = seen.bodies.slice(before).filter(({ prompt }) => String(prompt).includes('Input:'));
  expect(new Set(answers.map(({ temperature }) => temperature))).toEqual(new Set([0.7]));
});

it('a run that was killed is not whole, whoever reads it', async () => {
  const { url, seen } = await serve({ delay: 20 });
  const out = folder();
  const argv = measureArgv(url, '--task', 'UF', '--lengths', '5', '--n', '400', '--out', out);
  await run(argv, { kill: 'SIGKILL', killWhen: () => seen.answered.length > 40 });
  const { code, err, out: json } = await run(['measure', '--rescore', '--out', out, '--json']);
  expect([code, err]).toEqual([3, expect.stringContaining('incomplete: interrupted')]);
  expect(JSON.parse(json)).toMatchObject({ ending: { kind: 'interrupted' } });
});

it('what stored answers alone show is said to be theirs, with the time of the run that brought them', async () => {
  const server = await serve({ accuracy: () => 1 });
  const [out, file] = [folder(), path.join(folder(), 'junit.xml')];
  const ask = (lengths: string, ...more: string[]) =>
    run(measureArgv(server.url, '--task', 'UR', '--lengths', lengths, '--n', '40', '--out', out, ...more));
  const first = await ask('5', '--junit', file);
  expect(first.err + readFileSync(file, 'utf8')).not.toContain('nothing was asked');
  await ask('5,10');
  await server.close(); // nobody is asked from here on
  const [began, went] = (facts(out).sittings as { started: string }[]).map(({ started }) => started);

  const wanted = ['--at-least', 'UR=5', '--junit', file];
  const same = await ask('5', ...wanted);
  const from = `nothing was asked: all 40 answers are from ${timeText(began)}`;
  expect(same).toMatchObject({ code: 0, err: expect.stringContaining(`${from}\n`) });
  expect(readFileSync(file, 'utf8')).toContain(`<system-out>horizon at 0.9: ≥ 5\n${from}</system-out>`);
  const both = await ask('5,10', '--json');
  expect((JSON.parse(both.out) as Result).run).toMatchObject({
    reused: 80,
    reusedFrom: { first: began, last: went },
  });
});

describe('several prompts', () => {
  const counts = (xml: string): (string | undefined)[] =>
    ['tests', 'failures', 'errors'].map((name) => new RegExp(`${name}="(\\d+)"`).exec(xml)?.[1]);

  it('the test cases for CI say what the exit status says, also of a folder', async () => {
    const { url } = await serve({ accuracy: () => 1 });
    const [out, file] = [folder(), path.join(folder(), 'junit.xml')];
    const asked = ['--task', 'UR', '--lengths', '5', '--n', '40', '--prompt', 'all', '--api', 'chat'];
    const wanted = ['--at-least', 'UR=5', '--junit', file, '--out', out];
    const { code, err } = await run(measureArgv(url, ...asked, ...wanted));
    expect([code, counts(readFileSync(file, 'utf8'))]).toEqual([0, ['2', '0', '0']]);
    expect(err).toMatch(/^UR: a horizon of at least 5 is shown with each of the 2 prompts$/m);

    const again = path.join(folder(), 'junit.xml');
    const stored = await run(['measure', '--rescore', '--out', out, '--junit', again, '--at-least', 'UR=5']);
    expect([stored.code, stored.out.match(/^prompt: /gm)?.length]).toEqual([0, 2]);
    expect(counts(readFileSync(again, 'utf8'))).toEqual(['2', '0', '0']);
  });

  it('a horizon has to be shown with each of them: the best of many owes something to luck', async () => {
    // It answers "pair" and five others of the nine for look-ups; the demonstrations of the rest it does not understand.
    const { url } = await serve({ accuracy: () => 1 });
    const file = path.join(folder(), 'junit.xml');
    const asked = ['--task', 'UR,UF', '--lengths', '5', '--n', '40', '--prompt', 'all', '--junit', file];
    const { code, err } = await run(measureArgv(url, ...asked, '--at-least', 'UR=5'));
    expect(code).toBe(4);
    expect(err).toContain(
      'UR: a horizon of at least 5 has to be shown with each of the 9 prompts, and is not with 3: json (< 5), pair-blank (< 5), quoted (< 5)',
    );
    expect(counts(readFileSync(file, 'utf8'))).toEqual(['15', '3', '0']); // nine of UR, six of UF, of which nothing is wanted
  });

  it('a way of asking is one prompt, and its tasks are those that have it, in the folder, too', async () => {
    const { url } = await serve({ accuracy: () => 1 });
    const out = folder();
    const asked = ['--task', 'UR,UF', '--lengths', '5', '--n', '2', '--prompt', 'all', '--out', out];
    const { out: told } = await run(measureArgv(url, ...asked, '--json'));
    const { out: stored } = await run(['report', out, '--json']);
    const ways = (json: string): unknown[] =>
      (JSON.parse(json) as { measurements: { prompts: unknown }[] }).measurements.map(
        ({ prompts }) => prompts,
      );
    expect(ways(told).slice(0, 2)).toEqual([{ UR: 'pair' }, { UF: 'input-output' }]);
    expect(ways(told)).toContainEqual({ UR: 'paper', UF: 'paper' });
    expect(ways(told)).toHaveLength(13);
    expect(ways(stored)).toEqual(ways(told));
  });

  it('a prompt that the model reads otherwise is left out and named; the others are asked', async () => {
    const { url } = await serve({
      accuracy: () => 1,
      quirks: { tokenizer: 'content', readsMark: true, marks: 1 },
    });
    const asked = ['--task', 'UF', '--lengths', '5', '--n', '2', '--prompt', 'all'];
    const { code, err, out } = await run(measureArgv(url, ...asked));
    expect([code, err.match(/^UF: not asked, the model reads .* in the prompt '(\w+)'/gm)?.length]).toEqual([
      0, 3,
    ]);
    expect(out.match(/^prompt: .*$/gm)).toEqual(['prompt: input-output', 'prompt: arrow', 'prompt: quoted']);
  });

  it('a task of the user’s own is asked with its own prompt', async () => {
    const { url } = await serve({ accuracy: () => 1 });
    const task = path.join(root, 'examples/tasks/next-stop.yaml');
    const asked = ['--task', `UR,${task}`, '--lengths', '5', '--n', '2', '--prompt', 'all', '--json'];
    const { out } = await run(measureArgv(url, ...asked));
    const { measurements } = JSON.parse(out) as { measurements: { prompts: Record<string, string> }[] };
    expect(measurements.flatMap(({ prompts }) => prompts['next-stop'] ?? [])).toEqual(['next-stop']);
  });
});

describe('answers that the folder holds already', () => {
  const serveHole = () => serve({ accuracy: (_, length) => (length === 30 ? 0 : 1) });

  it('are used by a search where it needs them, and named where it does not', async () => {
    const { url } = await serveHole();
    const out = folder();
    const asked = ['--task', 'UR', '--out', out];
    await measured(url, ...asked, '--lengths', '10,30', '--n', '60');
    const { err, code } = await run(measureArgv(url, ...asked, '--max-length', '40'));
    expect(code).toBe(0);
    expect(err).toContain(
      `${out} also holds answers not counted above: UR 30: 0 of 60 right (at lengths that the search did not choose); ` +
        'UR 10: 13 answers (more than the search asks); lengthwise report',
    );
    // Of a length that the search is done with, no line says that more is to come.
    const lines = err.split('\n');
    for (const [i, line] of lines.entries()) {
      const length = /; UR (\d+): .* so far$/.exec(line)?.[1];
      if (length !== undefined) expect(lines.slice(0, i).join('\n')).not.toContain(`\nUR ${length}: `);
    }
  });

  it('are used at the lengths that are given, and named at others and beyond --n', async () => {
    const { url } = await serveHole();
    const out = folder();
    const asked = ['--task', 'UR', '--out', out];
    const searched = await measured(url, ...asked, '--max-length', '20');
    expect(searched.rows.map(({ length, n }) => [length, n])).toEqual([5, 10, 20].map((at) => [at, 47]));
    const { err } = await run(measureArgv(url, ...asked, '--lengths', '10,20,40', '--n', '40'));
    expect(err).toContain('40 answered, 80 from before, 0 failed');
    expect(err).toContain(
      `${out} also holds answers not counted above: UR 5: 47 of 47 right (at lengths that --lengths does not name); ` +
        'UR 10: 7 answers, UR 20: 7 answers (beyond the --n samples of a length); lengthwise report',
    );
  });

  it('are not spoken of where all of them count', async () => {
    const { url } = await serveHole();
    const asked = ['--task', 'UR', '--out', folder()];
    await measured(url, ...asked, '--max-length', '10');
    const { err } = await run(measureArgv(url, ...asked, '--lengths', '5,10', '--n', '50'));
    expect(err).toContain('6 answered, 94 from before');
    expect(err).not.toContain('also holds');
  });
});

describe('a run that is not complete', () => {
  it('ends with 3 where a horizon is not shown for that reason, and with 4 where it surely falls short', async () => {
    const { url } = await serve({ accuracy: () => 1 });
    const file = path.join(folder(), 'out.xml');
    const asked = ['--task', 'UR', '--lengths', '5,10', '--n', '50', '--budget', '75requests'];
    const spent = await run(measureArgv(url, ...asked, '--at-least', 'UR=10', '--junit', file));
    expect([spent.code, spent.err]).toEqual([3, expect.stringContaining('the budget is spent')]);
    expect(spent.err).toContain('UR: a horizon of at least 10 is not shown');
    expect(readFileSync(file, 'utf8')).toContain('<error message="the budget is spent');
    const wrong = await serve({ accuracy: (_, length) => Number(length < 10) });
    const fails = await run(
      measureArgv(wrong.url, ...asked, '--budget', '100requests', '--at-least', 'UR=10'),
    );
    expect(fails.code).toBe(4);
  });

  it('counts as failed what went wrong so far, so that those who answer at once are not all that counts', async () => {
    // A fifth of the questions fails for good, however often they are asked.
    const sum = (text: string): number => [...text].reduce((total, one) => total + one.charCodeAt(0), 0);
    const { url } = await serve({
      accuracy: () => 1,
      fault: (_, prompt) => (sum(prompt) % 5 === 0 ? '500' : null),
    });
    const { rows } = await incomplete(
      url,
      '--task',
      'UR',
      '--lengths',
      '5',
      '--n',
      '60',
      '--max-retries',
      '2',
    );
    expect(rows[0].failed).toBeGreaterThanOrEqual(3);
    expect(rows[0].accuracy).toBeLessThan(0.95);
  });
});

describe('the file for CI', () => {
  const counts = (xml: string): (string | undefined)[] =>
    ['tests', 'failures', 'errors'].map((name) => new RegExp(`${name}="(\\d+)"`).exec(xml)?.[1]);
  const junit = (): string => path.join(folder(), 'junit.xml');

  it('is an error of the tasks of which questions failed, and of no other', async () => {
    const { url } = await serve({
      accuracy: () => 1,
      fault: (_, prompt) => (/Output:\s*$/i.test(prompt) && prompt.length % 3 === 0 ? '500' : null),
    });
    const file = junit();
    const asked = ['--task', 'UR,UF', '--lengths', '5', '--n', '40', '--max-retries', '0'];
    const { code } = await run(measureArgv(url, ...asked, '--at-least', 'UR=5', '--junit', file));
    const { document } = parseHTML(readFileSync(file, 'utf8'));
    const cases = [...document.querySelectorAll('testcase')].map((one) => [
      one.getAttribute('name'),
      one.querySelector('error')?.getAttribute('message')?.replace(/^\d+/, 'N') ?? null,
    ]);
    expect([code, cases]).toEqual([
      3,
      [
        ['UR', null],
        ['UF', 'N questions of UF failed'],
      ],
    ]);
  });

  it('is an error with the reason where the server is gone before the start', async () => {
    const server = await startServer();
    await server.close();
    const file = junit();
    const asked = ['--task', 'UR,UL', '--lengths', '5', '--at-least', 'UR=5,UL=5', '--max-retries', '0'];
    const { code, err } = await run(measureArgv(server.url, ...asked, '--junit', file));
    const xml = readFileSync(file, 'utf8');
    expect([code, counts(xml)]).toEqual([2, ['2', '0', '2']]);
    const [, reason] = /^lengthwise: (.*)$/m.exec(err) ?? [];
    const { document } = parseHTML(xml);
    const errors = [...document.querySelectorAll('error')].map((each) => each.getAttribute('message'));
    expect(errors).toEqual([reason, reason]);
    expect(reason).toMatch(/^\S.*(connect|reach|refused)/i);
  });

  it('is an error where the command line is wrong: nothing was measured', async () => {
    const file = junit();
    const { code } = await run(['measure', 'no/such/folder', '--junit', file]);
    const xml = readFileSync(file, 'utf8');
    expect([code, counts(xml)]).toEqual([2, ['1', '0', '1']]);
    expect(xml).toContain('no/such/folder');
    const other = junit();
    expect((await run(['replay', 'no-such.jsonl', '--task', 'UL', '--junit', other])).code).toBe(2);
    expect(counts(readFileSync(other, 'utf8'))).toEqual(['1', '0', '1']);
  });

  it('is an error after Ctrl-C, before the first question as after many, whatever is sure by then', async () => {
    const slow = await serve({ delay: 60_000 });
    const before = junit();
    const asked = ['--task', 'UR', '--lengths', '5,10', '--at-least', 'UR=5'];
    const early = await run(measureArgv(slow.url, ...asked, '--junit', before), {
      ...{ kill: 'SIGINT', killWhen: () => slow.seen.requests > 0 },
    });
    expect(early.code).toBe(130);
    expect(readFileSync(before, 'utf8')).toContain('<error message="interrupted">');

    const wrong = await serve({ accuracy: () => 0, delay: 20 });
    const after = junit();
    const late = await run(
      measureArgv(wrong.url, ...asked, '--n', '200', '--concurrency', '2', '--junit', after),
      { kill: 'SIGINT', killWhen: () => wrong.seen.answered.length > 60 },
    );
    expect(late.code).toBe(130);
    const xml = readFileSync(after, 'utf8');
    expect(counts(xml)).toEqual(['1', '0', '1']);
    expect(xml).toMatch(/<error message="interrupted; UR: a horizon of at least 5 is not shown: &lt; 5">/);
  }, 60_000);
});

it.each([
  ['30', 'to show a horizon at 0.9: it takes 47 samples a length, all right, and up to 67 once'],
  ['50', 'for some lengths of the search at 0.9: it takes 47 samples a length, all right, and up to 67 once'],
  ['67', null],
])('a search with --n %s says whether these are too few at a later length, too', async (n, said) => {
  const { url } = await serve();
  const argv = ['--task', 'UR', '--max-length', '20', '--n', n, '--preview'];
  const { err } = await run(measureArgv(url, ...argv));
  if (said === null) expect(err).not.toContain('too few');
  else expect(err).toContain(`--n ${n} is too few ${said} a length was not shown to hold\n`);
});

/** Longer than connections take to close, in milliseconds. */
const CLOSED_WITHIN = 20_000;

it('connections are closed in the end, although the server keeps them open for ever', async () => {
  const { url, idle } = await serve({ quirks: { keepsConnections: true } });
  await run(measureArgv(url, '--task', 'UR', '--lengths', '5', '--n', '20'));
  const closed = idle().then(() => 'closed');
  expect(await Promise.race([closed, sleep(CLOSED_WITHIN, 'open', { ref: false })])).toBe('closed');
}, 60_000);
