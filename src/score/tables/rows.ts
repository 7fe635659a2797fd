/**
 * What measuring brings out: rows that the store keeps and the report reads. Types, and the words for the kinds of
 * errors.
 */

import type { Json } from '../../common/json.ts';
import type { PromptTemplate } from '../../prompt/template.ts';

export { errorKinds } from '../errors/kinds.ts';
export type { ErrorKind, ErrorKindWords } from '../errors/kinds.ts';

/** One question asked and what came back. */
export interface InstanceRow {
  readonly kind: 'instance';
  readonly task: string;
  readonly length: number;
  readonly index: number;
  readonly repeat: number;
  readonly source: readonly string[];
  readonly query: string | null;
  readonly answer: readonly string[];
  readonly output: readonly string[];
  readonly correct: boolean;
  /** What kind of error it is (a key of `CellRow.errors`), or null when correct. */
  readonly error: string | null;
  /** Whether the answer or the prompt was cut off by a limit; absent where nothing can be. */
  readonly truncated?: boolean;
}

/** All instances of one task at one length. */
export interface CellRow {
  readonly kind: 'cell';
  readonly task: string;
  readonly length: number;
  readonly n: number;
  readonly correct: number;
  /** correct / n. */
  readonly accuracy: number;
  /** Wilson interval, 95 %. */
  readonly low: number;
  readonly high: number;
  /** How often each kind of error happened. */
  readonly errors: Readonly<Record<string, number>>;
  /** Of n, those whose answer or prompt was cut off by a limit; absent where nothing can be. */
  readonly truncated?: number;
  /** Questions that got no answer because the request failed: not in n; absent where nothing can fail. */
  readonly failed?: number;
  /** Of n, those right to the character, white space included; absent where there is no text. */
  readonly exact?: number;
  /** Of n, those with text before or after the answer; absent where there is no text. */
  readonly extra?: number;
  /** Mean similarity with the right answer, 0 to 1, from order-aware alignments; absent where there is no text. */
  readonly similarity?: { readonly symbol: number; readonly word: number; readonly character: number };
  /** Mean number of tokens of the prompts, as the server counts; null when it doesn't say, absent without a server. */
  readonly promptTokens?: number | null;
  /** Where copies went wrong; absent for tasks that copy nothing. In texts, places are words; else symbols. */
  readonly copies?: {
    /** Mean number of places in the right answer whose symbol is followed by another one elsewhere in it. */
    readonly ambiguousTransitions: number;
    /** Copies with a first wrong place. */
    readonly wrong: number;
    /** How far they were right, on average; null without any. */
    readonly firstWrong: number | null;
    /** How many of them went wrong at an ambiguous transition. */
    readonly atAmbiguous: number;
  };
}

/** The largest measured length up to which accuracy is at or above the threshold, by the interval's lower end. */
export interface HorizonRow {
  readonly kind: 'horizon';
  readonly task: string;
  readonly threshold: number;
  /** null: not even at the smallest measured length. */
  readonly length: number | null;
  /** Whether the horizon is the largest length that was measured (so the true one may be larger). */
  readonly censored: boolean;
}

/** How much better one operation is done than another on the same sources. */
export interface AsymmetryRow {
  readonly kind: 'asymmetry';
  /** What differs: `right - left`, `forward - backward`, `first - last`, `unique - repeated`. */
  readonly contrast: string;
  readonly first: string;
  readonly second: string;
  /** null: all lengths that both were measured at. */
  readonly length: number | null;
  /** Pairs, or the smaller number of answers where the sources are not the same. */
  readonly n: number;
  readonly paired: boolean;
  /** Accuracy of the first minus that of the second, with a 95 % interval. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** McNemar's exact test, and the same corrected for all comparisons in the table (Holm); null where unpaired. */
  readonly p: number | null;
  readonly pAdjusted: number | null;
}

export type MeasureRow = InstanceRow | CellRow | HorizonRow;

/** A horizon with its bounds among the measured lengths; `high` is null where none was surely unreliable. */
export interface BoundedHorizonRow extends HorizonRow {
  readonly low: number;
  readonly high: number | null;
}

/** A task as it was asked of an endpoint. */
export interface AskedTask {
  readonly task: string;
  readonly title: string;
  /** The task whose rule it is: its own name, but for tasks of the user's own. */
  readonly operation: string;
  /** What stands between two symbols. */
  readonly joiner: string;
  /** The lengths that it has; null: there is no longest. */
  readonly min: number;
  readonly max: number | null;
  readonly prompt: PromptTemplate;
  /** What was changed about the prompt on the command line: shots, demonstrationLength, separator. */
  readonly rendering: Json;
}

/** One sitting with an endpoint: from the command's start to its end, or its death. */
export interface Sitting {
  /** The number that the first row of it has, or would have had, in the store. */
  readonly firstRow: number;
  /** ISO 8601. `ended` is null while it runs, and for one that was killed. */
  readonly started: string;
  readonly ended: string | null;
  readonly ending: string | null;
  readonly lengthwise: string;
  readonly node: string;
  readonly platform: string;
  readonly api: string;
  /** null: found by a search. */
  readonly lengths: readonly number[] | null;
  /** Questions a length; with a search, the most. */
  readonly n: number;
  readonly maxLength: number;
  readonly repeats: number;
  readonly threshold: number;
  /** With a search, the chance that its horizon is too long. */
  readonly alpha: number;
  /** The most questions that it would ask. */
  readonly most: number;
  readonly prices: { readonly prompt: number; readonly completion: number } | null;
  /** The command's options as they were given, but for the values of headers. */
  readonly options: Readonly<Record<string, Json>>;
  readonly asked: readonly AskedTask[];
}

/** A piece of an alignment: what the answer has there, and what came. They are the same where `same` says so. */
export interface AlignedPiece {
  readonly same: boolean;
  readonly answer: readonly string[];
  readonly output: readonly string[];
}

/** A wrong answer, to be looked at. */
export interface AnswerExample {
  readonly task: string;
  readonly length: number;
  readonly index: number;
  readonly repeat: number;
  readonly source: readonly string[];
  readonly query: string | null;
  readonly answer: readonly string[];
  /** What was answered, as symbols, and beside the right answer. */
  readonly output: readonly string[];
  readonly pieces: readonly AlignedPiece[];
  /** The kind of error (a key of `CellRow.errors`). */
  readonly error: string;
  readonly truncated: boolean;
  /** All that came, where more than the answer did; null otherwise. */
  readonly raw: string | null;
}

/** Everything that is known of one respondent that was asked in one way. */
export interface RespondentRows {
  /** Its name among those shown: no two have the same. */
  readonly label: string;
  readonly folder: string;
  /** What it is: an endpoint's address, model, api, seed, …; a model trained here. Nothing secret. */
  readonly respondent: Readonly<Record<string, Json>>;
  /** What the probe found, a line each. */
  readonly capabilities: readonly string[];
  /** When it was first asked, ISO 8601. */
  readonly started: string;
  readonly sittings: readonly Sitting[];
  /** How each task was last asked. Empty for a model trained here. */
  readonly asked: readonly AskedTask[];
  /** Whether lengths were chosen by the answers, so that intervals are wider than Wilson's. */
  readonly adaptive: boolean;
  readonly threshold: number;
  readonly rows: readonly CellRow[];
  readonly horizons: readonly BoundedHorizonRow[];
  readonly asymmetries: readonly AsymmetryRow[];
  readonly examples: readonly AnswerExample[];
  readonly failures: readonly { readonly reason: string; readonly count: number }[];
  readonly spent: Spent;
}

/** What the answers took, as the server counts. */
export interface Spent {
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** In the currency of the prices; null without prices. */
  readonly money: number | null;
  /** Mean seconds from the question to its answer; null where it was not timed. */
  readonly seconds: number | null;
}

/** How much better or worse a respondent does a task than the first one does. */
export interface ComparisonRow {
  readonly kind: 'comparison';
  /** Labels. */
  readonly first: string;
  readonly second: string;
  readonly task: string;
  /** null: all lengths that both were asked at. */
  readonly length: number | null;
  /** Instances that both were asked about, where `paired`; else the smaller number of answers. */
  readonly n: number;
  readonly paired: boolean;
  /** Answers of the first and of the second at these lengths, shared or not. */
  readonly answers: readonly [number, number];
  /** Accuracy of the second minus that of the first, with a 95 % interval. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** McNemar's exact test, and the same corrected for all rows with a length (Holm); null where unpaired. */
  readonly p: number | null;
  readonly pAdjusted: number | null;
}

/** What the report of measurements takes. */
export interface MeasureReportInput {
  readonly name: string;
  readonly respondents: readonly RespondentRows[];
  /** Of every respondent but the first with the first. */
  readonly comparisons: readonly ComparisonRow[];
  /** What makes the comparison less than like with like, a sentence each. */
  readonly notes: readonly string[];
}
