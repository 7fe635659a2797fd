/**
 * C-RASP[pos], as far as it can be decided today: in where a modulus and a look-back suffice (with a program), out
 * where local monoids show it (with the words that do), unknown otherwise, with what was tried. No procedure is
 * known that always decides. Read at the last symbol, the answer is the same as at `<eos>`: a program that looks one
 * symbol back can be either (up to the empty string).
 */
import type { Dfa } from '../automata/dfa.ts';
import { byLastLetters } from './last-letters.ts';
import { type LocalObstacle, shortObstacle, stableObstacle } from './local-monoid.ts';
import type { Machine } from './machine.ts';
import { stablePart, type StablePart } from './monoid.ts';
import { decide } from './plain.ts';
import { type Product, productOf, type Reach } from './product.ts';
import { synthesise } from './synthesise.ts';

export type PositionsDecision =
  | { readonly verdict: 'in'; readonly program: string; readonly reach: Reach }
  | { readonly verdict: 'out'; readonly obstacle: LocalObstacle }
  | {
      readonly verdict: 'unknown';
      readonly tried: readonly Reach[];
      readonly stable: StablePart | undefined;
    };

/** Small reaches, tried before anything else: most languages that are in need no more. */
const FIRST_REACHES: readonly Reach[] = [
  { lookBack: 0, modulus: 1 },
  { lookBack: 1, modulus: 1 },
  { lookBack: 0, modulus: 2 },
];
/** States of a product: a tenth of a second each. */
const MAX_PRODUCT_STATES = 1_500;
/** Transitions of all products together: a third of a second's work. */
const MAX_TRIED_TRANSITIONS = 30_000;
const MAX_LOOK_BACK = 8;
const MAX_MODULUS = 60;

/** `dfa` is the language's minimal automaton, `machine` what has to be known where the answer is read. */
export function decideWithPositions(dfa: Dfa, machine: Machine): PositionsDecision {
  const tried: Reach[] = [];
  const attempt = (reach: Reach, most: number): { program?: string; cost: number } => {
    const seesNothing = reach.lookBack === 0 && reach.modulus === 1;
    const product = seesNothing ? { machine } : productOf(machine, reach, most);
    if (product === undefined) return { cost: 0 };
    tried.push(reach);
    return { program: programOf(product), cost: product.machine.dfa.next.length };
  };
  for (const reach of FIRST_REACHES) {
    const { program } = attempt(reach, MAX_PRODUCT_STATES);
    if (program !== undefined) return { verdict: 'in', program, reach };
  }
  const last = byLastLetters(machine);
  if (last !== undefined)
    return { verdict: 'in', program: last.program, reach: { lookBack: last.lookBack, modulus: 1 } };
  const short = shortObstacle(dfa);
  if (short !== undefined) return { verdict: 'out', obstacle: short };
  const found = stablePart(dfa);
  const obstacle = found === undefined ? 'too long' : stableObstacle(dfa, found);
  if (obstacle !== undefined && obstacle !== 'too long') return { verdict: 'out', obstacle };
  const stable = obstacle === 'too long' ? undefined : found;

  let spent = 0;
  for (const reach of largerReaches(found)) {
    if (spent > MAX_TRIED_TRANSITIONS) break;
    const { program, cost } = attempt(reach, MAX_PRODUCT_STATES);
    if (program !== undefined) return { verdict: 'in', program, reach };
    spent += cost;
  }
  return { verdict: 'unknown', tried, stable };
}

function programOf({ machine, visible }: Partial<Product> & Pick<Product, 'machine'>): string | undefined {
  const decision = decide(machine.dfa, visible?.contextOf);
  return decision.stuck === undefined ? synthesise(machine, decision, visible) : undefined;
}

/** Look-backs and moduli by the size of the product; moduli that fit the period of the language's words come first. */
function largerReaches(stable: StablePart | undefined): Reach[] {
  const period = stable?.period ?? 1;
  const lookBacks = Array.from({ length: MAX_LOOK_BACK + 1 }, (_, lookBack) => lookBack);
  const moduli = new Set([...Array.from({ length: MAX_MODULUS }, (_, i) => i + 1), period]);
  const unlikely = (modulus: number): number =>
    period % modulus === 0 || (period > 1 && modulus % period === 0) ? 1 : 16;
  const cost = ({ lookBack, modulus }: Reach): number => 2 ** lookBack * modulus * unlikely(modulus);
  const isFirst = (reach: Reach): boolean =>
    FIRST_REACHES.some(({ lookBack, modulus }) => lookBack === reach.lookBack && modulus === reach.modulus);
  return [...moduli]
    .flatMap((modulus) => lookBacks.map((lookBack) => ({ lookBack, modulus })))
    .filter((reach) => !isFirst(reach))
    .sort((a, b) => cost(a) - cost(b));
}
