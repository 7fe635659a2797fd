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
import type { ScoredTask } from './scoring.ts';

/** Tags that prompts ask for around an answer of one line. */
const TAGS: readonly (readonly [string, string])[] = [
  ['<target>', '</target>'],
  ['<answer>', '</answer>'],
];

/** Counted up when recordings are read in another way. */
const READING = 'recording 3';

/** @param joiner what stands between two symbols in the recorded texts: '' where each is one character */
export function recordedTask(
  { operation, family }: { readonly operation: string; readonly family: TaskFamily },
  joiner: string,
): ScoredTask {
  const ofLines = family === 'copying' && askableNamed(operation).joiner === '\n';
  return {
    operation,
    family,
    readingFor: ({ output }) => recordedReading(ofLines, joiner, output.text ?? ''),
    sentText: ({ system, prompt }) => completionText({ system, text: prompt }),
    readingName: `${READING} ${JSON.stringify(joiner)}`,
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
