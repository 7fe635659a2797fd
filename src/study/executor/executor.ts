/** Where work is done: items in, events out. Processes of this machine are one way (`processes.ts`). */
import type { PlannedItem } from '../item.ts';
import type { Row } from '../rows.ts';
import type { Tick } from '../work/messages.ts';

/** What happens to an item. Rows are taken for stored when the next event is asked for. */
export type Event = { readonly item: PlannedItem } & (
  | { readonly type: 'started' }
  | { readonly type: 'rows'; readonly rows: readonly Row[] }
  /** How training or asking is going: for the progress line, and not kept. */
  | { readonly type: 'tick'; readonly tick: Tick }
  | { readonly type: 'done'; readonly seconds: number }
  | { readonly type: 'failed'; readonly cause: string; readonly seconds: number }
  | { readonly type: 'stopped'; readonly seconds: number }
);

export interface Executor {
  /**
   * Does the items, each after those that it needs, as far as these don't fail. Ends when nothing is left that can
   * be done, or, once the signal is aborted, when what is going on has come to a safe place.
   * @param done hashes of items whose results are there already
   */
  run(items: readonly PlannedItem[], done: ReadonlySet<string>, signal: AbortSignal): AsyncIterable<Event>;
}
