/**
 * Which prompt is asked where the user names none, which ones a pilot chooses from, and what prompts used to be called.
 * Names only: the prompts themselves are files (`data/`). docs/prompts.md has the measurements behind the choices.
 */
import type { Shape } from './askable.ts';
import type { PromptApi } from './template.ts';

interface Names {
  /** What is asked where no prompt is named. */
  readonly usual: string;
  /** What a pilot chooses from, at most four, the cheapest first: a tie goes to the one that stands first. */
  readonly candidates: readonly string[];
}

/** What `--prompt` takes in place of names: a pilot chooses one; every prompt that there is for a task is asked. */
export const AUTO = 'auto';
export const EVERY_PROMPT = 'all';

/** A pilot compares no more: its questions are paid, and the more it compares the more the winner owes to luck. */
export const MOST_CANDIDATES = 4;

const NAMES: Readonly<Record<Shape, Readonly<Record<PromptApi, Names>>>> = {
  copying: {
    completions: { usual: 'input-output', candidates: ['arrow', 'input-output', 'quoted'] },
    chat: { usual: 'turns', candidates: ['turns', 'instruct'] },
  },
  retrieval: {
    completions: { usual: 'pair', candidates: ['pair-blank', 'quoted', 'pair', 'json'] },
    chat: { usual: 'turns', candidates: ['turns', 'instruct'] },
  },
  'flip-flop': {
    completions: { usual: 'input-output', candidates: ['paper', 'input-output', 'simple-rule'] },
    chat: { usual: 'turns', candidates: ['turns', 'instruct'] },
  },
  commits: {
    completions: { usual: 'input-output', candidates: ['input-output'] },
    chat: { usual: 'turns', candidates: ['turns', 'instruct'] },
  },
  text: {
    completions: { usual: 'input-output', candidates: ['input-output'] },
    chat: { usual: 'turns', candidates: ['turns', 'instruct'] },
  },
  table: {
    completions: { usual: 'question', candidates: ['question'] },
    chat: { usual: 'turns', candidates: ['turns', 'instruct'] },
  },
};

/** The name of the prompt that is asked where the user names none. */
export function defaultPrompt(shape: Shape, api: PromptApi): string {
  return NAMES[shape][api].usual;
}

/** The names that `--prompt auto` chooses from, the cheapest first. One name alone needs no pilot. */
export function autoPrompts(shape: Shape, api: PromptApi): readonly string[] {
  return NAMES[shape][api].candidates;
}

/** What prompts were called in earlier versions. */
const OLD_NAMES: Readonly<Record<string, (shape: Shape) => string>> = {
  bare: (shape) => (shape === 'table' ? 'question' : 'paper'),
};

/** The name of today for one of before; others are what they are. */
export function presentName(shape: Shape, name: string): string {
  return Object.hasOwn(OLD_NAMES, name) ? OLD_NAMES[name](shape) : name;
}

/** What a name may stand for today, of whatever shape. */
export function presentNames(name: string): string[] {
  const shapes = Object.keys(NAMES) as Shape[];
  return [...new Set(shapes.map((shape) => presentName(shape, name)))];
}

/** Old names, which are still understood. */
export function oldNames(): string[] {
  return Object.keys(OLD_NAMES);
}
