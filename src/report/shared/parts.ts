/** Pieces of markup that sections share. */
import type { Column, Figure, Table } from './figure.ts';
import { html } from './html.ts';
import type { Content, Html } from './html.ts';
import { plural } from './format.ts';

/** A table that scrolls sideways within itself where the screen is narrower than it. */
export function scrollTable({ caption, columns, rows }: Table): Html {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(heading)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, i) => tableCell(cell, columns[i], i))}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

function heading({ label, numeric }: Column): Html {
  return numeric ? html`<th scope="col" class="number">${label}</th>` : html`<th scope="col">${label}</th>`;
}

function tableCell(content: Content, column: Column, index: number): Html {
  if (index === 0) return html`<th scope="row"><span class="of-row">${content}</span></th>`;
  return column.numeric ? html`<td class="number">${content}</td>` : html`<td>${content}</td>`;
}

/** A figure with its caption, and below it the same numbers as a table. */
export function figureOf(figure: Figure, anchor: string): Html {
  return html`<figure id="${anchor}" aria-labelledby="${anchor}-caption">
    <h3>${figure.title}</h3>
    <div class="panels">
      ${figure.panels.map(
        ({ title, wide, narrow }) =>
          html`<div class="panel">
            ${title ? html`<p class="panel-title">${title}</p>` : null}
            ${
              narrow === undefined
                ? html`<div class="drawing">${wide}</div>`
                : html`<div class="drawing wide">${wide}</div>
                    <div class="drawing narrow">${narrow}</div>`
            }
          </div>`,
      )}
      ${figure.legend}
    </div>
    <figcaption id="${anchor}-caption">${figure.caption}</figcaption>
    <details class="numbers">
      <summary>The numbers as a table (${plural(figure.table.rows.length, 'row')})</summary>
      ${scrollTable(figure.table)}
    </details>
  </figure>`;
}

/** Names and values. */
export function facts(entries: readonly (readonly [string, Content])[]): Html {
  return html`<dl class="facts">
    ${entries.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}
