/** What experiments, scores and conditions are called on the page, for somebody who has never seen a circuit. */
import type { Explanation, HeadScore } from '../../../explain/rows.ts';

interface ScoreWords {
  /** On a map. */
  readonly short: string;
  readonly meaning: string;
}

/** In the order in which they are shown. */
const SCORES: Readonly<Record<string, ScoreWords>> = {
  inductionWithinSource: {
    short: 'the symbol after',
    meaning: 'Induction: attention to the symbol after the one that the answer goes on from.',
  },
  sameSymbol: {
    short: 'the same symbol',
    meaning: 'Same symbol: attention to the symbol itself that the answer goes on from.',
  },
  antiInduction: {
    short: 'the symbol before',
    meaning: 'Anti-induction: attention to the symbol before the one that the answer goes on from.',
  },
  firstOccurrence: {
    short: 'after the first',
    meaning: 'After the first: attention to the symbol after the first of several occurrences.',
  },
  lastOccurrence: {
    short: 'after the last',
    meaning: 'After the last: attention to the symbol after the last of several occurrences.',
  },
  retrieval: {
    short: 'retrieval',
    meaning: 'Retrieval: how often the head looks most at the token that is the right answer.',
  },
  copying: {
    short: 'copying',
    meaning: 'Copying: how well the head’s weights, by themselves, write the symbol that it looks at.',
  },
  previousToken: {
    short: 'the token before',
    meaning: 'Previous token: attention of each symbol of the source to the token just before it.',
  },
};

/** Scores that at least one head has, known ones first. */
export function scoresOf({ heads }: Pick<Explanation, 'heads'>): string[] {
  const present = new Set(heads.flatMap(({ scores }) => Object.keys(scores)));
  const known = Object.keys(SCORES).filter((name) => present.has(name));
  return [...known, ...[...present].filter((name) => !(name in SCORES))];
}

/** Attention of the answer to a place around the symbol that it goes on from. */
export const AROUND: readonly HeadScore[] = [
  'inductionWithinSource',
  'sameSymbol',
  'antiInduction',
  'firstOccurrence',
  'lastOccurrence',
];
/** Those that say where a head looks. */
export const LOOKED: readonly HeadScore[] = [...AROUND, 'previousToken'];
/** Those that are drawn as maps, beside the map of effects. */
export const MAPPED: readonly HeadScore[] = [...LOOKED, 'retrieval', 'copying'];

export function scoreTitle(name: string): string {
  return Object.hasOwn(SCORES, name) ? SCORES[name].short : name;
}

export function scoreMeaning(name: string): string {
  return Object.hasOwn(SCORES, name) ? SCORES[name].meaning : name;
}

interface ConditionWords {
  readonly label: string;
  /** Whether it is what the experiment is about, or what it is held against. */
  readonly role: 'cut' | 'control';
}

const CONDITIONS: Readonly<Record<string, ConditionWords>> = {
  induction: { label: 'induction edges cut', role: 'cut' },
  'control-keys': { label: 'control: other keys', role: 'control' },
  'anti-induction': { label: 'anti-induction edges cut', role: 'cut' },
  'control-values': { label: 'control: other values', role: 'control' },
  both: { label: 'both cut', role: 'cut' },
  identity: { label: 'control: replaced by themselves', role: 'control' },
  'other-sample-keys': { label: 'keys of another sample', role: 'cut' },
  'other-sample-values': { label: 'values of another sample', role: 'cut' },
};

/** The order in which conditions are drawn: each beside its control. */
export const conditionOrder: readonly string[] = Object.keys(CONDITIONS);

export function conditionWords(condition: string): ConditionWords {
  return Object.hasOwn(CONDITIONS, condition) ? CONDITIONS[condition] : { label: condition, role: 'cut' };
}

export const METRICS = { rightMinusLeft: 'right − left', crossEntropy: 'cross-entropy' } as const;

/** `right − left`: what heads are ranked by. */
export function metricName({ ranking }: Pick<Explanation, 'ranking'>): string {
  return METRICS[ranking?.metric ?? 'crossEntropy'];
}

/** What an explanation is called among others on the page: by its task and, where that is not enough, its length and its model. */
export function nameOf(
  { task, length, target }: Pick<Explanation, 'task' | 'length' | 'target'>,
  all: readonly Explanation[],
): string {
  const same = all.filter((one) => one.task === task);
  const several = (of: (one: Explanation) => unknown): boolean => new Set(same.map(of)).size > 1;
  const long = several((one) => one.length) ? `${task} at length ${length}` : task;
  return several((one) => one.target) ? `${long}, ${target}` : long;
}

/** `+1.01`, `−0.3`, `0`: with the sign that minus has in text. */
export function signed(value: number | null, digits = 3): string {
  if (value === null) return '–';
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}

/** The same without a plus. */
export function fixed(value: number | null, digits = 3): string {
  return signed(value, digits).replace('+', '');
}
