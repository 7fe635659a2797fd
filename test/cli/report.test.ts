import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/index.ts';
import { openStore, readStudy } from '../../src/study/index.ts';
import type { PlannedItem } from '../../src/study/item.ts';
import type { ReportInput, StudyItem } from '../../src/study/rows.ts';
import { commandHere } from '../command-here.ts';
import { studyRows, typical } from '../report-fixture.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-report-'));
const folder = path.join(scratch, 'study');
afterAll(() => rmSync(scratch, { recursive: true }));

/** The folder that a run would have left which was stopped when the first `done` items were done. */
function store(rows: ReportInput, done: number): void {
  const writer = openStore(folder);
  const items = rows.items as readonly (StudyItem & PlannedItem)[];
  writer.begin({ name: rows.name, file: rows.file, items }, rows.environments[0], 2);
  for (const item of items.slice(0, done)) {
    writer.started(item.hash);
    writer.rows(item.hash, item.kind === 'measure' ? [...item.rows, ...item.examples] : item.rows);
    writer.done(item.hash, item.seconds ?? 0);
  }
  writer.failed(items[done].hash, 'the worker was killed by the system', 1);
  writer.ended('failed');
  writer.close();
}

const report = (...args: string[]) => commandHere(['report', ...args]);

describe('lengthwise report', () => {
  beforeAll(() => store(studyRows(typical), 20));

  it('writes one HTML file into the folder of the study, and nothing else', async () => {
    const others = () => readdirSync(folder).filter((name) => !name.startsWith('study.sqlite'));
    const before = others();
    const { out, said, code } = await report(folder);
    expect([out, said, code]).toEqual([`report: ${folder}/report.html\n`, '', 0]);
    expect(others().sort()).toEqual([...before, 'report.html'].sort());
    const text = readFileSync(path.join(folder, 'report.html'), 'utf8');
    expect(text).toBe(renderReport(readStudy(folder)));
    expect(text).toContain('the worker was killed by the system');
  });

  it('writes the same file again, over the old one', async () => {
    const file = path.join(folder, 'report.html');
    const first = readFileSync(file, 'utf8');
    writeFileSync(file, 'old');
    expect((await report(folder)).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(first);
  });

  it('says with --json where it is and what is in it', async () => {
    const file = path.join(scratch, 'elsewhere.html');
    const { out, code } = await report(folder, '--out', file, '--json');
    expect(code).toBe(0);
    const { rows, ...said } = JSON.parse(out) as { rows: { task: string; horizons: unknown[] }[] };
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.some(({ horizons }) => horizons.length > 0)).toBe(true);
    expect(said).toEqual({
      name: 'quick',
      folder,
      report: file,
      items: 52,
      done: 20,
      failed: 1,
      pending: 31,
      disagreements: 0,
      fixes: [],
      finetuned: [],
    });
    expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>/);
  });

  it.each([
    [
      'a folder that is not there',
      () => [path.join(scratch, 'nowhere')],
      /there is no folder .*nowhere: lengthwise measure .*study run FILE/,
    ],
    [
      'a folder of something else',
      () => [scratch],
      /holds neither a measurement nor a study: lengthwise measure .*study run FILE/,
    ],
    [
      'a file',
      () => [path.join(import.meta.dirname, 'report.test.ts')],
      /report\.test\.ts is a file, not a folder: name the folder of a measurement or a study$/m,
    ],
    [
      'a folder for the file that is not there',
      () => [folder, '--out', path.join(scratch, 'no', 'r.html')],
      /cannot write .*r\.html.*its folder does not exist/,
    ],
    ['a folder in the place of the file', () => [folder, '--out', taken()], /cannot write .*it is a folder/],
    ['no folder', () => [], /missing required argument 'dir'/],
  ])('refuses %s in one line', async (_, args, message) => {
    const { out, said, code } = await report(...args());
    expect(said).toMatch(message);
    expect([out, code]).toEqual(['', 2]);
    expect(readdirSync(scratch).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

function taken(): string {
  const place = path.join(scratch, 'taken');
  mkdirSync(place, { recursive: true });
  return place;
}
