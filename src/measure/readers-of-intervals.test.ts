/** Whoever reads a folder gives a length the same interval, whatever commands have asked in it, and in whatever order. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askableNamed } from '../prompt/askable.ts';
import { localRespondent } from '../respond/local/local-respondent.ts';
import type { SequenceModel } from '../respond/local/local-respondent.ts';
import { sequenceTemplate } from '../respond/local/sequence.ts';
import { anytimeInterval, exactInterval } from '../score/statistics/index.ts';
import type { CellRow } from '../score/tables/rows.ts';
import { measurementTables } from './export/tables.node.ts';
import { readMeasurement } from './gather/folder.node.ts';
import { measure } from './measure.node.ts';
import { SEARCH_ALPHA } from './plan/plan.ts';
import { measurementResults } from './results/write.node.ts';
import { MeasureStore } from './store/store.node.ts';
import { namedTasks } from './targets/exported-rows.node.ts';
import { measureRecording } from './targets/recording.node.ts';

/** What a command asks for: without lengths, a search up to `maxLength`. */
interface Command {
  readonly lengths: readonly number[] | null;
  readonly n: number;
  readonly maxLength: number;
}

const given = (n: number, ...lengths: number[]): Command => ({ lengths, n, maxLength: 20 });
const search = (maxLength: number, n = 80): Command => ({ lengths: null, n, maxLength });

const note = { lengthwise: '', options: {}, prices: null, api: null, alpha: SEARCH_ALPHA };
const { signal } = new AbortController();

/** A folder about one copying task, whose answers at some lengths are wrong every so often: 0 is never. */
class Folder {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'readers-'));
  private readonly wrongEvery: (length: number) => number;
  private draws = 0;

  constructor(wrongEvery: (length: number) => number) {
    this.wrongEvery = wrongEvery;
  }

  /** The rows of the command's own tables. */
  async ask(command: Command): Promise<readonly CellRow[]> {
    const task = askableNamed('UF');
    const model: SequenceModel = {
      facts: {
        ...{ weights: 'x', setup: 'x', symbols: [], positions: 100 },
        ...{ positionEncoding: 'none', trainedOn: null },
      },
      answer: ({ drafts, length }) =>
        Promise.resolve(
          drafts.map((symbols) => {
            const every = this.wrongEvery(length);
            const isWrong = every > 0 && this.draws++ % every === 0;
            return { symbols: isWrong ? ['?'] : [...symbols], ended: true };
          }),
        ),
      close: () => Promise.resolve(),
    };
    const store = MeasureStore.open(this.folder);
    try {
      const spec = {
        asked: [{ task, template: sequenceTemplate(task.family) }],
        ...{ rendering: {}, sources: {}, repeats: 1, seed: 1, threshold: 0.9 },
        ...command,
      };
      const { gathered } = await measure(spec, localRespondent(model), { store, note, signal });
      return gathered.summary().rows;
    } finally {
      store.close();
    }
  }

  rows(): readonly CellRow[] {
    return readMeasurement(this.folder)[0].summary().rows;
  }

  table(name: string): Record<string, unknown>[] {
    const table = measurementTables.find((one) => one.name === name);
    return [...(table?.rows(this.folder) ?? [])] as Record<string, unknown>[];
  }

  async replayed(): Promise<readonly CellRow[]> {
    const file = path.join(this.folder, 'samples.jsonl');
    writeFileSync(
      file,
      this.table('samples')
        .map((row) => `${JSON.stringify(row)}\n`)
        .join(''),
    );
    const named = (await namedTasks(file, {})) ?? [];
    const files = named.map(({ template, ...one }) => ({ file, ...one, ...(template && { template }) }));
    const { gathered } = await measureRecording(files, { threshold: 0.9 });
    return gathered.summary().rows;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

async function inFolder(
  wrongEvery: (length: number) => number,
  use: (folder: Folder) => Promise<void>,
): Promise<void> {
  const folder = new Folder(wrongEvery);
  try {
    await use(folder);
  } finally {
    folder.remove();
  }
}

/** What is said of a length's interval: to ten digits, since a search adds its evidence up sample by sample. */
function intervalOf({ length, n, low, high, confidence, lookedAgain }: CellRow): object {
  const digits = [low, high, confidence ?? 0.95].map((value) => Number(value.toFixed(10)));
  return { length, n, digits, lookedAgain: lookedAgain === true };
}

const intervals = (rows: readonly CellRow[]): object[] => rows.map(intervalOf);

/** All who read the folder say what its rows say. @returns these */
async function agreed(folder: Folder): Promise<readonly CellRow[]> {
  const rows = folder.rows();
  expect(intervals(folder.table('cells') as unknown as CellRow[])).toEqual(intervals(rows));
  expect(intervals(measurementResults(folder.folder, '').results[0].rows)).toEqual(intervals(rows));
  expect(intervals(await folder.replayed())).toEqual(intervals(rows));
  return rows;
}

describe('a length that was given before a search', () => {
  it('which did not choose it, keeps the exact interval, whoever reads it, and when it is asked again', () =>
    inFolder(
      (length) => (length === 7 ? 50 : 0),
      async (folder) => {
        const first = await folder.ask(given(100, 7));
        expect(first).toMatchObject([{ n: 100, correct: 98, confidence: 0.95, ...exactInterval(98, 100) }]);
        await folder.ask(search(10));
        expect(await folder.ask(given(100, 7))).toEqual(first);
        const rows = await agreed(folder);
        expect(rows.find(({ length }) => length === 7)).toEqual(first[0]);
        expect(rows.map(({ length }) => length)).toEqual([5, 7, 10]);
        const samples = folder.table('samples').filter(({ length }) => length === 7);
        expect(samples[0]).toMatchObject({ searched: false, lookedAgain: false, confidence: 0.95 });
      },
    ));

  it('which chose it, too, has the interval of bets at the level of the search', () =>
    inFolder(
      () => 0,
      async (folder) => {
        await folder.ask(given(100, 10));
        await folder.ask(search(10));
        const { low, high } = anytimeInterval(100, 0, 0.0125);
        const again = { length: 10, n: 100, low, high, confidence: 0.975, lookedAgain: true };
        const expected = intervals([again as CellRow]);
        expect(intervals(await folder.ask(given(100, 10)))).toEqual(expected);
        const rows = await agreed(folder);
        expect(intervals(rows.filter(({ length }) => length === 10))).toEqual(expected);
      },
    ));
});

it('lengths that are given after a search have intervals of bets at 97.5 %, whatever the search spent', () =>
  inFolder(
    (length) => (length > 10 ? 2 : 0),
    async (folder) => {
      await folder.ask(search(20));
      const rows = await folder.ask(given(60, 6, 19));
      const after = { n: 60, confidence: 0.975, lookedAgain: true };
      expect(rows).toMatchObject([
        { length: 6, ...after, ...anytimeInterval(60, 0, 0.0125) },
        { length: 19, ...after, ...anytimeInterval(30, 30, 0.0125) },
      ]);
      const read = await agreed(folder);
      expect(read.filter(({ length }) => length === 6 || length === 19)).toEqual(rows);
      // What the search alone chose is its own: beyond the first length that failed at a stricter level.
      expect(read.find(({ length }) => length === 5)).not.toHaveProperty('lookedAgain');
      expect(read.some(({ confidence = 0 }) => confidence > 0.98)).toBe(true);
      const samples = folder.table('samples').filter(({ length }) => length === 19);
      expect(samples[0]).toMatchObject({ searched: false, lookedAgain: true, confidence: 0.975 });
    },
  ));

it('any commands in any order: what was decided after answers had come is said, and all readers agree', () => {
  const lengths = [4, 5, 7, 10, 15, 17];
  const command = fc.oneof(
    fc.record({
      lengths: fc.subarray(lengths, { minLength: 1, maxLength: 3 }),
      n: fc.constantFrom(30, 60),
      maxLength: fc.constant(20),
    }),
    fc.record({
      lengths: fc.constant(null),
      n: fc.constantFrom(50, 80),
      maxLength: fc.constantFrom(10, 20),
    }),
  );
  const commands = fc.array(command, { minLength: 1, maxLength: 5 });
  return fc.assert(
    fc.asyncProperty(commands, fc.constantFrom(0, 2, 9, 20), fc.constantFrom(4, 9, 16), (all, every, upTo) =>
      inFolder(
        (length) => (length > upTo ? every : 0),
        async (folder) => {
          const numbers = new Map<number, Set<number>>();
          const [chosen, late] = [new Set<number>(), new Set<number>()];
          let searched = false;
          for (const one of all) {
            const live = await folder.ask(one);
            searched ||= one.lengths === null;
            for (const { length } of live) {
              if (one.lengths === null) chosen.add(length);
              else {
                if (searched && !numbers.has(length)) late.add(length);
                numbers.set(length, (numbers.get(length) ?? new Set()).add(one.n));
              }
            }
            const rows = await agreed(folder);
            for (const row of rows) {
              const { length } = row;
              const isGiven = numbers.has(length);
              const again =
                isGiven && ((numbers.get(length)?.size ?? 0) > 1 || chosen.has(length) || late.has(length));
              const { lookedAgain = false, confidence = 0.95 } = row;
              expect([length, lookedAgain, confidence > 0.95]).toEqual([
                length,
                again,
                again || chosen.has(length),
              ]);
            }
            for (const row of live) {
              const read = rows.find(({ length }) => length === row.length) as CellRow;
              // A command counts its own samples; the folder all.
              const { n } = row;
              expect({ ...intervalOf(row), ...(n < read.n ? { digits: [] } : {}) }).toEqual({
                ...intervalOf(read),
                ...(n < read.n ? { n, digits: [] } : {}),
              });
              expect(row.confidence).toBeCloseTo(read.confidence ?? 0.95, 12);
            }
          }
        },
      ),
    ),
    { numRuns: 12 },
  );
}, 120_000);
