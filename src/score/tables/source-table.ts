/**
 * Right and asked, by source: what pairs and clusters need of every answer. A table of numbers, because a measurement
 * may have hundreds of thousands of sources and must not grow by an object and a text for each: open addressing by 64
 * bits of the source's name, 20 bytes a place. Only a source that was asked several times has an object of its own.
 */

/** Places at first, doubled whenever three quarters are taken; a power of two. */
const FIRST_PLACES = 64;
const MOST_TAKEN = 0.75;

/**
 * Numbers a place: two halves of the name, how often it was asked (0: a free place), how often the answer was right, and
 * the kind of the first answer.
 */
const WIDTH = 5;

/** The answers to one source. */
export interface Cluster {
  readonly correct: number;
  readonly n: number;
}

/** How often each kind of answer came, by number. */
export type KindCounts = ReadonlyMap<number, number>;

export class SourceTable {
  /** How many different sources there are. */
  size = 0;
  private places = new Uint32Array(FIRST_PLACES * WIDTH);

  /** The answers to each source that was asked several times, by its name. */
  private readonly again = new Map<string, Map<number, number>>();

  /**
   * Counts an answer about a source.
   * @param kind what else is to be known of the answer, as a number
   */
  add(source: string, correct: boolean, kind = 0): void {
    const [high, low] = hash64(source);
    this.count(high, low, { n: 1, correct: Number(correct) }, [[kind, 1]]);
  }

  /**
   * Counts all that another table has counted.
   * @param kindOf the number here of a kind there
   * @param apart names what the other's sources belong to, where the same name there is another source
   * @param isRight which kinds there count as right; as they were counted there when absent
   */
  addAll(
    other: SourceTable,
    kindOf = (kind: number): number => kind,
    apart = '',
    isRight?: (kind: number) => boolean,
  ): void {
    const [saltHigh, saltLow] = apart === '' ? [0, 0] : hash64(apart);
    const { places } = other;
    // The other's places come in the order of their hashes: in a smaller table they would all crowd at its beginning.
    this.reserve(this.size + other.size);
    for (let at = 0; at < places.length; at += WIDTH) {
      if (places[at + 2] === 0) continue;
      const there = [...other.kindsAt(at)];
      const kinds = there.map(([kind, times]) => [kindOf(kind), times] as const);
      const cluster = clusterAt(places, at);
      const correct =
        isRight === undefined
          ? cluster.correct
          : there.reduce((sum, [kind, times]) => sum + (isRight(kind) ? times : 0), 0);
      const [high, low] = [(places[at] ^ saltHigh) >>> 0, (places[at + 1] ^ saltLow) >>> 0];
      this.count(high, low, { n: cluster.n, correct }, kinds);
    }
  }

  private count(
    high: number,
    low: number,
    { n, correct }: Cluster,
    kinds: readonly (readonly [number, number])[],
  ): void {
    this.reserve(this.size + 1);
    const at = placeOf(this.places, high, low);
    const known = this.places[at + 2];
    if (known === 0) {
      this.places.set([high, low], at);
      this.places[at + 4] = kinds[0][0];
      this.size += 1;
    }
    if (known + n > 1) {
      const counts = known === 0 ? new Map<number, number>() : new Map(this.kindsAt(at));
      for (const [kind, times] of kinds) counts.set(kind, (counts.get(kind) ?? 0) + times);
      this.again.set(nameAt(this.places, at), counts);
    }
    this.places[at + 2] += n;
    this.places[at + 3] += correct;
  }

  private kindsAt(at: number): Iterable<readonly [number, number]> {
    return (
      (this.places[at + 2] > 1 ? this.again.get(nameAt(this.places, at)) : undefined) ?? [
        [this.places[at + 4], 1],
      ]
    );
  }

  /** The answers to each source that was asked several times. */
  repeated(): Iterable<KindCounts> {
    return this.again.values();
  }

  /** The counts of every source. */
  *clusters(): Generator<Cluster> {
    for (let at = 0; at < this.places.length; at += WIDTH) {
      if (this.places[at + 2] > 0) yield clusterAt(this.places, at);
    }
  }

  /** The counts here and there of the sources that both have. */
  *shared(other: SourceTable): Generator<{ readonly a: Cluster; readonly b: Cluster }> {
    for (let at = 0; at < this.places.length; at += WIDTH) {
      if (this.places[at + 2] === 0) continue;
      const there = placeOf(other.places, this.places[at], this.places[at + 1]);
      if (other.places[there + 2] === 0) continue;
      yield { a: clusterAt(this.places, at), b: clusterAt(other.places, there) };
    }
  }

  /** Makes room for so many sources. */
  private reserve(size: number): void {
    let count = this.places.length / WIDTH;
    while (size > MOST_TAKEN * count) count *= 2;
    if (count * WIDTH === this.places.length) return;
    const grown = new Uint32Array(count * WIDTH);
    for (let at = 0; at < this.places.length; at += WIDTH) {
      if (this.places[at + 2] === 0) continue;
      const to = placeOf(grown, this.places[at], this.places[at + 1]);
      grown.set(this.places.subarray(at, at + WIDTH), to);
    }
    this.places = grown;
  }
}

/** Where a name stands, or the free place where it would. */
function placeOf(places: Uint32Array, high: number, low: number): number {
  const count = places.length / WIDTH;
  for (let place = low & (count - 1); ; place = (place + 1) & (count - 1)) {
    const at = place * WIDTH;
    if (places[at + 2] === 0 || (places[at] === high && places[at + 1] === low)) return at;
  }
}

function nameAt(places: Uint32Array, at: number): string {
  return `${places[at]} ${places[at + 1]}`;
}

function clusterAt(places: Uint32Array, at: number): Cluster {
  return { n: places[at + 2], correct: places[at + 3] };
}

/**
 * 64 bits of a name: two multiplicative hashes, each spread as MurmurHash3 (Appleby 2011) does in the end. Among a
 * million sources two share them with probability below 10⁻⁷.
 */
export function hash64(source: string): [number, number] {
  let [high, low] = [0x811c9dc5, 0x9747b28c];
  for (let i = 0; i < source.length; i++) {
    const unit = source.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x5bd1e995);
    low ^= low >>> 15;
  }
  return [spread(high ^ low), spread(low)];
}

function spread(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
