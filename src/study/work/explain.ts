/** Explains one task of one model, in this process: matrix products block only it. */
import path from 'node:path';
import { demonstratedSamples, explain, LETTERS } from '../../explain/index.ts';
import type { Experiment } from '../../explain/index.ts';
import { openSubject } from '../../explain/subject.node.ts';
import type { Item } from '../item.ts';
import { modelFolder } from '../item.ts';
import type { WorkContext } from './work.ts';

export async function explainModel(
  { spec, target }: Extract<Item, { kind: 'explain' }>,
  { folder, threads, signal, emit, tick }: WorkContext,
): Promise<void> {
  const subject = await openSubject(target ?? path.join(folder, modelFolder(spec.model)), { threads });
  const alphabet = subject.symbols ?? LETTERS;
  const { task, length, n, seed, ablation, draws } = spec;
  const set = subject.shots(alphabet, demonstratedSamples({ task, length, n, seed, alphabet }));
  const only = spec.only as readonly Experiment[];
  const explanation = await explain(
    subject.name,
    subject.model,
    set,
    { only, ablation, draws, seed },
    (at) => {
      signal.throwIfAborted();
      tick(at);
    },
  );
  await emit([{ kind: 'explanation', ...explanation }]);
}
