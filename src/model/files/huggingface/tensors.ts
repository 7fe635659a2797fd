/** A model's weights as the tensors of model.safetensors, and back. */
import { UserError } from '../../../common/errors.ts';
import type { HuggingFaceFormat } from '../../architectures/architecture.ts';
import { architectures } from '../../architectures/table.ts';
import type { ModelConfig } from '../../config/config.ts';
import { sizeOf } from '../../../graph/types/tensor.ts';
import { checkWeights, parameters } from '../../forward/parameters.ts';
import type { Weights } from '../../forward/parameters.ts';
import { readNumbers, safetensorsParts, writeSafetensors } from '../safetensors.ts';
import type { NamedArray, ReadInto, StoredTensor } from '../safetensors.ts';

/** The bytes of model.safetensors. @throws UserError for weights that are not the model's */
export function writeTensors(config: ModelConfig, weights: Weights): Uint8Array {
  return writeSafetensors(namedTensors(config, weights));
}

/** The same in parts, one after the other, so that a large model is in memory once. */
export function tensorParts(config: ModelConfig, weights: Weights): Iterable<Uint8Array> {
  return safetensorsParts(namedTensors(config, weights));
}

function namedTensors(config: ModelConfig, weights: Weights): NamedArray[] {
  checkWeights(config, weights);
  const own = parameters(config).flatMap(({ name, shape }) => {
    const data = weights.get(name);
    return data === undefined ? [] : [{ name, shape, data }];
  });
  const zeros = architectures[config.architecture].huggingFace
    .zeros(config)
    .map(({ name, shape }) => ({ name, shape, data: new Float32Array(sizeOf(shape)) }));
  return [...own, ...zeros];
}

/** A tensor that is stored, its file, and what to call that in errors. */
export interface Placed {
  readonly tensor: StoredTensor;
  readonly read: ReadInto;
  readonly where: string;
}

const numbersOf = ({ tensor, read, where }: Placed): Promise<Float32Array> =>
  readNumbers(tensor, read, where);

/**
 * The model's weights among the tensors of a file, or of several.
 * @param where what to call all of it in errors
 * @throws UserError that names every tensor that is missing, superfluous, or of another shape
 */
export async function readTensors(
  config: ModelConfig,
  tensors: Iterable<Placed>,
  where: string,
): Promise<Map<string, Float32Array>> {
  const format = architectures[config.architecture].huggingFace;
  const stored = byFullName(format, tensors, where);
  const weights = new Map<string, Float32Array>();
  const problems: string[] = [];
  for (const { name, shape } of parameters(config)) {
    const found = stored.get(name);
    stored.delete(name);
    if (found === undefined) problems.push(`tensor '${name}' is missing`);
    else if (found.tensor.shape.join() !== shape.join()) {
      problems.push(
        `tensor '${name}' is [${found.tensor.shape.join(', ')}], config.json says [${shape.join(', ')}]`,
      );
    } else if (problems.length === 0) weights.set(name, await numbersOf(found));
  }
  for (const { name } of format.zeros(config)) {
    const found = stored.get(name);
    stored.delete(name);
    if (found !== undefined && (await numbersOf(found)).some((number) => number !== 0)) {
      problems.push(`tensor '${name}' is not zero, but config.json says that the model has no positions`);
    }
  }
  if (config.tiedEmbeddings) problems.push(...(await repeatedUnembedding(format, stored, weights)));
  for (const name of stored.keys()) {
    if (!format.ignored.test(name))
      problems.push(`tensor '${name.slice(0, 200)}' belongs to no part of the model`);
  }
  if (problems.length > 0) throw new UserError(`${where}: ${summary(problems)}`);
  return weights;
}

/** Some files repeat the token embedding as the unembedding; another one there would say that they are not tied. */
async function repeatedUnembedding(
  { tokens, unembedding }: HuggingFaceFormat,
  stored: Map<string, Placed>,
  weights: ReadonlyMap<string, Float32Array>,
): Promise<string[]> {
  const found = stored.get(unembedding);
  const embedding = weights.get(tokens);
  stored.delete(unembedding);
  if (found === undefined || embedding === undefined) return [];
  const repeated = await numbersOf(found);
  const isSame =
    repeated.length === embedding.length && repeated.every((number, i) => Object.is(number, embedding[i]));
  if (isSame) return [];
  return [
    `tensor '${unembedding}' differs from '${tokens}', but config.json says that they are one (tie_word_embeddings)`,
  ];
}

/** By the names that they have here: other versions call some otherwise, and old checkpoints leave the prefix out of every name. */
function byFullName(
  format: HuggingFaceFormat,
  tensors: Iterable<Placed>,
  where: string,
): Map<string, Placed> {
  const { prefix, renamed = [], unembedding } = format;
  const head = unembedding.slice(0, unembedding.lastIndexOf('.') + 1);
  const named = [...tensors].map((placed) => ({
    placed,
    name: renamed.reduce((name, [pattern, own]) => name.replace(pattern, own), placed.tensor.name),
  }));
  const prefixed = named.some(({ name }) => name.startsWith(prefix));
  const stored = new Map<string, Placed>();
  for (const { placed, name } of named) {
    const full = prefixed || name.startsWith(head) ? name : `${prefix}${name}`;
    const twin = stored.get(full);
    if (twin !== undefined) {
      throw new UserError(
        `${where}: '${placed.tensor.name}' and '${twin.tensor.name}' are the same tensor of the model`,
      );
    }
    stored.set(full, placed);
  }
  return stored;
}

/** The first few; a file of another model would have hundreds. */
function summary(problems: readonly string[]): string {
  const shown = problems.slice(0, 5).join('; ');
  return problems.length > 5 ? `${shown}; and ${problems.length - 5} more` : shown;
}
