/** Evidence that a language is out, from decisions. */
import { automatonOf } from '../automata/build.ts';
import { shortestWords, type Dfa } from '../automata/dfa.ts';
import { parseRegex } from '../automata/regex.ts';
import { blockMachine } from '../decide/blocks.ts';
import { machineOf, type Machine } from '../decide/machine.ts';
import { decide } from '../decide/plain.ts';
import type { Refinement } from '../decide/refine.ts';
import { distinguishingWord, inseparableIn } from '../decide/evidence.ts';
import type { AutomatonJson, Evidence, Fragment, Inseparable } from '../verdict.ts';

export type OutEvidence = Extract<Evidence, { kind: 'inseparable' | 'blocks' }>;

/** An automaton in the form of certificates; `accepts` as in the machine. */
export function automatonJson({ dfa, accepts }: Pick<Machine, 'dfa' | 'accepts'>): AutomatonJson {
  const letters = dfa.alphabet.length;
  return {
    alphabet: dfa.alphabet,
    start: dfa.start,
    accepting: [...accepts.keys()].filter((i) => accepts[i] === 1),
    transitions: Array.from({ length: dfa.states }, (_, state) => [
      ...dfa.next.subarray(state * letters, (state + 1) * letters),
    ]),
  };
}

/** Out of plain C-RASP: a component of the machine with states that cannot be told apart. */
export function inseparableEvidence(machine: Machine, stuck: Refinement): OutEvidence {
  return {
    kind: 'inseparable',
    automaton: automatonJson(machine),
    inseparable: inseparableIn(machine, stuck),
  };
}

/** Out of C-RASP[pos]: a component of a block machine with states that cannot be told apart. Words are letters of `dfa`. */
export function blocksEvidence(
  dfa: Dfa,
  idempotent: readonly number[],
  words: readonly (readonly number[])[],
  stuck: Refinement,
): OutEvidence {
  const symbols = (letters: readonly number[]): string[] => letters.map((letter) => dfa.alphabet[letter]);
  const plain: Machine = { read: 'eos', dfa, accepts: dfa.accepting };
  const inBlocks = inseparableIn(blockMachine(dfa, idempotent, words), stuck, plain);
  const inseparable: Inseparable = {
    ...inBlocks,
    access: symbols(shortestWords(dfa)[inBlocks.pair[0]] ?? []),
    distinguishing: symbols(distinguishingWord(plain, ...inBlocks.pair)),
  };
  const blocks = { idempotent: symbols(idempotent), words: words.map(symbols) };
  return { kind: 'blocks', automaton: automatonJson(plain), blocks, inseparable };
}

/** Evidence for an expression that is known to be out; with a neutral letter also of C-RASP[pos]. */
export function evidenceOfExpression(expression: string, fragment: Fragment): OutEvidence {
  const dfa = automatonOf(parseRegex(expression));
  if (fragment === 'plain') {
    const machine = machineOf(dfa, 'eos');
    const { stuck } = decide(machine.dfa);
    if (stuck !== undefined) return inseparableEvidence(machine, stuck);
  } else {
    const found = outByNeutralLetter(dfa);
    if (found !== undefined) return found;
  }
  throw new Error(`no evidence that ${expression} is out of ${fragment}`);
}

/** A letter that changes no state lets every word be spread out: then positions do not help. */
export function outByNeutralLetter(dfa: Dfa): OutEvidence | undefined {
  const neutral = neutralLetter(dfa);
  if (neutral === undefined) return undefined;
  const words = dfa.alphabet.flatMap((_, letter) => (letter === neutral ? [] : [[letter]]));
  const { stuck } = decide(blockMachine(dfa, [neutral], words).dfa);
  return stuck === undefined ? undefined : blocksEvidence(dfa, [neutral], words, stuck);
}

/** A letter that leads every state back to itself. */
export function neutralLetter(dfa: Dfa): number | undefined {
  const letters = dfa.alphabet.length;
  return [...dfa.alphabet.keys()].find((letter) =>
    Array.from({ length: dfa.states }, (_, state) => dfa.next[state * letters + letter] === state).every(
      Boolean,
    ),
  );
}
