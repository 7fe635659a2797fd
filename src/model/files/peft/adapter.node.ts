/** An adapter in a folder, as `peft` or `lengthwise finetune` wrote it. What is read is hostile until it is checked. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { ADAPTER_CONFIG_CAP, ADAPTER_FILES } from '../../../common/adapter-folder.node.ts';
import { UserError } from '../../../common/errors.ts';
import { shellWord } from '../../../common/shell-word.ts';
import {
  adaptableModules,
  largestRank,
  lastPart,
  nameOfA,
  nameOfB,
  nonFiniteOf,
} from '../../adapters/adapter.ts';
import type { AdaptedModule, Adapter } from '../../adapters/adapter.ts';
import { architectures } from '../../architectures/table.ts';
import type { ModelConfig } from '../../config/config.ts';
import { decodeText, readCapped } from '../folder.node.ts';
import { partsOf } from '../read-into.node.ts';
import { readNumbers, readSafetensors } from '../safetensors.ts';
import type { StoredTensor } from '../safetensors.ts';
import { readAdapterConfig } from './adapter-config.ts';
import type { AdapterConfig } from './adapter-config.ts';
import { PEFT_PREFIX } from './adapter-files.ts';

const MOST_PROBLEMS = 3;

/** The files that say what an adapter computes. @throws UserError where they are not there */
export function adapterFilesIn(folder: string): string[] {
  checkFolder(folder);
  return Object.values(ADAPTER_FILES).map((name) => path.join(folder, name));
}

/**
 * The adapter, with a zero matrix for each module that it leaves alone in some layers and changes in others.
 * @throws UserError in one line for a folder that is no adapter, a damaged one, one of another model or of a kind that is not read
 */
export async function readAdapter(folder: string, config: ModelConfig): Promise<Adapter> {
  const [configFile, weightsFile] = adapterFilesIn(folder);
  const said = readAdapterConfig(
    decodeText(await readCapped(configFile, ADAPTER_CONFIG_CAP), configFile),
    configFile,
  );
  const { rank, alpha, rankStabilised } = said;
  const { read, size } = await partsOf(weightsFile);
  const stored = byOwnName(await readSafetensors(read, size, weightsFile), config);
  const modules = changedModules(config, said, stored, weightsFile);
  const targets = [...new Set(modules.map(({ name }) => lastPart(name)))];
  const weights = new Map<string, Float32Array>();
  for (const { name, inputs, outputs } of adaptableModules(config)) {
    if (!targets.includes(lastPart(name))) continue;
    for (const [key, count] of [
      [nameOfA(name), rank * inputs],
      [nameOfB(name), outputs * rank],
    ] as const) {
      const tensor = stored.get(key);
      weights.set(
        key,
        tensor === undefined ? new Float32Array(count) : await readNumbers(tensor, read, weightsFile),
      );
    }
  }
  const damaged = nonFiniteOf({ weights });
  if (damaged !== undefined)
    throw new UserError(
      `${weightsFile}: '${damaged}' has numbers that are not finite: the adapter is damaged`,
    );
  return { rank, alpha, rankStabilised, targets, weights };
}

/** @throws UserError for a folder that has not the files of an adapter, with what it is instead */
function checkFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  const expected = `the folder of an adapter was expected (${Object.values(ADAPTER_FILES).join(', ')})`;
  if (found === undefined) throw new UserError(`${folder}: no such folder; ${expected}`);
  if (!found.isDirectory()) throw new UserError(`${folder}: a file, not a folder; ${expected}`);
  const has = (name: string) => existsSync(path.join(folder, name));
  if (has('config.json') && !has(ADAPTER_FILES.config))
    throw new UserError(
      `${folder}: a model, not an adapter: name it as the model (lengthwise measure ${shellWord(folder)}), without --adapter`,
    );
  if (has(ADAPTER_FILES.config) && has(ADAPTER_FILES.weights)) return;
  if (has('adapters.safetensors'))
    throw new UserError(`${folder}: an adapter in MLX's format; ${expected}, as peft writes them`);
  if (has('adapter_model.bin'))
    throw new UserError(
      `${folder}: adapter_model.bin is not read: save the adapter again with peft, as safetensors`,
    );
  const missing = Object.values(ADAPTER_FILES).filter((name) => !has(name));
  throw new UserError(`${folder}: there is no ${missing.join(' and no ')} in it; ${expected}`);
}

/** The tensors by the names that the model's parts have here, without peft's prefix. */
function byOwnName(
  tensors: ReadonlyMap<string, StoredTensor>,
  { architecture }: ModelConfig,
): Map<string, StoredTensor> {
  const { renamed = [] } = architectures[architecture].huggingFace;
  const named = [...tensors.values()].map((tensor): [string, StoredTensor] => {
    const inModel = tensor.name.startsWith(PEFT_PREFIX) ? tensor.name.slice(PEFT_PREFIX.length) : tensor.name;
    return [renamed.reduce((name, [pattern, own]) => name.replace(pattern, own), inModel), tensor];
  });
  return new Map(named);
}

/**
 * The modules that have tensors, each both of them and of the model's sizes.
 * @throws UserError that names the first tensors which the model or the configuration has no place for, or which are missing
 */
function changedModules(
  config: ModelConfig,
  { rank, names, namedBy, base }: AdapterConfig,
  stored: ReadonlyMap<string, StoredTensor>,
  where: string,
): AdaptedModule[] {
  const problems: string[] = [];
  const known = adaptableModules(config);
  const widest = largestRank(config);
  if (rank > widest)
    throw new UserError(
      `${where}: a rank of ${rank}, and the largest side of the model's matrices is ${widest}: an adapter of another model`,
    );
  const modules = known.filter(({ name, inputs, outputs }) => {
    const found = [stored.get(nameOfA(name)), stored.get(nameOfB(name))];
    const named = names?.(name) ?? false;
    if (found.every((tensor) => tensor === undefined)) {
      if (named) problems.push(`module '${name}' has no tensors, and ${namedBy} names it`);
      return false;
    }
    if (names !== null && !named)
      problems.push(`module '${name}' has tensors, and ${namedBy} does not name it`);
    const wanted = [
      [nameOfA(name), rank, inputs],
      [nameOfB(name), outputs, rank],
    ] as const;
    for (const [i, [key, rows, columns]] of wanted.entries()) {
      const shape = found[i]?.shape;
      if (shape === undefined) problems.push(`tensor '${key}' is missing`);
      else if (shape.join() !== `${rows},${columns}`)
        problems.push(`'${key}' is [${shape.join(', ')}], the model needs [${rows}, ${columns}]`);
    }
    return true;
  });
  const places = new Set(known.flatMap(({ name }) => [nameOfA(name), nameOfB(name)]));
  for (const [name, tensor] of stored)
    if (!places.has(name)) problems.push(`'${tensor.name.slice(0, 200)}' belongs to no layer of the model`);
  if (stored.size === 0) problems.push('there is no tensor in it');
  if (problems.length === 0) return modules;
  const more = problems.length > MOST_PROBLEMS ? `; and ${problems.length - MOST_PROBLEMS} more` : '';
  const made = base === null ? '' : ` (it says that it was made for ${base.slice(0, 200)})`;
  throw new UserError(
    `${where}: no adapter of this model${made}: ${problems.slice(0, MOST_PROBLEMS).join('; ')}${more}`,
  );
}
