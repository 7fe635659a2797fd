/**
 * From small alphabets to all. A schema is a program's text without its alphabet. Let it name no symbol of the task, not
 * look at the order of symbols, and bind k variables in all its `any` and `all` together. Then symbols of the task are
 * interchangeable in it, and no more than k of them besides the symbol read last (`at`) and the one that may come next
 * (`candidate`) are told apart at once: over any larger alphabet, its rules consist of the same parts as over k + 2
 * symbols, with other symbols in the places of others. If over k + 2 symbols nothing in the rule for the candidate, where
 * `at` was read, names a third symbol, the same is true of every larger alphabet; all other symbols may then be taken for
 * one, and the prompt over the larger alphabet gets the answer that a prompt over the small one gets, which is proved.
 */
import { compile, operands, reachable, symmetry } from '../../crasp/index.ts';
import type { CoreNode, CoreProgram, NodeId } from '../../crasp/index.ts';
import { withinCap } from './refusal.ts';
import { RESERVED } from './alphabet.ts';

/** Alphabets that are looked at in any case. */
const LEAST_SIZE = 4;
/** A schema with more variables would need larger alphabets than can be gone through. */
const MAX_SIZE = 7;

/**
 * Over alphabets of 1 up to how many symbols a schema has to be proved, so that it is proved for all; null where it looks
 * at the order of symbols, so that it may do otherwise for other alphabets.
 */
export function sizesToProve(schema: string): number | null {
  const { ordersSymbols, chosenSymbols } = symmetry(schema);
  if (ordersSymbols) return null;
  withinCap(chosenSymbols + 2, MAX_SIZE, 'symbols of an alphabet, which so many any and all need');
  return Math.max(LEAST_SIZE, chosenSymbols + 2);
}

/** So many symbols that the schema cannot name: none of them occurs in its text. */
export function symbolsFor(schema: string, size: number): string[] {
  const symbols: string[] = [];
  for (let number = 1; symbols.length < size; number++) {
    const symbol = `sym${number}`;
    if (!schema.includes(symbol)) symbols.push(symbol);
  }
  return symbols;
}

/** The program for one alphabet. */
export function instantiated(schema: string, symbols: readonly string[]): CoreProgram {
  const all = [...symbols, ...RESERVED].map((symbol) => `'${symbol}'`);
  return compile(`alphabet { ${all.join(' ')} }\n${schema}`);
}

/** What the value of a rule rests on at the last position, where the symbol read is `at`. */
export interface Behind {
  /** Nodes whose value there is not decided by `at` alone. */
  readonly here: ReadonlySet<NodeId>;
  /** Nodes whose values at earlier positions are counted. */
  readonly before: ReadonlySet<NodeId>;
}

/** @param at the number of a symbol */
export function behind({ nodes }: CoreProgram, rule: NodeId, at: number): Behind {
  const decided = decidedBy(nodes, at);
  const here = new Set<NodeId>();
  const counted = new Set<NodeId>();
  const visit = (id: NodeId): void => {
    if (decided[id] !== null || here.has(id)) return;
    here.add(id);
    const node = nodes[id];
    if (node.kind === 'count') {
      counted.add(node.of);
      return;
    }
    const untaken =
      node.kind === 'cond' && decided[node.test] !== null ? (decided[node.test] ? node.no : node.yes) : -1;
    for (const operand of operands(node)) if (operand !== untaken) visit(operand);
  };
  visit(rule);
  const before = new Set(reachable(nodes, [...counted]).flatMap((needed, id) => (needed ? [id] : [])));
  return { here, before };
}

/** The symbols on whose places that rests. */
export function symbolsBehind({ nodes }: CoreProgram, { before }: Behind): number[] {
  return [...before].flatMap((id) => {
    const node = nodes[id];
    return node.kind === 'Q' ? [node.symbol] : [];
  });
}

/** Per node, the truth value that it has wherever the symbol is `at`; null where that depends on more, and for counts. */
export function decidedBy(nodes: readonly CoreNode[], at: number): (boolean | null)[] {
  const decided: (boolean | null)[] = [];
  for (const node of nodes) {
    switch (node.kind) {
      case 'Q':
        decided.push(node.symbol === at);
        break;
      case 'const':
        decided.push(typeof node.value === 'boolean' ? node.value : null);
        break;
      case 'not': {
        const of = decided[node.of];
        decided.push(of === null ? null : !of);
        break;
      }
      case 'and': {
        const of = node.of.map((id) => decided[id]);
        decided.push(of.includes(false) ? false : of.includes(null) ? null : true);
        break;
      }
      case 'mod':
      case 'ge0':
      case 'count':
      case 'lin':
      case 'cond':
        decided.push(null);
        break;
    }
  }
  return decided;
}
