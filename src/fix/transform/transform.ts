/**
 * A transformation of samples as data: what is asked of a model instead of a sample, and how its answers are read back.
 * There is one definition for everything: `run.ts` does what it says, `typescript.ts` and `python.ts` write it as code that
 * people take with them. Types and nothing else.
 */

/**
 * Lists of symbols. `null` instead of one: there is no answer, and what is made of it is none either. A sample for which
 * the source of an ask is null is not asked about at all, and has no answer.
 */
export type ListExpression =
  /** The sample's source. */
  | { readonly op: 'source' }
  /** The answer to the ask of that number, from 0, whose source is one list. Asks themselves are made of no answers. */
  | { readonly op: 'answer'; readonly ask: number }
  /** From the last symbol to the first. */
  | { readonly op: 'reverse'; readonly of: ListExpression }
  /** `a b` becomes `1:a 2:b`. Numbers are ASCII digits without a leading zero, everywhere. */
  | { readonly op: 'number'; readonly of: ListExpression }
  /** `1:a 2:b` becomes `a b`; null unless the numbers are 1, 2, 3 … in this order. */
  | { readonly op: 'unnumber'; readonly of: ListExpression }
  /**
   * The answers to the ask of that number, whose source is lists, one after the other; null unless each has as many symbols
   * as its list.
   */
  | { readonly op: 'join'; readonly ask: number }
  /** The list, the mark, and the list again: `a b ; a b`. */
  | { readonly op: 'twice'; readonly of: ListExpression; readonly mark: string }
  /** The list, the mark, and as many fillers as it has symbols: `a b ; . .`. */
  | {
      readonly op: 'padded';
      readonly of: ListExpression;
      readonly mark: string;
      readonly filler: string;
    }
  /**
   * The symbol next to the place that the list names: `['3']` names the third of `among`, `['3:c']` as well. null unless the
   * list is one number of a place that has such a neighbour.
   */
  | {
      readonly op: 'neighbour';
      readonly of: ListExpression;
      readonly among: ListExpression;
      readonly side: 'left' | 'right';
    }
  /** The symbol at the place that the list names, as for `neighbour`. */
  | { readonly op: 'at'; readonly of: ListExpression; readonly among: ListExpression }
  /** The list's last symbol, alone; null of an empty list. */
  | { readonly op: 'last'; readonly of: ListExpression }
  /** The list where the other one is the same; else null. */
  | { readonly op: 'agree'; readonly of: ListExpression; readonly with: ListExpression };

/** Several lists of symbols. */
export interface ListsExpression {
  /** Parts of the list, each of `size` symbols, the last one shorter where it does not come out even. */
  readonly op: 'chunks';
  readonly of: ListExpression;
  /** At least 1. */
  readonly size: number;
}

/** What is asked of the model: a task, about a source, with the sample's query where the task has one. */
export interface Ask {
  /** The name of what is asked: a task's, or `place-…` and `recite-…`, which mitigations have for themselves. */
  readonly task: string;
  readonly source: ListExpression | ListsExpression;
}

/** A transformation of samples of one task. */
export interface Transform {
  /** In the order in which the answers are given back; of lists, one question each. */
  readonly asks: readonly Ask[];
  /** The answer to the sample, from the answers to what was asked; null: none (an abstention). */
  readonly answer: ListExpression;
}

/** One question that a transformation asks about a sample. */
export interface Asked {
  readonly task: string;
  readonly source: readonly string[];
  readonly query: string | null;
}
