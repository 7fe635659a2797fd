/** Which folders hold an adapter instead of a model. In a file of its own, since commands ask it first. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { shellWord } from './shell-word.ts';

/** The files of an adapter's folder, as peft calls them. */
export const ADAPTER_FILES = { config: 'adapter_config.json', weights: 'adapter_model.safetensors' } as const;

/** 4 MB: a configuration that names every module of a model of 100 layers has 50 kB. */
export const ADAPTER_CONFIG_CAP = 4_000_000;

/**
 * What is wrong with a folder that is named as a model and holds an adapter, and the way out; null where it does not.
 * @param command that takes the model alone; undefined: it is measured with the adapter
 */
export function adapterFault(folder: string, command?: string): string | null {
  const config = path.join(folder, ADAPTER_FILES.config);
  if (!existsSync(config) || existsSync(path.join(folder, 'config.json'))) return null;
  const base = baseIn(config);
  const made = base === null ? '' : ` It says that it was made for ${base}.`;
  const way =
    command === undefined
      ? `, and this folder beside it: lengthwise measure BASE --adapter ${shellWord(folder)}`
      : `: ${command}`;
  return `${folder}: an adapter, not a model: name the model that it was made for${way}.${made}`;
}

function baseIn(file: string): string | null {
  try {
    if (statSync(file).size > ADAPTER_CONFIG_CAP) return null;
    const { base_model_name_or_path: base } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly base_model_name_or_path?: unknown;
    };
    return typeof base === 'string' && base !== '' ? base.slice(0, 200).replace(/\s+/g, ' ') : null;
  } catch {
    return null;
  }
}
