/** Out: what shows that a language is out of a fragment. */
import { checkBlocks } from './blocks.ts';
import type { CheckedEvidence } from './format.ts';
import { checkInseparable, walk } from './inseparable.ts';
import { must } from './refusal.ts';

/** Out of plain C-RASP by states that can't be told apart, or of C-RASP[pos] by blocks. */
export function checkOut(
  evidence: Extract<CheckedEvidence, { kind: 'inseparable' | 'blocks' }>,
  read: 'eos' | 'last',
): void {
  if (evidence.kind === 'blocks') {
    checkBlocks(evidence);
    return;
  }
  const { automaton, inseparable } = evidence;
  const accepting = new Set(automaton.accepting);
  const reached = walk(automaton, automaton.start, inseparable.access);
  must(reached === inseparable.pair[0], 'the access word does not lead to the pair');
  checkInseparable(automaton.transitions, inseparable, (state, word) => {
    if (read === 'eos') return accepting.has(walk(automaton, state, word));
    must(word.length > 0, 'at the last symbol, the distinguishing word cannot be empty');
    const before = walk(automaton, state, word.slice(0, -1));
    const letter = automaton.alphabet.indexOf(word[word.length - 1]);
    must(letter >= 0, 'the distinguishing word has an unknown symbol');
    return accepting.has(before * automaton.alphabet.length + letter);
  });
}
