/**
 * How recorded outputs are read. Nobody says with which prompt they were asked for, so the marks are those that the
 * field's prompts have: tags around the answer where the output has any, else a line (look-ups and copies of symbols), or
 * `<start>` … `<end>` around several lines.
 */
import { askableNamed } from '../../prompt/askable.ts';
import { completionText } from '../../prompt/render.ts';
import type { RecordedSymbols } from '../../respond/recording/written.ts';
import { separatorIn } from '../../score/reading/list-items.ts';
import { onlyTextIn } from '../../score/reading/shown-value.ts';
import { filterNames, recordedFilterNames } from '../../score/reading/reading.ts';
import type { Reading } from '../../score/reading/reading.ts';
import type { TaskFamily } from '../../tasks/task.ts';
import { contextOf, draftOf } from '../../score/reading/draft.ts';
import { thoughts } from '../../score/reading/filters/thoughts.ts';
import type { StoredRow } from '../store/row-store.ts';
import type { ScoredTask } from './scoring.ts';

/** Tags that prompts ask for around an answer of one line. */
const TAGS: readonly (readonly [string, string])[] = [
  ['<target>', '</target>'],
  ['<answer>', '</answer>'],
];

/** Counted up when recordings are read in another way. */
const READING = 'recording 7';

/**
 * In the name of a row's scoring, as JSON: what stands between its symbols; or before, between and after them, and then its right
 * answer as it was recorded, where that is another text; and whether it is a list.
 */
const OWN_SYMBOLS = /\brecording \d+ ("(?:[^"\\]|\\.)*"|\[".*"\])$/s;

/** How the symbols of a row's right answer are written. */
interface OwnWritten extends RecordedSymbols {
  /** The right answer to the character, where its symbols don't say it. */
  readonly text?: string;
}

/**
 * @param written what stands between two symbols in the recorded texts ('' where each is one character) and around them. A row that was
 * scored before has its own: texts of one file, such as `a` and `a b`, may differ in it
 * @param text the right answer to the character, where its symbols don't say it
 */
export function recordedTask(
  { operation, family }: { readonly operation: string; readonly family: TaskFamily },
  written: RecordedSymbols,
  text?: string,
): ScoredTask {
  const ofLines = family === 'copying' && askableNamed(operation).joiner === '\n';
  const writtenOf = ({ scoring }: Pick<StoredRow, 'scoring'>): OwnWritten => {
    const own = OWN_SYMBOLS.exec(scoring);
    return own === null ? { ...written, ...(text === undefined ? {} : { text }) } : fromName(own[1]);
  };
  return {
    operation,
    family,
    readingFor: (row) => recordedReading(ofLines, writtenOf(row), row.output.text ?? ''),
    recordedFor: (row) => writtenOf(row).text,
    sentText: ({ system, prompt }) => completionText({ system, text: prompt }),
    readingName: (row) => `${READING} ${nameOf(writtenOf(row))}`,
  };
}

function nameOf({ lead, joiner, trail, text, isList = false }: OwnWritten): string {
  if (isList) return JSON.stringify([lead, joiner, trail, text ?? null, 'list']);
  if (text !== undefined) return JSON.stringify([lead, joiner, trail, text]);
  return JSON.stringify(lead + trail === '' ? joiner : [lead, joiner, trail]);
}

function fromName(name: string): OwnWritten {
  const value = JSON.parse(name) as string | [string, string, string, (string | null)?, 'list'?];
  if (typeof value === 'string') return { joiner: value, lead: '', trail: '' };
  const [lead, joiner, trail, text = null, list] = value;
  return { joiner, lead, trail, ...(text === null ? {} : { text }), isList: list !== undefined };
}

/** What a text says beside its thoughts: tags in a thought are not the answer's. */
function spoken(text: string, reading: Reading): string {
  return thoughts(draftOf(text), contextOf(reading, { answer: [] }))?.text ?? text;
}

/** @param ofLines whether lines are copied, which stand between marks of their own */
function recordedReading(ofLines: boolean, written: RecordedSymbols, recorded: string): Reading {
  const { joiner, lead, trail, isList = false } = written;
  const areListed = isList || separatorIn(joiner) !== null; // older rows say of their lists only what stands between symbols
  const ofSymbols = areListed ? recordedFilterNames : recordedFilterNames.filter((name) => name !== 'list');
  const filters = ofLines ? filterNames : ofSymbols;
  const common = { filters, joiner, lead, trail, inList: true };
  const text = onlyTextIn(recorded) ?? recorded;
  const tags = TAGS.find(
    (pair) => text.includes(pair[0]) && spoken(text, { ...common, stop: [], tags: pair }).includes(pair[0]),
  );
  if (tags !== undefined) return { ...common, stop: [], tags };
  if (ofLines) {
    return { ...common, stop: ['<end>'], tags: ['<start>', '<end>'] };
  }
  return { ...common, stop: ['\n'], tags: null };
}
