/**
 * What was fine-tuned and its base, measured: one task and one seed at a time. `lengthwise finetune` does it for all that the command
 * line names, a study for each piece of work.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { FinetunedRow } from '../../train/finetune/rows.ts';
import type { FinetuneSpec } from '../../train/finetune/spec.ts';
import { measuredTask } from './asked.ts';
import { measureTuned } from './measuring.node.ts';
import type { MeasuredCells, MeasuredModel, TunedMeasuring } from './measuring.node.ts';
import type { TunedModel } from './rows.ts';

/** The model that fine-tunings begin with. */
export type TunedBase = Omit<MeasuredModel, 'adapter'>;

/** One fine-tuning: which specification, into which folder. */
export interface Tuning {
  readonly spec: FinetuneSpec;
  readonly folder: string;
}

/** One with what came of it. */
export interface DoneTuning extends Tuning {
  readonly row: FinetunedRow;
}

/**
 * A base on the tasks that were fine-tuned from it.
 * @throws UserError for what can't be measured; the signal's reason, what was answered being kept
 */
export function measureBase(
  base: TunedBase,
  specs: readonly FinetuneSpec[],
  measuring: TunedMeasuring,
): Promise<MeasuredCells> {
  return measureTuned({ ...base, adapter: null }, specs.map(measuredTask), measuring);
}

/**
 * What came of one fine-tuning, on its task.
 * @param measuring null: nothing is measured
 * @throws UserError for what can't be measured; the signal's reason, what was answered being kept
 */
export async function measureDone(
  base: TunedBase,
  done: DoneTuning,
  measuring: Omit<TunedMeasuring, 'seed'> | null,
): Promise<TunedModel> {
  const { spec, folder, row } = done;
  const adapter = adapterOf(done);
  const model = { ...base, adapter, target: adapter === null ? folder : base.target };
  const { task, seed, lengths } = spec;
  const { cells, perplexity } =
    measuring === null ? NOTHING : await measureTuned(model, [measuredTask(spec)], { ...measuring, seed });
  const { step: steps, seconds, parameters } = row;
  return { task, seed, lengths, folder, steps, seconds, parameters, cells, perplexity };
}

/** What is known of a model that was not measured. */
export const NOTHING: MeasuredCells = { cells: [], perplexity: null };

/** The folder of the adapter that a fine-tuning wrote; null where it wrote a whole model. */
export function adapterOf({ spec, folder }: Tuning): string | null {
  return spec.method.kind === 'lora' && existsSync(path.join(folder, 'adapter_config.json')) ? folder : null;
}

/** For people: what was trained. */
export function methodText(method: FinetuneSpec['method']): string {
  if (method.kind === 'full') return 'all of the model';
  return `LoRA of rank ${method.rank}, α ${method.alpha}, on ${method.targets.join(', ')}`;
}
