/** A replay into a folder that holds one: refused or interrupted, it leaves the folder as it was. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { measureRecording } from '../../src/measure/targets/recording.node.ts';
import { MeasureStore, STORE_FILE } from '../../src/measure/store/store.node.ts';
import { askableNamed } from '../../src/prompt/askable.ts';
import { commandHere } from '../command-here.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-replay-refused-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];

/** Records of UR of a length, of which no two ask the same: the first `right` of them are right. */
function recordsOf(length: number, n: number, right: number, more: object = {}): object[] {
  return Array.from({ length: n }, (_, i) => {
    const source = [...LETTERS.slice(i % 26), ...LETTERS.slice(0, i % 26)].slice(0, length);
    const at = Math.floor(i / 26) % (length - 1);
    const answer = source[at + 1];
    const output = i < right ? answer : source[at];
    return { source: source.join(' '), query: source[at], answer, output, ...more };
  });
}

/** Two files with 100 right answers each, of the model x-1, and a folder of them; all together for one test. */
async function stored(
  name: string,
): Promise<{ files: [string, string]; out: string; replay: (...more: string[]) => Promise<Ended> }> {
  const own = path.join(scratch, name);
  const out = path.join(own, 'out');
  mkdirSync(own);
  const files: [string, string] = [path.join(own, 'A.jsonl'), path.join(own, 'B.jsonl')];
  write(files[0], recordsOf(6, 100, 100, { model: 'x-1' }));
  write(files[1], recordsOf(8, 100, 100, { model: 'x-1' }));
  const replay = (...more: string[]) =>
    commandHere(['replay', ...files, '--task', 'UR', '--out', out, ...more]);
  expect((await replay()).code).toBe(0);
  return { files, out, replay };
}

type Ended = Awaited<ReturnType<typeof commandHere>>;

function write(file: string, records: readonly object[]): void {
  writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

/** Everything that a folder holds. */
function held(out: string): unknown {
  const database = new DatabaseSync(path.join(out, STORE_FILE), { readOnly: true });
  try {
    return ['answers ORDER BY id', 'facts ORDER BY name'].map((of) =>
      database.prepare(`SELECT * FROM ${of}`).all(),
    );
  } finally {
    database.close();
  }
}

const rightOf = async (out: string): Promise<unknown> => {
  const { out: printed } = await commandHere(['export', out, '--table', 'cells', '--json']);
  return printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { length: number; n: number; correct: number })
    .map(({ length, n, correct }) => [length, n, correct]);
};

describe('a replay of several files into a folder that holds them as they were', () => {
  it.each<[string, RegExp, (file: string) => void]>([
    ['the other is of another model', /several models/, () => undefined],
    [
      'the other has no outputs any more',
      /no record that can be read/,
      (file) => write(file, recordsOf(8, 100, 100, { output: undefined })),
    ],
    ['the other is a copy', /the same/, (file) => write(file, recordsOf(6, 60, 0, { model: 'x-2' }))],
    ['the other is gone', /B\.jsonl/, (file) => rmSync(file)],
    ['the other is empty', /is empty/, (file) => writeFileSync(file, '')],
  ])('leaves all as it was where one has changed, and %s', async (what, words, change) => {
    const { files, out, replay } = await stored(what);
    const before = held(out);
    write(files[0], recordsOf(6, 60, 0, { model: 'x-2' }));
    change(files[1]);
    const refused = await replay();
    expect(refused.said).toMatch(words);
    expect(refused.code).toBe(2);
    expect(held(out)).toEqual(before);
    expect(await rightOf(out)).toEqual([
      [6, 100, 100],
      [8, 100, 100],
    ]);
    // Mended, the same command has what is in the files now, and nothing else.
    write(files[1], recordsOf(8, 30, 10, { model: 'x-2' }));
    expect((await replay()).code).toBe(0);
    expect(await rightOf(out)).toEqual([
      [6, 60, 0],
      [8, 30, 10],
    ]);
  });

  it('and so does measure --outputs', async () => {
    const { files, out } = await stored('measure');
    const before = held(out);
    write(files[0], recordsOf(6, 60, 0, { model: 'x-2' }));
    const refused = await commandHere([
      'measure',
      ...files.flatMap((file) => ['--outputs', file]),
      '--task',
      'UR',
      '--out',
      out,
    ]);
    expect(refused.said).toMatch(/several models/);
    expect([refused.code, held(out)]).toEqual([2, before]);
  });
});

it('a new folder of a replay that was refused is none of a measurement, and the same command makes it one', async () => {
  const [one, other] = ['one', 'other'].map((name) => path.join(scratch, `${name}.jsonl`));
  write(one, recordsOf(6, 60, 60, { model: 'x-1' }));
  write(other, recordsOf(8, 60, 60, { model: 'x-2' }));
  const out = path.join(scratch, 'new');
  const replay = () => commandHere(['replay', one, other, '--task', 'UR', '--out', out]);
  expect((await replay()).code).toBe(2);
  const report = await commandHere(['report', out]);
  expect([report.code, report.said]).toEqual([2, expect.stringMatching(/the same command goes on/)]);
  write(other, recordsOf(8, 60, 60, { model: 'x-1' }));
  expect((await replay()).code).toBe(0);
  expect(await rightOf(out)).toEqual([
    [6, 60, 60],
    [8, 60, 60],
  ]);
});

describe('a replay that is killed', () => {
  /** The folder as a kill would leave it each time that rows were written: its files are copied then. */
  class Killed {
    readonly folders: string[] = [];
    readonly store: MeasureStore;

    constructor(out: string) {
      this.store = MeasureStore.open(out);
      const putAll = this.store.putAll.bind(this.store);
      this.store.putAll = (rows) => {
        putAll(rows);
        const copy = mkdtempSync(path.join(scratch, 'killed-'));
        for (const name of readdirSync(out).filter((file) => file.startsWith(STORE_FILE)))
          if (!name.endsWith('-shm')) cpSync(path.join(out, name), path.join(copy, name));
        this.folders.push(copy);
      };
    }
  }

  it.each([1, 2])('leaves the folder as it was, whenever that was, of %i files', async (many) => {
    const { files, out } = await stored(`killed ${many}`);
    const before = held(out);
    write(files[0], recordsOf(6, 100, 0, { model: 'x-1' }));
    write(files[1], recordsOf(8, 100, 0, { model: 'x-1' }));
    const killed = new Killed(out);
    const recorded = files.slice(0, many).map((file) => ({ file, task: askableNamed('UR') }));
    await measureRecording(recorded, { threshold: 0.9, store: killed.store });
    killed.store.close();
    expect(killed.folders).toHaveLength(many);
    for (const left of killed.folders) expect(held(left)).toEqual(before);
    expect(held(out)).not.toEqual(before);
  });
});
