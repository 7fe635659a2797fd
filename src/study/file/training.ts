/** The training specification for one task and one model of a study: preset, then the study, the model, the task. */
import { taskNamed, type TaskOptions } from '../../tasks/index.ts';
import { lessonsNamed } from '../../train/lessons/lessons.ts';
import { lengthsThatExist } from '../../train/spec/check.ts';
import { preset } from '../../train/spec/presets.ts';
import type { TrainSpec } from '../../train/spec/spec.ts';
import type { ModelEntry, StudySpec, TaskEntry } from './study-file.ts';

/** What is trained for one task, one model and one seed. What is said more closely wins: task, model, study, preset (whose lengths are cut to those that the task has). */
export function trainingFor(study: StudySpec, model: ModelEntry, entry: TaskEntry, seed: number): TrainSpec {
  const base = preset(model.preset ?? study.preset, entry.task, model.positions);
  const said = { ...study.train, ...model.train, ...entry.train };
  const taskOptions = { ...usable(entry.task, base.taskOptions), ...entry.options };
  const lengths = said.lengths ?? lengthsThatExist(base.lengths, lessonsNamed(entry.task), taskOptions);
  const merged = { ...base, ...said, lengths, taskOptions, seed };
  // Positions reach to the longest length that is measured unless the file says how far.
  const longest = Math.max(merged.lengths.max, ...entry.measure.lengths.map(({ value }) => value));
  return { ...merged, maxLength: said.maxLength ?? Math.max(base.maxLength, longest) };
}

/** A preset's options for drawing, without those that this task has no use for. */
function usable(task: string, options: TaskOptions = {}): TaskOptions {
  const { uses } = taskNamed(task);
  return Object.fromEntries(
    Object.entries(options).filter(([key]) => uses.includes(key as keyof TaskOptions)),
  );
}
