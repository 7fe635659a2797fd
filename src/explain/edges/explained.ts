/** The edge experiment as an explanation has it: in all layers at once, and in one layer at a time. */
import { rng } from '../../common/random.ts';
import type { Passes } from '../passes/passes.ts';
import { layerConditions } from './by-layer.ts';
import type { LayerCut } from './by-layer.ts';
import { edgeConditions, edgeExperiment } from './edges.ts';
import type { EdgeResult } from './edges.ts';

export interface ExplainedEdges {
  readonly condition: string;
  readonly n: number;
  readonly accuracy: number;
  readonly tokenAccuracy: number;
  readonly crossEntropy: number;
  readonly rightMinusLeft: number | null;
  /** The change of the cross-entropy, sample by sample, on average, and its standard error; null for `base`. */
  readonly change: EdgeResult['change'] | null;
}

/** What cuts in one layer alone leave; null for edges that its window does not reach. */
export type EdgesOfLayer = { readonly layer: number } & Readonly<
  Record<LayerCut, Pick<ExplainedEdges, 'accuracy' | 'crossEntropy' | 'rightMinusLeft'> | null>
>;

/** What both draw their control edges from, so that they are the same. */
const CONTROLS = 'control edges';

/**
 * Null where there is no such edge: in a model of one layer, whose keys and values know nothing but their own token, for
 * sources too short for a control, and for answers that go on from no symbol.
 */
export async function edgesInAllLayers(
  passes: Passes,
  seed: number,
  onShare: (share: number) => void,
): Promise<ExplainedEdges[] | null> {
  if (!hasEdges(passes)) return null;
  const conditions = edgeConditions(passes.set.shots, rng(CONTROLS, seed));
  const results = await edgeExperiment(passes, conditions, onShare);
  return results.map(({ condition, behaviour, change }, i) => ({
    condition,
    n: behaviour.n,
    accuracy: behaviour.accuracy,
    tokenAccuracy: behaviour.tokenAccuracy,
    crossEntropy: behaviour.crossEntropy,
    rightMinusLeft: behaviour.amongSymbols.rightMinusLeft,
    change: i === 0 ? null : change,
  }));
}

/** From the second layer on; null as above. */
export async function edgesByLayer(
  passes: Passes,
  seed: number,
  onShare: (share: number) => void,
): Promise<EdgesOfLayer[] | null> {
  if (!hasEdges(passes)) return null;
  const conditions = layerConditions(passes, rng(CONTROLS, seed));
  const [, ...results] = await edgeExperiment(passes, conditions, onShare);
  const of = (layer: number, cut: LayerCut) => {
    const which = conditions.findIndex((condition) => condition.layer === layer && condition.cut === cut);
    if (which < 0) return null;
    const { accuracy, crossEntropy, amongSymbols } = results[which].behaviour;
    return { accuracy, crossEntropy, rightMinusLeft: amongSymbols.rightMinusLeft };
  };
  return Array.from({ length: passes.config.layers - 1 }, (_, i) => ({
    layer: i + 1,
    induction: of(i + 1, 'induction'),
    'anti-induction': of(i + 1, 'anti-induction'),
    'control-keys': of(i + 1, 'control-keys'),
    'control-values': of(i + 1, 'control-values'),
  }));
}

function hasEdges({ config, set }: Passes): boolean {
  const [{ source, rows }] = set.shots;
  return config.layers > 1 && source.length >= 3 && rows.some(({ at }) => at !== null);
}
