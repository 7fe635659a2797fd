/** What the words on the page mean; the sentences are those of docs/scoring.md. */
import { definitions } from '../../score/tables/definitions.ts';
import type { DefinedTerm } from '../../score/tables/definitions.ts';
import { html } from './html.ts';
import type { Content, Html } from './html.ts';

/** A folded list of terms; `more` are those of one kind of report. */
export function terms(
  defined: readonly DefinedTerm[],
  more: readonly (readonly [term: string, meaning: Content])[] = [],
): Html {
  const entries = [
    ...more,
    ...defined.map((name) => [definitions[name].term, definitions[name].meaning] as const),
  ];
  return html`<details class="print definitions">
    <summary>What exactly do these words mean?</summary>
    <dl class="terms">
      ${entries.map(
        ([term, meaning]) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${meaning}</dd>
          </div>`,
      )}
    </dl>
  </details>`;
}

/** Terms that have an entry only where some cell has more than none of them. */
const WHERE_IT_HAPPENED = [
  'truncated',
  'withheld',
  'refused',
  'failed',
  'exact',
  'retrieved',
  'chance',
] as const satisfies readonly DefinedTerm[];

/** Terms that both reports define, given the cells of the page. */
export function usualTerms(
  cells: readonly Partial<Record<(typeof WHERE_IT_HAPPENED)[number], number>>[],
): DefinedTerm[] {
  const happened = WHERE_IT_HAPPENED.filter((term) => cells.some((cell) => (cell[term] ?? 0) > 0));
  return ['horizon', 'n', 'right', 'accuracy', ...happened];
}
