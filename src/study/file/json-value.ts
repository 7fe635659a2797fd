/** A part of a study file that is handed on as it is, as JSON; whatever looks like a secret in it is refused. */
import { isMap, isSeq } from 'yaml';
import type { Json } from '../../common/json.ts';
import { entriesOf, itemsOf, type Place } from './reading.ts';

/** Aliases can make a short text stand for a very long one. */
const MAX_VALUES = 10_000;
const MAX_DEPTH = 32;

/** Names of fields that hold secrets, and how those begin that providers hand out. */
const SECRET_NAMES = /^(.*[-_.])?(api[-_]?key|authorization|access[-_]?token|token|secret|password|passwd)$/i;
const SECRET_VALUES = /^(bearer|basic)\s|^(sk|pk|rk|gsk|hf|xai|nvapi|pplx|AKIA|ghp|glpat)[-_]?[\w-]{16,}$/i;

export function jsonValue(place: Place): Json | undefined {
  const left = { values: MAX_VALUES };
  const read = valueOf(place, left, 0);
  return left.values < 0 ? place.fail(`'${place.name}' has more than ${MAX_VALUES} values`) : read;
}

function valueOf(place: Place, left: { values: number }, depth: number): Json | undefined {
  left.values -= 1;
  if (left.values < 0) return undefined;
  if (depth > MAX_DEPTH) return place.fail(`'${place.name}' is nested too deeply`);
  if (isMap(place.node)) {
    const entries = (entriesOf(place) ?? []).map(({ key, place: inner }) => [
      key,
      refuseSecret(key, inner) ? undefined : valueOf(inner, left, depth + 1),
    ]);
    return Object.fromEntries(entries) as Json;
  }
  if (isSeq(place.node)) {
    return itemsOf(place).map((item) =>
      refuseSecret('', item) ? null : (valueOf(item, left, depth + 1) ?? null),
    );
  }
  const value = place.scalar();
  return value === undefined ? null : value;
}

/** Whether something looks like a secret, which is said without saying it. */
function refuseSecret(key: string, place: Place): boolean {
  const value = place.scalar();
  if (typeof value !== 'string' || value === '') return false;
  if (!SECRET_NAMES.test(key) && !SECRET_VALUES.test(value)) return false;
  place.fail(
    `'${place.name}' looks like a secret, and the file is stored and shown in the report: put it into the environment, as LENGTHWISE_API_KEY or for 'headers: { Name: env:VARIABLE }'`,
  );
  return true;
}
