/**
 * Looking up a row of a table by its key (the first field): the row after it, the row before it, or, where the key
 * occurs several times, its first or its last row. The answer is a whole row.
 */
import { UserError } from '../../common/errors.ts';
import type { Rng } from '../../common/random.ts';
import { alphabetNamed } from '../alphabets.ts';
import { partsWith, partText, sourceParts } from '../place.ts';
import { drawEvidence, shortestPlaced } from '../placed.ts';
import type { EvidencePlaces } from '../placed.ts';
import type { Answer, Instance, Refusal, SourcePart } from '../task.ts';
import { keyOf } from './csv.ts';
import type { LineTask, Material } from './line-task.ts';
import { decidingRows, hasWindow, placedColumn, placedWindow } from './placed-rows.ts';
import type { Lookup, TableOperation } from './placed-rows.ts';

/** A row with one on both sides. */
const FEWEST_ROWS = 3;

const TITLES: Record<TableOperation, string> = {
  after: 'the row after the one with that key',
  before: 'the row before the one with that key',
  first: 'the first of the rows with that key',
  last: 'the last of the rows with that key',
};

export const tableTasks: readonly LineTask[] = (['after', 'before', 'first', 'last'] as const).map(tableTask);

function tableTask(operation: TableOperation): LineTask {
  const name = `table-lookup-${operation}`;
  const repeated = operation === 'first' || operation === 'last';
  const deciding = decidingRows(operation, name, FEWEST_ROWS);
  const task: LineTask = {
    name,
    family: 'retrieval',
    title: TITLES[operation],
    unit: 'row',
    operation,
    fault(material) {
      if (material === undefined || shortest(material, repeated) !== null) return null;
      return repeated
        ? 'no key occurs twice, in rows that differ; table-lookup-after and table-lookup-before ask about keys that occur once'
        : 'no key stands once between two others; table-lookup-first and table-lookup-last ask about keys that occur several times';
    },
    admits(material, place) {
      if (material === undefined) return { min: shortestPlaced(deciding, { place }), max: Infinity };
      const min = shortest(material, repeated);
      if (min === null) throw new UserError(`${name}: ${task.fault(material)}`);
      return { min: shortestWindow(operation, material, min, place), max: material.length };
    },
    sample(length, rng, material, place) {
      const max = material?.length ?? Infinity;
      if (!Number.isInteger(length) || length < FEWEST_ROWS || length > max) {
        const range = max === Infinity ? `lengths from ${FEWEST_ROWS}` : `lengths ${FEWEST_ROWS} to ${max}`;
        throw new UserError(`${name} admits ${range}, not ${length}`);
      }
      if (place !== undefined) return drawPlaced(operation, deciding, length, rng, material, place);
      const source =
        material === undefined ? syntheticRows(length, rng) : windowOf(material, length, rng, repeated);
      return drawQuery(task, source, repeated, rng);
    },
    parts: (length, material) =>
      material === undefined
        ? partsWith(deciding.at(length), length)
        : sourceParts.filter((part) => hasWindow(operation, material, length, part)),
    answer: (source, query) => lookUp(operation, source, query ?? null),
  };
  return task;
}

/** Rows `key,word,number` of which about a third share a key with another one, and no two are equal. */
function syntheticRows(length: number, rng: Rng): string[] {
  const { keys, numbers, repeats } = syntheticCells(length, rng);
  const column = rng.shuffle([...keys, ...repeats]);
  putInside(column, keys[keys.length - 1], rng);
  return withCells(column, numbers, rng);
}

/** Different keys, of which all but the last may be among the repeats; and a different number for each row. */
function syntheticCells(length: number, rng: Rng): { keys: string[]; numbers: number[]; repeats: string[] } {
  const distinctKeys = Math.max(2, length - Math.max(1, Math.floor(length / 3)));
  const keys = rng.distinct(10 ** 6, distinctKeys).map((key) => `K${String(key).padStart(6, '0')}`);
  const numbers = rng.distinct(10 ** 6, length);
  const repeats = Array.from({ length: length - distinctKeys }, () => rng.choice(keys.slice(0, -1)));
  return { keys, numbers, repeats };
}

function withCells(column: readonly string[], numbers: readonly number[], rng: Rng): string[] {
  const words = alphabetNamed('words');
  return column.map((key, i) => `${key},${rng.choice(words)},${numbers[i]}`);
}

/** A question whose deciding row lies in the part that was asked for. */
function drawPlaced(
  operation: TableOperation,
  deciding: EvidencePlaces,
  length: number,
  rng: Rng,
  material: Material | undefined,
  place: SourcePart,
): Instance {
  const { name } = deciding;
  if (material !== undefined) {
    const cut = placedWindow(operation, material, length, place, rng);
    if (cut !== null) return asked(name, operation, cut);
    throw new UserError(
      `${name}: no ${length} rows that follow each other have a key to ask about in ${partText(place)}; ask for other lengths or another part`,
    );
  }
  const position = drawEvidence(deciding, length, { place }, rng);
  const { keys, numbers, repeats } = syntheticCells(length, rng);
  const { column, ...query } = placedColumn(operation, { keys, repeats, position }, rng);
  return asked(name, operation, { source: withCells(column, numbers, rng), ...query });
}

/** The shortest length, from one on, at which rows that follow each other have a deciding row in that part. */
function shortestWindow(
  operation: TableOperation,
  material: Material,
  from: number,
  place: SourcePart | undefined,
): number {
  if (place === undefined) return from;
  for (let length = from; length <= material.length; length++) {
    if (hasWindow(operation, material, length, place)) return length;
  }
  throw new UserError(
    `table-lookup-${operation}: at no length do these rows have a key to ask about in ${partText(place)}`,
  );
}

/**
 * The fewest rows that follow each other among which a key can be asked about, or null: three around a key that its
 * neighbours don't have; or from a row to the next one with the same key that differs.
 */
function shortest(rows: Material, repeated: boolean): number | null {
  if (repeated) {
    const best = pairsOf(rows).reduce(
      (least, { first, second }) => Math.min(least, second - first + 1),
      Infinity,
    );
    return best === Infinity ? null : Math.max(FEWEST_ROWS, best);
  }
  const keys = rows.map(keyOf);
  const inside = keys.some(
    (key, i) => key !== '' && i > 0 && i + 1 < keys.length && key !== keys[i - 1] && key !== keys[i + 1],
  );
  return inside ? FEWEST_ROWS : null;
}

/** The places of a row and of the next one with the same key, where the two differ. */
interface Pair {
  readonly first: number;
  readonly second: number;
}

/** By table: it is asked for with every question. */
const pairs = new WeakMap<Material, readonly Pair[]>();

function pairsOf(rows: Material): readonly Pair[] {
  const known = pairs.get(rows);
  if (known !== undefined) return known;
  const found: Pair[] = [];
  const last = new Map<string, number>();
  rows.forEach((row, second) => {
    const key = keyOf(row);
    const first = last.get(key);
    if (first !== undefined && key !== '' && rows[first] !== row) found.push({ first, second });
    last.set(key, second);
  });
  pairs.set(rows, found);
  return found;
}

/** Moves a key that stands in the first or the last row to one between them. */
function putInside(column: string[], key: string, rng: Rng): void {
  const at = column.indexOf(key);
  if (at !== 0 && at !== column.length - 1) return;
  const inside = 1 + rng.below(column.length - 2);
  [column[at], column[inside]] = [column[inside], column[at]];
}

/** Rows that follow each other and serve, from the first place that has such, at or after one that is drawn. */
function windowOf(material: Material, length: number, rng: Rng, repeated: boolean): string[] {
  const places = material.length - length + 1;
  const drawn = rng.below(places);
  const rowsAt = (start: number): string[] => material.slice(start, start + length);
  for (const [from, to] of [
    [drawn, places],
    [0, drawn],
  ]) {
    for (let start = nextStart(material, length, from, repeated); start < to;) {
      const rows = rowsAt(start);
      if (candidates(rows, repeated).length > 0) return rows;
      start = nextStart(material, length, start + 1, repeated);
    }
  }
  return rowsAt(drawn);
}

/** The first place, at or after one, from which on so many rows may serve; Infinity where there is none. */
function nextStart(material: Material, length: number, from: number, repeated: boolean): number {
  if (!repeated) return from;
  let next = Infinity;
  for (const { first, second } of pairsOf(material)) {
    if (first >= from && second - first < length) next = Math.min(next, Math.max(from, second - length + 1));
  }
  return next;
}

/**
 * Keys that occur once and have both neighbours, or keys whose first and last row differ; with their places. A row
 * without a key can't be asked about.
 */
function candidates(source: readonly string[], repeated: boolean): [string, number[]][] {
  const places = new Map<string, number[]>();
  source.forEach((row, place) => {
    const key = keyOf(row);
    const known = places.get(key);
    if (known === undefined) places.set(key, [place]);
    else known.push(place);
  });
  const inside = (place: number): boolean => place > 0 && place < source.length - 1;
  const differ = (at: readonly number[]): boolean => source[at[0]] !== source[at[at.length - 1]];
  return [...places].filter(
    ([key, at]) => key !== '' && (repeated ? differ(at) : at.length === 1 && inside(at[0])),
  );
}

function drawQuery(task: LineTask, source: string[], repeated: boolean, rng: Rng): Instance {
  const askable = candidates(source, repeated);
  if (askable.length === 0) {
    const wanted = repeated
      ? 'a key that occurs twice, in rows that differ'
      : 'a key that occurs once and has a row on both sides';
    throw new UserError(
      `${task.name} needs ${wanted}, and no ${source.length} rows that follow each other have one`,
    );
  }
  const [query, positions] = rng.choice(askable);
  return asked(task.name, task.operation as TableOperation, { source, query, positions });
}

function asked(name: string, operation: TableOperation, { source, query, positions }: Lookup): Instance {
  const at = positionOf(operation, positions);
  return { task: name, length: source.length, source, query, answer: [source[at]], positions };
}

function positionOf(operation: TableOperation, positions: readonly number[]): number {
  switch (operation) {
    case 'after':
      return positions[0] + 1;
    case 'before':
      return positions[0] - 1;
    case 'first':
      return positions[0];
    case 'last':
      return positions[positions.length - 1];
  }
}

/** The oracle: reads the rows from the top (first, after, before) or from the bottom (last). */
function lookUp(
  operation: TableOperation,
  source: readonly string[],
  query: string | null,
): Answer | Refusal {
  if (query === null) return { refusal: 'a table is asked about a key; none is given' };
  const positions = source.flatMap((row, place) => (keyOf(row) === query ? [place] : []));
  if (positions.length === 0) return { refusal: `no row has the key '${query}'` };
  const alone = operation === 'after' || operation === 'before';
  if (alone && positions.length > 1) return { refusal: `${positions.length} rows have the key '${query}'` };
  const found =
    operation === 'last'
      ? source.findLast((row) => keyOf(row) === query)
      : operation === 'first'
        ? source.find((row) => keyOf(row) === query)
        : source.find((_, place) => {
            const neighbour = source[operation === 'after' ? place - 1 : place + 1];
            return neighbour !== undefined && keyOf(neighbour) === query;
          });
  if (found === undefined) return { refusal: `the row with the key '${query}' has no row ${operation} it` };
  return { answer: [found], positions };
}
