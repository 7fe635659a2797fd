/** What a model was trained on, as the records beside it say. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { tasks } from '../../tasks/index.ts';
import type { TaskOptions } from '../../tasks/task.ts';

export interface TrainedOn {
  readonly task: string;
  readonly options: TaskOptions;
}

/** Records of how a model came to be, in its folder or in that of its adapter: what came last is what it knows. */
const RECORDS = ['finetuning.json', 'training.json'];

/** What the first record says that there is; a folder from elsewhere, or records that can't be read or name no task, say nothing. */
export function trainedOn(folder: string, adapter?: string): TrainedOn | null {
  const folders = adapter === undefined ? [folder] : [adapter, folder];
  const files = folders.flatMap((one) => RECORDS.map((name) => path.join(one, name)));
  for (const file of files) {
    try {
      const { spec } = JSON.parse(readFileSync(file, 'utf8')) as {
        readonly spec?: { readonly task?: unknown; readonly taskOptions?: TaskOptions };
      };
      const known = tasks.find(({ name }) => name === spec?.task);
      if (known !== undefined) return { task: known.name, options: spec?.taskOptions ?? {} };
    } catch {
      continue;
    }
  }
  return null;
}
