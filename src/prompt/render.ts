/** From an instance and a template to what is sent, and to what the answer has to look like. */
import { UserError } from '../common/errors.ts';
import { rng } from '../common/random.ts';
import type { Draw, Instance } from '../tasks/index.ts';
import { asSent, ruleOf, shownCount } from './as-sent.ts';
import type { RenderOptions } from './as-sent.ts';
import type { Askable } from './askable.ts';
import type { Expected } from '../score/reading/draft.ts';
import type { Reading } from '../score/reading/reading.ts';
import { stopsOf } from './stops.ts';
import { aroundAnswer, fill, readingOf } from './template.ts';
import type { Place, PromptTemplate } from './template.ts';

/** One question as it is sent. */
export interface RenderedPrompt {
  readonly system: string | null;
  /** The prompt of a completion, or the one message of the user; where there are `turns`, all of them as one text. */
  readonly text: string;
  /** By chat, the messages in turn, the user's first and last, instead of `text`; null: it is one message. */
  readonly turns: readonly string[] | null;
  readonly stop: readonly string[];
  readonly expected: Expected;
  /** How the answer is read out of what comes back. */
  readonly reading: Reading;
  /** The most tokens that a right answer and what ends it can take: a token is at least one byte. */
  readonly maxTokens: number;
}

const UTF8 = new TextEncoder();

/** A model may begin with a blank or a line of its own, and end with a mark that is no text. */
const SPARE_TOKENS = 8;

/** What a chat model writes around its answer although it was told not to. */
const SPARE_CHAT_TOKENS = 64;

/** Demonstrations that have the item in them, or its query, are drawn anew; of few symbols there may be no others. */
const REDRAWS = 20;

export function renderPrompt(
  task: Askable,
  given: PromptTemplate,
  draw: Draw,
  options: RenderOptions = {},
): { readonly prompt: RenderedPrompt; readonly instance: Instance } {
  const template = asSent(given, options);
  const instance = task.instance(draw);
  const stop = usableStops(task, template, instance);
  const explained = template.explanation === undefined ? 0 : 1;
  const drawn = demonstrations(task, instance, draw, template);
  const values = (shown: Instance) => valuesOf(task, template, shown);
  const shown = drawn.slice(explained);
  const [before, ...parts] = partsOf(task, template, instance, drawn);
  const answer = instance.answer.join(template.symbols);
  const { lead, trail } = aroundAnswer(template);
  const reading = readingOf(template, stop);
  const reply = template['answer-tags'] !== undefined || template.for === 'chat';
  const bytes = byteLength(lead + answer + trail) + Math.max(0, ...stop.map(byteLength));
  const { system = null } = template;
  const text = joined([before, ...parts], template) + template.tail;
  return {
    instance,
    prompt: {
      system,
      turns: template.turns ? turnsOf(template, before, shown, instance, values) : null,
      text,
      stop,
      expected: { answer: instance.answer, prompt: completionText({ system, text }) },
      reading,
      maxTokens: bytes + (reply ? SPARE_CHAT_TOKENS : SPARE_TOKENS),
    },
  };
}

/** What stands before a sample in a prompt, how it is asked and answered there, and where in the question its source begins. */
export interface WrittenSample {
  readonly before: string;
  readonly question: string;
  /** As it follows the question. */
  readonly answer: string;
  /** Characters of the question before the source. */
  readonly sourceAt: number;
}

/** A sample as a prompt that is continued asks it, after demonstrations that are given. */
export function writtenSample(
  task: Askable,
  template: PromptTemplate,
  sample: Instance,
  shown: readonly Instance[],
): WrittenSample {
  const parts = partsOf(task, template, sample, shown);
  const question = parts.at(-1)!;
  const { lead } = aroundAnswer(template);
  const upToSource = template.question.slice(0, template.question.indexOf('{source}'));
  return {
    before: joined([...parts.slice(0, -1), ' '], template).slice(0, -1),
    question: question + template.tail,
    answer: lead + sample.answer.join(template.symbols),
    sourceAt: fill(upToSource, valuesOf(task, template, sample)).length,
  };
}

/** The head, the demonstrations (the first of them explained, where the prompt explains one), and the question. */
function partsOf(
  task: Askable,
  template: PromptTemplate,
  sample: Instance,
  shown: readonly Instance[],
): readonly [head: string, ...string[]] {
  const { head, explanation, demonstration, question, separator } = template;
  const [first, ...others] = shown;
  const values = (one: Instance) => valuesOf(task, template, one);
  const plain = explanation === undefined ? shown : others;
  return [
    fill(head, { rule: ruleOf(template, task.operation), separator }),
    ...(explanation === undefined || first === undefined ? [] : [fill(explanation, values(first))]),
    ...plain.map((one) => fill(demonstration, values(one))),
    fill(question, values(sample)),
  ];
}

function joined(parts: readonly string[], { between }: PromptTemplate): string {
  return parts.filter((part) => part !== '').join(between);
}

/** Whether a prompt of a longer source has longer demonstrations, too. */
export function demonstrationsGrow(given: PromptTemplate, options: RenderOptions): boolean {
  const template = asSent(given, options);
  return shownCount(template) > 0 && template['demonstration-length'] === 'same';
}

/** The user asks each demonstration's question, and the assistant has given its answer; the head comes first. */
function turnsOf(
  template: PromptTemplate,
  head: string,
  shown: readonly Instance[],
  asked: Instance,
  values: (instance: Instance) => Record<Place, string>,
): string[] {
  const turns = [
    ...shown.flatMap((one) => [fill(template.question, values(one)), one.answer.join(template.symbols)]),
    fill(template.question, values(asked)),
  ];
  return head === '' ? turns : [head + template.between + turns[0], ...turns.slice(1)];
}

/** A message of a conversation, as chat APIs take them. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** What is sent by chat: the system message, if there is one, then the user's, with the assistant's turns between them. */
export function chatMessages({
  system,
  turns,
  text,
}: Pick<RenderedPrompt, 'system' | 'turns' | 'text'>): ChatMessage[] {
  const spoken = (turns ?? [text]).map((content, i): ChatMessage => ({
    role: i % 2 === 0 ? 'user' : 'assistant',
    content,
  }));
  return system === null ? spoken : [{ role: 'system', content: system }, ...spoken];
}

/** A prompt as completions get it: the system message comes first. */
export function completionText({ system, text }: Pick<RenderedPrompt, 'system' | 'text'>): string {
  return system === null ? text : `${system}\n\n${text}`;
}

/**
 * What a model read of a prompt that was kept as one text: what introduces the answers of demonstrations (`Output: `) is not
 * sent where they are turns of a conversation.
 */
export function sentText(
  template: PromptTemplate,
  { system, text }: Pick<RenderedPrompt, 'system' | 'text'>,
): string {
  const unsent = template.turns ? introducesAnswer(template) : '';
  const spoken = unsent.trim() === '' ? text : text.replaceAll(unsent, '\n');
  return completionText({ system, text: spoken });
}

/** The words of a demonstration right before its answer that its question does not end with. */
function introducesAnswer({ demonstration, question }: PromptTemplate): string {
  const before = afterLastPlace(demonstration.slice(0, demonstration.indexOf('{answer}')));
  const asked = afterLastPlace(question);
  return before.startsWith(asked) ? before.slice(asked.length) : before;
}

function afterLastPlace(text: string): string {
  return text.slice(text.lastIndexOf('}') + 1);
}

function byteLength(text: string): number {
  return UTF8.encode(text).length;
}

/**
 * Instances of the same task, drawn for this item alone from its seed. None is the item; and as far as there are others,
 * none has the item's source in its own, nor asks about the item's query, whose answer could be read off it. They depend
 * on the length, the index and the item's source and query only, so that operations that are compared in pairs see the
 * same demonstrations.
 */
export function demonstrations(
  task: Askable,
  item: Instance,
  { length, seed, index }: Draw,
  template: PromptTemplate,
): Instance[] {
  const count = shownCount(template);
  const wanted = template['demonstration-length'];
  const own = rng('demonstrations', length, seed, index).uint32();
  const { min, max } = task.admits();
  // A query that occurs twice leaves one way only to place it among five symbols: one more makes several.
  const usual = wanted === 'same' ? length : wanted + Number(task.repeatedQuery);
  const shownLength = Math.min(Math.max(usual, min), max);
  return Array.from({ length: count }, (_, shot) => {
    // Of lines of one's own there may be no others of that length: shorter ones are.
    for (let shorter = shownLength; shorter >= min; shorter--) {
      const shown = otherThan(item, (redraw) =>
        task.instance({ length: shorter, seed: own, index: shot + redraw * count }),
      );
      if (shown !== null) return shown;
    }
    throw new UserError(
      `${task.name}: every demonstration of length ${shownLength} is the question itself; ask for other lengths or more symbols`,
    );
  });
}

/** The first of the draws that doesn't give the item away; else one that isn't the item; else null. */
function otherThan(item: Instance, drawn: (redraw: number) => Instance): Instance | null {
  let found: Instance | null = null;
  for (let redraw = 0; redraw <= REDRAWS; redraw++) {
    const shown = drawn(redraw);
    if (!givesAway(shown, item)) return shown;
    if (!sameSource(shown, item)) found ??= shown;
  }
  return found;
}

/** Whether a demonstration has the item's source in it, or asks about the same query. */
function givesAway({ source, query }: Instance, item: Instance): boolean {
  if (query !== null && query === item.query) return true;
  const [first] = item.source;
  for (let at = source.indexOf(first); at !== -1; at = source.indexOf(first, at + 1)) {
    if (item.source.every((symbol, i) => symbol === source[at + i])) return true;
  }
  return false;
}

function sameSource(a: Instance, b: Instance): boolean {
  return a.source.length === b.source.length && a.source.every((symbol, i) => symbol === b.source[i]);
}

function valuesOf(
  task: Askable,
  template: PromptTemplate,
  { source, query, answer, positions: asked }: Instance,
): Record<Place, string> {
  const writes = task.family === 'flip-flop';
  const positions = writes ? source.flatMap((symbol, place) => (symbol === 'w' ? [place] : [])) : asked;
  const last = writes || task.operation.endsWith('Last');
  const place = last ? (positions.at(-1) ?? 0) : (positions[0] ?? 0);
  return {
    rule: ruleOf(template, task.operation),
    separator: template.separator,
    source: source.join(template.symbols),
    query: query ?? '',
    answer: answer.join(template.symbols),
    times: positions.length === 1 ? 'once' : `${positions.length} times`,
    place: String(place + 1),
    side: /^.L/.test(task.operation) ? 'left' : 'right',
  };
}

/** The marks that end the answer. @throws UserError where one stands in the answer itself */
function usableStops(task: Askable, template: PromptTemplate, { answer }: Instance): readonly string[] {
  return stopsOf(template, answer).map((mark, i) => {
    if (mark !== undefined) return mark;
    const text = answer.join(template.symbols).slice(0, 60);
    throw new UserError(
      `${task.name}: the answer ${JSON.stringify(text)} contains the stop mark ${JSON.stringify(template.stop[i])}; ` +
        `use a prompt with another one`,
    );
  });
}
