/** Tasks that were asked in several ways in one folder: a contrast is of two that were asked alike, as one command would contrast them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, measured, run, serve } from './measuring.ts';
import type { Result } from './measuring.ts';

async function ran(...argv: readonly string[]): Promise<string> {
  const { code, out, err } = await run(argv);
  expect([code, err]).toEqual([0, expect.any(String)]);
  return out;
}

type Contrasts = Result['asymmetries'];

async function table<T>(out: string, name: string): Promise<T[]> {
  const text = await ran('export', out, '--table', name, '--format', 'jsonl');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** The contrasts that every reader of a folder of several ways has, respondent by respondent. */
async function contrastsIn(out: string): Promise<Readonly<Record<string, readonly Contrasts[]>>> {
  const results = path.join(folder(), 'results.json');
  await ran('export', out, '--results', results);
  const file = JSON.parse(readFileSync(results, 'utf8')) as { readonly results: readonly Result[] };
  const report = JSON.parse(await ran('report', out, '--json')) as {
    readonly measurements: readonly Result[];
  };
  const page = path.join(folder(), 'compared.html');
  const compared = JSON.parse(await ran('compare', out, '--out', page, '--json')) as {
    readonly respondents: readonly Result[];
  };
  const of = (all: readonly Result[]): Contrasts[] => all.map(({ asymmetries }) => asymmetries);
  return {
    report: of(report.measurements),
    results: of(file.results),
    compare: of(compared.respondents),
  };
}

const everywhere = (...contrasts: readonly Contrasts[]) => ({
  report: contrasts,
  results: contrasts,
  compare: contrasts,
});

const asked = ['--lengths', '8', '--n', '60'];

describe('the contrast of two tasks', () => {
  it.each([
    ['UR', 'UR,UL', ['--prompt', 'json']],
    ['UF', 'UF,UB', ['--prompt', 'hint']],
    ['UR', 'UR,UL', ['--shots', '3']],
    ['UR', 'UR,UL', ['--prompt', 'simple-rule', '--no-separator']],
    ['UR', 'UR,UL', ['--alphabet', 'lower']],
  ])('is the one that a command measured: %s, then %s %j', async (first, both, options) => {
    const server = await serve({ accuracy: (task) => (task === 'UR' || task === 'UF' ? 0.9 : 0.6) });
    const out = folder();
    await measured(server.url, ...asked, '--task', first, '--out', out);
    const { asymmetries } = await measured(server.url, ...asked, '--task', both, ...options, '--out', out);
    expect(asymmetries).toHaveLength(1);
    expect(await contrastsIn(out)).toEqual(everywhere([], asymmetries));
  });

  it('is none where nobody asked them alike', async () => {
    const server = await serve({ accuracy: () => 0.8 });
    const out = folder();
    await measured(server.url, ...asked, '--task', 'UR', '--out', out);
    await measured(server.url, ...asked, '--task', 'UL', '--prompt', 'json', '--out', out);
    expect(await contrastsIn(out)).toEqual(everywhere([], []));
    await measured(server.url, ...asked, '--task', 'UL', '--out', out); // now it is one
    const { report } = await contrastsIn(out);
    expect(report.map((contrasts) => contrasts.length)).toEqual([1, 0]);
  });

  it('is one where two commands asked alike', async () => {
    const server = await serve({ accuracy: (task) => (task === 'UF' ? 0.9 : 0.6) });
    const out = folder();
    await measured(server.url, ...asked, '--task', 'UF', '--out', out);
    await measured(server.url, ...asked, '--task', 'UB', '--prompt', 'input-output', '--out', out);
    const { asymmetries } = JSON.parse(await ran('report', out, '--json')) as Result;
    const both = await measured(server.url, ...asked, '--task', 'UF,UB');
    expect(asymmetries).toEqual(both.asymmetries);
  });

  it('stays with what one command asked, also where a pilot chose two prompts', async () => {
    // Reads `arrow` alone of copies with repeats, and `input-output` alone of those without.
    const says = (prompt: string): string | undefined => {
      const [, arrow] = /(?:^|\n) ?([^\n]*) ->$/.exec(prompt) ?? [];
      const [, input] = /Input: ([^\n]*)\nOutput:$/.exec(prompt) ?? [];
      const symbols = (arrow ?? input ?? '').trim().split(' ');
      const repeats = new Set(symbols).size < symbols.length;
      return repeats === (arrow !== undefined) ? ` ${symbols.join(' ')}\n` : ' none\n';
    };
    const server = await serve({ says });
    const out = folder();
    const both = await measured(server.url, ...asked, '--task', 'UF,NF', '--prompt', 'auto', '--out', out);
    expect(both.prompts).toEqual({ UF: 'input-output', NF: 'arrow' });
    const { asymmetries } = JSON.parse(await ran('report', out, '--json')) as Result;
    expect(asymmetries).toEqual(both.asymmetries);
    expect(asymmetries).toMatchObject([{ contrast: 'unique - repeated', first: 'UF', second: 'NF' }]);
  });
});

interface AskedRow {
  readonly respondent: string;
  readonly task: string | null;
  readonly samples: number;
  readonly requests: number;
  readonly promptTokens: number;
}

describe('a folder in which runs asked tasks of several respondents', () => {
  const commands = [
    ['--task', 'UR', '--alphabet', 'lower'],
    ['--task', 'UR,UF'],
    ['--task', 'UL', '--prompt', 'json'],
    ['--task', 'UL,UF'],
    ['--task', 'UF', '--prompt', 'hint'],
  ];

  it('adds up to what the server counted, and every row is under a name that has its own prompt and options', async () => {
    const server = await serve({ accuracy: () => 0.8 });
    const out = folder();
    for (const command of commands) await measured(server.url, ...asked, ...command, '--out', out);
    const rows = await table<AskedRow>(out, 'asked');
    const sum = (of: (row: AskedRow) => number): number => rows.reduce((all, row) => all + of(row), 0);
    expect(sum(({ requests }) => requests)).toBe(server.seen.requests);
    expect(sum(({ samples }) => samples)).toBe(6 * 60);
    const runs = await table<AskedRow>(out, 'runs');
    expect(sum(({ promptTokens }) => promptTokens)).toBe(
      runs.reduce((all, { promptTokens }) => all + promptTokens, 0),
    );
    const cells = await table<{ respondent: string; task: string }>(out, 'cells');
    expect(cells.map(({ respondent, task }) => [task, respondent])).toEqual([
      ['UR', 'test · prompt pair, alphabet lower'],
      ['UR', 'test · prompts pair and input-output, default alphabet'],
      ['UF', 'test · prompts pair and input-output, default alphabet'],
      ['UL', 'test · prompts pair and input-output, default alphabet'],
      ['UL', 'test · prompts json and hint, default alphabet'],
      ['UF', 'test · prompts json and hint, default alphabet'],
    ]);
  });
});
