/** The output of a recorded sample, as any respondent gives it: raw, with all that was recorded beside it. */
import { isRecord } from '../../common/json.ts';
import { numberIn } from '../../common/written-number.ts';
import { errorKinds } from '../../score/errors/index.ts';
import { failureKinds, textOutput } from '../../score/output.ts';
import type { FailureKind, Output } from '../../score/output.ts';
import { listText } from '../../score/reading/list-items.ts';
import type { SymbolsWritten } from '../../score/reading/list-items.ts';
import { textsIn } from '../../score/reading/shown-value.ts';
import { asInSource, at, holdsAnswers, valuesTo } from './fields.ts';
import type { Fields, Text } from './fields.ts';
import type { OutputField } from './output-field.ts';
import { allMerged, answersIn, besideAnswer, errorIn, failureIn, repliesIn } from './reply.ts';
import type { Reply } from './reply.ts';

/** What a record's output answers, and how its symbols are written. */
export interface SampleWritten {
  readonly source: readonly string[];
  readonly written: SymbolsWritten;
}

const NO_SAMPLE: SampleWritten = { source: [], written: { joiner: '', lead: '', trail: '' } };

/** The error of a record without an output, and without a reason for having none. */
export const NOTHING = 'no output is recorded';

/**
 * Text, thoughts, refusal, finish reason, counts of tokens and error of a record; null where its field is in no form
 * that is known. As many as were recorded: one, or several choices. Where neither an output nor a reason for having none is recorded, that is the error.
 * @param from the field that has the output; none: there is none
 * @param sample its source, and what stands between and around symbols that are recorded one by one
 */
export function recordedOutputs(
  fields: Fields,
  { field }: Pick<OutputField, 'field'>,
  { source, written }: SampleWritten = NO_SAMPLE,
): readonly Output[] | null {
  const [, ...way] = field === undefined ? [] : valuesTo(fields, field);
  const recorded = asInSource(way.pop() ?? null, source);
  const ofAnswers = field !== undefined && holdsAnswers(field);
  // A tool that writes tables has made a text of the list of answers.
  const value = ofAnswers && typeof recorded === 'string' ? (textsIn(recorded) ?? recorded) : recorded;
  const areAnswers = ofAnswers && Array.isArray(value);
  const said = (areAnswers ? answersIn(value) : null) ?? repliesIn(value);
  if (said === null) return null;
  // What is said beside the answer stands around it: in the message, the choice, the reply, the record.
  const around = [...way.filter(isRecord).toReversed().map(besideAnswer), ofRecord(fields)];
  return around.reduce(allMerged, said).map((reply) => outputOf(reply, fields, written));
}

function outputOf(reply: Reply, fields: Fields, written: SymbolsWritten): Output {
  const { error, refusal, thoughts, promptTokens, completionTokens } = reply;
  const text = reply.text === null ? null : joined(reply.text, written);
  const isNothing = [text, refusal, thoughts].every((each) => (each ?? '') === '');
  const finishReason = (isNothing ? reply.unsaid : null) ?? reply.finishReason;
  const silent = [text, refusal, thoughts, finishReason].every((each) => each === null);
  const failed = error ?? (silent ? (failureIn(fields) ?? NOTHING) : null);
  return textOutput('', {
    text: failed !== null && text === '' ? null : text,
    thoughts,
    refusal,
    finishReason,
    promptTokens,
    completionTokens,
    tokenLimit: count(fields, TOKEN_LIMITS),
    promptIds: ids(fields, ['promptIds', 'prompt_token_ids']),
    outputIds: ids(fields, ['outputIds', 'output_token_ids']),
    latencyMs: latency(fields),
    attempts: count(fields, ['attempts']) ?? 1,
    error: failed,
    failure: failed === null ? null : (kindOf(fields) ?? 'server'),
  });
}

/** Our own rows name the kind of a failure; of others nobody knows it, and they are taken for a server's trouble. */
function kindOf({ failure }: Fields): FailureKind | undefined {
  return failureKinds.find((kind) => kind === failure);
}

/** Our own rows name the kind of a wrong answer in the field that others have for failures, and failures in one of their own. */
function ofRecord(fields: Fields): Reply {
  const { error, failure, reason } = fields;
  const beside = besideAnswer(fields);
  if (typeof failure === 'string' && typeof reason === 'string') return { ...beside, error: reason };
  const kind = typeof error === 'string' && Object.hasOwn(errorKinds, error);
  return { ...beside, error: kind ? null : errorIn(error) };
}

function joined(value: Text, written: SymbolsWritten): string {
  if (typeof value === 'string') return value;
  return value.length === 0 ? '' : listText(value, written);
}

const TOKEN_LIMITS = ['tokenLimit', 'max_tokens', 'max_completion_tokens', 'max_new_tokens', 'maxTokens'];

function count(fields: Fields, names: readonly string[]): number | null {
  const found = names.map((name) => numberIn(at(fields, name))).find((value) => Number.isSafeInteger(value));
  return found != null && found >= 0 ? found : null;
}

function ids(fields: Fields, names: readonly string[]): readonly number[] | null {
  const found = names.map((name) => at(fields, name)).find(Array.isArray) as unknown[] | undefined;
  const numbers = found?.map(numberIn) ?? [null];
  return numbers.every((id) => Number.isSafeInteger(id)) ? (numbers as number[]) : null;
}

function latency({ latencyMs }: Fields): number | null {
  const found = numberIn(latencyMs);
  return found !== null && found >= 0 ? found : null;
}
