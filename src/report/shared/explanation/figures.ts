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
import { edgesByLayer } from './layers.ts';
import { headMaps } from './maps.ts';
import { fixed, nameOf } from './names.ts';
import { pathBars } from './paths.ts';
import { repeatedMaps } from './repeated.ts';

type Draw = (all: readonly Explanation[]) => Figure | null;

const FIGURES: readonly Draw[] = [
  headMaps,
  repeatedMaps,
  exampleAttention,
  lagProfiles,
  ablationCurve,
  edgeBars,
  edgesByLayer,
  faithfulnessCurve,
  pathBars,
];

/** @param all one explanation, or two whose tasks differ in one thing, which are drawn beside each other */
export function explanationFigures(all: readonly Explanation[]): Figure[] {
  return FIGURES.flatMap((draw) => draw(all) ?? []);
}

/**
 * How well it does what is explained. A model that says sets of next symbols has no other vocabulary, and no neighbour that it
 * prefers; models are of one kind or the other.
 */
export function behaviourTable(all: readonly Explanation[]): Table {
  const ofSets = all.every(({ behaviour }) => behaviour.ofSets);
  return {
    caption: 'How well the model does it',
    columns: [
      { label: 'task' },
      ...['length', 'n'].map((label) => ({ label, numeric: true })),
      ...(ofSets ? [] : [{ label: 'among' }]),
      ...[
        'accuracy',
        ofSets ? 'by place' : 'by token',
        'cross-entropy',
        ...(ofSets ? [] : ['right − left']),
      ].map((label) => ({ label, numeric: true })),
    ],
    rows: all.flatMap((one): Content[][] => {
      const { behaviour } = one;
      const facts = [nameOf(one, all), one.length, one.n];
      const { amongSymbols } = behaviour;
      const shares = ({ accuracy, tokenAccuracy, crossEntropy }: typeof behaviour | typeof amongSymbols) => [
        percent(accuracy),
        percent(tokenAccuracy),
        fixed(crossEntropy),
      ];
      if (ofSets) return [[...facts, ...shares(behaviour)]];
      return [
        [...facts, 'the whole vocabulary', ...shares(behaviour), '–'],
        [...facts, 'the symbols', ...shares(amongSymbols), fixed(amongSymbols.rightMinusLeft)],
      ];
    }),
  };
}
