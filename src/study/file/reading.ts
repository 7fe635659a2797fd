/**
 * Reading a YAML document with all its mistakes at once. A reader takes the place of a value in the document and
 * gives what stands there, or undefined after it has written down, with line and column, why it can't. Readers are
 * put together as the file is: `record({ n: wholeNumber({ min: 1 }), lengths: list(wholeNumber({ min: 1 })) })`.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  YAMLParseError,
  type Document,
  type Node,
} from 'yaml';
import { messageOf, UserError } from '../../common/errors.ts';
import { nearest, unknownName } from '../../common/nearest.ts';

export interface Mistake {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A value and where it stands, for what can only be said when other values are known. */
export interface Located<T> {
  readonly value: T;
  readonly place: Place;
}

export type Reader<T> = (place: Place) => T | undefined;

/** A document that is being read. */
export class Reading {
  private readonly found = new Map<string, Mistake>();
  private readonly lines = new LineCounter();
  private readonly document: Document;
  /** Of mappings with keys that are unknown: the keys that were probably meant. */
  readonly misspelt = new Map<Node, Set<string>>();

  constructor(text: string) {
    this.document = parse(text, this.lines);
    for (const { pos, message } of [...this.document.errors, ...this.document.warnings]) {
      this.add(pos[0], `not YAML: ${messageOf(message)}`);
    }
  }

  root(): Place {
    return new Place(this, this.document.contents, 'the study', 0);
  }

  /** Whether it is YAML at all. What stands in a document that isn't is not worth reading. */
  isYaml(): boolean {
    return this.document.errors.length === 0;
  }

  /** By line and column. A mistake in what an alias repeats counts once. */
  mistakes(): Mistake[] {
    return [...this.found.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  }

  /** Follows an alias to what it stands for. */
  resolve(node: Node | null): Node | null {
    return isAlias(node) ? (node.resolve(this.document) ?? null) : node;
  }

  add(offset: number, message: string): void {
    const { line, column } = this.positionOf(offset);
    this.found.set(`${line}:${column}:${message}`, { line, column, message });
  }

  /** 1-based. */
  positionOf(offset: number): { line: number; column: number } {
    const { line, col } = this.lines.linePos(offset);
    return { line, column: col };
  }
}

/** Where a value stands in the document. */
export class Place {
  readonly reading: Reading;
  readonly node: Node | null;
  /** What people call it: `measure.lengths[2]`. */
  readonly name: string;
  /** In characters from the start of the document. */
  readonly offset: number;

  /** `offset`: where to point when there is no node of its own, as with an empty value. */
  constructor(reading: Reading, node: Node | null, name: string, offset: number) {
    this.reading = reading;
    this.offset = node?.range?.[0] ?? offset;
    this.node = reading.resolve(node);
    this.name = name;
  }

  /** Writes down a mistake; undefined, as a reader gives it. */
  fail(message: string): undefined {
    this.reading.add(this.offset, message);
  }

  position(): { line: number; column: number } {
    return this.reading.positionOf(this.offset);
  }

  inner(node: Node | null, name: string): Place {
    return new Place(this.reading, node, name, this.offset);
  }

  /** What stands here, for messages. */
  shown(): string {
    if (isMap(this.node)) return 'a mapping';
    if (isSeq(this.node)) return 'a list';
    const value = this.scalar();
    if (value === undefined || value === null) return 'nothing';
    return `'${String(value).slice(0, 60)}'`;
  }

  /** The number, text or truth value (or null) that stands here, undefined for anything else. */
  scalar(): string | number | boolean | null | undefined {
    return isScalar(this.node) ? (this.node.value as string | number | boolean | null) : undefined;
  }
}

/** Whether a mapping has a key, be its value good or not, or the key misspelt: that is said where it stands. */
export function hasKey({ node, reading }: Place, key: string): boolean {
  if (!isMap(node)) return false;
  if (reading.misspelt.get(node)?.has(key)) return true;
  return node.items.some((pair) => isScalar(pair.key) && pair.key.value === key);
}

/** The keys of a mapping with the places of their values; undefined, and a mistake, for anything else. */
export function entriesOf(place: Place): { readonly key: string; readonly place: Place }[] | undefined {
  if (!isMap(place.node)) return place.fail(`'${place.name}' is a mapping, not ${place.shown()}`);
  return place.node.items.map((pair) => {
    const keyPlace = place.inner(pair.key as Node | null, 'key');
    const key = String(keyPlace.scalar());
    const name = `${place.name}.${key}`;
    return { key, place: new Place(place.reading, pair.value as Node | null, name, keyPlace.offset) };
  });
}

/** The places of a list's entries. */
export function itemsOf(place: Place): Place[] {
  if (!isSeq(place.node)) return [];
  return place.node.items.map((item, i) => place.inner(item as Node | null, `${place.name}[${i}]`));
}

/** Does something that may throw a UserError; writes its message down at a place. Whether it went well. */
export function attempt(place: Place, work: () => void): boolean {
  const done = attempted(work);
  if ('fault' in done) place.fail(done.fault);
  return 'value' in done;
}

/** What some work gives, or what the user has got wrong there. */
export function attempted<T>(work: () => T): { readonly value: T } | { readonly fault: string } {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof UserError) return { fault: error.message };
    throw error;
  }
}

export function text(what: string, allowed: RegExp, takes: string): Reader<string> {
  return (place) => {
    const value = place.scalar();
    const written = typeof value === 'number' ? String(value) : value;
    if (typeof written === 'string' && allowed.test(written)) return written;
    return place.fail(`${what} is ${takes}, not ${place.shown()}`);
  };
}

export function wholeNumber({ min, max }: { min: number; max: number }): Reader<number> {
  return (place) => {
    const value = place.scalar();
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    return place.fail(`'${place.name}' is a whole number from ${min} to ${max}, not ${place.shown()}`);
  };
}

/** A number above (or, with `orZero`, from) 0. */
export function positiveNumber({ max, orZero = false }: { max: number; orZero?: boolean }): Reader<number> {
  return (place) => {
    const value = place.scalar();
    const low = orZero ? 'from' : 'above';
    if (typeof value === 'number' && value <= max && (value > 0 || (orZero && value === 0))) return value;
    return place.fail(`'${place.name}' is a number ${low} 0, at most ${max}, not ${place.shown()}`);
  };
}

export function truth(): Reader<boolean> {
  return (place) => {
    const value = place.scalar();
    return typeof value === 'boolean'
      ? value
      : place.fail(`'${place.name}' is true or false, not ${place.shown()}`);
  };
}

/** `true` for all, `false` for none, or a share; 0 and 1 are read as what they say. */
export function truthOrShare(): Reader<boolean | number> {
  return (place) => {
    const value = place.scalar();
    if (value === 0 || value === 1) return value === 1;
    if (typeof value === 'boolean' || (typeof value === 'number' && value > 0 && value < 1)) return value;
    return place.fail(
      `'${place.name}' is true, false or a share between 0 and 1 such as 0.75, not ${place.shown()}`,
    );
  };
}

export function oneOf<const Name extends string>(kind: string, names: readonly Name[]): Reader<Name> {
  return (place) => {
    const value = place.scalar();
    const found = names.find((name) => name === value);
    if (found !== undefined) return found;
    if (typeof value === 'string') return place.fail(unknownName(kind, value, names));
    return place.fail(`'${place.name}' is one of ${names.join(', ')}, not ${place.shown()}`);
  };
}

/** The value with its place. */
export function located<T>(reader: Reader<T>): Reader<Located<T>> {
  return (place) => {
    const value = reader(place);
    return value === undefined ? undefined : { value, place };
  };
}

/** A list; what can't be read is left out after its mistake is written down. `max` is a cap with a reason. */
export function list<T>(reader: Reader<T>, { max, reason }: { max: number; reason: string }): Reader<T[]> {
  return (place) => {
    if (!isSeq(place.node)) return place.fail(`'${place.name}' is a list, not ${place.shown()}`);
    const { items } = place.node;
    if (items.length === 0) return place.fail(`'${place.name}' is empty: name at least one`);
    if (items.length > max)
      return place.fail(`'${place.name}' has ${items.length} entries; at most ${max}: ${reason}`);
    return items.flatMap((item, i) => {
      const read = reader(place.inner(item as Node | null, `${place.name}[${i}]`));
      return read === undefined ? [] : [read];
    });
  };
}

type Fields = Readonly<Record<string, Reader<unknown>>>;
type ValueOf<R> = R extends Reader<infer T> ? T : never;
type RecordOf<F extends Fields> = { [Key in keyof F]?: ValueOf<F[Key]> };

/** A mapping with these keys and no others; `required` ones must be there. */
export function record<F extends Fields>(
  what: string,
  fields: F,
  required: readonly (keyof F & string)[] = [],
): Reader<RecordOf<F>> {
  return (place) => {
    if (!isMap(place.node)) {
      return place.fail(`${what} is a mapping with ${Object.keys(fields).join(', ')}, not ${place.shown()}`);
    }
    const read: Record<string, unknown> = {};
    const missing = new Set<string>(required);
    const misspelt = new Set<string>();
    place.reading.misspelt.set(place.node, misspelt);
    for (const pair of place.node.items) {
      const keyPlace = place.inner(pair.key as Node | null, 'key');
      const key = String(keyPlace.scalar());
      missing.delete(key);
      if (!Object.hasOwn(fields, key)) {
        keyPlace.fail(`${what}: ${unknownName('key', key, Object.keys(fields))}`);
        const meant = nearest(key, Object.keys(fields));
        if (meant !== undefined) misspelt.add(meant);
        continue;
      }
      const value = fields[key](new Place(place.reading, pair.value as Node | null, key, keyPlace.offset));
      if (value !== undefined) read[key] = value;
    }
    for (const key of missing) if (!hasKey(place, key)) place.fail(`${what} has no '${key}'`);
    return read as RecordOf<F>;
  };
}

/** Parsing only: nothing is resolved or built, so that an alias to an alias to an alias costs nothing. */
function parse(text: string, lineCounter: LineCounter): Document {
  const options = { lineCounter, prettyErrors: false } as const;
  try {
    return parseDocument(text, options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const document = parseDocument('', options);
    document.errors.push(new YAMLParseError([0, 0], 'IMPOSSIBLE', 'it is nested too deeply'));
    return document;
  }
}
