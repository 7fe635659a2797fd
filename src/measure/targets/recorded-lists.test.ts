/** A right answer counts as right however its list is written, and a wrong one as wrong: symbols × form of the source × form of the output. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { canHold, listForms, symbolSets } from '../../../test/recordings/list-forms.ts';
import type { SymbolKind } from '../../../test/recordings/list-forms.ts';
import { askableNamed } from '../../prompt/askable.ts';
import { MemoryStore } from '../store/row-store.ts';
import type { StoredRow } from '../store/row-store.ts';
import { measureRecording } from './recording.node.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-lists-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let files = 0;

/** Rows in memory. */
class KeptRows extends MemoryStore {
  readonly rows: StoredRow[] = [];

  override putAll(rows: readonly StoredRow[] = []): void {
    this.rows.push(...rows);
  }
}

/** A record, and what it is of: shown where it is not as it should be. */
interface Case {
  readonly what: string;
  readonly record: object;
  readonly isRight: boolean;
}

/** How many records of one file are right, of which lengths they are, and what is said of the file. */
async function reportOf(task: string, records: readonly object[]) {
  const file = path.join(scratch, `${files++}.jsonl`);
  writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  const store = new KeptRows();
  const { files: said } = await measureRecording([{ file, task: askableNamed(task) }], {
    threshold: 0.9,
    store,
  });
  const lengths = [...new Set(store.rows.map(({ length }) => length))];
  const right = store.rows.filter(({ score }) => score?.outcome === 'right').length;
  return { ...said[0], rows: store.rows, lengths, right };
}

/** What of the cases of one file is not as it should be: wrong outcomes, lengths, lines that are no records, contradictions. */
async function faultsOf(task: string, length: number, cases: readonly Case[]): Promise<unknown[]> {
  const { bad, badLines, contradicting, rows } = await reportOf(
    task,
    cases.map(({ record }) => record),
  );
  const wrong = rows.flatMap((row) => {
    const { what, record, isRight } = cases[-row.index - 1];
    const isSo = row.length === length && (row.score?.outcome === 'right') === isRight;
    return isSo ? [] : [{ what, record, length: row.length, outcome: row.score?.outcome }];
  });
  return [...wrong, ...(bad + contradicting === 0 ? [] : [{ bad, badLines, contradicting }])];
}

const LENGTH = 5;

/** Lists of so many letters, or numbers of three digits, have the type of their array on a line of its own. */
const LONGER = [12, 13];

/** So many orders of the symbols of a set. */
function orders(symbols: readonly string[], count: number, length: number): string[][] {
  return fc.sample(fc.shuffledSubarray([...symbols], { minLength: length, maxLength: length }), {
    numRuns: count,
    seed: 1,
  });
}

/** How sources are written: as lists in JSON, or as texts that say themselves that they are lists. */
const SOURCES: Readonly<
  Record<string, { readonly holds: SymbolKind; readonly write: (symbols: readonly string[]) => unknown }>
> = {
  'a list': { holds: 'any', write: (symbols) => symbols },
  'a list of numbers': { holds: 'numbers', write: (symbols) => symbols.map(Number) },
  ...Object.fromEntries(
    [
      ...['json.dumps', 'JSON in UTF-8', 'compact JSON', 'a list of Python', 'a tuple', 'an array of texts'],
      ...['an array of texts in a call', 'items in calls', 'commas and blanks', 'brackets', 'an array'],
      ...['an array in a call', 'a tensor', 'a tensor of TensorFlow'],
    ].map((name) => [name, listForms[name]]),
  ),
};

const FORMS = Object.entries(listForms);

const grid = Object.entries(symbolSets).flatMap(([set, [kind, symbols]]) =>
  Object.entries(SOURCES)
    .filter(([, source]) => canHold(source, kind))
    .map(([name, { write }]) => ({ set, kind, symbols, name, write })),
);

describe.each(grid)('$set, sources as $name', ({ kind, symbols, name, write }) => {
  const forms = FORMS.filter(([, form]) => canHold(form, kind));

  it('copies in any form are right, and those with two symbols swapped wrong', async () => {
    const longer = LONGER.filter((length) => length <= symbols.length && /list$|dumps$|call$/u.test(name));
    const lengths = [LENGTH, ...longer];
    for (const length of lengths) {
      const drawn = orders(symbols, forms.length, length);
      const cases = forms.flatMap(([what, form], i) => {
        const [first, second, ...rest] = drawn[i];
        const source = write(drawn[i]);
        return [
          { what, record: { source, output: form.write(drawn[i]) }, isRight: true },
          { what, record: { source, output: form.write([second, first, ...rest]) }, isRight: false },
        ];
      });
      expect(await faultsOf('UF', length, cases)).toEqual([]);
      const golds = cases.map((each) => ({
        ...each,
        record: { ...each.record, target: each.record.source },
      }));
      expect(await faultsOf('UF', length, golds)).toEqual([]);
    }
  });

  it('look-ups are right', async () => {
    const cases = orders(symbols, 8, LENGTH).map((source, i) => ({
      what: 'a look-up',
      record: { source: write(source), query: source[1], target: source[2], output: source[2 + (i % 2)] },
      isRight: i % 2 === 0,
    }));
    expect(await faultsOf('UR', LENGTH, cases)).toEqual([]);
  });
});

describe('a source that the task does not admit says nothing of separators', () => {
  const drawn = orders(symbolSets['numbers of three digits'][1], 30, 8);
  const repeated = drawn.map((source, i) => (i === 4 ? [...source.slice(0, 7), source[1]] : source));

  it.each(['a list of Python', 'brackets', 'compact JSON', 'an array in a call', 'a tensor'])(
    '%s',
    async (name) => {
      const { write } = listForms[name];
      const reports = await Promise.all(
        [false, true].map(async (isRecorded) => {
          const records = repeated.map((symbols) => {
            const source = write(symbols);
            return { source, output: symbols.join(' '), ...(isRecorded ? { target: source } : {}) };
          });
          return reportOf('UF', records);
        }),
      );
      // In UF all symbols are different: without a right answer of its own, the record with two that are not is none.
      expect(
        reports.map(({ lengths, right, bad, contradicting }) => [lengths, right, bad, contradicting]),
      ).toEqual([
        [[8], 29, 1, 0],
        [[8], 30, 0, 1],
      ]);
    },
  );

  it('nor does one whose query it has twice', async () => {
    const records = repeated.map((symbols) => {
      const source = listForms.brackets.write(symbols);
      return { source, query: symbols[1], target: symbols[2], output: symbols[2] };
    });
    expect(await reportOf('UR', records)).toMatchObject({ lengths: [8], right: 30, contradicting: 1 });
  });
});

/** Any texts that a symbol can be: nothing around them that is white space, none of a character's halves. */
const anySymbol = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom(...'ab\'"\\[](){},;| /n'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
    minLength: 1,
    maxLength: 6,
  })
  .map((text) => text.normalize('NFC').trim())
  .filter((text) => /^[\p{L}\p{N}\p{P}\p{S} ]+$/u.test(text));

it.each([
  'json.dumps',
  'indented JSON',
  'indented JSON in a fence',
  'a list of Python',
  'an array of texts in a call',
])(
  'any symbols at all: %s of them, beside sources that are lists in JSON, and texts that are',
  async (name) => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(anySymbol, { minLength: 2, maxLength: 2 * LENGTH }),
        fc.constantFrom('a list', 'json.dumps', 'a list of Python'),
        async (symbols, source) => {
          const record = { source: SOURCES[source].write(symbols), output: listForms[name].write(symbols) };
          expect(await faultsOf('UF', symbols.length, [{ what: name, record, isRight: true }])).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  },
);
