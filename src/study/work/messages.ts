/** What a run and its worker processes say to each other: items, rows and how it ended. Never a tensor. */
import type { MeasureTick } from '../../measure/time-left.ts';
import type { ExplainProgress } from '../../explain/index.ts';
import type { ProgressTick } from '../../train/run/rows.ts';
import type { Item } from '../item.ts';
import type { Row } from '../rows.ts';

/** How training, measuring, asking or explaining is going. */
export type Tick = ProgressTick | MeasureTick | AskTick | ExplainProgress;

/** Questions of one respondent about one task. */
export interface AskTick {
  /** Answered, in earlier runs or now. */
  readonly asked: number;
  readonly failed: number;
  /** The most that are asked. */
  readonly most: number;
  /** Answers a second in this run. */
  readonly perSecond: number;
}

/** To a worker. It does one item and ends. */
export type Order =
  | { readonly type: 'work'; readonly item: Item; readonly folder: string; readonly threads: number }
  /** So many bundles of rows are taken by now. */
  | { readonly type: 'taken'; readonly count: number }
  | { readonly type: 'stop' };

/** From a worker. */
export type Message =
  | { readonly type: 'rows'; readonly rows: readonly Row[] }
  /** How it is going: for the progress line, and not kept. */
  | { readonly type: 'tick'; readonly tick: Tick }
  | Ending;

/** How an item ended; `seconds` is how long it was worked on. */
export type Ending =
  | { readonly type: 'done'; readonly seconds: number }
  /** At a safe place, because it was told to. */
  | { readonly type: 'stopped'; readonly seconds: number }
  | {
      readonly type: 'failed';
      readonly cause: string;
      readonly seconds: number;
      /** Whether everything else would fail in the same way that the respondent is to be asked. */
      readonly ofRespondent?: boolean;
    }
  /** The disk is full: not this item's fault, and no other would fare better. */
  | { readonly type: 'disk-full'; readonly seconds: number };
