/**
 * A wrong answer beside its source and the right answer, column by column. Colour carries nothing alone: what is
 * missing is underlined and in brackets, what should not be there is struck through.
 */
import type { AlignedPiece, AnswerExample } from '../../../score/tables/rows.ts';
import { count, shorten } from '../format.ts';
import { html } from '../html.ts';
import type { Content, Html } from '../html.ts';

/** Columns shown on either side of what differs; the rest is counted. */
const AROUND = 5;
/** Runs up to this length are shown whole. */
const WHOLE = 2 * AROUND + 3;
/** Columns of an example; what comes after them is counted. */
const MOST_COLUMNS = 80;
/** Columns that are looked through for what to show: an output may have millions of symbols. */
const MOST_READ = 20_000;
/** Characters of a source that is shown as a text. */
const SOURCE_CHARACTERS = 20_000;
const SYMBOL_CHARACTERS = 40;
const LINE_CHARACTERS = 160;

/** One place of an alignment; null: nothing stands there. */
interface Column {
  readonly source: string | null;
  readonly answer: string | null;
  readonly output: string | null;
}

/** A copy: source, right answer and what came, in the order of the answer. */
export function alignedCopy(example: AnswerExample, joiner: string): Html {
  const order = orderOf(example);
  const lines = joiner.includes('\n');
  const columns = columnsOf(example, order !== null && !lines);
  const hidden = columnCount(example) - columns.length;
  return html`${
      (order === null || lines) &&
      html`<details>
        <summary>The source (${count(example.source.length)} ${lines ? 'lines' : 'symbols'})</summary>
        <pre class="long">${sourceText(example.source, lines ? '\n' : joiner)}</pre>
      </details>`
    }
    <div class="aligned${lines ? ' lines' : ''}">
      <span class="rows" aria-hidden="true">
        ${order !== null && !lines && html`<span>source${order === 'backward' ? ' ←' : ''}</span>`}
        <span>right</span><span>came</span>
      </span>
      ${clippedRuns(columns).map((piece) => pieceOf(piece, lines ? LINE_CHARACTERS : SYMBOL_CHARACTERS))}
      ${hidden > 0 && gap(hidden)}
    </div>`;
}

/** Whether the right answer is the source, or the source from its end. */
function orderOf({ source, answer }: AnswerExample): 'forward' | 'backward' | null {
  if (source.length !== answer.length) return null;
  if (answer.every((symbol, i) => symbol === source[i])) return 'forward';
  return answer.every((symbol, i) => symbol === source[source.length - 1 - i]) ? 'backward' : null;
}

/** The first columns of the alignment, `MOST_READ` of them. */
function columnsOf({ pieces }: AnswerExample, withSource: boolean): Column[] {
  const columns: Column[] = [];
  for (const piece of pieces) {
    columns.push(...columnsOfPiece(piece, withSource, MOST_READ - columns.length));
    if (columns.length === MOST_READ) break;
  }
  return columns;
}

function columnCount({ pieces }: AnswerExample): number {
  return pieces.reduce((sum, { answer, output }) => sum + Math.max(answer.length, output.length), 0);
}

function sourceText(source: readonly string[], joiner: string): string {
  const lines = source.slice(0, SOURCE_CHARACTERS).map((line) => shorten(line, LINE_CHARACTERS));
  return shorten(lines.join(joiner), SOURCE_CHARACTERS);
}

/** The source stands over the answer symbol for symbol: it has the same ones in this order. */
function columnsOfPiece({ answer, output }: AlignedPiece, withSource: boolean, most: number): Column[] {
  return Array.from({ length: Math.min(most, Math.max(answer.length, output.length)) }, (_, i) => {
    const due = answer[i] ?? null;
    return { source: withSource ? due : null, answer: due, output: output[i] ?? null };
  });
}

type Shown = Column | number;

/** Runs of columns that agree, cut to what stands next to a difference; a number counts those left out. */
function clippedRuns(columns: readonly Column[]): Shown[] {
  const near = nearDifferences(columns);
  const shown: Shown[] = [];
  let hidden = 0;
  columns.forEach((column, place) => {
    if (columns.length > WHOLE && !near[place]) {
      hidden += 1;
      return;
    }
    if (hidden > 0) shown.push(hidden);
    hidden = 0;
    shown.push(column);
  });
  if (hidden > 0) shown.push(hidden);
  const most = shown.slice(0, MOST_COLUMNS);
  const rest = shown
    .slice(MOST_COLUMNS)
    .reduce<number>((sum, each) => sum + (typeof each === 'number' ? each : 1), 0);
  return rest > 0 ? [...most, rest] : most;
}

/** Of each column, whether it differs or stands next to one that does. */
function nearDifferences(columns: readonly Column[]): boolean[] {
  const near = columns.map(() => false);
  columns.forEach(({ answer, output }, place) => {
    if (answer !== output) near.fill(true, Math.max(0, place - AROUND), place + AROUND + 1);
  });
  return near;
}

function pieceOf(shown: Shown, most: number): Html {
  if (typeof shown === 'number') return gap(shown);
  const { source, answer, output } = shown;
  const same = answer === output;
  return html`<span class="column${same ? '' : ' differs'}">
    ${source !== null && html`<span class="source">${symbol(source, most)}</span>`}
    ${source === null && answer === null && html`<span class="source"></span>`}
    ${answer === null ? nothing() : same ? html`<span>${symbol(answer, most)}</span>` : html`<span class="due">[${symbol(answer, most)}]</span>`}
    ${output === null ? nothing() : same ? html`<span>${symbol(output, most)}</span>` : html`<del>${symbol(output, most)}</del>`}
  </span> `;
}

function nothing(): Html {
  return html`<span class="quiet" title="nothing">∅</span>`;
}

function gap(hidden: number): Html {
  return html`<span class="gap">… ${count(hidden)} more …</span> `;
}

/** A look-up: under the source's symbols stands which is the query, which the right answer and which came. */
export function alignedLookup(example: AnswerExample): Html {
  const { source, query, answer, output } = example;
  const queries = placesOf(source, query);
  const right = besideQuery(source, answer[0], queries);
  const came = output.length === 0 ? [] : besideQuery(source, output[0], queries);
  const marked = [...queries, ...right, ...came];
  const columns = source.map((text, place) => ({
    text,
    roles: [
      ...(queries.includes(place) ? ['query'] : []),
      ...(right.includes(place) ? ['right'] : []),
      ...(came.includes(place) ? ['came'] : []),
    ],
    near: marked.some((at) => Math.abs(at - place) <= AROUND),
  }));
  return html`<div class="aligned">
    <span class="rows" aria-hidden="true"><span>source</span><span></span></span>
    ${withGaps(columns).map((shown) =>
      typeof shown === 'number'
        ? gap(shown)
        : html`<span class="column${shown.roles.length > 0 ? ' differs' : ''}"
            >${markedSymbol(shown.text, shown.roles)}
            <span class="role">${shown.roles.join(', ')}</span></span
          > `,
    )}
  </div>`;
}

interface SourceColumn {
  readonly text: string;
  readonly roles: readonly string[];
  readonly near: boolean;
}

function withGaps(columns: readonly SourceColumn[]): (SourceColumn | number)[] {
  const shown: (SourceColumn | number)[] = [];
  for (const column of columns) {
    const last = shown.at(-1);
    if (column.near || columns.length <= WHOLE * 2) shown.push(column);
    else if (typeof last === 'number') shown[shown.length - 1] = last + 1;
    else shown.push(1);
  }
  return shown.slice(0, MOST_COLUMNS);
}

function markedSymbol(text: string, roles: readonly string[]): Html {
  if (roles.includes('came')) return html`<del>${symbol(text)}</del>`;
  if (roles.includes('right')) return html`<span class="due">[${symbol(text)}]</span>`;
  return roles.includes('query') ? html`<b>${symbol(text)}</b>` : html`<span>${symbol(text)}</span>`;
}

function placesOf(source: readonly string[], wanted: string | null): number[] {
  return source.flatMap((text, place) => (text === wanted ? [place] : []));
}

/** Where a symbol stands beside the query, or else wherever it stands. */
function besideQuery(source: readonly string[], wanted: string, queries: readonly number[]): number[] {
  const places = placesOf(source, wanted);
  const beside = places.filter((place) => queries.some((query) => Math.abs(query - place) === 1));
  return beside.length > 0 ? beside : places;
}

function symbol(text: string, most = SYMBOL_CHARACTERS): Content {
  return html`<bdi>${shorten(text, most)}</bdi>`;
}
