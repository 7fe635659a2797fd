/** A row of a measurement as the columns of a table, and back; the columns that older stores lack are missing there. */
import { refusesAccess } from '../../respond/endpoint/reply/refusals.ts';
import type { ForcedAnswer } from '../../score/forced.ts';
import type { FailureKind, Output } from '../../score/output.ts';
import type { AnswerScore } from '../../score/tables/answer-score.ts';
import { scoreFromOld } from './old-scores.ts';
import type { OldScore } from './old-scores.ts';
import { BrokenScore, isObject, storedValue } from './damage.ts';
import type { PlacedRow, StoredRow } from './row-store.ts';

/** The columns of an answer after its id, in their order. */
export const ANSWER_COLUMNS = [
  'key TEXT NOT NULL',
  'task TEXT NOT NULL',
  'length INTEGER NOT NULL',
  'idx INTEGER NOT NULL',
  'repeat INTEGER NOT NULL',
  'source TEXT NOT NULL',
  'query TEXT',
  'answer TEXT NOT NULL',
  'prompt TEXT NOT NULL',
  'system TEXT',
  'output TEXT',
  'finish_reason TEXT',
  'prompt_tokens INTEGER',
  'completion_tokens INTEGER',
  'latency_ms REAL',
  'attempts INTEGER NOT NULL',
  'error TEXT',
  'verdict TEXT', // of older stores: the score as it was then
  'prompt_ids TEXT',
  'output_ids TEXT',
  'thoughts TEXT',
  'refusal TEXT',
  'token_limit INTEGER',
  'failure TEXT',
  "way TEXT NOT NULL DEFAULT ''",
  'score TEXT',
  'scoring TEXT',
  'forced TEXT',
] as const;

/** What SQLite gives for a row. */
export interface AnswerRecord {
  id: number;
  key: string;
  task: string;
  length: number;
  idx: number;
  repeat: number;
  source: string;
  query: string | null;
  answer: string;
  prompt: string;
  system: string | null;
  output: string | null;
  finish_reason: string | null;
  prompt_tokens: number | null;
  completion_tokens: number | null;
  latency_ms: number | null;
  attempts: number;
  error: string | null;
  verdict: string | null;
  /** Missing in stores of version 1. */
  prompt_ids?: string | null;
  output_ids?: string | null;
  /** Missing in stores of versions 1 and 2. */
  thoughts?: string | null;
  refusal?: string | null;
  token_limit?: number | null;
  failure?: string | null;
  way?: string | null;
  score?: string | null;
  scoring?: string | null;
  /** Missing in stores of versions before 5. */
  forced?: string | null;
}

/** What the columns hold of a row, in their order. */
export function valuesOf(row: StoredRow): (string | number | null)[] {
  const { output } = row;
  return [
    row.key,
    row.task,
    row.length,
    row.index,
    row.repeat,
    JSON.stringify(row.source),
    row.query,
    JSON.stringify(row.answer),
    row.prompt,
    row.system,
    output.text,
    output.finishReason,
    output.promptTokens,
    output.completionTokens,
    output.latencyMs,
    output.attempts,
    output.error,
    null,
    output.promptIds === null ? null : JSON.stringify(output.promptIds),
    output.outputIds === null ? null : JSON.stringify(output.outputIds),
    output.thoughts,
    output.refusal,
    output.tokenLimit,
    output.failure,
    row.way,
    row.score === null ? null : JSON.stringify(row.score),
    row.scoring,
    output.forced === undefined ? null : JSON.stringify(output.forced),
  ];
}

/** How scores are read: one that is broken is damage, or, for whoever trusts none, as if there were none. */
export type ScoresRead = 'trusted' | 'untrusted';

/**
 * @throws SyntaxError where a value is not what belongs there
 * @throws BrokenScore where that value is a score, and scores are trusted
 */
export function rowOf(record: AnswerRecord, scores: ScoresRead = 'trusted'): PlacedRow {
  return {
    place: record.id,
    key: record.key,
    task: record.task,
    length: record.length,
    index: record.idx,
    repeat: record.repeat,
    source: storedValue<string[]>(record.source, isTexts),
    query: record.query,
    answer: storedValue<string[]>(record.answer, isTexts),
    prompt: record.prompt,
    system: record.system,
    way: record.way ?? '',
    output: outputOf(record),
    score: scoreOf(record, scores),
    scoring: record.scoring ?? '',
  };
}

function scoreOf({ score, verdict }: AnswerRecord, scores: ScoresRead): AnswerScore | null {
  try {
    if (typeof score === 'string') return storedValue<AnswerScore>(score, isScore);
    return verdict === null ? null : scoreFromOld(storedValue<OldScore>(verdict, isObject));
  } catch (cause) {
    if (scores === 'untrusted') return null;
    throw new BrokenScore('a stored score is none', { cause });
  }
}

function outputOf(record: AnswerRecord): Output {
  const { forced = null } = record;
  return {
    ...(forced === null ? {} : { forced: storedValue<ForcedAnswer>(forced, isForced) }),
    text: record.output,
    thoughts: record.thoughts ?? null,
    refusal: record.refusal ?? null,
    finishReason: record.finish_reason,
    promptTokens: record.prompt_tokens,
    completionTokens: record.completion_tokens,
    tokenLimit: record.token_limit ?? null,
    promptIds: idsFrom(record.prompt_ids),
    outputIds: idsFrom(record.output_ids),
    latencyMs: record.latency_ms,
    attempts: record.attempts,
    error: record.error,
    failure: failureOf(record),
  };
}

/** Older stores have a refused key among refusals of a form, and a 403 that doesn't say whom it refuses among those of a content. */
function failureOf({ failure, error }: AnswerRecord): FailureKind | null {
  if (error === null) return null;
  if ((failure === 'form' || failure === 'content') && refusesAccess(error)) return 'access';
  return (failure ?? 'server') as FailureKind;
}

function idsFrom(text: string | null | undefined): readonly number[] | null {
  return text === null || text === undefined ? null : storedValue<number[]>(text, Array.isArray);
}

function isForced(value: unknown): boolean {
  if (!isObject(value) || typeof value.ends !== 'boolean' || !isTexts(value.bestTexts)) return false;
  const { tokens, best, bestLogProbabilities, logProbabilities } = value;
  const all = [tokens, best, bestLogProbabilities, logProbabilities];
  return all.every((each) => Array.isArray(each) && each.every((one) => typeof one === 'number'));
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function isScore(value: unknown): boolean {
  return isObject(value) && typeof value.outcome === 'string' && isObject(value.similarity);
}
