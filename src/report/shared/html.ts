/**
 * HTML as text that is safe to put into a page: whatever is interpolated is escaped, unless it is Html already.
 * Study names, symbols and model outputs are hostile; there is no way around this file.
 */
import { legible } from '../../common/legible.ts';

/** Markup that is safe as it is. Only this file makes it. */
export class Html {
  readonly markup: string;

  private constructor(markup: string) {
    this.markup = markup;
  }

  static of(markup: string): Html {
    return new Html(markup);
  }
}

export type Content = Html | string | number | null | undefined | false | readonly Content[];

/**
 * Tagged template: html`<b title="${name}">${name}</b>`. Strings and numbers are escaped (quote attributes in the
 * template), lists are joined, null, undefined and false leave nothing.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  let markup = compact(strings[0]);
  values.forEach((value, i) => (markup += markupOf(value) + compact(strings[i + 1])));
  return Html.of(markup);
}

/** The indentation of a template is for those who read the source. (What stands in a `pre` is interpolated.) */
function compact(template: string): string {
  return template.replace(/\s*\n\s*/g, '\n');
}

/** Markup made elsewhere by something that escapes as carefully: the serialiser of an SVG document, a constant. */
export function trusted(markup: string): Html {
  return Html.of(markup);
}

/** The contents with a separator between them; empty ones are left out. */
export function join(contents: readonly Content[], separator: Content): Html {
  const parts = contents.map(markupOf).filter((markup) => markup !== '');
  return Html.of(parts.join(markupOf(separator)));
}

function markupOf(value: Content): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.markup;
  if (typeof value === 'object') return value.map(markupOf).join('');
  return escape(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes for text and for quoted attributes. */
function escape(text: string): string {
  return legible(text).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
