/** Other sets of heads to hold a set's ablation against: as many heads, from the same layers, none of the set itself. */
import type { Rng } from '../../common/random.ts';
import { DRAWS } from '../settings/defaults.ts';
import type { Head } from './ablate.ts';

export interface Controls {
  readonly sets: readonly (readonly Head[])[];
  /** How many different sets there are; above `draws`, `sets` are a sample of them. */
  readonly possible: number;
}

/**
 * @param heads how many heads a layer has
 * @param draws the most that are drawn; where there are fewer, all of them are taken
 */
export function controlSets(set: readonly Head[], heads: number, rng: Rng, draws = DRAWS): Controls {
  const layers = [...new Set(set.map(({ layer }) => layer))].sort((a, b) => a - b);
  const parts = layers.map((layer) => {
    const own = set.filter((head) => head.layer === layer).map(({ head }) => head);
    const others = Array.from({ length: heads }, (_, head) => head).filter((head) => !own.includes(head));
    return { layer, others, count: own.length };
  });
  const possible = parts.reduce((product, { others, count }) => product * choose(others.length, count), 1);
  if (possible === 0) return { sets: [], possible };
  if (possible <= draws) {
    const all = parts.reduce<Head[][]>(
      (sets, { layer, others, count }) =>
        sets.flatMap((before) =>
          subsets(others, count).map((chosen) => [...before, ...headsOf(layer, chosen)]),
        ),
      [[]],
    );
    return { sets: all, possible };
  }
  const found = new Map<string, Head[]>();
  while (found.size < draws) {
    const drawn = parts.flatMap(({ layer, others, count }) =>
      headsOf(
        layer,
        rng
          .distinct(others.length, count)
          .map((i) => others[i])
          .sort((a, b) => a - b),
      ),
    );
    found.set(JSON.stringify(drawn), drawn);
  }
  return { sets: [...found.values()], possible };
}

function headsOf(layer: number, heads: readonly number[]): Head[] {
  return heads.map((head) => ({ layer, head }));
}

function choose(n: number, k: number): number {
  if (k > n) return 0;
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return Math.round(ways);
}

function subsets(items: readonly number[], count: number): number[][] {
  if (count === 0) return [[]];
  return items.flatMap((item, i) => subsets(items.slice(i + 1), count - 1).map((rest) => [item, ...rest]));
}
