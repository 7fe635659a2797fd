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
import { must, withinCap } from './refusal.ts';
import { checkLanguage } from './same-language.ts';

/** Pairs that are compared: a few seconds' work. */
const MAX_PAIRS = 100_000;

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
  const read = (state: unknown, symbols: readonly string[], word: readonly string[]): unknown =>
    symbols.reduce((at: unknown, symbol) => {
      const after = reader.after(at, symbol);
      must(after !== null, `the string '${word.join(' ')}' makes no instance of the task`);
      return after;
    }, state);
  const accepting = new Set(automaton.accepting);
  const seen = new Set<string>();
  const pairs: { readonly source: unknown; readonly state: number; readonly word: readonly string[] }[] = [];
  const meet = (source: unknown, state: number, word: readonly string[]): void => {
    const key = `${state} ${JSON.stringify(source)}`;
    if (seen.has(key)) return;
    withinCap(seen.size + 1, MAX_PAIRS, 'pairs of sources and states');
    seen.add(key);
    pairs.push({ source, state, word });
  };
  meet(read(reader.start, prefix, []), automaton.start, []);
  for (const { source, state, word } of pairs) {
    const ending = reader.ending(read(source, suffix, word));
    must(ending !== 'no instance', `the string '${word.join(' ')}' makes no instance of the task`);
    must(
      (ending === 'right') === accepting.has(state),
      `the answer for '${word.join(' ')}' does not say whether it is in the language`,
    );
    alphabet.forEach((letter, i) => {
      meet(read(source, written[i], [...word, letter]), automaton.transitions[state][i], [...word, letter]);
    });
  }
  return `${pairs.length} pairs of a source read so far and a state of the language's automaton, at every length`;
}
