/** What a task asks, with its example. */
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { TaskWords } from './words.ts';

export function question({ asks, example }: TaskWords): Html {
  return html`<p class="question">
    ${asks}
    <span class="quiet"
      >For example:
      <code>${example.source}</code>${example.query && html`, query <code>${example.query}</code>`} →
      <code>${example.answer}</code></span
    >
  </p>`;
}
