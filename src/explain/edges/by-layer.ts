/** The edge experiment a layer at a time: where keys and values that know the token before are used. */
import type { Rng } from '../../common/random.ts';
import { sees } from '../../model/forward/masks.ts';
import { windowOf } from '../../model/config/config.ts';
import type { Passes } from '../passes/passes.ts';
import { nextPositions, otherPositions, samePositions, targetRows } from './edges.ts';
import type { EdgeCondition, TargetPositions } from './edges.ts';

/** What is put in another's place by each cut. */
const replaced = {
  induction: 'keys',
  'anti-induction': 'values',
  'control-keys': 'keys',
  'control-values': 'values',
} as const;
export type LayerCut = keyof typeof replaced;
const layerCuts = Object.keys(replaced) as LayerCut[];

/** A condition in one layer. */
export interface LayerCondition extends EdgeCondition {
  readonly layer: number;
  readonly cut: LayerCut;
}

/**
 * The two cuts and their controls in every layer by itself, but for layers whose window does not reach an edge in any sample,
 * and for the first, whose keys and values know nothing but their own token.
 */
export function layerConditions(passes: Passes, rng: Rng): LayerCondition[] {
  const { layers } = passes.config;
  const others = otherPositions(passes.set.shots, rng);
  const positions: Readonly<Record<LayerCut, TargetPositions>> = {
    induction: nextPositions,
    'anti-induction': samePositions,
    'control-keys': others,
    'control-values': others,
  };
  const conditions: LayerCondition[] = [];
  for (let layer = 1; layer < layers; layer++) {
    for (const cut of layerCuts) {
      if (!isReached(passes, positions[cut], layer)) continue;
      conditions.push({
        name: `${cut} in layer ${layer}`,
        layer,
        cut,
        donor: 'no-previous-token',
        layers: [layer],
        [replaced[cut]]: positions[cut],
      });
    }
  }
  return conditions;
}

/** Whether a layer's window leaves an edge in some sample. */
function isReached({ set, config }: Passes, positions: TargetPositions, layer: number): boolean {
  const window = windowOf(config, layer);
  return set.shots.some((shot, sample) => {
    const rows = targetRows(shot);
    return positions(shot, sample).some((key, i) => key !== null && sees(shot.first + rows[i], key, window));
  });
}
