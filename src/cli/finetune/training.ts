/** The fine-tunings of one command, one after the other, each in a process of its own. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { progressLine } from '../train/text.ts';
import type { Io } from '../shared/command.ts';
import { lockFor } from '../shared/locking.ts';
import type { ProgressRow } from '../../train/run/rows.ts';
import type { FinetunedRow } from '../../train/finetune/rows.ts';
import type { FinetuneFlags, TuneRun } from './flags.ts';

/** A run with what came of it. */
export interface TrainedRun extends TuneRun {
  readonly row: FinetunedRow;
}

/** @throws UserError where one can't be trained; the signal's reason, what was trained being kept */
export async function trainAll(
  target: string,
  runs: readonly TuneRun[],
  flags: Pick<FinetuneFlags, 'threads' | 'saveBase'>,
  io: Io,
): Promise<readonly TrainedRun[]> {
  const { finetuneInProcess } = await import('../../train/finetune/process.node.ts');
  const { checkFolder } = await import('../../train/finetune/finetune.node.ts');
  for (const { spec, folder } of runs) checkFolder(spec, folder); // all before the first, which may take hours
  const trained: TrainedRun[] = [];
  for (const [i, { spec, folder }] of runs.entries()) {
    const name = `${spec.task}, seed ${spec.seed}`;
    const lock = await lockFor(folder);
    try {
      const curve: ProgressRow[] = [];
      const line = (tick: Parameters<typeof progressLine>[0]) =>
        io.progress(
          `${name} (${i + 1} of ${runs.length}): ${progressLine(tick, curve.at(-1)?.accuracy, undefined)}`,
        );
      const row = await finetuneInProcess(spec, target, folder, {
        signal: io.signal,
        threads: flags.threads,
        ...(flags.saveBase !== undefined && { baseName: path.resolve(flags.saveBase) }),
        onRow: (one) => {
          if (one.kind !== 'progress') return;
          curve.push(one);
          line(one);
        },
        onTick: line,
      });
      trained.push({ spec, folder, row });
    } finally {
      lock.release();
    }
  }
  return trained;
}

/** The folder of the adapter that a run wrote; null where it wrote a whole model. */
export function adapterOf({ spec, folder }: TuneRun): string | null {
  return spec.method.kind === 'lora' && existsSync(path.join(folder, 'adapter_config.json')) ? folder : null;
}
