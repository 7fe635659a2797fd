/** Recordings whose right answers contradict the oracle of the task that was named: whoever reads them says so. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import type { MeasureReportInput } from '../../src/measure/store/rows.ts';
import type { MeasurementResult } from '../../src/measure/result.ts';
import { folder, run } from './measuring.ts';

const scratch = folder();
const at = (name: string) => path.join(scratch, name);

const SYMBOLS = [...'abcdefghijklmnopqrstuvwxyz0123456789ABCD'];

/** A look-up of the left neighbour in every record, answered right; of the first ones of the right neighbour. */
function records(rightward: number): string {
  const lines = SYMBOLS.map((_, i) => {
    const source = Array.from({ length: 10 }, (_, k) => SYMBOLS[(i + k) % SYMBOLS.length]);
    const answer = i < rightward ? source[6] : source[4];
    return JSON.stringify({ source, query: source[5], answer, output: answer });
  });
  return `${lines.join('\n')}\n`;
}

const MOST =
  '40 of 40 recorded right answers contradict the oracle of UR, so these are records of another task: name theirs with --task';
const FEW = '3 of 40 recorded right answers contradict the oracle of UL; accuracy is by the recorded ones';

beforeAll(async () => {
  writeFileSync(at('left.jsonl'), records(0));
  writeFileSync(at('mixed.jsonl'), records(3));
  for (const [file, task, out] of [
    ['left.jsonl', 'UR', 'most'],
    ['mixed.jsonl', 'UL', 'few'],
    ['left.jsonl', 'UL', 'none'],
  ]) {
    const { code } = await run(['replay', at(file), '--task', task, '--out', at(out)]);
    expect(code).toBe(0);
  }
}, 60_000);

describe.each([
  ['most', 'UR', 40, MOST],
  ['few', 'UL', 3, FEW],
])('of a folder in which %s contradict', (name, task, contradicting, line) => {
  const whole = { task, contradicting: { records: contradicting, of: 40 } };

  it('report says it: on the page, in JSON and beside', async () => {
    const { out, err } = await run(['report', at(name), '--json']);
    const { rows, horizons, report } = JSON.parse(out) as MeasurementResult;
    expect([rows, horizons]).toMatchObject([[{ task, length: 10, contradicting }], [whole]]);
    expect(err).toBe(`${line}\n`);
    const { document } = parseHTML(readFileSync(report ?? '', 'utf8'));
    expect(document.querySelector('#contradictions')?.textContent).toContain(line);
    const lead = document.querySelector('.lead')?.textContent ?? '';
    expect(lead.includes('(records of another task than UR: see below)')).toBe(name === 'most');
  });

  it('export says it: in cells, in horizons, in results and beside', async () => {
    for (const [table, value] of [
      ['cells', contradicting],
      ['horizons', whole.contradicting],
    ] as const) {
      const { out, err } = await run(['export', at(name), '--table', table, '--json']);
      expect([JSON.parse(out), err]).toEqual([
        expect.objectContaining({ contradicting: value }),
        `${line}\n`,
      ]);
    }
    const { err } = await run(['export', at(name), '--results', at(`${name}.json`)]);
    expect(err).toBe(`${line}\n`);
  });

  it('--rescore says it', async () => {
    const { err, code } = await run(['measure', '--rescore', '--out', at(name)]);
    expect([err, code]).toEqual([expect.stringContaining(`${line}\n`), 0]);
  });

  it('compare says it, of folders and of files of results', async () => {
    await run(['export', at(name), '--results', at(`${name}.json`)]);
    for (const [given, args] of [
      [at(name), []],
      [at(`${name}.json`), ['--threshold', '0.8']],
    ] as const) {
      const page = at('compared.html');
      const { out } = await run(['compare', at('none'), given, ...args, '--out', page, '--json']);
      const { notes } = JSON.parse(out) as MeasureReportInput;
      expect(notes.filter((note) => note.endsWith(`: ${line}.`))).toHaveLength(1);
      expect(readFileSync(page, 'utf8')).toContain(line);
    }
  });
});

describe('--at-least', () => {
  it('is not shown by records of another task, and the test case says why', async () => {
    const gate = ['--at-least', 'UR=10', '--junit', at('most.xml')];
    const shown = `UR: a horizon of at least 10 is not shown: ${MOST}`;
    for (const argv of [
      ['replay', at('left.jsonl'), '--task', 'UR'],
      ['measure', '--rescore', '--out', at('most')],
    ]) {
      const { code, err } = await run([...argv, ...gate]);
      expect([code, err]).toEqual([4, expect.stringContaining(`${shown}\n`)]);
      const xml = readFileSync(at('most.xml'), 'utf8');
      expect(xml).toContain(`<failure message="${shown}">`);
      expect(xml).toMatch(/<system-out>[^<]*40 of 40 recorded right answers contradict the oracle of UR/);
    }
  });

  it('is shown where few contradict, and the test case says how many', async () => {
    const gate = ['--at-least', 'UL=10', '--junit', at('few.xml')];
    const { code } = await run(['replay', at('mixed.jsonl'), '--task', 'UL', ...gate]);
    expect(code).toBe(0);
    const xml = readFileSync(at('few.xml'), 'utf8');
    expect(xml).not.toContain('<failure');
    expect(xml).toContain(FEW);
  });
});

it('nothing is said where nothing contradicts, and what states no right answer does not count', async () => {
  const { out, err } = await run(['report', at('none'), '--json']);
  expect([out.includes('contradicting'), err]).toEqual([false, '']);
  const stated = records(0).trim().split('\n');
  const bare = stated.map((line, i) => {
    const { answer, ...others } = JSON.parse(line) as { answer: string };
    return JSON.stringify(i < 3 ? { ...others, answer } : others);
  });
  writeFileSync(at('bare.jsonl'), `${bare.join('\n')}\n`);
  const bareOut = await run(['replay', at('bare.jsonl'), '--task', 'UR', '--json']);
  const { horizons } = JSON.parse(bareOut.out) as MeasurementResult;
  expect(horizons).toMatchObject([{ contradicting: { records: 3, of: 3 } }]);
});
