/** A model of text that others trained, answering prompts greedily in this process, which blocks while it computes. */
import type { Computing } from '../../graph/index.ts';
import type { ForcedAnswer } from '../../score/forced.ts';
import { Continuation } from '../../model/answers/continuation.ts';
import { LocalModel } from '../../model/index.ts';
import { weightFiles } from '../../model/files/folder.node.ts';
import { isModelFile, loadTextModel, modelFiles } from '../../model/files/text/text-model.node.ts';
import type { TextModel } from '../../model/files/text/text-model.node.ts';
import { rememberedParity } from '../../model/parity/remembered.node.ts';
import type { Message } from '../../model/tokenizers/chat-template.ts';
import type { TextTokenizer } from '../../model/tokenizers/text.ts';
import { cutAt } from './cut.ts';
import { endingsOf, forcedQuestion, ForcedReader, isForgiven } from './forced.ts';
import type { Endings, ForcedQuestion } from './forced.ts';
import { begun, tokensBehind } from '../../model/tokenizers/prompt-tokens.ts';
import type { PromptTokens } from '../../model/tokenizers/prompt-tokens.ts';
import { hashOfAdapter, hashOfFiles, hashOfSetup, TEXT_SETUP } from '../../model/files/text/hashes.node.ts';

/** What is known of a model once it is loaded. */
export interface TextFacts {
  /** SHA-256 of its weights' files, in order; of a GGUF file, of all that it holds. */
  readonly weights: string;
  /** SHA-256 of a folder's configuration, tokenizer and chat template; null: all of it is in the weights' file. */
  readonly setup: string | null;
  /** SHA-256 of an adapter's files, where one is in the weights. */
  readonly adapter?: string;
  /** Of the logits of a fixed prompt. It doesn't name the model: other processors round otherwise. */
  readonly checksum: number;
  /** The longest sequence that it reads, in tokens. */
  readonly positions: number;
  /** Names that its tokenizer reads as special tokens wherever they stand. */
  readonly specialNames: readonly string[];
  /** Whether it has a chat template. */
  readonly chats: boolean;
}

/** A prompt as it is asked. */
export interface TextQuestion {
  /** The text that is to be continued, or the messages of a conversation. */
  readonly asked: string | readonly Message[];
  /** Texts that end the answer, and are no part of it. */
  readonly stop: readonly string[];
  /** The most tokens of the answer. */
  readonly room: number;
  /** What the answer may be: the nearer, the quicker; the answer doesn't depend on it. */
  readonly guess: string;
  /** The right answer, which is read instead of generating one; absent where one is generated. */
  readonly forced?: string;
}

export interface TextAnswer {
  readonly text: string;
  /** As servers say it: it ended, or the room was used up. */
  readonly finishReason: 'stop' | 'length';
  readonly promptIds: readonly number[];
  readonly outputIds: readonly number[];
}

/** A prompt that does not fit with its room. */
export interface TooLong {
  readonly promptTokens: number;
}

/** What was read of the right answer. */
export interface TextForced {
  readonly forced: ForcedAnswer;
  readonly promptIds: readonly number[];
}

/** Why a right answer can't be read, in one line. */
export interface Unreadable {
  readonly unreadable: string;
}

export type TextReply = TextAnswer | TextForced | Unreadable | TooLong;

/** A session serves sequences of up to this many times fewer tokens than it was made for: making one takes a second. */
const WASTE = 2;
/** Sessions are made for multiples of this many tokens. */
const STEP = 64;

export class TextAnswerer {
  readonly facts: TextFacts;
  private readonly model: TextModel;
  private readonly computing: Computing;
  private current:
    { readonly length: number; readonly batch: number; readonly continuation: Continuation } | undefined;

  /** Reads right answers; made for the first one, with the texts of all tokens. */
  private reader: ForcedReader | undefined;
  private texts: readonly string[] | undefined;
  /** By stop marks. */
  private readonly endings = new Map<string, Endings>();

  private constructor(facts: TextFacts, model: TextModel, computing: Computing) {
    this.facts = facts;
    this.model = model;
    this.computing = computing;
  }

  /** @throws UserError in one line for what is no model, a damaged one, or one that is not supported or too large */
  static async open(
    target: string,
    computing: Computing,
    options: { readonly adapter?: string } = {},
  ): Promise<TextAnswerer> {
    const { adapter } = options;
    const model = await loadTextModel(target, options);
    const isFile = isModelFile(target);
    const { checksum } = await rememberedParity(
      await modelFiles(target, adapter),
      model,
      target,
      computing.threads ?? 1,
    );
    const facts: TextFacts = {
      weights: await hashOfFiles(isFile ? [target] : await weightFiles(target)),
      setup: isFile ? null : hashOfSetup(target, TEXT_SETUP),
      ...(adapter === undefined ? {} : { adapter: await hashOfAdapter(adapter) }),
      checksum,
      positions: model.config.positions,
      specialNames: model.tokenizer.specialNames,
      chats: model.template !== null,
    };
    return new TextAnswerer(facts, model, computing);
  }

  /**
   * Answers to all, generated or forced.
   * @throws UserError for messages that the chat template refuses
   */
  async answer(questions: readonly TextQuestion[]): Promise<TextReply[]> {
    const { positions } = this.facts;
    const prompts = questions.map((question) => this.promptOf(question));
    const fits = (which: number): boolean =>
      prompts[which].ids.length + questions[which].room - 1 <= positions;
    const fitting = [...prompts.keys()].filter(fits);
    const [forced, generated] = [true, false].map((isForced) =>
      fitting.filter((which) => (questions[which].forced !== undefined) === isForced),
    );
    const replies = prompts.map(({ ids }): TextReply => ({ promptTokens: ids.length }));
    const of = <T>(all: readonly T[], some: readonly number[]): T[] => some.map((which) => all[which]);
    const answers = await this.generated(of(prompts, generated), of(questions, generated));
    generated.forEach((which, i) => (replies[which] = answers[i]));
    const read = await this.forced(of(prompts, forced), of(questions, forced));
    forced.forEach((which, i) => (replies[which] = read[i]));
    return replies;
  }

  async close(): Promise<void> {
    await this.current?.continuation.release();
    this.current = undefined;
    await this.reader?.release();
    this.reader = undefined;
  }

  private promptOf({ asked, guess }: TextQuestion): Prompt {
    const { tokenizer, template } = this.model;
    if (typeof asked !== 'string' && template === null) throw new Error('a model without a chat template');
    const text = typeof asked === 'string' ? asked : template!.render(asked);
    const ids = begun(tokenizer, text);
    return { text, ids, guess: tokensBehind(tokenizer, { text, ids }, guess) ?? [] };
  }

  private async forced(
    prompts: readonly Prompt[],
    questions: readonly TextQuestion[],
  ): Promise<(TextForced | Unreadable)[]> {
    if (prompts.length === 0) return [];
    const { config, weights, tokenizer } = this.model;
    this.reader ??= new ForcedReader(new LocalModel({ config, weights }, this.computing));
    const asked = prompts.map((prompt, i) => {
      const { forced = '', stop } = questions[i];
      return forcedQuestion(tokenizer, this.endingsFor(stop), prompt, forced);
    });
    const readable = asked.filter((one): one is ForcedQuestion => !('unreadable' in one));
    const read = await this.reader.read(readable);
    const replies: (TextForced | Unreadable)[] = [];
    for (const [i, one] of asked.entries()) {
      if ('unreadable' in one) {
        replies.push(one);
        continue;
      }
      const found = read[readable.indexOf(one)];
      const last = found.best.at(-1)!;
      const begins = one.endings.begins.has(last) && one.answer.every((id, at) => found.best[at] === id);
      const ends = one.endings.ends.has(last) || (begins && (await this.endsBehind(one, questions[i])));
      const bestTexts = found.best.map((id) => tokenizer.decode([id]).toWellFormed());
      replies.push({ promptIds: prompts[i].ids, forced: { tokens: one.answer, ...found, bestTexts, ends } });
    }
    return replies;
  }

  /** Whether the model goes on behind an answer with a stop mark of several tokens, and nothing else. */
  private async endsBehind({ prompt, answer }: ForcedQuestion, { stop }: TextQuestion): Promise<boolean> {
    const room = Math.max(...stop.map((mark) => Buffer.byteLength(mark)));
    const ids = [...prompt, ...answer];
    if (ids.length + room > this.facts.positions) return false;
    const question: TextQuestion = { asked: '', stop, room, guess: '' };
    const [{ text, finishReason }] = await this.generated([{ text: '', ids, guess: [] }], [question]);
    return finishReason === 'stop' && isForgiven(text);
  }

  private endingsFor(stop: readonly string[]): Endings {
    const key = JSON.stringify(stop);
    const known = this.endings.get(key);
    if (known !== undefined) return known;
    const { tokenizer, ends, config } = this.model;
    this.texts ??= textsBehind(tokenizer, config.vocabulary);
    const found = endingsOf(this.texts, ends, stop);
    this.endings.set(key, found);
    return found;
  }

  private async generated(
    prompts: readonly Prompt[],
    questions: readonly TextQuestion[],
  ): Promise<TextAnswer[]> {
    if (prompts.length === 0) return [];
    const { tokenizer, ends } = this.model;
    const longest = Math.max(...questions.map(({ room }) => room));
    const length = Math.max(...prompts.map(({ ids }) => ids.length)) + longest;
    const readAs = (which: number, answer: readonly number[]) =>
      cutAt(textAfter(tokenizer, prompts[which].ids, answer), questions[which].stop);
    const continuation = await this.continuationFor(length, prompts.length);
    const answers = await continuation.generate(
      prompts.map(({ ids, guess }) => ({ prompt: ids, answer: [], guess })),
      longest,
      {
        ends: (token) => ends.has(token),
        isWhole: (which, answer) => answer.length >= questions[which].room || readAs(which, answer).isCut,
      },
    );
    return answers.map((outputIds, which) => {
      const { text, isCut } = readAs(which, outputIds);
      const isFull = outputIds.length >= questions[which].room && !isCut;
      return {
        text,
        finishReason: isFull ? 'length' : 'stop',
        promptIds: prompts[which].ids,
        outputIds,
      };
    });
  }

  private async continuationFor(length: number, count: number): Promise<Continuation> {
    const { current } = this;
    const serves =
      current !== undefined &&
      current.batch >= count &&
      current.length >= length &&
      current.length <= Math.max(STEP, WASTE * length);
    if (serves) return current.continuation;
    await this.current?.continuation.release();
    this.current = undefined;
    const { config, weights } = this.model;
    const size = { batch: count, length: Math.min(config.positions + 1, Math.ceil(length / STEP) * STEP) };
    const continuation = await Continuation.create(config, weights, size, this.computing);
    this.current = { ...size, continuation };
    return continuation;
  }
}

interface Prompt extends PromptTokens {
  readonly guess: readonly number[];
}

/** The text of every token where it stands behind another one; '' for special tokens, and ids without a token. */
function textsBehind(tokenizer: TextTokenizer, vocabulary: number): string[] {
  const [before] = tokenizer.encode('a');
  return Array.from({ length: vocabulary }, (_, id) => textAfter(tokenizer, [before], [id]));
}

/**
 * What an answer says. Decoded behind the prompt's last token, since tokenizers leave out a blank at the beginning of a text.
 * Special tokens stand for no text.
 */
export function textAfter(
  tokenizer: Pick<TextTokenizer, 'decode' | 'isSpecial'>,
  prompt: readonly number[],
  answer: readonly number[],
): string {
  const before = prompt.slice(-1);
  const said = answer.filter((id) => !tokenizer.isSpecial(id));
  return tokenizer.decode([...before, ...said]).slice(tokenizer.decode(before).length);
}
