/** What is right of a recorded output whatever stands between its symbols, and what is said where nobody knows what does. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { askableNamed } from '../../prompt/askable.ts';
import { readMeasurement, rescoreMeasurement } from '../gather/folder.node.ts';
import { MeasureStore } from '../store/store.node.ts';
import { noteRecording } from './recording-store.ts';
import { measureRecording } from './recording.node.ts';
import type { RecordingOptions } from './recording.node.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-separators-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let files = 0;

/** What is said of a file of records, and the rows that are kept of it. */
async function replayed(task: string, records: readonly object[], options: Partial<RecordingOptions> = {}) {
  const file = path.join(scratch, `${files++}.jsonl`);
  writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  const folder = mkdtempSync(path.join(scratch, 'store-'));
  const store = MeasureStore.open(folder);
  const one = { file, task: askableNamed(task) };
  const { gathered, files: said } = await measureRecording([one], { threshold: 0.9, store, ...options });
  noteRecording(store, gathered, { lengthwise: '0', options: {}, threshold: 0.9 });
  const scores = [...store.rows('untrusted')].map(({ length, score }) => ({ length, ...score }));
  store.close();
  return { scores, said: said[0], counts: gathered.cells().map((cell) => cell.counts), folder };
}

/** How Python writes a list of texts: in single quotation marks, in double ones where there is an apostrophe. */
const python = (symbols: readonly string[]): string =>
  `[${symbols.map((each) => (each.includes("'") ? `"${each}"` : `'${each}'`)).join(', ')}]`;

const WHITE = [' ', '  ', '\t', '\n', '\r\n', ' \n'];

/** White space in a fixed order, another one behind each symbol. */
const mixed = (symbols: readonly string[]): string =>
  symbols.map((each, i) => (i === 0 ? each : WHITE[(i * 5) % WHITE.length] + each)).join('');

type Written = (symbols: readonly string[]) => string;

const joined =
  (joiner: string): Written =>
  (symbols) =>
    symbols.join(joiner);

const LOOKS: Readonly<Record<string, Written>> = {
  ...{ blanks: joined(' '), tabs: joined('\t'), 'two blanks': joined('  '), lines: joined('\n') },
  ...{ 'lines of DOS': joined('\r\n'), 'blank lines': joined('\n\n'), 'white space': mixed },
  ...{ bars: joined(' | '), 'bars alone': joined('|'), commas: joined(', '), semicolons: joined(';') },
  ...{ 'ideographic commas': joined('、'), JSON: (symbols) => JSON.stringify(symbols), Python: python },
};

const WORDS = ['he', 'we', "don't", 'you', "it's", 'they', 'red', 'blue', 'green', 'New', 'York'];

const sources = fc.array(fc.uniqueArray(fc.constantFrom(...WORDS), { minLength: 3, maxLength: 7 }), {
  minLength: 4,
  maxLength: 8,
});

/** Tasks over symbols that have an answer to every source of different ones, and what is asked of one. */
const TASKS: Readonly<Record<string, (source: readonly string[]) => readonly [string | null, string[]]>> = {
  UF: (source) => [null, [...source]],
  UB: (source) => [null, source.toReversed()],
  UR: (source) => [source[1], [source[2]]],
  UL: (source) => [source[source.length - 1], [source[source.length - 2]]],
};

describe.each(Object.entries(LOOKS))('symbols separated by %s', (name, written) => {
  it('an output that is the recorded right answer is right and exact, and nothing of it is changed', async () => {
    await fc.assert(
      fc.asyncProperty(sources, fc.constantFrom(...Object.keys(TASKS)), async (drawn, task) => {
        const records = drawn.map((source) => {
          const [query, answer] = TASKS[task](source);
          const text = answer.length === 1 ? answer[0] : written(answer);
          return { source: written(source), ...(query === null ? {} : { query }), gold: text, output: text };
        });
        const { scores, counts, folder, said } = await replayed(task, records);
        for (const score of scores)
          expect(score).toMatchObject({ outcome: 'right', exact: true, changed: [], extra: false });
        expect(scores.map(({ length }) => length).sort()).toEqual(drawn.map(({ length }) => length).sort());
        expect([said.contradicting, said.bad]).toEqual([0, 0]);
        for (const read of [readMeasurement, rescoreMeasurement])
          expect(read(folder).flatMap((each) => each.cells().map((cell) => cell.counts))).toEqual(counts);
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  it('so it is without one, by the oracle; where white space differs within a text, only the source itself is exact', async () => {
    await fc.assert(
      fc.asyncProperty(sources, fc.constantFrom(...Object.keys(TASKS)), async (drawn, task) => {
        const records = drawn.map((source) => {
          const [query, answer] = TASKS[task](source);
          const output = answer.length === 1 ? answer[0] : written(answer);
          return { source: written(source), ...(query === null ? {} : { query }), output };
        });
        const { scores } = await replayed(task, records);
        for (const score of scores) expect(score).toMatchObject({ outcome: 'right' });
        if (name !== 'white space' || task !== 'UB')
          for (const score of scores) expect(score).toMatchObject({ exact: true, changed: [] });
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  it('wrong symbols are wrong, by the kind that they have with blanks', async () => {
    const drawn = [WORDS.slice(0, 6), WORDS.slice(3, 9), WORDS.slice(2, 8)];
    const records = drawn.map((source) => {
      const [first, second, ...others] = source.toReversed();
      return {
        source: written(source),
        gold: written(source.toReversed()),
        output: written([second, first, ...others]),
      };
    });
    const { scores } = await replayed('UB', records);
    expect(scores.map(({ outcome, error }) => [outcome, error])).toEqual(
      drawn.map(() => ['wrong', 'swapped']),
    );
  });

  it('symbols one a line are read where the sample has them on one line, and noticed', async () => {
    const drawn = [WORDS.slice(0, 6), WORDS.slice(3, 9), WORDS.slice(2, 8)];
    const records = drawn.map((source, i) => ({
      source: written(source),
      gold: written(source.toReversed()),
      output: source.toReversed().join('\n') + ['', '\n', '\n\nThat is all of it.'][i],
    }));
    const { scores } = await replayed('UB', records);
    for (const score of scores) expect(score).toMatchObject({ retrieved: true });
    if (/lines|white space/.test(name)) return; // that is how these are written
    for (const score of scores) expect(score).toMatchObject({ outcome: 'right', exact: false });
    for (const score of scores) expect(score.changed).toContain('separators');
  });
});

describe('symbols one a line', () => {
  const source = 'a b c d e';
  const scoreOf = async (output: string, more: object = {}) =>
    (await replayed('UF', [{ source, output, ...more }])).scores[0];

  it('have the errors that they have in one line: none ended early', async () => {
    expect(await scoreOf('a\nc\nb\nd\ne')).toMatchObject({ outcome: 'wrong', error: 'swapped' });
    expect(await scoreOf('a\nb\nc')).toMatchObject({ outcome: 'wrong', error: 'early-end' });
    expect(await scoreOf('a\nb\nc\nd\ne\nf')).toMatchObject({ outcome: 'wrong', error: 'late-end' });
  });

  it('end where a line has several: a model that runs on began another question', async () => {
    expect(await scoreOf('a\nb\nc\nd\ne\nInput: x y z\nx\ny')).toMatchObject({
      outcome: 'right',
      extra: true,
    });
    expect(await scoreOf('a b c d e\nf\ng')).toMatchObject({ outcome: 'right' });
    expect(await scoreOf('a\nb c d e')).toMatchObject({ outcome: 'wrong', error: 'early-end' });
  });

  it('in a code fence, with CRLF, after a thought, of single characters', async () => {
    expect(await scoreOf('```\na\nb\nc\nd\ne\n```')).toMatchObject({ outcome: 'right' });
    expect(await scoreOf('a\r\nb\r\nc\r\nd\r\ne\r\n')).toMatchObject({ outcome: 'right' });
    expect(await scoreOf('<think>\nb\nc\n</think>\na\nb\nc\nd\ne')).toMatchObject({ outcome: 'right' });
    expect(await scoreOf('a\nb\nc\nd\ne', { source: 'abcde' })).toMatchObject({ outcome: 'right' });
  });

  it('of a list, with commas behind them, or as JSON is written for people', async () => {
    const records = ['a,\nb,\nc', '[\n  "a",\n  "b",\n  "c"\n]', '"a"\n"b"\n"c"', '["a",\n "b", "c"]'].map(
      (output) => ({ source: '["a", "b", "c"]', output }),
    );
    const { scores } = await replayed('UF', records);
    expect(scores.map(({ outcome }) => outcome)).toEqual(records.map(() => 'right'));
  });

  it('the answer to a look-up is one symbol: its line ends it', async () => {
    const { scores } = await replayed('UR', [{ source, query: 'a', gold: 'b', output: 'b\nc\nd' }]);
    expect(scores[0]).toMatchObject({ outcome: 'right', exact: true });
  });
});

describe('symbols with blanks in them', () => {
  const cities = ['New York', 'Rome', 'San Juan', 'Rio de Janeiro', 'Paris', 'Los Angeles'];
  const drawn = [cities, cities.slice(1), cities.toReversed(), cities.slice(0, 4)];

  it.each(['\t', ' | ', '|', '  '])('are told by %j alone, wherever it separates them', async (joiner) => {
    const records = drawn.map((source) => ({
      source: source.join(joiner),
      output: source.toReversed().join(joiner),
    }));
    const { scores, said } = await replayed('UB', records);
    for (const score of scores) expect(score).toMatchObject({ outcome: 'right', exact: true, changed: [] });
    expect(scores.map(({ length }) => length).sort()).toEqual([4, 5, 6, 6]);
    expect(said.lists).toMatchObject({ sources: true, answers: true });
  });

  it('are told by lines where right answers tell, and else said', async () => {
    const records = drawn.map((source) => ({
      source: source.join('\n'),
      output: source.toReversed().join('\n'),
    }));
    const { scores } = await replayed(
      'UB',
      records.map((record) => ({ ...record, gold: record.output })),
    );
    expect(scores.map(({ length, exact }) => [length, exact])).toEqual(
      [4, 5, 6, 6].map((each) => [each, true]),
    );
    const { said } = await replayed('UB', records);
    expect(said.likelySeparator).toBe('\n');
    const named = await replayed('UB', records, { fields: { symbols: 'lines' } });
    expect(named.scores.every(({ exact }) => exact)).toBe(true);
  });

  it('a list with bars may have its query beside it: the last symbol is none', async () => {
    const records = drawn.map((source) => ({
      source: source.join(' | '),
      query: source.at(-1),
      output: source.at(-2),
    }));
    const { scores } = await replayed('UL', records);
    expect(scores.map(({ length, outcome }) => [length, outcome])).toEqual(
      [4, 5, 6, 6].map((each) => [each, 'right']),
    );
  });

  it('two blanks behind a sentence separate none', async () => {
    const text = 'The cat sat.  The dog ran.  It slept.';
    const { scores } = await replayed('NF', [{ source: text, output: text }]);
    expect(scores[0]).toMatchObject({ length: 8, outcome: 'right' });
  });
});

describe('what separates symbols and is not known', () => {
  const drawn = [WORDS.slice(4, 9), WORDS.slice(5, 10), WORDS.slice(3, 8)];

  it.each(['/', ' / ', ' -> ', '-'])('%j is said, and --symbols names it', async (joiner) => {
    const records = drawn.map((source) => ({
      source: source.join(joiner),
      gold: source.toReversed().join(joiner),
      output: source.toReversed().join(joiner),
    }));
    const mark = joiner.trim();
    const { said } = await replayed('UB', records);
    expect(said.likelySeparator).toBe(mark);
    const { scores, said: named } = await replayed('UB', records, { fields: { symbols: mark } });
    expect(named.likelySeparator).toBeUndefined();
    expect(scores.map(({ length, exact }) => [length, exact])).toEqual(drawn.map(() => [5, true]));
  });

  it('outputs that have the right symbols in order in a form of their own are counted as such', async () => {
    const records = drawn.map((source) => ({ source: source.join(' '), output: source.join(', ') }));
    const { scores, said } = await replayed('UF', records);
    expect(scores.map(({ outcome }) => outcome)).toEqual(drawn.map(() => 'wrong'));
    expect(said.separatedOtherwise).toBe(3);
  });
});
