/**
 * A guess at the automaton of a program: two configurations that answer alike on all short continuations are taken
 * for one state. For a program whose language is not regular, or needs longer continuations, the guess is wrong;
 * whoever uses it has to prove it.
 */
import type { CoreProgram } from '../core/core.ts';
import type { State } from '../run/machine.ts';
import { Machine } from '../run/machine.ts';
import { inputSymbols } from './search.ts';

export interface GuessedAutomaton {
  readonly alphabet: readonly string[];
  readonly start: number;
  /** transitions[state][letter] */
  readonly transitions: readonly (readonly number[])[];
  /** Read at <eos>: states; read at the last symbol: state · letters + letter. */
  readonly accepting: readonly number[];
}

/** Continuations compared at each configuration. */
const CONTINUATIONS = 300;

/** Operands looked at for one guess: about a second's work. */
const MAX_OPERATIONS = 60_000_000;

/** A guess with at most so many states, or null: the program predicts, more states turned up, or it took too long. */
export function guessAutomaton(program: CoreProgram, maxStates = 60): GuessedAutomaton | null {
  if (program.output.kind !== 'accept') return null;
  const alphabet = inputSymbols(program);
  const guesser = new Guesser(program, alphabet.length, program.output.read);
  if (guesser.signatureCost > MAX_OPERATIONS) return null;
  const representatives = [guesser.machine.start()];
  const states = new Map([[guesser.signature(representatives[0]), 0]]);
  const transitions: number[][] = [];
  const accepting: number[] = [];
  for (const [state, configuration] of representatives.entries()) {
    accepting.push(...guesser.accepting(configuration, state));
    transitions.push([]);
    for (const letter of alphabet.keys()) {
      if (guesser.operations > MAX_OPERATIONS) return null;
      const after = guesser.after(configuration, letter);
      const signature = guesser.signature(after);
      let target = states.get(signature);
      if (target === undefined) {
        target = representatives.push(after) - 1;
        states.set(signature, target);
        if (target >= maxStates) return null;
      }
      transitions[state].push(target);
    }
  }
  return { alphabet, start: 0, transitions, accepting };
}

class Guesser {
  readonly machine: Machine;
  /** Operands looked at so far, roughly. */
  operations = 0;
  /** Operands looked at for one signature, roughly. */
  readonly signatureCost: number;
  private readonly letters: number;
  private readonly read: 'eos' | 'last';
  private readonly depth: number;

  constructor(program: CoreProgram, letters: number, read: 'eos' | 'last') {
    this.machine = new Machine(program);
    this.letters = letters;
    this.read = read;
    this.depth = letters === 1 ? 30 : Math.floor(Math.log(CONTINUATIONS) / Math.log(letters));
    const continuations = letters === 1 ? this.depth + 1 : 2 * letters ** this.depth;
    this.signatureCost = continuations * this.machine.stepCost * (read === 'eos' ? 1 : letters);
  }

  after(state: State, letter: number): State {
    const copy = this.machine.copy(state);
    this.machine.advance(copy, letter);
    return copy;
  }

  /** The accepting states or edges of one configuration, as numbers. */
  accepting(configuration: State, state: number): number[] {
    if (this.read === 'eos') return this.machine.readEnd(configuration) ? [state] : [];
    return Array.from({ length: this.letters }, (_, letter) => letter)
      .filter((letter) => this.machine.read(configuration, letter)[0])
      .map((letter) => state * this.letters + letter);
  }

  /** The answers on all short continuations. */
  signature(configuration: State): string {
    this.operations += this.signatureCost;
    let answers = '';
    const visit = (state: State, depth: number): void => {
      answers += this.accepting(state, 0).join() + ';';
      if (depth === 0) return;
      for (let letter = 0; letter < this.letters; letter++) visit(this.after(state, letter), depth - 1);
    };
    visit(configuration, this.depth);
    return answers;
  }
}
