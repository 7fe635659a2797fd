/** Out: what shows that a language is out of a fragment. */
import { checkBlocks } from './blocks.ts';
import type { CheckedEvidence } from './format.ts';
import { checkComponent, checkInseparable, spelledOut, walk } from './inseparable.ts';
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
  const { component } = inseparable;
  const accepting = new Set(automaton.accepting);
  const access = spelledOut(automaton, inseparable.access);
  const distinguishing = spelledOut(automaton, inseparable.distinguishing);
  const last = distinguishing.at(-1);
  const reached = walk(automaton, automaton.start, access);
  must(reached === inseparable.pair[0], 'the access word does not lead to the pair');
  checkComponent(automaton, inseparable);
  const rows = new Map(component.map((state) => [state, automaton.transitions[state]]));
  if (read === 'eos') {
    checkInseparable(rows, inseparable, (state) => accepting.has(walk(automaton, state, distinguishing)));
    return;
  }
  must(last !== undefined, 'at the last symbol, the distinguishing word cannot be empty');
  const before = distinguishing.slice(0, -1);
  checkInseparable(rows, inseparable, (state) =>
    accepting.has(walk(automaton, state, before) * automaton.alphabet.length + last),
  );
}
