/** Where heads look, beside what depends on them: that the two differ is what somebody should see. */
import { headName } from '../../../explain/ablation/head.ts';
import { NOTABLE } from '../../../explain/edges/needed.ts';
import type { ExplainedHead, Explanation, ScoreOfHead } from '../../../explain/rows.ts';
import type { Figure, Table } from '../figure.ts';
import { count } from '../format.ts';
import { html } from '../html.ts';
import type { Content } from '../html.ts';
import { drawHeat, NARROW_HEAT, WIDE_HEAT } from './heat.ts';
import type { HeatMap } from './heat.ts';
import { fixed, MAPPED, METRICS, nameOf, scoreMeaning, scoresOf, scoreTitle, signed } from './names.ts';

/** Rows of the table: in larger models those heads that stand out, or were tried. */
const MOST_ROWS = 400;

export function headMaps(all: readonly Explanation[]): Figure | null {
  const shown = all.filter((one) => mapsOf(one).length > 0);
  if (shown.length === 0) return null;
  const drawn = shown.flatMap(mapsOf);
  const mapped = MAPPED.filter((name) => shown.some((one) => scoresOf(one).includes(name)));
  const effects = drawn.some(({ title }) => title === EFFECT);
  return {
    name: 'heads',
    title:
      effects && mapped.length > 0
        ? 'Where heads look, and what depends on them'
        : effects
          ? 'What depends on each head'
          : 'Where heads look',
    caption: html`A row is a layer, the first on top; a column is a head.
    ${mapped.map((name) => html`<b>${capital(scoreTitle(name))}</b>: ${afterColon(scoreMeaning(name))} `)}
    ${mapped.length > 0 && 'Outlined: heads that stand out from their null (“marked”).'}
    ${
      effects &&
      html`<b>${capital(EFFECT)}</b>: by how much the answer’s preference changes without the head, estimated
        for all heads by one gradient (size only); outlined: heads that were really ablated, and without which
        the cross-entropy rises by ${NOTABLE} nats or more. A head that looks at the right place need not
        matter, because others may do the same work.`
    }`,
    panels: shown.map((one) => ({
      title: shown.length > 1 ? nameOf(one, all) : null,
      wide: drawHeat(mapsOf(one), WIDE_HEAT, inWords(one, mapsOf(one))),
      narrow: drawHeat(mapsOf(one), NARROW_HEAT, inWords(one, mapsOf(one))),
    })),
    table: tableOf(shown, all),
  };
}

const EFFECT = 'effect';

function mapsOf(one: Explanation): HeatMap[] {
  const { heads } = one;
  const present = scoresOf(one);
  const scores = MAPPED.filter((name) => present.includes(name)).map((name) =>
    scoreMap(scoreTitle(name), heads, ({ scores: own }) => own[name]),
  );
  const size = (head: ExplainedHead) => estimatedOf(one, head);
  const known = heads.flatMap((head) => size(head) ?? []).map(Math.abs);
  if (known.length === 0) return scores;
  const most = Math.max(...known);
  return [
    ...scores,
    {
      title: EFFECT,
      values: byLayer(heads, (head) => absolute(size(head))),
      most,
      mostText: most.toPrecision(2),
      outlined: outlinedIn(heads, ({ effect }) => (effect?.exact?.crossEntropy ?? 0) >= NOTABLE),
    },
  ];
}

/** From nothing to 1; outlined where marked. */
export function scoreMap(
  title: string,
  heads: readonly ExplainedHead[],
  scoreOf: (head: ExplainedHead) => ScoreOfHead | undefined,
): HeatMap {
  return {
    title,
    values: byLayer(heads, (head) => scoreOf(head)?.value ?? null),
    most: 1,
    mostText: '1',
    outlined: outlinedIn(heads, (head) => scoreOf(head)?.marked === true),
  };
}

function estimatedOf({ ranking }: Explanation, { effect }: ExplainedHead): number | null {
  return effect?.estimated[ranking?.metric ?? 'crossEntropy'] ?? null;
}

const absolute = (value: number | null) => (value === null ? null : Math.abs(value));

function byLayer(
  heads: readonly ExplainedHead[],
  of: (head: ExplainedHead) => number | null,
): (number | null)[][] {
  const layers: (number | null)[][] = [];
  for (const head of heads) (layers[head.layer] ??= [])[head.head] = of(head);
  return layers;
}

function outlinedIn(heads: readonly ExplainedHead[], is: (head: ExplainedHead) => boolean) {
  const names = new Set(heads.filter(is).map(headName));
  return (layer: number, head: number) => names.has(headName({ layer, head }));
}

/** The largest of each map, for those who can't see it. */
export function inWords({ task }: Explanation, maps: readonly HeatMap[]): string {
  return [
    `${task}: maps of layers and heads.`,
    ...maps.map(({ title, values }) => {
      const cells = values.flatMap((row, layer) =>
        row.map((value, head) => ({ layer, head, value: value ?? 0 })),
      );
      const largest = cells.sort((a, b) => b.value - a.value).slice(0, 3);
      return `${title}: largest ${largest.map((cell) => `${headName(cell)} ${cell.value.toFixed(2)}`).join(', ')}.`;
    }),
  ].join(' ');
}

function tableOf(shown: readonly Explanation[], all: readonly Explanation[]): Table {
  const scores = [...new Set(shown.flatMap(scoresOf))];
  const effects = shown.some(({ heads }) => heads.some(({ effect }) => effect !== null));
  const metrics = [
    ...new Set(shown.flatMap(({ ranking }) => (ranking === null ? [] : [METRICS[ranking.metric]]))),
  ];
  const rows = shown.flatMap((one) => rowsOf(one, stands).map((head) => ({ one, head })));
  return {
    caption: `Scores of heads (* marked) and their effects: changes when the head is ablated${cutText(shown, 'stand out or were ablated')}`,
    columns: [
      { label: 'head' },
      ...(shown.length > 1 ? [{ label: 'task' }] : []),
      ...scores.map((name) => ({ label: scoreTitle(name), numeric: true })),
      ...(effects
        ? [`${metrics.join(', ')}, estimated`, 'right − left', 'cross-entropy', 'accuracy'].map((label) => ({
            label,
            numeric: true,
          }))
        : []),
    ],
    rows: rows.map(({ one, head }): Content[] => [
      headName(head),
      ...(shown.length > 1 ? [nameOf(one, all)] : []),
      ...scores.map((name) =>
        scoreText((head.scores as Readonly<Record<string, ScoreOfHead | undefined>>)[name]),
      ),
      ...(effects
        ? [
            signed(estimatedOf(one, head)),
            signed(head.effect?.exact?.rightMinusLeft ?? null),
            signed(head.effect?.exact?.crossEntropy ?? null),
            signed(head.effect?.exact?.accuracy ?? null),
          ]
        : []),
    ]),
  };
}

const stands = ({ scores, effect }: ExplainedHead) =>
  effect?.exact != null || Object.values(scores).some(({ marked }) => marked);

/** All heads, or in larger models some. */
export function rowsOf(
  { heads }: Explanation,
  isSome: (head: ExplainedHead) => boolean,
): readonly ExplainedHead[] {
  return heads.length <= MOST_ROWS ? heads : heads.filter(isSome).slice(0, MOST_ROWS);
}

/** What a table's caption says where it has not all heads. */
export function cutText(shown: readonly Explanation[], which: string): string {
  const most = Math.max(...shown.map(({ heads }) => heads.length));
  return most <= MOST_ROWS ? '' : `. Of ${count(most)} heads those that ${which}; explanation.json has all`;
}

/** `0.812*`: marked. */
export function scoreText(score: ScoreOfHead | undefined): string {
  return score === undefined ? '–' : `${fixed(score.value)}${score.marked ? '*' : ''}`;
}

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);
/** `Induction: attention to …` → `attention to …`. */
const afterColon = (text: string) => text.slice(text.indexOf(': ') + 2);
