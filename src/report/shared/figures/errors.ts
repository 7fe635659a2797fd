/** What went wrong, by length: a bar of all answers at each length, its parts named by letters. */
import * as Plot from '@observablehq/plot';
import { drawSvg } from '../draw-svg.ts';
import { count, percent } from '../format.ts';
import { html, legible } from '../html.ts';
import type { Content, Html } from '../html.ts';
import type { PooledCell } from '../../study/view.ts';
import { wordsOfError } from '../words.ts';
import type { Figure, Table } from './figure.ts';

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
  readonly cells: readonly Pick<PooledCell, 'length' | 'n' | 'correct' | 'accuracy' | 'errors'>[];
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
  const outcomes = task.outcomes.filter((outcome) => totals(outcome.cells).size > 0);
  if (outcomes.length === 0) return null;
  const kinds = kindsByFrequency(outcomes);
  const parts = partsOf(kinds);
  return {
    name: 'errors',
    title: 'What went wrong',
    caption: html`Each bar stands for all answers at one length; its filled part is the wrong ones, by kind of
    error. What the letters mean stands beside the bars.`,
    panels: outcomes.map((outcome) => ({ title: outcome.model.name, wide: draw(task, outcome, parts) })),
    legend: legend(parts),
    table: table(task, outcomes, kinds),
  };
}

function draw(task: ErrorTask, outcome: ErrorOutcome, parts: readonly Part[]): Html {
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
      y: { domain: [0, 1], label: null, ticks: 5, tickSize: 0, tickFormat: percent, grid: true },
      marks: [
        Plot.rect(segments, {
          x: 'length',
          y1: 'from',
          y2: 'to',
          fill: (segment: Segment) => segment.part.fill,
          stroke: 'var(--paper)',
          title: (segment: Segment) => legible(titleOf(segment)),
        }),
        Plot.text(segments.filter(hasRoom), {
          x: 'length',
          y: (segment: Segment) => (segment.from + segment.to) / 2,
          text: (segment: Segment) => segment.part.letter,
          fill: 'var(--on-part)',
          fontWeight: 600,
        }),
      ],
    },
    `${task.name}, ${outcome.model.name}: share of wrong answers by length. ${shares(outcome)}`,
  );
}

/** A letter needs some 13 of the 162 pixels between 0 and 100 %. */
function hasRoom(segment: Segment): boolean {
  return segment.to - segment.from > 0.08;
}

function segmentsOf(outcome: ErrorOutcome, parts: readonly Part[]): Segment[] {
  const named = new Set(parts.map((part) => part.kind));
  return outcome.cells
    .filter((cell) => cell.n > 0)
    .flatMap((cell) => {
      let from = 0;
      return parts.map((part) => {
        const errors =
          part.kind === OTHERS
            ? sum(Object.entries(cell.errors).map(([kind, times]) => (named.has(kind) ? 0 : times)))
            : (cell.errors[part.kind] ?? 0);
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
      const words = wordsOfError(part.kind);
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
      { label: 'Model' },
      { label: 'Length', numeric: true },
      { label: 'n', numeric: true },
      { label: 'Wrong', numeric: true },
      ...kinds.map((kind) => ({ label: wordsOfError(kind).title, numeric: true })),
    ],
    rows: outcomes.flatMap((outcome) =>
      outcome.cells.map((cell): Content[] => [
        outcome.model.name,
        cell.length,
        count(cell.n),
        count(cell.n - cell.correct),
        ...kinds.map((kind) => count(cell.errors[kind] ?? 0)),
      ]),
    ),
  };
}

function kindsByFrequency(outcomes: readonly ErrorOutcome[]): string[] {
  const all = totals(outcomes.flatMap((outcome) => outcome.cells));
  return [...all].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([kind]) => kind);
}

function totals(cells: ErrorOutcome['cells']): Map<string, number> {
  const found = new Map<string, number>();
  for (const cell of cells) {
    for (const [kind, times] of Object.entries(cell.errors)) {
      if (times > 0) found.set(kind, (found.get(kind) ?? 0) + times);
    }
  }
  return found;
}

function titleOf({ part, length, errors, n }: Segment): string {
  return `${wordsOfError(part.kind).title}, length ${length}: ${count(errors)} of ${count(n)} answers (${percent(errors / n)})`;
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
