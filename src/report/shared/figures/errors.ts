/** What went wrong, by length: a bar of what was not right at each length, its parts named by letters. */
import * as Plot from '@observablehq/plot';
import { drawSvg } from '../draw-svg.ts';
import { legible } from '../../../common/legible.ts';
import { percent } from '../../../score/tables/percent.ts';
import type { Counted } from '../cell-columns.ts';
import { count } from '../format.ts';
import { decimalCount } from '../horizon.ts';
import { html } from '../html.ts';
import type { Content, Html } from '../html.ts';
import { notRightBy, saysWhy, wordsOfNotRight } from '../not-right.ts';
import type { Figure, Table } from '../figure.ts';

/** Kinds of errors with a part of their own; rarer ones are together, so that colours and letters stay apart. */
const MOST_KINDS = 7;
const OTHERS = 'other kinds';

/** What is drawn: a task's answers by model and length. */
export interface ErrorTask {
  readonly name: string;
  readonly outcomes: readonly ErrorOutcome[];
}

export interface ErrorOutcome {
  readonly model: { readonly name: string };
  readonly cells: readonly Counted[];
}

interface Part {
  readonly kind: string;
  readonly letter: string;
  readonly fill: string;
}

interface Segment {
  readonly length: string;
  readonly part: Part;
  readonly from: number;
  readonly to: number;
  readonly errors: number;
  readonly n: number;
}

export function errorAnatomy(task: ErrorTask): Figure | null {
  const outcomes = task.outcomes.filter((outcome) => [...notRightBy(outcome.cells).keys()].some(saysWhy));
  if (outcomes.length === 0) return null;
  const kinds = kindsByFrequency(outcomes);
  const parts = partsOf(kinds);
  const top = axisTop(outcomes);
  return {
    name: 'errors',
    title: 'What went wrong',
    caption: html`The share of samples at each length that were not answered right, by what went wrong. The
    axis ends where the largest share does.`,
    panels: outcomes.map((outcome) => ({ title: outcome.model.name, wide: draw(task, outcome, parts, top) })),
    legend: legend(parts),
    table: table(task, outcomes, kinds),
  };
}

/** Where the axis ends, the same in all panels: the least of these that has room for the largest share. */
const TOPS = [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1];

function axisTop(outcomes: readonly ErrorOutcome[]): number {
  const cells = outcomes.flatMap((outcome) => outcome.cells).filter(({ n }) => n > 0);
  const largest = Math.max(...cells.map((cell) => sum([...notRightBy([cell]).values()]) / cell.n));
  return TOPS.find((top) => top >= largest) ?? 1;
}

function draw(task: ErrorTask, outcome: ErrorOutcome, parts: readonly Part[], top: number): Html {
  const segments = segmentsOf(outcome, parts);
  return drawSvg(
    {
      width: 346,
      height: 220,
      marginTop: 14,
      marginRight: 14,
      marginBottom: 44,
      marginLeft: 46,
      x: {
        type: 'band',
        domain: outcome.cells.map((cell) => String(cell.length)),
        padding: 0.25,
        tickSize: 0,
        label: 'length (symbols)',
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 38,
      },
      y: { domain: [0, top], label: null, ticks: 5, tickSize: 0, tickFormat: percent, grid: true },
      marks: [
        Plot.rect(segments, {
          x: 'length',
          y1: 'from',
          y2: 'to',
          fill: (segment: Segment) => segment.part.fill,
          stroke: 'var(--paper)',
          title: (segment: Segment) => legible(titleOf(segment)),
        }),
        Plot.text(
          segments.filter((segment) => hasRoom(segment, top)),
          {
            x: 'length',
            y: (segment: Segment) => (segment.from + segment.to) / 2,
            text: (segment: Segment) => segment.part.letter,
            fill: 'var(--on-part)',
            fontWeight: 600,
          },
        ),
      ],
    },
    `${task.name}, ${outcome.model.name}: share of wrong answers by length. ${shares(outcome)}`,
  );
}

/** A letter needs some 13 of the 162 pixels of the axis. */
function hasRoom(segment: Segment, top: number): boolean {
  return (segment.to - segment.from) / top > 0.08;
}

function segmentsOf(outcome: ErrorOutcome, parts: readonly Part[]): Segment[] {
  const named = new Set(parts.map((part) => part.kind));
  return outcome.cells
    .filter((cell) => cell.n > 0)
    .flatMap((cell) => {
      let from = 0;
      const here = notRightBy([cell]);
      return parts.map((part) => {
        const errors =
          part.kind === OTHERS
            ? sum([...here].map(([kind, times]) => (named.has(kind) ? 0 : times)))
            : (here.get(part.kind) ?? 0);
        const segment = {
          length: String(cell.length),
          part,
          from,
          to: from + errors / cell.n,
          errors,
          n: cell.n,
        };
        from = segment.to;
        return segment;
      });
    })
    .filter((segment) => segment.errors > 0);
}

function partsOf(kinds: readonly string[]): Part[] {
  const shown = kinds.length <= MOST_KINDS ? kinds : [...kinds.slice(0, MOST_KINDS - 1), OTHERS];
  return shown.map((kind, i) => ({ kind, letter: 'abcdefg'[i], fill: `var(--part-${i + 1})` }));
}

function legend(parts: readonly Part[]): Html {
  return html`<dl class="parts">
    ${parts.map((part) => {
      const words = wordsOfNotRight(part.kind);
      return html`<div>
        <dt>
          <svg class="swatch" viewBox="0 0 18 18" aria-hidden="true">
            <rect width="18" height="18" rx="2" fill="${part.fill}" />
            <text x="9" y="13">${part.letter}</text>
          </svg>
          <span class="unseen">${part.letter}: </span>${words.title}
        </dt>
        <dd>${words.description}</dd>
      </div>`;
    })}
  </dl>`;
}

function table(task: ErrorTask, outcomes: readonly ErrorOutcome[], kinds: readonly string[]): Table {
  return {
    caption: `${task.name}: wrong answers by kind and length`,
    columns: [
      { label: 'model' },
      { label: 'length', numeric: true },
      { label: 'n', numeric: true },
      { label: 'not right', numeric: true },
      ...kinds.map((kind) => ({ label: wordsOfNotRight(kind).title, numeric: true })),
    ],
    rows: outcomes.flatMap((outcome) =>
      outcome.cells.map((cell): Content[] => [
        outcome.model.name,
        cell.length,
        count(cell.n),
        decimalCount(cell.n - cell.correct),
        ...kinds.map((kind) => count(notRightBy([cell]).get(kind) ?? 0)),
      ]),
    ),
  };
}

function kindsByFrequency(outcomes: readonly ErrorOutcome[]): string[] {
  const all = notRightBy(outcomes.flatMap((outcome) => outcome.cells));
  return [...all].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([kind]) => kind);
}

function titleOf({ part, length, errors, n }: Segment): string {
  return `${wordsOfNotRight(part.kind).title}, length ${length}: ${count(errors)} of ${count(n)} (${percent(errors / n)})`;
}

function shares(outcome: ErrorOutcome): string {
  return outcome.cells
    .filter((cell) => cell.n > 0)
    .map((cell) => `${percent(1 - cell.accuracy)} at ${cell.length}`)
    .join(', ');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
