/** Code that goes over several lines where it has to, as prettier and black lay it out. */

/** Text, or something in brackets. */
export type Code = string | Bracketed;

export interface Bracketed {
  /** With whatever stands before the bracket. */
  readonly open: string;
  readonly items: readonly Code[];
  readonly close: string;
  /** Blanks inside the brackets, on one line. */
  readonly spaced?: boolean;
  /** Between items: a comma, and after the last one where each has its line; or nothing, as in a comprehension. */
  readonly commas?: boolean;
  /** One line an item, even where there is room. */
  readonly broken?: boolean;
}

export interface Style {
  /** Columns. */
  readonly width: number;
  /** Blanks. */
  readonly indent: number;
}

export function call(name: string, args: readonly Code[]): Code {
  return { open: `${name}(`, items: args, close: ')' };
}

/** With text before it: `source: ` and a call. */
export function prefixed(text: string, code: Code): Code {
  return typeof code === 'string' ? text + code : { ...code, open: text + code.open };
}

/** On one line. */
export function flat(code: Code): string {
  if (typeof code === 'string') return code;
  const { open, items, close, spaced = false, commas = true } = code;
  const blank = spaced ? ' ' : '';
  return `${open}${blank}${items.map(flat).join(commas ? ', ' : ' ')}${blank}${close}`;
}

/**
 * As lines, the first of which starts at `indent`.
 * @param after what follows on the last line
 */
export function layOut(code: Code, style: Style, indent: number, after = ''): string {
  const line = ' '.repeat(indent) + flat(code) + after;
  if (typeof code === 'string') return line;
  if (!code.broken && Array.from(line).length <= style.width) return line;
  const { open, close, commas = true } = code;
  const within = indent + style.indent;
  const items = commas ? itemsOf(code, style, within) : clausesOf(code, style, within);
  return [' '.repeat(indent) + open, ...items, ' '.repeat(indent) + close + after].join('\n');
}

function itemsOf({ items }: Bracketed, style: Style, indent: number): string[] {
  return items.map((item) => layOut(item, style, indent, ','));
}

/** On one line, if there is room now; else each on its own. */
function clausesOf({ items }: Bracketed, style: Style, indent: number): string[] {
  const line = ' '.repeat(indent) + items.map(flat).join(' ');
  return Array.from(line).length <= style.width ? [line] : items.map((item) => layOut(item, style, indent));
}
