/**
 * One line of recorded outputs: which of its fields is what. The field names of the paper's authors are recognised
 * (their files of retrieval, copying, git histories, texts and fine-tuned models), and those of our own rows; others
 * are named by options.
 */
import { errorKinds } from '../../score/errors/index.ts';
import type { Askable } from '../../prompt/askable.ts';
import { splitSymbols } from '../../score/text-score.ts';
import { asText, at, fieldsOf, oneTextAt, pick } from './fields.ts';
import type { Fields, Text } from './fields.ts';

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
  /** null where none was recorded. */
  readonly gold: readonly string[] | null;
  /** The same as it was recorded, marks and all, where that is one text. */
  readonly goldText: string | null;
  /** As it was recorded, whole; null where nothing came. */
  readonly output: string | null;
  /** Why nothing came, if that was recorded. */
  readonly failure: string | null;
  /** Whether a limit on its tokens ended the output. */
  readonly cutOff: boolean;
  /** What the authors' own cleaning made of it, if that was recorded. */
  readonly cleaned: string | null;
  /** The recorded answer between tags, or first character: what the authors compare for instruct models. */
  readonly prediction: string | null;
  readonly layout: SymbolLayout;
}

/** A recorded question with a right answer: the recorded one, or the oracle's. */
export type Scorable = Recorded & { readonly gold: readonly string[] };

/** Why a line is no record. */
export interface BadRecord {
  readonly reason: string;
}

const SOURCES = ['input', 'input_text', 'source', 'input_with_space', 'context'];
const GOLDS = ['gold_ans_char', 'gold_ans', 'target', 'answer', 'gold', 'expected'];
const OUTPUTS = [
  'full_output',
  'full_answer',
  'output',
  'predicted',
  'prediction',
  'response',
  'completion',
  'generated_text',
];
const FINISHES = ['finish_reason', 'finishReason', 'stop_reason'];

/** Whether there is a source in these fields: what a record can't be without. */
export function hasSource(fields: Fields, names: FieldNames): boolean {
  return pick(fields, names.source, SOURCES) !== undefined;
}

/** What servers say of an output that a limit on its tokens ended. */
const CUT_OFF = ['length', 'max_tokens'];

/** Marks before a text and after it that are no part of it: the authors' texts of two seeds begin with one. */
const MARK_BEFORE = /^(?:<\|begin_of_text\|>|<\|startoftext\|>|<bos>|<s>)\s*/;
const MARK_AFTER = /\s*(?:<end>|<eos>|<\|endoftext\|>|<\|end_of_text\|>|<\|eot_id\|>|<\|im_end\|>|<\/s>)\s*$/;

export function readRecord(line: string, task: Askable, names: FieldNames): Recorded | BadRecord {
  const read = fieldsOf(line);
  if ('reason' in read) return read;
  const { fields } = read;
  const sourceField = pick(fields, names.source, SOURCES);
  const goldField = pick(fields, names.gold, [...GOLDS, task.name]);
  const outputField = pick(fields, names.output, OUTPUTS);
  const failure = failureIn(fields);
  if (sourceField === undefined) return { reason: missingField('source', '--source-field', fields) };
  const noOutput = outputField === undefined && failure === null;
  // Without any right answer the oracle's is taken, but a name that was given has to be there.
  if (goldField === undefined && (names.gold !== undefined || noOutput)) {
    return { reason: missingField('right answer', '--gold-field', fields) };
  }
  if (noOutput) return { reason: missingField('output', '--output-field', fields) };
  return built(fields, { sourceField, goldField, outputField, failure }, task, names);
}

interface Found {
  readonly sourceField: string;
  readonly goldField: string | undefined;
  readonly outputField: string | undefined;
  readonly failure: string | null;
}

function built(
  fields: Fields,
  { sourceField, goldField, outputField, failure }: Found,
  task: Askable,
  names: FieldNames,
): Recorded | BadRecord {
  const valueOf = (name: string | undefined): unknown =>
    name === undefined ? null : (at(fields, name) ?? null);
  const input = asText(valueOf(sourceField));
  const [goldValue, outputValue] = [valueOf(goldField), valueOf(outputField)];
  const [goldText, outputText] = [asText(goldValue), asText(outputValue)];
  if (input === null) return notText(sourceField);
  if (goldField !== undefined && goldText === null && goldValue !== null) return notText(goldField);
  if (outputField !== undefined && outputText === null && outputValue !== null) return notText(outputField);
  const asked = questionOf(
    typeof input === 'string' ? withoutMarks(input) : input,
    oneTextAt(fields, names.query ?? 'query'),
    task,
  );
  const layout = names.symbols ?? layoutOf(asked.source, task);
  const source = symbolsOf(asked.source, layout);
  if (source.length === 0) return { reason: `the field '${sourceField}' is empty: there is no source` };
  const gold =
    goldText === null
      ? null
      : symbolsOf(typeof goldText === 'string' ? withoutMarks(goldText) : goldText, layout);
  if (gold?.length === 0) return { reason: `the field '${goldField}' is empty: there is no right answer` };
  const output = outputText === null ? null : joined(outputText, layout);
  return {
    source,
    query: asked.query,
    gold,
    goldText: typeof goldText === 'string' ? goldText : null,
    output: failure !== null && output === '' ? null : output,
    failure,
    cutOff: FINISHES.some((name) => CUT_OFF.includes(oneTextAt(fields, name) ?? '')),
    cleaned: names.output === undefined ? oneTextAt(fields, 'cleaned') : null,
    prediction: oneTextAt(fields, 'prediction'),
    layout,
  };
}

/** Why nothing came; our own rows of models name the kind of a wrong answer in the same field. */
function failureIn(fields: Fields): string | null {
  const said = oneTextAt(fields, 'error');
  return said === null || said === '' || Object.hasOwn(errorKinds, said) ? null : said;
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

function joined(value: Text, layout: SymbolLayout): string {
  return typeof value === 'string' ? value : value.join(joinerOf(layout));
}

function missingField(what: string, option: string, fields: Fields): string {
  const names = Object.keys(fields).slice(0, 12).join(', ');
  return `no field with the ${what}; its fields are: ${names === '' ? 'none' : names} (name one with ${option})`;
}
