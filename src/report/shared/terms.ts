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

/** Terms that both reports define, given what happened on this page. */
export function usualTerms(happened: Readonly<Partial<Record<DefinedTerm, boolean>>>): DefinedTerm[] {
  const always: DefinedTerm[] = ['horizon', 'n', 'right', 'accuracy'];
  const outcomes: DefinedTerm[] = [
    'truncated',
    'withheld',
    'refused',
    'failed',
    'exact',
    'retrieved',
    'chance',
  ];
  return [...always, ...outcomes.filter((term) => happened[term])];
}
