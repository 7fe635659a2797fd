/**
 * Files that `lengthwise export --table samples` wrote as JSON lines: each row says of which task it is and with which prompt
 * it was asked, so that it is read again as it was when it was measured.
 */
import { UserError } from '../../common/errors.ts';
import { isRecord } from '../../common/json.ts';
import { askableNamed } from '../../prompt/askable.ts';
import type { Askable } from '../../prompt/askable.ts';
import { templateIn } from '../../prompt/template.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import { recordsOf } from '../../respond/recording/file.node.ts';
import type { FieldNames, Fields } from '../../respond/recording/fields.ts';
import type { ChosenLength } from '../store/rows.ts';

/** A task that rows of an export are of, and the prompt that it was asked with. */
export interface ExportedTask {
  readonly task: Askable;
  readonly template: PromptTemplate;
  /** Lengths at which the answers decided how many samples were asked. */
  readonly chosen: readonly ChosenLength[];
}

/**
 * The tasks in a file, in order; null where it is no export of ours.
 * @throws UserError where a task was asked in several ways: their answers are never counted together
 */
export async function exportedTasks(
  file: string,
  names: FieldNames,
): Promise<readonly ExportedTask[] | null> {
  const found = new Map<string, ExportedRow>();
  const chosen = new Map<string, Map<number, ChosenLength>>();
  for await (const raw of recordsOf(file, names)) {
    const row = 'fields' in raw ? exportedRow(raw.fields) : null;
    if (row === null) {
      if (found.size === 0) return null; // the first record tells what kind of file it is
      continue;
    }
    const known = found.get(row.task.name);
    if (known !== undefined && known.way !== row.way) {
      throw new UserError(
        `${file} has answers to ${row.task.name} that were asked for in several ways ('${known.template.name}', '${row.template.name}'), and these are never counted together: keep the rows of one (column way)`,
      );
    }
    found.set(row.task.name, known ?? row);
    const own = chosen.get(row.task.name) ?? new Map<number, ChosenLength>();
    chosen.set(row.task.name, own);
    if (row.chosen !== null) own.set(row.chosen.length, row.chosen);
  }
  return [...found.values()].map(({ task, template }) => ({
    ...{ task, template },
    chosen: [...(chosen.get(task.name)?.values() ?? [])],
  }));
}

/** Whether a record is a row of that task. */
export function isRowOf(fields: Fields, task: string): boolean {
  return fields.task === task;
}

interface ExportedRow extends Omit<ExportedTask, 'chosen'> {
  readonly way: string;
  readonly chosen: ChosenLength | null;
}

function exportedRow(fields: Fields): ExportedRow | null {
  const { task, operation, way, template } = fields;
  if (typeof task !== 'string' || typeof operation !== 'string' || typeof way !== 'string') return null;
  const read = isRecord(template) ? templateIn(template) : null;
  if (read === null) return null;
  return { task: { ...askableNamed(operation), name: task }, template: read, way, chosen: chosenIn(fields) };
}

/** What a row says of its length: null where the number of samples was fixed. Older exports don't say. */
function chosenIn({ length, searched, lookedAgain, confidence }: Fields): ChosenLength | null {
  if (searched !== true && lookedAgain !== true) return null;
  if (typeof length !== 'number' || typeof confidence !== 'number') return null;
  if (!Number.isInteger(length) || !(confidence > 0 && confidence < 1)) return null;
  return { length, confidence, why: lookedAgain === true ? 'more' : 'search' };
}
