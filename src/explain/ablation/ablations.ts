/** What depends on single heads, and on those of the largest estimates together, beside others of the same layers. */
import { rng } from '../../common/random.ts';
import type { SymbolBehaviour } from '../behaviour/behaviour.ts';
import { headName } from './ablate.ts';
import type { AblationKind } from '../settings/defaults.ts';
import type { Head } from './ablate.ts';
import { controlSets } from './controls.ts';
import type { Ranking } from './ranking.ts';

/** Heads that are really ablated, by the size of their estimated effect. */
const VERIFIED = 20;
/** Heads drawn from the others, to see how many the estimate misses. */
const TRIED = 20;
/** Joint ablations of so many heads. */
const JOINT = [1, 2, 5, 10];
/** A head counts as missed when its effect is as large as that of the head in this place. */
const LARGE = 10;

/** What a head's ablation does: changes of means over samples. */
export interface HeadEffect {
  /** Estimated for every head, by one gradient; null where there are no neighbours to compare. */
  readonly estimated: { readonly rightMinusLeft: number | null; readonly crossEntropy: number };
  /** Of heads that were really ablated. */
  readonly exact: {
    readonly rightMinusLeft: number | null;
    readonly crossEntropy: number;
    readonly accuracy: number;
  } | null;
}

/** How many of the heads that were not among the largest estimates turned out to be as large. */
export interface MissedHeads {
  readonly tried: number;
  readonly asLarge: number;
}

export interface JointAblation {
  readonly kind: AblationKind;
  readonly heads: readonly string[];
  readonly n: number;
  readonly accuracy: number;
  readonly crossEntropy: number;
  readonly rightMinusLeft: number | null;
  readonly controls: {
    /** How many such sets there are, and how many were tried: all, or a sample. */
    readonly possible: number;
    readonly tried: number;
    /** Of each set that was tried. */
    readonly crossEntropies: readonly number[];
    /** Means over the sets; null where there is none. */
    readonly accuracy: number | null;
    readonly crossEntropy: number | null;
    readonly rightMinusLeft: number | null;
  };
  /** The share of control sets that hurt less (a smaller cross-entropy), in percent; null where there is none. */
  readonly percentile: number | null;
}

export interface AblationResults {
  /** [layer][head]. */
  readonly effects: readonly (readonly HeadEffect[])[];
  readonly joint: readonly JointAblation[];
  readonly missed: MissedHeads;
}

/** @param draws control sets beside each joint ablation, at most */
export async function ablations(
  { ablation, base, metric, estimates, order }: Ranking,
  { draws, seed }: { readonly draws: number | undefined; readonly seed: number },
  onShare: (share: number) => void,
): Promise<AblationResults> {
  const { heads, layers } = ablation.passes.config;
  const { kind } = ablation;
  const [first, others] = [order.slice(0, VERIFIED), order.slice(VERIFIED)];
  const random = rng('heads that estimates miss', seed);
  const tried = random.distinct(others.length, Math.min(TRIED, others.length)).map((i) => others[i]);
  const sets = JOINT.filter((count) => count < order.length).map((count) => first.slice(0, count));
  const controls = sets.map((own) => controlSets(own, heads, rng('control sets', seed, own.length), draws));
  const total =
    first.length + tried.length + controls.reduce((sum, { sets: all }) => sum + all.length + 1, 0);
  let done = 0;
  const without = async (own: readonly Head[]): Promise<SymbolBehaviour> => {
    const found = await ablation.without(own);
    onShare(++done / total);
    return found;
  };
  const exact = new Map<string, SymbolBehaviour>();
  for (const head of [...first, ...tried]) exact.set(headName(head), await without([head]));
  const joint: JointAblation[] = [];
  for (const [i, own] of sets.entries()) {
    const beside: SymbolBehaviour[] = [];
    const result = await without(own);
    for (const control of controls[i].sets) beside.push(await without(control));
    joint.push(jointAblation(kind, own, result, beside, controls[i].possible));
  }
  const effects = Array.from({ length: layers }, (_, layer) =>
    Array.from({ length: heads }, (_unused, head): HeadEffect => {
      const found = exact.get(headName({ layer, head }));
      return {
        estimated: {
          rightMinusLeft: estimates.rightMinusLeft?.[layer][head] ?? null,
          crossEntropy: estimates.crossEntropy[layer][head],
        },
        exact: found === undefined ? null : changeOf(base, found),
      };
    }),
  );
  const sizeOf = ({ layer, head }: Head) => Math.abs(effects[layer][head].exact![metric] ?? 0);
  const large = first.map(sizeOf).sort((a, b) => b - a)[Math.min(LARGE, first.length) - 1] ?? Infinity;
  const missed = { tried: tried.length, asLarge: tried.filter((head) => sizeOf(head) >= large).length };
  return { effects, joint, missed };
}

function changeOf(base: SymbolBehaviour, found: SymbolBehaviour) {
  return {
    rightMinusLeft:
      base.rightMinusLeft === null || found.rightMinusLeft === null
        ? null
        : found.rightMinusLeft - base.rightMinusLeft,
    crossEntropy: found.crossEntropy - base.crossEntropy,
    accuracy: found.accuracy - base.accuracy,
  };
}

function jointAblation(
  kind: AblationKind,
  heads: readonly Head[],
  result: SymbolBehaviour,
  beside: readonly SymbolBehaviour[],
  possible: number,
): JointAblation {
  const mean = (of: (one: SymbolBehaviour) => number) =>
    beside.length === 0 ? null : beside.reduce((sum, one) => sum + of(one), 0) / beside.length;
  const { n, accuracy, crossEntropy, rightMinusLeft } = result;
  const milder = beside.filter((one) => one.crossEntropy < crossEntropy).length;
  return {
    kind,
    heads: heads.map(headName),
    n,
    accuracy,
    crossEntropy,
    rightMinusLeft,
    controls: {
      possible,
      tried: beside.length,
      crossEntropies: beside.map((one) => one.crossEntropy),
      accuracy: mean((one) => one.accuracy),
      crossEntropy: mean((one) => one.crossEntropy),
      rightMinusLeft: rightMinusLeft === null ? null : mean((one) => one.rightMinusLeft!),
    },
    percentile: beside.length === 0 ? null : (100 * milder) / beside.length,
  };
}
