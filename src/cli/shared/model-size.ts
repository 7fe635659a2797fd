/** What a model will take, said before its weights are read. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { formatDuration } from '../../common/duration.ts';
import { machineMemory } from '../../common/memory.node.ts';
import type { Io } from './command.ts';

/**
 * @param target a GGUF file or a model folder
 * @param tokens that it will read, about
 * @throws UserError in one line for what is no model, is not supported, or does not fit into this machine's memory
 */
export async function sayModelSize(target: string, tokens: number, io: Io): Promise<void> {
  const { loadModelConfig } = await import('../../model/files/text/text-model.node.ts');
  const { checkSize, gigabytes, modelSize, parametersText, secondsToRead, usualMemory } =
    await import('../../model/files/size.ts');
  const config = await loadModelConfig(target);
  const { total, available } = machineMemory();
  checkSize(config, total, target);
  const size = modelSize(config);
  const needed = usualMemory(size);
  const short =
    needed > available
      ? `; only ${gigabytes(available)} are free now, so the system may end it: close other programs, or take a smaller model`
      : '';
  const seconds = secondsToRead(size, tokens, availableParallelism());
  io.say(
    `${path.basename(path.resolve(target))}: ${parametersText(size.parameters)}, about ${gigabytes(needed)} of memory and, roughly, ${formatDuration(seconds)}${short}`,
  );
}
