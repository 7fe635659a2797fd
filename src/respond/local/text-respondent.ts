/** A model of text that runs here as a respondent: the prompts that endpoints get, answered greedily. */
import type { Json } from '../../common/json.ts';
import { chatMessages, completionText } from '../../prompt/render.ts';
import type { RenderedPrompt } from '../../prompt/render.ts';
import type { PromptApi } from '../../prompt/template.ts';
import { textOutput } from '../../score/output.ts';
import type { Output } from '../../score/output.ts';
import type { Prompted, Respondent } from '../respondent.ts';
import { answeredInBatches } from './batches.ts';
import type { TextFacts, TextQuestion, TextReply } from './text-answerer.node.ts';

/** Whoever answers prompts: the model in this process, or in one of its own. */
export interface TextModelHere {
  readonly facts: TextFacts;
  answer(questions: readonly TextQuestion[]): Promise<readonly TextReply[]>;
  close(): Promise<void>;
}

/** More at once would make neither the model faster nor a row come sooner. */
const MOST_QUESTIONS = 16;
/** Bytes of the prompts and answers of a batch, which are never fewer than their tokens. */
const MOST_BYTES = 32_768;

/** How a model is asked. */
export interface TextAsking {
  /** Whether prompts are continued, or answered as messages by the model's chat template. */
  readonly api: PromptApi;
  /** Whether an answer is generated, or the right one is read. */
  readonly decide: 'generation' | 'forced';
}

/** What determines the answers. */
export function textIdentity(
  { weights, setup, adapter }: TextFacts,
  { api, decide }: TextAsking,
): Record<string, Json> {
  return {
    ...{ kind: 'text-model', weights },
    ...(setup === null ? {} : { setup }),
    ...(adapter === undefined ? {} : { adapter }),
    api,
    ...(decide === 'generation' ? {} : { decide }), // what was generated has always been named without
  };
}

export function textRespondent(model: TextModelHere, asking: TextAsking): Respondent {
  return {
    identity: textIdentity(model.facts, asking),
    ask: (questions, options) =>
      answeredInBatches(questions, options, fits, async (batch) => {
        const began = performance.now();
        const replies = await model.answer(batch.map(({ prompt }) => questionOf(prompt, asking)));
        const latencyMs = (performance.now() - began) / batch.length;
        return batch.map(({ prompt }, i) => outputOf(replies[i], prompt, latencyMs, model.facts));
      }),
  };
}

function fits(batch: readonly Prompted[], next: Prompted): boolean {
  const bytes = [...batch, next].reduce((sum, { prompt }) => sum + bytesOf(prompt), 0);
  return batch.length < MOST_QUESTIONS && bytes <= MOST_BYTES;
}

function bytesOf(prompt: RenderedPrompt): number {
  return Buffer.byteLength(completionText(prompt)) + prompt.maxTokens;
}

function questionOf(prompt: RenderedPrompt, { api, decide }: TextAsking): TextQuestion {
  const { stop, expected, reading, maxTokens } = prompt;
  if (decide === 'forced') {
    const asked = api === 'chat' ? chatMessages(prompt) : completionText(prompt);
    return { asked, stop, room: maxTokens, guess: '', forced: rightText(prompt) };
  }
  const right = `${reading.lead}${expected.answer.join(reading.joiner)}${reading.trail}${stop[0] ?? ''}`;
  return {
    asked: api === 'chat' ? chatMessages(prompt) : completionText(prompt),
    stop,
    room: maxTokens,
    guess: right,
  };
}

/** The right answer as the demonstrations write it, between the prompt's tags, where it has some. */
function rightText({ expected, reading, stop }: RenderedPrompt): string {
  const { tags, lead, joiner } = reading;
  const answer = lead + expected.answer.join(joiner);
  if (tags === null) return answer;
  const [open, close] = tags;
  return open + answer + (stop.includes(close) ? '' : close);
}

function outputOf(
  reply: TextReply,
  { maxTokens }: RenderedPrompt,
  latencyMs: number,
  { positions }: TextFacts,
): Output {
  if ('promptTokens' in reply) {
    const { promptTokens } = reply;
    return {
      ...textOutput(''),
      ...{ text: null, promptTokens, tokenLimit: maxTokens, latencyMs, failure: 'too-long' },
      error: `the prompt does not fit with its answer: the model has ${positions} positions`,
    };
  }
  if ('unreadable' in reply) {
    const { unreadable: error } = reply;
    return { ...textOutput(''), text: null, tokenLimit: maxTokens, latencyMs, failure: 'form', error };
  }
  if ('forced' in reply) {
    const { forced, promptIds } = reply;
    return { ...textOutput(''), text: null, forced, promptIds, promptTokens: promptIds.length, latencyMs };
  }
  const { text, finishReason, promptIds, outputIds } = reply;
  return textOutput(text.toWellFormed(), {
    ...{ finishReason, promptIds, outputIds, tokenLimit: maxTokens, latencyMs },
    promptTokens: promptIds.length,
    completionTokens: outputIds.length,
  });
}
