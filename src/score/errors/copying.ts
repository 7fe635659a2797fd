/** Where a copy went wrong, and how it went on from there. */
import type { Instance, Symbols } from '../../tasks/task.ts';
import type { ErrorKind } from './kinds.ts';
import { prefixLengths } from './prefix-lengths.ts';

export interface CopyingAnatomy {
  readonly kind: ErrorKind;
  /** The place (0-based, in symbols of the output) of the first wrong symbol; for an early end, where one is missing. */
  readonly firstWrong: number;
  /** Whether the symbol before that place is followed by different symbols elsewhere in the answer. */
  readonly ambiguous: boolean;
  /** The place in the answer at which the output goes on from `firstWrong`, where that is clear; else null. */
  readonly jumpTo: number | null;
  /** Where it goes on after another occurrence of the last right symbol: after which; else null. */
  readonly occurrence: Occurrence | null;
}

/** Occurrences of a symbol in the answer, counted from 1. */
export interface Occurrence {
  /** The one that was copied last. */
  readonly due: number;
  /** The one after which the copy went on. */
  readonly taken: number;
  readonly of: number;
}

/** A repeated tail is called a loop from this many repetitions on. */
const LOOP_REPETITIONS = 3;

/** The anatomy of a wrong copy, or null when the output is the answer and nothing else. */
export function copyingAnatomy(instance: Instance, output: Symbols): CopyingAnatomy | null {
  const { answer } = instance;
  const firstWrong = commonPrefix(answer, output);
  if (firstWrong === answer.length && firstWrong === output.length) return null;
  const ambiguous = isAmbiguous(answer, firstWrong);
  const jumpTo = resumption(answer, output, firstWrong);
  const kind = kindAt(instance, output, firstWrong, jumpTo);
  return { kind, firstWrong, ambiguous, jumpTo, occurrence: occurrenceTaken(answer, firstWrong, jumpTo) };
}

/** After which occurrence of the last right symbol the copy went on. */
function occurrenceTaken(answer: Symbols, firstWrong: number, jumpTo: number | null): Occurrence | null {
  if (firstWrong === 0 || jumpTo === null || jumpTo === 0) return null;
  const symbol = answer[firstWrong - 1];
  if (answer[jumpTo - 1] !== symbol) return null;
  let [due, taken, of] = [0, 0, 0];
  answer.forEach((other, place) => {
    if (other !== symbol) return;
    of += 1;
    if (place === firstWrong - 1) due = of;
    if (place === jumpTo - 1) taken = of;
  });
  return { due, taken, of };
}

function kindAt(instance: Instance, output: Symbols, place: number, jumpTo: number | null): ErrorKind {
  const { answer, source } = instance;
  if (output.length === 0) return 'no-answer';
  if (goesTheOtherWay(answer, output)) return 'other-direction';
  if (place === output.length) return 'early-end';
  if (endsInLoop(output, place)) return 'loop';
  if (place === answer.length) return 'late-end';
  if (isSwap(answer, output, place)) return 'swapped';
  if (goesOn(answer, place + 1, output, place)) return 'skipped';
  if (place > 0 && output[place] === answer[place - 1] && goesOn(answer, place, output, place + 1)) {
    return 'repeated';
  }
  if (jumpTo !== null) return 'jump';
  return source.includes(output[place]) ? 'misplaced' : 'foreign';
}

/** How many symbols the two begin with in common. */
function commonPrefix(a: Symbols, b: Symbols): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) if (a[i] !== b[i]) return i;
  return shorter;
}

/** Whether what comes before `place` is followed by something else at another place of the answer. */
function isAmbiguous(answer: Symbols, place: number): boolean {
  if (place === 0) return false;
  const before = answer[place - 1];
  const due = answer[place]; // undefined at the end: there the answer stops
  return answer.some((symbol, i) => symbol === before && i !== place - 1 && answer[i + 1] !== due);
}

/**
 * Whether most steps of the output are steps of the source in the other direction and of the answer not at all. A
 * step is two neighbouring symbols.
 */
function goesTheOtherWay(answer: Symbols, output: Symbols): boolean {
  const steps = output.length - 1;
  if (steps < 1) return false;
  const ids = new Map<string, number>();
  for (const symbol of answer) if (!ids.has(symbol)) ids.set(symbol, ids.size);
  const idOf = (symbol: string): number => ids.get(symbol) ?? -1;
  const asked = new Set<number>();
  const other = new Set<number>();
  for (let i = 1; i < answer.length; i++) {
    const [from, to] = [idOf(answer[i - 1]), idOf(answer[i])];
    asked.add(from * ids.size + to);
    other.add(to * ids.size + from);
  }
  let against = 0;
  for (let i = 1, from = idOf(output[0]); i < output.length; i++) {
    const to = idOf(output[i]);
    const step = from * ids.size + to;
    if (from !== -1 && to !== -1 && other.has(step) && !asked.has(step)) against++;
    from = to;
  }
  return against * 2 > steps;
}

/** Whether the output ends in a few symbols again and again, beginning at or after the first wrong place. */
function endsInLoop(output: Symbols, from: number): boolean {
  const backwards = output.slice(from).reverse();
  const agrees = prefixLengths(backwards);
  for (let period = 1; period * LOOP_REPETITIONS <= backwards.length; period++) {
    if (agrees[period] >= period * (LOOP_REPETITIONS - 1)) return true;
  }
  return false;
}

function isSwap(answer: Symbols, output: Symbols, place: number): boolean {
  return (
    place + 1 < answer.length &&
    output[place] === answer[place + 1] &&
    output[place + 1] === answer[place] &&
    goesOn(answer, place + 2, output, place + 2)
  );
}

/** Whether the output from one place is the answer from another, for two symbols or until both end. */
function goesOn(answer: Symbols, answerFrom: number, output: Symbols, outputFrom: number): boolean {
  for (let i = 0; i < 2; i++) {
    const due = answer.at(answerFrom + i);
    if (answer.length <= answerFrom + i) return output.length <= outputFrom + i;
    if (due !== output[outputFrom + i]) return false;
  }
  return true;
}

/**
 * Where in the answer the output goes on from its first wrong symbol: the place that agrees with it for longest, at
 * least two symbols (or one, when the answer and the output end with it), and nearest to where it was due.
 */
function resumption(answer: Symbols, output: Symbols, place: number): number | null {
  if (place >= output.length) return null;
  // No run is longer than the answer.
  const rest = output.slice(place, place + answer.length);
  const agrees = prefixLengths(rest, answer);
  let best: { readonly at: number; readonly run: number } | null = null;
  for (let at = 0; at < answer.length; at++) {
    const run = agrees[at];
    if (at === place || run === 0) continue;
    const complete = at + run === answer.length && place + run === output.length;
    if (run < 2 && !complete) continue;
    const nearer = best !== null && run === best.run && Math.abs(at - place) < Math.abs(best.at - place);
    if (best === null || run > best.run || nearer) best = { at, run };
  }
  return best === null ? null : best.at;
}
