/** The horizon table: operation × respondent, each with its interval, and what goes wrong beyond it. */
import { symbolOf } from '../shared/figures/marks.ts';
import { count, percent } from '../shared/format.ts';
import { html } from '../shared/html.ts';
import type { Content, Html } from '../shared/html.ts';
import { wordsOfError, wordsOfTask } from '../shared/words.ts';
import { answered, total } from './view.ts';
import type { Entry, MeasureView, OperationView } from './view.ts';

export function horizonTable(view: MeasureView): Html {
  const single = view.respondents.length === 1;
  return html`<figure id="horizons" class="horizons" aria-labelledby="horizons-heading">
    <h2 id="horizons-heading">Up to what length each operation can be relied on</h2>
    <table class="summary" role="table">
      <caption>
        ${caption(view)}
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader">${single ? 'Operation' : 'Model'}</th>
          <th scope="col" role="columnheader">Horizon</th>
          <th scope="col" role="columnheader">Interval</th>
          <th scope="col" role="columnheader">Beyond it, mostly</th>
          <th scope="col" role="columnheader" class="number">n</th>
          <th scope="col" role="columnheader" class="number">Truncated</th>
          <th scope="col" role="columnheader" class="number">Failed</th>
        </tr>
      </thead>
      ${
        single
          ? html`<tbody role="rowgroup">
              ${view.operations.map((operation) => entryRow(operationName(operation), operation.entries[0], view))}
            </tbody>`
          : view.operations.map((operation) => operationRows(operation, view))
      }
    </table>
    <figcaption>${definitions(view)}</figcaption>
  </figure>`;
}

function caption({ threshold, shortest, longest }: MeasureView): Html {
  return html`The horizon is the largest length asked up to which ${percent(threshold)} of answers are right,
  surely. In the bars, from length ${shortest} to ${longest} on a logarithmic scale: the thick line ends at
  the horizon, the thin one where it surely ends; an arrow says that no length was found at which it does. ≥ :
  holds at the longest length asked. &lt; : not even at the shortest.`;
}

function operationRows(operation: OperationView, view: MeasureView): Html {
  return html`<tbody role="rowgroup">
    <tr role="row" class="task">
      <th scope="rowgroup" role="rowheader" colspan="7">${operationName(operation)}</th>
    </tr>
    ${operation.entries.map((entry) => entryRow(html`${symbolOf(entry.respondent.model)} ${entry.respondent.model.name}`, entry, view))}
  </tbody>`;
}

function operationName({ name, title, anchor }: OperationView): Html {
  return html`<a href="#${anchor}">${name}</a>
    <span class="task-title">${wordsOfTask(name)?.title ?? title}</span>`;
}

function entryRow(name: Html, entry: Entry, view: MeasureView): Html {
  const { cells } = entry;
  return html`<tr role="row">
    <th scope="row" role="rowheader" class="model">${name}</th>
    <td role="cell" class="horizon">${bar(entry, view)} ${horizonValue(entry)}</td>
    <td role="cell" class="interval">${intervalWords(entry)}</td>
    <td role="cell" class="words">${beyond(entry)}</td>
    <td role="cell" class="number n">${count(total(cells, ({ n }) => n))}</td>
    <td role="cell" class="number truncated">${count(total(cells, ({ truncated }) => truncated))}</td>
    <td role="cell" class="number failed">${count(total(cells, ({ failed }) => failed))}</td>
  </tr>`;
}

/** `30`, `≥ 100`, `< 10`, as the terminal has it. */
function horizonValue({ horizon, cells }: Entry): Html {
  if (horizon === undefined) return html`<span class="value none">not asked</span>`;
  if (answered(cells).length === 0) return html`<span class="value none">no answers</span>`;
  if (horizon.length === null) return html`<span class="value">&lt; ${cells[0].length}</span>`;
  return html`<span class="value">${horizon.censored ? '≥ ' : ''}${horizon.length}</span>`;
}

/** From the length up to which it surely holds to the one from which it surely does not. */
function intervalWords({ horizon, cells }: Entry): Content {
  if (horizon === undefined || answered(cells).length === 0) return '–';
  const { low, high } = horizon;
  if (high === null) return `${low} or more`;
  return high === 0 ? `under ${cells[0].length}` : `${low}–${high}`;
}

/** The most frequent kind of error at the lengths beyond the horizon. */
function beyond({ horizon, cells }: Entry): Content {
  const errors = new Map<string, number>();
  for (const cell of cells.filter(({ length }) => length > (horizon?.length ?? 0))) {
    for (const [kind, times] of Object.entries(cell.errors))
      errors.set(kind, (errors.get(kind) ?? 0) + times);
  }
  const wrong = [...errors.values()].reduce((sum, times) => sum + times, 0);
  const [most] = [...errors].sort((a, b) => b[1] - a[1]);
  if (most === undefined) return html`<span class="none">–</span>`;
  return html`${wordsOfError(most[0]).title}
    <span class="quiet">(${count(most[1])} of ${count(wrong)} wrong)</span>`;
}

const WIDTH = 150;
const HEIGHT = 16;
const MIDDLE = HEIGHT / 2;

function bar({ horizon, cells, respondent }: Entry, { shortest, longest }: MeasureView): Html | null {
  if (horizon === undefined || answered(cells).length === 0) return null;
  const span = Math.log(Math.max(longest, shortest + 1) / shortest);
  const x = (length: number): number =>
    length <= 0 ? 2 : 10 + (Math.log(Math.max(length, shortest) / shortest) / span) * (WIDTH - 24);
  const at = (length: number): string => x(length).toFixed(1);
  const { colour } = respondent.model.ink;
  const end = horizon.high ?? cells[cells.length - 1].length;
  return html`<svg class="bar" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">
    <line x1="2" x2="${at(longest)}" y1="${MIDDLE}" y2="${MIDDLE}" stroke="var(--rule)" />
    <line x1="2" x2="${at(horizon.low)}" y1="${MIDDLE}" y2="${MIDDLE}" stroke="${colour}" stroke-width="5" />
    <line
      x1="${at(horizon.low)}"
      x2="${at(end)}"
      y1="${MIDDLE}"
      y2="${MIDDLE}"
      stroke="${colour}"
      stroke-width="1.5"
    />
    <line
      x1="${at(horizon.low)}"
      x2="${at(horizon.low)}"
      y1="1"
      y2="${HEIGHT - 1}"
      stroke="${colour}"
      stroke-width="2.5"
    />
    ${
      horizon.high === null
        ? html`<path
            d="M${(x(end) + 1).toFixed(1)},${MIDDLE - 4.5}l8,4.5l-8,4.5"
            fill="none"
            stroke="${colour}"
            stroke-width="1.5"
          />`
        : html`<line
            x1="${at(end)}"
            x2="${at(end)}"
            y1="3.5"
            y2="${HEIGHT - 3.5}"
            stroke="${colour}"
            stroke-width="1.5"
          />`
    }
  </svg>`;
}

function definitions({ respondents, threshold }: MeasureView): Html {
  const adaptive = respondents.some(({ rows }) => rows.adaptive);
  return html`<details class="print">
    <summary>What exactly do these words mean?</summary>
    <dl class="terms">
      <div>
        <dt>length</dt>
        <dd>
          The number of symbols (or lines) in the source that is asked about. Query, demonstrations and answer
          don’t count.
        </dd>
      </div>
      <div>
        <dt>right</dt>
        <dd>The whole answer in its order, but for white space around it; nothing missing, nothing more.</dd>
      </div>
      <div>
        <dt>horizon</dt>
        <dd>
          The largest length L that was asked such that at L and at every shorter length asked, the lower end
          of the 95 % interval of accuracy is at least ${percent(threshold)}. Its own interval goes up to the
          largest length before the first at which the upper end, too, is below that.
        </dd>
      </div>
      ${
        adaptive &&
        html`<div>
          <dt>searched</dt>
          <dd>
            Lengths, and how often each is asked, were chosen by the answers. The intervals are made for that
            (they hold whenever one stops) and therefore wider than Wilson’s, which are used elsewhere.
          </dd>
        </div>`
      }
      <div>
        <dt>n, truncated, failed</dt>
        <dd>
          Answers that came; of those, the ones that a limit cut off (they count as they are, mostly as
          wrong); and questions that got no answer at all, which are not in n.
        </dd>
      </div>
    </dl>
  </details>`;
}
