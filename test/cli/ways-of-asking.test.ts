/** One model that was asked in several ways: each is named by what differs, wherever its numbers are shown. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Settings } from '../../src/score/tables/settings.ts';
import { folder, run, serve } from './measuring.ts';

const scratch = folder();
const at = (name: string): string => path.join(scratch, name);
const clean = (text: string): string => text.replace(/\s+/g, ' ').trim();

async function ran(...argv: readonly string[]): Promise<string> {
  const { code, out, err } = await run(argv);
  expect([code, err]).toEqual([0, expect.any(String)]);
  return out;
}

async function json<T>(...argv: readonly string[]): Promise<T> {
  return JSON.parse(await ran(...argv, '--json')) as T;
}

async function page(out: string, ...argv: readonly string[]): Promise<Document> {
  await ran(...argv);
  return parseHTML(readFileSync(out, 'utf8')).document;
}

const textOf = (document: Document, selector: string): string[] =>
  [...document.querySelectorAll(selector)].map(({ textContent }) => clean(textContent));

interface Compared {
  readonly respondents: readonly {
    readonly label: string;
    readonly settings: Readonly<Record<string, Settings>>;
  }[];
  readonly comparisons: readonly {
    readonly task: string;
    readonly length: number | null;
    readonly n: number;
    readonly paired: boolean;
    readonly difference: number;
  }[];
  readonly notes: readonly string[];
}

/** What the prompt `pair`, which is asked without them, has itself: 10 demonstrations of length 5, no separator. */
const SAME = [
  ['--shots', '10'],
  ['--demonstration-length', '5'],
  ['--no-separator'],
  ['--prompt', 'pair'],
  ['--alphabet', 'characters'],
  ['--alphabet', '62', '--shots', '10'],
];

beforeAll(async () => {
  const server = await serve({ accuracy: (_, length) => (length > 10 ? 0.6 : 1), model: 'test' });
  const measured = async (out: string, task: string, ...more: readonly string[]): Promise<void> => {
    const asked = [
      'measure',
      server.url,
      '--model',
      'test',
      '--task',
      task,
      '--lengths',
      '6,20',
      '--n',
      '60',
    ];
    await ran(...asked, '--out', at(out), ...more);
  };
  await measured('usual', 'UR');
  await measured('placed', 'UR', '--place', 'stratified');
  await measured('seeded', 'UR', '--seed', '7');
  await measured('alphabets', 'UR');
  await measured('alphabets', 'UR,UF', '--alphabet', 'lower');
  await measured('tasks', 'UR');
  await measured('tasks', 'UL', '--alphabet', 'lower');
  await measured('same', 'UR', '--n', '40');
  for (const option of SAME) await measured('same', 'UR', ...option);
  const pair = await ran('prompts', 'show', 'UR', 'pair');
  writeFileSync(at('copy.yaml'), pair.replace('shots: 10', 'shots: 3'));
  await measured('copied', 'UR', '--shots', '3', '--n', '40');
  await measured('copied', 'UR', '--prompt', at('copy.yaml'));
  for (const head of ['Look.', 'Look twice.']) {
    writeFileSync(at('mine.yaml'), `${pair}head: "${head}"\n`);
    await measured('edited', 'UR', '--prompt', at('mine.yaml'));
  }
  for (const symbols of ['a b c d e f', 'g h i j k l']) {
    writeFileSync(at('symbols.txt'), symbols);
    await measured('symbols', 'UR', '--alphabet', `file:${at('symbols.txt')}`);
  }
  await measured('prompts', 'UR', '--prompt', 'pair');
  await measured('prompts', 'UR', '--prompt', 'json');
  await measured('prompts', 'UR', '--prompt', 'pair', '--place', 'stratified');
}, 120_000);

describe('options that change nothing about what is sent', () => {
  it.each(['same', 'copied'])('are no other way: %s', async (name) => {
    const { rows } = await json<{
      readonly rows: readonly { readonly length: number; readonly n: number }[];
    }>('report', at(name));
    expect(rows.map(({ length, n }) => [length, n])).toEqual([
      [6, 60],
      [20, 60],
    ]);
  });

  it('are nothing that folders differ in', async () => {
    const { respondents, comparisons, notes } = await json<Compared>('compare', at('usual'), at('same'));
    expect(respondents.map(({ label }) => label)).toEqual(['test · usual', 'test · same']);
    expect(notes.join('\n')).not.toMatch(/options|same words|instances/);
    expect(comparisons.map(({ length, n, paired }) => [length, n, paired])).toEqual([
      [6, 60, true],
      [20, 60, true],
      [null, 120, true],
    ]);
    const shots = await json<Compared>('compare', at('usual'), at('copied'));
    expect(shots.notes.join('\n')).toMatch(/were not asked in the same words: UR/);
  });
});

describe('a file that was edited between runs', () => {
  /** As the system's formatter has it, in the zone of this machine. */
  const time = '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d [A-Z]+[+\\d:-]*';

  it('of a prompt makes ways that are told apart by its text, and when each was first asked', async () => {
    const document = await page(at('edited/report.html'), 'report', at('edited'));
    const [way, asked] = textOf(document, '#notes li');
    expect(way).toBe(
      "One model was asked in several ways (the text of the prompt 'mine'): a difference between rows is the way’s, not the model’s.",
    );
    const name = 'prompt mine \\(text ([0-9a-f]{8})\\)';
    const found = new RegExp(`^First asked: ${name}: ${time}; ${name}: ${time}\\.$`).exec(asked);
    expect(found).not.toBeNull();
    expect(found?.[1]).not.toBe(found?.[2]);
    const { respondents, notes } = await json<Compared>('compare', at('edited'));
    expect(respondents.map(({ label }) => label)).toEqual(
      found?.slice(1).map((text) => `test · prompt mine (text ${text})`),
    );
    expect(notes.join('\n')).toContain('were not asked in the same words: UR (mine, but other texts');
  });

  it('of symbols leaves nothing that is known to differ but when each way was first asked', async () => {
    const document = await page(at('symbols/report.html'), 'report', at('symbols'));
    expect(textOf(document, '#notes li')[0]).toBe(
      'One model was asked in several ways (no option differs, nor a prompt: a file that was asked about may have been edited): a difference between rows is the way’s, not the model’s.',
    );
    const named = new RegExp(`first asked ${time}( \\(2\\))?`);
    const names = textOf(document, '.horizons tbody tr').flatMap((text) => named.exec(text)?.[0] ?? []);
    expect(new Set(names).size).toBe(2);
  });
});

describe('samples that are drawn otherwise', () => {
  it('are compared by all answers, although a few sources are the same by accident', async () => {
    const { respondents, comparisons, notes } = await json<Compared>('compare', at('usual'), at('placed'));
    expect(comparisons.map(({ length, n, paired }) => [length, n, paired])).toEqual([
      [6, 60, false],
      [20, 60, false],
      [null, 120, false],
    ]);
    const labels = ['test · default place', 'test · place stratified'];
    expect(respondents.map(({ label }) => label)).toEqual(labels);
    expect(respondents.map(({ settings }) => settings.UR.place)).toEqual(['default', 'stratified']);
    expect(notes).toEqual([
      `${labels[1]}: asked with other options than ${labels[0]}: --place (default and stratified). What differs may be due to them, not to the model.`,
      `${labels[0]} and ${labels[1]} were asked about different samples of UR (another --place): these comparisons are not paired, and less sharp than they could be.`,
    ]);
  });

  it('by another seed are named by it; that is no other thing to ask', async () => {
    const { respondents, notes } = await json<Compared>('compare', at('usual'), at('seeded'));
    expect(respondents.map(({ label }) => label)).toEqual(['test · seed 1', 'test · seed 7']);
    expect(notes).toEqual([
      'test · seed 7: asked with other options than test · seed 1: --seed (1 and 7).',
      expect.stringContaining('different samples of UR (another --seed)'),
    ]);
  });

  it('are named in files of results, and where these are compared', async () => {
    for (const name of ['usual', 'placed', 'alphabets'])
      await ran('export', at(name), '--results', at(`${name}.json`));
    const files = await json<Compared>('compare', at('usual.json'), at('placed.json'));
    expect(files.respondents.map(({ label }) => label)).toEqual([
      'test · default place',
      'test · place stratified',
    ]);
    expect(files.notes.join('\n')).toContain('--place (default and stratified)');
    const mixed = await json<Compared>('compare', at('usual'), at('placed.json'));
    expect(mixed.respondents.map(({ label }) => label)).toEqual([
      'test · default place',
      'test · place stratified',
    ]);
    const { results } = JSON.parse(readFileSync(at('alphabets.json'), 'utf8')) as {
      results: readonly { readonly name: string }[];
    };
    expect(results.map(({ name }) => name)).toEqual(['test · default alphabet', 'test · alphabet lower']);
  });
});

describe('a folder in which a task was asked in two alphabets', () => {
  it('has a report that names the rows by these, and not by prompts', async () => {
    const document = await page(at('alphabets/report.html'), 'report', at('alphabets'));
    expect(textOf(document, 'h1')).toEqual(['test']);
    expect(textOf(document, '.lead')).toEqual([
      expect.stringMatching(/^test, asked with default alphabet: .* UR/),
      expect.stringMatching(/^test, asked with alphabet lower: .* UR/),
    ]);
    expect(textOf(document, '.horizons thead')[0]).toMatch(/^task way horizon/);
    expect(textOf(document, '#notes li')[0]).toBe(
      'One model was asked in several ways (--alphabet): a difference between rows is the way’s, not the model’s.',
    );
    expect(textOf(document, '#spread')).toEqual([]);
    expect(textOf(document, 'h2').join('\n')).toContain('Differences between ways');
    const rows = [...document.querySelectorAll('#comparison-section tbody tr')];
    expect(new Set(rows.map((row) => clean(row.children[1].textContent)))).toEqual(
      new Set(['alphabet lower − default alphabet']),
    );
    expect(clean(document.body.textContent)).not.toMatch(
      /several prompts|is the prompt’s|pair, input-output/,
    );
  });

  it('names them in --json, in tables and in the terminal', async () => {
    const { measurements } = await json<{ measurements: readonly Compared['respondents'][0][] }>(
      'report',
      at('alphabets'),
    );
    expect(measurements.map(({ settings }) => settings.UR.alphabet)).toEqual(['default', 'lower']);
    const cells = await ran('export', at('alphabets'), '--table', 'cells', '--format', 'jsonl');
    const names = cells
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { readonly respondent: string }).respondent);
    expect(new Set(names)).toEqual(new Set(['test · default alphabet', 'test · alphabet lower']));
    const junit = at('junit.xml');
    const { code, out, err } = await run([
      ...['measure', '--rescore', '--out', at('alphabets')],
      ...['--at-least', 'UR=20', '--junit', junit],
    ]);
    expect(code).toBe(4);
    expect(out).toMatch(/^prompt: pair; default alphabet$/m);
    expect(out).toMatch(/^prompt: pair, input-output; alphabet lower$/m);
    expect(err).toMatch(/is not with 2: pair, default alphabet \(6\), pair, alphabet lower \(6\)$/m);
    expect(err).toMatch(/not shown in every way of asking/);
    expect(readFileSync(junit, 'utf8')).toContain(
      'classname="lengthwise.measure.test.pair, default alphabet"',
    );
  });

  it('has no contrast of two tasks that were asked in different ones', async () => {
    const { measurements } = await json<{
      measurements: readonly { readonly asymmetries: readonly unknown[]; readonly settings: object }[];
    }>('report', at('tasks'));
    expect(measurements.map(({ settings }) => Object.keys(settings))).toEqual([['UR'], ['UL']]);
    expect(measurements.flatMap(({ asymmetries }) => asymmetries)).toEqual([]);
  });
});

it('two prompts and a place: the table of prompts is of those that were really compared', async () => {
  const document = await page(at('prompts/report.html'), 'report', at('prompts'));
  const [row, ...others] = [...document.querySelectorAll('#spread tbody tr')].map((one) =>
    [...one.children].map(({ textContent }) => clean(textContent)),
  );
  expect(row.slice(0, 2)).toEqual(['UR', '6']);
  expect(others).toHaveLength(1);
  expect(textOf(document, '.lead')[0]).toMatch(
    /^test, asked with 2 prompts: .* It was also asked in ways that differ in more than the prompt\.$/,
  );
  expect(textOf(document, '#notes li')[0]).toContain('in several ways (--prompt, --place)');
  const names = textOf(document, '.horizons tbody tr').map((text) =>
    /prompt \w+, [a-z ]*/.exec(text)?.[0].trim(),
  );
  expect(names).toEqual([
    'prompt pair, default place',
    'prompt json, default place',
    'prompt pair, place stratified',
  ]);
});

it('lines in charts of one task end in what tells its rows apart', async () => {
  const ends = (document: Document, figure: string): (string | undefined)[] =>
    [...document.querySelectorAll(`#${figure} svg`)].flatMap((svg) =>
      [...svg.querySelectorAll('text')]
        .map(({ textContent }) => clean(textContent))
        .filter((text) => /default|stratified/.test(text)),
    );
  const alone = await page(at('ends.html'), 'compare', at('usual'), at('placed'), '--out', at('ends.html'));
  expect(new Set(ends(alone, 'alone'))).toEqual(new Set(['default place', 'place stratified']));
});
