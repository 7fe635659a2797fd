/**
 * One line of recorded outputs: which of its fields is what. The field names of the paper's authors are recognised
 * (their files of retrieval, copying, git histories, texts and fine-tuned models), and those of our own rows; others
 * are named by options.
 */
import type { Askable } from '../askable.ts';
import { splitSymbols } from '../scoring/score.ts';

/** Names of fields, where they are not recognised by themselves. */
export interface FieldNames {
  readonly source?: string;
  readonly query?: string;
  readonly gold?: string;
  readonly output?: string;
  /** How symbols stand in the texts; default: what the task and the text itself suggest. */
  readonly symbols?: SymbolLayout;
}

export type SymbolLayout = 'characters' | 'blanks' | 'lines';

/** A recorded question and its answer. */
export interface Recorded {
  readonly source: readonly string[];
  readonly query: string | null;
  readonly gold: readonly string[];
  /** As it was recorded, whole; null where nothing came. */
  readonly output: string | null;
  /** What the authors' own cleaning made of it, if that was recorded. */
  readonly cleaned: string | null;
  /** The recorded answer between tags, or first character: what the authors compare for instruct models. */
  readonly prediction: string | null;
  readonly layout: SymbolLayout;
}

/** Why a line is no record. */
export interface BadRecord {
  readonly reason: string;
}

const SOURCES = ['input', 'input_text', 'source'];
const GOLDS = ['gold_ans_char', 'gold_ans', 'target', 'answer', 'gold'];
const OUTPUTS = ['full_output', 'full_answer', 'output', 'predicted', 'prediction', 'response'];

type Fields = Readonly<Record<string, unknown>>;

export function readRecord(line: string, task: Askable, names: FieldNames): Recorded | BadRecord {
  const read = parsed(line);
  if ('reason' in read) return read;
  const { fields } = read;
  const sourceField = pick(fields, names.source, SOURCES);
  const goldField = pick(fields, names.gold, GOLDS);
  const outputField = pick(fields, names.output, OUTPUTS);
  const missing = [
    { what: 'source', option: '--source-field', name: sourceField },
    { what: 'right answer', option: '--gold-field', name: goldField },
    { what: 'output', option: '--output-field', name: outputField },
  ].find(({ name }) => name === undefined);
  if (missing !== undefined) return { reason: missingField(missing.what, missing.option, fields) };
  const named = [sourceField, goldField, outputField] as [string, string, string];
  return built(fields, named, task, names);
}

function built(
  fields: Fields,
  [sourceField, goldField, outputField]: [string, string, string],
  task: Askable,
  names: FieldNames,
): Recorded | BadRecord {
  const [input, goldValue, output] = [fields[sourceField], fields[goldField], fields[outputField]];
  if (!isText(input)) return { reason: `the field '${sourceField}' is neither text nor a list of texts` };
  if (!isText(goldValue)) return { reason: `the field '${goldField}' is neither text nor a list of texts` };
  if (output !== null && !isText(output)) {
    return { reason: `the field '${outputField}' is neither text nor a list of texts` };
  }
  const asked = questionOf(input, textOf(fields, names.query ?? 'query'), task);
  const layout = names.symbols ?? layoutOf(asked.source, task);
  const gold = symbolsOf(goldValue, layout);
  if (gold.length === 0) return { reason: `the field '${goldField}' is empty: there is no right answer` };
  return {
    source: symbolsOf(asked.source, layout),
    query: asked.query,
    gold,
    output: output === null ? null : joined(output, layout),
    cleaned: textOf(fields, 'cleaned'),
    prediction: textOf(fields, 'prediction'),
    layout,
  };
}

/** The text around the query taken off: `context|query`, `context||query` (fine-tuned models), `text>` (their copies). */
function questionOf(
  input: string | readonly string[],
  query: string | null,
  task: Askable,
): { source: string | readonly string[]; query: string | null } {
  if (typeof input !== 'string') return { source: input, query };
  if (task.family === 'retrieval' && query === null) {
    const bar = input.lastIndexOf('|');
    if (bar !== -1) {
      const context = input.slice(0, input[bar - 1] === '|' ? bar - 1 : bar);
      return { source: context, query: input.slice(bar + 1).trim() };
    }
  }
  const copied = task.family === 'copying' && task.joiner === ' ' && input.endsWith('>');
  return { source: copied ? input.slice(0, -1) : input, query };
}

/** Lines for the tasks over lines (words for a text in one line); else what stands between blanks, if there are any, else characters. */
function layoutOf(source: string | readonly string[], task: Askable): SymbolLayout {
  const oneLine = typeof source === 'string' && !source.trim().includes('\n');
  if (task.joiner === '\n' && !(task.shape === 'text' && oneLine)) return 'lines';
  return typeof source !== 'string' || /\S\s+\S/u.test(source) ? 'blanks' : 'characters';
}

/** What stands between two symbols in that layout. */
export function joinerOf(layout: SymbolLayout): '' | ' ' | '\n' {
  return layout === 'lines' ? '\n' : layout === 'blanks' ? ' ' : '';
}

function symbolsOf(value: string | readonly string[], layout: SymbolLayout): readonly string[] {
  return typeof value === 'string' ? splitSymbols(value, joinerOf(layout)) : value;
}

function joined(value: string | readonly string[], layout: SymbolLayout): string {
  return typeof value === 'string' ? value : value.join(joinerOf(layout));
}

function parsed(line: string): { readonly fields: Fields } | BadRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { reason: `no JSON: ${(error as Error).message}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { reason: 'JSON, but no object with fields' };
  }
  return { fields: value as Fields };
}

function pick(fields: Fields, wanted: string | undefined, known: readonly string[]): string | undefined {
  const candidates = wanted === undefined ? known : [wanted];
  return candidates.find((name) => fields[name] !== undefined);
}

function missingField(what: string, option: string, fields: Fields): string {
  const names = Object.keys(fields).slice(0, 12).join(', ');
  return `no field with the ${what}; its fields are: ${names === '' ? 'none' : names} (name one with ${option})`;
}

function isText(value: unknown): value is string | readonly string[] {
  return (
    typeof value === 'string' || (Array.isArray(value) && value.every((part) => typeof part === 'string'))
  );
}

function textOf(fields: Fields, name: string): string | null {
  const value = fields[name];
  return typeof value === 'string' ? value : null;
}
