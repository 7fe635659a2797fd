/**
 * A sample as a model reads it: tokens, and where in them the source's symbols and the answer stand. Every experiment works
 * on these, whoever made the tokens: a prompt with demonstrations, or the sequence of a model trained here.
 */
import { UserError } from '../../common/errors.ts';
import type { Instance } from '../../tasks/task.ts';

/** One sample with the answer teacher-forced. Places are counted in the tail, from 0. */
export interface Shot {
  readonly sample: Instance;
  /** What stands before the sample: what begins the text, and demonstrations. May be empty. */
  readonly prefix: readonly number[];
  /** The sample and its answer, but for the answer's last token, which is predicted and never read. */
  readonly tail: readonly number[];
  /** The right answer's tokens; none where the right answers are sets. */
  readonly answer: readonly number[];
  /** Instead: at each row the tokens that may come next, in models that tell all of them. */
  readonly next?: readonly (readonly number[])[];
  /** The sample and its whole answer as people read them, a text for each token of `tail` and one for the answer's last. */
  readonly texts?: readonly string[];
  /** Where the answer's first token is predicted; the token after it, if there is one, is the answer's first. */
  readonly first: number;
  /** Where each symbol of the source stands. */
  readonly source: readonly number[];
  /** The token of each symbol of the source as an answer says it, where a prompt writes it otherwise there. */
  readonly said?: readonly number[];
  /** One for each token of the answer: `rows[j]` is the place `first + j`. */
  readonly rows: readonly AnswerRow[];
}

/** What is known of a place at which a token of the answer is predicted. */
export interface AnswerRow {
  /**
   * Which symbol of the source (counted from 0) the answer goes on from: the one that was said last, or the occurrence
   * of the query that decides. Null at the beginning of a copy.
   */
  readonly at: number | null;
  /** All symbols of the source that are the same as that one, itself among them. */
  readonly same: readonly number[];
}

/** Samples of one task and length in one prompt: prefixes, tails and answers of one size each. */
export interface ShotSet {
  readonly task: string;
  readonly length: number;
  /** The prompt's name. */
  readonly prompt: string;
  /** Tokens that can be in an answer or a source: those of the alphabet, and the one that ends an answer where one does. */
  readonly tokens: readonly number[];
  /** Those of the alphabet; `tokens` unless given. */
  readonly symbols?: readonly number[];
  /** What sequences of random tokens are made of; without it there are none. */
  readonly random?: RandomTokens;
  readonly shots: readonly Shot[];
}

/** Tokens that can stand anywhere in a text, and the one that begins it, where there is one. */
export interface RandomTokens {
  readonly begin: number | undefined;
  readonly tokens: readonly number[];
}

/** The token of a source's symbol, as an answer says it. */
export function sourceToken({ tail, source, said }: Shot, index: number): number {
  return said?.[index] ?? tail[source[index]];
}

/**
 * The tokens to the right and to the left of the symbol that a row goes on from; null at the source's ends, and where
 * there is none.
 */
export function neighbours(shot: Shot, { at }: AnswerRow): { right: number; left: number } | null {
  if (at === null || at < 1 || at > shot.source.length - 2) return null;
  return { right: sourceToken(shot, at + 1), left: sourceToken(shot, at - 1) };
}

/** Whether each symbol of the sources stands right behind the one before it. */
export function symbolsTouch({ shots }: ShotSet): boolean {
  return shots.every(({ source }) => source.every((place, i) => i === 0 || place === source[i - 1] + 1));
}

/** @throws UserError for a set without samples, with samples of different sizes, or with answers that are not among its tokens */
export function checkShots({ task, length, shots, tokens }: ShotSet): void {
  const [first] = shots;
  if (first === undefined) throw new UserError(`${task} at length ${length}: no samples to explain`);
  const sizesOf = ({ prefix, tail, answer }: Shot) => [prefix.length, tail.length, answer.length].join('+');
  const other = shots.find((shot) => sizesOf(shot) !== sizesOf(first));
  if (other !== undefined) {
    throw new UserError(
      `${task} at length ${length}: samples of ${sizesOf(first)} and ${sizesOf(other)} tokens (prompt, sample, answer): one size was expected`,
    );
  }
  const known = new Set(tokens);
  const stranger = shots.flatMap((shot) => [...shot.answer, ...shot.source.map((at) => shot.tail[at])]);
  const token = stranger.find((one) => !known.has(one));
  if (token !== undefined)
    throw new UserError(`${task} at length ${length}: token ${token} is not among the symbols`);
}
