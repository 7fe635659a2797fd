/** What a task of the user's own is made of, as data. Types and nothing else. */

/** A task of the user's own, without its prompt. */
export interface OwnContent {
  readonly name: string;
  readonly title: string;
  /** The task whose rule it is. */
  readonly operation: string;
  /** What stands between two items. */
  readonly joiner: string;
  readonly items: readonly string[];
}
