/**
 * Samples as other harnesses take them: one JSON object each, with the prompt as it is sent, what ends the answer, the
 * right answer, and all that the scoring needs. The narrow place between our tasks and every format of export.
 */
import { UserError } from '../../common/errors.ts';
import type { Reading } from '../../score/reading/reading.ts';
import type { TaskFamily } from '../../tasks/task.ts';
import type { Askable } from '../askable.ts';
import { sentHash } from '../as-sent.ts';
import { renderPrompt } from '../render.ts';
import type { PromptTemplate } from '../template.ts';

/** How the prompts are meant to be sent. */
export type ExportApi = 'completions' | 'chat';

/** One line of `samples.jsonl`. */
export interface ExportedSample {
  /** `UR-5-0`: task, length, index. */
  readonly id: string;
  readonly task: string;
  /** The task whose rule it is, and its kind: what the kinds of errors are told from. */
  readonly operation: string;
  readonly family: TaskFamily;
  readonly length: number;
  readonly seed: number;
  readonly index: number;
  readonly system: string | null;
  /** The prompt of a completion, or the user's message. */
  readonly prompt: string;
  readonly stop: readonly string[];
  /** The most tokens that a right answer and what ends it can take. */
  readonly max_tokens: number;
  readonly source: readonly string[];
  readonly query: string | null;
  readonly positions: readonly number[];
  readonly answer: readonly string[];
  /** The right answer as text. */
  readonly target: string;
  /** The name of the prompt. */
  readonly prompt_name: string;
  /** The hash of all that the prompt sends for the task (`sentHash`). */
  readonly prompt_sha256: string;
  /** How the answer is read out of the output. */
  readonly reading: Reading;
  /** Names how the task is asked: what its prompt sends, and how its sources are drawn. */
  readonly way: string;
}

/** What is exported of one task: its prompt, and how many samples at which lengths. */
export interface ExportedTask {
  readonly task: Askable;
  readonly template: PromptTemplate;
  /** Names how it is asked, as rows of a measurement name it. */
  readonly way: string;
}

export interface Wanted {
  readonly lengths: readonly number[];
  /** Samples a task and length. */
  readonly n: number;
  readonly seed: number;
}

/** A million prompts are gigabytes, which no harness reads. */
const MOST_SAMPLES = 1_000_000;

/**
 * All samples, task after task, length after length. Index i of a seed is the sample that `lengthwise measure` asks.
 * @throws UserError for lengths that a task does not have, too many samples, a prompt that does not fit
 */
export function* exportedSamples(
  tasks: readonly ExportedTask[],
  { lengths, n, seed }: Wanted,
): Generator<ExportedSample> {
  const total = tasks.length * lengths.length * n;
  if (total > MOST_SAMPLES) {
    throw new UserError(
      `${tasks.length} tasks × ${lengths.length} lengths × ${n} are ${total} samples; at most ${MOST_SAMPLES}: ask for fewer with --n`,
    );
  }
  for (const { task } of tasks) refuseLengths(task, lengths);
  for (const one of tasks) {
    for (const length of lengths) {
      for (let index = 0; index < n; index++) yield exportedSample(one, { length, seed, index });
    }
  }
}

function refuseLengths(task: Askable, lengths: readonly number[]): void {
  const { min, max } = task.admits();
  const wrong = lengths.find((length) => length < min || length > max);
  if (wrong === undefined) return;
  const range = max === Infinity ? `${min} or more` : `${min} to ${max}`;
  throw new UserError(`--lengths: ${task.name} has lengths of ${range}, not ${wrong}`);
}

function exportedSample(
  { task, template, way }: ExportedTask,
  draw: { readonly length: number; readonly seed: number; readonly index: number },
): ExportedSample {
  const { prompt, instance } = renderPrompt(task, template, draw);
  return {
    id: `${task.name}-${draw.length}-${draw.index}`,
    task: task.name,
    operation: task.operation,
    family: task.family,
    ...draw,
    system: prompt.system,
    prompt: prompt.text,
    stop: prompt.stop,
    max_tokens: prompt.maxTokens,
    source: instance.source,
    query: instance.query,
    positions: instance.positions,
    answer: instance.answer,
    target: prompt.expected.text ?? instance.answer.join(template.symbols),
    prompt_name: template.name,
    prompt_sha256: sentHash(template, {}, task.operation),
    reading: prompt.reading,
    way,
  };
}
