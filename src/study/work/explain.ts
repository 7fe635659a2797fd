/** Explains one task of one model, in this process: matrix products block only it. */
import path from 'node:path';
import { demonstratedSamples, drawnFrom } from '../../explain/index.ts';
import type { Experiment } from '../../explain/index.ts';
import { explainSubject, openSubject } from '../../explain/subject.node.ts';
import { trainedOn } from '../../respond/local/trained-on.node.ts';
import type { Item } from '../item.ts';
import { modelFolder } from '../item.ts';
import type { WorkContext } from './work.ts';

export async function explainModel(
  { spec, on }: Extract<Item, { kind: 'explain' }>,
  { folder, threads, signal, emit, tick }: WorkContext,
): Promise<void> {
  const target = on?.target ?? path.join(folder, on?.folder ?? modelFolder(spec.model));
  const adapter = on?.adapter === undefined ? undefined : path.join(folder, on.adapter);
  const subject = await openSubject(target, { threads, device: on?.device, adapter });
  const alphabet = drawnFrom(subject.symbols, {
    named: spec.alphabet,
    trainedWith: subject.symbols === null ? undefined : trainedOn(target, adapter)?.options.alphabet,
  });
  const { task, length, n, seed, ablation, draws } = spec;
  const samples = demonstratedSamples({ task, length, n, seed, alphabet });
  const options = { only: spec.only as readonly Experiment[], ablation, draws, seed };
  const explanation = await explainSubject(subject, { alphabet, samples, options }, (at) => {
    signal.throwIfAborted();
    tick(at);
  });
  await emit([{ kind: 'explanation', ...explanation }]);
}
