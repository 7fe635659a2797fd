/**
 * Why a model does on a task what it does: how well it does it, where its heads look, which of them the answers depend on,
 * and which edges. Each experiment has a folder; this is the road through them.
 */
import { rng } from '../common/random.ts';
import type { LocalModel } from '../model/index.ts';
import { Ablation, headName } from './ablation/ablate.ts';
import type { AblationKind, Head } from './ablation/ablate.ts';
import { attributed, ranked } from './ablation/attribution.ts';
import { controlSets } from './ablation/controls.ts';
import { behaviourOf, amongSymbols } from './behaviour/behaviour.ts';
import type { SymbolBehaviour } from './behaviour/behaviour.ts';
import { edgeConditions, edgeExperiment } from './edges/edges.ts';
import { experiments } from './explanation.ts';
import type {
  AblationResults,
  Experiment,
  ExplainedEdges,
  ExplainedHead,
  Explanation,
  HeadEffect,
  JointAblation,
} from './explanation.ts';
import { taskAttention } from './heads/attention.ts';
import { scoresOfHeads } from './heads/scores.ts';
import type { HeadsOfTask } from './heads/scores.ts';
import { Passes } from './passes/passes.ts';
import type { ShotSet } from './shots/shot.ts';
import { inWords } from './words.ts';

export interface ExplainOptions {
  /** Which experiments; all unless given. Behaviour is always there. */
  readonly only?: readonly Experiment[];
  readonly ablation?: AblationKind;
  /** Control sets beside each joint ablation, at most. */
  readonly draws?: number;
  readonly seed?: number;
}

/** What is being done, and how much of it is done, from 0 to 1. */
export interface ExplainProgress {
  readonly experiment: Experiment;
  readonly share: number;
}

/** Heads that are really ablated, by the size of their estimated effect. */
const VERIFIED = 20;
/** Heads drawn from the others, to see how many the estimate misses. */
const TRIED = 20;
/** Joint ablations of so many heads. */
const JOINT = [1, 2, 5, 10];
/** A head counts as missed when its effect is as large as that of the head in this place. */
const LARGE = 10;

/**
 * @param target what to call the model
 * @throws UserError for samples that don't fit the model, and for interventions that change nothing
 */
export async function explain(
  target: string,
  model: LocalModel,
  set: ShotSet,
  options: ExplainOptions = {},
  onProgress: (progress: ExplainProgress) => void = () => undefined,
): Promise<Explanation> {
  const { only = experiments, ablation = 'resample', draws, seed = 0 } = options;
  const told = (experiment: Experiment) => (share: number) => onProgress({ experiment, share });
  const passes = await Passes.over(model, set);
  const behaviour = behaviourOf(set, (await passes.clean()).scores);
  told('behaviour')(1);
  const scored = only.includes('heads')
    ? scoresOfHeads(set, await taskAttention(passes, told('heads')), rng('permuted matches', seed))
    : null;
  const ablated = only.includes('ablations')
    ? await ablations(passes, ablation, { draws, seed }, told('ablations'))
    : null;
  const edges = only.includes('edges') ? await edgesOf(passes, seed, told('edges')) : null;
  const results = {
    target,
    task: set.task,
    length: set.length,
    n: set.shots.length,
    prompt: set.prompt,
    behaviour,
    heads: headsOf(passes, scored, ablated?.effects ?? null),
    nullMaximum: scored?.nullMaximum ?? null,
    ablations: ablated?.results ?? null,
    edges,
  };
  return { ...results, words: inWords(results) };
}

function headsOf(
  { config }: Passes,
  scored: HeadsOfTask | null,
  effects: readonly (readonly HeadEffect[])[] | null,
): ExplainedHead[] {
  const { layers, heads } = config;
  return Array.from({ length: layers * heads }, (_, i) => {
    const [layer, head] = [Math.floor(i / heads), i % heads];
    const scores = Object.fromEntries(
      Object.entries(scored?.scores ?? {}).map(([name, byLayer]) => [name, byLayer[layer][head]]),
    );
    return { layer, head, scores, effect: effects?.[layer][head] ?? null };
  });
}

async function ablations(
  passes: Passes,
  kind: AblationKind,
  { draws, seed }: { draws: number | undefined; seed: number },
  onShare: (share: number) => void,
): Promise<{ results: AblationResults; effects: HeadEffect[][] }> {
  const { heads, layers } = passes.config;
  const ablation = await Ablation.of(passes, kind);
  const base = amongSymbols(passes.set, (await passes.clean()).scores);
  const metric = base.rightMinusLeft === null ? 'crossEntropy' : 'rightMinusLeft';
  const estimates = {
    crossEntropy: await attributed(ablation, 'crossEntropy'),
    rightMinusLeft: metric === 'rightMinusLeft' ? await attributed(ablation, 'rightMinusLeft') : null,
  };
  const order = ranked(estimates[metric]!);
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
  return { results: { kind, metric, base, joint, missed }, effects };
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
      accuracy: mean((one) => one.accuracy),
      crossEntropy: mean((one) => one.crossEntropy),
      rightMinusLeft: rightMinusLeft === null ? null : mean((one) => one.rightMinusLeft!),
    },
    percentile: beside.length === 0 ? null : (100 * milder) / beside.length,
  };
}

/**
 * Null where there is no such edge: in a model of one layer, whose keys and values know nothing but their own token, and for
 * sources too short for a control.
 */
async function edgesOf(
  passes: Passes,
  seed: number,
  onShare: (share: number) => void,
): Promise<ExplainedEdges[] | null> {
  const { shots } = passes.set;
  if (passes.config.layers === 1 || shots[0].source.length < 3) return null;
  const conditions = edgeConditions(shots, rng('control edges', seed));
  const results = await edgeExperiment(passes, conditions, onShare);
  return results.map(({ condition, behaviour }) => ({
    condition,
    n: behaviour.n,
    accuracy: behaviour.accuracy,
    tokenAccuracy: behaviour.tokenAccuracy,
    crossEntropy: behaviour.crossEntropy,
    rightMinusLeft: behaviour.amongSymbols.rightMinusLeft,
  }));
}
