/** Low-rank adapters with random numbers, as folders. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rng } from '../src/common/random.ts';
import { adaptableTargets, adapterParameters } from '../src/model/adapters/adapter.ts';
import type { Adapter, AdapterShape } from '../src/model/adapters/adapter.ts';
import { adapterFiles } from '../src/model/files/peft/adapter-files.ts';
import type { ModelConfig } from '../src/model/index.ts';

export interface RandomAdapterOptions extends Partial<AdapterShape> {
  readonly seed?: number;
  /** The standard deviation of its numbers. */
  readonly size?: number;
}

export function randomAdapter(config: ModelConfig, options: RandomAdapterOptions = {}): Adapter {
  const { seed = 1, size = 0.3, ...changes } = options;
  const shape = {
    ...{ rank: 2, alpha: 4, rankStabilised: false, targets: adaptableTargets(config) },
    ...changes,
  };
  const random = rng('random adapter', seed);
  const weights = new Map(
    adapterParameters(config, shape).map(({ name, shape: [rows, columns] }) => [
      name,
      Float32Array.from({ length: rows * columns }, () => size * random.normal()),
    ]),
  );
  return { ...shape, weights };
}

export function writeAdapter(folder: string, config: ModelConfig, adapter: Adapter): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(adapterFiles(config, adapter, 'the/base')))
    writeFileSync(path.join(folder, name), content);
  return folder;
}
