/** What a program says about an input, by the convention it is read by, and what it generates. */
import { UserError } from '../../common/errors.ts';
import { specialSymbols } from '../../common/special-symbols.ts';
import type { CoreProgram } from '../core/core.ts';
import { DEFAULT_GENERATION_STEPS, MAX_GENERATION_OPERATIONS, MAX_INPUT_LENGTH } from '../core/limits.ts';
import type { State } from './machine.ts';
import { Machine } from './machine.ts';
import { encode } from './symbols.ts';

/**
 * Whether the program accepts the input. Throws UserError for unknown symbols, for a program that predicts, and for
 * the empty input of a program read at the last symbol, where acceptance is undefined.
 */
export function accepts(program: CoreProgram, input: readonly string[]): boolean {
  const { output } = program;
  if (output.kind !== 'accept') throw new UserError(notAnAcceptor);
  const machine = new Machine(program);
  const places = encode(program, input);
  if (output.read === 'eos') return machine.readEnd(readAll(machine, places));
  return readLast(machine, places)[0];
}

/**
 * The symbols whose `next` rule holds after the input, in the order of the alphabet. Throws UserError for unknown
 * symbols, for a program that accepts, and for the empty input, which has no last symbol to read at.
 */
export function next(program: CoreProgram, input: readonly string[]): string[] {
  if (program.output.kind !== 'next') throw new UserError(notAPredictor);
  const machine = new Machine(program);
  return symbolsThatHold(program, readLast(machine, encode(program, input)));
}

/**
 * Why generation ended: at '<eos>', where no rule holds, where several do, at the cap on steps, or at that on operations
 * (a large program takes many for each symbol).
 */
export type Stop = '<eos>' | 'none' | 'several' | 'cap' | 'operations';

export interface Generated {
  /** The symbols generated, without the closing '<eos>'. */
  readonly output: readonly string[];
  readonly stop: Stop;
  /** The symbols whose rules hold where generation ended. */
  readonly candidates: readonly string[];
}

/** Runs a `next` program from a prompt, feeding every symbol back, until it ends or `maxSteps` symbols are out. */
export function generate(
  program: CoreProgram,
  prompt: readonly string[],
  maxSteps = DEFAULT_GENERATION_STEPS,
): Generated {
  if (program.output.kind !== 'next') throw new UserError(notAPredictor);
  const machine = new Machine(program);
  const places = encode(program, prompt);
  if (places.length === 0) throw new UserError(emptyInput);
  const state = readAll(machine, places.slice(0, -1));
  let last = places[places.length - 1];
  const generated: string[] = [];
  for (;;) {
    const candidates = symbolsThatHold(program, machine.read(state, last));
    if (candidates.length !== 1) {
      return { output: generated, stop: candidates.length === 0 ? 'none' : 'several', candidates };
    }
    if (candidates[0] === specialSymbols.eos)
      return { output: generated, stop: specialSymbols.eos, candidates };
    if (generated.length >= maxSteps || state.length >= MAX_INPUT_LENGTH) {
      return { output: generated, stop: 'cap', candidates };
    }
    if (generated.length * machine.operands >= MAX_GENERATION_OPERATIONS) {
      return { output: generated, stop: 'operations', candidates };
    }
    generated.push(candidates[0]);
    machine.advance(state, last);
    last = program.alphabet.indexOf(candidates[0]);
  }
}

const notAnAcceptor = "this program predicts (next[…]): it has no 'accept'; ask for what comes next instead";
const notAPredictor = "this program accepts: it has no 'next[…]' to predict or generate by";
const emptyInput = 'the empty string has no last symbol to read at: give at least one symbol';

function readAll(machine: Machine, places: readonly number[]): State {
  const state = machine.start();
  for (const place of places) machine.advance(state, place);
  return state;
}

function readLast(machine: Machine, places: readonly number[]): boolean[] {
  if (places.length === 0) throw new UserError(emptyInput);
  return machine.read(readAll(machine, places.slice(0, -1)), places[places.length - 1]);
}

function symbolsThatHold(program: CoreProgram, holds: readonly boolean[]): string[] {
  if (program.output.kind !== 'next') return [];
  return program.output.symbols.flatMap(({ symbol }, index) =>
    holds[index] ? [program.alphabet[symbol]] : [],
  );
}
