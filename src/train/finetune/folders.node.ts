/** Whole models as folders: the base of a GGUF file, and a base with an adapter in it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../common/errors.ts';
import { canonicalJson } from '../../common/json.ts';
import { saveFolder } from '../../model/files/folder.node.ts';
import { saveTextFolder } from '../../model/files/text/save.node.ts';
import { isModelFile, loadTextModel } from '../../model/files/text/text-model.node.ts';
import { loadSymbolModel } from '../../model/parity/adapted.node.ts';
import type { BaseFacts } from './base.ts';

/** What a folder was made from: it appears with the model, so that the same command finds it done. */
const ORIGIN_FILE = 'made-from.json';

/** Hashes of what a model was made from. */
interface Origin {
  readonly base: string;
  /** Of the adapter's weights; null without one. */
  readonly adapter: string | null;
}

/**
 * Writes the model of a GGUF file as a Hugging Face folder, dequantised, unless it is there already.
 * @throws UserError for a base that is a folder, a folder that holds something else or can't be written; DiskFullError
 */
export async function saveBase(target: string, { hash: base }: BaseFacts, folder: string): Promise<void> {
  if (!isModelFile(target))
    throw new UserError(
      `--save-base: ${target} is a folder already, which Python opens as it is; leave it out`,
    );
  const origin = { base, adapter: null };
  if (isThere(folder, origin)) return;
  await saveTextFolder(folder, await loadTextModel(target), target, { extraFiles: originFile(origin) });
}

/**
 * Writes a base with an adapter in its weights as a folder, unless it is there already.
 * @param adapter its folder, and the hash of its weights
 * @throws UserError for a folder that holds something else or can't be written; DiskFullError
 */
export async function saveMerged(
  target: string,
  { kind, hash: base }: BaseFacts,
  adapter: { readonly folder: string; readonly hash: string },
  folder: string,
): Promise<void> {
  const origin = { base, adapter: adapter.hash };
  if (isThere(folder, origin)) return;
  const options = { extraFiles: originFile(origin) };
  if (kind === 'text') {
    await saveTextFolder(folder, await loadTextModel(target, { adapter: adapter.folder }), target, options);
  } else {
    const model = await loadSymbolModel(target, { adapter: adapter.folder });
    await saveFolder(folder, model, options);
  }
}

function originFile(origin: Origin): Record<string, string> {
  return { [ORIGIN_FILE]: `${canonicalJson({ ...origin })}\n` };
}

/** @throws UserError for a folder that holds something else */
function isThere(folder: string, origin: Origin): boolean {
  if (!existsSync(folder)) return false;
  const file = path.join(folder, ORIGIN_FILE);
  if (existsSync(file) && readFileSync(file, 'utf8') === originFile(origin)[ORIGIN_FILE]) return true;
  throw new UserError(
    `${folder} is there already, and holds something else: name another folder, or delete it`,
  );
}
