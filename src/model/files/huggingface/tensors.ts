/** A model's weights as the tensors of model.safetensors, and back. */
import { UserError } from '../../../common/errors.ts';
import { architectures } from '../../architectures/table.ts';
import type { ModelConfig } from '../../config/config.ts';
import { sizeOf } from '../../../graph/types/tensor.ts';
import { checkWeights, parameters } from '../../forward/parameters.ts';
import type { Weights } from '../../forward/parameters.ts';
import { parseSafetensors, toFloat32, writeSafetensors } from '../safetensors.ts';
import type { StoredTensor } from '../safetensors.ts';

/** The bytes of model.safetensors. @throws UserError for weights that are not the model's */
export function writeTensors(config: ModelConfig, weights: Weights): Uint8Array {
  checkWeights(config, weights);
  const own = parameters(config).flatMap(({ name, shape }) => {
    const data = weights.get(name);
    return data === undefined ? [] : [{ name, shape, data }];
  });
  const zeros = architectures[config.architecture].huggingFace
    .zeros(config)
    .map(({ name, shape }) => ({ name, shape, data: new Float32Array(sizeOf(shape)) }));
  return writeSafetensors([...own, ...zeros]);
}

/**
 * @param where what to call the file in errors
 * @throws UserError that names every tensor that is missing, superfluous, or of another shape
 */
export function readTensors(config: ModelConfig, file: Uint8Array, where: string): Map<string, Float32Array> {
  const stored = byFullName(config, parseSafetensors(file, where));
  const format = architectures[config.architecture].huggingFace;
  const weights = new Map<string, Float32Array>();
  const problems: string[] = [];
  for (const { name, shape } of parameters(config)) {
    const tensor = stored.get(name);
    stored.delete(name);
    if (tensor === undefined) problems.push(`tensor '${name}' is missing`);
    else if (tensor.shape.join() !== shape.join()) {
      problems.push(
        `tensor '${name}' is [${tensor.shape.join(', ')}], config.json says [${shape.join(', ')}]`,
      );
    } else weights.set(name, toFloat32(tensor, where));
  }
  for (const { name } of format.zeros(config)) {
    const tensor = stored.get(name);
    stored.delete(name);
    if (tensor !== undefined && toFloat32(tensor, where).some((number) => number !== 0)) {
      problems.push(`tensor '${name}' is not zero, but config.json says that the model has no positions`);
    }
  }
  if (config.tiedEmbeddings) stored.delete('lm_head.weight'); // some files repeat it
  for (const name of stored.keys()) {
    if (!format.ignored.test(name))
      problems.push(`tensor '${name.slice(0, 200)}' belongs to no part of the model`);
  }
  if (problems.length > 0) throw new UserError(`${where}: ${summary(problems)}`);
  return weights;
}

/** Old checkpoints leave the prefix of the base model out of every name. */
function byFullName(
  config: ModelConfig,
  tensors: ReadonlyMap<string, StoredTensor>,
): Map<string, StoredTensor> {
  const { prefix } = architectures[config.architecture].huggingFace;
  const prefixed = [...tensors.keys()].some((name) => name.startsWith(prefix));
  return new Map(
    [...tensors].map(([name, tensor]) => [
      prefixed || name === 'lm_head.weight' ? name : `${prefix}${name}`,
      tensor,
    ]),
  );
}

/** The first few; a file of another model would have hundreds. */
function summary(problems: readonly string[]): string {
  const shown = problems.slice(0, 5).join('; ');
  return problems.length > 5 ? `${shown}; and ${problems.length - 5} more` : shown;
}
