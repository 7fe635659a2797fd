/** Which folders hold models of text, and which models trained here. In a file of its own, since commands ask it first. */
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { isWordLevel } from './word-level.ts';

/** A tokenizer of models trained here is no larger. */
const LARGEST_OWN = 32_000_000;

/** Whether it is a folder whose tokenizer is of another kind than that of models trained here. */
export function isTextFolder(target: string): boolean {
  const tokenizer = path.join(target, 'tokenizer.json');
  if (!existsSync(path.join(target, 'config.json')) || !existsSync(tokenizer)) return false;
  if (statSync(tokenizer).size > LARGEST_OWN) return true;
  try {
    return !isWordLevel(JSON.parse(readFileSync(tokenizer, 'utf8')));
  } catch {
    return false; // a damaged file: whoever loads it says so
  }
}

/** By its name or its first bytes a GGUF file; a folder whose tokenizer is another one than ours. */
export function isTextModel(target: string): boolean {
  const found = statSync(target, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true)
    return /\.gguf$/i.test(target) || (found?.isFile() === true && isGguf(target));
  return isTextFolder(target);
}

function isGguf(file: string): boolean {
  const start = Buffer.alloc(4);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, start);
  } finally {
    closeSync(handle);
  }
  return start.toString('latin1') === 'GGUF';
}
