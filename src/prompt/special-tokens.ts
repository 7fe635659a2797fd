/**
 * Marks in a prompt that a model may read as special tokens instead of as text. Tokenizers look for their special tokens
 * anywhere in the raw text, and nothing escapes them: a `<bos>` that a prompt writes is, to Gemma, the beginning of
 * another text, and of 50 copies asked for in that way it gets none right that it gets right otherwise.
 */
import { SPECIAL_MARKS } from '../common/special-marks.ts';
import type { PromptTemplate } from './template.ts';

/** The marks in a text that have the form of a special token, each once, in the order of the forms. */
export function marksIn(text: string): string[] {
  let left = text; // a mark within another one is not seen
  const found = SPECIAL_MARKS.flatMap((form) => {
    const marks = Array.from(left.matchAll(form), ([mark]) => mark);
    left = left.replaceAll(form, '\n');
    return marks;
  });
  return [...new Set(found)];
}

/** The marks that a template writes itself, whatever the source is: a lint for prompts. */
export function suspiciousMarks(template: PromptTemplate): string[] {
  const { system, head, explanation, separator, demonstration, question, tail, between, symbols } = template;
  const texts = [system, head, template['head-without-separator'], explanation, separator, demonstration];
  const others = [question, tail, between, symbols, ...template.stop, ...(template['answer-tags'] ?? [])];
  const written = [...texts, ...others, ...Object.values(template.rules)].filter(
    (text) => text !== undefined,
  );
  return marksIn(written.join('\n'));
}

/** How the model at hand cuts texts into tokens: what a server offers of the two. null where it doesn't tell. */
export interface TokenTeller {
  /** The ids of a text's tokens, with whatever is put before a text. */
  readonly tokenize?: (text: string) => Promise<readonly number[] | null>;
  /** How many tokens a prompt of that text has, with whatever is put around it. */
  readonly count?: (text: string) => Promise<number | null>;
}

/** What is looked through: a prompt as it is sent. */
export interface SentTexts {
  readonly system: string | null;
  readonly text: string;
  readonly stop: readonly string[];
}

/**
 * The marks of prompts that the model at hand reads as one token each. All that a prompt holds is looked through: also
 * sources of an alphabet or a file of the user's own, and stop marks, since a server leaves special tokens out of the text
 * in which it would look for them.
 * @param prompts as they are sent; of each task one is enough where sources are letters, all where they are texts
 * @returns null where the model doesn't tell how it cuts texts
 */
export async function specialTokensIn(
  prompts: readonly SentTexts[],
  teller: TokenTeller,
): Promise<string[] | null> {
  const marks = new Set(
    prompts.flatMap(({ system, text, stop }) => marksIn([system ?? '', text, ...stop].join('\n'))),
  );
  const special: string[] = [];
  for (const mark of marks) {
    const one = await isOneToken(mark, teller);
    if (one === null) return null;
    if (one) special.push(mark);
  }
  return special;
}

/** One token in every tokenizer, so that what comes after it can be told from what stands before every text. */
const BEFORE = 'a';

/**
 * Whether a mark is one token. It is written twice: what is special is the same token wherever it stands, while the
 * pieces of a plain text join with what stands beside them.
 */
async function isOneToken(mark: string, { tokenize, count }: TokenTeller): Promise<boolean | null> {
  const twice = BEFORE + mark + mark;
  const ids = await tokenize?.(twice);
  if (ids !== null && ids !== undefined) {
    const alone = (await tokenize?.(BEFORE)) ?? null;
    return alone === null ? null : ids.length === alone.length + 2 && ids.at(-1) === ids.at(-2);
  }
  const tokens = (await count?.(twice)) ?? null;
  const alone = (await count?.(BEFORE)) ?? null;
  return tokens === null || alone === null ? null : tokens === alone + 2;
}

/**
 * One line for the user: what the model doesn't read as text, and what to do.
 * @param prompt the prompt's name
 * @param written the marks that the prompt's file writes (`suspiciousMarks`): the others come from the sources
 * @param instead a prompt without marks for the same tasks
 */
export function specialTokensLine(
  task: string,
  prompt: string,
  special: readonly string[],
  written: readonly string[],
  instead: string,
): string {
  const shown = special.map((mark) => JSON.stringify(mark)).join(', ');
  const ofPrompt = special.some((mark) => written.includes(mark));
  const where = ofPrompt ? `the prompt '${prompt}'` : 'the sources';
  const way = ofPrompt
    ? prompt === instead
      ? 'take the marks out of its file'
      : `use --prompt ${instead}`
    : 'ask about other symbols or lines';
  const each = special.length === 1 ? 'a special token' : 'special tokens';
  return `${task}: this model reads ${shown} in ${where} as ${each}, not as text; ${way}, or ask all the same with --allow-special-tokens`;
}
