/** A GGUF file as a model: configuration and weights, as if they came from a Hugging Face folder. */
import { UserError } from '../../../common/errors.ts';
import type { ModelConfig } from '../../config/config.ts';
import { parameters } from '../../forward/parameters.ts';
import { readConfig } from '../huggingface/config-file.ts';
import { configJsonOf } from './config.ts';
import { withGguf } from './file.node.ts';
import type { GgufFile } from './file.node.ts';
import type { GgufHeader } from './header.ts';
import { TextTokenizer } from '../../tokenizers/text.ts';
import { tokenizerFilesOf } from './tokenizer.ts';
import { sourceOf } from './weights.ts';

/** RoPE's divisors, a number per pair of a head. */
const ROPE_TENSORS = ['rope_freqs.weight', 'rope_factors_short.weight', 'rope_factors_long.weight'];

/** What a GGUF file holds of a model; its tokenizer is read on its own. */
export interface GgufModel {
  readonly config: ModelConfig;
  /** In float32, whatever the file has. */
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly header: GgufHeader;
}

/**
 * The model in a GGUF file, dequantised.
 * @throws UserError in one line for a file that is damaged, not supported, or does not fit its own header
 */
export async function loadGguf(path: string): Promise<GgufModel> {
  return withGguf(path, async ({ header, read }) => {
    const config = await configOf({ header, read }, path);
    const architecture = String(header.facts.get('general.architecture'));
    const weights = new Map<string, Float32Array>();
    const unread = new Set(header.tensors.keys());
    for (const name of ROPE_TENSORS) unread.delete(name);
    for (const { name, shape } of parameters(config)) {
      const source = sourceOf(config, architecture, name, shape);
      const tensor = header.tensors.get(source.tensor);
      unread.delete(source.tensor);
      if (tensor === undefined) throw new UserError(`${path}: tensor '${source.tensor}' is missing`);
      if (tensor.shape.join() !== source.shape.join()) {
        throw new UserError(
          `${path}: tensor '${source.tensor}' is [${tensor.shape.join(', ')}], the header's sizes say [${source.shape.join(', ')}]`,
        );
      }
      const numbers = await read(tensor);
      weights.set(name, source.change?.(numbers) ?? numbers);
    }
    if (unread.size > 0) {
      const some = [...unread].slice(0, 5).map((name) => `'${name.slice(0, 100)}'`);
      throw new UserError(`${path}: ${unread.size} tensors that are not supported: ${some.join(', ')}`);
    }
    return { config, weights, header };
  });
}

/** The model's configuration alone. @throws UserError as `loadGguf` does */
export async function loadGgufConfig(path: string): Promise<ModelConfig> {
  return withGguf(path, (file) => configOf(file, path));
}

async function configOf({ header, read }: GgufFile, path: string): Promise<ModelConfig> {
  const divisors = new Map<string, readonly number[]>();
  for (const name of ROPE_TENSORS) {
    const tensor = header.tensors.get(name);
    if (tensor !== undefined) divisors.set(name, [...(await read(tensor))]);
  }
  return readConfig(
    configJsonOf(header, (name) => divisors.get(name), path),
    path,
  );
}

/** @throws UserError in one line for a tokenizer of a kind that is not read, or a damaged file */
export async function loadGgufTokenizer(path: string): Promise<TextTokenizer> {
  const header = await withGguf(path, (file) => Promise.resolve(file.header));
  return new TextTokenizer(tokenizerFilesOf(header, path), path);
}
