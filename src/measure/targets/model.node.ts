/** A model in a folder measured in this process, without a store: what a study's worker does. Yields rows as they come. */
import { Answerer } from '../../respond/local/answerer.node.ts';
import { localRespondent } from '../../respond/local/local-respondent.ts';
import type { CellRow, HorizonRow, InstanceRow } from '../../score/tables/rows.ts';
import type { TaskOptions } from '../../tasks/index.ts';
import { measureRows } from '../in-memory.ts';
import { Pace } from '../time-left.ts';
import type { MeasureTick } from '../time-left.ts';
import { folderSpec, workloadOf } from './folder.ts';

/** What a model in a folder is asked. */
export interface ModelMeasureSpec {
  readonly task: string;
  /** Defaults to what the model was trained with. */
  readonly taskOptions?: TaskOptions;
  readonly lengths: readonly number[];
  /** Samples a length. */
  readonly n: number;
  readonly seed: number;
  readonly threshold: number;
}

export interface ModelMeasureOptions {
  readonly signal: AbortSignal;
  readonly threads: number;
  /** Told how it is going after every batch. */
  readonly onTick?: (tick: MeasureTick) => void;
}

/**
 * Asks the model `n` samples of each length and yields every one, a cell for each length, and the horizon.
 * @throws UserError for a folder that is no model, symbols that it does not know, lengths beyond its positions; the
 *   signal's reason
 */
export async function* measureModel(
  folder: string,
  { task, taskOptions = {}, lengths, n, seed, threshold }: ModelMeasureSpec,
  { signal, threads, onTick }: ModelMeasureOptions,
): AsyncGenerator<InstanceRow | CellRow | HorizonRow> {
  const answerer = await Answerer.open(folder, { threads });
  try {
    const spec = folderSpec(
      {
        folder,
        tasks: [task],
        options: taskOptions,
        lengths,
        n,
        maxLength: Infinity,
        repeats: 1,
        seed,
        threshold,
      },
      answerer.facts,
    );
    const pace = new Pace(workloadOf(spec));
    const respondent = localRespondent(answerer, (work) => {
      pace.told(work);
      if (pace.latest !== undefined) onTick?.(pace.latest);
    });
    yield* measureRows(spec, respondent, signal);
  } finally {
    await answerer.close();
  }
}
