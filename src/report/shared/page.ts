/** The document around the sections: no script, and a policy that lets nothing be fetched. */
import { sha256 } from '../../common/sha256.ts';
import { html, trusted } from './html.ts';
import type { Html } from './html.ts';
import { STYLE } from './style.ts';

export interface Entry {
  readonly anchor: string;
  readonly text: string;
}

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='7' height='16' fill='%23cfd8e3'/%3E%3Cpath d='M1 4h9l4 8' fill='none' stroke='%231d5fa6' stroke-width='2'/%3E%3C/svg%3E";

/**
 * A whole page. Its policy allows this one style sheet, by its hash, and images from `data:` (the icon); scripts,
 * connections, fonts, frames and forms have no source.
 */
export function page(title: string, contents: readonly Entry[], main: Html): string {
  const policy = `default-src 'none'; style-src 'sha256-${base64OfHex(sha256(STYLE))}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <link rel="icon" href="${ICON}" />
        ${trusted(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <nav class="contents" aria-label="Contents">
          <ol>
            ${contents.map(({ anchor, text }) => html`<li><a href="#${anchor}">${text}</a></li> `)}
          </ol>
        </nav>
        <main id="content">${main}</main>
      </body>
    </html> `.markup;
}

function base64OfHex(hex: string): string {
  const bytes = hex.match(/../g) ?? [];
  return btoa(String.fromCharCode(...bytes.map((byte) => parseInt(byte, 16))));
}
