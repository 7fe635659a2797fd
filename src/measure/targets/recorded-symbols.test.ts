/** How symbols stand in recorded texts, and what is kept of an output whatever they are. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askableNamed } from '../../prompt/askable.ts';
import { Cell } from '../../score/tables/tally.ts';
import { readMeasurement, rescoreMeasurement } from '../gather/folder.node.ts';
import { MeasureStore } from '../store/store.node.ts';
import { noteRecording } from './recording-store.ts';
import { measureRecording } from './recording.node.ts';
import type { RecordingOptions } from './recording.node.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-symbols-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let files = 0;

/** What records of one file come to: their counts, what is said of the file, and the rows that are kept. */
async function replayed(task: string, records: readonly object[], options: Partial<RecordingOptions> = {}) {
  const file = path.join(scratch, `${files++}.jsonl`);
  writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  const store = MeasureStore.open(mkdtempSync(path.join(scratch, 'store-')));
  const one = { file, task: askableNamed(task) };
  const measured = await measureRecording([one], { threshold: 0.9, store, ...options });
  const all = Cell.together(task, 0, measured.gathered.cells());
  const kept = [...store.rows('untrusted')];
  store.close();
  return { ...measured.files[0], all, row: all.row(), kept };
}

/** Why nothing in a file is a record. */
async function refusal(task: string, records: readonly object[]): Promise<string> {
  return replayed(task, records).then(
    () => '',
    (error: Error) => error.message,
  );
}

describe('an output is kept whole, and the same filters read it however the source is written', () => {
  it.each<[output: string, said: object]>([
    ['The answer is d.', { outcome: 'wrong', retrieved: true, exact: false }],
    ['  d \n', { outcome: 'right', exact: false, changed: ['stop', 'white-space'] }],
    ['d', { outcome: 'right', exact: true, changed: [] }],
    ['<s> d', { outcome: 'right', changed: ['channels'] }],
    ['\n\nd', { outcome: 'right', exact: false, changed: ['white-space'] }],
    ['bad', { outcome: 'wrong', retrieved: false }],
  ])('%j', async (output, said) => {
    for (const source of ['abcdef', 'a b c d e f']) {
      const { kept } = await replayed('UR', [{ source, query: 'c', gold: 'd', output }]);
      expect(kept.map((row) => [row.output.text, row.score])).toMatchObject([[output, said]]);
    }
  });

  it('blanks between symbols of one character are a way of writing them, and are noticed', async () => {
    const { kept } = await replayed('UB', [{ source: 'abc', output: 'c b a' }]);
    expect(kept[0].score).toMatchObject({ outcome: 'right', exact: false, changed: ['white-space'] });
  });

  it('what the authors took out of an output does not replace it, but where only that is there', async () => {
    const full = 'Sure: <target>c b a</target>';
    const paper = { input: 'abc', gold_ans: 'cba', full_output: full, cleaned: 'cba' };
    const noted = { ...paper, full_output: '(loop of ":" to the limit)', cleaned: '::::::' };
    const { kept } = await replayed('UB', [paper, noted]);
    expect(kept.map(({ output, score }) => [output.text, score?.outcome, score?.error])).toEqual([
      [full, 'right', null],
      ['::::::', 'wrong', 'loop'],
    ]);
  });
});

describe('a look-up without its query', () => {
  const records = ['c', 'd'].map((output) => ({
    source: 'a b c d e f',
    probe: 'b',
    gold: 'c',
    predicted: output,
  }));

  it('is no record: one line names the fields and the option', async () => {
    for (const query of [undefined, null])
      expect(await refusal('UR', [{ ...records[0], query }])).toMatch(
        / has no record that can be read; line 1: no field with the query; its fields are: source, probe, gold, predicted(, query)? \(name one with --query-field\)$/,
      );
    const table = { source: ['k,1', 'l,2'], gold: ['k,1'], output: 'k,1' };
    expect(await refusal('table-lookup-first', [table])).toContain('no field with the query');
  });

  it('is one where the option names the field, and what has none beside others is no contradiction', async () => {
    const { all, contradicting } = await replayed('UR', records, { fields: { query: 'probe' } });
    expect([all.counts, contradicting]).toMatchObject([{ n: 1, correct: 0.5 }, 0]);
    const mixed = await replayed('UR', [{ ...records[0], query: 'b' }, records[1]]);
    expect([mixed.all.counts.n, mixed.contradicting, mixed.bad]).toEqual([1, 0, 1]);
  });

  it('tasks that ask about none need none', async () => {
    expect((await replayed('UF', [{ source: 'a b', output: 'a b' }])).all.counts.correct).toBe(1);
  });
});

/** Sources of four to six different symbols, and what reverses them. */
const WORDS = ['red', 'green', 'blue', 'black', 'white', 'pink', 'grey', 'gold'];
const sources = Array.from({ length: 20 }, (_, i) =>
  Array.from({ length: 4 + (i % 3) }, (_, k) => WORDS[(i + 3 * k) % WORDS.length]),
);

type Written = (symbols: readonly string[]) => string;

const quoted = (mark: string, symbols: readonly string[]): string =>
  `[${symbols.map((symbol) => mark + symbol + mark).join(', ')}]`;

/** Every look of a list, and whether its source would also be read with blanks between symbols. */
const LOOKS: readonly (readonly [name: string, written: Written])[] = [
  ['commas and blanks', (symbols) => symbols.join(', ')],
  ['commas', (symbols) => symbols.join(',')],
  ['blanks before commas, too', (symbols) => symbols.join(' , ')],
  ['semicolons and blanks', (symbols) => symbols.join('; ')],
  ['semicolons', (symbols) => symbols.join(';')],
  ['JSON', (symbols) => quoted('"', symbols)],
  ['JSON without blanks', (symbols) => JSON.stringify(symbols)],
  ['Python', (symbols) => quoted("'", symbols)],
  ['brackets', (symbols) => `[${symbols.join(', ')}]`],
  ['brackets of a tuple', (symbols) => `(${symbols.join(', ')})`],
];

describe.each(LOOKS)('symbols written as lists: %s', (_, written) => {
  const reversed = sources.map((source) => ({
    source: written(source),
    output: written(source.toReversed()),
  }));

  it('copies are right to the character, with a right answer beside and without', async () => {
    const golds = reversed.map((record) => ({ ...record, gold: record.output }));
    for (const records of [reversed, golds]) {
      const { row, kept, contradicting, lists } = await replayed('UB', records);
      expect([row.n, row.correct, row.exact, contradicting]).toEqual([20, 20, 20, 0]);
      expect(kept.flatMap(({ score }) => score?.changed)).toEqual([]);
      expect(lists).toMatchObject({ sources: true, answers: true });
    }
  });

  it('lengths are numbers of symbols', async () => {
    const { kept } = await replayed('UB', reversed);
    expect(kept.map(({ length }) => length)).toEqual(sources.map(({ length }) => length).sort());
  });

  it('a wrong one has the error that it has with blanks', async () => {
    const wrong = sources.map((source) => ({
      source: written(source),
      output: written(source),
    }));
    const { row } = await replayed('UB', wrong);
    expect(row).toMatchObject({ correct: 0, errors: { 'other-direction': 20 } });
  });

  it('look-ups, those of the last symbol among them', async () => {
    const records = sources.flatMap((source) => [
      { source: written(source), query: source[0], gold: source[1], output: source[1] },
      { source: `${written(source)} | ${source.at(-2)}`, output: source.at(-1) },
    ]);
    const { row, contradicting } = await replayed('UR', records);
    expect([row.n, row.correct, row.exact, contradicting]).toEqual([40, 40, 40, 0]);
    const left = sources.map((source) => ({
      source: written(source),
      query: source.at(-1),
      output: source.at(-2),
    }));
    expect((await replayed('UL', left)).row).toMatchObject({ n: 20, correct: 20 });
  });

  it('answers in another form of a list are right, and the filter is named', async () => {
    for (const [, other] of LOOKS) {
      const records = sources.map((source) => ({
        source: written(source),
        output: other(source.toReversed()),
      }));
      const { row, kept } = await replayed('UB', records);
      expect(row.correct).toBe(20);
      const isSame = records[0].output === written(sources[0].toReversed());
      expect(kept.every(({ score }) => score?.changed.includes('list') === !isSame)).toBe(true);
    }
  });
});

describe('lists in a file', () => {
  const commas = (symbols: readonly string[]): string => symbols.join(', ');
  const records = sources.map((source) => ({ source: commas(source), output: commas(source.toReversed()) }));

  it('a slip in one of twenty sources leaves them lists; in four it does not', async () => {
    const slip = (count: number): object[] =>
      records.map((record, i) =>
        i < count ? { ...record, source: record.source.replace(', ', ' ') } : record,
      );
    expect((await replayed('UB', slip(1))).lists).toBeDefined();
    expect((await replayed('UB', slip(4))).lists).toBeUndefined();
  });

  it('sources of one symbol beside others are of one symbol', async () => {
    const { row, kept } = await replayed('UF', [...records, { source: 'red', output: 'red' }]);
    expect(kept.at(0)).toMatchObject({ length: 1, source: ['red'] });
    expect(row.n).toBe(21);
  });

  it('symbols may have blanks in them, where queries or right answers tell', async () => {
    const cities = [
      ['New York', 'Paris', 'San Juan', 'Rome'],
      ['Paris', 'La Paz', 'Rome', 'New York'],
    ];
    const backward = cities.map((source) => ({
      source: commas(source),
      gold: commas(source.toReversed()),
      output: commas(source.toReversed()),
    }));
    expect((await replayed('UB', backward)).row).toMatchObject({ n: 2, correct: 2 });
    const looked = cities.map((source) => ({
      source: commas(source),
      query: source[0],
      output: source[1],
    }));
    expect((await replayed('UR', looked)).row).toMatchObject({ n: 2, correct: 2 });
  });

  it('right answers and outputs are lists where the source is one of JSON, or has blanks', async () => {
    for (const source of [
      (symbols: readonly string[]) => symbols,
      (symbols: readonly string[]) => symbols.join(' '),
    ]) {
      const mixed = sources.map((symbols) => ({
        source: source(symbols),
        gold: commas(symbols.toReversed()),
        output: commas(symbols.toReversed()),
      }));
      const { row, contradicting, lists } = await replayed('UB', mixed);
      expect([row.correct, row.exact, contradicting]).toEqual([20, 20, 0]);
      expect(lists).toMatchObject({ sources: false, answers: true });
    }
    // Of lists in JSON alone nobody knows what stands between the symbols of an answer: only blanks are exact.
    const bare = sources.map((source) => ({ source, output: commas(source.toReversed()) }));
    expect((await replayed('UB', bare)).row).toMatchObject({ correct: 20, exact: 0 });
  });

  it('right answers with blanks beside sources with commas', async () => {
    const mixed = sources.map((source) => ({
      source: commas(source),
      gold: source.toReversed().join(' '),
      output: source.toReversed().join(' '),
    }));
    const { row, contradicting, lists } = await replayed('UB', mixed);
    expect([row.correct, contradicting]).toEqual([20, 0]);
    expect(lists).toMatchObject({ sources: true, answers: false });
  });

  it('an answer with blanks between its symbols is right, and noticed', async () => {
    const mixed = records.map(({ source, output }) => ({ source, output: output.replaceAll(',', '') }));
    const { row, kept } = await replayed('UB', mixed);
    expect([row.correct, row.exact]).toEqual([20, 0]);
    expect(kept[0].score?.changed).toEqual(['list']);
  });

  it('outputs that are lists of JSON are symbols', async () => {
    const listed = sources.map((source) => ({ source: commas(source), output: source.toReversed() }));
    expect((await replayed('UB', listed)).row).toMatchObject({ correct: 20, exact: 20 });
  });

  it('the same scores come out of a store', async () => {
    for (const [, written] of LOOKS) {
      const folder = mkdtempSync(path.join(scratch, 'again-'));
      const file = path.join(scratch, `${files++}.jsonl`);
      const lines = sources.map((source) => ({
        source: written(source),
        output: written(source.toReversed()),
      }));
      writeFileSync(file, lines.map((record) => `${JSON.stringify(record)}\n`).join(''));
      const store = MeasureStore.open(folder);
      const one = { file, task: askableNamed('UB') };
      const { gathered } = await measureRecording([one], { threshold: 0.9, store });
      noteRecording(store, gathered, { lengthwise: '0', options: {}, threshold: 0.9 });
      store.close();
      const counts = gathered.cells().map((cell) => cell.counts);
      expect(counts.reduce((sum, { correct }) => sum + correct, 0)).toBe(20);
      for (const read of [readMeasurement, rescoreMeasurement]) {
        expect(read(folder).flatMap((each) => each.cells().map((cell) => cell.counts))).toEqual(counts);
      }
    }
  });
});

describe('each output is read by itself, whatever the others are', () => {
  /** Copies of all sources, each right: so many of them written as lists. */
  const copies = (lists: number, written: Written, record: (source: readonly string[]) => object): object[] =>
    sources.map((source, i) => {
      const copied = source.toReversed();
      return { ...record(source), output: i < lists ? written(copied) : copied.join(' ') };
    });

  const RECORDS: readonly (readonly [name: string, record: (source: readonly string[]) => object])[] = [
    ['sources in JSON', (source) => ({ source })],
    ['right answers in JSON', (source) => ({ source: source.join(' '), answer: source.toReversed() })],
    ['both', (source) => ({ source, answer: source.toReversed() })],
    [
      'sources in JSON, right answers in text',
      (source) => ({ source, answer: source.toReversed().join(' ') }),
    ],
    [
      'sources in JSON, right answers one symbol a line',
      (source) => ({ source, answer: source.toReversed().join('\n') }),
    ],
    ['sources with commas', (source) => ({ source: source.join(', ') })],
    ['sources with semicolons', (source) => ({ source: source.join(';') })],
    ['sources of Python', (source) => ({ source: quoted("'", source) })],
  ];

  it.each(RECORDS)('%s: copies are right at every share of lists among them', async (_, record) => {
    for (const [name, written] of LOOKS) {
      for (const lists of [0, 1, 9, 10, 11, 19, 20]) {
        const { row } = await replayed('UB', copies(lists, written, record));
        expect([name, lists, row.n, row.correct]).toEqual([name, lists, 20, 20]);
      }
    }
  });

  it('the score of one output is the same beside any others', async () => {
    const [, written] = LOOKS[0];
    const [, record] = RECORDS[0];
    const scores = await Promise.all(
      [1, 10, 20].map(async (lists) => {
        const { kept } = await replayed('UB', copies(lists, written, record));
        return kept.find(({ index }) => index === -1)?.score;
      }),
    );
    expect(scores[0]).toMatchObject({ outcome: 'right', exact: false, changed: ['list'] });
    expect(new Set(scores.map((score) => JSON.stringify(score))).size).toBe(1);
  });

  it('look-ups', async () => {
    const forms = ['[green]', "['green']", '["green"]', 'green', '["blue"]', 'green,'];
    const records = forms.map((output) => ({ source: ['red', 'green', 'blue'], query: 'red', output }));
    const { kept } = await replayed('UR', records);
    const said = kept.map(({ index, score }) => [-index, score?.outcome]).sort();
    expect(said).toEqual(forms.map((_, i) => [i + 1, i < 4 ? 'right' : 'wrong']));
  });

  it('--symbols blanks or characters leaves lists unread', async () => {
    const records = copies(10, LOOKS[0][1], RECORDS[0][1]);
    expect((await replayed('UB', records, { fields: { symbols: 'blanks' } })).row.correct).toBe(10);
  });

  it('--symbols commas takes no form from outputs', async () => {
    for (const lists of [1, 20]) {
      const records = copies(lists, (symbols) => symbols.join(';'), RECORDS[0][1]);
      const { row, lists: form } = await replayed('UB', records, { fields: { symbols: 'commas' } });
      expect([row.correct, form?.separator]).toEqual([20, ',']);
    }
  });
});

describe('symbols that hold commas are no lists', () => {
  it('words of a text', async () => {
    const source = 'The cat, which sat, ran on. Then, it slept.';
    const { kept, lists } = await replayed('UF', [{ source, output: source }]);
    expect([kept[0].length, lists]).toEqual([9, undefined]);
  });

  it('right answers tell: a script that cut at blanks wrote them', async () => {
    const cut = sources.map((source) => {
      const text = source.join(', ');
      const gold = text.split(' ').toReversed().join(' ');
      return { source: text, gold, output: gold };
    });
    const { row, contradicting, lists } = await replayed('UB', cut);
    expect([row.correct, contradicting, lists]).toEqual([20, 0, undefined]);
  });

  it('numbers with commas in them, in a list', async () => {
    const numbers = [
      ['1,000', '2,500', '3,000'],
      ['4,000', '5,000', '1,200'],
    ];
    const records = numbers.map((source) => ({
      source: source.join(', '),
      output: source.toReversed().join(', '),
    }));
    const { kept, row } = await replayed('UB', records);
    expect([kept.map(({ length }) => length), row.correct]).toEqual([[3, 3], 2]);
    const apart = numbers.map((source) => ({
      source: source.join(' '),
      output: source.toReversed().join(' '),
    }));
    const found = await replayed('UB', apart);
    expect([found.row.correct, found.lists]).toEqual([2, undefined]);
  });

  it('characters, a comma among them', async () => {
    const texts = ['abcd', 'b,ca', 'dcba', 'cabd'];
    const records = texts.map((source) => ({ source, output: [...source].toReversed().join('') }));
    const { row, kept, lists } = await replayed('UB', records);
    expect([row.correct, kept[1].length, lists]).toEqual([4, 4, undefined]);
  });

  it('lines of a table, and lines that are copied', async () => {
    const table = { source: ['k,1', 'l,2'], query: 'k', output: 'k,1' };
    expect((await replayed('table-lookup-first', [table])).row).toMatchObject({ correct: 1 });
    const text = 'one, two, three';
    const { kept, lists } = await replayed('text-copy', [{ source: text, output: text }]);
    expect([kept[0].length, lists]).toEqual([3, undefined]);
  });
});

describe('--symbols', () => {
  it('commas makes lists of what does not look so, and blanks makes none', async () => {
    const source = 'The cat, which sat, ran';
    const output = 'ran, which sat, The cat';
    const named = await replayed('UB', [{ source, output }], { fields: { symbols: 'commas' } });
    expect([named.row.correct, named.kept[0].source]).toEqual([1, ['The cat', 'which sat', 'ran']]);
    const semicolons = { source: 'a b; c', output: 'c; a b' };
    const other = await replayed('UB', [semicolons], { fields: { symbols: 'commas' } });
    expect(other.row.correct).toBe(1);
    const blanks = await replayed('UF', [{ source: 'a, b', output: 'a, b' }], {
      fields: { symbols: 'blanks' },
    });
    expect([blanks.kept[0].source, blanks.lists]).toEqual([['a,', 'b'], undefined]);
  });
});
