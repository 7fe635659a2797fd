/** A store of which a part was overwritten: every command that reads it says so in one line, and writes nothing. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../src/study/index.ts';
import type { PlannedItem } from '../../src/study/item.ts';
import type { StudyItem } from '../../src/study/rows.ts';
import { studyRows, typical } from '../report-fixture.ts';
import { folder, measured, run, serve } from './measuring.ts';

/** Overwrites every third page, but for the first ones: the file still opens. */
function damage(file: string): void {
  const page = 4096;
  const bytes = readFileSync(file);
  for (let at = 3 * page; at < bytes.length; at += 3 * page) bytes.fill(0xad, at, at + page);
  writeFileSync(file, bytes);
}

const out = folder();
const study = folder();

beforeAll(async () => {
  const { url } = await serve();
  await measured(url, '--task', 'UR', '--lengths', '5,10', '--n', '150', '--out', out);
  damage(path.join(out, 'measure.sqlite'));
  const rows = studyRows(typical);
  const writer = openStore(study);
  const items = rows.items as readonly (StudyItem & PlannedItem)[];
  writer.begin({ name: rows.name, file: rows.file, items }, rows.environments[0], 2);
  for (const item of items) {
    writer.started(item.hash);
    writer.rows(item.hash, item.kind === 'measure' ? [...item.rows, ...item.examples] : item.rows);
    writer.done(item.hash, item.seconds ?? 0);
  }
  writer.ended('done');
  writer.close();
  damage(path.join(study, 'study.sqlite'));
});

describe('a damaged store', () => {
  it.each([
    ['report', out],
    ['export', out],
    ['export', out, '--table', 'asked', '--out', 'asked.csv'],
    ['export', out, '--results', 'results.json'],
    ['compare', out, out],
    ['measure', '--rescore', '--out', out],
  ])('of a measurement is said in one line by %s', async (...argv) => {
    const { code, out: text, err } = await run(argv);
    expect([code, text]).toEqual([2, '']);
    expect(err).toBe(
      `lengthwise: ${out}/measure.sqlite is damaged (SQLite can't read it): sqlite3 ${out}/measure.sqlite .recover may save rows; to ask again, name another folder, or delete this one\n`,
    );
  });

  it.each([
    ['report', study],
    ['export', study, '--table', 'samples', '--out', 'samples.csv'],
    ['compare', study, study],
  ])('of a study is said in one line by %s', async (...argv) => {
    const { code, out: text, err } = await run(argv);
    expect([code, text]).toEqual([2, '']);
    expect(err).toMatch(
      /^lengthwise: the store in \S+ is damaged or no store \(.*\): restore it from a copy, .*\n$/,
    );
  });
});

const whole = folder();

/** A copy of a whole measurement, changed by SQL. */
function changedBy(sql: string): string {
  const copy = folder();
  cpSync(whole, copy, { recursive: true });
  const database = new DatabaseSync(path.join(copy, 'measure.sqlite'));
  database.exec(sql);
  database.close();
  return copy;
}

const COMMANDS: readonly (readonly string[])[] = [
  ['report'],
  ['export'],
  ['compare'],
  ['measure', '--rescore', '--out'],
];

describe('a value that is not what belongs there', () => {
  beforeAll(async () => {
    const { url } = await serve();
    await measured(url, '--task', 'UR', '--lengths', '5', '--n', '20', '--out', whole);
  });

  it.each([
    ["UPDATE answers SET score = '{' WHERE id = 3"],
    ["UPDATE answers SET score = '7' WHERE id = 3"],
    ["UPDATE answers SET source = '{}' WHERE id = 3"],
    ["UPDATE facts SET value = '[{}]' WHERE name = 'sittings'"],
  ])('%s: one line that names the file', async (sql) => {
    const changed = changedBy(sql);
    for (const [command, ...more] of COMMANDS) {
      const argv = command === 'compare' ? [command, whole, changed] : [command, ...more, changed];
      const { code, out: text, err } = await run(argv);
      expect([code, text]).toEqual([2, '']);
      expect(err).toMatch(
        /^lengthwise: \S+measure\.sqlite is damaged \(a value in it can't be read\): .*\n$/,
      );
    }
  });

  it.each([
    ['CREATE TABLE notes (text)'],
    ['CREATE TABLE answers (a)'],
    ['CREATE TABLE facts (name, value)'],
  ])('nor is a database of something else (%s), which nobody writes to', async (sql) => {
    const other = folder();
    const file = path.join(other, 'measure.sqlite');
    const database = new DatabaseSync(file);
    database.exec(sql);
    database.close();
    const before = readFileSync(file);
    const asking = ['measure', 'http://127.0.0.1:1', '--model', 'm', '--task', 'UR', '--out'];
    for (const argv of [
      ['report'],
      ['export'],
      ['compare', whole],
      ['measure', '--rescore', '--out'],
      asking,
    ]) {
      const { code, err } = await run([...argv, other]);
      expect([code, err]).toEqual([
        2,
        expect.stringContaining(`${file} is a database of something else: name another folder`),
      ]);
    }
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});
