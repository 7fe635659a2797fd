/**
 * A batch in two shares of about equal work. Every share's gradients are computed by themselves and then added, in one
 * order, so that a step comes out the same, bit for bit, whether one thread computes both or two compute one each.
 */
import type { AnswerFeeds, AnswerGroup } from '../../model/answers/answers.ts';
import type { ModelConfig } from '../../model/index.ts';
import { LEAST_TOKENS, pieceCount } from '../../model/forward/pieces.ts';

/** How the sequences of a batch are laid out. */
export interface BatchPlan {
  /** The groups of each share; one share where there is nothing to divide. */
  readonly shares: readonly (readonly AnswerGroup[])[];
  /** The sequence, counted from the shortest, that stands at each place of the first share's groups, then the second's. */
  readonly order: readonly number[];
}

/** What a share has of a group: `count` of its sequences, from `first` on. */
interface Part {
  readonly group: AnswerGroup;
  readonly first: number;
  readonly count: number;
}

/**
 * Divides groups of sequences, which stand one after the other: a group of several pieces (see `overPieces`) goes half
 * to each share, and what is left by pieces to whichever has less, the largest first.
 */
export function divide(groups: readonly AnswerGroup[], config: ModelConfig): BatchPlan {
  const pieces = groups.map((group) => pieceCount(group, config.width));
  const counts = groups.map(({ batch }, g) => {
    const half = Math.floor(pieces[g] / 2) * (batch / pieces[g]);
    return [half, half];
  });
  const load = [0, 1].map((share) => sum(groups.map((group, g) => counts[g][share] * work(group, config))));
  const left = groups.flatMap((group, g) => (pieces[g] % 2 === 1 ? [{ group, g }] : []));
  left.sort((a, b) => work(b.group, config) * b.group.batch - work(a.group, config) * a.group.batch);
  for (const { group, g } of left) {
    const lighter = load[0] <= load[1] ? 0 : 1;
    const piece = group.batch / pieces[g];
    counts[g][lighter] += piece;
    load[lighter] += piece * work(group, config);
  }
  evenOut(left, counts, load, pieces, config);
  return planOf(groups, counts);
}

/** Shares whose work differs by less are left as they are: a cut piece costs more than a few percent bring. */
const TOLERANCE = 0.1;

/** Cuts one more piece in two where that makes the shares more alike, if both parts stay large enough. */
function evenOut(
  left: readonly { readonly group: AnswerGroup; readonly g: number }[],
  counts: number[][],
  load: readonly number[],
  pieces: readonly number[],
  config: ModelConfig,
): void {
  const excess = Math.abs(load[0] - load[1]);
  if (excess <= TOLERANCE * Math.max(...load)) return;
  const heavier = load[0] > load[1] ? 0 : 1;
  for (const { group, g } of left) {
    const piece = group.batch / pieces[g];
    const moved = Math.min(Math.round(excess / 2 / work(group, config)), Math.floor(piece / 2));
    if (counts[g][heavier] <= counts[g][1 - heavier]) continue;
    if (Math.min(moved, piece - moved) * lengthOf(group) < LEAST_TOKENS) continue;
    counts[g][heavier] -= moved;
    counts[g][1 - heavier] += moved;
    return;
  }
}

/** What is fed to a share alone, of what is fed to both. */
export function feedsOfShare(feeds: AnswerFeeds, plan: BatchPlan, share: number): AnswerFeeds {
  const groups = plan.shares[share];
  const before = plan.shares.slice(0, share).flat();
  const tokens = [tokensIn(before), tokensIn([...before, ...groups])] as const;
  const rows = [rowsIn(before), rowsIn([...before, ...groups])] as const;
  const { positions } = feeds.inputs as Partial<Record<string, Int32Array>>;
  const inputs: Record<string, Int32Array> = { tokens: feeds.inputs.tokens.subarray(...tokens) };
  if (positions !== undefined) inputs.positions = positions.subarray(...tokens);
  groups.forEach((_, g) => (inputs[`starts.${g}`] = feeds.inputs[`starts.${before.length + g}`]));
  return { inputs, targets: feeds.targets.subarray(...rows), weights: feeds.weights.subarray(...rows) };
}

function planOf(groups: readonly AnswerGroup[], counts: readonly (readonly number[])[]): BatchPlan {
  const shares: Part[][] = [[], []];
  let place = 0;
  groups.forEach((group, g) => {
    let first = place;
    shares.forEach((parts, share) => {
      const count = counts[g][share];
      if (count > 0) parts.push({ group, first, count });
      first += count;
    });
    place += group.batch;
  });
  const filled = shares.filter((parts) => parts.length > 0);
  return {
    shares: filled.map((parts) => parts.map(({ group, count }) => ({ ...group, batch: count }))),
    order: filled.flat().flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i)),
  };
}

/** What a sequence costs, up to a factor: products with the matrices grow with its length, attention with its square. */
function work(group: AnswerGroup, { width }: ModelConfig): number {
  const length = lengthOf(group);
  return length * (length + 12 * width);
}

function lengthOf({ prompt, target }: AnswerGroup): number {
  return prompt + target - 1;
}

function tokensIn(groups: readonly AnswerGroup[]): number {
  return sum(groups.map((group) => group.batch * lengthOf(group)));
}

function rowsIn(groups: readonly AnswerGroup[]): number {
  return sum(groups.map(({ batch, target }) => batch * target));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
