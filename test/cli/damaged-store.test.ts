/** A store of which a part was overwritten: every command that reads it says so in one line, and writes nothing. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
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
