/** Tables in which the row that decides a look-up lies in a given part: made, or cut out of a table of one's own. */
import type { Rng } from '../../common/random.ts';
import { positionsWithin } from '../place.ts';
import type { Positions } from '../place.ts';
import type { EvidencePlaces } from '../placed.ts';
import type { SourcePart } from '../task.ts';
import { keyOf } from './csv.ts';
import type { Material } from './line-task.ts';

export type TableOperation = 'after' | 'before' | 'first' | 'last';

/** A table, the key that is asked about, and the rows that have it, in order. */
export interface Lookup {
  readonly source: string[];
  readonly query: string;
  readonly positions: readonly number[];
}

/** A table of the user's may have one key in all its rows: so many partners of a row are looked at, the nearest ones. */
const MAX_PARTNERS = 50;

/** So many lists of windows are kept for a table: a search asks at a few dozen lengths, each in five parts at most. */
const MAX_KEPT = 200;

/** Rows that can decide: those that are asked about have a row on both sides; a first one has another below, a last one above. */
export function decidingRows(operation: TableOperation, name: string, fewest: number): EvidencePlaces {
  return {
    name,
    at: (length) => ({
      first: operation === 'first' ? 0 : 1,
      end: operation === 'last' ? length : length - 1,
      step: 1,
    }),
    shortest: fewest,
    within: { from: 0, to: 1 },
    lost: 2,
  };
}

/**
 * The column of keys of a made table, with the query's deciding row at `position`. `keys` are different, and all rows
 * beside theirs have one of `repeats`, in which the last of the keys is not.
 */
export function placedColumn(
  operation: TableOperation,
  { keys, repeats, position }: { keys: readonly string[]; repeats: readonly string[]; position: number },
  rng: Rng,
): { column: string[]; query: string; positions: number[] } {
  const length = keys.length + repeats.length;
  if (operation === 'after' || operation === 'before') {
    const query = keys[keys.length - 1];
    const column = rng.shuffle([...keys.slice(0, -1), ...repeats]);
    column.splice(position, 0, query);
    return { column, query, positions: [position] };
  }
  const query = rng.choice(repeats);
  const room = operation === 'first' ? length - 1 - position : position;
  const others = Math.min(repeats.filter((key) => key === query).length, room);
  const away = rng.distinct(room, others).map((row) => (operation === 'first' ? position + 1 + row : row));
  const positions = [position, ...away].sort((a, b) => a - b);
  const otherKeys = keys.filter((key) => key !== query);
  const rest = [...otherKeys, ...repeats.filter((key) => key !== query)];
  // Where not all rows of the query fit, others take their place.
  while (rest.length + positions.length < length) rest.push(rng.choice(otherKeys));
  rng.shuffle(rest);
  const column: string[] = [];
  for (let row = 0, next = 0; row < length; row++) {
    column.push(positions.includes(row) ? query : rest[next++]);
  }
  return { column, query, positions };
}

/** A row that decides, and the first and the last window in which it does. */
interface Windows {
  readonly row: number;
  readonly low: number;
  readonly high: number;
}

/** Rows that follow each other, each of the windows and keys that have the deciding row in that part equally likely; null without. */
export function placedWindow(
  operation: TableOperation,
  material: Material,
  length: number,
  part: SourcePart,
  rng: Rng,
): Lookup | null {
  const windows = windowsWith(operation, material, length, part);
  const total = windows.reduce((sum, { low, high }) => sum + high - low + 1, 0);
  if (total === 0) return null;
  let left = rng.below(total);
  const chosen = windows.find(({ low, high }) => {
    if (left <= high - low) return true;
    left -= high - low + 1;
    return false;
  });
  if (chosen === undefined) return null;
  const start = chosen.low + left;
  const query = keyOf(material[chosen.row]);
  const source = material.slice(start, start + length);
  return { source, query, positions: source.flatMap((row, at) => (keyOf(row) === query ? [at] : [])) };
}

/** Whether there are such rows. */
export function hasWindow(
  operation: TableOperation,
  material: Material,
  length: number,
  part: SourcePart,
): boolean {
  return windowsWith(operation, material, length, part).length > 0;
}

const kept = new WeakMap<Material, Map<string, readonly Windows[]>>();

function windowsWith(
  operation: TableOperation,
  material: Material,
  length: number,
  part: SourcePart,
): readonly Windows[] {
  const known = kept.get(material) ?? new Map<string, readonly Windows[]>();
  kept.set(material, known);
  const name = `${operation} ${length} ${part.from} ${part.to}`;
  const before = known.get(name);
  if (before !== undefined) return before;
  if (known.size >= MAX_KEPT) known.clear();
  const positions = positionsWithin(decidingRows(operation, '', 0).at(length), part, length);
  const found = [...rowsByKey(material)].flatMap(([key, rows]) =>
    key === '' ? [] : windowsOf(operation, material, rows, length, positions),
  );
  known.set(name, found);
  return found;
}

const byKey = new WeakMap<Material, ReadonlyMap<string, readonly number[]>>();

function rowsByKey(material: Material): ReadonlyMap<string, readonly number[]> {
  const known = byKey.get(material);
  if (known !== undefined) return known;
  const found = Map.groupBy(material.keys(), (row) => keyOf(material[row]));
  byKey.set(material, found);
  return found;
}

/** The windows in which one of the rows of a key decides, by row. */
function windowsOf(
  operation: TableOperation,
  material: Material,
  rows: readonly number[],
  length: number,
  { first, end }: Positions,
): Windows[] {
  const found: Windows[] = [];
  const before = (at: number): number => (at > 0 ? rows[at - 1] : -1);
  const after = (at: number): number => (at + 1 < rows.length ? rows[at + 1] : Infinity);
  const keep = (row: number, firstInside: number, lastInside: number, start: number, stop: number): void => {
    // The window has all from `firstInside` to `lastInside`, nothing up to `start`, nothing from `stop` on.
    const low = Math.max(0, start + 1, lastInside - length + 1, row - end + 1);
    const high = Math.min(material.length - length, stop - length, firstInside, row - first);
    if (low <= high) found.push({ row, low, high });
  };
  rows.forEach((row, at) => {
    if (operation === 'after' || operation === 'before') return keep(row, row, row, before(at), after(at));
    const step = operation === 'first' ? 1 : -1;
    for (let other = at + step, seen = 0; seen < MAX_PARTNERS; other += step, seen++) {
      if (other < 0 || other >= rows.length || Math.abs(rows[other] - row) >= length) return;
      if (material[rows[other]] === material[row]) continue;
      if (operation === 'first') keep(row, row, rows[other], before(at), after(other));
      else keep(row, rows[other], row, before(other), after(at));
    }
  });
  return found;
}
