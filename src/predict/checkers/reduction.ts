/**
 * Out: strings over the letters of a language are turned into instances letter by letter, so that one answer means
 * "in the language". Plain C-RASP is closed under such a substitution and under fixed beginnings and ends; C-RASP[pos]
 * is when all blocks are equally long. The language is out, so the task is. That the answer means so is proved for
 * strings of every length: the language's automaton and one that reads the instances (instances.ts) go side by side.
 */
import { RESERVED } from './alphabet.ts';
import { definitionOf } from './definitions.ts';
import type { About, EvidenceOf } from './format.ts';
import { readerOf } from './instances.ts';
import { checkOut } from './out.ts';
import { Budget, must, withinCap } from './refusal.ts';
import { checkLanguage } from './same-language.ts';
import { shown, wordOf } from './strings.ts';
import type { Trail } from './strings.ts';

/** Pairs that are compared: a few seconds' work. */
const MAX_PAIRS = 100_000;

/** Symbols of beginnings, blocks and ends that are read in all pairs: a few seconds' work. */
const MAX_SYMBOLS = 10_000_000;

/** @returns what was compared, in words */
export function checkReduction(
  about: Extract<About, { kind: 'task' }>,
  evidence: EvidenceOf<'reduction'>,
  fragment: 'plain' | 'pos',
): string {
  const { query, prefix, blocks, suffix, answer, expression } = evidence;
  const definition = definitionOf(about);
  const { automaton } = evidence.evidence;
  const { alphabet } = automaton;
  const blockOf = new Map(blocks);
  must(
    blockOf.size === alphabet.length && alphabet.every((letter) => blockOf.has(letter)),
    'blocks and language have different letters',
  );
  const written = alphabet.map((letter) => blockOf.get(letter) ?? []);
  must(
    fragment === 'plain' || new Set(written.map((block) => block.length)).size === 1,
    'the blocks are not equally long',
  );
  const used = [...prefix, ...written.flat(), ...suffix, answer, ...(query === null ? [] : [query])];
  must(
    !used.some((symbol) => RESERVED.some((one) => one === symbol)),
    'an instance has a reserved symbol in it',
  );
  const kind = fragment === 'plain' ? 'inseparable' : 'blocks';
  must(
    evidence.evidence.kind === kind,
    `for the fragment ${fragment}, ${kind} is the evidence that is needed`,
  );
  const language = { kind: 'expression', name: '', text: expression, alphabet } as const;
  checkLanguage({ ...language, alphabet: [...alphabet] }, automaton, 'eos');
  checkOut(evidence.evidence, 'eos');

  const reader = readerOf(definition, query, answer);
  const work = new Budget(MAX_SYMBOLS, 'symbols of instances');
  const inWords = (word: Trail): string => shown(wordOf(word, alphabet));
  const noInstance = (word: Trail): Error => new Error(`${inWords(word)} makes no instance of the task`);
  /** @param word the string for which these symbols are read */
  const read = (state: unknown, symbols: readonly string[], word: Trail): unknown => {
    work.spend(symbols.length);
    let at = state;
    for (const symbol of symbols) {
      at = reader.after(at, symbol);
      if (at === null) throw noInstance(word);
    }
    return at;
  };
  const accepting = new Set(automaton.accepting);
  const seen = new Set<string>();
  const pairs: Pair[] = [];
  const meet = (pair: Pair): void => {
    const key = `${pair.state} ${JSON.stringify(pair.source)}`;
    if (seen.has(key)) return;
    withinCap(seen.size + 1, MAX_PAIRS, 'pairs of sources and states');
    seen.add(key);
    pairs.push(pair);
  };
  const nothing: Trail = { from: null, by: -1 };
  meet({ source: read(reader.start, prefix, nothing), state: automaton.start, ...nothing });
  for (const from of pairs) {
    const { source, state } = from;
    const ending = reader.ending(read(source, suffix, from));
    if (ending === 'no instance') throw noInstance(from);
    if ((ending === 'right') !== accepting.has(state))
      throw new Error(`the answer for ${inWords(from)} does not say whether it is in the language`);
    for (const [by, block] of written.entries()) {
      const word = { from, by };
      meet({ source: read(source, block, word), state: automaton.transitions[state][by], ...word });
    }
  }
  return `${pairs.length} pairs of a source read so far and a state of the language's automaton, at every length`;
}

/** How far a source is read and the language's automaton after one string, and that string. */
interface Pair extends Trail {
  readonly source: unknown;
  readonly state: number;
}
