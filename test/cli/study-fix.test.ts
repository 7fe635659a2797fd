/** Studies that find what makes their tasks hold, against a server that looks right but not left, and copies forward alone. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FixResult, FixRow } from '../../src/fix/outcome/rows.ts';
import { fixResult } from '../../src/fix/outcome/schema.ts';
import { readStudy } from '../../src/study/index.ts';
import type { FixItem } from '../../src/study/index.ts';
import { commandHere } from '../command-here.ts';
import { startServer } from '../server/server.ts';
import { writeTextGguf } from '../text-model.ts';

const root = path.resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-study-fix-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const accuracy = (task: string): number => (['UR', 'UF'].includes(task) ? 1 : 0.02);
let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer({ accuracy, model: 'test' });
});
afterAll(() => server.close());

const file = path.join(scratch, 'mend.yaml');
const out = path.join(scratch, 'mend');
const N = 60;
const written = (respondent = '', fix = 'only: [reverse, twice, both-ways]'): string =>
  `name: mend
tasks: [UB, UF]
measure: { lengths: [5], n: 40 }
respondents: [{ name: local, endpoint: "${server.url}", model: test${respondent} }]
fix: { at-least: { UB: 20 }, n: ${N}, ${fix} }
`;
const run = (...more: string[]) => commandHere(['study', 'run', file, '--out', out, ...more]);

const fixItems = (folder: string): FixItem[] =>
  readStudy(folder).items.filter((item): item is FixItem => item.kind === 'fix');
const rowIn = (folder: string): FixRow => fixItems(folder)[0].rows.find((row) => row.kind === 'fix')!;

/** Without what differs between two runs that ask the same. */
function withoutTimes(row: FixRow): unknown {
  return JSON.parse(
    JSON.stringify(row, (key, value: unknown) => (key === 'seconds' ? 'seconds' : value)),
  ) as unknown;
}

interface RunJson {
  readonly rows: readonly { readonly task: string }[];
  readonly fixes: readonly (FixResult & { readonly model: string; readonly folder: string })[];
  readonly incomplete: readonly { readonly kind: string; readonly task: string; readonly why?: string }[];
  readonly failed: readonly { readonly kind: string; readonly error: string }[];
}

describe('a study that finds what makes a task hold', () => {
  it('says beforehand what it asks at most', async () => {
    writeFileSync(file, written());
    const { out: text } = await commandHere(['study', 'plan', file, '--out', out]);
    expect(text).toMatch(
      /fix {6}UB +local +1 +http\S+: to hold up to 20 by reverse, twice, both-ways, n 60; at most \d+ questions, \d+ tokens/,
    );
    expect(text).toContain('2 predict, 2 ask, 1 fix to do');
    const { out: json } = await commandHere(['study', 'plan', file, '--out', out, '--json']);
    const { items } = JSON.parse(json) as { items: { kind: string; most?: { requests: number } }[] };
    // Plain, reversed and twice at 5, 10 and 20; the order by three questions of 20 samples, and both ways asks plainly once more.
    const asked = 3 * N * 3 + 20 * 4;
    const most = items.find(({ kind }) => kind === 'fix')?.most?.requests ?? 0;
    expect(most).toBeGreaterThanOrEqual(asked);
    expect(most).toBeLessThan(asked + 150); // with what finding out about the server takes
  });

  it('recommends reversal, in its summary', async () => {
    const { code, out: text, said } = await run();
    expect(code, said).toBe(0);
    expect(text).toMatch(/^task +model +wanted +with +horizon +accuracy +tokens +s$/m);
    expect(text).toMatch(
      /^UB +local +20 +reverse +< 5 → ≥ 20 +[\d.]+ \([\d.]+–[\d.]+\) → 100 \(94–100\) +\d+ → \d+ /m,
    );
  });

  it('has the numbers of fix in its store, its JSON, its exports and the folder that is handed over', async () => {
    const [item] = fixItems(out);
    const row = rowIn(out);
    const { kind, ...result } = row;
    expect([kind, result.recommended, result.plain.n]).toEqual(['fix', 'reverse', N]);
    const folder = path.join(out, item.folder);
    const { written, ...kept } = JSON.parse(readFileSync(path.join(folder, 'fix.json'), 'utf8')) as FixResult;
    expect(kept).toEqual(result);
    expect(Object.keys(written!)).toEqual(['fix.json']);
    for (const name of Object.keys(result.handedOver!.files))
      expect(existsSync(path.join(folder, name))).toBe(true);
    expect(Object.keys(result.handedOver!.files)).toEqual(
      expect.arrayContaining(['prompt.yaml', 'transform.ts', 'transform.py', 'certificate.json']),
    );
    const before = server.seen.requests;
    const { out: json } = await run('--json');
    expect(server.seen.requests).toBe(before); // what is done is not done again
    const { fixes, rows } = JSON.parse(json) as RunJson;
    expect(fixes).toEqual([{ ...row, task: 'UB', model: 'local', folder: item.folder }]);
    expect(fixResult.safeParse(fixes[0])).toMatchObject({ success: true, data: result });
    expect(fixResult.safeParse({ ...fixes[0], recommended: 3 }).success).toBe(false);
    expect(rows.map(({ task }) => task)).toEqual(['UB', 'UF']);
    const { out: lines } = await commandHere(['export', out, '--table', 'fixes', '--format', 'jsonl']);
    const ways = lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(ways.map(({ way, recommended }) => [way, recommended])).toEqual([
      ['plain', false],
      ['reverse', true],
      ['twice', false],
      ['both-ways', false],
    ]);
    const { title, right, difference, pAdjusted, theory, before: first } = result.mitigations[0];
    expect(ways[1]).toMatchObject({ title, right, difference, pAdjusted, theory, before: first });
    expect(ways[1]).toMatchObject({ task: 'UB', model: 'local', seed: null, item: item.hash });
    const { out: lengths } = await commandHere([
      'export',
      out,
      '--table',
      'fix-lengths',
      '--format',
      'jsonl',
    ]);
    expect(lengths).toContain('"way":"reverse","length":10,');
  });

  it('shows before and after beside each other, with the proof, its files and what did not help', () => {
    const { document } = parseHTML(readFileSync(path.join(out, 'report.html'), 'utf8'));
    const text = (selector: string): string =>
      (document.querySelector(selector)?.textContent ?? '').replace(/\s+/g, ' ');
    const cells = [...document.querySelectorAll('#before-after tbody tr > *')].map((cell) =>
      (cell.textContent ?? '').trim().replace(/\s+/g, ' '),
    );
    const [horizon, share, tokens] = [cells[4], cells[5], cells[6]];
    expect(cells.slice(0, 4)).toEqual(['UB', 'local', '20', 'reverse']);
    expect(horizon).toBe('< 5 → ≥ 20');
    expect(share).toMatch(/^[\d.]+ \([\d.]+–[\d.]+\) → 100 \(94–100\)$/);
    expect(tokens).toMatch(/^\d+ → \d+$/);
    const section = text('#task-1-fix');
    expect(section).toContain('reverse makes it hold: code reverses the source');
    expect(section).toContain('UB(x) = UF(reverse(x))');
    expect(section).toMatch(/Did not help: twice .*both-ways/);
    const links = [...document.querySelectorAll('#task-1-fix a')].map(
      (link) => link.getAttribute('href') ?? '',
    );
    // Theory is asked about UF by the study itself.
    expect(links).toContain('#task-2-theory');
    expect(text('#task-2-theory')).toContain('What theory says');
    const files = links.filter((link) => !link.startsWith('#'));
    expect(files.length).toBeGreaterThanOrEqual(5);
    for (const link of files) expect(existsSync(path.join(out, link)), link).toBe(true);
    const anchors = [...document.querySelectorAll('a[href^="#"]')].map((link) =>
      (link.getAttribute('href') ?? '').slice(1),
    );
    for (const anchor of anchors) expect(document.getElementById(anchor), anchor).not.toBeNull();
  });

  it('writes again what was handed over and somebody removed, and asks nothing for it', async () => {
    const [{ folder }] = fixItems(out);
    const row = rowIn(out);
    rmSync(path.join(out, folder), { recursive: true });
    const before = server.seen.answered.length;
    const { code, said } = await run();
    expect([code, said.includes('failed')]).toEqual([0, false]);
    expect(server.seen.answered.length).toBe(before);
    expect(rowIn(out)).toEqual(row);
    expect(existsSync(path.join(out, folder, 'transform.py'))).toBe(true);
  });

  it('killed in the middle, has the rows of a run that was not, and asks nothing twice', async () => {
    const killed = path.join(scratch, 'killed');
    const before = server.seen.answered.length;
    const child = spawn(process.execPath, [path.join(root, 'bin/lengthwise.js'), 'study', 'run', file, '--out', killed], {
      cwd: scratch,
      stdio: 'ignore',
    }); // prettier-ignore
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (server.seen.answered.length > before + 80 + 150) child.kill('SIGKILL');
      }, 5);
      child.on('close', () => {
        clearInterval(timer);
        resolve();
      });
    });
    expect(fixItems(killed)[0].state).not.toBe('done');
    const { code, said } = await commandHere(['study', 'run', file, '--out', killed]);
    expect(code, said).toBe(0);
    expect(withoutTimes(rowIn(killed))).toEqual(withoutTimes(rowIn(out)));
    expect(existsSync(path.join(killed, fixItems(killed)[0].folder, 'transform.ts'))).toBe(true);
  });

  it('ends with its respondent’s budget, and goes on with a larger one', async () => {
    const folder = path.join(scratch, 'budget');
    const paid = path.join(scratch, 'paid.yaml');
    const runIt = () => commandHere(['study', 'run', paid, '--out', folder, '--json']);
    writeFileSync(paid, written(', budget: 250requests', 'only: [reverse]'));
    const first = await runIt();
    expect([first.code, first.said]).toEqual([
      3,
      expect.stringContaining('fix UB local is not done (the budget is used up)'),
    ]);
    expect(JSON.parse(first.out) as RunJson).toMatchObject({
      incomplete: [{ kind: 'fix', task: 'UB', why: 'the budget is used up' }],
      fixes: [{ recommended: null, handedOver: null }],
    });
    writeFileSync(paid, written(', budget: 5000requests', 'only: [reverse]'));
    const second = await runIt();
    expect(second.code, second.said).toBe(0);
    expect(JSON.parse(second.out) as RunJson).toMatchObject({
      incomplete: [],
      fixes: [{ recommended: 'reverse' }],
    });
  });
});

it('a respondent that is gone is a failed item with its cause, and the same command tries again', async () => {
  const gone = path.join(scratch, 'gone.yaml');
  const line = (url: string) =>
    written().replace(server.url, url).replace('model: test', 'model: test, max-retries: 0');
  writeFileSync(gone, line('http://127.0.0.1:9/v1'));
  const { code, out: json } = await commandHere([
    'study',
    'run',
    gone,
    '--out',
    path.join(scratch, 'gone'),
    '--json',
  ]);
  expect(code).toBe(1);
  const { failed, fixes } = JSON.parse(json) as RunJson;
  expect(failed.map(({ kind }) => kind)).toEqual(['ask', 'fix', 'ask']);
  expect(failed[1].error).toContain('127.0.0.1:9');
  expect(fixes).toEqual([]);
  const page = readFileSync(path.join(scratch, 'gone', 'report.html'), 'utf8');
  expect(page).toContain('It could not be found out');
});

it('says of what holds and is not shown to be better that it holds', async () => {
  const near = await startServer({ accuracy: (task) => (task === 'UL' ? 0.95 : 1), model: 'test' });
  try {
    const file = path.join(scratch, 'near.yaml');
    const folder = path.join(scratch, 'near');
    writeFileSync(
      file,
      `name: near
tasks: [UL]
respondents: [{ name: local, endpoint: "${near.url}", model: test }]
measure: { lengths: [5], n: 40 }
fix: { at-least: 20, n: ${N}, only: [reverse, twice] }
`,
    );
    const { code, out: text, said } = await commandHere(['study', 'run', file, '--out', folder]);
    expect(code, said).toBe(0);
    expect(text).toContain(
      'UL local: shown to hold up to 20, but not shown to be better than plain: reverse',
    );
    const page = readFileSync(path.join(folder, 'report.html'), 'utf8');
    const { document } = parseHTML(page);
    const section = (document.querySelector('#task-1-fix')?.textContent ?? '').replace(/\s+/g, ' ');
    expect(section).toContain('UL: shown to hold up to 20, but not shown to be better than plain: reverse');
    expect(section).toMatch(/Holds, but is not shown to be better: .*reverse \(\+[^.]*/);
    expect(section).not.toMatch(/Did not help: [^.]*reverse/);
    expect([text, page].join()).not.toMatch(/nothing that was tried/i);
  } finally {
    await near.close();
  }
});

it('a study may do nothing else: models of text in files', async () => {
  writeTextGguf(path.join(scratch, 'tiny.gguf'));
  const alone = path.join(scratch, 'alone.yaml');
  const folder = path.join(scratch, 'alone');
  writeFileSync(
    alone,
    'name: alone\ntasks: [UL]\nfix: { at-least: 4, models: [tiny.gguf], n: 40, only: [reverse] }\n',
  );
  const { code, out: text, said } = await commandHere(['study', 'run', alone, '--out', folder]);
  expect(code, said).toBe(0);
  expect(text).toContain('UL tiny.gguf: nothing that was tried is shown to hold up to 4');
  const { document } = parseHTML(readFileSync(path.join(folder, 'report.html'), 'utf8'));
  expect(document.querySelector('.kicker')?.textContent).toContain('1 task × 1 mended model');
  expect(document.querySelector('#summary li')?.textContent).toContain('nothing that was tried');
  const [item] = fixItems(folder);
  expect(item.spec.model).toMatch(/^[0-9a-f]{64}$/);
  expect(existsSync(path.join(folder, item.folder, 'questions', 'measure.sqlite'))).toBe(true);
});
