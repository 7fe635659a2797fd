/** What the report says to somebody who has read nothing else. */
import { errorKinds } from '../../score/errors/kinds.ts';
import type { ErrorKindWords } from '../../score/errors/kinds.ts';

export interface TaskWords {
  /** What is asked, as a heading after the task's name. */
  readonly title: string;
  readonly asks: string;
  readonly example: { readonly source: string; readonly query?: string; readonly answer: string };
}

const LOOK_UP = 'a b q c d e';
const LOOK_UP_AGAIN = 'a q b c q d e';

const taskWords: Readonly<Record<string, TaskWords>> = {
  UL: {
    title: 'look left of a unique key',
    asks: 'The query stands once in the source. Which symbol stands just before it?',
    example: { source: LOOK_UP, query: 'q', answer: 'b' },
  },
  UR: {
    title: 'look right of a unique key',
    asks: 'The query stands once in the source. Which symbol stands just after it?',
    example: { source: LOOK_UP, query: 'q', answer: 'c' },
  },
  NLFirst: {
    title: 'look left of the first occurrence',
    asks: 'The query stands several times in the source. Which symbol stands just before its first occurrence?',
    example: { source: LOOK_UP_AGAIN, query: 'q', answer: 'a' },
  },
  NRFirst: {
    title: 'look right of the first occurrence',
    asks: 'The query stands several times in the source. Which symbol stands just after its first occurrence?',
    example: { source: LOOK_UP_AGAIN, query: 'q', answer: 'b' },
  },
  NLLast: {
    title: 'look left of the last occurrence',
    asks: 'The query stands several times in the source. Which symbol stands just before its last occurrence?',
    example: { source: LOOK_UP_AGAIN, query: 'q', answer: 'c' },
  },
  NRLast: {
    title: 'look right of the last occurrence',
    asks: 'The query stands several times in the source. Which symbol stands just after its last occurrence?',
    example: { source: LOOK_UP_AGAIN, query: 'q', answer: 'd' },
  },
  UF: {
    title: 'copy, all symbols different',
    asks: 'Say the source again. No symbol occurs twice in it.',
    example: { source: 'a b c d', answer: 'a b c d' },
  },
  UB: {
    title: 'copy backwards, all symbols different',
    asks: 'Say the source again from its end. No symbol occurs twice in it.',
    example: { source: 'a b c d', answer: 'd c b a' },
  },
  NF: {
    title: 'copy, with repeats',
    asks: 'Say the source again. Symbols may occur several times in it.',
    example: { source: 'a b a c b', answer: 'a b a c b' },
  },
  NB: {
    title: 'copy backwards, with repeats',
    asks: 'Say the source again from its end. Symbols may occur several times in it.',
    example: { source: 'a b a c b', answer: 'b c a b a' },
  },
  'flip-flop': {
    title: 'remember the last bit written',
    asks: '“w” writes the bit that follows it, “i” is to be ignored, “r” reads. Which bit was written last?',
    example: { source: 'w 0 i 1 w 1 i 0', answer: '1' },
  },
  'git-revert': {
    title: 'commits in the order of the log',
    asks: 'A log of commits, newest first. Say its lines again in the same order: what reverting them takes.',
    example: {
      source: '1f3a9bc Fix logging ⏎ 88d0e1a Add tests',
      answer: '1f3a9bc Fix logging ⏎ 88d0e1a Add tests',
    },
  },
  'git-cherrypick': {
    title: 'commits from the oldest to the newest',
    asks: 'A log of commits, newest first. Say its lines from the last to the first: what picking them takes.',
    example: {
      source: '1f3a9bc Fix logging ⏎ 88d0e1a Add tests',
      answer: '88d0e1a Add tests ⏎ 1f3a9bc Fix logging',
    },
  },
  'text-copy': {
    title: 'a text again, line by line',
    asks: 'Say the text again. Lines may occur several times in it.',
    example: { source: 'dolor sit ⏎ amet elit ⏎ dolor sit', answer: 'dolor sit ⏎ amet elit ⏎ dolor sit' },
  },
  'text-copy-backward': {
    title: 'a text from its last line to its first',
    asks: 'Say the lines of the text from the last to the first. Lines may occur several times in it.',
    example: { source: 'dolor sit ⏎ amet elit ⏎ sed', answer: 'sed ⏎ amet elit ⏎ dolor sit' },
  },
  'table-lookup-after': {
    title: 'the row after the one with a key',
    asks: 'The key stands once in the first column. Which row comes after its row?',
    example: { source: 'K1,oak,5 ⏎ K2,elm,8 ⏎ K3,ash,2', query: 'K2', answer: 'K3,ash,2' },
  },
  'table-lookup-before': {
    title: 'the row before the one with a key',
    asks: 'The key stands once in the first column. Which row comes before its row?',
    example: { source: 'K1,oak,5 ⏎ K2,elm,8 ⏎ K3,ash,2', query: 'K2', answer: 'K1,oak,5' },
  },
  'table-lookup-first': {
    title: 'the first of the rows with a key',
    asks: 'The key stands several times in the first column. Which is the first row that has it?',
    example: { source: 'K1,oak,5 ⏎ K2,elm,8 ⏎ K1,ash,2', query: 'K1', answer: 'K1,oak,5' },
  },
  'table-lookup-last': {
    title: 'the last of the rows with a key',
    asks: 'The key stands several times in the first column. Which is the last row that has it?',
    example: { source: 'K1,oak,5 ⏎ K2,elm,8 ⏎ K1,ash,2', query: 'K1', answer: 'K1,ash,2' },
  },
};

/** Words for a task, or null for one that this version does not know. */
export function wordsOfTask(name: string): TaskWords | null {
  return Object.hasOwn(taskWords, name) ? taskWords[name] : null;
}

/** Words for a kind of error; of one that this version does not know, its name. */
export function wordsOfError(kind: string): ErrorKindWords {
  return Object.hasOwn(errorKinds, kind)
    ? errorKinds[kind as keyof typeof errorKinds]
    : { title: kind, description: '' };
}

export const POSITIONS: Readonly<Record<string, string>> = {
  ape: 'APE: learned absolute (GPT-2 style)',
  nope: 'NoPE: none (GPT-2 style)',
  rope: 'RoPE: rotary (Llama style)',
};
