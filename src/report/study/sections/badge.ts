/** What theory says, in one word; the border tells "in" from "out" where colours don't. */
import { html } from '../../shared/html.ts';
import type { Html } from '../../shared/html.ts';
import type { Verdict } from '../view/view.ts';

export function verdictBadge(verdict: Verdict): Html {
  return html`<span class="badge ${verdict}">${verdict}</span>`;
}
