/** From a stored output to its score: the same for what has just come, for what was stored, and for a recording. */
import { askableNamed } from '../../prompt/askable.ts';
import { chanceOf } from '../../prompt/chance.ts';
import type { Askable } from '../../prompt/askable.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import { stopsOf } from '../../prompt/stops.ts';
import { completionText, sentText } from '../../prompt/render.ts';
import { readingOf } from '../../prompt/template.ts';
import { evidenceOf, firstErrorPlace } from '../../score/places/index.ts';
import type { Reading } from '../../score/reading/reading.ts';
import { readingHash, SCORING } from '../../score/reading/hash.ts';
import { logProbabilityOf } from '../../score/forced.ts';
import { scoreOutput } from '../../score/score.ts';
import type { Expected } from '../../score/reading/draft.ts';
import type { AnswerScore } from '../../score/tables/answer-score.ts';
import type { Instance, TaskFamily } from '../../tasks/task.ts';
import { isPromptCut } from './prompt-cut.ts';
import type { StoredRow } from '../store/row-store.ts';

/** What scoring needs to know of the task that a row answers. */
export interface ScoredTask {
  /** The task whose rule it is. */
  readonly operation: string;
  readonly family: TaskFamily;
  /** How an output to a sample with that answer is read. */
  readonly readingFor: (row: Pick<StoredRow, 'answer' | 'output' | 'scoring'>) => Reading;
  /** The right answer to the character, where it was recorded as another text than its symbols with the joiner between them. */
  readonly recordedFor?: (row: Pick<StoredRow, 'scoring'>) => string | undefined;
  /** What the model read, so far as rows keep it: what counts of its tokens are held against. */
  readonly sentText: (row: Pick<StoredRow, 'system' | 'prompt'>) => string;
  /** Names the reading of a row: another name means that outputs are read otherwise. */
  readonly readingName: (row: Pick<StoredRow, 'scoring'>) => string;
}

/** A task that was asked with a prompt. */
export function promptedTask(
  { operation, family }: { readonly operation: string; readonly family: TaskFamily },
  template: PromptTemplate,
): ScoredTask {
  const name = readingHash(readingOf(template));
  return {
    operation,
    family,
    readingFor: ({ answer }) =>
      readingOf(
        template,
        stopsOf(template, answer).filter((mark) => mark !== undefined),
      ),
    sentText: ({ system, prompt }) => sentText(template, { system, text: prompt }),
    readingName: () => name,
  };
}

/** A row with its score. */
export interface ScoredRow extends StoredRow {
  readonly score: AnswerScore;
}

/** Whether a row was ever scored. */
export function isScored(row: StoredRow): row is ScoredRow {
  return row.score !== null;
}

/** What is known of a row's sample where it has just been asked; else it is worked out again from the row. */
export interface KnownSample {
  readonly instance: Instance;
  readonly reading: Reading;
}

/** A stored row as it is scored now: its score is taken as it stands if the present scoring gave it. */
export function scoredNow(row: StoredRow, task: ScoredTask): ScoredRow {
  if (row.score !== null && row.scoring === scoringName(row, task)) return { ...row, score: row.score };
  return scoredAgain(row, task);
}

/** A stored row, scored from its output, whatever score it has. */
export function scoredAgain(row: StoredRow, task: ScoredTask): ScoredRow {
  return { ...row, ...scoreRow(row, task) };
}

/** The score of a row's output, and the name of the scoring. */
export function scoreRow(
  row: StoredRow,
  task: ScoredTask,
  known?: KnownSample,
): Pick<ScoredRow, 'score' | 'scoring'> {
  const sample = known ?? { instance: sampleOf(row, task.operation), reading: task.readingFor(row) };
  return { score: scoreOf(row, task, sample), scoring: scoringName(row, task) };
}

function scoreOf(
  row: StoredRow,
  { operation, family, sentText: sentTextOf, recordedFor }: ScoredTask,
  { instance, reading }: KnownSample,
): AnswerScore {
  const expected = expectedOf(row, recordedFor?.(row));
  const score = scoreOutput({ operation, family, instance }, expected, row.output, reading);
  // A right answer is hardly the answer to a cut prompt, whatever the server counts.
  const promptCut = score.outcome === 'wrong' && isPromptCut(sentTextOf(row), row.output.promptTokens);
  const evidence = evidenceOf(operation, instance);
  return {
    ...(row.output.forced === undefined ? {} : { logProbability: logProbabilityOf(row.output.forced) }),
    outcome: promptCut ? 'truncated' : score.outcome,
    exact: score.exact,
    retrieved: score.retrieved,
    extra: score.extra > 0,
    error: promptCut ? null : score.error,
    similarity: score.similarity,
    changed: score.changed,
    chance: chanceOf({ operation, family }, instance),
    ...(promptCut ? { promptCut } : {}),
    ...(score.copy === undefined || promptCut
      ? {}
      : { copy: score.copy, firstError: firstErrorPlace(operation, row.answer, score.copy) }),
    ...(evidence.place === null ? {} : { evidence }),
  };
}

/** The symbols of an answer, without what stands before and after it. */
export function symbolsOf(row: StoredRow, task: ScoredTask): readonly string[] {
  const sample = { operation: task.operation, family: task.family, instance: sampleOf(row, task.operation) };
  return scoreOutput(sample, expectedOf(row, task.recordedFor?.(row)), row.output, task.readingFor(row))
    .symbols;
}

/** The right answer, and what was sent: given back before an answer, it is no part of it. */
function expectedOf(
  { answer, system, prompt }: Pick<StoredRow, 'answer' | 'system' | 'prompt'>,
  recorded?: string,
): Expected {
  const known = recorded === undefined ? {} : { recorded };
  return { answer, ...known, prompt: completionText({ system, text: prompt }) };
}

/** The scoring's version and the reading's name: another one means that outputs are scored again. */
function scoringName(row: StoredRow, { readingName }: ScoredTask): string {
  return `${SCORING} ${readingName(row)}`;
}

/** The sample that a row was asked about: where the query stands in it is told by the oracle. */
export function sampleOf(
  { task, length, source, query, answer }: Pick<StoredRow, 'task' | 'length' | 'source' | 'query' | 'answer'>,
  operation: string,
): Instance {
  const told = oracleOf(operation).answer(source, query);
  const positions = 'refusal' in told ? placesOf(source, query) : told.positions;
  return { task, length, source, query, answer, positions };
}

/** Each operation's oracle, made once. */
const oracles = new Map<string, Askable>();

function oracleOf(operation: string): Askable {
  const known = oracles.get(operation) ?? askableNamed(operation);
  oracles.set(operation, known);
  return known;
}

/** Where the oracle refuses the sample (a recording of another task), the query's places as they stand there. */
function placesOf(source: readonly string[], query: string | null): number[] {
  return source.flatMap((symbol, place) => (symbol === query ? [place] : []));
}
