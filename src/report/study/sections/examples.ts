/** Real errors, shown so that one sees what was asked, what is right and what came, without colour. */
import type { InstanceRow } from '../../../score/tables/rows.ts';
import { html } from '../../shared/html.ts';
import type { Html } from '../../shared/html.ts';
import { symbolOf } from '../../shared/figures/marks.ts';
import { count } from '../../shared/format.ts';
import type { Outcome } from '../view.ts';
import { wordsOfError } from '../../shared/words.ts';

const MOST_EXAMPLES = 3;
/** Symbols shown on either side of what matters, the rest is counted; sources up to `whole` are shown whole. */
const OF_SYMBOLS = { around: 6, whole: 36 };
/** The same of symbols that are lines. */
const OF_LINES = { around: 2, whole: 8 };
/** A symbol or a model's output may be of any length: what is shown of one. */
const SYMBOL_CHARACTERS = 40;

/** Of more models than this the examples are folded. */
const MODELS_OPEN = 3;

export function examples(outcomes: readonly Outcome[]): Html | null {
  const shown = outcomes.filter((outcome) => chosen(outcome).length > 0);
  if (shown.length === 0) return null;
  const open = shown.length <= MODELS_OPEN;
  return html`<div class="examples">
    <h3>Errors, as they happened</h3>
    ${shown.map((outcome) =>
      open
        ? html`<h4>${symbolOf(outcome.model)} ${outcome.model.name}</h4>
            ${listOf(outcome)}`
        : html`<details>
            <summary>${symbolOf(outcome.model)} ${outcome.model.name}</summary>
            ${listOf(outcome)}
          </details>`,
    )}
  </div>`;
}

function listOf(outcome: Outcome): Html {
  return html`<ol>
    ${chosen(outcome).map(example)}
  </ol>`;
}

/** One of each kind of error, from the most frequent kind on and of the shortest sources; then further ones. */
function chosen(outcome: Outcome): InstanceRow[] {
  const frequency = (kind: string | null): number =>
    outcome.cells.reduce((sum, cell) => sum + (kind === null ? 0 : (cell.errors[kind] ?? 0)), 0);
  const mistakes = outcome.runs
    .flatMap((run) => run.mistakes)
    .sort((a, b) => frequency(b.error) - frequency(a.error) || a.length - b.length);
  const firsts = mistakes.filter((row, i) => mistakes.findIndex(({ error }) => error === row.error) === i);
  const others = mistakes.filter((row) => !firsts.includes(row));
  return [...firsts, ...others].slice(0, MOST_EXAMPLES);
}

function example(row: InstanceRow): Html {
  return html`<li>
    <p class="kind">
      ${row.error === null ? 'wrong' : wordsOfError(row.error).title}
      <span class="quiet">· length ${count(row.length)}${row.truncated && ' · cut off by a limit'}</span>
    </p>
    ${row.query === null ? copied(row) : lookedUp(row)}
  </li>`;
}

function lookedUp(row: InstanceRow): Html {
  const queries = placesOf(row.query ?? '', row.source);
  return html`<dl class="instance">
    <div>
      <dt>Source</dt>
      <dd>${symbols(row.source, queries, 'query')}</dd>
    </div>
    <div class="short">
      <dt>Query</dt>
      <dd>${symbols([row.query ?? ''], [0], 'query')}</dd>
    </div>
    <div class="short">
      <dt>Right answer</dt>
      <dd>${symbols(row.answer, [], 'right')}</dd>
    </div>
    <div class="short">
      <dt>The model said</dt>
      <dd>${said(row, [])}</dd>
    </div>
  </dl>`;
}

/** Where the query stands; in the rows of a table, those whose first field it is. */
function placesOf(query: string, source: readonly string[]): number[] {
  const where = (is: (symbol: string) => boolean) => source.flatMap((symbol, i) => (is(symbol) ? [i] : []));
  const found = where((symbol) => symbol === query);
  return found.length > 0 ? found : where((symbol) => symbol.startsWith(`${query},`));
}

/** A copy: the first wrong place is marked in the answer and in what came. */
function copied(row: InstanceRow): Html {
  const differs = row.answer.findIndex((symbol, i) => symbol !== row.output[i]);
  const place = differs === -1 ? row.answer.length : differs;
  const ended = place === row.output.length && place > 0;
  return html`<dl class="instance">
    <div>
      <dt>Source</dt>
      <dd>${symbols(row.source, [], 'query', [place])}</dd>
    </div>
    <div>
      <dt>Right answer</dt>
      <dd>${symbols(row.answer, [place], 'right')}</dd>
    </div>
    <div>
      <dt>The model said</dt>
      <dd>${said(row, [place])}${ended && html` <span class="quiet">and ended here</span>`}</dd>
    </div>
  </dl>`;
}

function said(row: InstanceRow, places: readonly number[]): Html {
  return row.output.length === 0
    ? html`<span class="quiet">nothing</span>`
    : symbols(row.output, places, 'wrong');
}

/**
 * Symbols with some of them marked (a frame, and bold: no colour needed). Long rows keep what stands around the
 * marks, or around `near` where nothing is marked, and say how many symbols were left out.
 */
function symbols(
  row: readonly string[],
  marked: readonly number[],
  role: 'query' | 'right' | 'wrong',
  near: readonly number[] = marked,
): Html {
  const lines = row.some((symbol) => /\s/.test(symbol));
  const kept = shownPlaces(row.length, near, lines ? OF_LINES : OF_SYMBOLS);
  const pieces: Html[] = [];
  let last = -1;
  for (const place of kept) {
    if (place > last + 1) pieces.push(gap(place - last - 1));
    const text = clipped(row[place]);
    pieces.push(
      marked.includes(place) ? html`<mark class="${role}">${text}</mark> ` : html`<bdi>${text}</bdi> `,
    );
    last = place;
  }
  if (last < row.length - 1) pieces.push(gap(row.length - 1 - last));
  return html`<span class="symbols${lines && ' lines'}">${pieces}</span>`;
}

function shownPlaces(
  length: number,
  near: readonly number[],
  { around, whole }: typeof OF_SYMBOLS,
): number[] {
  const places = Array.from({ length }, (_, i) => i);
  if (length <= whole) return places;
  const centres = near.filter((place) => place < length).slice(0, 6);
  if (centres.length === 0) return places.slice(0, whole);
  return places.filter((place) => centres.some((centre) => Math.abs(centre - place) <= around));
}

function gap(hidden: number): Html {
  return html`<span class="gap">… ${count(hidden)} more …</span> `;
}

function clipped(symbol: string): string {
  const characters = [...symbol];
  return characters.length <= SYMBOL_CHARACTERS
    ? symbol
    : `${characters.slice(0, SYMBOL_CHARACTERS).join('')}…`;
}
