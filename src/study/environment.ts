/** The machine and the software that do the work, as the report names them. */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import type { Environment } from './rows.ts';

interface Package {
  readonly version: string;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

export function environment(): Environment {
  const manifest = new URL('../../package.json', import.meta.url);
  const { version, optionalDependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as Package;
  const cpus = os.cpus();
  return {
    lengthwise: version,
    node: process.versions.node,
    onnxruntime: optionalDependencies['onnxruntime-node'],
    platform: `${process.platform} ${process.arch} ${os.release()}`,
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
  };
}
