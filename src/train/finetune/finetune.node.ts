/**
 * Fine-tuning of a model that is there, from a specification to an adapter (or to all of the model). The same seed gives the
 * same bytes on the same machine, however often the run was interrupted (`run/course.node.ts`).
 */
import path from 'node:path';
import { writeFolder, saveFolder } from '../../model/files/folder.node.ts';
import { adapterFiles } from '../../model/files/peft/adapter-files.ts';
import { saveTextFolder } from '../../model/files/text/save.node.ts';
import { checkCourseFolder, follow } from '../run/course.node.ts';
import type { Course, CourseOptions, Ended, Work } from '../run/course.node.ts';
import { rateAt } from '../spec/schedule.ts';
import { initialState, weightsIn } from '../step/tensors.ts';
import type { Base } from './base.ts';
import { baseFacts, openBase } from './base.node.ts';
import { changesLogits } from './changes.ts';
import { FINETUNING_FILE, finetuningText, readFinetuning } from './record.node.ts';
import type { FinetunedRow } from './rows.ts';
import { checkedSpec, settingOf, startingWeights } from './setting.ts';
import type { FinetuneSetting } from './setting.ts';
import type { FinetuneSpec } from './spec.ts';
import { FinetuneStepper } from './stepper.ts';

export interface FinetuneOptions extends CourseOptions<FinetunedRow> {
  /** How many threads each operation may use. */
  readonly threads: number;
  /** What the adapter says that it belongs to: where Python finds the base. Its path unless given. */
  readonly baseName?: string;
  /** The base, where it is open already. */
  readonly opened?: Base;
}

/**
 * Fine-tunes the base at `target` into `folder` as `spec` says, or goes on with it, or finds it finished already. The folder
 * then has the adapter's files as `peft` has them (or, where all parameters were trained, those of a model's folder) and
 * `finetuning.json`.
 * @throws UserError for a specification that can't be, a base that is another than the specification's, a folder that holds
 *   something else or can't be written, a run that diverges or changes nothing, a machine without ONNX Runtime; DiskFullError,
 *   what was checkpointed before being kept
 */
export async function finetune(
  spec: FinetuneSpec,
  target: string,
  folder: string,
  options: FinetuneOptions,
): Promise<FinetunedRow> {
  const checked = checkedSpec(spec, options.opened ?? (await baseFacts(target)));
  const course: Course<FinetunedRow> = {
    ...namedCourse(checked),
    rateAt: (step) => rateAt(checked, step),
    async begin() {
      const base = options.opened ?? (await openBase(target));
      return workOf(settingOf(checked, base), target, options);
    },
  };
  return follow(course, folder, options);
}

/** @param spec that was checked @throws UserError for a folder that holds something else than this fine-tuning, or a part of it */
export function checkFolder(spec: FinetuneSpec, folder: string): void {
  checkCourseFolder(namedCourse(spec), folder);
}

function namedCourse(spec: FinetuneSpec): Pick<Course<FinetunedRow>, 'name' | 'spec' | 'finished'> {
  return { name: 'fine-tuning', spec, finished: (folder) => readFinetuning(folder, spec) };
}

/** Where the base lies, and what it is called in an adapter. */
interface Origin extends Pick<FinetuneOptions, 'baseName'> {
  readonly target: string;
}

function workOf(
  setting: FinetuneSetting,
  target: string,
  { threads, device, baseName }: FinetuneOptions,
): Work<FinetunedRow> {
  const { spec, tensors } = setting;
  const computing = { threads, device };
  return {
    initialState: () => initialState(tensors, startingWeights(setting)),
    stepper: (state) => Promise.resolve(new FinetuneStepper(setting, state, computing)),
    weights: (state) => weightsIn(tensors, state),
    async faultOf({ weights, outcome }) {
      if (await changesLogits(setting, weights, computing)) return undefined;
      return `changed no logit in ${outcome.step} steps: take more of them, or a learning rate above ${spec.learningRate}`;
    },
    save: (ended, folder) => save(setting, ended, folder, { target, baseName }),
  };
}

/** What was trained, with the record of how. */
async function save(
  { spec, base }: FinetuneSetting,
  { weights, curve, outcome }: Ended,
  folder: string,
  { target, baseName = path.resolve(target) }: Origin,
): Promise<FinetunedRow> {
  const result: FinetunedRow = { kind: 'finetuned', ...outcome };
  const record = finetuningText({ base: { name: base.name, hash: base.hash }, spec, curve, result });
  const extraFiles = { [FINETUNING_FILE]: record };
  const { method } = spec;
  if (method.kind === 'lora') {
    const adapter = adapterFiles(base.config, { ...method, weights }, baseName);
    await writeFolder(folder, { ...adapter, ...extraFiles }, { replace: true });
  } else if (base.kind === 'symbols') {
    const { config, tokenizer } = base;
    await saveFolder(folder, { config, weights, tokenizer }, { extraFiles, replace: true });
  } else {
    const { config } = base;
    await saveTextFolder(folder, { config, weights }, target, { extraFiles, replace: true });
  }
  return result;
}
