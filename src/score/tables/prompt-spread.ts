/** How much the prompt decides: the same samples asked in several ways, by task and length. */
import { canonicalJson } from '../../common/json.ts';
import { nearWhole } from '../near-whole.ts';
import { exactInterval } from '../statistics/index.ts';
import type { Interval } from '../statistics/index.ts';
import type { CellRow, PromptAccuracy, SpreadRow } from './rows.ts';
import type { AskedWith } from './settings.ts';

/** What is needed of one way of asking. */
export interface AskedWay extends AskedWith {
  readonly rows: readonly CellRow[];
}

interface AskedCell {
  readonly row: CellRow;
  readonly prompt: string;
}

/**
 * A row for each task and length at which the model was asked with more than one prompt and the same options. [] where a task was
 * asked so with one prompt twice, or with several prompts under several options: then not only prompts differ.
 */
export function promptSpread(results: readonly AskedWay[]): SpreadRow[] {
  const cells = new Map<string, AskedCell[]>();
  for (const { rows, prompts, settings } of results) {
    for (const row of rows.filter((one) => askedOf(one) > 0)) {
      const key = canonicalJson([row.task, row.length, settings?.[row.task] ?? null]);
      cells.set(key, [...(cells.get(key) ?? []), { row, prompt: prompts[row.task] }]);
    }
  }
  const several = [...cells.values()].filter((ways) => ways.length > 1);
  if (several.some((ways) => new Set(ways.map(({ prompt }) => prompt)).size < ways.length)) return [];
  const named = new Set(several.map(([{ row }]) => JSON.stringify([row.task, row.length])));
  if (named.size < several.length) return [];
  const confidence = 1 - ERROR / several.reduce((sum, ways) => sum + ways.length, 0);
  return several.map((ways) => spreadRow(ways, confidence));
}

/** The chance that any of the intervals by which differences are shown is wrong (Bonferroni). */
const ERROR = 0.05;

function spreadRow(ways: readonly AskedCell[], confidence: number): SpreadRow {
  const found = ways.map(({ row, prompt }) => ({
    accuracy: { prompt, accuracy: row.correct / askedOf(row), n: askedOf(row) } satisfies PromptAccuracy,
    interval: intervalOf(row, confidence),
  }));
  const best = found.reduce((top, one) => (one.accuracy.accuracy > top.accuracy.accuracy ? one : top));
  const worst = found.reduce((low, one) => (one.accuracy.accuracy < low.accuracy.accuracy ? one : low));
  const [{ row }] = ways;
  return {
    task: row.task,
    length: row.length,
    prompts: found.map(({ accuracy }) => accuracy),
    best: best.accuracy,
    worst: worst.accuracy,
    spread: nearWhole(best.accuracy.accuracy - worst.accuracy.accuracy),
    shown: best.interval.low > worst.interval.high,
  };
}

/** Samples about which the model was asked. */
function askedOf({ n, lost = 0 }: CellRow): number {
  return n - lost;
}

/**
 * Where samples were asked once, a number of them that was fixed beforehand, at the level that is wanted; else the row's own, which is
 * wider, since it holds whenever one stops.
 */
function intervalOf(row: CellRow, confidence: number): Interval {
  const { n, correct, lost = 0, answers, lookedAgain, confidence: own = 0.95 } = row;
  if (answers !== undefined || lookedAgain === true || own !== 0.95) return row;
  return {
    low: exactInterval(correct, n, confidence).low,
    high: exactInterval(correct + lost, n, confidence).high,
  };
}
