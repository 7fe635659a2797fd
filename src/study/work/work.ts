/** What a kind of work is: an item in, rows out. It runs whole inside a worker process. */
import type { Item } from '../item.ts';
import type { ItemKind, Row } from '../rows.ts';
import type { Tick } from './messages.ts';

export interface WorkContext {
  /** The study's folder. */
  readonly folder: string;
  /** How many threads it may compute with. */
  readonly threads: number;
  /** Aborted when it is to stop at the next safe place; it then throws the signal's reason, or any AbortError. */
  readonly signal: AbortSignal;
  /** Hands rows to the store. Points of a learning curve are on the disk when this resolves. */
  readonly emit: (rows: readonly Row[]) => Promise<void>;
  /** Says how training or asking is going, for the progress line; it is not kept. */
  readonly tick: (tick: Tick) => void;
}

export type Work<Kind extends ItemKind> = (
  item: Extract<Item, { kind: Kind }>,
  context: WorkContext,
) => Promise<void>;

/** One for each kind. A module with such a table as `works` is what a worker process is given to work with. */
export type Works = { readonly [Kind in ItemKind]: Work<Kind> };

/** What would fail in the same way for everything that the same respondent is to be asked. */
export class RespondentError extends Error {
  override readonly name = 'RespondentError';
}

/** Does an item by the table. */
export function doWork(works: Works, item: Item, context: WorkContext): Promise<void> {
  switch (item.kind) {
    case 'predict':
      return works.predict(item, context);
    case 'train':
      return works.train(item, context);
    case 'measure':
      return works.measure(item, context);
    case 'ask':
      return works.ask(item, context);
    case 'finetune':
      return works.finetune(item, context);
    case 'explain':
      return works.explain(item, context);
    case 'fix':
      return works.fix(item, context);
  }
}
