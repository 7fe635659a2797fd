/**
 * How an answer is read out of an output: named filters in an order that the prompt's file states and can change. Data;
 * the filters themselves stand in `filters/`, one file each.
 */

/** Every filter, in the order in which they are applied where a prompt does not say. */
export const filterNames = [
  /** The prompt, given back before the answer, is none of it. */
  'echo',
  /** Thoughts in the text (`<think>…</think>`, also only closed, or never closed) are set apart. */
  'thoughts',
  /** Channel marks of gpt-oss (`<|channel|>final<|message|>…<|end|>`): the final channel is the answer. */
  'channels',
  /** The answer stands between the prompt's tags, where it has any. */
  'tags',
  /** A stop mark of the prompt ends the answer, where the respondent did not stop there by itself. */
  'stop',
  /** A code fence around the whole answer is none of it. */
  'fence',
  /** Markdown's emphasis (`**b**`, `_b_`, `` `b` ``) around the whole answer is none of it. */
  'emphasis',
  /** Quotation marks around the whole answer are none of it. */
  'quotes',
  /** CRLF is a line end; white space around the answer and at the end of its lines is none of it. */
  'white-space',
  /** Unicode normalisation (NFC) of the answer and of the right one; other blanks are blanks, unseen characters none. */
  'unicode',
] as const;

/**
 * The same for answers of which nobody knows how the prompt asked for them. Symbols that are separated in another way are the
 * same symbols (`separators`), and a list in another form is the same list: with brackets and quotation marks or without, with
 * blanks or without (`list`).
 */
export const recordedFilterNames = filterNames.flatMap((name) => {
  if (name === 'stop') return ['separators', name] as const;
  return name === 'white-space' ? (['list', name] as const) : [name];
});

export type FilterName = (typeof recordedFilterNames)[number];

/** All that reading an answer needs to know of the prompt that it answers. */
export interface Reading {
  readonly filters: readonly FilterName[];
  /** Marks that end an answer; the first that occurs counts. */
  readonly stop: readonly string[];
  /** Marks around the answer, where the prompt asks for them. */
  readonly tags: readonly [open: string, close: string] | null;
  /** What stands between two symbols of an answer; '' where each is one character. */
  readonly joiner: string;
  /** What stands before and after the answer in the prompt's own demonstrations: part of it to the character. */
  readonly lead: string;
  readonly trail: string;
  /** Whether the whole output may stand in a list of one text (`['b']`), as tools write it into a table: of recordings. */
  readonly inList?: boolean;
}
