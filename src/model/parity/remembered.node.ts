/**
 * What checks of models brought out, so that each model is checked once: a small file a model in the user's folder for caches.
 * Models' own folders may be read-only, and are nobody's to write into.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { makeFolders } from '../../common/folders.node.ts';
import { packageVersion } from '../../common/version.node.ts';
import type { ModelConfig } from '../config/config.ts';
import type { Weights } from '../forward/parameters.ts';
import { checkParity } from './parity.ts';
import type { Parity } from './parity.ts';

/** A check, and whether it was made just now. */
export interface CheckedParity extends Parity {
  readonly isFirst: boolean;
}

/**
 * The check of a model whose weights and configuration are in these files: read where it was made before with the same files
 * and the same version of lengthwise, else made. Where the cache can't be written it is made each time.
 * @throws UserError as `checkParity` does
 */
export async function rememberedParity(
  files: readonly string[],
  model: { readonly config: ModelConfig; readonly weights: Weights },
  where: string,
  threads: number,
): Promise<CheckedParity> {
  const file = path.join(cacheFolder(), `${keyOf(files)}.json`);
  const known = read(file);
  if (known !== undefined) return { ...known, isFirst: false };
  const parity = await checkParity(model, where, threads);
  write(file, `${JSON.stringify(parity)}\n`);
  return { ...parity, isFirst: true };
}

/** Where programs keep what they can make again. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME: given, LOCALAPPDATA: local } = process.env;
  const usual = process.platform === 'win32' && local ? local : path.join(homedir(), '.cache');
  // The standard has relative paths ignored.
  return path.join(given !== undefined && path.isAbsolute(given) ? given : usual, 'lengthwise', 'models');
}

/** Files are the same where place, size and time of the last change are: to hash gigabytes takes longer than the check. */
function keyOf(files: readonly string[]): string {
  const facts = files.map((file) => {
    const { size, mtimeNs } = statSync(file, { bigint: true });
    return [realpathSync(file), String(size), String(mtimeNs)];
  });
  return createHash('sha256')
    .update(JSON.stringify([packageVersion(), facts]))
    .digest('hex');
}

function read(file: string): Parity | undefined {
  try {
    const { checksum, sites } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Parity>;
    return typeof checksum === 'number' && typeof sites === 'number' ? { checksum, sites } : undefined;
  } catch {
    return undefined; // not there, or damaged: it is made again
  }
}

/** Whole or not at all, also where several processes write it at once. */
function write(file: string, text: string): void {
  const draft = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    makeFolders(path.dirname(file));
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch {
    if (existsSync(draft)) rmSync(draft);
    // no cache, no harm
  }
}
