/** A recorded sample as a row like any other, and its task as reports tell of it. */
import { sha256 } from '../../common/sha256.ts';
import type { Askable } from '../../prompt/askable.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import { wholeText } from '../../respond/recording/whole-text.ts';
import { withoutMarks } from '../../respond/recording/sample.ts';
import type { Recorded } from '../../respond/recording/record.ts';
import type { StoredRow } from '../store/row-store.ts';
import type { AskedTask, ToldOfTask } from '../store/rows.ts';

/** Where a record stands, and what it answers. Lines are counted from 1. */
export interface RecordPlace {
  readonly file: string;
  readonly line: number;
  readonly task: Askable;
}

/**
 * The row of a record, not scored yet.
 * @param gold the right answer
 */
export function recordedRow(
  { file, line, task }: RecordPlace,
  record: Recorded,
  gold: readonly string[],
): StoredRow {
  const { source, query, output, asked, prompt, system } = record;
  return {
    key: sha256(JSON.stringify(record.repeat === 0 ? [file, line] : [file, line, record.repeat])).slice(
      0,
      32,
    ),
    task: task.name,
    length: source.length,
    index: asked?.index ?? -line,
    repeat: asked?.repeat ?? record.repeat,
    source,
    query,
    answer: textOf(task, record) ?? gold,
    prompt,
    system,
    way: wayOfRecording(task.name),
    output: { ...output, text: wholeText(record) },
    score: null,
    scoring: '',
  };
}

/** A text in one line is compared as it is: its words may have more than one blank between them. */
function textOf({ shape }: Askable, { layout, gold, goldText }: Recorded): readonly string[] | null {
  if (shape !== 'text' || layout !== 'blanks' || gold === null || goldText === null) return null;
  return withoutMarks(goldText).trim().split(' ');
}

/** Names the one way in which a recording is read. */
export function wayOfRecording(task: string): string {
  return `recording of ${task}`;
}

/** A task as a report tells of it. @param template null where nobody knows the prompt */
export function recordedTaskNote(
  task: Askable,
  joiner: string,
  { template, told }: { readonly template: PromptTemplate | null; readonly told: ToldOfTask },
): AskedTask {
  const { name, title, operation, family } = task;
  const { min, max } = task.admits();
  return {
    ...{ task: name, title, operation, family, joiner, min },
    max: Number.isFinite(max) ? max : null,
    prompt: template ?? {
      ...{
        name: 'recording',
        head: '',
        separator: '',
        demonstration: '',
        question: '',
        tail: '',
        between: '',
      },
      ...{
        symbols: joiner,
        stop: [],
        shots: 0,
        'demonstration-length': 'same',
        rules: {},
        for: 'both',
        turns: false,
      },
    },
    rendering: {},
    way: wayOfRecording(name),
    numbered: true,
    told,
  };
}
