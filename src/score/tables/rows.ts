/**
 * What measuring brings out: rows that the store keeps and the report reads. Types and nothing else.
 */

import type { Outcome } from '../output.ts';
import type { Undecided } from '../statistics/horizon.ts';
import type { PlaceRow, Share, WeakPlace } from '../places/rows.ts';

export type { PlaceRow, Share, WeakPlace } from '../places/rows.ts';

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
  /** What became of it; absent in rows of older stores. */
  readonly outcome?: Outcome;
  /** Whether the answer or the prompt was cut off by a limit; absent where nothing can be. */
  readonly truncated?: boolean;
}

/** All samples of one task at one length. Every sample that was asked is in n: n is the sum of the six outcomes. */
export interface CellRow {
  readonly kind: 'cell';
  readonly task: string;
  readonly length: number;
  /** Samples asked. Where each was asked several times, that is still one observation: the share of its right answers. */
  readonly n: number;
  /** Of n, those answered right; with repeats the sum of the shares, which may be no whole number. */
  readonly correct: number;
  /** correct / n. */
  readonly accuracy: number;
  /**
   * An interval of the accuracy at `confidence`: exact (Clopper-Pearson), or one that survives a search. Questions that failed
   * without the model being asked count as wrong for the lower end, as right for the upper one.
   */
  readonly low: number;
  readonly high: number;
  /** The interval's level, 0.95 unless a search chose when to stop; absent in rows of older stores: 0.95. */
  readonly confidence?: number;
  /**
   * How many samples to ask was decided after answers had come (with another number before, or given after a search), so that the interval is
   * one that holds whenever one stops; else absent.
   */
  readonly lookedAgain?: true;
  /** How often each kind of error happened among the wrong answers; with repeats all counts are sums of shares, like `correct`. */
  readonly errors: Readonly<Record<string, number>>;
  /** Outcomes that are neither right nor wrong, of n; absent where they can't happen (a model in this process). */
  readonly truncated?: number;
  /** A content filter kept the answer back. */
  readonly withheld?: number;
  /** The model refused in a field of its own, or called a tool instead. */
  readonly refused?: number;
  /** No answer came: the request failed for good, or the reply held an error. */
  readonly failed?: number;
  /** Of those that failed: the prompt did not fit the context. Absent where all did. */
  readonly tooLong?: number;
  /** Of those that failed: the model was not asked (`isLost`). Absent where it always was. */
  readonly lost?: number;
  /** Of a recording: records whose right answer contradicts the task's oracle; absent where none does. */
  readonly contradicting?: number;
  /** The accuracy among right and wrong answers alone, where n has others; absent otherwise. */
  readonly answered?: Share;
  /** Of n, those right to the character, white space included; absent where there is no text. */
  readonly exact?: number;
  /** Whether the answers are teacher-forced: what is right is exact, errors have no kinds, and there is no text; else absent. */
  readonly forced?: true;
  /** Of forced answers, the mean log-probability (natural) of the right answer and its end. */
  readonly logProbability?: number;
  /** Of n, those whose output has the right answer in it, whatever stands around it; absent where there is no text. */
  readonly retrieved?: number;
  /** Of n, those with text before or after the answer; absent where there is no text. */
  readonly extra?: number;
  /** What guessing a symbol of the source gives, as a share; absent where that is not known. */
  readonly chance?: number;
  /** Answers in all, where samples were asked several times. */
  readonly answers?: number;
  /**
   * Accuracy among right and wrong answers by the place of the evidence in the source (copies: of the first error), in five
   * equal bins; the intervals are at the cell's `confidence`.
   */
  readonly places?: readonly PlaceRow[];
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

/** The largest measured length up to which accuracy is shown to be at or above the threshold, at the lengths asked. */
export interface HorizonRow {
  readonly kind: 'horizon';
  readonly task: string;
  readonly threshold: number;
  /** null: not shown even at the smallest length asked. */
  readonly length: number | null;
  /** Whether the horizon is the largest length that was measured (so the true one may be larger). */
  readonly censored: boolean;
  /** The first length asked at which it is neither shown to hold nor to fail; null: there is none, or it fails first. */
  readonly undecided?: Undecided | null;
  /** Bounds among the lengths asked; `high` is null where none surely fails. Absent in rows of older stores. */
  readonly low?: number;
  readonly high?: number | null;
  /** The shortest length asked; null where nothing was. */
  readonly shortest?: number | null;
  /** The horizon when answers that failed, were withheld, refused or truncated are left out, where it is another one. */
  readonly withoutUnanswered?:
    | (Pick<HorizonRow, 'length' | 'censored'> & Partial<Pick<HorizonRow, 'undecided' | 'high' | 'shortest'>>)
    | null;
  /** Tokens of a source of that length, on average, where they are known. */
  readonly tokens?: number | null;
  /** What lengths drawn at random inside the horizon show of those that were not asked; null where too few were. */
  readonly promise?: HorizonPromise | null;
  /** The shortest length asked of which no prompt fitted the context; null: none is known. */
  readonly contextEnds?: number | null;
  /** The shortest length asked of which every prompt was refused alike, without a reason; null: none is known. */
  readonly refusedFrom?: number | null;
  /** The shortest length asked of which some prompts fitted the context and others did not; null: none is known. */
  readonly partlyFits?: { readonly length: number; readonly n: number; readonly tooLong: number } | null;
  /** The part of the source in which alone evidence was placed (`--place`): nothing is said of the others. Absent: anywhere. */
  readonly place?: { readonly from: number; readonly to: number };
  /** Parts of the source in which accuracy is surely below the threshold (Holm over parts) although it is not at the length. */
  readonly weakPlaces?: readonly PlaceAtLength[];
  /** At lengths that surely fail: the parts to which that is due, since accuracy holds in the others together. */
  readonly failingPlaces?: readonly PlaceAtLength[];
  /** Of a recording: of how many records with a right answer how many contradict the task's oracle; absent where none does. */
  readonly contradicting?: {
    readonly records: number;
    readonly of: number;
    /** Where more than half contradict, though not in the whole; absent where that is nowhere. */
    readonly parts?: readonly ContradictingPart[];
  };
}

/** A file of a recording, or one length (of a file, or of all there is), at which most right answers contradict the task's oracle. */
export interface ContradictingPart {
  readonly file?: string;
  readonly length?: number;
  readonly records: number;
  readonly of: number;
}

/** A part of the source at one length. */
export interface PlaceAtLength extends WeakPlace {
  readonly length: number;
}

/** A length from which on prompts are taken no longer: the context ends before it, or they are all refused alike. */
export interface LengthLimit {
  readonly length: number;
  readonly why: 'context' | 'refused';
}

/** "At least `share` of the lengths up to H hold", wrong with a chance of at most 1 - confidence. */
export interface HorizonPromise {
  readonly share: number;
  readonly confidence: number;
  /** How many lengths were drawn for it. */
  readonly drawn: number;
}

/** The difference that one seed's models show, where several were trained. */
export interface SeedDifference {
  readonly seed: number;
  readonly difference: number;
  /** Pairs, or samples of the model. */
  readonly n: number;
}

/**
 * What two cells have in common that leaves no room for a difference: neither is shown to do better than guessing, or both
 * are right nearly always; over several lengths, one at some of them and the other at the rest.
 */
export type Near = 'chance' | 'ceiling' | 'mixed';

/** How much better one operation is done than another on the same sources. */
export interface AsymmetryRow {
  readonly kind: 'asymmetry';
  /** What differs: `right - left`, `forward - backward`, `first - last`, `unique - repeated`. */
  readonly contrast: string;
  readonly first: string;
  readonly second: string;
  /**
   * null: all lengths that both were measured at. Where the sources of some are not the same, the difference is the mean of
   * the lengths' own, each weighed by its n.
   */
  readonly length: number | null;
  /** Pairs, or the smaller number of samples where the sources are not the same; over seeds, of all of them. */
  readonly n: number;
  readonly paired: boolean;
  /** Accuracy of the first minus that of the second, with a 95 % interval; over seeds their mean, and one over seeds. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /**
   * McNemar's exact test (after a search the sequential sign test, over six seeds or more the sign-flip test), and the
   * same corrected for all rows of the table, those over all lengths included (Holm). null where any length is unpaired,
   * and over fewer than six seeds.
   */
  readonly p: number | null;
  readonly pAdjusted: number | null;
  /** Neither cell is above chance, or both are right nearly always: no difference could be seen; absent in older rows. */
  readonly near?: Near | null;
  /** Whether interval and p hold whenever one stopped, as after a search; absent in older rows. */
  readonly sequential?: boolean;
  /** Of models trained with several seeds: the difference of each. Absent otherwise. */
  readonly seeds?: readonly SeedDifference[];
  /** Samples of both about which the model was not asked: interval and p hold whatever it would have said. Absent: none. */
  readonly lost?: number;
}

export type MeasureRow = InstanceRow | CellRow | HorizonRow;

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
  /** Of wrong copies: the first wrong place (0-based, in symbols; in texts, words), and where the copy went on. */
  readonly copy?: {
    readonly firstWrong: number;
    readonly ambiguous: boolean;
    readonly jumpTo: number | null;
    readonly occurrence: { readonly due: number; readonly taken: number; readonly of: number } | null;
  };
  /** All that came, where more than the answer did; null otherwise. */
  readonly raw: string | null;
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
  /** Samples that both were asked about, where `paired`; else the smaller number of samples (over lengths, their sum). */
  readonly n: number;
  readonly paired: boolean;
  /** Samples of the first and of the second at these lengths, shared or not. */
  readonly answers: readonly [number, number];
  /** Accuracy of the second minus that of the first, with a 95 % interval; over seeds their mean, and one over seeds. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** As in `AsymmetryRow`: corrected for all rows of the table with a p, those over all lengths included. */
  readonly p: number | null;
  readonly pAdjusted: number | null;
  readonly near?: Near | null;
  readonly sequential?: boolean;
  readonly seeds?: readonly SeedDifference[];
  readonly lost?: number;
}

/** An accuracy, and the prompt that reached it. Samples about which the model was not asked are left out: no prompt decides them. */
export interface PromptAccuracy {
  readonly prompt: string;
  readonly accuracy: number;
  readonly n: number;
}

/** The same samples asked with several prompts, at one length of one task. */
export interface SpreadRow {
  readonly task: string;
  readonly length: number;
  /** In the order in which they were asked. */
  readonly prompts: readonly PromptAccuracy[];
  /** The first of those that reached most, and of those that reached least: `prompts` tells whether there are others. */
  readonly best: PromptAccuracy;
  readonly worst: PromptAccuracy;
  /** Accuracy of the best less that of the worst. The best of several is too high by some points: it is picked by luck, too. */
  readonly spread: number;
  /**
   * Whether the difference is more than luck: the intervals of best and worst lie apart, at a level at which those of all prompts
   * and lengths hold together (95 %); what was lost counts as wrong for the best and as right for the worst.
   */
  readonly shown: boolean;
}
