/** How much the prompt decides: the same samples asked in several ways, by task and length. */
import type { CellRow, SpreadRow } from './rows.ts';

/** What is needed of one way of asking. */
export interface AskedWay {
  readonly rows: readonly CellRow[];
  /** Prompts by task. */
  readonly prompts: Readonly<Record<string, string>>;
}

/**
 * A row for each task and length that was asked with more than one prompt. [] where a task was asked in several ways with
 * one prompt: then it is its sources that differ, and not only prompts.
 */
export function promptSpread(results: readonly AskedWay[]): SpreadRow[] {
  const cells = new Map<string, { readonly row: CellRow; readonly prompt: string }[]>();
  for (const { rows, prompts } of results) {
    for (const row of rows.filter(({ n }) => n > 0)) {
      const key = JSON.stringify([row.task, row.length]);
      cells.set(key, [...(cells.get(key) ?? []), { row, prompt: prompts[row.task] }]);
    }
  }
  const several = [...cells.values()].filter((ways) => ways.length > 1);
  if (several.some((ways) => new Set(ways.map(({ prompt }) => prompt)).size < ways.length)) return [];
  return several.map((ways) => {
    const prompts = ways.map(({ row: { accuracy, n }, prompt }) => ({ prompt, accuracy, n }));
    const best = prompts.reduce((top, one) => (one.accuracy > top.accuracy ? one : top));
    const worst = prompts.reduce((low, one) => (one.accuracy < low.accuracy ? one : low));
    const [{ row }] = ways;
    return {
      task: row.task,
      length: row.length,
      prompts,
      best,
      worst,
      spread: best.accuracy - worst.accuracy,
    };
  });
}
