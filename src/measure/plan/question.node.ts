/** One thing to ask: what is sent, what is right, and the name under which its answer is kept. */
import { hash } from 'node:crypto';
import type { Instance } from '../../tasks/task.ts';
import { anatomyOf, copyPlaceOf } from '../../score/errors/index.ts';
import type { Askable } from '../../prompt/askable.ts';
import { renderPrompt } from '../../prompt/render.ts';
import type { RenderedPrompt, RenderOptions } from '../../prompt/render.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import { scoreText } from '../../score/text-score.ts';
import { sourceKeyOf } from '../../score/tables/tally.ts';
import type { Verdict } from '../../score/tables/tally.ts';
import type { StoredRow } from '../store/store.node.ts';

export interface Question {
  readonly key: string;
  readonly task: Askable;
  readonly template: PromptTemplate;
  readonly instance: Instance;
  readonly prompt: RenderedPrompt;
  readonly length: number;
  readonly index: number;
  readonly repeat: number;
}

/** A task with its prompt: what questions are made of. */
export interface Asked {
  readonly task: Askable;
  readonly template: PromptTemplate;
}

export interface QuestionSource {
  /** Determines the respondent's answers: in every key. */
  readonly fingerprint: string;
  readonly seed: number;
  readonly rendering: RenderOptions;
}

/** 128 bits name an item. */
const KEY_DIGITS = 32;

export function questionOf(
  { task, template }: Asked,
  source: QuestionSource,
  { length, index, repeat }: { readonly length: number; readonly index: number; readonly repeat: number },
): Question {
  const { instance, prompt } = renderPrompt(
    task,
    template,
    { length, seed: source.seed, index },
    source.rendering,
  );
  const named = [
    source.fingerprint,
    task.name,
    length,
    index,
    repeat,
    prompt.system ?? '',
    prompt.text,
    instance.answer,
  ];
  const key = hash('sha256', JSON.stringify(named)).slice(0, KEY_DIGITS);
  return { key, task, template, instance, prompt, length, index, repeat };
}

/** The row of an answer that came or did not. */
export function rowFor(
  question: Question,
  came: Pick<
    StoredRow,
    | 'output'
    | 'finishReason'
    | 'promptTokens'
    | 'completionTokens'
    | 'promptIds'
    | 'outputIds'
    | 'latencyMs'
    | 'attempts'
    | 'error'
  >,
): StoredRow {
  const { key, task, length, index, repeat, instance, prompt } = question;
  const { source, query, answer } = instance;
  const { text, system } = prompt;
  return {
    key,
    task: task.name,
    length,
    index,
    repeat,
    source,
    query,
    answer,
    prompt: text,
    system,
    ...came,
    verdict: null,
  };
}

/** The verdict on a row with an answer. */
export function judge(question: Question, row: StoredRow, promptCut: boolean): Verdict {
  const { task, template, instance, prompt } = question;
  const output = row.output ?? '';
  const tags = template['answer-tags'];
  const format = {
    stop: prompt.stop,
    joiner: template.symbols,
    ...(tags === undefined ? {} : { open: tags[0], close: tags[1] }),
  };
  const score = scoreText(prompt.expected, output, format);
  const correct = score.relaxed;
  const ended = [...prompt.stop, ...(tags === undefined ? [] : [tags[1]])].some((mark) =>
    output.includes(mark),
  );
  const cutOff = row.finishReason === 'length' && !ended && !correct;
  const operation = { name: task.operation, family: task.family };
  return {
    task: task.name,
    length: row.length,
    sourceKey: sourceKeyOf(row.index, instance.source, instance.query),
    correct,
    exact: score.exact,
    extra: score.extraBefore + score.extraAfter > 0,
    truncated: cutOff || promptCut,
    error: correct ? null : (anatomyOf(operation, instance, score.symbols) ?? 'white-space'),
    similarity: score.similarity,
    promptTokens: row.promptTokens,
    copy: copyPlaceOf(operation, instance, score.symbols),
  };
}

/**
 * Notices prompts that a server cut silently: they count far fewer tokens, by their size, than the shortest prompt of
 * the same task did. Told answers from short to long, it needs no tokenizer.
 */
export class PromptMeter {
  private readonly shortest = new Map<string, { readonly bytes: number; readonly perByte: number }>();

  isCut(task: string, prompt: string, tokens: number | null): boolean {
    if (tokens === null || tokens === 0) return false;
    const bytes = Buffer.byteLength(prompt);
    const known = this.shortest.get(task);
    if (known === undefined || bytes < known.bytes)
      this.shortest.set(task, { bytes, perByte: tokens / bytes });
    const expected = bytes * Math.max(known?.perByte ?? 0, FEWEST_TOKENS_PER_BYTE);
    return tokens < CUT_SHARE * expected;
  }
}

/** Symbols between blanks take half a token a byte or more, English text a quarter. */
const FEWEST_TOKENS_PER_BYTE = 0.12;

/** Prompts of one task differ in their share of symbols, never this much. */
const CUT_SHARE = 0.7;
