/**
 * Training from scratch, from a specification to a Hugging Face folder. The same seed gives the same weights on the
 * same machine, by one thread or two, and however often the run was interrupted (`course.node.ts`).
 */
import type { Device } from '../../graph/index.ts';
import { saveFolder } from '../../model/files/folder.node.ts';
import { learnedAt, rateAt } from '../spec/schedule.ts';
import { initialWeights } from '../spec/model.ts';
import { settingOf } from '../spec/setting.ts';
import type { RunSetting } from '../spec/setting.ts';
import type { TrainSpec } from '../spec/spec.ts';
import { createStepper } from '../step/pair.node.ts';
import { initialState, weightsIn } from '../step/tensors.ts';
import { follow } from './course.node.ts';
import type { Course, Ended } from './course.node.ts';
import { readRecord, RECORD_FILE, recordText } from './record.node.ts';
import type { ProgressTick, TrainedRow, TrainRow } from './rows.ts';

export interface TrainOptions {
  /** Stops at the next step with a checkpoint; `train` then throws the signal's reason. */
  readonly signal: AbortSignal;
  /** How many threads may work on it; more than two have nothing to do. What comes out does not depend on them. */
  readonly threads: number;
  /** What computes; cpu unless given. Elsewhere it is one thread's work, and the same seed need not give the same weights. */
  readonly device?: Device;
  /** Gets every point of the learning curve, those before an interruption again, and at last the result. */
  readonly onRow: (row: TrainRow) => void | Promise<void>;
  /** Told how it is going about once a second, between the points of the curve, too. */
  readonly onTick?: (tick: ProgressTick) => void;
}

/**
 * Trains the model that `spec` describes into `folder`, or goes on with it, or finds it trained already.
 * @throws UserError for a specification that can't be, a folder that holds something else or can't be written, a run
 *   that diverges, a machine without ONNX Runtime; DiskFullError, what was checkpointed before being kept
 */
export async function train(spec: TrainSpec, folder: string, options: TrainOptions): Promise<TrainedRow> {
  return follow(courseOf(settingOf(spec), options), folder, options);
}

function courseOf(setting: RunSetting, options: TrainOptions): Course<TrainedRow> {
  const { spec, config, tensors } = setting;
  return {
    name: 'training',
    spec,
    finished: (folder) => readRecord(folder, spec),
    rateAt: (step, curve) => rateAt(spec, step, learnedAt(spec, curve)),
    begin: () =>
      Promise.resolve({
        initialState: () => initialState(tensors, initialWeights(spec, config)),
        stepper: (state, step) => createStepper(setting, state, step, options),
        weights: (state) => weightsIn(tensors, state),
        save: (ended, folder) => save(setting, ended, folder),
      }),
  };
}

/** The model, with the record of how it was trained. */
async function save(
  { spec, config, tokenizer }: RunSetting,
  { weights, curve, outcome }: Ended,
  folder: string,
): Promise<TrainedRow> {
  const result: TrainedRow = { kind: 'trained', ...outcome };
  const record = recordText({ spec, curve, result });
  await saveFolder(
    folder,
    { config, weights, tokenizer },
    { extraFiles: { [RECORD_FILE]: record }, replace: true },
  );
  return result;
}
