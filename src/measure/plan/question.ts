/** One sample as it is asked: what is sent, what is right, and the name under which its output is kept. */
import { hash } from 'node:crypto';
import { canonicalJson, isRecord } from '../../common/json.ts';
import { sha256 } from '../../common/sha256.ts';
import type { Askable } from '../../prompt/askable.ts';
import { renderPrompt } from '../../prompt/render.ts';
import { whatIsSent } from '../../prompt/as-sent.ts';
import type { RenderOptions } from '../../prompt/as-sent.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import type { Prompted } from '../../respond/respondent.ts';
import type { Output } from '../../score/output.ts';
import type { StoredRow } from '../store/row-store.ts';
import type { AskedTask, Run } from '../store/rows.ts';

/** A task with the prompt that it is asked with. */
export interface Asked {
  readonly task: Askable;
  readonly template: PromptTemplate;
}

/** Of a task with its prompt, what names the way in which it is asked. */
interface AskedSo {
  readonly task: Pick<Askable, 'name' | 'operation'>;
  readonly template: PromptTemplate;
}

export interface Question extends Prompted {
  readonly key: string;
  readonly asked: Asked;
  readonly length: number;
  readonly index: number;
}

export interface QuestionSource {
  /** What determines the respondent's answers, as canonical JSON: in every key. */
  readonly fingerprint: string;
  /** The name of the samples. */
  readonly seed: number;
  readonly rendering: RenderOptions;
}

/** 128 bits name an output. */
const KEY_DIGITS = 32;

/** A place among all that can be asked. */
export interface Place {
  readonly length: number;
  readonly index: number;
  readonly repeat: number;
}

export function questionOf(asked: Asked, source: QuestionSource, { length, index, repeat }: Place): Question {
  const { task, template } = asked;
  const { instance, prompt } = renderPrompt(
    task,
    template,
    { length, seed: source.seed, index },
    source.rendering,
  );
  // Everything that can change the output, and nothing that can't: not how it is read, nor what is right.
  const { system, text, turns, stop, maxTokens } = prompt;
  const tags = template['answer-tags'] ?? null;
  const named = [
    source.fingerprint,
    task.name,
    length,
    index,
    repeat,
    system,
    text,
    stop,
    maxTokens,
    tags,
    turns ?? null,
  ];
  const key = hash('sha256', JSON.stringify(named)).slice(0, KEY_DIGITS);
  return { key, asked, task, sample: instance, prompt, length, index, repeat };
}

/**
 * Names how a task was asked: all that is sent, and what determines the sources. Not what the prompt is called, whom it is
 * for or how its outputs are read, nor whether a number stands in the prompt or is an option. Answers to a task that was
 * asked in two ways are never counted together.
 */
export function wayOf({ task, template }: AskedSo, rendering: RenderOptions, sources: unknown): string {
  return hashOf([task.name, whatIsSent(template, rendering, task.operation), sources ?? null]);
}

/**
 * The same, by the name that it has in a folder: earlier versions gave one way several names, by options that change nothing.
 * @param runs those of the folder
 */
export function wayIn(
  runs: readonly Pick<Run, 'asked'>[],
  asked: AskedSo,
  rendering: RenderOptions,
  sources: unknown,
): string {
  const { task, template } = asked;
  const sent = whatIsSent(template, rendering, task.operation);
  const known = runs
    .flatMap((run) => run.asked)
    .find((one) => {
      const options = one.rendering as RenderOptions;
      return (
        one.task === task.name &&
        whatIsSent(one.prompt, options, one.operation) === sent &&
        earlierWaysOf(one, sent, options, sources).includes(one.way)
      );
    });
  return known?.way ?? wayOf(asked, rendering, sources);
}

/** What earlier versions called it: by options that change nothing, and by the title of a task of one's own. */
function earlierWaysOf(
  { task, prompt, title }: Pick<AskedTask, 'task' | 'prompt' | 'title'>,
  sent: string,
  rendering: RenderOptions,
  given: unknown,
): (string | undefined)[] {
  const own = isRecord(given) && isRecord(given.own) ? { own: { ...given.own, title } } : {};
  const sources = isRecord(given) ? { ...given, ...own } : (given ?? null);
  const template = { ...prompt, name: undefined, for: undefined, filters: undefined };
  return [hashOf([task, template, rendering, sources]), hashOf([task, sent, sources])];
}

function hashOf(value: unknown): string {
  return sha256(canonicalJson(JSON.parse(JSON.stringify(value)))).slice(0, KEY_DIGITS);
}

/** The row of an output, not scored yet. */
export function rowFor(question: Question, way: string, output: Output): StoredRow {
  const { key, task, sample, prompt, length, index, repeat } = question;
  const { source, query, answer } = sample;
  const { text, system } = prompt;
  return {
    ...{ key, task: task.name, length, index, repeat, source, query, answer },
    ...{ prompt: text, system, way, output, score: null, scoring: '' },
  };
}
