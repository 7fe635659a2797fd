/**
 * The core: what a program means after families, macros and convenient notation are gone. A list of nodes of nine
 * kinds, each referring to earlier ones only, equal nodes shared. It is plain data and goes through JSON unchanged.
 * Interpreter, evaluator, metrics, searches and compilers all work on it.
 *
 * A node has a value at every position i = 1..n: a truth value (Q, const, not, and, mod, ge0) or a whole number
 * (const, count, lin, cond).
 */

import { specialSymbols } from '../../common/special-symbols.ts';

/** A node's place in `CoreProgram.nodes`. */
export type NodeId = number;

/** A local count's window: positions j with i−far ≤ j ≤ i−near. */
export interface Window {
  readonly near: number;
  readonly far: number;
}

export interface Term {
  readonly node: NodeId;
  /** Never 0. */
  readonly factor: number;
}

export type CoreNode =
  /** The symbol at i is alphabet[symbol]. */
  | { readonly kind: 'Q'; readonly symbol: number }
  | { readonly kind: 'const'; readonly value: boolean | number }
  | { readonly kind: 'not'; readonly of: NodeId }
  /** Two operands or more, ascending. */
  | { readonly kind: 'and'; readonly of: readonly NodeId[] }
  /** i ≡ residue (mod modulus), positions counted from 1. */
  | { readonly kind: 'mod'; readonly modulus: number; readonly residue: number }
  /** The count is at least 0. */
  | { readonly kind: 'ge0'; readonly of: NodeId }
  /** How many j ≤ i have `of`; with a window, how many j in it. */
  | { readonly kind: 'count'; readonly of: NodeId; readonly guard: Window | null }
  /** Σ factor · node + constant; terms ascending by node. */
  | { readonly kind: 'lin'; readonly terms: readonly Term[]; readonly constant: number }
  /** A count: test ? yes : no. */
  | { readonly kind: 'cond'; readonly test: NodeId; readonly yes: NodeId; readonly no: NodeId };

/** What is read, and where: 'eos' at an extra position n+1, 'last' and 'next' at the last symbol. */
export type Output =
  | { readonly kind: 'accept'; readonly read: 'eos' | 'last'; readonly node: NodeId }
  | {
      readonly kind: 'next';
      readonly symbols: readonly { readonly symbol: number; readonly node: NodeId }[];
    };

export interface CoreProgram {
  readonly alphabet: readonly string[];
  readonly nodes: readonly CoreNode[];
  readonly output: Output;
  /** Definitions by their names in the text, family members as `Big[a,b]`, in the order of their nodes. */
  readonly names: readonly { readonly name: string; readonly node: NodeId }[];
}

/** The symbol at the position n+1 of a program read at <eos>: the declared '<eos>', or none (no Q holds there). */
export function endSymbol(program: CoreProgram): number {
  return program.alphabet.indexOf(specialSymbols.eos);
}

/** The nodes a node refers to. */
export function operands(node: CoreNode): readonly NodeId[] {
  switch (node.kind) {
    case 'Q':
    case 'const':
    case 'mod':
      return [];
    case 'not':
    case 'ge0':
    case 'count':
      return [node.of];
    case 'and':
      return node.of;
    case 'lin':
      return node.terms.map((term) => term.node);
    case 'cond':
      return [node.test, node.yes, node.no];
  }
}

export function isCount(node: CoreNode): boolean {
  return (
    node.kind === 'count' ||
    node.kind === 'lin' ||
    node.kind === 'cond' ||
    (node.kind === 'const' && typeof node.value === 'number')
  );
}

/** The nodes that are read at the end. */
export function outputNodes(program: CoreProgram): NodeId[] {
  const { output } = program;
  return output.kind === 'accept' ? [output.node] : output.symbols.map(({ node }) => node);
}

/** Operations that the roots depend on, each with its operands: what evaluating them at one position takes. */
export function operandsBehind(nodes: readonly CoreNode[], roots: readonly NodeId[]): number {
  const needed = reachable(nodes, roots);
  return nodes.reduce((sum, node, id) => sum + (needed[id] ? 1 + operands(node).length : 0), 0);
}

/** For every node, whether one of the roots depends on it. */
export function reachable(nodes: readonly CoreNode[], roots: readonly NodeId[]): boolean[] {
  const needed = nodes.map(() => false);
  for (const root of roots) needed[root] = true;
  for (let id = nodes.length - 1; id >= 0; id--) {
    if (needed[id]) for (const operand of operands(nodes[id])) needed[operand] = true;
  }
  return needed;
}
