/** The size of a program, and the positional predicates it uses, from its core. */
import { compile, type CoreProgram } from '../crasp/index.ts';
import type { Fragment } from './verdict.ts';

export interface ProgramShape {
  /** How deep counts over all positions are nested: what layers of attention are needed for. */
  readonly depth: number;
  /** Operations after families are expanded and equal ones are shared. */
  readonly size: number;
  readonly fragment: Fragment;
}

/** Depth and size of a program's core, and the smallest fragment of C-RASP that it is in. */
export function programShape({ nodes }: CoreProgram): ProgramShape {
  const depths: number[] = [];
  let positional = false;
  for (const node of nodes) {
    switch (node.kind) {
      case 'Q':
      case 'const':
        depths.push(0);
        break;
      case 'mod':
        positional = true;
        depths.push(0);
        break;
      case 'not':
      case 'ge0':
        depths.push(depths[node.of]);
        break;
      case 'count':
        positional ||= node.guard !== null;
        depths.push(depths[node.of] + (node.guard === null ? 1 : 0));
        break;
      case 'and':
        depths.push(Math.max(...node.of.map((operand) => depths[operand])));
        break;
      case 'lin':
        depths.push(Math.max(0, ...node.terms.map((term) => depths[term.node])));
        break;
      case 'cond':
        depths.push(Math.max(depths[node.test], depths[node.yes], depths[node.no]));
        break;
    }
  }
  return { depth: Math.max(0, ...depths), size: nodes.length, fragment: positional ? 'pos' : 'plain' };
}

/** How many operations the program of a text has. */
export function programSize(text: string): number {
  return compile(text).nodes.length;
}
