/** Which heads the answers seem to depend on, by one gradient: what the experiments on heads begin with. */
import { amongSymbols } from '../behaviour/behaviour.ts';
import type { SymbolBehaviour } from '../behaviour/behaviour.ts';
import type { Passes } from '../passes/passes.ts';
import { Ablation } from './ablate.ts';
import type { AblationKind } from '../settings/defaults.ts';
import type { Head } from './ablate.ts';
import { attributed, ranked } from './attribution.ts';

export interface Ranking {
  readonly ablation: Ablation;
  /** The samples as they are. */
  readonly base: SymbolBehaviour;
  /** What is ranked by: the preference between neighbours, where there is one. */
  readonly metric: 'rightMinusLeft' | 'crossEntropy';
  /** The estimated change by each head's ablation, [layer][head]. */
  readonly estimates: {
    readonly crossEntropy: readonly (readonly number[])[];
    readonly rightMinusLeft: readonly (readonly number[])[] | null;
  };
  /** All heads, those of the largest estimates first. */
  readonly order: readonly Head[];
}

/**
 * @param gradients that estimates are averaged over
 * @throws UserError for a single sample, whose heads can be given nobody else's output
 */
export async function rankingOf(passes: Passes, kind: AblationKind, gradients = 1): Promise<Ranking> {
  const ablation = await Ablation.of(passes, kind);
  const base = amongSymbols(passes.set, (await passes.clean()).scores);
  const metric = base.rightMinusLeft === null ? 'crossEntropy' : 'rightMinusLeft';
  const estimates = {
    crossEntropy: await attributed(ablation, 'crossEntropy', gradients),
    rightMinusLeft:
      metric === 'rightMinusLeft' ? await attributed(ablation, 'rightMinusLeft', gradients) : null,
  };
  return { ablation, base, metric, estimates, order: ranked(estimates[metric]!) };
}
