/** A part of the page that is folded until somebody wants it. */
import { html } from './html.ts';
import type { Content, Html } from './html.ts';

export interface FoldedSection {
  readonly anchor: string;
  readonly heading: Content;
  /** One line that says what is inside, beside the heading. */
  readonly gist?: Content;
  readonly body: Content;
  readonly className?: string;
}

/**
 * The anchor stands inside of what is folded: following a link to it opens it, in every browser that keeps to the
 * standard ("ancestor revealing"), without a script.
 */
export function foldedSection({ anchor, heading, gist, body, className = '' }: FoldedSection): Html {
  return html`<details class="section print ${className}">
    <summary>
      <h2 id="${anchor}-heading">${heading}</h2>
      ${gist && html`<span class="gist">${gist}</span>`}
    </summary>
    <section id="${anchor}" aria-labelledby="${anchor}-heading">${body}</section>
  </details>`;
}
