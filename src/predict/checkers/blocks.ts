/**
 * Out of C-RASP[pos], with look-backs and residues. Take a word z that does the same twice as once, and words w whose
 * lengths are multiples of |z|. Suppose a program looks back less than d positions and has period P. Replace z by
 * z^k with k·|z| > d and a multiple of P, and pad each w with further z's in front until its length is a multiple of
 * P too: both change nothing in what the automaton does. In a string of blocks w z^k, every position then knows its
 * residue from its place in the block, and sees no further back than its own block and a z^k before it. (A component
 * has two states at least, so each of its states is reached by a z, and another z leaves it where it is.) So the
 * program, on strings of blocks, is a plain program over the blocks as letters; and that is shown to be impossible.
 */
import type { EvidenceOf } from './format.ts';
import { must, withinCap } from './refusal.ts';
import { checkComponent, checkInseparable, spelledOut, walk } from './inseparable.ts';

/** States times symbols of the words that are read from them: a second's work. */
const MAX_STEPS = 100_000_000;

/** Refuses unless the evidence proves that the automaton's language is out of C-RASP[pos]. */
export function checkBlocks({ automaton, blocks, inseparable }: EvidenceOf<'blocks'>): void {
  const { component } = inseparable;
  const accepting = new Set(automaton.accepting);
  const [access, distinguishing, idempotent, ...words] = [
    inseparable.access,
    inseparable.distinguishing,
    blocks.idempotent,
    ...blocks.words,
  ].map((word) => spelledOut(automaton, word));
  const reached = walk(automaton, automaton.start, access);
  must(reached === inseparable.pair[0], 'the access word does not lead to the pair');
  checkComponent(automaton, inseparable);
  words.forEach((word, i) => {
    if (word.length === 0 || word.length % idempotent.length !== 0)
      throw new Error(`the length of '${blocks.words[i].join(' ')}' is no multiple of the idempotent's`);
  });
  const states = automaton.transitions.length;
  const inWords = words.reduce((sum, { length }) => sum + length, 0);
  const steps = states * idempotent.length + component.length * inWords;
  withinCap(steps, MAX_STEPS, 'states times symbols of blocks');
  const once = Int32Array.from({ length: states }, (_, state) => walk(automaton, state, idempotent));
  once.forEach((state, from) => {
    must(once[state] === state, `from state ${from}, the idempotent word does something else twice`);
  });
  const rows = new Map(
    component.map((state) => [state, words.map((word) => once[walk(automaton, state, word)])]),
  );
  checkInseparable(rows, inseparable, (state) => accepting.has(walk(automaton, state, distinguishing)));
}
