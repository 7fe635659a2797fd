/** The fine-tunings of one command, one after the other, each in a process of its own. */
import path from 'node:path';
import { progressLine } from '../train/text.ts';
import type { Io } from '../shared/command.ts';
import { lockFor } from '../shared/locking.ts';
import type { ProgressRow } from '../../train/run/rows.ts';
import type { DoneTuning, Tuning } from '../../fix/finetuned/tuned.node.ts';
import type { FinetuneFlags } from './flags.ts';

/** @throws UserError where one can't be trained; the signal's reason, what was trained being kept */
export async function trainAll(
  target: string,
  runs: readonly Tuning[],
  flags: Pick<FinetuneFlags, 'threads' | 'saveBase'>,
  io: Io,
): Promise<readonly DoneTuning[]> {
  const { finetuneInProcess } = await import('../../train/finetune/process.node.ts');
  const { checkFolder } = await import('../../train/finetune/finetune.node.ts');
  for (const { spec, folder } of runs) checkFolder(spec, folder); // all before the first, which may take hours
  const trained: DoneTuning[] = [];
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
