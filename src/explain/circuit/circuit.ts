/**
 * How few heads are enough: circuits of growing size with everything outside of them ablated, beside random circuits of the
 * same size. Faithfulness, CPR and CMD are those of the MIB benchmark (arXiv 2504.13151), at the level of heads: a circuit
 * has all edges of its heads, and MLPs belong to every circuit.
 */
import type { Rng } from '../../common/random.ts';
import type { Ablation, Head } from '../ablation/ablate.ts';
import type { Ranking } from '../ablation/ranking.ts';

/** Shares of all heads that a circuit has; each as many heads as that is, rounded, and one at least. */
export const CIRCUIT_SHARES: readonly number[] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
/** Random circuits of each size. */
export const RANDOM_CIRCUITS = 5;
/** A model whose metric differs by less from that of the same model without any head can't be said to need a circuit. */
const LEAST_DIFFERENCE = 0.1;

export interface Faithfulness {
  readonly metric: 'rightMinusLeft' | 'crossEntropy';
  /** The metric of the whole model, and without any of its heads. */
  readonly whole: number;
  readonly empty: number;
  /** The area under faithfulness over the share of heads, and that between it and 1: null where nothing can be told. */
  readonly cpr: number | null;
  readonly cmd: number | null;
  /** The mean area of random circuits. */
  readonly randomCpr: number | null;
}

export interface CircuitResult {
  readonly faithfulness: Faithfulness;
  /** By size, the smallest first. */
  readonly sizes: readonly CircuitSize[];
}

export interface CircuitSize {
  readonly heads: number;
  readonly share: number;
  /** (m(circuit) - m(none)) / (m(whole) - m(none)); null where whole and none hardly differ. */
  readonly faithfulness: number | null;
  /** That of random circuits of as many heads, the least and the largest with their mean. */
  readonly random: { readonly mean: number; readonly least: number; readonly largest: number } | null;
}

/** The heads of a circuit are those of the largest estimates. */
export async function circuitsOf(
  { ablation, order, base, metric }: RankedHeads,
  rng: Rng,
  onShare: (share: number) => void = () => undefined,
): Promise<CircuitResult> {
  const counts = circuitSizes(order.length);
  const steps = 1 + counts.length * (1 + RANDOM_CIRCUITS) - RANDOM_CIRCUITS; // all heads have no other circuit beside
  let done = 0;
  const of = async (heads: readonly Head[]): Promise<number> => {
    const kept = new Set(heads);
    const outside = order.filter((head) => !kept.has(head));
    const found = outside.length === 0 ? base : await ablation.without(outside);
    onShare(++done / steps);
    return found[metric]!;
  };
  const [whole, empty] = [base[metric]!, await of([])];
  const scale = whole - empty;
  const tells = Math.abs(scale) >= LEAST_DIFFERENCE;
  const sizes: CircuitSize[] = [];
  for (const count of counts) {
    const own = ((await of(order.slice(0, count))) - empty) / scale;
    const others: number[] = [];
    for (let draw = 0; draw < RANDOM_CIRCUITS && count < order.length; draw++) {
      const heads = rng.distinct(order.length, count).map((i) => order[i]);
      others.push(((await of(heads)) - empty) / scale);
    }
    sizes.push({
      heads: count,
      share: count / order.length,
      faithfulness: tells ? own : null,
      random: !tells || others.length === 0 ? null : spreadOf(others),
    });
  }
  const curve = (of: (size: CircuitSize) => number) => [
    { share: 0, value: 0 },
    ...sizes.map((size) => ({ share: size.share, value: of(size) })),
  ];
  const own = curve(({ faithfulness }) => faithfulness!);
  const distance = own.map(({ share, value }) => ({ share, value: Math.abs(1 - value) }));
  return {
    faithfulness: {
      metric,
      whole,
      empty,
      cpr: tells ? area(own) : null,
      cmd: tells ? area(distance) : null,
      randomCpr: tells ? area(curve(({ random, faithfulness }) => random?.mean ?? faithfulness!)) : null,
    },
    sizes,
  };
}

/** What of a ranking circuits are made of. */
export type RankedHeads = Pick<Ranking, 'order' | 'base' | 'metric'> & {
  readonly ablation: Pick<Ablation, 'without'>;
};

/** Different numbers of heads, from one on to all of them. */
export function circuitSizes(heads: number): number[] {
  return [...new Set(CIRCUIT_SHARES.map((share) => Math.max(1, Math.round(share * heads))))];
}

function spreadOf(numbers: readonly number[]): NonNullable<CircuitSize['random']> {
  return {
    mean: numbers.reduce((sum, x) => sum + x, 0) / numbers.length,
    least: Math.min(...numbers),
    largest: Math.max(...numbers),
  };
}

/** The area under straight lines between points. */
function area(points: readonly { readonly share: number; readonly value: number }[]): number {
  return points
    .slice(1)
    .reduce(
      (sum, { share, value }, i) => sum + ((share - points[i].share) * (value + points[i].value)) / 2,
      0,
    );
}
