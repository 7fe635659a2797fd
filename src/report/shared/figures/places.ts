/** Where in the source it breaks: accuracy by length and place, as a table whose cells are tinted by their accuracy. */
import { COPIES_BY_PLACE, namedPlaces, placeText } from '../../../score/tables/place-text.ts';
import { percent, percentLevel, percentRange } from '../../../score/tables/percent.ts';
import type { HorizonRow, PlaceRow } from '../../../score/tables/rows.ts';
import type { Counted } from '../cell-columns.ts';
import { count } from '../format.ts';
import { namedPlacesWarning } from '../horizon.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';

export interface PlacesPlan {
  /** Whose answers these are; null where that is plain. */
  readonly model: string | null;
  readonly cells: readonly Counted[];
  readonly horizon: HorizonRow | undefined;
  /** Of copies the place is that of the first error. */
  readonly copies: boolean;
}

/** Steps of the tint; the numbers stand in the cells. */
const TINTS = 5;

/** The table of one model, or null where no cell tells places. */
export function placesTable({ model, cells, horizon, copies }: PlacesPlan): Html | null {
  const placed = cells.filter(({ places }) => places !== undefined && places.length > 0);
  if (placed.length === 0) return null;
  const bins = placed[0].places ?? [];
  const what = copies ? COPIES_BY_PLACE : 'the place of the evidence in the source';
  const caption = `${model === null ? 'Accuracy' : `${model}: accuracy`} by length and ${what}`;
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
      <table class="places">
        <caption>
          ${caption}. In each cell: accuracy, its interval, n.
        </caption>
        <thead>
          <tr>
            <th scope="col" class="number">length</th>
            ${bins.map((bin) => html`<th scope="col" class="number">${placeText(bin.from, bin.to)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${placed.map(
            ({ length, places = [] }) =>
              html`<tr>
                <th scope="row" class="number">${length}</th>
                ${bins.map(({ from }) =>
                  placeCell(
                    places.find((place) => place.from === from),
                    markAt(horizon, length, from),
                  ),
                )}
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
    ${horizon && namedPlacesWarning(horizon)}`;
}

/** What the table needs beside it, once a page section. */
export function placesNote(threshold: number): string {
  return `0 % is the beginning of the source, 100 % its end. Right and wrong answers count. A place is marked “weak” where accuracy there is surely below ${percentLevel(threshold)} although that of the whole length is not, and “fails” where the length fails because of it: the other places together reach ${percentLevel(threshold)} (corrected for the five places).`;
}

function markAt(horizon: HorizonRow | undefined, length: number, from: number): 'weak' | 'fails' | null {
  if (horizon === undefined) return null;
  const named = namedPlaces(horizon).find(({ place }) => place.length === length && place.from === from);
  return named?.mark ?? null;
}

function placeCell(place: PlaceRow | undefined, mark: 'weak' | 'fails' | null): Html {
  if (place === undefined || place.accuracy === null) return html`<td class="number none">–</td>`;
  const tint = Math.min(TINTS - 1, Math.floor(place.accuracy * TINTS));
  return html`<td class="number tint-${tint}">
    <b>${percent(place.accuracy)}</b>${mark !== null && html` <b class="weak">${mark}</b>`}
    <span class="small">${percentRange(place.low, place.high)}</span>
    <span class="small">${count(place.n)}</span>
  </td>`;
}
