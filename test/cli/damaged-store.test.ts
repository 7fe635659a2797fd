/** A store of which a part was overwritten: every command that reads it says so in one line, and writes nothing. */
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../src/study/index.ts';
import type { PlannedItem } from '../../src/study/item.ts';
import type { StudyItem } from '../../src/study/rows.ts';
import { studyRows, typical } from '../report-fixture.ts';
import { folder, measureArgv, measured, rowsIn, run, serve } from './measuring.ts';

/** Overwrites every third page, but for the first ones: the file still opens. */
function damage(file: string): void {
  const page = 4096;
  const bytes = readFileSync(file);
  for (let at = 3 * page; at < bytes.length; at += 3 * page) bytes.fill(0xad, at, at + page);
  writeFileSync(file, bytes);
}

const out = folder();
const study = folder();
const wholeStudy = folder();

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
  cpSync(study, wholeStudy, { recursive: true });
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
      `lengthwise: ${out}/measure.sqlite is damaged (database disk image is malformed): sqlite3 ${out}/measure.sqlite .recover may save rows; to start again, name another folder, or delete this one\n`,
    );
  });

  it('of a measurement is said where it would go on, and where it stands in the way', async () => {
    const { url } = await serve();
    const said = `lengthwise: ${out}/measure.sqlite is damaged (database disk image is malformed): `;
    const asking = ['--task', 'UR', '--lengths', '5,10', '--n', '150', '--out', out];
    const resumed = await run(measureArgv(url, ...asking));
    expect([resumed.code, resumed.out]).toEqual([2, '']);
    expect(resumed.err.trimEnd().split('\n').at(-1)).toContain(said);
  });

  it.each([
    ['report', study],
    ['export', study, '--table', 'samples', '--out', 'samples.csv'],
    ['compare', study, study],
  ])('of a study is said in one line by %s', async (...argv) => {
    const { code, out: text, err } = await run(argv);
    expect([code, text]).toEqual([2, '']);
    expect(err).toMatch(
      /^lengthwise: \S+\/study\.sqlite is damaged \(.*\): sqlite3 .*; to start again, name another folder, .*\n$/,
    );
  });
});

describe('the file of a store that', () => {
  const cases = ['is empty', 'is cut', 'is a folder', 'has a lock that is none'] as const;
  const damaged = (how: (typeof cases)[number], from: string, name: string, lock: string): string => {
    const copy = folder();
    cpSync(from, copy, { recursive: true });
    const file = path.join(copy, name);
    if (how === 'is empty') truncateSync(file, 0);
    if (how === 'is cut') truncateSync(file, statSync(file).size - 1);
    if (how === 'is a folder') {
      rmSync(file);
      mkdirSync(file);
    }
    if (how === 'has a lock that is none') writeFileSync(path.join(copy, lock), 'garbage'.repeat(200));
    return copy;
  };
  const SAID: Readonly<Record<(typeof cases)[number], RegExp>> = {
    'is empty': /\.sqlite is empty \(0 bytes\): put a copy of it back; to start again, name another folder/,
    'is cut':
      /\.sqlite is damaged \(its end is missing\): sqlite3 \S+ \.recover may save rows; to start again/,
    'is a folder': /\.sqlite is a folder, where the file of a store is expected: remove it, or name another/,
    'has a lock that is none':
      /lock(\.sqlite)? is no lock of lengthwise \(.*\): no rows are in it; delete it and/,
  };
  const recording = path.join(folder(), 'recorded.jsonl');
  const studyFile = path.join(folder(), 'study.yaml');
  const asked = ['--task', 'UR', '--lengths', '5', '--n', '5'];
  const small = folder();
  let url = '';

  beforeAll(async () => {
    writeFileSync(recording, `${JSON.stringify({ input: 'abcde|c', target: 'b', full_output: 'b' })}\n`);
    writeFileSync(studyFile, 'name: mine\ntasks: [UR]\nmodels: [ape]\nmeasure: { lengths: [10] }\n');
    ({ url } = await serve());
    await measured(url, ...asked, '--out', small);
  });

  it.each(cases)('%s is named with the way out by all that open it, and stays as it is', async (how) => {
    const copy = damaged(how, small, 'measure.sqlite', 'lock.sqlite');
    const before = contents(copy);
    const readers = [
      ['report', copy],
      ['export', copy],
      ['compare', small, copy],
    ];
    const writers = [
      measureArgv(url, ...asked, '--out', copy),
      ['measure', '--rescore', '--out', copy],
      ['replay', recording, '--task', 'UL', '--out', copy],
    ];
    const isLock = how === 'has a lock that is none';
    for (const argv of isLock ? writers : [...readers, ...writers]) {
      const { code, err } = await run(argv);
      expect([argv, code, err]).toEqual([argv, 2, expect.stringMatching(SAID[how])]);
    }
    expect(contents(copy)).toEqual(before);
  });

  it.each(cases)('%s is named with the way out: of a study', async (how) => {
    const copy = damaged(how, wholeStudy, 'study.sqlite', 'study.lock');
    const before = contents(copy);
    const readers = [
      ['report', copy],
      ['export', copy, '--table', 'items'],
      ['compare', copy, small],
      ['study', 'status', copy],
    ];
    const writers = [['study', 'run', studyFile, '--out', copy]];
    const isLock = how === 'has a lock that is none';
    for (const argv of isLock ? writers : [...readers, ...writers]) {
      const { code, err } = await run(argv);
      expect([argv, code, err]).toEqual([argv, 2, expect.stringMatching(SAID[how])]);
    }
    expect(contents(copy)).toEqual(before);
  });
});

/** Of the files in a folder, by name; of folders null. */
function contents(of: string): Record<string, string | null> {
  const entries = readdirSync(of, { withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => [
      entry.name,
      entry.isDirectory() ? null : readFileSync(path.join(of, entry.name), 'base64'),
    ]),
  );
}

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
  const asking = ['--task', 'UR', '--lengths', '5', '--n', '20'];
  let url = '';

  beforeAll(async () => {
    ({ url } = await serve());
    await measured(url, ...asking, '--out', whole);
  });

  it.each([
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

  it.each(['{', '7', '{}', 'null'])(
    'a score of %s: scored again by --rescore, which trusts none',
    async (score) => {
      const changed = changedBy(`UPDATE answers SET score = '${score}' WHERE id = 3`);
      for (const argv of [
        ['report', changed],
        ['export', changed],
        ['compare', whole, changed],
      ]) {
        const { code, out: text, err } = await run(argv);
        expect([code, text]).toEqual([2, '']);
        expect(err).toBe(
          `lengthwise: ${changed}/measure.sqlite is damaged (a score in it can't be read): lengthwise measure --rescore --out ${changed} scores its outputs again\n`,
        );
      }
      const rescored = await run(['measure', '--rescore', '--out', changed, '--json']);
      expect([rescored.code, rowsIn(changed)]).toEqual([0, rowsIn(whole)]);
      expect((await run(['report', changed])).code).toBe(0);
    },
  );

  it.each(['XX', 'UL'])(
    'a row of the task %s, which was not asked: one line, wherever it is read',
    async (task) => {
      const changed = changedBy(`UPDATE answers SET task = '${task}' WHERE id = 3`);
      const readers = COMMANDS.map(([command, ...more]) =>
        command === 'compare' ? [command, whole, changed] : [command, ...more, changed],
      );
      for (const argv of [...readers, measureArgv(url, ...asking, '--out', changed)]) {
        const { code, out: text, err } = await run(argv);
        expect([argv, code, text]).toEqual([argv, 2, '']);
        expect(err.trimEnd().split('\n').at(-1)).toContain(
          `measure.sqlite is damaged (a row in it is of the task '${task}', which no run in it has asked so): `,
        );
      }
    },
  );

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
