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
  must(definition.kind !== 'copying', 'the answer to a copy is more than one symbol');
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
  const wordTo = (pair: Pair | null): string => {
    const word: string[] = [];
    for (let one = pair; one?.from != null; one = one.from) word.push(alphabet[one.by]);
    return `'${word.reverse().join(' ')}'`;
  };
  const noInstance = (pair: Pair | null): Error =>
    new Error(`the string ${wordTo(pair)} makes no instance of the task`);
  /** @param pair where in the pairs these symbols are read */
  const read = (state: unknown, symbols: readonly string[], pair: Pair | null): unknown => {
    work.spend(symbols.length);
    let at = state;
    for (const symbol of symbols) {
      at = reader.after(at, symbol);
      if (at === null) throw noInstance(pair);
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
  meet({ source: read(reader.start, prefix, null), state: automaton.start, from: null, by: -1 });
  for (const from of pairs) {
    const ending = reader.ending(read(from.source, suffix, from));
    if (ending === 'no instance') throw noInstance(from);
    if ((ending === 'right') !== accepting.has(from.state))
      throw new Error(`the answer for ${wordTo(from)} does not say whether it is in the language`);
    for (const [by, block] of written.entries())
      meet({
        source: read(from.source, block, from),
        state: automaton.transitions[from.state][by],
        from,
        by,
      });
  }
  return `${pairs.length} pairs of a source read so far and a state of the language's automaton, at every length`;
}

/** How far a source is read and the language's automaton after one string, and the letter that the string ends with. */
interface Pair {
  readonly source: unknown;
  readonly state: number;
  readonly from: Pair | null;
  readonly by: number;
}
