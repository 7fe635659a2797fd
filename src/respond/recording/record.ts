/**
 * One line of recorded outputs: which of its fields is what. The field names of the paper's authors are recognised
 * (their files of retrieval, copying, git histories, texts and fine-tuned models), and those of our own rows; others
 * are named by options.
 */
import type { Askable } from '../../prompt/askable.ts';
import { isRecord } from '../../common/json.ts';
import { numberIn } from '../../common/written-number.ts';
import { textOutput } from '../../score/output.ts';
import type { Output } from '../../score/output.ts';
import { behindPrompt } from '../../score/reading/filters/echo.ts';
import { inTypeOf } from '../../score/reading/shown-value.ts';
import { asInSource, asText, at, GOLDS, oneTextAt, pick, SOURCES } from './fields.ts';
import type { FieldNames, Fields, Text } from './fields.ts';
import type { FileSymbols, SymbolLayout } from './list-form.ts';
import { sampleNumberIn, taskNamedIn } from './named-row.ts';
import { NOTHING, recordedOutputs } from './output.ts';
import type { OutputField } from './output-field.ts';
import { textAt } from './output-forms.ts';
import { answerNamedIn } from './reply.ts';
import { answerSymbols, elided, listedText, mayBeLists, missingField, notText, sampleIn } from './sample.ts';
import type { RecordedSample } from './sample.ts';
import { writtenLike } from './written.ts';
import type { RecordedSymbols } from './written.ts';

export type { FieldNames } from './fields.ts';
export type { GivenLayout } from './layouts.ts';

/** A recorded sample and its output. */
export interface Recorded {
  readonly source: readonly string[];
  readonly query: string | null;
  /** The source as it is written; null where it is a list of symbols. */
  readonly sourceText: string | null;
  /** A list of symbols as it was recorded, where that is a text: an array as Python shows it. */
  readonly sourceShown: string | null;
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
  /** Of its answers. */
  readonly layout: SymbolLayout;
  /** What stands between and around the symbols of the right answer, and whether it may be any list of them. */
  readonly written: RecordedSymbols;
  /** Which sample it was, where a row that names its task says so; null otherwise. */
  readonly asked: AskedRecord | null;
  /** What was sent; '' where it is not recorded. */
  readonly prompt: string;
  readonly system: string | null;
  /** Which of several answers to the sample it is, from 0. */
  readonly repeat: number;
  /** The field that the output was read from, and one beside it that turned out to be the right answer. */
  readonly from: OutputField;
  /** Why it has no output, where it has no field for one or none that can be read: it counts as failed beside others that have. */
  readonly lacks: string | null;
  /** Why it has no right answer, where its field is missing or has none that can be read: beside others that have, the oracle's counts. */
  readonly lacksGold: string | null;
}

export interface AskedRecord {
  /** null where the row has no number of its sample. */
  readonly index: number | null;
  /** null where only the place among the record's answers tells it. */
  readonly repeat: number | null;
}

/** Why a line is no record. */
export interface BadRecord {
  readonly reason: string;
}

/**
 * The sample and its output in the fields of a record, once for each of its answers; or why there is none.
 * @param from which fields have the output and the right answer, as all records of the file tell it
 * @param file how symbols are written, as all of them tell it
 */
export function readRecord(
  fields: Fields,
  task: Askable,
  names: FieldNames,
  from: OutputField,
  file: FileSymbols = {},
): readonly Recorded[] | BadRecord {
  const sample = sampleIn(fields, task, names, file);
  if ('reason' in sample) return sample;
  const { source, query, layout, text: sourceText, shown: sourceShown } = sample;
  const gold = rightAnswerIn(fields, task, names, from, sample);
  const written = {
    ...writtenLike(layout, task, [gold.isList ? null : gold.goldText, sourceText]),
    isList: sample.isList || (gold.isList && mayBeLists(task, names)),
  };
  const readable = recordedOutputs(fields, from, { written, source });
  const unreadable = readable === null ? notReply(from.field ?? '', fields) : null;
  const outputs = readable ?? [textOutput('', { text: null, error: unreadable, failure: 'server' })];
  const isThere = from.field !== undefined && at(fields, from.field) !== undefined;
  const nothing = !isThere && outputs[0].error === NOTHING;
  const sent = sentIn(fields, outputs, names);
  return outputs.map((output, repeat) => ({
    source,
    query,
    sourceText,
    sourceShown,
    gold: gold.gold,
    goldText: gold.goldText,
    lacksGold: gold.reason ?? null,
    output,
    cleaned: names.output === undefined ? oneTextAt(fields, 'cleaned') : null,
    prediction: oneTextAt(fields, 'prediction'),
    layout,
    written,
    asked: askedIn(fields),
    ...sent,
    repeat,
    from,
    lacks: nothing ? missingField('output', '--output-field', fields) : unreadable,
  }));
}

interface RightAnswer extends Pick<Recorded, 'gold' | 'goldText'> {
  /** Whether its symbols are items of a list: in JSON, or an array that was written as a text. */
  readonly isList: boolean;
  /** Why there is none that can be read. */
  readonly reason?: string;
}

const NO_GOLD: RightAnswer = { gold: null, goldText: null, isList: false };

/** The right answer that is recorded, or why there is none that can be read. A name that was given has to be there. */
function rightAnswerIn(
  fields: Fields,
  task: Askable,
  names: FieldNames,
  from: OutputField,
  { source, layout, text: sourceText, isList }: RecordedSample,
): RightAnswer {
  const field =
    pick(fields, names.gold, [...GOLDS, task.name]) ?? pick(fields, from.reference ?? undefined, []);
  if (field === undefined) {
    return names.gold === undefined
      ? NO_GOLD
      : { ...NO_GOLD, reason: missingField('right answer', '--gold-field', fields) };
  }
  const value = asInSource(at(fields, field) ?? null, source);
  const isReference = field === from.reference;
  const plain = asText(value) ?? (isReference ? textAt(fields, field) : null);
  const text = isReference && sourceText !== null ? oneOf(plain) : plain;
  if (text === null) return value === null ? NO_GOLD : { ...NO_GOLD, ...notText(field) };
  const listed = listedText(text, task, names, source);
  if (listed === null) return { ...NO_GOLD, ...elided(field) };
  const symbols = answerSymbols(listed, layout, source);
  const gold = isList ? inTypeOf(symbols, source) : symbols;
  if (gold.length === 0)
    return { ...NO_GOLD, reason: `the field '${field}' is empty: there is no right answer` };
  return { gold, goldText: typeof text === 'string' ? text : null, isList: typeof listed !== 'string' };
}

/** A list of one text is that text: RULER's references. */
function oneOf(text: Text | null): Text | null {
  return Array.isArray(text) && text.length === 1 ? (text as string[])[0] : text;
}

function askedIn(fields: Fields): AskedRecord | null {
  if (taskNamedIn(fields) === null) return null;
  return {
    index: sampleNumberIn(fields),
    repeat: numberIn(fields.repeat),
  };
}

/** Where records have what was sent, as one text: the first is also our own rows'; the last are promptfoo's, HELM's and lm-evaluation-harness's. */
const PROMPTS = [
  ...['prompt', 'full_prompt', 'formatted_prompt', 'prompt_text', 'input_prompt', 'rendered_prompt'],
  ...['prompt.raw', 'request.prompt', 'arguments.gen_args_0.arg_0', 'arguments.0.0'],
];

/** Where the prompt is, too, beside a source in a field of another name: told by an output that begins with it. */
const INPUTS = ['input', 'inputs', 'text'];

function sentIn(
  fields: Fields,
  outputs: readonly Output[],
  names: FieldNames,
): Pick<Recorded, 'prompt' | 'system'> {
  const textIn = (name: string): unknown => at(fields, name);
  const isGivenBack = (value: unknown): boolean =>
    typeof value === 'string' && outputs.some(({ text }) => behindPrompt(text ?? '', value.trim()) !== null);
  const source = pick(fields, names.source, SOURCES);
  const others = INPUTS.filter((name) => name !== source).map(textIn);
  const prompt = PROMPTS.map(textIn).find((value) => typeof value === 'string') ?? others.find(isGivenBack);
  const { system } = fields;
  return {
    prompt: typeof prompt === 'string' ? prompt.toWellFormed() : '',
    system: typeof system === 'string' ? system.toWellFormed() : null,
  };
}

function notReply(field: string, fields: Fields): string {
  const value = at(fields, field);
  const answer = isRecord(value) ? answerNamedIn(value) : null;
  const wayOut = answer === null ? '' : `: name the answer in it with --output-field ${field}.${answer}`;
  return `the field '${field}' is neither a text, a list of texts, parts of a message, nor a reply${wayOut}`;
}
