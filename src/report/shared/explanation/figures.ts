/** All figures of explanations of one model, as both reports show them. */
import type { Explanation } from '../../../explain/rows.ts';
import { percent } from '../../../score/tables/percent.ts';
import type { Figure, Table } from '../figure.ts';
import type { Content } from '../html.ts';
import { faithfulnessCurve } from './circuit.ts';
import { edgeBars } from './edges.ts';
import { exampleAttention } from './example.ts';
import { ablationCurve } from './joint.ts';
import { lagProfiles } from './lags.ts';
import { headMaps } from './maps.ts';
import { fixed, nameOf } from './names.ts';
import { pathBars } from './paths.ts';

type Draw = (all: readonly Explanation[]) => Figure | null;

/** What says most: where heads look and what depends on them. */
const MAIN: readonly Draw[] = [headMaps, ablationCurve, edgeBars];
const ALL: readonly Draw[] = [
  headMaps,
  exampleAttention,
  lagProfiles,
  ablationCurve,
  edgeBars,
  faithfulnessCurve,
  pathBars,
];

/** @param all one explanation, or two whose tasks differ in one thing, which are drawn beside each other */
export function explanationFigures(all: readonly Explanation[]): Figure[] {
  return drawn(ALL, all);
}

/** Maps, ablations and edges. */
export function mainFigures(all: readonly Explanation[]): Figure[] {
  return drawn(MAIN, all);
}

function drawn(draws: readonly Draw[], all: readonly Explanation[]): Figure[] {
  return draws.flatMap((draw) => draw(all) ?? []);
}

/** How well it does what is explained. */
export function behaviourTable(all: readonly Explanation[]): Table {
  return {
    caption: 'How well the model does it',
    columns: [
      { label: 'task' },
      ...['length', 'n'].map((label) => ({ label, numeric: true })),
      { label: 'among' },
      ...['accuracy', 'by token', 'cross-entropy', 'right − left'].map((label) => ({ label, numeric: true })),
    ],
    rows: all.flatMap((one): Content[][] => {
      const { behaviour } = one;
      const facts = [nameOf(one, all), one.length, one.n];
      const { amongSymbols } = behaviour;
      return [
        [
          ...facts,
          'the whole vocabulary',
          percent(behaviour.accuracy),
          percent(behaviour.tokenAccuracy),
          fixed(behaviour.crossEntropy),
          '–',
        ],
        [
          ...facts,
          'the symbols',
          percent(amongSymbols.accuracy),
          percent(amongSymbols.tokenAccuracy),
          fixed(amongSymbols.crossEntropy),
          fixed(amongSymbols.rightMinusLeft),
        ],
      ];
    }),
  };
}
