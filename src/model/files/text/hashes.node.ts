/** What names a model: hashes of its files. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileFault, UserError } from '../../../common/errors.ts';
import { remembered } from '../../../common/remembered.node.ts';
import { weightFiles } from '../folder.node.ts';
import { adapterFilesIn } from '../peft/adapter.node.ts';
import { isModelFile, TEXT_FILES } from './text-model.node.ts';

/** SHA-256 of files one after the other; of one file, its own. */
export async function hashOfFiles(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    try {
      for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
    } catch (error) {
      throw new UserError(`${file}: cannot be read: ${fileFault(error)}`);
    }
  }
  return hash.digest('hex');
}

/** SHA-256 of what determines an adapter. */
export function hashOfAdapter(folder: string): Promise<string> {
  return hashOfFiles(adapterFilesIn(folder));
}

/** SHA-256 of those of the named files that are there, with their names. */
export function hashOfSetup(folder: string, names: readonly string[]): string {
  const hash = createHash('sha256');
  for (const name of names) {
    const file = path.join(folder, name);
    if (!existsSync(file)) continue;
    hash.update(`${name}\n`).update(createHash('sha256').update(readFileSync(file)).digest());
  }
  return hash.digest('hex');
}

/** Files of a folder that say how a model that reads text is asked. */
export const TEXT_SETUP: readonly string[] = ['config.json', ...Object.values(TEXT_FILES)];

/**
 * SHA-256 of all that determines what a model says: a GGUF file, or the weights of a folder with its configuration and
 * tokenizer, whoever trained it, and the adapter in it. It is remembered as long as the files stay the same (place, size, time of the last change).
 * @throws UserError where there is no such model
 */
export async function hashOfModel(target: string, adapter?: string): Promise<string> {
  if (adapter === undefined) return hashOfBase(target);
  const parts = [await hashOfBase(target), await hashOfAdapter(adapter)];
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}

async function hashOfBase(target: string): Promise<string> {
  if (!existsSync(target))
    throw new UserError(`${target}: no such file or folder; a GGUF file or a model folder was expected`);
  const weights = isModelFile(target) ? [target] : await weightFiles(target);
  const setup = isModelFile(target)
    ? []
    : TEXT_SETUP.map((name) => path.join(target, name)).filter((file) => existsSync(file));
  const { value } = await remembered([...weights, ...setup], 'sha256', isHash, async () => {
    if (isModelFile(target)) return hashOfFiles(weights);
    const parts = [await hashOfFiles(weights), hashOfSetup(target, TEXT_SETUP)];
    return createHash('sha256').update(parts.join('\n')).digest('hex');
  });
  return value;
}

const isHash = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
