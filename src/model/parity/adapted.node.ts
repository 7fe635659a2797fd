/**
 * Models with an adapter from a folder in their weights. An adapter that changes nothing is an error: some servers answer as the
 * base model then and say nothing, and who measures would measure that.
 */
import path from 'node:path';
import { UserError } from '../../common/errors.ts';
import { remembered } from '../../common/remembered.node.ts';
import { mergeInto } from '../adapters/adapter.ts';
import { LocalModel } from '../answers/local-model.ts';
import type { ModelConfig } from '../config/config.ts';
import { loadFolder, weightFiles } from '../files/folder.node.ts';
import type { LoadedModel, LoadOptions } from '../files/folder.node.ts';
import { adapterFilesIn, readAdapter } from '../files/peft/adapter.node.ts';
import type { Weights } from '../forward/parameters.ts';
import { fixedPrompt } from './parity.ts';

interface Model {
  readonly config: ModelConfig;
  readonly weights: Weights;
}

/**
 * The same model with an adapter in its weights, which are in float32 whatever the files have.
 * @param folder as peft or `lengthwise finetune` wrote it
 * @throws UserError in one line for a folder that is no adapter of this model, and one that changes no weight or no logit
 */
export async function withAdapter<M extends Model>(model: M, folder: string): Promise<M> {
  const weights = new Map(model.weights);
  await putAdapter(model.config, weights, folder, []);
  return { ...model, weights };
}

/** A symbol model, with an adapter in its weights where one is named. @throws UserError as `loadFolder` and `withAdapter` do */
export async function loadSymbolModel(
  folder: string,
  { adapter, ...options }: LoadOptions & { readonly adapter?: string } = {},
): Promise<LoadedModel> {
  const model = await loadFolder(folder, options);
  if (adapter === undefined) return model;
  const weights = new Map(model.weights);
  const files = [path.join(folder, 'config.json'), ...(await weightFiles(folder))];
  await putAdapter(model.config, weights, adapter, files);
  return { ...model, weights };
}

/**
 * Puts an adapter into weights.
 * @param files the model's own: that the adapter changes logits is checked once for the same files; none: each time
 * @throws UserError as `withAdapter` does
 */
export async function putAdapter(
  config: ModelConfig,
  weights: Map<string, Float32Array>,
  folder: string,
  files: readonly string[],
): Promise<void> {
  const adapter = await readAdapter(folder, config);
  let isMerged = false;
  const merge = (): void => {
    isMerged = true;
    if (!mergeInto(config, weights, adapter))
      throw new UserError(`${folder}: the adapter changes no weight: was it trained?`);
  };
  const check = async (): Promise<true> => {
    const before = await logitsOf(config, weights);
    merge();
    const after = await logitsOf(config, weights);
    if (!after.every(Number.isFinite))
      throw new UserError(
        `${folder}: with the adapter, the logits of a fixed prompt are not all numbers: it is damaged`,
      );
    if (after.every((logit, i) => logit === before[i]))
      throw new UserError(`${folder}: the adapter changes no logit of a fixed prompt`);
    return true;
  };
  if (files.length === 0) await check();
  else await remembered([...files, ...adapterFilesIn(folder)], 'adapted', isTrue, check);
  if (!isMerged) merge();
}

const isTrue = (value: unknown): value is true => value === true;

async function logitsOf(config: ModelConfig, weights: Weights): Promise<Float32Array> {
  const local = new LocalModel({ config, weights });
  try {
    const [logits] = await local.logits([fixedPrompt(config)]);
    return Float32Array.from(logits);
  } finally {
    await local.release();
  }
}
