/** The prompt, which some servers give back before the answer (completions with `echo`, TGI's `return_full_text`). */
import { SPECIAL_MARKS, withoutSpecialMarks } from '../../../common/special-marks.ts';
import type { Change, Context, Draft } from '../draft.ts';

export function echo({ text }: Draft, { expected, gold }: Context): Change | null {
  const rest = behindPrompt(text, expected.prompt ?? '', gold);
  return rest === null ? null : { text: rest };
}

/** A special token, white space, or one character. */
const TOKEN = new RegExp(
  String.raw`(?<mark>${SPECIAL_MARKS.map(({ source }) => source).join('|')})|(?<white>\s+)|[^]`,
  'uy',
);

/**
 * What follows the prompt in an output that begins with it; null where none does. What a tokenizer makes of it is the same prompt: with
 * special tokens before it (the padding of a batch), without some of its own (`skip_special_tokens`), with other white space around these, with other
 * line ends.
 * @param gold the right answer: a prompt that is nothing but what is to be copied is no echo
 */
export function behindPrompt(text: string, prompt: string, gold?: string): string | null {
  const said = compact(withoutSpecialMarks(prompt, SPECIAL_MARKS));
  if (compact(prompt) === '') return null;
  const isCopied = (core: string): boolean => core !== '' && compact(gold ?? '').startsWith(core);
  if (isCopied(said) || isCopied(compact(prompt))) return null;
  if (text.startsWith(prompt)) return text.slice(prompt.length);
  const end = said === '' ? null : endOfPrompt(text, prompt);
  if (end === null) return null;
  const rest = text.slice(end);
  return rest.slice(commonLength(rest, /\s*$/u.exec(prompt)?.[0] ?? ''));
}

/** Where the prompt ends that an output begins with, white space behind it left out; null where it begins with another text. */
function endOfPrompt(text: string, prompt: string): number | null {
  const output = tokensOf(text);
  let next = output.next();
  // Special tokens before a text are those of its beginning, and of its padding.
  while (next.value?.isMark === true) next = output.next();
  let end = 0;
  let hasBegun = false;
  for (const wanted of tokensOf(prompt)) {
    const found = next.value;
    if (found !== undefined && found.text === wanted.text) {
      end = found.end;
      hasBegun = true;
      next = output.next();
    } else if (!wanted.isMark) return null;
  }
  return hasBegun ? end : null;
}

interface Token {
  readonly text: string;
  readonly end: number;
  readonly isMark: boolean;
}

/** The special tokens and characters of a text, without white space. */
function* tokensOf(text: string): Generator<Token, undefined> {
  for (let at = 0; at < text.length;) {
    TOKEN.lastIndex = at;
    const { 0: token, groups } = TOKEN.exec(text) as RegExpExecArray;
    at += token.length;
    if (groups?.white === undefined) yield { text: token, end: at, isMark: groups?.mark !== undefined };
  }
  return undefined;
}

function commonLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

function compact(text: string): string {
  return text.replace(/\s+/gu, '');
}

/** Of a prompt, so large a part at its beginning or its end is most of it; and fewer characters may stand in any text. */
const MOST_OF_PROMPT = 0.6;
const LEAST_OF_PROMPT = 12;

/** As far as a prompt is looked for, in prompts; and of so many lines one after the other. */
const MOST_PROMPTS = 4;
const MOST_LINES = 500;

/**
 * Whether most of a prompt stands somewhere in an output, other than by being copied for an answer: in one piece, or line by line, as with what a
 * chat template writes between messages. Letters may be small ones for capitals: some tokenizers know no others.
 * @param copied what an answer may have of the prompt: the right answer, and the source
 */
export function holdsPrompt(text: string, prompt: string, copied: readonly string[]): boolean {
  const first = text.slice(0, MOST_PROMPTS * (prompt.length + 1000));
  const [said, whole, ...answers] = [first, prompt, ...copied].map(core);
  const length = Math.ceil(MOST_OF_PROMPT * whole.length);
  if (length < LEAST_OF_PROMPT) return false;
  const isCopied = (part: string): boolean => answers.some((answer) => answer.includes(part));
  const parts = [whole.slice(0, length), whole.slice(-length)];
  if (parts.some((part) => said.includes(part) && !isCopied(part))) return true;
  let [at, found] = [0, 0];
  for (const line of prompt.split('\n', MOST_LINES).map(core)) {
    const start = said.indexOf(line, at);
    if (start === -1 || line === '' || isCopied(line)) continue;
    at = start + line.length;
    found += line.length;
  }
  return found >= length;
}

/** A text without special tokens, white space and the difference of capitals. */
function core(text: string): string {
  return compact(withoutSpecialMarks(text, SPECIAL_MARKS)).toLowerCase();
}
