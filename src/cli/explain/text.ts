/** Explanations as text for a terminal. */
import type {
  EdgesOfLayer,
  ExplainedHead,
  Explanation,
  HeadScore,
  RepeatedScore,
  ScoreOfHead,
} from '../../explain/index.ts';
import { textTable } from '../measure/tables.ts';

/** Heads that are shown of each score, and of effects. */
const SHOWN = 4;
/** Layers that are shown of the edges cut in each. */
const SHOWN_LAYERS = 6;

const SCORES: readonly (readonly [HeadScore, string])[] = [
  ['inductionWithinSource', 'induction'],
  ['sameSymbol', 'same symbol'],
  ['antiInduction', 'anti-induction'],
  ['firstOccurrence', 'after the first'],
  ['lastOccurrence', 'after the last'],
  ['previousToken', 'previous token'],
  ['retrieval', 'retrieval'],
  ['copying', 'OV copying'],
];

const REPEATED_SCORES: readonly (readonly [RepeatedScore, string])[] = [
  ['induction', 'induction'],
  ['sameSymbol', 'same token'],
  ['antiInduction', 'anti-induction'],
  ['previousToken', 'previous token'],
];

/** Heads that are marked for one of these have their profile shown. */
const PROFILED: readonly HeadScore[] = ['inductionWithinSource', 'sameSymbol', 'antiInduction'];
/** How far a profile is shown: what fits into a line. */
const SHOWN_LAGS = 5;

export function explanationText(explanation: Explanation): string {
  return [
    `${explanation.task} at length ${explanation.length}, ${explanation.n} samples, prompt ${explanation.prompt}`,
    ...explanation.words,
    behaviourText(explanation),
    ...headsText(explanation),
    ...repeatedText(explanation),
    ...lagsText(explanation),
    ...effectsText(explanation),
    ...jointText(explanation),
    ...edgesText(explanation),
    ...edgesByLayerText(explanation),
    ...circuitText(explanation),
    ...pathsText(explanation),
  ].join('\n\n');
}

function behaviourText({ behaviour: b }: Explanation): string {
  if (b.ofSets)
    return textTable(
      ['', 'accuracy', 'by place', 'cross-entropy'],
      [['sets of next symbols', share(b.accuracy), share(b.tokenAccuracy), fixed(b.crossEntropy, 3)]],
    );
  return textTable(
    ['', 'accuracy', 'by token', 'cross-entropy', 'right − left'],
    [
      ['whole vocabulary', share(b.accuracy), share(b.tokenAccuracy), fixed(b.crossEntropy, 3), '–'],
      [
        'among the symbols',
        share(b.amongSymbols.accuracy),
        share(b.amongSymbols.tokenAccuracy),
        fixed(b.amongSymbols.crossEntropy, 3),
        fixed(b.amongSymbols.rightMinusLeft),
      ],
    ],
  );
}

function headsText({ heads, nullMaximum, retrieval, copying }: Explanation): string[] {
  const maxima: Partial<Record<HeadScore, number | null>> = {
    previousToken: 0, // it stands out, or doesn't, without draws
    retrieval: retrieval?.nullMaximum ?? null,
    copying: copying?.nullMaximum ?? null,
  };
  const rows = SCORES.flatMap(([name, title]) =>
    largestRow(
      title,
      heads,
      ({ scores }) => scores[name],
      maxima[name] === undefined ? nullMaximum : maxima[name],
    ),
  );
  if (rows.length === 0) return [];
  return [
    `Where heads look: the largest scores (? where one does not stand out from its null)\n${textTable(['score', 'heads'], rows)}`,
  ];
}

function repeatedText({ heads, repeated }: Explanation): string[] {
  if (repeated === null) return [];
  const rows = REPEATED_SCORES.flatMap(([name, title]) =>
    largestRow(title, heads, (head) => head.repeated[name], repeated.nullMaximum),
  );
  return [
    `The same on ${repeated.length} random tokens that stand there twice (${repeated.n} times)\n${textTable(['score', 'heads'], rows)}`,
  ];
}

/** The heads with the largest score in one row; none where no head has it. */
function largestRow(
  title: string,
  heads: readonly ExplainedHead[],
  scoreOf: (head: ExplainedHead) => ScoreOfHead | undefined,
  nullMaximum: number | null,
): string[][] {
  const scored = heads.flatMap((head) => {
    const score = scoreOf(head);
    return score === undefined ? [] : [{ head, score }];
  });
  if (scored.length === 0) return [];
  const best = scored.sort((a, b) => b.score.value - a.score.value).slice(0, SHOWN);
  const shown = best.map(
    ({ head, score: { value, marked } }) =>
      `${nameOf(head)} ${value.toFixed(3)}${marked || nullMaximum === null ? '' : '?'}`,
  );
  return [[title, shown.join('  ')]];
}

function lagsText({ heads }: Explanation): string[] {
  const largest = ({ scores }: ExplainedHead) =>
    Math.max(0, ...PROFILED.flatMap((name) => (scores[name]?.marked === true ? [scores[name].value] : [])));
  const marked = heads
    .filter((head) => head.lags !== null && largest(head) > 0)
    .sort((a, b) => largest(b) - largest(a))
    .slice(0, 2 * SHOWN);
  if (marked.length === 0) return [];
  const middle = (marked[0].lags!.length - 1) / 2;
  const shown = Array.from({ length: 2 * SHOWN_LAGS + 1 }, (_, i) => i - SHOWN_LAGS).filter((lag) =>
    marked.some(({ lags }) => lags![middle + lag] !== null),
  );
  const rows = marked.map((head) => [
    nameOf(head),
    ...shown.map((lag) => {
      const value = head.lags![middle + lag];
      return value === null ? '–' : (100 * value).toFixed(0);
    }),
  ]);
  const titles = shown.map((lag) => (lag > 0 ? `+${lag}` : `${lag}`.replace('-', '−')));
  return [
    `Attention of marked heads around the symbol that the answer goes on from, in %\n${textTable(['head', ...titles], rows)}`,
  ];
}

function effectsText({ heads, ranking }: Explanation): string[] {
  if (ranking?.missed == null) return [];
  const exact = heads.filter((head) => head.effect?.exact != null);
  const largest = [...exact]
    .sort((a, b) => Math.abs(b.effect!.exact!.crossEntropy) - Math.abs(a.effect!.exact!.crossEntropy))
    .slice(0, 2 * SHOWN);
  const rows = largest.map((head) => [
    nameOf(head),
    signed(head.effect!.exact!.crossEntropy),
    signed(head.effect!.exact!.rightMinusLeft),
    signed(head.effect!.estimated[ranking.metric]),
    fixed(head.scores.inductionWithinSource?.value ?? null, 3),
    fixed(head.scores.sameSymbol?.value ?? null, 3),
  ]);
  const { tried, asLarge } = ranking.missed;
  const table = textTable(
    ['head', 'cross-entropy', 'right − left', 'estimated', 'induction', 'same symbol'],
    rows,
  );
  const estimated = ranking.metric === 'rightMinusLeft' ? 'right − left' : 'cross-entropy';
  const missed =
    tried === 0
      ? ''
      : `\nOf ${tried} heads drawn from those with smaller estimates, ${asLarge} turned out as large as the tenth largest.`;
  return [
    `Single heads without their output (${ranking.kind} ablation): what changes\n${table}\nestimated: the change of ${estimated} by ${ranking.gradients === 1 ? 'one gradient' : `${ranking.gradients} gradients`}, which chose the heads.${missed}`,
  ];
}

function jointText({ ablations, ranking }: Explanation): string[] {
  if (ablations === null || ablations.length === 0 || ranking === null) return [];
  const { base } = ranking;
  const rows = ablations.map(({ heads, accuracy, crossEntropy, rightMinusLeft, controls, percentile }) => [
    `top ${heads.length}`,
    share(accuracy),
    fixed(crossEntropy, 3),
    fixed(rightMinusLeft),
    fixed(controls.crossEntropy, 3),
    `${controls.tried} of ${controls.possible > 1e6 ? controls.possible.toExponential(0) : controls.possible}`,
    percentile === null ? '–' : `${percentile.toFixed(0)} %`,
  ]);
  return [
    `Heads together, beside as many others of the same layers\n${textTable(
      ['heads', 'accuracy', 'cross-entropy', 'right − left', 'of others', 'sets', 'milder'],
      [
        [
          'none',
          share(base.accuracy),
          fixed(base.crossEntropy, 3),
          fixed(base.rightMinusLeft),
          '–',
          '–',
          '–',
        ],
        ...rows,
      ],
    )}\nof others: the cross-entropy without as many other heads, on average over sets; milder: sets that hurt less.`,
  ];
}

function circuitText({ circuit, faithfulness }: Explanation): string[] {
  if (circuit === null || faithfulness === null) return [];
  const { metric, whole, empty, cpr, cmd, randomCpr } = faithfulness;
  const name = metric === 'rightMinusLeft' ? 'right − left' : 'cross-entropy';
  const of = `${name} ${fixed(whole)} with all heads, ${fixed(empty)} with none`;
  if (cpr === null) return [`How few heads are enough: can't be told (${of})`];
  const rows = circuit.map(({ heads, share: part, faithfulness: own, random }) => [
    String(heads),
    share(part),
    fixed(own),
    random === null ? '–' : fixed(random.mean),
    random === null ? '–' : `${fixed(random.least)} to ${fixed(random.largest)}`,
  ]);
  const table = textTable(['heads', 'of all', 'faithfulness', 'random', 'from … to'], rows);
  return [
    `How few heads are enough, all others ablated (${of})\n${table}\nCPR ${fixed(cpr)} (random ${fixed(randomCpr)}), CMD ${fixed(cmd)}: areas over the share of heads.`,
  ];
}

function pathsText({ paths, ranking }: Explanation): string[] {
  if (paths === null || ranking === null || paths.length === 0) return [];
  const largest = [...paths].sort((a, b) => b.crossEntropy - a.crossEntropy).slice(0, 2 * SHOWN);
  const rows = largest.map(({ from, to, via, accuracy, crossEntropy, rightMinusLeft }) => [
    `${from} → ${to}`,
    via,
    signed(crossEntropy - ranking.base.crossEntropy),
    signed(rightMinusLeft === null ? null : rightMinusLeft - ranking.base.rightMinusLeft!),
    share(accuracy),
  ]);
  return [
    `Paths from heads that look at the token before to heads that follow the source: what changes when the\nlater head alone sees what came of the earlier one's ablation\n${textTable(['path', 'via', 'cross-entropy', 'right − left', 'accuracy'], rows)}`,
  ];
}

function edgesText({ edges }: Explanation): string[] {
  if (edges === null) return [];
  return [
    `Edges cut in all layers (keys and values without the token before)\n${textTable(
      ['condition', 'accuracy', 'by token', 'cross-entropy', 'right − left'],
      edges.map(({ condition, accuracy, tokenAccuracy, crossEntropy, rightMinusLeft }) => [
        condition,
        share(accuracy),
        share(tokenAccuracy),
        fixed(crossEntropy, 3),
        fixed(rightMinusLeft),
      ]),
    )}`,
  ];
}

/** The layers in which a cut alone does most. */
function edgesByLayerText({ behaviour, edgesByLayer }: Explanation): string[] {
  if (edgesByLayer === null) return [];
  const change = (result: EdgesOfLayer['induction']) =>
    result === null ? null : result.crossEntropy - behaviour.crossEntropy;
  const largest = edgesByLayer
    .map((of) => ({ of, size: Math.max(change(of.induction) ?? 0, change(of['anti-induction']) ?? 0) }))
    .sort((a, b) => b.size - a.size)
    .slice(0, SHOWN_LAYERS);
  return [
    `Edges cut in one layer: the change of the cross-entropy${edgesByLayer.length > SHOWN_LAYERS ? ' where it is largest' : ''}\n${textTable(
      ['layer', 'induction', 'control', 'anti-induction', 'control'],
      largest.map(({ of }) => [
        String(of.layer),
        ...(['induction', 'control-keys', 'anti-induction', 'control-values'] as const).map((cut) =>
          signed(change(of[cut])),
        ),
      ]),
    )}`,
  ];
}

const nameOf = ({ layer, head }: ExplainedHead) => `L${layer}H${head}`;
const share = (x: number) => `${(100 * x).toFixed(0)} %`;
/** Without the sign of a 0. */
const fixed = (x: number | null, digits = 2) =>
  x === null
    ? '–'
    : x
        .toFixed(digits)
        .replace(/^-(?=[0.]+$)/, '')
        .replace('-', '−');
const signed = (x: number | null) => (x === null ? '–' : `${x < 0 ? '−' : '+'}${Math.abs(x).toFixed(3)}`);
