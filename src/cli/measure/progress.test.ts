import { describe, expect, it } from 'vitest';
import type { Gathered } from '../../measure/gather/gathered.ts';
import { Cell } from '../../score/tables/tally.ts';
import { CellLines, endpointLine, isWorthALine, silentLine } from './progress.ts';

/** A cell of so many samples, of which some are right, each asked so many times. */
function cellOf(length: number, n: number, right: number, times = 1): Cell {
  const cell = new Cell('UR', length);
  for (let i = 0; i < n; i++) {
    for (let repeat = 0; repeat < times; repeat++) {
      const isRight = i < right && repeat === 0;
      cell.add({
        ...{ task: 'UR', length, sourceKey: String(i), promptTokens: null },
        score: {
          ...{ outcome: isRight ? 'right' : 'wrong', exact: isRight, retrieved: isRight, extra: false },
          ...{
            error: isRight ? null : 'other',
            similarity: { symbol: 1, word: 1, character: 1 },
            changed: [],
          },
        },
      });
    }
  }
  return cell;
}

function told() {
  const said: string[] = [];
  const lines = new CellLines({ say: (line) => said.push(line) });
  return { said, lines };
}

const lengths = { limit: () => null, isOver: () => false };

describe('lines of cells', () => {
  it('come once each cell is full, the last length too, and none twice', () => {
    const { said, lines } = told();
    const cells = [cellOf(5, 40, 38)];
    const filled = { gathered: { cells: () => cells, lengths }, planned: { n: 40, repeats: 1 } };
    lines.show(filled);
    cells.push(cellOf(10, 36, 36));
    lines.show(filled);
    expect(said).toEqual(['UR 5: 38 of 40 right']);
    cells[1] = cellOf(10, 40, 37);
    lines.show(filled);
    lines.end(filled);
    expect(said).toEqual(['UR 5: 38 of 40 right', 'UR 10: 37 of 40 right']);
  });

  it('say what is missing of cells that a run leaves open', () => {
    const { said, lines } = told();
    const filled = {
      gathered: { cells: () => [cellOf(5, 40, 38), cellOf(10, 36, 36), cellOf(20, 3, 0)], lengths },
      planned: { n: 40, repeats: 1 },
    };
    lines.show(filled);
    const limit = () => ({ length: 20, why: 'context' }) as const;
    lines.end({ ...filled, gathered: Object.assign(filled.gathered, { lengths: { ...lengths, limit } }) });
    expect(said.slice(1)).toEqual(['UR 10: 36 of 36 right so far (of 40)', 'UR 20: 0 of 3 right']);
  });

  it('wait for the last repeat, and round shares', () => {
    const { said, lines } = told();
    const once = { cells: () => [cellOf(5, 7, 7, 2)], lengths };
    lines.show({ gathered: once, planned: { n: 7, repeats: 3 } });
    expect(said).toEqual([]);
    lines.show({ gathered: { cells: () => [cellOf(5, 7, 7, 3)], lengths }, planned: { n: 7, repeats: 3 } });
    expect(said).toEqual(['UR 5: 2.3 of 7 right']);
  });

  it('of a search come once it is done with a length; where it ends before, they are so far', () => {
    const { said, lines } = told();
    const over = new Set<number>();
    const filled = {
      gathered: {
        cells: () => [cellOf(5, 47, 47), cellOf(10, 3, 3)],
        lengths: { ...lengths, isOver: (_: string, length: number) => over.has(length) },
      },
      planned: null,
    };
    lines.show(filled);
    expect(said).toEqual([]); // the last answers are still to come
    over.add(5);
    lines.show(filled);
    lines.end(filled);
    expect(said).toEqual(['UR 5: 47 of 47 right', 'UR 10: 3 of 3 right so far']);
  });
});

describe('empty answers that were waited for in vain', () => {
  it('are told with how many, from when to when', () => {
    const at = (time: string): number => Date.parse(`2026-03-14T${time}Z`);
    expect(silentLine([{}, {}])).toBe(null);
    expect(
      silentLine(
        [
          { silent: { count: 2, from: at('10:26:05'), to: at('10:28:10') } },
          {},
          { silent: { count: 3, from: at('10:20:00'), to: at('10:22:00') } },
        ],
        'UTC',
      ),
    ).toBe(
      'WARNING: from 2026-03-14 10:20 UTC to 2026-03-14 10:28 UTC the server gave nothing but empty answers, after others that were not: 5 questions have failed for it, and the same command asks them again',
    );
  });
});

describe('the line of progress', () => {
  it('is shown once something has come back, or where counting stored answers takes long', () => {
    const shown = (answered: number, failed: number, seconds: number): boolean =>
      isWorthALine({ answered, failed, startedAt: 0 }, seconds * 1000);
    expect([shown(0, 0, 0.1), shown(1, 0, 0.1), shown(0, 1, 0.1), shown(0, 0, 2)]).toEqual([
      ...[false, true, true, true],
    ]);
  });

  const lineAfter = (seconds: number, answered: number): string =>
    endpointLine({
      ...{ answered, failed: 0, reused: 0, most: 100, startedAt: Date.now() - 1000 * seconds },
      ...{ state: null, planned: null, gathered: { cells: () => [] } as unknown as Gathered },
    });

  it('begins with the time that is left, so that a narrow terminal shows it, once an answer tells', () => {
    expect(lineAfter(10, 50)).toMatch(/^at most 1\d s left: 50 of at most 100 done, 0 failed/);
    expect(lineAfter(10, 0)).toMatch(/^0 of at most 100 done, 0 failed/);
  });
});
