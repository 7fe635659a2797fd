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

describe('--at-least, where most contradict in a part of the records only', () => {
  const other =
    'so those are records of another task: write the records of each task to a file of its own, and name its task with --task';
  const notShown = (length: number, said: string): string =>
    `UR: a horizon of at least ${length} is not shown: ${said}, ${other}\n`;
  /** Look-ups answered right: the right neighbour, or the left one. */
  const lookUps = (length: number, n: number, step: 1 | -1): string[] =>
    Array.from({ length: n }, (_, i) => {
      const source = Array.from({ length }, (_, k) => SYMBOLS[(i + k) % SYMBOLS.length]);
      const answer = source[3 + step];
      return JSON.stringify({ source, query: source[3], answer, output: answer });
    });
  const fileOf = (name: string, ...lines: readonly string[][]): string => {
    writeFileSync(at(name), `${lines.flat().join('\n')}\n`);
    return at(name);
  };

  it('is not shown beyond a length at which most do', async () => {
    const file = fileOf('lengths.jsonl', lookUps(5, 40, 1), lookUps(20, 38, -1));
    const folder = at('lengths');
    const said = '38 of 78 recorded right answers contradict the oracle of UR, 38 of 38 at length 20';
    for (const [length, status] of [
      [5, 0],
      [20, 4],
    ]) {
      const replayed = ['replay', file, '--task', 'UR', '--at-least', `UR=${length}`];
      const { code, err, out } = await run([...replayed, '--out', folder]);
      expect([code, err.includes(notShown(length, said))]).toEqual([status, status === 4]);
      expect(out).toContain(`  38 of 38 at length 20, ${other}\n`);
    }
    const rescored = await run(['measure', '--rescore', '--out', folder, '--at-least', 'UR=20']);
    expect([rescored.code, rescored.err]).toEqual([4, expect.stringContaining(notShown(20, said))]);
    const { report, horizons } = JSON.parse(
      (await run(['report', folder, '--json'])).out,
    ) as MeasurementResult;
    expect(horizons).toMatchObject([
      { length: 20, contradicting: { parts: [{ length: 20, records: 38, of: 38 }] } },
    ]);
    const { document } = parseHTML(readFileSync(report ?? '', 'utf8'));
    expect(document.querySelector('.lead')?.textContent).toContain(
      '(records of another task than UR: see below)',
    );
  });

  it('is not shown by a file, or by a length of a file, in which most do', async () => {
    const right = fileOf('right.jsonl', lookUps(5, 40, 1));
    const left = fileOf('other.jsonl', lookUps(5, 38, -1));
    const mixed = fileOf('both.jsonl', lookUps(5, 39, 1), lookUps(20, 38, -1));
    const more = fileOf('more.jsonl', lookUps(20, 39, 1));
    const gate = ['--task', 'UR', '--at-least'];
    const byFile = await run(['replay', right, left, ...gate, 'UR=5']);
    const head = 'recorded right answers contradict the oracle of UR';
    expect([byFile.code, byFile.err]).toEqual([
      4,
      expect.stringContaining(notShown(5, `38 of 78 ${head}, 38 of 38 in ${left}`)),
    ]);
    const byLength = await run(['replay', mixed, more, ...gate, 'UR=20']);
    expect([byLength.code, byLength.err]).toEqual([
      4,
      expect.stringContaining(notShown(20, `38 of 116 ${head}, 38 of 38 at length 20 in ${mixed}`)),
    ]);
  });
});

describe('one record that contradicts', () => {
  const record = (first: number, step: 1 | -1): string => {
    const source = Array.from({ length: 5 }, (_, k) => SYMBOLS[(first + k) % SYMBOLS.length]);
    const answer = source[3 + step];
    return `${JSON.stringify({ source, query: source[3], answer, output: answer })}\n`;
  };
  const TOO_FEW =
    'too few to tell wrong right answers from records of another task (--task); accuracy is by the recorded ones';
  const file = at('single.jsonl');
  const others = at('others.jsonl');

  beforeAll(() => {
    writeFileSync(file, record(0, -1));
    writeFileSync(others, Array.from({ length: 39 }, (_, i) => record(i + 1, 1)).join(''));
  });

  it('says nothing of the task, alone', async () => {
    const out = folder();
    const replayed = await run(['replay', file, '--task', 'UR', '--out', out]);
    expect(replayed.out + replayed.err).toContain(`\n  ${TOO_FEW}\n`);
    const { err } = await run(['report', out, '--json']);
    expect(err).toBe(`the recorded right answer contradicts the oracle of UR, ${TOO_FEW}\n`);
  });

  it('keeps no horizon from being shown, beside many that do not', async () => {
    const gate = ['--task', 'UR', '--at-least', 'UR=5'];
    const { code, out } = await run(['replay', others, file, ...gate]);
    expect([code, out]).toEqual([0, expect.stringContaining(TOO_FEW) as string]);
    expect(out).not.toContain('another task:');
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
