/** One sample with the attention of some heads drawn on its tokens. */
import { headName } from '../../../explain/ablation/head.ts';
import type { ExampleHead, ExplainedExample, Explanation } from '../../../explain/rows.ts';
import { legible } from '../../../common/legible.ts';
import { percent } from '../../../score/tables/percent.ts';
import type { Figure, Panel } from '../figure.ts';
import { shorten } from '../format.ts';
import { html } from '../html.ts';
import type { Content, Html } from '../html.ts';
import { LOOKED, nameOf, scoreTitle } from './names.ts';
import { columnsOf } from './sizes.ts';

interface Shown {
  readonly one: Explanation;
  readonly example: ExplainedExample;
  readonly head: ExampleHead;
  /** What it is marked for. */
  readonly reasons: readonly string[];
}

/** Heads of each task that are drawn. */
const MOST_HEADS = 3;
const MOST_ROWS = 400;
/** A token's text on the page. */
const MOST_CHARACTERS = 8;
const CHARACTER = 7.3;
const WIDEST = 716;
/** Pixels that an arc goes out for each token that it spans. */
const DEPTH = 24;

export function exampleAttention(all: readonly Explanation[]): Figure | null {
  const shown = all.flatMap(chosen);
  if (shown.length === 0) return null;
  const rows = shown.flatMap(({ one, example, head }) =>
    head.edges.map(([from, to, share]): Content[] => [
      headName(head),
      ...(all.length > 1 ? [nameOf(one, all)] : []),
      tokenAt(example, from),
      tokenAt(example, to),
      percent(share),
    ]),
  );
  return {
    name: 'example',
    title: 'One sample, and where heads look in it',
    caption: html`The model reads the tokens from left to right (on a phone from top to bottom) and says the
    tokens after the blue mark. An arc goes from the token that looks, back to the one that is looked at; the
    thicker, the more attention (5 % and more are drawn). Arcs of answers are dark. Of heads that are marked
    for where they look, the one with the largest score each. Attention to what stands before the sample is
    not drawn.`,
    panels: shown.map((each) => panelOf(each, all)),
    table: {
      caption: `Attention of at least 5 %${rows.length > MOST_ROWS ? `: the first ${MOST_ROWS} of ${rows.length}` : ''}. Places are counted from 0`,
      columns: [
        { label: 'head' },
        ...columnsOf(all),
        { label: 'looks from' },
        { label: 'to' },
        { label: 'attention', numeric: true },
      ],
      rows: rows.slice(0, MOST_ROWS),
    },
  };
}

const tokenAt = ({ tokens }: ExplainedExample, place: number): string => `${tokens[place]} (${place})`;

/** Of each score the head that has most of it. */
function chosen(one: Explanation): Shown[] {
  const { example, heads } = one;
  if (example === null) return [];
  const found = new Map<string, Shown>();
  for (const name of LOOKED) {
    const marked = heads.filter(({ scores }) => scores[name]?.marked === true);
    const [best] = marked.toSorted((a, b) => b.scores[name]!.value - a.scores[name]!.value);
    const head = best && example.heads.find((each) => headName(each) === headName(best));
    if (head === undefined) continue;
    const known = found.get(headName(head));
    found.set(headName(head), { one, example, head, reasons: [...(known?.reasons ?? []), scoreTitle(name)] });
  }
  return [...found.values()].slice(0, MOST_HEADS);
}

function panelOf({ one, example, head, reasons }: Shown, all: readonly Explanation[]): Panel {
  const title = `${all.length > 1 ? `${nameOf(one, all)}: ` : ''}${headName(head)}, marked for looking at ${reasons.join(' and ')}`;
  const { tokens } = example;
  const label = `${title}. Tokens: ${tokens.join(' ')}. ${inWords(example, head)}`;
  const down = drawDown(example, head, label);
  return { title, wide: widthOf(tokens) <= WIDEST ? drawAcross(example, head, label) : down, narrow: down };
}

/** Of every answer token, where it looks most. */
function inWords(example: ExplainedExample, { edges }: ExampleHead): string {
  const answers = edges.filter(([from]) => from >= example.first);
  return answers
    .map(
      ([from, to, share]) => `${tokenAt(example, from)} looks at ${tokenAt(example, to)}: ${percent(share)}.`,
    )
    .join(' ');
}

const shownText = (token: string): string => legible(shorten(token, MOST_CHARACTERS));
const widthsOf = (tokens: readonly string[]): number[] =>
  tokens.map((token) => Math.max(20, CHARACTER * [...shownText(token)].length + 6));
const widthOf = (tokens: readonly string[]): number =>
  widthsOf(tokens).reduce((sum, width) => sum + width, 0);

/** Tokens on a line, arcs above it. */
function drawAcross(example: ExplainedExample, head: ExampleHead, label: string): Html {
  const { tokens, first } = example;
  const widths = widthsOf(tokens);
  const spread = Math.min(2, WIDEST / widthOf(tokens));
  const centres: number[] = [];
  let x = 0;
  for (const width of widths) {
    centres.push((x + width / 2) * spread);
    x += width;
  }
  const farthest = Math.max(0, ...head.edges.map(([from, to]) => centres[from] - centres[to]));
  const line = Math.min(150, Math.max(50, farthest * 0.42)) + 10;
  const arcs = head.edges.map(([from, to, share]) => {
    const [a, b] = [centres[from], centres[to]];
    const height = from === to ? 14 : Math.min(line - 8, 12 + (a - b) * 0.42);
    const path =
      from === to
        ? `M${r(a - 3)},${r(line)}C${r(a - 9)},${r(line - height)} ${r(a + 9)},${r(line - height)} ${r(a + 3)},${r(line)}`
        : `M${r(a)},${r(line)}C${r(a)},${r(line - height * 1.33)} ${r(b)},${r(line - height * 1.33)} ${r(b)},${r(line)}`;
    return arc(path, share, from >= first);
  });
  const mark = (centres[first] + (centres[first + 1] ?? centres[first])) / 2;
  const height = line + 34;
  return html`<svg
    width="${WIDEST}"
    height="${r(height)}"
    viewBox="0 0 ${WIDEST} ${r(height)}"
    role="img"
    aria-label="${legible(label)}"
    fill="currentColor"
  >
    ${arcs}
    <path d="M${r(mark)},${r(line + 2)}v26" stroke="var(--accent)" stroke-width="2" />
    ${tokens.map((token, i) => html`<text x="${r(centres[i])}" y="${r(line + 19)}" text-anchor="middle" ${i > first ? html`font-weight="600"` : null}>${shownText(token)}</text>`)}
  </svg>`;
}

/** Tokens below each other, arcs at their right: legible on a phone, however many there are. */
function drawDown(example: ExplainedExample, head: ExampleHead, label: string): Html {
  const { tokens, first } = example;
  const [width, row, column] = [343, 18, CHARACTER * MOST_CHARACTERS + 12];
  const y = (place: number) => place * row + row / 2 + 2;
  const deepest = width - column - 6;
  const longest = Math.max(1, ...head.edges.map(([from, to]) => from - to));
  const arcs = head.edges.map(([from, to, share]) => {
    const depth = from === to ? 16 : 16 + (Math.min(deepest, DEPTH * longest) - 16) * ((from - to) / longest);
    const [a, b] = from === to ? [y(from) - 4, y(from) + 4] : [y(from), y(to)];
    return arc(
      `M${column},${r(a)}C${r(column + depth * 1.33)},${r(a)} ${r(column + depth * 1.33)},${r(b)} ${column},${r(b)}`,
      share,
      from >= first,
    );
  });
  const height = Math.max(100, tokens.length * row + 6);
  return html`<svg
    width="${width}"
    height="${height}"
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-label="${legible(label)}"
    fill="currentColor"
  >
    ${arcs}
    <path d="M4,${r(y(first) + row / 2)}h${column - 8}" stroke="var(--accent)" stroke-width="2" />
    ${tokens.map((token, i) => html`<text x="${column - 6}" y="${r(y(i) + 4)}" text-anchor="end" ${i > first ? html`font-weight="600"` : null}>${shownText(token)}</text>`)}
  </svg>`;
}

function arc(path: string, share: number, ofAnswer: boolean): Html {
  return html`<path
    d="${path}"
    fill="none"
    stroke="${ofAnswer ? 'var(--model-2)' : 'var(--model-6)'}"
    stroke-opacity="${ofAnswer ? 0.95 : 0.45}"
    stroke-width="${r(0.6 + 3.4 * share)}"
  />`;
}

const r = (x: number): string => String(Math.round(x * 10) / 10);
