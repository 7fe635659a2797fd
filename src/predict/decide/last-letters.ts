/**
 * Languages in which the last k letters decide (Boolean combinations of "ends in w"; definite languages: Perles, Rabin
 * and Shamir 1963). Their programs need no counts: they look at one letter after the other, backwards from the end,
 * and only as far as the answer is still open.
 */
import { symbolLiteral } from '../../crasp/index.ts';
import type { Dfa } from '../automata/dfa.ts';
import { oneOf } from './cover.ts';
import { and, atom, FALSE, or, type Text, TRUE } from './expressions.ts';
import type { Machine } from './machine.ts';
import { before, NO_SYMBOL } from './product.ts';

/** Strings of up to k letters, times letters: what a check of the program goes through (about two seconds' work). */
const MAX_CONTEXTS = 500_000;
/** Suffixes that are looked at, times states: about a second's work. */
const MAX_SUFFIX_WORK = 20_000_000;

export interface LastLetters {
  readonly program: string;
  /** How many letters decide, besides the one at which the answer is read. */
  readonly lookBack: number;
}

/** The program of a machine whose state depends on the last few letters only; undefined where it does not. */
export function byLastLetters(machine: Machine): LastLetters | undefined {
  const { dfa, accepts, read } = machine;
  const lookBack = decidingLetters(dfa);
  const letters = dfa.alphabet.length;
  if (lookBack === undefined || contexts(letters, lookBack) * (letters + 1) > MAX_CONTEXTS) return undefined;
  const suffixes = new Suffixes(dfa);
  const accepted =
    read === 'eos'
      ? suffixes.condition((state) => accepts[state] === 1)
      : or(
          ...dfa.alphabet.map((symbol, letter) =>
            and(
              atom(symbolLiteral(symbol)),
              suffixes.condition((state) => accepts[state * letters + letter] === 1),
            ),
          ),
        );
  if (suffixes.work > MAX_SUFFIX_WORK) return undefined;
  const lines = [`alphabet { ${dfa.alphabet.map(symbolLiteral).join(' ')} }`, `read at ${read}`];
  return { program: `${[...lines, `accept ${accepted.text}`].join('\n')}\n`, lookBack };
}

/** The least k for which every two strings that end in the same k letters lead to the same state. */
function decidingLetters({ states, next, alphabet }: Dfa): number | undefined {
  let classOf = Int32Array.from({ length: states }, (_, state) => state);
  for (let classes = states, length = 0; ; length++) {
    if (classes === 1) return length;
    // States become one class when every letter leads to the same class.
    const numbers = new Map<string, number>();
    const known = classOf;
    classOf = Int32Array.from({ length: states }, (_, state) => {
      const row = alphabet.map((_, letter) => known[next[state * alphabet.length + letter]]).join();
      const number = numbers.get(row) ?? numbers.size;
      numbers.set(row, number);
      return number;
    });
    if (numbers.size === classes) return undefined;
    classes = numbers.size;
  }
}

/** How many strings of up to `length` letters there are. */
function contexts(letters: number, length: number): number {
  let count = 1;
  for (let i = 0; i < length && count <= MAX_CONTEXTS; i++) count = count * letters + 1;
  return count;
}

/** The tree of the suffixes that leave an answer open. */
class Suffixes {
  /** Suffixes looked at so far, times states. */
  work = 0;
  private readonly dfa: Dfa;

  constructor(dfa: Dfa) {
    this.dfa = dfa;
  }

  /** The condition on the letters before a position under which `answer` is true of the state there. */
  condition(answer: (state: number) => boolean): Text {
    const identity = Int32Array.from({ length: this.dfa.states }, (_, state) => state);
    return this.after(answer, identity, 0, new Map());
  }

  /** The same where the last `length` letters are known: `action` is the state after them, for each state before. */
  private after(
    answer: (state: number) => boolean,
    action: Int32Array,
    length: number,
    done: Map<string, Text>,
  ): Text {
    const answers = new Set(Array.from(new Set(action), answer));
    if (answers.size === 1) return answers.has(true) ? TRUE : FALSE;
    const key = `${length} ${action.join()}`;
    const known = done.get(key);
    this.work += this.dfa.states;
    if (known !== undefined || this.work > MAX_SUFFIX_WORK) return known ?? FALSE;
    const { alphabet, next, start } = this.dfa;
    const ways = [{ letter: NO_SYMBOL, rest: answer(action[start]) ? TRUE : FALSE }];
    for (let letter = 0; letter < alphabet.length; letter++) {
      const longer = action.map((_, state) => action[next[state * alphabet.length + letter]]);
      ways.push({ letter, rest: this.after(answer, longer, length + 1, done) });
    }
    const found = this.oneOfWays(ways, length + 1);
    done.set(key, found);
    return found;
  }
  /** That the letter `back` positions ago is one of those after which the rest holds. */
  private oneOfWays(ways: readonly { letter: number; rest: Text }[], back: number): Text {
    const { alphabet } = this.dfa;
    const possible = ways.map(({ letter }) => letter);
    const rests = new Map(ways.map(({ rest }) => [rest.text, rest]));
    const isTwofold = rests.size === 2 && rests.has(TRUE.text);
    const parts = [...rests.values()].map((rest) => {
      const values = ways.filter((way) => way.rest.text === rest.text).map(({ letter }) => letter);
      const anyLetter = values.length === alphabet.length && !values.includes(NO_SYMBOL);
      const guard = anyLetter
        ? atom(back === 1 ? 'prev true' : `prev(${back}, true)`)
        : oneOf(values, possible, (letter) => before(alphabet, back, letter));
      return isTwofold && rest.text !== TRUE.text ? rest : and(guard, rest);
    });
    return or(...parts);
  }
}
