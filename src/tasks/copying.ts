/**
 * Copying: say the source again, forward or backward. Four tasks (arXiv 2505.21785, Table 1): all symbols different
 * (UF, UB), or repeats allowed (NF, NB).
 *
 * What is drawn here: UF and UB, a uniform sequence of different symbols; NF and NB, a pool of different symbols of
 * which each occurs at least once, and at least twice where the length allows it (as in the data of the paper's
 * authors); the other places are drawn from the pool, and all are shuffled. At least one symbol repeats.
 */
import type { Rng } from '../common/random.ts';
import { defaultAlphabet } from './alphabets.ts';
import { checkLength, checkOptions } from './check-options.ts';
import { UserError } from '../common/errors.ts';
import { sourceFault } from './source-fault.ts';
import type { Symbols, Task } from './task.ts';

interface CopyingRule {
  readonly name: string;
  readonly unique: boolean;
  readonly direction: 'forward' | 'backward';
}

const RULES: readonly CopyingRule[] = [
  { name: 'UF', unique: true, direction: 'forward' },
  { name: 'UB', unique: true, direction: 'backward' },
  { name: 'NF', unique: false, direction: 'forward' },
  { name: 'NB', unique: false, direction: 'backward' },
];

export const copyingTasks: readonly Task[] = RULES.map(copyingTask);

/** In which direction a task copies; undefined for a task that does not. */
export function copyingDirection(name: string): 'forward' | 'backward' | undefined {
  return RULES.find((rule) => rule.name === name)?.direction;
}

function copyingTask(rule: CopyingRule): Task {
  const kind = rule.unique ? 'different symbols' : 'symbols that may repeat';
  const task: Task = {
    name: rule.name,
    family: 'copying',
    title: `the source ${rule.direction === 'forward' ? 'again' : 'in reverse order'}, ${kind}`,
    unique: rule.unique,
    uses: rule.unique ? ['alphabet'] : ['alphabet', 'pool'],
    admits(options = {}) {
      checkOptions(task, options);
      const { alphabet = defaultAlphabet(), pool = 1 } = options;
      if (rule.unique) return { min: 1, max: alphabet.length };
      if (pool > alphabet.length)
        throw new UserError(`a pool of ${pool} needs as many symbols; the alphabet has ${alphabet.length}`);
      return { min: pool + 1, max: Infinity };
    },
    sample(length, rng, options = {}) {
      const { alphabet = defaultAlphabet(), pool } = options;
      checkLength(
        task,
        length,
        { ...options, alphabet },
        '; a larger alphabet, such as unicode, admits more',
      );
      const source = rule.unique
        ? rng.distinct(alphabet.length, length).map((index) => alphabet[index])
        : drawRepeating(alphabet, length, pool ?? defaultPool(alphabet, length), rng);
      return {
        task: rule.name,
        length,
        source,
        query: null,
        answer: rule.direction === 'forward' ? [...source] : source.toReversed(),
        positions: [],
      };
    },
    answer: copyingOracle(rule),
    answerLength: (length) => length,
  };
  return task;
}

/** A third of the length as in the authors' data, at least 2 where two fit beside a repeat. */
function defaultPool(alphabet: Symbols, length: number): number {
  return Math.min(length - 1, Math.max(2, Math.floor(length / 3)), alphabet.length);
}

/** `length` symbols with exactly `pool` different ones, pool < length. */
function drawRepeating(alphabet: Symbols, length: number, pool: number, rng: Rng): string[] {
  const symbols = rng.distinct(alphabet.length, pool).map((index) => alphabet[index]);
  const certain = 2 * pool <= length ? [...symbols, ...symbols] : symbols;
  const others = Array.from({ length: length - certain.length }, () => rng.choice(symbols));
  return rng.shuffle([...certain, ...others]);
}

/** The oracle: reads a source place by place, and shares nothing with what draws it. */
function copyingOracle(rule: CopyingRule): Task['answer'] {
  return (source, query) => {
    const fault = sourceFault(source);
    if (fault !== null) return { refusal: fault };
    if (query !== null && query !== undefined)
      return { refusal: `${rule.name} has no query; '${query}' is given` };
    const repeated = rule.unique ? firstRepeated(source) : undefined;
    if (repeated !== undefined)
      return {
        refusal: `the symbol '${repeated}' occurs twice in the source; in ${rule.name} all are different`,
      };
    const last = source.length - 1;
    const answer = source.map((_, place) => source[rule.direction === 'forward' ? place : last - place]);
    return { answer, positions: [] };
  };
}

function firstRepeated(source: Symbols): string | undefined {
  const seen = new Set<string>();
  for (const symbol of source) {
    if (seen.has(symbol)) return symbol;
    seen.add(symbol);
  }
  return undefined;
}
