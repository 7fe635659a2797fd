/**
 * Regular expressions as terms, and their derivatives (Brzozowski 1964): the derivative by a letter stands for what
 * may follow that letter. Terms that are equal by simple laws are one object, so only finitely many can come up.
 */
import { Budget, withinCap } from './refusal.ts';

/** The number of a term in its `Terms`. */
export type Term = number;

type Shape =
  | { readonly kind: 'letters'; readonly letters: ReadonlySet<number> }
  | { readonly kind: 'concat' | 'shuffle'; readonly of: readonly [Term, Term] }
  | { readonly kind: 'union' | 'intersection'; readonly of: readonly Term[] }
  | { readonly kind: 'complement'; readonly of: readonly [Term] }
  | { readonly kind: 'repeat'; readonly of: readonly [Term]; readonly min: number; readonly max: number };

/** Terms that one comparison may make. */
const MAX_TERMS = 300_000;

/** Parts of terms that one comparison may put together, of known ones too: a few seconds' work, some hundred megabytes. */
const MAX_PARTS = 10_000_000;

export class Terms {
  private readonly shapes: Shape[] = [];
  private readonly nullable: boolean[] = [];
  private readonly numbers = new Map<string, Term>();
  /** known[term][letter] */
  private readonly known: Term[][] = [];
  private readonly work = new Budget(MAX_PARTS, 'parts of derivatives of the expression');
  readonly nothing = this.letters([]);
  readonly empty = this.make({ kind: 'repeat', of: [this.nothing], min: 0, max: 0 }, true);
  readonly everything = this.make({ kind: 'complement', of: [this.nothing] }, true);

  /** Whether the term has the empty string. */
  hasEmpty(term: Term): boolean {
    return this.nullable[term];
  }

  letters(letters: readonly number[]): Term {
    return this.make({ kind: 'letters', letters: new Set([...letters].sort((a, b) => a - b)) }, false);
  }

  concat(first: Term, rest: Term): Term {
    if (first === this.nothing || rest === this.nothing) return this.nothing;
    if (first === this.empty) return rest;
    if (rest === this.empty) return first;
    const shape = this.shapes[first];
    if (shape.kind === 'union') return this.union(shape.of.map((part) => this.concat(part, rest)));
    if (shape.kind === 'concat') return this.concat(shape.of[0], this.concat(shape.of[1], rest));
    return this.make({ kind: 'concat', of: [first, rest] }, this.hasEmpty(first) && this.hasEmpty(rest));
  }

  union(parts: readonly Term[]): Term {
    const members = this.flat('union', parts).filter((part) => part !== this.nothing);
    if (members.includes(this.everything)) return this.everything;
    if (members.length === 0) return this.nothing;
    if (members.length === 1) return members[0];
    return this.make(
      { kind: 'union', of: members },
      members.some((part) => this.hasEmpty(part)),
    );
  }

  intersection(parts: readonly Term[]): Term {
    const members = this.flat('intersection', parts).filter((part) => part !== this.everything);
    if (members.includes(this.nothing)) return this.nothing;
    if (members.length === 0) return this.everything;
    if (members.length === 1) return members[0];
    return this.make(
      { kind: 'intersection', of: members },
      members.every((part) => this.hasEmpty(part)),
    );
  }

  complement(term: Term): Term {
    const shape = this.shapes[term];
    if (shape.kind === 'complement') return shape.of[0];
    return this.make({ kind: 'complement', of: [term] }, !this.hasEmpty(term));
  }

  shuffle(a: Term, b: Term): Term {
    if (a === this.nothing || b === this.nothing) return this.nothing;
    if (a === this.empty) return b;
    if (b === this.empty) return a;
    const of: readonly [Term, Term] = a < b ? [a, b] : [b, a];
    return this.make({ kind: 'shuffle', of }, this.hasEmpty(a) && this.hasEmpty(b));
  }

  repeat(term: Term, min: number, max: number): Term {
    if (max === 0 || term === this.empty) return this.empty;
    if (term === this.nothing) return min === 0 ? this.empty : this.nothing;
    if (min === 1 && max === 1) return term;
    return this.make({ kind: 'repeat', of: [term], min, max }, min === 0 || this.hasEmpty(term));
  }

  /** What may follow `letter` in the strings of the term. */
  derivative(term: Term, letter: number): Term {
    const known = this.known[term].at(letter);
    if (known !== undefined) return known;
    const found = this.deriveShape(this.shapes[term], letter);
    this.known[term][letter] = found;
    return found;
  }

  private deriveShape(shape: Shape, letter: number): Term {
    const by = (term: Term): Term => this.derivative(term, letter);
    switch (shape.kind) {
      case 'letters':
        return shape.letters.has(letter) ? this.empty : this.nothing;
      case 'union':
        return this.union(shape.of.map(by));
      case 'intersection':
        return this.intersection(shape.of.map(by));
      case 'complement':
        return this.complement(by(shape.of[0]));
      case 'concat': {
        const [first, rest] = shape.of;
        const inFirst = this.concat(by(first), rest);
        return this.hasEmpty(first) ? this.union([inFirst, by(rest)]) : inFirst;
      }
      case 'shuffle': {
        const [a, b] = shape.of;
        return this.union([this.shuffle(by(a), b), this.shuffle(a, by(b))]);
      }
      case 'repeat': {
        const rest = this.repeat(shape.of[0], Math.max(0, shape.min - 1), shape.max - 1);
        return this.concat(by(shape.of[0]), rest);
      }
    }
  }

  private flat(kind: 'union' | 'intersection', parts: readonly Term[]): Term[] {
    const members = parts.flatMap((part) => {
      const shape = this.shapes[part];
      return shape.kind === kind ? shape.of : [part];
    });
    this.work.spend(members.length);
    return [...new Set(members)].sort((a, b) => a - b);
  }

  private make(shape: Shape, nullable: boolean): Term {
    const parts = shape.kind === 'letters' ? [...shape.letters] : shape.of;
    this.work.spend(1 + parts.length);
    const max = shape.kind === 'repeat' ? `${shape.min},${shape.max}` : '';
    const key = `${shape.kind} ${parts.join()} ${max}`;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    withinCap(this.shapes.length + 1, MAX_TERMS, 'derivatives of the expression');
    this.shapes.push(shape);
    this.nullable.push(nullable);
    this.known.push([]);
    this.numbers.set(key, this.shapes.length - 1);
    return this.shapes.length - 1;
  }
}
