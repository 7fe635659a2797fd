/** Every operation's value at every position of one input, with what each is made from: data, and a table of text. */
import { specialSymbols } from '../../common/special-symbols.ts';
import type { CoreNode, CoreProgram } from '../core/core.ts';
import { isCount, operands } from '../core/core.ts';
import { interpret } from '../run/interpret.ts';
import { renderNodes } from '../core/render.ts';

export interface TraceRow {
  /** The names of the definitions that mean this operation; [] for a part without a name. */
  readonly names: readonly string[];
  readonly operation: string;
  readonly kind: CoreNode['kind'];
  readonly type: 'bool' | 'count';
  /** values[i - 1] at position i; truth values are 0 and 1. */
  readonly values: readonly number[];
  /** Rows that this one is computed from, at the same position or, for counts, at those of the window. */
  readonly of: readonly number[];
  /** For counts: positions i−far … i−near; far is null for all positions from the first on. */
  readonly window?: { readonly near: number; readonly far: number | null };
}

export interface Trace {
  /** The symbol at each position; the end position of `read at eos` is '<eos>'. */
  readonly symbols: readonly string[];
  readonly rows: readonly TraceRow[];
  /** Rows that are the output, read at the last position; for `next` with their symbols. */
  readonly outputs: readonly { readonly label: string; readonly row: number }[];
  /** What the outputs say there: 'accepted', 'rejected', or the next symbols; null for an input without positions. */
  readonly result: string | null;
}

/** Throws UserError for unknown symbols, and for a trace with too many cells. */
export function trace(program: CoreProgram, input: readonly string[]): Trace {
  const { symbols, values } = interpret(program, input);
  const texts = renderNodes(program);
  const names = program.nodes.map((): string[] => []);
  for (const { name, node } of program.names) names[node].push(name);
  const rows = program.nodes.map((node, id): TraceRow => ({
    names: names[id],
    operation: texts[id],
    kind: node.kind,
    type: isCount(node) ? 'count' : 'bool',
    values: values[id],
    of: operands(node),
    ...(node.kind === 'count' ? { window: node.guard ?? { near: 0, far: null } } : {}),
  }));
  const { output, alphabet } = program;
  const outputs =
    output.kind === 'accept'
      ? [{ label: 'accept', row: output.node }]
      : output.symbols.map(({ symbol, node }) => ({ label: `next['${alphabet[symbol]}']`, row: node }));
  return {
    symbols: symbols.map((symbol) => alphabet[symbol] ?? specialSymbols.eos),
    rows,
    outputs,
    result: symbols.length === 0 ? null : resultOf(program, rows, symbols.length - 1),
  };
}

function resultOf({ output, alphabet }: CoreProgram, rows: readonly TraceRow[], last: number): string {
  if (output.kind === 'accept') return rows[output.node].values[last] === 1 ? 'accepted' : 'rejected';
  const holding = output.symbols.filter(({ node }) => rows[node].values[last] === 1);
  return `next: ${holding.map(({ symbol }) => alphabet[symbol]).join(' ') || 'nothing'}`;
}

/** What a row is called: its names, or its operation. */
export function rowTitle(row: TraceRow): string {
  return row.names.length === 0 ? row.operation : `${row.names.join(', ')} := ${row.operation}`;
}

/** Titles longer than this are cut in the table. */
const TITLE_WIDTH = 48;

/**
 * The trace as a table, one operation a line, one column a position; truth is 1, falsehood a dot. Positions that
 * don't fit into `width` characters follow in further tables.
 */
export function traceTable(traced: Trace, width: number): string {
  const titles = traced.rows.map((row) => shorten(rowTitle(row)));
  const outputTitles = traced.outputs.map(({ label, row }) => shorten(`${label} = ${titles[row]}`));
  const margin = Math.max(
    8,
    ...titles.map((title) => title.length),
    ...outputTitles.map((title) => title.length),
  );
  const cell = (row: TraceRow, index: number): string =>
    row.type === 'count' ? String(row.values[index]) : row.values[index] === 1 ? '1' : '·';
  const widths = traced.symbols.map((symbol, index) =>
    Math.max(symbol.length, String(index + 1).length, ...traced.rows.map((row) => cell(row, index).length)),
  );
  const blocks: string[] = [];
  for (const [from, to] of columnsThatFit(widths, width - margin)) {
    const line = (title: string, text: (index: number) => string): string => {
      const columns = widths.slice(from, to).map((size, k) => text(from + k).padStart(size + 1));
      return `${title.padEnd(margin)} ${columns.join('')}`.trimEnd();
    };
    blocks.push(
      [
        line('position', (index) => String(index + 1)),
        line('symbol', (index) => traced.symbols[index]),
        ...traced.rows.map((row, id) => line(titles[id], (index) => cell(row, index))),
        ...traced.outputs.map(({ row }, k) =>
          line(outputTitles[k], (index) => cell(traced.rows[row], index)),
        ),
      ].join('\n'),
    );
  }
  const last = traced.symbols.length;
  const result =
    traced.result === null
      ? 'nothing to read: the input is empty'
      : `${traced.result} (read at position ${last})`;
  return `${[...blocks, result].join('\n\n')}\n`;
}

/** Ranges of columns, each of at least one, that fit side by side. */
function columnsThatFit(widths: readonly number[], room: number): [number, number][] {
  const ranges: [number, number][] = [];
  let from = 0;
  let used = 0;
  for (const [index, size] of widths.entries()) {
    if (index > from && used + size + 1 > room) {
      ranges.push([from, index]);
      from = index;
      used = 0;
    }
    used += size + 1;
  }
  if (from < widths.length) ranges.push([from, widths.length]);
  return ranges;
}

function shorten(title: string): string {
  return title.length <= TITLE_WIDTH ? title : `${title.slice(0, TITLE_WIDTH - 1)}…`;
}
