/** model.safetensors.index.json: which file of several a tensor is in. */
import { UserError } from '../../../common/errors.ts';
import { isRecord, repeatedKey } from '../../../common/json.ts';
import type { StoredTensor } from '../safetensors.ts';
import { parseJsonObject } from './fields.ts';

/** A file beside the index: no path, so that nothing outside the folder is opened. */
const FILE_NAME = /^[\w-][\w.-]*\.safetensors$/;

/**
 * The files that an index names, each once, with the tensors that are to be in it.
 * @throws UserError for a damaged index, a name twice, and a file that is none of the folder's own
 */
export function readIndex(text: string, where: string): Map<string, Set<string>> {
  const { weight_map: map } = parseJsonObject(text, where);
  const twice = repeatedKey(text);
  if (twice !== undefined) throw new UserError(`${where}: '${twice.slice(0, 200)}' is in it twice`);
  if (!isRecord(map) || Object.keys(map).length === 0) {
    throw new UserError(`${where}: no weight_map, which says of each tensor which file it is in`);
  }
  const files = new Map<string, Set<string>>();
  for (const [tensor, file] of Object.entries(map)) {
    if (typeof file !== 'string' || !FILE_NAME.test(file)) {
      throw new UserError(
        `${where}: tensor '${tensor.slice(0, 200)}' is in ${JSON.stringify(file).slice(0, 200)}: the name of a .safetensors file in the folder was expected`,
      );
    }
    files.set(file, (files.get(file) ?? new Set()).add(tensor));
  }
  return files;
}

/**
 * Checks that the tensors of one file are those that the index has there.
 * @throws UserError for a tensor that is missing, or that the index has elsewhere or not at all
 */
export function checkShard(
  tensors: ReadonlyMap<string, StoredTensor>,
  expected: ReadonlySet<string>,
  where: string,
): void {
  for (const name of expected) {
    if (!tensors.has(name)) {
      throw new UserError(
        `${where}: tensor '${name.slice(0, 200)}' is missing, which the index says is in this file`,
      );
    }
  }
  for (const name of tensors.keys()) {
    if (!expected.has(name)) {
      throw new UserError(`${where}: tensor '${name.slice(0, 200)}' is not in this file by the index`);
    }
  }
}
