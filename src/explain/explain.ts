/**
 * Why a model does on a task what it does: how well it does it, where its heads look, which of them the answers depend on,
 * which edges, how few heads are enough, and which paths lead to them. Each experiment has a folder; this is the road through them.
 */
import { UserError } from '../common/errors.ts';
import { rng } from '../common/random.ts';
import type { LocalModel } from '../model/index.ts';
import { ablations } from './ablation/ablations.ts';
import type { HeadEffect } from './ablation/ablations.ts';
import { rankingOf } from './ablation/ranking.ts';
import { behaviourOf } from './behaviour/behaviour.ts';
import { circuitsOf } from './circuit/circuit.ts';
import { edgesByLayer, edgesInAllLayers } from './edges/explained.ts';
import { ABLATION } from './settings/defaults.ts';
import { exampleOf } from './example/example.ts';
import type { ExplainedHead, Explanation } from './explanation.ts';
import { taskAttention } from './heads/attention.ts';
import { headsBesideTask } from './heads/heads.ts';
import type { HeadsBesideTask } from './heads/heads.ts';
import { scoresOfHeads } from './heads/scores.ts';
import type { HeadsOfTask } from './heads/scores.ts';
import { Passes } from './passes/passes.ts';
import { experiments } from './settings/defaults.ts';
import type { AblationKind, Experiment } from './settings/defaults.ts';
import { pathsOf } from './paths/paths.ts';
import { symbolsTouch } from './shots/shot.ts';
import type { ShotSet } from './shots/shot.ts';
import { inWords } from './words.ts';

export interface ExplainOptions {
  /** Which experiments; all unless given. Behaviour is always there. */
  readonly only?: readonly Experiment[];
  readonly ablation?: AblationKind;
  /** Control sets beside each joint ablation, at most. */
  readonly draws?: number;
  /** Gradients that estimates are averaged over: one at the samples as they are, or several on the way to other ones. */
  readonly gradients?: number;
  readonly seed?: number;
}

/** What is being done, and how much of it is done, from 0 to 1. */
export interface ExplainProgress {
  readonly experiment: Experiment;
  readonly share: number;
}

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
  const { only: wanted = experiments, ablation = ABLATION, draws, gradients = 1, seed = 0 } = options;
  const only = wanted.filter((experiment) => !CUTS.includes(experiment) || symbolsTouch(set));
  if (only.length < wanted.length && only.every((experiment) => experiment === 'behaviour'))
    throw new UserError(`${wanted.join(',')}: ${notTouching(set)}; take another prompt or other experiments`);
  const told = (experiment: Experiment) => (share: number) => onProgress({ experiment, share });
  const passes = await Passes.over(model, set);
  const behaviour = behaviourOf(set, (await passes.clean()).scores);
  told('behaviour')(1);
  const scoring = once(async () =>
    scoresOfHeads(
      set,
      await taskAttention(passes, (share) => told('heads')(share / 2)),
      rng('permuted matches', seed),
    ),
  );
  const ranking = once(() => rankingOf(passes, ablation, gradients));
  const scored = only.includes('heads') ? await scoring() : null;
  const beside = scored && (await headsBesideTask(passes, seed, (share) => told('heads')(0.5 + share / 2)));
  if (scored) told('heads')(1);
  const ablated = only.includes('ablations')
    ? await ablations(await ranking(), { draws, seed }, told('ablations'))
    : null;
  const edges = only.includes('edges') ? await edgesInAllLayers(passes, seed, told('edges')) : null;
  const byLayer = only.includes('layers') ? await edgesByLayer(passes, seed, told('layers')) : null;
  const circuit = only.includes('circuit')
    ? await circuitsOf(await ranking(), rng('random circuits', seed), told('circuit'))
    : null;
  const paths = only.includes('paths')
    ? await pathsOf(await ranking(), await scoring(), told('paths'))
    : null;
  const ranked = ablated === null && circuit === null && paths === null ? null : await ranking();
  const results = {
    target,
    task: set.task,
    length: set.length,
    n: set.shots.length,
    prompt: set.prompt,
    behaviour,
    heads: headsOf(passes, scored, beside, ablated?.effects ?? null),
    nullMaximum: scored?.nullMaximum ?? null,
    retrieval: scored?.retrieval ?? null,
    copying: beside?.copying ? { n: beside.copying.n, nullMaximum: beside.copying.nullMaximum } : null,
    repeated: beside?.repeated ? repeatedOf(beside.repeated) : null,
    ranking: ranked && {
      kind: ablation,
      gradients,
      metric: ranked.metric,
      base: ranked.base,
      missed: ablated?.missed ?? null,
    },
    ablations: ablated?.joint ?? null,
    edges,
    edgesByLayer: byLayer,
    faithfulness: circuit?.faithfulness ?? null,
    circuit: circuit?.sizes ?? null,
    paths,
    example: scored && (await exampleOf(passes, scored)),
  };
  const uncut = only.length < wanted.length ? [`Edges were not cut: ${notTouching(set)}.`] : [];
  return { ...results, words: [...inWords(results, only), ...uncut] };
}

/** What is cut are edges from a symbol to the next one. */
const CUTS: readonly Experiment[] = ['edges', 'layers'];

function notTouching({ prompt }: ShotSet): string {
  return `the prompt ${prompt} has tokens between the symbols of a source, so that no edge leads from one symbol to the next`;
}

/** The function, called at most once. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

function headsOf(
  { config }: Passes,
  scored: HeadsOfTask | null,
  beside: HeadsBesideTask | null,
  effects: readonly (readonly HeadEffect[])[] | null,
): ExplainedHead[] {
  const { layers, heads } = config;
  const onTask = { ...scored?.scores, ...(beside?.copying && { copying: beside.copying.scores }) };
  return Array.from({ length: layers * heads }, (_, i) => {
    const [layer, head] = [Math.floor(i / heads), i % heads];
    const of = <T>(scores: Readonly<Record<string, readonly (readonly T[])[]>>) =>
      Object.fromEntries(Object.entries(scores).map(([name, byLayer]) => [name, byLayer[layer][head]]));
    return {
      layer,
      head,
      scores: of(onTask),
      repeated: of(beside?.repeated?.scores ?? {}),
      lags: scored?.lags[layer][head] ?? null,
      effect: effects?.[layer][head] ?? null,
    };
  });
}

function repeatedOf({ length, sequences, nullMaximum }: NonNullable<HeadsBesideTask['repeated']>) {
  return { n: sequences.length, length, nullMaximum, sequences };
}
