/**
 * How an instance becomes the sequence that a decoder reads (2505.21785 §3, `reference` casting of tasks):
 * `<bos> source <sep> query → answer` for look-ups, `<bos> source <sep> → answer <eos>` for copying.
 */
import { specialSymbols } from '../common/special-symbols.ts';
import { defaultAlphabet } from './alphabets.ts';
import type { Instance, Symbols, Task, TaskOptions } from './task.ts';

export interface Sequence {
  /** What the model is given. */
  readonly prompt: readonly string[];
  /** What it must say next, symbol by symbol. */
  readonly target: readonly string[];
}

/** An instance as a model trained here reads it: the source, a separator, the query; then the answer. */
export function sequenceOf(task: Task, instance: Instance): Sequence {
  const query = instance.query === null ? [] : [instance.query];
  return {
    prompt: [specialSymbols.bos, ...instance.source, specialSymbols.sep, ...query],
    target: endsItself(task) ? [...instance.answer, specialSymbols.eos] : instance.answer,
  };
}

/** The symbols that sequences of a task can have beside the special ones: with those, a model's vocabulary. */
export function symbolsOf(task: Task, options: TaskOptions = {}): Symbols {
  return task.family === 'flip-flop' ? ['w', 'r', 'i', '0', '1'] : (options.alphabet ?? defaultAlphabet());
}

/** Sizes of the sequence for a source of that length: prompt and target, in symbols. */
export function sequenceSize(task: Task, length: number): { prompt: number; target: number } {
  return {
    prompt: length + (asksQuery(task) ? 3 : 2),
    target: task.answerLength(length) + (endsItself(task) ? 1 : 0),
  };
}

/** Whether the answer's end is part of the answer: a copy can stop too early or too late, a look-up is one symbol. */
function endsItself(task: Task): boolean {
  return task.family === 'copying';
}

/** Whether the question names a symbol to look for. */
function asksQuery(task: Task): boolean {
  return task.family === 'retrieval';
}
