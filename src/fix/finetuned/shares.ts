/** Samples of one kind and length, over the models that were asked: each model is one observation. Pure. */
import { wilson } from '../../score/statistics/interval.ts';
import { seedInterval } from '../../score/tables/over-seeds.ts';
import type { TunedCell } from './rows.ts';

/** A way to ask a task, and a length. */
export type AskedAt = Pick<TunedCell, 'task' | 'format' | 'sources' | 'length'>;

export interface TunedShare {
  /** The mean over models of the share of right answers. */
  readonly share: number;
  /** Its 95 % interval: Wilson's of one model's samples, of several models the one over seeds. */
  readonly low: number;
  readonly high: number;
  /** Of the models, the worst and the best. */
  readonly least: number;
  readonly most: number;
  readonly models: number;
  /** Of all models. */
  readonly n: number;
  readonly right: number;
}

/** Null where nothing was asked. */
export function shareOver(cells: readonly TunedCell[]): TunedShare | null {
  const asked = cells.filter(({ n }) => n > 0);
  const [first] = asked;
  if (first === undefined) return null;
  const shares = asked.map(({ right, n }) => right / n);
  const one = asked.length === 1;
  const interval = one
    ? wilson(first.right, first.n)
    : seedInterval(asked.map(({ right: correct, n }) => ({ correct, n })));
  return {
    ...interval,
    share: shares.reduce((sum, share) => sum + share, 0) / shares.length,
    ...{ least: Math.min(...shares), most: Math.max(...shares), models: asked.length },
    n: asked.reduce((sum, { n }) => sum + n, 0),
    right: asked.reduce((sum, { right }) => sum + right, 0),
  };
}

/** Those of a way of asking and a length. */
export function cellsAt<Cell extends TunedCell>(cells: readonly Cell[], at: AskedAt): Cell[] {
  return cells.filter((cell) => isSameWay(cell, at) && cell.length === at.length);
}

export function isSameWay(one: Omit<AskedAt, 'length'>, other: Omit<AskedAt, 'length'>): boolean {
  return one.task === other.task && one.format === other.format && one.sources === other.sources;
}
