/**
 * One line of recorded outputs: which of its fields is what. The field names of the paper's authors are recognised
 * (their files of retrieval, copying, git histories, texts and fine-tuned models), and those of our own rows; others
 * are named by options.
 */
import type { Askable } from '../../prompt/askable.ts';
import type { Output } from '../../score/output.ts';
import { asText, at, GOLDS, oneTextAt, pick } from './fields.ts';
import type { FieldNames, Fields, SymbolLayout, Text } from './fields.ts';
import { sampleNumberIn, taskNamedIn } from './named-row.ts';
import { NOTHING, recordedOutputs } from './output.ts';
import type { OutputField } from './output-field.ts';
import { textAt } from './output-forms.ts';
import { joinerOf, missingField, notText, sampleIn, symbolsOf } from './sample.ts';

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
  /** Which sample it was and what was sent, where a row that names its task says so; null otherwise. */
  readonly asked: AskedRecord | null;
  /** Which of several answers to the sample it is, from 0. */
  readonly repeat: number;
  /** The field that the output was read from, and one beside it that turned out to be the right answer. */
  readonly from: OutputField;
  /** Why it has no output, where it has no field for one: it counts as failed beside others that have. */
  readonly lacks: string | null;
}

export interface AskedRecord {
  /** null where the row has no number of its sample. */
  readonly index: number | null;
  /** null where only the place among the record's answers tells it. */
  readonly repeat: number | null;
  /** '' where it is not recorded. */
  readonly prompt: string;
  readonly system: string | null;
}

/** Why a line is no record. */
export interface BadRecord {
  readonly reason: string;
}

/**
 * The sample and its output in the fields of a record, once for each of its answers; or why there is none.
 * @param from which fields have the output and the right answer, as all records of the file tell it
 */
export function readRecord(
  fields: Fields,
  task: Askable,
  names: FieldNames,
  from: OutputField,
): readonly Recorded[] | BadRecord {
  const sample = sampleIn(fields, task, names);
  if ('reason' in sample) return sample;
  const { source, query, layout, isText } = sample;
  const recordedGold = pick(fields, names.gold, [...GOLDS, task.name]);
  const goldField = recordedGold ?? pick(fields, from.reference ?? undefined, []);
  const outputs = recordedOutputs(fields, from, joinerOf(layout));
  if (outputs === null) return notReply(from.field ?? '');
  const isThere = from.field !== undefined && at(fields, from.field) !== undefined;
  const nothing = !isThere && outputs[0].error === NOTHING;
  // Without any right answer the oracle's is taken, but a name that was given has to be there.
  // A line with neither right answer nor output is none.
  if (goldField === undefined && names.gold !== undefined) {
    return { reason: missingField('right answer', '--gold-field', fields) };
  }
  if (goldField === undefined && nothing) return { reason: missingField('output', '--output-field', fields) };
  const goldValue = goldField === undefined ? null : (at(fields, goldField) ?? null);
  const isReference = goldField !== undefined && goldField === from.reference;
  const plain = asText(goldValue) ?? (isReference ? textAt(fields, goldField) : null);
  const goldText = isReference && isText ? oneOf(plain) : plain;
  if (goldField !== undefined && goldText === null && goldValue !== null) return notText(goldField);
  const gold = goldText === null ? null : symbolsOf(goldText, layout);
  if (gold?.length === 0) return { reason: `the field '${goldField}' is empty: there is no right answer` };
  return outputs.map((output, repeat) => ({
    source,
    query,
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

/** A list of one text is that text: RULER's references. */
function oneOf(text: Text | null): Text | null {
  return Array.isArray(text) && text.length === 1 ? (text as string[])[0] : text;
}

/** Rows of `export --table samples` and samples of `tasks export` have the prompt beside the number of the sample. */
function askedIn(fields: Fields): AskedRecord | null {
  const { repeat, prompt, system } = fields;
  if (taskNamedIn(fields) === null) return null;
  return {
    index: sampleNumberIn(fields),
    repeat: typeof repeat === 'number' ? repeat : null,
    prompt: typeof prompt === 'string' ? prompt : '',
    system: typeof system === 'string' ? system : null,
  };
}

function notReply(field: string): BadRecord {
  return {
    reason: `the field '${field}' is neither a text, a list of texts, parts of a message, nor a reply`,
  };
}
