/**
 * How recorded outputs are read. Nobody says with which prompt they were asked for, so the marks are those that the
 * field's prompts have: tags around the answer where the output has any, else a line (look-ups and copies of symbols), or
 * `<start>` … `<end>` around several lines.
 */
import { askableNamed } from '../../prompt/askable.ts';
import { completionText } from '../../prompt/render.ts';
import type { SymbolsWritten } from '../../score/reading/list-items.ts';
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
const READING = 'recording 4';

/**
 * In the name of a row's scoring, as JSON: what stands between its symbols; or before, between and after them, and then its right
 * answer as it was recorded, where that is another text.
 */
const OWN_SYMBOLS = /\brecording \d+ ("(?:[^"\\]|\\.)*"|\[".*"\])$/s;

/** How the symbols of a row's right answer are written. */
interface OwnWritten extends SymbolsWritten {
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
  written: SymbolsWritten,
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

function nameOf({ lead, joiner, trail, text }: OwnWritten): string {
  if (text !== undefined) return JSON.stringify([lead, joiner, trail, text]);
  return JSON.stringify(lead + trail === '' ? joiner : [lead, joiner, trail]);
}

function fromName(name: string): OwnWritten {
  const value = JSON.parse(name) as string | [string, string, string, string?];
  if (typeof value === 'string') return { joiner: value, lead: '', trail: '' };
  const [lead, joiner, trail, text] = value;
  return { joiner, lead, trail, ...(text === undefined ? {} : { text }) };
}

/** What a text says beside its thoughts: tags in a thought are not the answer's. */
function spoken(text: string, reading: Reading): string {
  return thoughts(draftOf(text), contextOf(reading, { answer: [] }))?.text ?? text;
}

/** @param ofLines whether lines are copied, which stand between marks of their own */
function recordedReading(ofLines: boolean, written: SymbolsWritten, text: string): Reading {
  const filters = ofLines ? filterNames : recordedFilterNames;
  const { joiner, lead, trail } = written;
  const common = { filters, joiner, lead, trail };
  const tags = TAGS.find(
    (pair) => text.includes(pair[0]) && spoken(text, { ...common, stop: [], tags: pair }).includes(pair[0]),
  );
  if (tags !== undefined) return { ...common, stop: [], tags };
  if (ofLines) {
    return { ...common, stop: ['<end>'], tags: ['<start>', '<end>'] };
  }
  return { ...common, stop: ['\n'], tags: null };
}
