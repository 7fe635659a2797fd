import { mkdtempSync, readdirSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { DiskFullError } from '../../common/errors.ts';
import { BrokenScore, readFault } from './damage.ts';
import { MeasureStore, STORE_FILE } from './store.node.ts';
import type { StoredRow } from './row-store.ts';

const row: StoredRow = {
  key: 'new',
  task: 'UR',
  length: 2,
  index: 1,
  repeat: 0,
  source: ['a', 'b'],
  query: 'a',
  answer: ['b'],
  prompt: ' a b | a:',
  system: null,
  way: 'asked so',
  output: {
    text: ' b',
    thoughts: 'hm',
    refusal: null,
    finishReason: 'stop',
    promptTokens: 5,
    completionTokens: 1,
    tokenLimit: 9,
    promptIds: [1, 260, 287, 891, 264],
    outputIds: [287],
    latencyMs: 12.5,
    attempts: 1,
    error: null,
    failure: null,
  },
  score: null,
  scoring: '',
};

it('keeps rows as they are, token ids and all', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-store-'));
  const store = MeasureStore.open(folder);
  store.putAll([row]);
  expect(store.sentAs('new')).toMatchObject([row]);
  store.close();
});

const forced = {
  ...{ tokens: [5], best: [5, 9], bestTexts: [' b', '\n'], ends: true },
  ...{ bestLogProbabilities: [-0.1, -0.2], logProbabilities: [-0.1, -0.2] },
};

it('keeps what was read of forced answers, in a store of version 4 as well', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-store-'));
  const first = MeasureStore.open(folder);
  first.putAll([row]);
  first.close();
  const database = new DatabaseSync(path.join(folder, STORE_FILE));
  database.exec(
    "ALTER TABLE answers DROP COLUMN forced; UPDATE facts SET value = '4' WHERE name = 'version'",
  );
  database.close();
  const read = MeasureStore.read(folder);
  expect(read.sentAs('new')[0].output).toEqual(row.output);
  read.close();
  const store = MeasureStore.open(folder);
  const other = { ...row, key: 'forced', output: { ...row.output, text: null, forced } };
  store.putAll([other]);
  expect([store.sentAs('new'), store.sentAs('forced')]).toMatchObject([[row], [other]]);
  store.close();
});

it.each([
  ['form', 'status 401: Token has expired', 'access'],
  ['form', 'status 402: can only afford 20 tokens', 'access'],
  ['content', 'status 403: Invalid access token.', 'access'],
  ['content', 'status 403: Forbidden', 'access'],
  ['content', 'status 403: Your input was flagged', 'content'],
  ['form', 'status 400: no such field', 'form'],
] as const)('reads a refused key out of older stores: %s, %s', (failure, error, now) => {
  const store = MeasureStore.open(mkdtempSync(path.join(tmpdir(), 'lengthwise-store-')));
  store.putAll([{ ...row, output: { ...row.output, text: null, error, failure } }]);
  expect(store.sentAs('new')[0].output.failure).toBe(now);
  store.close();
});

it('goes on with a store of version 1, which had no token ids', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-store-'));
  const old = new DatabaseSync(path.join(folder, STORE_FILE));
  old.exec(`
    CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    INSERT INTO facts VALUES ('version', '1');
    CREATE TABLE answers (
      id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, task TEXT NOT NULL, length INTEGER NOT NULL, idx INTEGER NOT NULL, repeat INTEGER NOT NULL,
      source TEXT NOT NULL, query TEXT, answer TEXT NOT NULL, prompt TEXT NOT NULL, system TEXT,
      output TEXT, finish_reason TEXT, prompt_tokens INTEGER, completion_tokens INTEGER, latency_ms REAL,
      attempts INTEGER NOT NULL, error TEXT, verdict TEXT
    ) STRICT;
    INSERT INTO answers VALUES (NULL, 'old', 'UR', 2, 0, 0, '["a","b"]', 'a', '["b"]', 'p', NULL, ' b', 'stop', 5, 1, 1.5, 1, NULL, NULL);
  `);
  old.close();
  const readOnly = MeasureStore.read(folder);
  expect([...readOnly.rows()]).toMatchObject([
    { key: 'old', scoring: '', output: { text: ' b', promptIds: null, thoughts: null, error: null } },
  ]);
  readOnly.close();
  const store = MeasureStore.open(folder);
  store.putAll([row]);
  expect([...store.rows()].map(({ key, output }) => [key, output.promptIds])).toEqual([
    ['old', null],
    ['new', row.output.promptIds],
  ]);
  expect([...store.rows()].map(({ place, way }) => [place, way])).toEqual([
    [1, ''],
    [2, 'asked so'],
  ]);
  store.putAll([{ ...row, key: 'old' }]); // the same question, asked in a way that has a name
  expect(store.sentAs('old').map(({ way }) => way)).toEqual(['', 'asked so']);
  store.close();
  expect(MeasureStore.read(folder).size).toBe(3);
});

it('has a row for each way in which a question was asked, and one in each: its newest', () => {
  const store = MeasureStore.open(mkdtempSync(path.join(tmpdir(), 'lengthwise-store-')));
  const other = { ...row, way: 'otherwise', answer: ['a'] };
  store.putAll([row, other]);
  store.putAll([{ ...other, output: { ...other.output, text: ' a' } }]);
  const score = { outcome: 'right', similarity: {} } as NonNullable<StoredRow['score']>;
  store.rescore([{ key: 'new', way: 'otherwise', score, scoring: 'now' }]);
  expect(
    store.sentAs('new').map(({ way, answer, output, scoring }) => [way, answer, output.text, scoring]),
  ).toEqual([
    ['asked so', ['b'], ' b', ''],
    ['otherwise', ['a'], ' a', 'now'],
  ]);
  expect([store.size, store.askedOf('UR')]).toEqual([2, 1]);
  expect([store.counts('UR'), store.counts('UR', 'asked so')]).toEqual([[{ length: 2, n: 1, right: 1 }], []]);
  store.close();
});

it('counts nothing as taken for a row that has what came back in another way', () => {
  const store = MeasureStore.open(mkdtempSync(path.join(tmpdir(), 'lengthwise-store-')));
  store.putAll([row, { ...row, way: 'otherwise', output: { ...row.output, attempts: 0 } }]);
  expect(store.takenByRows(0, Infinity, true)).toEqual({ requests: 1, promptTokens: 5, completionTokens: 1 });
  store.close();
});

it('after rows that could not be kept nothing half-written stays, and the next are kept', () => {
  const store = MeasureStore.open(mkdtempSync(path.join(tmpdir(), 'lengthwise-store-')));
  const broken = { ...row, key: 'broken', length: {} as unknown as number };
  expect(() => store.putAll([row, broken])).toThrow(/^cannot write to .*; what was kept before is whole$/);
  expect(store.size).toBe(0);
  store.putAll([row]);
  expect(store.size).toBe(1);
  store.close();
});

it('makes answers failed questions together with why, or not at all, and so those that are still on their way', () => {
  const store = MeasureStore.open(mkdtempSync(path.join(tmpdir(), 'lengthwise-store-')));
  store.putAll([row]);
  const errors = () => [...store.rows()].map(({ key, output: { error } }) => [key, error]);
  const broken = () => {
    store.setFact('who', 'it');
    throw new Error('no room for that');
  };
  expect(() => store.failAnswers('from another', broken)).toThrow('no room for that');
  store.putAll([{ ...row, key: 'second', index: 2 }]);
  expect([errors(), store.fact('who')]).toEqual([
    [
      ['new', null],
      ['second', null],
    ],
    undefined,
  ]);
  store.failAnswers('from another', () => store.setFact('who', 'it'));
  store.putAll([{ ...row, key: 'third', index: 3 }]);
  expect([store.holdsAnswers, store.fact('who')]).toEqual([false, 'it']);
  store.countAnswers();
  store.putAll([{ ...row, key: 'fourth', index: 4 }]);
  expect(errors()).toEqual([
    ['new', 'from another'],
    ['second', 'from another'],
    ['third', 'from another'],
    ['fourth', null],
  ]);
  store.close();
});

it('a full disk is nobody’s mistake, and said in one line', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-store-'));
  const store = MeasureStore.open(folder);
  // As many pages as there are: the next one is SQLITE_FULL, as on a full disk.
  (store as unknown as { database: DatabaseSync }).database.exec('PRAGMA max_page_count = 1');
  const long = { ...row, prompt: 'x'.repeat(1_000_000) };
  expect(() => store.putAll([long])).toThrow(DiskFullError);
  expect(() => store.setFact('long', long)).toThrow(/^the disk that holds .* is full/);
  expect(store.size).toBe(0);
  store.close();
});

it('counts the rows of one way by length', () => {
  const store = MeasureStore.open(mkdtempSync(path.join(tmpdir(), 'lengthwise-store-')));
  const score = { outcome: 'right' } as NonNullable<StoredRow['score']>;
  const wrong = { ...score, outcome: 'wrong' } as const;
  store.putAll([
    { ...row, key: '1', length: 30, score: wrong },
    { ...row, key: '2', length: 5, score },
    { ...row, key: '3', length: 5, score: wrong },
    { ...row, key: '4', length: 5, score, way: 'otherwise' },
  ]);
  expect(store.counts('UR', 'asked so')).toEqual([
    { length: 5, n: 2, right: 1 },
    { length: 30, n: 1, right: 0 },
  ]);
  store.close();
});

/** Files of a folder that this process has open. */
function openIn(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const file = readlinkSync(`/proc/self/fd/${fd}`);
      return file.startsWith(folder) ? [file] : [];
    } catch {
      return []; // closed meanwhile
    }
  });
}

it.skipIf(process.platform !== 'linux').each([
  ['of something else', 'CREATE TABLE notes (text)', 'a database of something else'],
  [
    'of a newer lengthwise',
    "CREATE TABLE facts (name, value); CREATE TABLE answers (id, key, task, length, idx, source, answer, output); INSERT INTO facts VALUES ('version', '99')",
    'a newer lengthwise',
  ],
])('a file %s is said to be so, and not kept open', (_, sql, says) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-store-'));
  const database = new DatabaseSync(path.join(folder, STORE_FILE));
  database.exec(sql);
  database.close();
  expect(() => MeasureStore.open(folder)).toThrow(says);
  expect(() => MeasureStore.read(folder)).toThrow(says);
  expect(openIn(folder)).toEqual([]);
});

it('the way out of a score that can’t be read is a command that can be copied, whatever the folder is called', () => {
  expect(String(readFault(new BrokenScore(), 'my runs/measure.sqlite'))).toContain("--out 'my runs' scores");
});
