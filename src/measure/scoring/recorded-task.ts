/**
 * How recorded outputs are read. Nobody says with which prompt they were asked for, so the marks are those that the
 * field's prompts have: tags around the answer where the output has any, else a line (look-ups and copies of symbols), or
 * `<start>` … `<end>` around several lines.
 */
import { askableNamed } from '../../prompt/askable.ts';
import { completionText } from '../../prompt/render.ts';
import { filterNames } from '../../score/reading/reading.ts';
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
const READING = 'recording 3';

/** In the name of a row's scoring: what stands between its symbols, as JSON. */
const OWN_JOINER = /\brecording \d+ ("(?:| |\\n)")$/;

/**
 * @param joiner what stands between two symbols in the recorded texts: '' where each is one character. A row that was scored
 * before has its own: texts of one file, such as `a` and `a b`, may differ in it
 */
export function recordedTask(
  { operation, family }: { readonly operation: string; readonly family: TaskFamily },
  joiner: string,
): ScoredTask {
  const ofLines = family === 'copying' && askableNamed(operation).joiner === '\n';
  const joinerOf = ({ scoring }: Pick<StoredRow, 'scoring'>): string => {
    const own = OWN_JOINER.exec(scoring);
    return own === null ? joiner : (JSON.parse(own[1]) as string);
  };
  return {
    operation,
    family,
    readingFor: (row) => recordedReading(ofLines, joinerOf(row), row.output.text ?? ''),
    sentText: ({ system, prompt }) => completionText({ system, text: prompt }),
    readingName: (row) => `${READING} ${JSON.stringify(joinerOf(row))}`,
  };
}

/** What a text says beside its thoughts: tags in a thought are not the answer's. */
function spoken(text: string, reading: Reading): string {
  return thoughts(draftOf(text), contextOf(reading, { answer: [] }))?.text ?? text;
}

/** @param ofLines whether lines are copied, which stand between marks of their own */
function recordedReading(ofLines: boolean, joiner: string, text: string): Reading {
  const common = { filters: filterNames, joiner, lead: '', trail: '' };
  const tags = TAGS.find(
    (pair) => text.includes(pair[0]) && spoken(text, { ...common, stop: [], tags: pair }).includes(pair[0]),
  );
  if (tags !== undefined) return { ...common, stop: [], tags };
  if (ofLines) {
    return { ...common, stop: ['<end>'], tags: ['<start>', '<end>'] };
  }
  return { ...common, stop: ['\n'], tags: null };
}
