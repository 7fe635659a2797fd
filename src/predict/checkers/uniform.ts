/**
 * From small alphabets to all. A schema is a program's text without its alphabet. Let it name no symbol of the task, not
 * look at the order of symbols, and bind k variables in all its `any` and `all` together. Then symbols of the task are
 * interchangeable in it, and no more than k of them besides the symbol read last (`at`) and the one that may come next
 * (`candidate`) are told apart at once: over any larger alphabet, its rules consist of the same parts as over k + 2
 * symbols, with other symbols in the places of others. If over k + 2 symbols nothing in the rule for the candidate, where
 * `at` was read, names a third symbol, the same is true of every larger alphabet; all other symbols may then be taken for
 * one, and the prompt over the larger alphabet gets the answer that a prompt over the small one gets, which is proved.
 *
 * Alphabets are those of tasks: no symbol of them is in angle brackets (`next[t]` ranges over no such symbol, and the only
 * ones in a prompt are `<bos>`, `<sep>` and `<eos>`, which the schema may name), and none is a word of the schema. A bare
 * word that is a symbol of the alphabet stands for that symbol: over an alphabet with a symbol `t`, `next[t]` is a rule
 * for `t` alone. The schema is then another program, of which nothing is claimed; rename its variables.
 */
import { CapExceeded, compile, CoreBuilder, operandsBehind, reachable, symmetry } from '../../crasp/index.ts';
import type { CoreNode, CoreProgram, NodeId } from '../../crasp/index.ts';
import { BeyondCaps, withinCap } from './refusal.ts';
import type { Budget } from './refusal.ts';
import { RESERVED } from './alphabet.ts';

/** Alphabets that are looked at in any case. */
const LEAST_SIZE = 4;
/** Building an operand anew takes as long as so many in a proof, which takes all situations together. */
const BUILDING_COST = 300;
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

/** Operations that make up one rule. */
export interface Rule {
  readonly nodes: readonly CoreNode[];
  readonly root: NodeId;
}

/**
 * What is left of a rule where the symbol read is `at`, by the simplifications of the language. Counts stay as they are: they
 * speak of other positions, too.
 * @param at the number of a symbol
 * @throws BeyondCaps where it takes more than what is left of `work`
 */
export function specialised({ nodes }: CoreProgram, rule: NodeId, at: number, work: Budget): Rule {
  work.spend(BUILDING_COST * operandsBehind(nodes, [rule]));
  const builder = new CoreBuilder();
  const needed = reachable(nodes, [rule]);
  const whole: NodeId[] = [];
  const left: NodeId[] = [];
  try {
    for (const [id, node] of nodes.entries()) {
      if (!needed[id]) continue;
      whole[id] = builder.again(node, whole);
      if (node.kind === 'count') left[id] = whole[id];
      else left[id] = node.kind === 'Q' ? builder.truth(node.symbol === at) : builder.again(node, left);
    }
  } catch (error) {
    if (error instanceof CapExceeded) throw new BeyondCaps(error.message);
    throw error;
  }
  return { nodes: builder.nodes, root: left[rule] };
}

/** The symbols whose places are counted by a rule. */
export function symbolsCounted({ nodes, root }: Rule): number[] {
  const behindRoot = reachable(nodes, [root]);
  const counted = nodes.flatMap((node, id) => (behindRoot[id] && node.kind === 'count' ? [node.of] : []));
  const behindCounts = reachable(nodes, counted);
  return nodes.flatMap((node, id) => (behindCounts[id] && node.kind === 'Q' ? [node.symbol] : []));
}
