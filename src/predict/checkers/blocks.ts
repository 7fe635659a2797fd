/**
 * Out of C-RASP[pos], with look-backs and residues. Take a word z that does the same twice as once, and words w whose
 * lengths are multiples of |z|. Suppose a program looks back less than d positions and has period P. Replace z by
 * z^k with k·|z| > d and a multiple of P, and pad each w with further z's in front until its length is a multiple of
 * P too: both change nothing in what the automaton does. In a string of blocks w z^k, every position then knows its
 * residue from its place in the block, and sees no further back than its own block and a z^k before it. So the
 * program, on strings of blocks, is a plain program over the blocks as letters; and that is shown to be impossible.
 */
import type { EvidenceOf } from './format.ts';
import { must } from './refusal.ts';
import { checkInseparable, walk } from './inseparable.ts';

/** Refuses unless the evidence proves that the automaton's language is out of C-RASP[pos]. */
export function checkBlocks({ automaton, blocks, inseparable }: EvidenceOf<'blocks'>): void {
  const { idempotent, words } = blocks;
  const states = [...automaton.transitions.keys()];
  for (const state of states) {
    const once = walk(automaton, state, idempotent);
    must(
      walk(automaton, once, idempotent) === once,
      `from state ${state}, the idempotent word does something else twice`,
    );
  }
  for (const word of words) {
    must(
      word.length > 0 && word.length % idempotent.length === 0,
      `the length of '${word.join(' ')}' is no multiple of the idempotent's`,
    );
  }
  const transitions = states.map((state) =>
    words.map((word) => walk(automaton, walk(automaton, state, word), idempotent)),
  );
  const accepting = new Set(automaton.accepting);
  checkInseparable(transitions, inseparable, (state, word) => accepting.has(walk(automaton, state, word)));
  for (const state of inseparable.component) {
    must(
      walk(automaton, state, idempotent) === state,
      `the idempotent moves state ${state} of the component`,
    );
  }
  const reached = walk(automaton, automaton.start, inseparable.access);
  must(reached === inseparable.pair[0], 'the access word does not lead to the pair');
}
