/** What a model can be trained on from scratch: a task, or text. */
import { specialSymbols } from '../../common/special-symbols.ts';
import { UserError } from '../../common/errors.ts';
import type { Rng } from '../../common/random.ts';
import { defaultAlphabet, taskNamed } from '../../tasks/index.ts';
import { sequenceOf, sequenceSize, symbolsOf } from '../../tasks/sequence.ts';
import type { Sequence } from '../../tasks/sequence.ts';
import type { Symbols, Task, TaskOptions } from '../../tasks/task.ts';
import { SHORTEST_TEXT, textOf, textToContinue } from './text.ts';

/** Sequences of any length that a model is to learn, or is asked. */
export interface Sequences {
  /** In symbols, of a sequence of that length. */
  size(length: number): { readonly prompt: number; readonly target: number };
  draw(length: number, stream: Rng, options?: TaskOptions): Sequence;
}

export interface Lessons extends Pick<Task, 'name' | 'uses' | 'admits'> {
  /** The task, where it is one. */
  readonly task: Task | null;
  /** The symbols of its sequences, beside the special ones. */
  symbols(options?: TaskOptions): Symbols;
  /** What it learns from. */
  readonly taught: Sequences;
  /** What it is asked to see how far it is, on held-out instances. */
  readonly asked: Sequences;
}

/** What `TrainSpec.task` says where it is no task. */
export const TEXT = 'text';

/** @throws UserError for what is neither a task nor text */
export function lessonsNamed(name: string): Lessons {
  return name === TEXT ? text : lessonsOf(taskNamed(name));
}

export function lessonsOf(task: Task): Lessons {
  const sequences: Sequences = {
    size: (length) => sequenceSize(task, length),
    draw: (length, stream, options) => sequenceOf(task, task.sample(length, stream, options)),
  };
  return {
    name: task.name,
    uses: task.uses,
    admits: (options) => task.admits(options),
    task,
    symbols: (options) => symbolsOf(task, options),
    taught: sequences,
    asked: sequences,
  };
}

const alphabetOf = ({ alphabet }: TaskOptions = {}): Symbols => alphabet ?? defaultAlphabet();

/**
 * All of a text is to be said, word by word. It is asked for words that repeat what was said before: how many it gets right is
 * how well it copies; what is said for the first time nobody can know.
 */
const text: Lessons = {
  name: TEXT,
  uses: ['alphabet'],
  admits: (options = {}) => {
    const unused = Object.keys(options).find((option) => option !== 'alphabet');
    if (unused !== undefined) throw new UserError(`text has no use for the option '${unused}'`);
    return { min: SHORTEST_TEXT, max: Infinity };
  },
  task: null,
  symbols: alphabetOf,
  taught: {
    size: (length) => ({ prompt: 1, target: length }),
    draw: (length, stream, options) => ({
      prompt: [specialSymbols.bos],
      target: textOf(length, alphabetOf(options), stream),
    }),
  },
  asked: {
    size: (length) => ({ prompt: length, target: 1 }),
    draw: (length, stream, options) => {
      const { text: before, next } = textToContinue(length - 1, alphabetOf(options), stream);
      return { prompt: [specialSymbols.bos, ...before], target: [next] };
    },
  },
};
