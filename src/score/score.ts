/**
 * The score of one output: what became of the sample, and what is to be known of the answer. The one scoring of every
 * road (an endpoint, a model in a folder, a recording); docs/scoring.md has the same definitions in the same words. Pure:
 * a score is a function of the stored output, the sample and the reading (`SCORING` names the function).
 */
import type { Instance, TaskFamily } from '../tasks/task.ts';
import { anatomyOf, copyErrorOf, copyPlaceOf } from './errors/index.ts';
import type { CopyPlace, ErrorKind } from './errors/index.ts';
import { isForcedExact } from './forced.ts';
import type { Outcome, Output } from './output.ts';
import { contextOf } from './reading/draft.ts';
import type { Context, Expected } from './reading/draft.ts';
import { settingApart } from './reading/filters/index.ts';
import { alike } from './reading/filters/unicode.ts';
import { tidy } from './reading/filters/white-space.ts';
import { finishMeaning } from './reading/finish.ts';
import { readAnswer } from './read-answer.ts';
import type { ReadAnswer } from './read-answer.ts';
import type { FilterName, Reading } from './reading/reading.ts';
import { isRetrieved } from './reading/retrieved.ts';
import { splitSymbols } from './reading/symbols.ts';
import { similarities } from './similarity.ts';
import type { Similarities } from './similarity.ts';

/** A task's instance, and whose rule it is. */
export interface Sample {
  /** The task whose rule it is: its own name, but for tasks of the user's own. */
  readonly operation: string;
  readonly family: TaskFamily;
  readonly instance: Instance;
}

export interface Score {
  /** What became of the sample; exactly one of six. */
  readonly outcome: Outcome;
  /** After the reading's filters, the answer is the right one and nothing else. What accuracy counts. */
  readonly right: boolean;
  /**
   * The whole output, without thoughts and what its stop mark cut, is the right answer to the character, as the prompt's
   * demonstrations write it (what they have behind the answer may be missing: servers cut it), or as it was recorded. CRLF is a
   * line end, and one blank or line end may follow.
   */
  readonly exact: boolean;
  /**
   * The right answer stands in the output, outside thoughts, as whole symbols in order and without a gap, whatever stands
   * around it; texts and histories of commits in whole lines.
   */
  readonly retrieved: boolean;
  /** The filters that took off something that the prompt doesn't ask for, in the reading's order. */
  readonly changed: readonly FilterName[];
  /** What was thought, wherever it was written; null where nothing was. */
  readonly thoughts: string | null;
  /** The answer that was read, as text and as symbols; of a very long one, its beginning. */
  readonly answer: string;
  readonly symbols: readonly string[];
  /** Characters of text before and after the answer; white space, thoughts and marks are not counted. */
  readonly extra: number;
  readonly similarity: Similarities;
  /** The kind of error; null where the outcome isn't `wrong`. */
  readonly error: ErrorKind | null;
  /** Of copies that were right or wrong: how hard, and where they went wrong. */
  readonly copy: CopyPlace | undefined;
}

/** Of an answer, no more than this many characters (and this many times the right one) are split into symbols. */
const SPLIT_CHARACTERS = 100_000;
const SPLIT_TIMES = 16;

/** The score of an output that was asked for with a sample. Time is bounded for outputs of any size. */
export function scoreOutput(sample: Sample, expected: Expected, output: Output, reading: Reading): Score {
  if (output.forced !== undefined) return forcedScore(isForcedExact(output.forced));
  const { source, query } = sample.instance;
  const known = expected.symbols ?? (query === null ? source : [...source, query]);
  const asked: Expected = { ...expected, symbols: known };
  const context = contextOf(reading, asked);
  const recorded = readAsRecorded(output, reading, asked);
  const asRecorded = recorded !== null;
  const read = recorded ?? readAnswer(output, reading, asked);
  const wanted = wantedBy(context);
  const readable = output.text !== null && !read.endless;
  const exact = readable && (asRecorded || (!read.inList && isUsual(context) && isExact(read, context)));
  const right = readable && (exact || read.answer === context.gold || read.answer === wanted);
  const outcome = outcomeOf(output, read, right);
  const linesOnly = sample.family === 'copying' && reading.joiner === '\n';
  const answer = read.answer.slice(0, SPLIT_CHARACTERS + SPLIT_TIMES * context.gold.length);
  const haveBlanks = reading.filters.includes('separators') && known.some((symbol) => /\s/u.test(symbol));
  const symbols = asRecorded ? expected.answer : splitSymbols(answer, reading.joiner, haveBlanks);
  const isAnswer = outcome === 'right' || outcome === 'wrong';
  return {
    outcome,
    right: outcome === 'right',
    exact: outcome === 'right' && exact,
    retrieved: right || isRetrieved(read.outside, context.gold, reading, linesOnly),
    changed: read.changed,
    thoughts: read.thoughts,
    answer,
    symbols,
    extra: read.extra,
    similarity: right
      ? { symbol: 1, word: 1, character: 1 }
      : similarities({ symbols: expected.answer, text: wanted }, { symbols, text: answer }, reading.joiner),
    ...(isAnswer ? anatomy(sample, symbols, outcome === 'right') : { error: null, copy: undefined }),
  };
}

/** Of a forced answer nothing is known but whether it is exact: nothing was said that could be read. */
function forcedScore(exact: boolean): Score {
  const alike = exact ? 1 : 0;
  return {
    ...{ outcome: exact ? 'right' : 'wrong', right: exact, exact, retrieved: exact },
    ...{ changed: [], thoughts: null, answer: '', symbols: [], extra: 0, error: null, copy: undefined },
    similarity: { symbol: alike, word: alike, character: alike },
  };
}

/** What is wrong with an answer, and of copies where. */
function anatomy(
  { operation, family, instance }: Sample,
  symbols: readonly string[],
  right: boolean,
): Pick<Score, 'error' | 'copy'> {
  const task = { name: operation, family };
  const copyError = right ? null : copyErrorOf(task, instance, symbols);
  const copy = copyPlaceOf(task, instance, symbols, copyError);
  if (right) return { error: null, copy };
  const kind = family === 'copying' ? copyError?.kind : anatomyOf(task, instance, symbols);
  return { error: kind ?? 'white-space', copy };
}

/** The right answer in the form that the filters leave an answer in. */
function wantedBy(context: Context): string {
  const { reading, gold } = context;
  const tidied = reading.filters.includes('white-space') ? tidy(gold, context) : gold;
  return reading.filters.includes('unicode') ? alike(tidied, context) : tidied;
}

/** The whole output, where it is the right answer as that was recorded, with nothing but thoughts beside; null otherwise. */
function readAsRecorded(output: Output, reading: Reading, expected: Expected): ReadAnswer | null {
  const { recorded } = expected;
  if (recorded === undefined || output.text === null) return null;
  const filters = reading.filters.filter((name) => settingApart.includes(name));
  const whole = readAnswer(output, { ...reading, filters, inList: false }, expected);
  return [output.text, whole.outside].some((text) => isWritten(text, recorded)) ? whole : null;
}

/** Whether the recorded right answer, where there is one, is its symbols with the joiner between them, whatever stands around. */
function isUsual({ expected: { recorded }, gold, lead, trail }: Context): boolean {
  return recorded === undefined || recorded.includes(lead + gold + trail);
}

function isExact({ outside, beforeStop }: ReadAnswer, { reading, gold, lead, trail }: Context): boolean {
  const { tags, stop } = reading;
  if (tags === null) return [lead + gold + trail, lead + gold].some((text) => isWritten(beforeStop, text));
  const [open, close] = tags;
  const opened = open + lead + gold;
  const ends = [trail, '', ...FORGIVEN];
  if (ends.some((end) => [beforeStop, outside].some((came) => isWritten(came, opened + end + close))))
    return true;
  // A closing tag that is sent as a stop mark doesn't come back.
  return stop.includes(close) && [opened + trail, opened].some((text) => isWritten(beforeStop, text));
}

/** What may follow an exact answer, once. A stop mark that is a line end leaves the first half of CRLF. */
export const FORGIVEN: readonly string[] = [' ', '\n', '\r'];

/** Whether a text is the wanted one to the character, but for the kind of its line ends and for one blank or line end after it. */
function isWritten(came: string, wanted: string): boolean {
  const [text, whole] = [came, wanted].map((each) => each.replaceAll('\r\n', '\n'));
  return text === whole || FORGIVEN.some((end) => text === whole + end);
}

/** The first that holds: failed, right, refused, withheld, truncated, wrong. */
function outcomeOf(output: Output, read: ReadAnswer, right: boolean): Outcome {
  const meaning = finishMeaning(output.finishReason);
  if (output.error !== null || output.failure !== null || meaning === 'error') return 'failed';
  if (right) return 'right';
  if (output.refusal !== null || meaning === 'refusal' || read.called) return 'refused';
  if (meaning === 'filter') return 'withheld';
  const nothing = read.outside.trim() === '';
  if (meaning === 'tool' && nothing) return 'refused';
  const limited = meaning === 'limit' || isAtLimit(output);
  if (read.openThought || (limited && !read.ended)) return 'truncated';
  return 'wrong';
}

/** As many tokens as were allowed are a cut, whatever the respondent says. */
function isAtLimit({ completionTokens, tokenLimit }: Output): boolean {
  return completionTokens !== null && tokenLimit !== null && tokenLimit > 0 && completionTokens >= tokenLimit;
}
