/**
 * One line of recorded outputs: which of its fields is what. The field names of the paper's authors are recognised
 * (their files of retrieval, copying, git histories, texts and fine-tuned models), and those of our own rows; others
 * are named by options.
 */
import { isRecord } from '../../common/json.ts';
import type { Askable } from '../../prompt/askable.ts';
import type { Output } from '../../score/output.ts';
import { splitSymbols } from '../../score/reading/symbols.ts';
import { asText, at, GOLDS, oneTextAt, pick, QUERIES, SOURCES } from './fields.ts';
import type { FieldNames, Fields, SymbolLayout, Text } from './fields.ts';
import { NOTHING, recordedOutputs } from './output.ts';
import { outputField, textAt } from './output-field.ts';
import type { OutputField } from './output-field.ts';

export type { FieldNames, SymbolLayout } from './fields.ts';

/** A recorded sample and its output. */
export interface Recorded {
  readonly source: readonly string[];
  readonly query: string | null;
  /** null where none was recorded. */
  readonly gold: readonly string[] | null;
  /** The same as it was recorded, marks and all, where that is one text. */
  readonly goldText: string | null;
  /** As it was recorded, whole. */
  readonly output: Output;
  /** What the authors' own cleaning made of it, if that was recorded. */
  readonly cleaned: string | null;
  /** The recorded answer between tags, or first character: what the authors compare for instruct models. */
  readonly prediction: string | null;
  readonly layout: SymbolLayout;
  /** Which sample it was and what was sent, where a row of ours says so; null otherwise. */
  readonly asked: AskedRecord | null;
  /** Which of several answers to the sample it is, from 0. */
  readonly repeat: number;
  /** The field that the output was read from, and one beside it that turned out to be the right answer. */
  readonly from: OutputField;
  /** Why it has no output, where it has no field for one: it counts as failed beside others that have. */
  readonly lacks: string | null;
}

export interface AskedRecord {
  readonly index: number;
  readonly repeat: number;
  readonly prompt: string;
  readonly system: string | null;
}

/** Why a line is no record. */
export interface BadRecord {
  readonly reason: string;
  /** Whether this is to be asked of whoever has the file: nothing of it can be scored. */
  readonly undecided?: true;
}

/** Marks before a text and after it that are no part of it: the authors' texts of two seeds begin with one. */
const MARK_BEFORE = /^(?:<\|begin_of_text\|>|<\|startoftext\|>|<bos>|<s>)\s*/;
const MARK_AFTER = /\s*(?:<end>|<eos>|<\|endoftext\|>|<\|end_of_text\|>|<\|eot_id\|>|<\|im_end\|>|<\/s>)\s*$/;

/**
 * The sample and its output in the fields of a record, once for each of its answers; or why there is none.
 * @param known which fields have the output and the right answer, where other records of the file have told it
 */
export function readRecord(
  fields: Fields,
  task: Askable,
  names: FieldNames = {},
  known: OutputField | null = null,
): readonly Recorded[] | BadRecord {
  const sourceField = pick(fields, names.source, SOURCES);
  if (sourceField === undefined) return { reason: missingField('source', '--source-field', fields) };
  const input = asText(at(fields, sourceField) ?? null);
  if (input === null) return notText(sourceField);
  const asked = questionOf(
    typeof input === 'string' ? withoutMarks(input) : input,
    queryIn(fields, names),
    task,
  );
  const layout = names.symbols ?? layoutOf(asked.source, task);
  const source = symbolsOf(asked.source, layout);
  if (source.length === 0) return { reason: `the field '${sourceField}' is empty: there is no source` };
  const recordedGold = pick(fields, names.gold, [...GOLDS, task.name]);
  const from =
    known ??
    outputField(fields, names, {
      hasGold: recordedGold !== undefined,
      isRight: (text) => isRight(symbolsOf(withoutMarks(text), layout), task.answer(source, asked.query)),
    });
  if ('undecided' in from) return twoOutputs(from.undecided);
  const goldField = recordedGold ?? pick(fields, from.reference ?? undefined, []);
  const outputs = recordedOutputs(fields, { ...names, output: from.field }, joinerOf(layout));
  if (outputs === null) return notReply(from.field ?? '');
  const isThere = from.field !== undefined && at(fields, from.field) !== undefined;
  const nothing = !isThere && outputs[0].error === NOTHING;
  // Without any right answer the oracle's is taken, but a name that was given has to be there.
  // A line with neither right answer nor output is none.
  if (goldField === undefined && (names.gold !== undefined || nothing)) {
    return { reason: missingField('right answer', '--gold-field', fields) };
  }
  const goldValue = goldField === undefined ? null : (at(fields, goldField) ?? null);
  const isReference = goldField !== undefined && goldField === from.reference;
  const plain = asText(goldValue) ?? (isReference ? textAt(fields, goldField) : null);
  const goldText = isReference && typeof input === 'string' ? oneOf(plain) : plain;
  if (goldField !== undefined && goldText === null && goldValue !== null) return notText(goldField);
  const gold =
    goldText === null
      ? null
      : symbolsOf(typeof goldText === 'string' ? withoutMarks(goldText) : goldText, layout);
  if (gold?.length === 0) return { reason: `the field '${goldField}' is empty: there is no right answer` };
  return outputs.map((output, repeat) => ({
    source,
    query: asked.query,
    gold,
    goldText: typeof goldText === 'string' ? goldText : null,
    output,
    cleaned: names.output === undefined ? oneTextAt(fields, 'cleaned') : null,
    prediction: oneTextAt(fields, 'prediction'),
    layout,
    asked: askedIn(fields),
    repeat,
    from,
    lacks: nothing ? missingField('output', '--output-field', fields) : null,
  }));
}

function isRight(symbols: readonly string[], oracle: ReturnType<Askable['answer']>): boolean {
  return 'answer' in oracle && symbols.join('\n') === oracle.answer.join('\n');
}

/** A list of one text is that text: RULER's references. */
function oneOf(text: Text | null): Text | null {
  return Array.isArray(text) && text.length === 1 ? (text as string[])[0] : text;
}

function twoOutputs([one, other]: readonly [string, string]): BadRecord {
  return {
    reason: `the fields '${one}' and '${other}' may both be the model's output, and differ: name the right one with --output-field`,
    undecided: true,
  };
}

/** Rows of `export --table samples` have the template that they were asked with. */
function askedIn({ template, index, repeat, prompt, system }: Fields): AskedRecord | null {
  const isOurs = isRecord(template) && typeof index === 'number' && typeof repeat === 'number';
  if (!isOurs || typeof prompt !== 'string') return null;
  return { index, repeat, prompt, system: typeof system === 'string' ? system : null };
}

function queryIn(fields: Fields, names: FieldNames): string | null {
  const field = pick(fields, names.query, QUERIES);
  return field === undefined ? null : oneTextAt(fields, field);
}

function notReply(field: string): BadRecord {
  return {
    reason: `the field '${field}' is neither a text, a list of texts, parts of a message, nor a reply`,
  };
}

function notText(field: string): BadRecord {
  return { reason: `the field '${field}' is neither text nor a list of texts` };
}

/** A recorded text without a mark before it and one after it. */
export function withoutMarks(text: string): string {
  return text.replace(MARK_BEFORE, '').replace(MARK_AFTER, '');
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
    if (bar !== -1 && (query === null || query === behind)) {
      return { source: input.slice(0, input[bar - 1] === '|' ? bar - 1 : bar), query: behind };
    }
  }
  const copied = task.family === 'copying' && task.joiner === ' ' && input.endsWith('>');
  return { source: copied ? input.slice(0, -1) : input, query };
}

/** Lines for the tasks over lines (words for a text in one line); else what stands between blanks, if there are any, else characters. */
function layoutOf(source: Text, task: Askable): SymbolLayout {
  const oneLine = typeof source === 'string' && !source.trim().includes('\n');
  if (task.joiner === '\n' && !(task.shape === 'text' && oneLine)) return 'lines';
  return typeof source !== 'string' || /\S\s+\S/u.test(source) ? 'blanks' : 'characters';
}

/** What stands between two symbols in that layout. */
export function joinerOf(layout: SymbolLayout): '' | ' ' | '\n' {
  return layout === 'lines' ? '\n' : layout === 'blanks' ? ' ' : '';
}

function symbolsOf(value: Text, layout: SymbolLayout): readonly string[] {
  return typeof value === 'string' ? splitSymbols(value, joinerOf(layout)) : value;
}

function missingField(what: string, option: string, fields: Fields): string {
  const names = Object.keys(fields).slice(0, 12).join(', ');
  return `no field with the ${what}; its fields are: ${names === '' ? 'none' : names} (name one with ${option})`;
}
