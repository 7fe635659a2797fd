/**
 * Marks of chat templates that a server left in the text. gpt-oss writes its messages to channels
 * (https://github.com/openai/harmony): `<|channel|>analysis<|message|>…<|end|><|start|>assistant<|channel|>final<|message|>…<|return|>`;
 * the final one is the answer, the others are thoughts. Where special tokens were dropped in decoding, it reads
 * `analysis…assistantfinal…`.
 */
import { SPECIAL_MARKS, withoutSpecialMarks } from '../../../common/special-marks.ts';
import type { Change, Context, Draft } from '../draft.ts';
import { behindFirstTokens } from './special-tokens.ts';
import { withoutFirstBreaks } from './thoughts.ts';

interface Message {
  readonly channel: string | null;
  readonly text: string;
  /** The mark that ends it; null where the output does. */
  readonly ended: string | null;
}

const MARK = /<\|(start|channel|message|constrain|end|return|call)\|>/g;

const STRIPPED_FINAL = ['assistantfinal', 'assistant final'];
const STRIPPED_ANALYSIS = /^\s*analysis(?=\p{Lu})/u;

/** Channels are no marks of thoughts alone: these two are. */
const THOUGHT_CHANNEL = /<\|channel\|>\s*(?:analysis|commentary)/i;

/** Whether a text has a thought in a channel of its own, with its marks or where they were dropped. */
export function hasChannelThought(text: string): boolean {
  return THOUGHT_CHANNEL.test(text) || STRIPPED_ANALYSIS.test(text) || lastFinal(text) !== null;
}

export function channels(draft: Draft, context: Context): Change | null {
  const { text } = draft;
  if (!/[<[]|analysis|assistant/.test(text)) return null; // most outputs
  if (new RegExp(MARK).test(context.gold)) return null;
  if (/<\|(?:channel|message)\|>|<\|(?:end|return|call)\|>/.test(text)) return marked(draft, context);
  return stripped(draft, context) ?? turn(draft, context);
}

function marked(draft: Draft, context: Context): Change | null {
  const messages = messagesOf(draft.text);
  const finals = messages.filter(({ channel }) => channel === 'final');
  const plain = messages.filter(({ channel, text }) => channel === null && text.trim() !== '');
  const isPadding = ({ text }: Message): boolean => withoutSpecialMarks(text, SPECIAL_MARKS).trim() === '';
  const lastPlain = plain.findLast((message) => !isPadding(message)) ?? plain.at(-1);
  const answer = finals.find(({ text }) => text.trim() !== '') ?? finals.at(0) ?? lastPlain;
  const others = messages.filter((message) => message !== answer && message.channel !== 'final');
  const rest = others.filter((message) => !isPadding(message));
  const called = answer === undefined && messages.some(({ ended }) => ended === 'call');
  return {
    text: answer === undefined ? '' : withoutTurn(withoutFirstBreaks(answer.text), context),
    ended: draft.ended || (answer !== undefined && answer.ended !== null),
    thoughts: [...draft.thoughts, ...rest.map(({ text }) => text.trim()).filter((text) => text !== '')],
    openThought: draft.openThought || (answer === undefined && !called),
    called: draft.called || called,
  };
}

/** More messages than this are a model in a loop. */
const MOST_MESSAGES = 10_000;

function messagesOf(text: string): Message[] {
  const messages: Message[] = [];
  let [from, header, channel]: [number, boolean, string | null] = [0, false, null];
  for (const { 1: name, 0: mark, index } of text.matchAll(MARK)) {
    if (messages.length === MOST_MESSAGES) return messages;
    const piece = text.slice(from, index);
    from = index + mark.length;
    if (name === 'message') {
      channel = header ? (/^\s*([a-z]+)/u.exec(lastChannel(text, index))?.[1] ?? null) : null;
      header = false;
    } else if (name === 'constrain') continue;
    else {
      if (!header && (piece.trim() !== '' || channel !== null)) {
        messages.push({ channel, text: piece, ended: name === 'channel' ? 'start' : name });
      }
      if (!header || name === 'start') channel = null;
      header = name === 'start' || name === 'channel';
    }
  }
  const piece = text.slice(from);
  if (!header && (piece.trim() !== '' || channel !== null))
    messages.push({ channel, text: piece, ended: null });
  return messages;
}

/** A header is short: the name of a channel, and of whom it is for. */
const LONGEST_HEADER = 300;

/** What stands between the last `<|channel|>` and a `<|message|>`. */
function lastChannel(text: string, before: number): string {
  const header = text.slice(Math.max(0, before - LONGEST_HEADER), before);
  const at = header.lastIndexOf('<|channel|>');
  return at === -1 ? '' : header.slice(at + '<|channel|>'.length);
}

function stripped(draft: Draft, { gold }: Context): Change | null {
  const { text } = draft;
  if (gold.includes('assistant') || gold.trimStart().startsWith('analysis')) return null;
  const thought = (until: number): string =>
    text
      .slice(0, until)
      .trim()
      .replace(/^analysis/u, '');
  const final = lastFinal(text);
  if (final !== null) {
    return {
      text: withoutFirstBreaks(text.slice(final.end)),
      thoughts: [...draft.thoughts, thought(final.at)],
    };
  }
  if (!STRIPPED_ANALYSIS.test(text)) return null;
  return { text: '', thoughts: [...draft.thoughts, thought(text.length)], openThought: true };
}

/** Where the last `assistantfinal` begins and ends. */
function lastFinal(text: string): { readonly at: number; readonly end: number } | null {
  const ends = STRIPPED_FINAL.map((mark) => ({ at: text.lastIndexOf(mark), length: mark.length }));
  const [last] = ends.sort((a, b) => b.at - a.at);
  return last.at === -1 ? null : { at: last.at, end: last.at + last.length };
}

function turn({ text }: Draft, context: Context): Change | null {
  const answer = withoutTurn(text, context);
  return answer === text ? null : { text: answer };
}

function withoutTurn(text: string, context: Context): string {
  return text.slice(behindFirstTokens(text, context));
}
