/** What the report and the tables of a measurement say that it took, and how to make it again. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { folder, run, serve } from './measuring.ts';

const clean = (text: string): string => text.replace(/\s+/g, ' ').trim();

async function report(out: string): Promise<Document> {
  const { code } = await run(['report', out]);
  expect(code).toBe(0);
  return parseHTML(readFileSync(path.join(out, 'report.html'), 'utf8')).document;
}

const textOf = (document: Document, selector: string): string =>
  clean(document.querySelector(selector)?.textContent ?? '');

async function table(out: string, name: string): Promise<Record<string, number>[]> {
  const { out: lines } = await run(['export', out, '--table', name, '--format', 'jsonl']);
  return lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, number>);
}

const sum = (rows: readonly Record<string, number>[]): number =>
  rows.reduce((total, { requests }) => total + requests, 0);

it('counts the requests that the server counts: probe, pilot, retries and earlier runs included', async () => {
  // What fails is sent again; the second run asks more.
  const server = await serve({
    accuracy: () => 1,
    model: 'test',
    fault: (n) => (n % 9 === 8 ? '500' : null),
  });
  const out = path.join(folder(), 'costs');
  const asked = ['measure', server.url, '--model', 'test', '--task', 'UR,UL', '--n', '6', '--out', out];
  for (const length of ['5', '8']) {
    const { code, err } = await run([...asked, '--prompt', 'auto', '--lengths', length]);
    expect([code, err]).toEqual([0, expect.stringMatching(/\d+ requests/)]);
  }
  const all = server.seen.requests;
  const [requests] = /requests ([\d,]+),/.exec(textOf(await report(out), '#repeat'))?.slice(1) ?? [];
  expect(Number(requests.replace(',', ''))).toBe(all);
  expect(sum(await table(out, 'asked'))).toBe(all);
  expect(sum(await table(out, 'runs'))).toBe(all);
  const { out: json } = await run(['report', out, '--json']);
  expect((JSON.parse(json) as { run: { spent: { requests: number } } }).run.spent.requests).toBe(0); // of this run alone, which asked nothing
}, 60_000);

it('gives every command whose answers are on the page, and where they go', async () => {
  const server = await serve({ accuracy: () => 1, model: 'test' });
  const out = path.join(folder(), 'twice');
  const asked = ['measure', server.url, '--model', 'test', '--n', '4', '--lengths', '5', '--out', out];
  for (const task of ['UR', 'UL', 'UR']) await run([...asked, '--task', task]);
  const commands = (await report(out)).querySelector('#repeat pre')?.textContent.trim().split('\n') ?? [];
  expect(commands).toEqual([
    expect.stringMatching(/^lengthwise measure .*--task UR .*--out \S+twice$/),
    expect.stringMatching(/^lengthwise measure .*--task UL .*--out \S+twice$/),
    `lengthwise report ${out}`,
  ]);
}, 60_000);

it('names the respondents of --prompt all by their prompts, and shows the best and the worst in one table', async () => {
  const server = await serve({ accuracy: () => 0.5, model: 'test' });
  const out = path.join(folder(), 'every');
  const asked = ['measure', server.url, '--model', 'test', '--task', 'UR', '--n', '20', '--lengths', '5'];
  const { err } = await run([...asked, '--prompt', 'all', '--out', out]);
  expect(err.match(/log-probabilities:/g)).toHaveLength(1);
  expect(err).toMatch(/^pair: asking by completions/m);
  expect(err).toMatch(/^json: \d+ answered/m);
  const document = await report(out);
  expect(textOf(document, 'h1')).toBe('test');
  const head = [...document.querySelectorAll('#spread thead th')].map(({ textContent }) => textContent);
  expect(head).toEqual(['task', 'length', 'spread', 'best', 'prompt', 'worst', 'prompt', 'n']);
  expect(document.querySelectorAll('#spread tbody tr')).toHaveLength(1);
  expect(textOf(document, '.lead')).toMatch(
    /^test, asked with 9 prompts: the prompt decides most on UR at length 5/,
  );
  expect(textOf(document, '#spread tbody')).toContain('3 of 9 prompts'); // it understands six of them
  expect([...document.querySelectorAll('#notes li')].length).toBeLessThan(3);
  expect(textOf(document, '.horizons thead')).toMatch(/^task prompt horizon/);
}, 60_000);

it('compares prompts of each kind of task with each other, and counts them task by task', async () => {
  const server = await serve({ accuracy: () => 0.5, model: 'test' });
  const out = path.join(folder(), 'kinds');
  const asked = ['measure', server.url, '--model', 'test', '--task', 'UR,UF', '--n', '20', '--lengths', '5'];
  await run([...asked, '--prompt', 'all', '--out', out]);
  const document = await report(out);
  expect(textOf(document, '.lead')).toMatch(/^test, each task asked with 6 to 9 prompts: /);
  const rows = [...document.querySelectorAll('.horizons tbody')].map(
    (one) => one.querySelectorAll('tr').length,
  );
  expect(rows).toEqual([9, 6]);
  expect(document.querySelector('.horizons')?.textContent).not.toContain('not asked');
  const compared = [...document.querySelectorAll('#comparison-section tbody tr')].map((row) =>
    [...row.children].slice(0, 2).map(({ textContent }) => textContent.trim()),
  );
  const of = (task: string): string[] =>
    compared.flatMap(([name, prompts]) => (name === task ? [prompts] : [])).toSorted();
  expect([new Set(of('UR')).size, new Set(of('UF')).size]).toEqual([8, 5]);
  expect([...of('UR'), ...of('UF')].every((text) => / − (pair|input-output)$/.test(text))).toBe(true);
}, 60_000);
