/**
 * Which field of a record is the model's output. Some names are those of outputs in one tool's files and of right answers
 * in another's: RULER's `outputs` and Alpaca's `output` are references, and the model's output stands in `pred` or
 * `prediction`. Where two fields differ and nothing tells which is which, nothing is guessed.
 */
import { isRecord } from '../../common/json.ts';
import { at, OUTPUTS, pick } from './fields.ts';
import type { FieldNames, Fields } from './fields.ts';
import { repliesIn } from './reply.ts';

export interface OutputField {
  /** undefined: there is none. */
  readonly field: string | undefined;
  /** The field beside it that looks like an output and holds the right answer; null where none does. */
  readonly reference: string | null;
}

/** Two fields that may both be it. */
export interface Undecided {
  readonly undecided: readonly [string, string];
}

/** What else is known of the record. */
export interface RecordFacts {
  /** Whether a field of its own has the right answer. */
  readonly hasGold: boolean;
  /** Whether a text is the right answer by the task's oracle. */
  readonly isRight: (text: string) => boolean;
}

/** The paper's: whole outputs, whatever was taken out of them stands beside. */
const WHOLE = ['full_output', 'full_answer'];

/** Names that data sets also give their right answers. */
const EITHER = ['output', 'response', 'completion', 'outputs', 'messages'];

/** The field with the output, by its name, by the others of the record, by the oracle. */
export function outputField(fields: Fields, names: FieldNames, facts: RecordFacts): OutputField | Undecided {
  const first = pick(fields, names.output, OUTPUTS);
  const decided = { field: first, reference: null };
  if (names.output !== undefined || first === undefined || WHOLE.includes(first)) return decided;
  const ruler = at(fields, 'outputs') !== undefined && at(fields, 'pred') !== undefined;
  if (ruler) return { field: 'pred', reference: 'outputs' };
  const there = candidates(fields);
  const models = there.filter(({ name }) => !EITHER.includes(name));
  const others = there.filter((each) => !models.includes(each) && each.text !== models.at(0)?.text);
  const differing = models.find(({ text }) => text !== models[0].text) ?? others.at(0);
  if (there.length < 2 || differing === undefined) return { ...decided, field: models.at(0)?.name ?? first };
  const alike = others.every(({ text }) => text === others[0].text);
  if (models.length === 0) return alike ? decided : { undecided: twoOf(others) };
  const areReferences =
    'instruction' in fields || (!facts.hasGold && others.every(({ text }) => facts.isRight(text)));
  if (models.includes(differing) || !alike || !areReferences) {
    return { undecided: [models[0].name, differing.name] };
  }
  return { field: models[0].name, reference: others[0].name };
}

interface Candidate {
  readonly name: string;
  readonly text: string;
}

/** Fields that hold something. Whole replies of servers are outputs, and what else there is was taken out of them. */
function candidates(fields: Fields): readonly Candidate[] {
  const names = OUTPUTS.filter((name) => (at(fields, name) ?? null) !== null);
  if (names.length < 2) return []; // nearly every record
  const replies = names.filter((name) => isReply(at(fields, name)));
  // lm-evaluation-harness: what its filters left of the outputs.
  const whole = names.filter((name) => name !== 'filtered_resps' || !names.includes('resps'));
  return (replies.length > 0 ? replies : whole).map((name) => ({ name, text: textAt(fields, name) }));
}

function isReply(value: unknown): boolean {
  return (
    isRecord(value) || (Array.isArray(value) && value.some((each) => isRecord(each) && !('role' in each)))
  );
}

/** All that a field says, whatever form it has. */
export function textAt(fields: Fields, name: string): string {
  const texts = (repliesIn(at(fields, name)) ?? []).map(({ text }) =>
    Array.isArray(text) ? text.join(' ') : text,
  );
  return texts.join('\n').trim();
}

function twoOf(candidates: readonly Candidate[]): readonly [string, string] {
  const [first, ...rest] = candidates;
  return [first.name, (rest.find(({ text }) => text !== first.text) ?? first).name];
}
