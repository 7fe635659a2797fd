/**
 * Flip-flop (Liu et al., "Exposing Attention Glitches with Flip-Flop Language Modeling", NeurIPS 2023): one bit of
 * memory. A source is a row of instructions, each followed by a bit: `w 1` writes it, `i 0` is to be ignored, `r 1`
 * reads what was last written. The answer is the bit that a read at the end gives. It is NRLast with the query `w`,
 * except that one write is enough: the right neighbour of the last `w`.
 *
 * A source of odd length ends in the read itself (`w 1 i 0 r`), one of even length before it (`w 1 i 0`), so that
 * every length from 2 on exists. There is no query.
 *
 * What is drawn here: `w` first, then w, r, i with probabilities 0.1, 0.1, 0.8 (FFL(0.8), the paper's setting);
 * bits of writes and of what is ignored are fair coins, reads give the truth. The evidence is the last write.
 */
import type { Rng } from '../common/random.ts';
import { checkOptions } from './check-options.ts';
import { partsWith } from './place.ts';
import { checkPlacedLength, drawEvidence, shortestPlaced } from './placed.ts';
import type { EvidencePlaces } from './placed.ts';
import { sourceFault } from './source-fault.ts';
import type { Answer, Instance, Refusal, Symbols, Task } from './task.ts';

/** Of ten instructions after the first, on average one is a write, one a read, and eight are to be ignored. */
const INSTRUCTIONS = ['w', 'r', 'i', 'i', 'i', 'i', 'i', 'i', 'i', 'i'] as const;
const BITS = ['0', '1'] as const;

export const flipFlop: Task = {
  name: 'flip-flop',
  family: 'flip-flop',
  title: 'the bit that was last written: the symbol to the right of the last w',
  unique: false,
  uses: ['place'],
  admits(options = {}) {
    checkOptions(flipFlop, options);
    return { min: shortestPlaced(PLACES, options), max: Infinity };
  },
  sample(length, rng, options = {}) {
    checkPlacedLength(flipFlop, length, options);
    return options.place === undefined
      ? drawInstance(length, rng)
      : drawPlaced(length, rng, drawEvidence(PLACES, length, options, rng));
  },
  parts: (length) => partsWith(PLACES.at(length), length),
  answer: readMemory,
  answerLength: () => 1,
};

function drawInstance(length: number, rng: Rng): Instance {
  let memory = rng.choice(BITS);
  const source: string[] = ['w', memory];
  while (source.length + 1 < length) {
    const instruction = rng.choice(INSTRUCTIONS);
    const bit = instruction === 'r' ? memory : rng.choice(BITS);
    if (instruction === 'w') memory = bit;
    source.push(instruction, bit);
  }
  if (source.length < length) source.push('r');
  return { task: 'flip-flop', length, source, query: null, answer: [memory], positions: [] };
}

/** A write can be any whole instruction. */
const PLACES: EvidencePlaces = {
  name: 'flip-flop',
  at: (length) => ({ first: 0, end: length - 1, step: 2 }),
  shortest: 2,
  within: { from: 0, to: 1 },
  lost: 2,
};

/** What follows the last write: what is drawn otherwise, given that it is no write. */
const NO_WRITE = INSTRUCTIONS.filter((instruction) => instruction !== 'w');

/** An instance whose last write stands at an even position: as drawn otherwise, given that it is the last. */
function drawPlaced(length: number, rng: Rng, lastWrite: number): Instance {
  let memory = rng.choice(BITS);
  const source: string[] = ['w', memory];
  while (source.length + 1 < length) {
    const at = source.length;
    const instruction = at === lastWrite ? 'w' : rng.choice(at < lastWrite ? INSTRUCTIONS : NO_WRITE);
    const bit = instruction === 'r' ? memory : rng.choice(BITS);
    if (instruction === 'w') memory = bit;
    source.push(instruction, bit);
  }
  if (source.length < length) source.push('r');
  return { task: 'flip-flop', length, source, query: null, answer: [memory], positions: [] };
}

/**
 * The oracle: from the end, the first `w` counts. It also reads sources that begin with something to ignore, and
 * takes a query, if it has to be one, that asks for the same: `r` (the read itself) or `w` (as in NRLast).
 */
function readMemory(source: Symbols, query?: string | null): Answer | Refusal {
  const fault = sourceFault(source) ?? flipFlopFault(source);
  if (fault !== null) return { refusal: fault };
  const asked = query ?? null;
  if (asked !== null && asked !== 'r' && asked !== 'w')
    return { refusal: `flip-flop has no query; '${asked}' is given, where only a read (r) makes sense` };
  const bit = source[source.lastIndexOf('w') + 1];
  return { answer: [bit], positions: source.flatMap((symbol, place) => (symbol === asked ? [place] : [])) };
}

/** Why this is no row of instructions with a bit to read at its end, or null when it is one. */
function flipFlopFault(source: Symbols): string | null {
  let written: string | null = null;
  for (let place = 0; place < source.length; place += 2) {
    const instruction = source[place];
    const bit = source.at(place + 1);
    if (!['w', 'r', 'i'].includes(instruction))
      return `symbol ${place + 1} of the source is '${instruction}', where an instruction (w, r or i) has to be`;
    if (place + 1 === source.length)
      return instruction === 'r' ? noWrite(written) : `the last instruction, ${instruction}, has no bit`;
    if (bit !== '0' && bit !== '1')
      return `symbol ${place + 2} of the source is '${bit}', where a bit (0 or 1) has to be`;
    if (instruction === 'r' && bit !== written)
      return `the read at symbol ${place + 1} gives ${bit}, but ${written ?? 'nothing'} was last written`;
    if (instruction === 'w') written = bit;
  }
  return noWrite(written);
}

function noWrite(written: string | null): string | null {
  return written === null ? 'nothing is written in the source: there is no w' : null;
}
