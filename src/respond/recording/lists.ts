/** Lists of objects inside a JSON value, wherever they stand: tools put their records under `results.results` and the like. */
import { isFields } from './fields.ts';
import type { Fields } from './fields.ts';

export interface ListInside {
  /** As `--records` takes it: names with dots between them; '' for the value itself. */
  readonly path: string;
  readonly items: readonly Fields[];
}

/** So deep no tool puts its records; paths would grow without end. */
const DEEPEST = 20;

/** More values than this are not looked at in search of a list. */
const MOST_LOOKED_AT = 100_000;

/** Of a list, the first are like the others. */
const FIRST_OF_LIST = 20;

/** Every list that is not empty and holds objects only, the outermost first. */
export function listsIn(value: unknown): ListInside[] {
  const found: ListInside[] = [];
  let layer: { readonly path: string; readonly value: unknown }[] = [{ path: '', value }];
  let looked = 0;
  for (let depth = 0; depth <= DEEPEST && layer.length > 0 && looked < MOST_LOOKED_AT; depth++) {
    const next: typeof layer = [];
    for (const { path, value: inside } of layer) {
      if (isListOfFields(inside)) found.push({ path, items: inside });
      for (const [key, inner] of entriesOf(inside)) {
        if (looked++ > MOST_LOOKED_AT) break;
        if (typeof inner === 'object' && inner !== null) {
          next.push({ path: path === '' ? key : `${path}.${key}`, value: inner });
        }
      }
    }
    layer = next;
  }
  return found;
}

function entriesOf(value: unknown): [string, unknown][] {
  if (Array.isArray(value))
    return value.slice(0, FIRST_OF_LIST).map((inner, i) => [String(i), inner as unknown]);
  return isFields(value) ? Object.entries(value) : [];
}

function isListOfFields(value: unknown): value is readonly Fields[] {
  return Array.isArray(value) && value.length > 0 && value.every(isFields);
}
