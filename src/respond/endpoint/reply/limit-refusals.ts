/**
 * Refusals of the limit on an answer: the server allows fewer tokens than are asked for, whatever the prompt is. Servers say so in
 * words of their own, and nearly all name the largest limit that they take.
 */
import type { SaidError } from './errors.ts';

/** The limit, as OpenAI, Anthropic, Google, TGI, Bedrock and others call it. */
const OF_LIMIT =
  /max[_ ]?(completion_?|output_?|new_?|gen_?|generated_?)?tokens?\b|(completion|output|generated|new) tokens|maximum tokens|max_gen_len|n_predict/i;

const TOO_LARGE =
  /too (large|high|big|many)|at most|above|maximum|<=|≤|\d\s*>\s*\d|(less|lower|smaller) than|(is|are|was) (larger|greater|higher|more) than|larger than|exceed|\brange\b|\bbetween\b|limited|no more than|up to|limit (is|of)|超|最大|范围/i;

/** Of the prompt, or of both together: how much there is left for the answer depends on the prompt. */
const OF_PROMPT =
  /context|\binputs?`? (tokens?|length|text)|\b(your|the) (input|messages)\b|your request|\bprompts?\b|\bin the messages\b|\btotal\b|sequence length|max_model_len|n_ctx/i;

/** Groq's aside, on a limit that has nothing to do with the prompt. */
const ASIDE = /\bis less than the `?context_window`? for this model/i;

/** Gateways pass the refusal of another server on as an error of their own. */
const STATUSES = [400, 416, 422, 500];

/** So many characters are looked at: a refusal may be of any length. */
const LOOKED_AT = 2000;

/** More numbers than this are no refusal. */
const MOST_NUMBERS = 50;

/**
 * The numbers in a refusal of the limit on the answer, the limit that was sent among them: the largest below that is the largest
 * limit that is taken, if any is named. Null where it isn't the limit that is refused.
 */
export function limitsNamed(
  status: number,
  { words, field }: Pick<SaidError, 'words' | 'field'>,
): readonly number[] | null {
  if (!STATUSES.includes(status)) return null;
  // Some write the words where others name the field.
  const said = `${field ?? ''} ${words}`.slice(0, LOOKED_AT).replace(ASIDE, '');
  return OF_LIMIT.test(said) && TOO_LARGE.test(said) && !OF_PROMPT.test(said) ? numbersIn(said) : null;
}

/** `4096`, `4,096`, `4k`; those of names (`gpt-4-1106-preview`) are none. */
const NUMBER = /(?<![\w.-])(?:(?<!\[)(\d{1,3}(?:[,_]\d{3})+)|(\d+))(k)?(?![\w-]|\.\d)/gi;

function numbersIn(said: string): number[] {
  const found: number[] = [];
  for (const { 0: text, 1: grouped, 2: plain, 3: thousands, index } of said.matchAll(NUMBER)) {
    if (found.length === MOST_NUMBERS) break;
    const number = Number((grouped ?? plain).replace(/[,_]/g, '')) * (thousands === undefined ? 1 : 1000);
    const isOutside = isExclusive(said, index, index + text.length);
    if (Number.isSafeInteger(number)) found.push(isOutside ? number - 1 : number);
  }
  return found;
}

/** Whether the number itself is one too many: `less than 4096`, `4097 (exclusive)`, `[1, 4097)`. */
function isExclusive(said: string, from: number, to: number): boolean {
  const before = said.slice(Math.max(0, from - 20), from);
  const after = said.slice(to, to + 20);
  return (
    /(?:less|lower|smaller) than [`'"]?$|<\s?[`'"]?$/i.test(before) ||
    /^\s?\(exclusive\)/i.test(after) ||
    (after.startsWith(')') && /\[\s?\d+\s?,\s?$/.test(before))
  );
}
