/** Several measurements beside each other: several models, or the same model on two days. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../common/errors.ts';
import { MeasureStore, STORE_FILE } from './asking/store.node.ts';
import { holm, mcnemar, pairedDifference, unpairedDifference } from './statistics/index.ts';
import { clusteredDifference } from './statistics/paired.ts';
import { summarize } from './summary.ts';
import type { Summary } from './summary.ts';
import type { Cell } from './tally.ts';
import { Tally } from './tally.ts';

export interface ComparedRespondent {
  readonly folder: string;
  readonly respondent: Readonly<Record<string, unknown>>;
  readonly summary: Summary;
}

/** How much better the first folder's respondent does than another at one task and length. */
export interface RespondentDifference {
  readonly first: string;
  readonly second: string;
  readonly task: string;
  readonly length: number;
  /** Sources that both were asked about; 0 where the seeds differ, and all answers are compared. */
  readonly paired: number;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly p: number | null;
  /** Corrected for all comparisons in the table (Holm). */
  readonly pAdjusted: number | null;
}

export interface Comparison {
  readonly respondents: readonly ComparedRespondent[];
  readonly differences: readonly RespondentDifference[];
}

/** Compares the first folder with each of the others. */
export function compareFolders(folders: readonly string[], threshold: number): Comparison {
  const read = folders.map((folder) => readFolder(folder, threshold));
  const [first, ...others] = read;
  const raw = others.flatMap((other) => differencesOf(first, other));
  const tested = raw.filter(({ p }) => p !== null);
  const adjusted = holm(tested.map(({ p }) => p ?? 1));
  const byRow = new Map(tested.map((row, i) => [row, adjusted[i]]));
  return {
    respondents: read.map(({ folder, respondent, summary }) => ({ folder, respondent, summary })),
    differences: raw.map((row) => ({ ...row, pAdjusted: byRow.get(row) ?? null })),
  };
}

interface Read extends ComparedRespondent {
  readonly cells: readonly Cell[];
  /** The texts of the sources, by task, length and index: pairs are only pairs where these agree. */
  readonly sources: ReadonlyMap<string, string>;
}

function readFolder(folder: string, threshold: number): Read {
  if (!existsSync(path.join(folder, STORE_FILE))) {
    throw new UserError(
      `${folder} holds no measurement: there is no ${STORE_FILE} in it (measure --endpoint --out makes one)`,
    );
  }
  const store = MeasureStore.read(folder);
  const tally = new Tally();
  const sources = new Map<string, string>();
  for (const { task, length, index, source, query, verdict } of store.rows()) {
    if (verdict === null) {
      tally.addFailure({ task, length });
      continue;
    }
    tally.add(verdict);
    sources.set(`${task} ${length} ${index}`, `${source.join('\n')}\n\n${query ?? ''}`);
  }
  const respondent = (store.fact('respondent') ?? {}) as Readonly<Record<string, unknown>>;
  store.close();
  const cells = tally.all();
  return { folder, respondent, summary: summarize(cells, threshold), cells, sources };
}

function differencesOf(first: Read, second: Read): Omit<RespondentDifference, 'pAdjusted'>[] {
  return first.cells.flatMap((cell): Omit<RespondentDifference, 'pAdjusted'>[] => {
    const other = second.cells.find(({ task, length }) => task === cell.task && length === cell.length);
    if (other === undefined || cell.counts.n === 0 || other.counts.n === 0) return [];
    const { task, length } = cell;
    const base = { first: first.folder, second: second.folder, task, length };
    const others = other.bySource();
    const shared = [...cell.bySource()].flatMap(([source, a]) => {
      const b = others.get(source);
      const key = `${task} ${length} ${source}`;
      return b !== undefined && first.sources.get(key) === second.sources.get(key) ? [{ a, b }] : [];
    });
    if (shared.length === 0) {
      return [{ ...base, paired: 0, ...unpairedDifference(cell.counts, other.counts), p: null }];
    }
    if (shared.some(({ a, b }) => a.n > 1 || b.n > 1)) {
      const shares = shared.map(({ a, b }) => a.correct / a.n - b.correct / b.n);
      return [{ ...base, paired: shared.length, ...clusteredDifference(shares) }];
    }
    const count = (right: number, alsoRight: number): number =>
      shared.filter(({ a, b }) => a.correct === right && b.correct === alsoRight).length;
    const counts = {
      both: count(1, 1),
      onlyFirst: count(1, 0),
      onlySecond: count(0, 1),
      neither: count(0, 0),
    };
    const { p } = mcnemar(counts.onlyFirst, counts.onlySecond);
    return [{ ...base, paired: shared.length, ...pairedDifference(counts), p }];
  });
}
