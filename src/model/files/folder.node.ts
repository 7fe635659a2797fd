/**
 * Models as Hugging Face folders on disk: what Python's `AutoModelForCausalLM` and `AutoTokenizer` open as they are.
 * A folder appears whole or not at all.
 */
import { randomBytes } from 'node:crypto';
import { open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { adapterFault } from '../../common/adapter-folder.node.ts';
import { DiskFullError, fileFault, saysDiskFull, UserError } from '../../common/errors.ts';
import { makeFolders } from '../../common/folders.node.ts';
import type { ModelConfig } from '../config/config.ts';
import {
  isOfSets,
  readConfig,
  writeConfigJson,
  writeGenerationConfigJson,
} from './huggingface/config-file.ts';
import { parseJsonObject } from './huggingface/fields.ts';
import { checkShard, readIndex } from './huggingface/shards.ts';
import { readTensors, tensorParts } from './huggingface/tensors.ts';
import type { Placed } from './huggingface/tensors.ts';
import { readTokenizerJson, tokenizerOfConfig, writeTokenizerFiles } from './huggingface/tokenizer-files.ts';
import type { Weights } from '../forward/parameters.ts';
import { partsOf } from './read-into.node.ts';
import { readSafetensors } from './safetensors.ts';
import type { Tokenizer } from './tokenizer.ts';

/** What a model folder holds. */
export interface SavedModel {
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly tokenizer: Tokenizer;
}

/** A model that was read from a folder. */
export interface LoadedModel extends SavedModel {
  /**
   * Whether the sign of each logit says if that token may come next (trained with binary cross-entropy), and not the
   * largest logit which one does.
   */
  readonly ofSets: boolean;
  /** Whether the folder has a tokenizer; without one symbols are called as they were named, or by their ids. */
  readonly hasTokenizer: boolean;
}

export interface LoadOptions {
  /** Names of the symbols in the order of their ids, for a folder without a tokenizer. */
  readonly symbols?: readonly string[];
}

/** How a model is saved. */
export interface SaveOptions {
  /** Further files, by name, that appear together with the model: how it was trained, for instance. */
  readonly extraFiles?: Readonly<Record<string, string | Uint8Array>>;
  /** Whether a folder that is there and not empty is replaced, whatever it holds. Default false: it is an error. */
  readonly replace?: boolean;
}

const MB = 1_000_000;
/** config.json of real models has a few kB. */
const CONFIG_CAP = 4 * MB;
/** A word-level vocabulary of half a million words fits. */
const TOKENIZER_CAP = 32 * MB;
/** The index of a model of 100 layers has 200 kB. */
const INDEX_CAP = 16 * MB;

export const WEIGHTS_FILE = 'model.safetensors';
const INDEX_FILE = `${WEIGHTS_FILE}.index.json`;

/** Folders beside the one that is saved are named after it, the process, a random number, and what they are. */
const PARTIAL = '.partial';
const OLD = '.old';
const LEFT_BEHIND = /^\d+-[0-9a-f]{8}\.(partial|old)$/;

/**
 * Saves a model, atomically: everything is written into a temporary folder beside it, which is then renamed.
 * @throws UserError if the folder is there already and not empty (unless `replace`), or cannot be written; DiskFullError
 */
export async function saveFolder(
  folder: string,
  model: SavedModel,
  options: SaveOptions = {},
): Promise<void> {
  const { config, weights, tokenizer } = model;
  if (tokenizer.size > config.vocabulary) {
    throw new UserError(`a tokenizer of ${tokenizer.size} tokens for a model of ${config.vocabulary}`);
  }
  await writeFolder(
    folder,
    {
      ...options.extraFiles,
      ...writeTokenizerFiles(tokenizer, config.positions),
      'generation_config.json': writeGenerationConfigJson(tokenizer),
      'config.json': writeConfigJson(config, tokenizer),
      [WEIGHTS_FILE]: tensorParts(config, weights),
    },
    options,
  );
}

/** A file's text or bytes, or its bytes in parts. */
export type FileContent = string | Uint8Array | Iterable<Uint8Array>;

/**
 * A folder with these files, by name, which appears whole or not at all.
 * @throws UserError if it is there already and not empty (unless `replace`), or cannot be written; DiskFullError
 */
export async function writeFolder(
  folder: string,
  files: Readonly<Record<string, FileContent>>,
  { replace = false }: Pick<SaveOptions, 'replace'> = {},
): Promise<void> {
  const target = resolve(folder);
  if (!replace) await expectEmpty(target, folder);
  await inUserTerms(folder, 'cannot be written', () => writeWhole(target, files));
}

/**
 * Without a tokenizer.json, the symbols are those that stand before the special tokens that config.json names.
 * @throws UserError in one line for a folder that is no model, or a damaged one
 */
export async function loadFolder(folder: string, { symbols }: LoadOptions = {}): Promise<LoadedModel> {
  const json = await configFields(folder);
  const { tokenizer, hasTokenizer } = await tokenizerOf(folder, json, symbols);
  const { config, weights } = await loadWeights(folder);
  if (tokenizer.size > config.vocabulary) {
    throw new UserError(
      `${join(folder, 'tokenizer.json')}: ${tokenizer.size} tokens, but config.json has a vocabulary of ${config.vocabulary}`,
    );
  }
  return { config, weights, tokenizer, ofSets: isOfSets(json), hasTokenizer };
}

async function tokenizerOf(
  folder: string,
  json: Readonly<Record<string, unknown>>,
  symbols: readonly string[] | undefined,
): Promise<{ tokenizer: Tokenizer; hasTokenizer: boolean }> {
  const hasTokenizer = (await listModelFolder(folder)).includes('tokenizer.json');
  const ofConfig = hasTokenizer ? null : tokenizerOfConfig(json, symbols, join(folder, 'config.json'));
  if (ofConfig !== null) return { tokenizer: ofConfig, hasTokenizer };
  await checkTokenizerFile(folder);
  const path = join(folder, 'tokenizer.json');
  const tokenizer = readTokenizerJson(decodeText(await readCapped(path, TOKENIZER_CAP), path), path);
  if (symbols !== undefined)
    throw new UserError(`${folder}: its tokenizer.json names its symbols: don't name others`);
  return { tokenizer, hasTokenizer };
}

/** The same without the tokenizer: for models from elsewhere, which have tokenizers of other kinds. */
export async function loadWeights(folder: string): Promise<Omit<SavedModel, 'tokenizer'>> {
  const config = await loadConfig(folder);
  const names = await listModelFolder(folder);
  const tensors = await placedTensors(folder, names);
  const where = join(folder, weightsFileOf(folder, names));
  return { config, weights: await readTensors(config, tensors, where) };
}

/** What config.json says of a model. @throws UserError in one line for a folder that is none, and what is not supported */
export async function loadConfig(folder: string): Promise<ModelConfig> {
  return readConfig(await configFields(folder), join(folder, 'config.json'));
}

async function configFields(folder: string): Promise<Readonly<Record<string, unknown>>> {
  await listModelFolder(folder);
  const path = join(folder, 'config.json');
  return parseJsonObject(decodeText(await readCapped(path, CONFIG_CAP), path), path);
}

/** The files with a folder's weights, in the order in which they are read. */
export async function weightFiles(folder: string): Promise<string[]> {
  const first = join(folder, weightsFileOf(folder, await listModelFolder(folder)));
  if (!first.endsWith(INDEX_FILE)) return [first];
  const index = readIndex(decodeText(await readCapped(first, INDEX_CAP), first), first);
  return [...index.keys()].map((file) => join(folder, file));
}

/** The tensors of the one file, or of all files that the index names. Their numbers are not read yet. */
async function placedTensors(folder: string, names: readonly string[]): Promise<Placed[]> {
  const first = join(folder, weightsFileOf(folder, names));
  if (!first.endsWith(INDEX_FILE)) return placedIn(first);
  const all: Placed[] = [];
  for (const [file, expected] of readIndex(decodeText(await readCapped(first, INDEX_CAP), first), first)) {
    all.push(...(await placedIn(join(folder, file), expected)));
  }
  return all;
}

/** @param expected the names that the index has for it */
async function placedIn(where: string, expected?: ReadonlySet<string>): Promise<Placed[]> {
  const { read, size } = await partsOf(where);
  const tensors = await readSafetensors(read, size, where);
  if (expected !== undefined) checkShard(tensors, expected, where);
  return [...tensors.values()].map((tensor) => ({ tensor, read, where }));
}

async function listModelFolder(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    const reasons: Partial<Record<string, string>> = {
      ENOENT: 'no such folder',
      ENOTDIR: 'a file, not a folder',
    };
    throw new UserError(
      `${folder}: ${reasons[codeOf(error)] ?? fileFault(error)}; a model folder was expected`,
    );
  }
  if (!names.includes('config.json')) {
    throw new UserError(adapterFault(folder) ?? `${folder}: no model folder: there is no config.json in it`);
  }
  return names;
}

/** Where the weights are: in one file, or in several that an index names. */
function weightsFileOf(folder: string, names: readonly string[]): string {
  if (names.includes(WEIGHTS_FILE)) return WEIGHTS_FILE;
  if (names.includes(INDEX_FILE)) return INDEX_FILE;
  const pickled = names.some((name) => /^pytorch_model.*\.bin$/.test(name));
  const hint = pickled
    ? '; pytorch_model.bin is not read: save it again with transformers, as safetensors'
    : '';
  throw new UserError(`${folder}: there is no ${WEIGHTS_FILE}${hint}`);
}

/** @throws UserError where a folder has no tokenizer.json, with the way to get one */
export async function checkTokenizerFile(folder: string): Promise<void> {
  const names = await listModelFolder(folder);
  if (names.includes('tokenizer.json')) return;
  throw new UserError(
    `${folder}: there is no tokenizer.json: put the model's beside its weights (AutoTokenizer.from_pretrained(NAME).save_pretrained(FOLDER) writes it)`,
  );
}

/** @throws UserError for a file that can't be read, or has more than `cap` bytes */
export async function readCapped(path: string, cap: number): Promise<Uint8Array> {
  return inUserTerms(path, 'cannot be read', async () => {
    const found = await stat(path);
    if (!found.isFile() && !found.isDirectory())
      throw new UserError(`${path}: a device or a pipe, not a file`);
    if (found.size > cap) throw new UserError(`${path}: ${found.size} bytes; at most ${cap} are read`);
    return readFile(path);
  });
}

/** @throws UserError for what is no UTF-8 */
export function decodeText(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError(`${path}: no UTF-8 text`);
  }
}

async function expectEmpty(target: string, folder: string): Promise<void> {
  const names = await readdir(target).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw new UserError(
      `${folder}: ${codeOf(error) === 'ENOTDIR' ? 'a file, not a folder' : fileFault(error)}`,
    );
  });
  if (names.length > 0) throw new UserError(`${folder}: already there, and not empty; choose another folder`);
}

async function writeWhole(target: string, files: Readonly<Record<string, FileContent>>): Promise<void> {
  const mark = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const temporary = join(dirname(target), `.${basename(target)}.${mark}${PARTIAL}`);
  const old = join(dirname(target), `.${basename(target)}.${mark}${OLD}`);
  makeFolders(temporary);
  try {
    for (const [name, content] of Object.entries(files)) await writeDurably(join(temporary, name), content);
    const exists = await stat(target).then(
      () => true,
      () => false,
    );
    if (exists) await rename(target, old);
    await rename(temporary, target).catch(async (error: unknown) => {
      if (exists) await rename(old, target);
      throw error;
    });
    await rm(old, { recursive: true, force: true });
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Undoes what a process that was killed inside `saveFolder` left beside the folder: the folder that was to be replaced
 * is put back if nothing has taken its place, and what was half-written goes.
 */
export async function tidyAfterKill(folder: string): Promise<void> {
  const target = resolve(folder);
  const mine = `.${basename(target)}.`;
  const names = await readdir(dirname(target)).catch(() => []);
  for (const name of names.filter((candidate) => candidate.startsWith(mine))) {
    if (!LEFT_BEHIND.test(name.slice(mine.length))) continue;
    const left = join(dirname(target), name);
    // A rename onto a folder that is there and not empty fails: then the new one had come.
    if (name.endsWith(OLD)) await rename(left, target).catch(() => undefined);
    await rm(left, { recursive: true, force: true });
  }
}

/** On the disk before the rename, so that a power cut leaves no empty files under the final name. */
async function writeDurably(path: string, content: FileContent): Promise<void> {
  const parts = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  const file = await open(path, 'wx');
  try {
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function inUserTerms<T>(place: string, what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof UserError || error instanceof DiskFullError) throw error;
    if (saysDiskFull(error)) throw new DiskFullError(place, { cause: error });
    throw new UserError(`${place}: ${what}: ${fileFault(error)}`, { cause: error });
  }
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
