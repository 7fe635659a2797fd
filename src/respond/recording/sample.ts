/** The sample in the fields of a record: its source and query, and how symbols stand in its texts. */
import type { Askable } from '../../prompt/askable.ts';
import type { SymbolsWritten } from '../../score/reading/list-items.ts';
import { inTypeOf, isElidedText, shownValue } from '../../score/reading/shown-value.ts';
import { splitSymbols } from '../../score/reading/symbols.ts';
import { asInSource, asOneText, asText, at, GOLDS, numbersIn, pick, QUERIES, SOURCES } from './fields.ts';
import { markIn } from './layouts.ts';
import type { FieldNames, Fields, Text } from './fields.ts';
import { symbolsInList } from './list-form.ts';
import type { FileSymbols, SymbolLayout } from './list-form.ts';
import { wholeNumbers } from './whole-numbers.ts';

export interface RecordedSample {
  readonly source: readonly string[];
  readonly query: string | null;
  /** Of its answers. */
  readonly layout: SymbolLayout;
  /** The source as it is written; null where it is a list of symbols. */
  readonly text: string | null;
  /** A list of symbols as it was recorded, where that is a text: an array as Python shows it. */
  readonly shown: string | null;
  /** Whether its symbols are items of a list, in JSON or in a text, so that any list of them is an answer. */
  readonly isList: boolean;
}

/** Marks before a text and after it that are no part of it: the authors' texts of two seeds begin with one. */
const MARK_BEFORE = /^(?:<\|begin_of_text\|>|<\|startoftext\|>|<bos>|<s>)\s*/;
const MARK_AFTER = /(?:<end>|<eos>|<\|endoftext\|>|<\|end_of_text\|>|<\|eot_id\|>|<\|im_end\|>|<\/s>)$/;

/** Layouts that need nothing but their name. */
const GIVEN_LAYOUTS = ['characters', 'blanks', 'lines'] as const;

/** What a record asks: the text of its source, and the query that is named in it or beside it. */
export interface RecordedQuestion {
  /** The field that has the source. */
  readonly field: string;
  readonly source: Text;
  /** The source as it was recorded, where it is a list that was written as a text. */
  readonly shown: string | null;
  readonly query: string | null;
}

export function questionIn(
  fields: Fields,
  task: Askable,
  names: FieldNames,
): RecordedQuestion | { readonly reason: string } {
  const field = pick(fields, names.source, SOURCES);
  if (field === undefined) return { reason: missingField('source', '--source-field', fields) };
  const input = asText(at(fields, field) ?? null);
  if (input === null) return notText(field);
  const written = typeof input === 'string' ? withoutMarks(input) : input;
  const plain = mayBeLists(task, names) ? wholeNumbers(written, textsBeside(fields, task, names)) : written;
  const query = queryIn(fields, task, names, plain);
  if (query !== null && typeof query !== 'string') return query;
  const whole = listedText(plain, task, names);
  if (typeof plain === 'string' && typeof whole === 'object' && whole !== null)
    return { field, source: whole, shown: plain, query };
  const question = questionOf(plain, query, task);
  const source = listedText(question.source, task, names);
  if (source === null) return elided(field);
  const shown = typeof question.source === 'string' && typeof source !== 'string' ? question.source : null;
  return { field, source, shown, query: question.query };
}

/**
 * The sample, or why there is none.
 * @param file how all records of the file write symbols
 */
export function sampleIn(
  fields: Fields,
  task: Askable,
  names: FieldNames,
  file: FileSymbols,
): RecordedSample | { readonly reason: string } {
  const question = questionIn(fields, task, names);
  if ('reason' in question) return question;
  const { field, shown } = question;
  const given = GIVEN_LAYOUTS.find((layout) => layout === names.symbols);
  const layout = file.sources ?? given ?? layoutOf(question.source, task);
  const source = symbolsOf(question.source, layout);
  if (source.length === 0) return { reason: `the field '${field}' is empty: there is no source` };
  if (question.query === null && task.family === 'retrieval') {
    return { reason: missingField('query', '--query-field', fields) };
  }
  const text = typeof question.source === 'string' ? question.source : null;
  const areItems = text === null || file.sources !== undefined || typeof file.answers === 'object';
  const isList = areItems && mayBeLists(task, names);
  const query = question.query !== null && isList ? symbolIn(question.query, source) : question.query;
  return { source, query, layout: file.answers ?? layout, text, shown, isList };
}

/**
 * A recorded text, or the list that it is where numpy wrote an array as a text (`[4 8 3]`), or Python did (`array([4, 8])`). null where the
 * middle of the array is left out.
 * @param source what its numbers are symbols of, where it is not the source itself
 */
export function listedText(text: Text, task: Askable, names: FieldNames, source: Text = []): Text | null {
  if (typeof text !== 'string' || !mayBeLists(task, names)) return text;
  return isElidedText(text) ? null : (shownValue(text, numbersIn(source)) ?? text);
}

/** Why a text is neither a source nor a right answer. */
export function elided(field: string): { readonly reason: string } {
  return {
    reason: `the field '${field}' is an array whose middle is left out ('...'): write the whole of it, as a list (in Python: array.tolist())`,
  };
}

/** Whether answers may be lists: only symbols are, and how they stand may have been named. */
export function mayBeLists(task: Askable, { symbols }: FieldNames): boolean {
  if (symbols === undefined) return task.joiner === ' ';
  return symbols === 'commas' || markIn(symbols) !== null;
}

/** The query and the right answer of a record, as far as they are texts. */
function textsBeside(fields: Fields, task: Askable, names: FieldNames): readonly string[] {
  const beside = [pick(fields, names.query, QUERIES), pick(fields, names.gold, [...GOLDS, task.name])];
  const values = beside.flatMap((field) => (field === undefined ? [] : [at(fields, field)]));
  return values.flat().filter((value) => typeof value === 'string');
}

/** The query, null where there is none, or why it can't be one. */
function queryIn(
  fields: Fields,
  task: Askable,
  names: FieldNames,
  source: Text,
): string | null | { readonly reason: string } {
  const field = pick(fields, names.query, QUERIES);
  if (field === undefined || at(fields, field) === null) return null;
  const text = asOneText(asInSource(at(fields, field), source));
  if (text === null) return { reason: `the field '${field}' is not one text: a record has one query` };
  const shown = mayBeLists(task, names) ? (shownValue(text, numbersIn(source)) ?? text) : text;
  return typeof shown === 'string' ? shown : shown.length === 1 ? shown[0] : text;
}

/** A recorded text without a mark before it and one after it. */
export function withoutMarks(text: string): string {
  const behind = text.replace(MARK_BEFORE, '');
  const end = behind.trimEnd(); // a pattern for white space before the mark would look from every blank on
  const mark = MARK_AFTER.exec(end);
  return mark === null ? behind : end.slice(0, mark.index).trimEnd();
}

/** The text around the query taken off: `context|query`, `context||query` (fine-tuned models), `text>` (their copies). */
function questionOf(
  input: Text,
  query: string | null,
  task: Askable,
): { source: Text; query: string | null } {
  if (typeof input !== 'string') return { source: input, query };
  if (task.family === 'retrieval' && task.joiner === ' ') {
    const bar = input.lastIndexOf('|');
    const behind = input.slice(bar + 1).trim();
    // With the query beside it, a text with several bars is a list of symbols.
    const isOnly = input.indexOf('|') === bar || input.indexOf('||') === bar - 1;
    if (bar !== -1 && (query === null || (query === behind && isOnly))) {
      return { source: input.slice(0, input[bar - 1] === '|' ? bar - 1 : bar), query: behind };
    }
  }
  const copied = task.family === 'copying' && task.joiner === ' ' && input.endsWith('>');
  return { source: copied ? input.slice(0, -1) : input, query };
}

/** Lines for the tasks over lines (words for a text in one line); else what stands between blanks, if there are any, else characters. */
export function layoutOf(source: Text, task: Askable): SymbolLayout {
  const oneLine = typeof source === 'string' && !source.trim().includes('\n');
  if (task.joiner === '\n' && !(task.shape === 'text' && oneLine)) return 'lines';
  return typeof source !== 'string' || /\S\s+\S/u.test(source) ? 'blanks' : 'characters';
}

/** What stands between two symbols in that layout, before the first and after the last. */
export function writtenIn(layout: SymbolLayout): SymbolsWritten {
  if (typeof layout === 'object') return layout;
  return { joiner: layout === 'lines' ? '\n' : layout === 'blanks' ? ' ' : '', lead: '', trail: '' };
}

/** The symbols of a text without the marks around it. */
export function symbolsOf(value: Text, layout: SymbolLayout): readonly string[] {
  if (typeof value !== 'string') return value;
  const text = withoutMarks(value);
  return typeof layout === 'object'
    ? symbolsInList(text, layout)
    : splitSymbols(text, writtenIn(layout).joiner);
}

/** The symbols of a right answer: one, where it is a symbol of the source as it stands, quotation marks and commas in it or not. */
export function answerSymbols(
  value: Text,
  layout: SymbolLayout,
  source: readonly string[],
): readonly string[] {
  return typeof value === 'string' && source.includes(value) ? [value] : symbolsOf(value, layout);
}

/** A text as the symbol of a list that it is: where its symbols are numbers of another type, 3.0 is 3. */
export function symbolIn(text: string, source: readonly string[]): string {
  return source.includes(text) ? text : inTypeOf([text], source)[0];
}

export function notText(field: string): { readonly reason: string } {
  return { reason: `the field '${field}' is neither text nor a list of texts` };
}

export function missingField(what: string, option: string, fields: Fields): string {
  const names = Object.keys(fields).slice(0, 12).join(', ');
  return `no field with the ${what}; its fields are: ${names === '' ? 'none' : names} (name one with ${option})`;
}
