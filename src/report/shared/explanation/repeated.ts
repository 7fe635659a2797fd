/** Where heads look in random tokens that stand there twice, beside where they look on the task. */
import { headName } from '../../../explain/ablation/head.ts';
import type { ExplainedHead, Explanation, HeadScore, RepeatedScore } from '../../../explain/rows.ts';
import type { Figure } from '../figure.ts';
import { html } from '../html.ts';
import type { Content } from '../html.ts';
import { drawHeat, NARROW_HEAT, WIDE_HEAT } from './heat.ts';
import type { HeatMap } from './heat.ts';
import { cutText, inWords, rowsOf, scoreMap, scoreText } from './maps.ts';
import { nameOf } from './names.ts';
import { columnsOf } from './sizes.ts';

/** Each score on random tokens with the one of the task that it is the same as. */
const PAIRS: readonly {
  readonly title: string;
  readonly onRandom: RepeatedScore;
  readonly onTask: HeadScore;
}[] = [
  { title: 'after', onRandom: 'induction', onTask: 'inductionWithinSource' },
  { title: 'same', onRandom: 'sameSymbol', onTask: 'sameSymbol' },
  { title: 'before', onRandom: 'antiInduction', onTask: 'antiInduction' },
  { title: 'token before', onRandom: 'previousToken', onTask: 'previousToken' },
];

interface Repeated extends Explanation {
  readonly repeated: NonNullable<Explanation['repeated']>;
}

const isRepeated = (one: Explanation): one is Repeated => one.repeated !== null;

export function repeatedMaps(all: readonly Explanation[]): Figure | null {
  const shown = all.filter(isRepeated);
  if (shown.length === 0) return null;
  const [{ repeated }] = shown;
  return {
    name: 'repeated',
    title: 'The same heads on random tokens',
    caption: html`The model reads ${repeated.length} random tokens and then the same ones again (${repeated.n}
      times), which tell a head nothing of the task. Each score of the task stands beside the same one on
      these tokens. <b>After</b>: attention from a token to the one after its first occurrence (induction).
      <b>Same</b>: to its first occurrence. <b>Before</b>: to the one before that. <b>Token before</b>: from
      every token to the one just before it. Outlined: heads that stand out from their null. A head that does
      on the task what it does here does it whatever the symbols are.`,
    panels: shown.map((one) => ({
      title: shown.length > 1 ? nameOf(one, all) : null,
      wide: drawHeat(mapsOf(one), WIDE_HEAT, inWords(one, mapsOf(one))),
      narrow: drawHeat(mapsOf(one), NARROW_HEAT, inWords(one, mapsOf(one))),
    })),
    table: {
      caption: `Scores of heads (* marked) on the task and on random tokens that stand there twice${cutText(shown, 'stand out in one of them')}`,
      columns: [
        { label: 'head' },
        ...columnsOf(shown),
        ...PAIRS.flatMap(({ title }) => [`${title}: task`, `${title}: random`]).map((label) => ({
          label,
          numeric: true,
        })),
      ],
      rows: shown.flatMap((one) =>
        rowsOf(one, stands).map((head): Content[] => [
          headName(head),
          ...(shown.length > 1 ? [nameOf(one, all)] : []),
          ...PAIRS.flatMap(({ onTask, onRandom }) => [
            scoreText(head.scores[onTask]),
            scoreText(head.repeated[onRandom]),
          ]),
        ]),
      ),
    },
  };
}

/** Pairs: the score on the task, where there is one, and the same on random tokens. */
function mapsOf({ heads }: Repeated): HeatMap[] {
  return PAIRS.flatMap(({ title, onRandom, onTask }) => [
    ...(heads.some(({ scores }) => scores[onTask] !== undefined)
      ? [scoreMap(`${title}: task`, heads, ({ scores }) => scores[onTask])]
      : []),
    scoreMap(`${title}: random`, heads, ({ repeated }) => repeated[onRandom]),
  ]);
}

const stands = ({ scores, repeated }: ExplainedHead) =>
  PAIRS.some(
    ({ onTask, onRandom }) => scores[onTask]?.marked === true || repeated[onRandom]?.marked === true,
  );
