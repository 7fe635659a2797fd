/**
 * Text like lorem ipsum, with the repeats of the paper's recipe (its data: `lorem.text()` cut into sentences; again
 * and again shuffled, the words of one sentence shuffled but for the first, with probability 0.3 one sentence
 * appended four times, with 0.5 one word appended four times to a sentence).
 */
import type { Rng } from '../../common/random.ts';

const WORDS = (
  'lorem ipsum dolor sit amet consectetur adipiscing elit sed eiusmod tempor incididunt labore dolore magna aliqua ' +
  'enim minim veniam quis nostrud exercitation ullamco laboris nisi aliquip commodo consequat duis aute irure ' +
  'reprehenderit voluptate velit esse cillum fugiat nulla pariatur excepteur sint occaecat cupidatat proident sunt ' +
  'culpa officia deserunt mollit anim laborum'
).split(' ');

const BASE_SENTENCES = 8;
const SENTENCE_REPEATED = 0.3;
const WORD_REPEATED = 0.5;
const TIMES = 4;

/** `length` sentences, one a line. */
export function sentences(length: number, rng: Rng): string[] {
  const base = Array.from({ length: BASE_SENTENCES }, () => sentence(rng));
  const text: string[] = [];
  while (text.length < length) text.push(...oneRound(base, rng));
  return text.slice(0, length);
}

/** The number of places at which a symbol, or a word of a text, is followed by different ones elsewhere. */
export function ambiguousTransitions(symbols: readonly string[]): number {
  const next = new Map<string, string | null>(); // null: several
  for (let i = 0; i + 1 < symbols.length; i++) {
    const known = next.get(symbols[i]);
    if (known === undefined) next.set(symbols[i], symbols[i + 1]);
    else if (known !== symbols[i + 1]) next.set(symbols[i], null);
  }
  let places = 0;
  for (let i = 0; i + 1 < symbols.length; i++) places += Number(next.get(symbols[i]) === null);
  return places;
}

function oneRound(base: readonly string[], rng: Rng): string[] {
  const text = rng.shuffle([...base]);
  const shuffled = rng.below(text.length);
  const [head, ...rest] = text[shuffled].slice(0, -1).split(' ');
  text[shuffled] = `${[head, ...rng.shuffle(rest)].join(' ')}.`;
  if (rng.float() < SENTENCE_REPEATED) {
    const repeated = rng.choice(text);
    for (let time = 0; time < TIMES; time++) text.push(repeated);
  }
  if (rng.float() < WORD_REPEATED) {
    const at = rng.below(text.length);
    const word = rng.choice(WORDS);
    text[at] = `${text[at].slice(0, -1)}${` ${word}`.repeat(TIMES)}.`;
  }
  return text;
}

function sentence(rng: Rng): string {
  const words = Array.from({ length: 5 + rng.below(6) }, () => rng.choice(WORDS));
  const text = words.join(' ');
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}
