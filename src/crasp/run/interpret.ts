/**
 * The reference: every operation's value at every position, computed one operation after the other just as the
 * language is defined. Everything faster is tested against it.
 */
import { UserError } from '../../common/errors.ts';
import type { CoreNode, CoreProgram } from '../core/core.ts';
import { endSymbol } from '../core/core.ts';
import { encode } from './symbols.ts';
import { MAX_TRACE_CELLS } from '../core/limits.ts';

export interface Run {
  /** The positions' symbols by their places in the alphabet; the end position of `read at eos` is last, -1 where no '<eos>' is declared. */
  readonly symbols: readonly number[];
  /** values[node][i - 1] is the node's value at position i; truth values are 0 and 1. */
  readonly values: readonly (readonly number[])[];
}

/** Runs a program over an input. Throws UserError for unknown symbols, or when there are too many values to keep. */
export function interpret(program: CoreProgram, input: readonly string[]): Run {
  const symbols = encode(program, input);
  if (program.output.kind === 'accept' && program.output.read === 'eos') symbols.push(endSymbol(program));
  const cells = symbols.length * program.nodes.length;
  if (cells > MAX_TRACE_CELLS) {
    throw new UserError(
      `${program.nodes.length} operations at ${symbols.length} positions are ${cells} values, more than the ${MAX_TRACE_CELLS} kept at once: use a shorter input`,
    );
  }
  const values: number[][] = [];
  for (const node of program.nodes) values.push(nodeValues(node, symbols, values));
  return { symbols, values };
}

/** One node's values at all positions (index 0 is position 1), from those of earlier nodes. */
function nodeValues(node: CoreNode, symbols: readonly number[], values: readonly number[][]): number[] {
  const at = (compute: (index: number) => number | boolean): number[] =>
    symbols.map((_, index) => Number(compute(index)));
  switch (node.kind) {
    case 'Q':
      return at((index) => symbols[index] === node.symbol);
    case 'const':
      return at(() => node.value);
    case 'not':
      return at((index) => values[node.of][index] === 0);
    case 'and':
      return at((index) => node.of.every((operand) => values[operand][index] === 1));
    case 'mod':
      return at((index) => (index + 1) % node.modulus === node.residue);
    case 'ge0':
      return at((index) => values[node.of][index] >= 0);
    case 'count': {
      const upTo = [0]; // upTo[k]: how many of the first k positions have it
      for (const value of values[node.of]) upTo.push(upTo[upTo.length - 1] + value);
      const { guard } = node;
      if (guard === null) return at((index) => upTo[index + 1]);
      return at((index) => {
        const nearest = Math.max(0, index + 1 - guard.near);
        const beforeFarthest = Math.max(0, index - guard.far);
        return upTo[nearest] - upTo[beforeFarthest];
      });
    }
    case 'lin':
      return at((index) =>
        node.terms.reduce((sum, { node: term, factor }) => sum + factor * values[term][index], node.constant),
      );
    case 'cond':
      return at((index) =>
        values[node.test][index] === 1 ? values[node.yes][index] : values[node.no][index],
      );
  }
}
