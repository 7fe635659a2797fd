/**
 * Builds core nodes: equal nodes are one node, constants are folded, and what could leave the exact whole numbers
 * is refused. Every derived operation (or, =, exists, first, strict past) is put together here from the nine kinds.
 */
import type { CoreNode, NodeId, Term } from './core.ts';
import type { Span } from '../text/diagnostics.ts';
import {
  MAX_BUILDING,
  MAX_INPUT_LENGTH,
  MAX_NODES,
  MAX_OPERANDS,
  MAX_VALUE,
  MAX_WINDOW_BITS,
} from './limits.ts';

/** A cap was exceeded; the message names it. */
export class CapExceeded extends Error {
  /** Where in the text, as soon as somebody knows. */
  place?: Span;
}

/** A number could become too large: a fault of one expression, and of nobody who does without it. */
export class ValueExceeded extends CapExceeded {}

const TOO_LARGE = `this number can exceed ${MAX_VALUE} on inputs of ${MAX_INPUT_LENGTH} symbols: use smaller factors`;

/** Signs that counts have in a sum: a bit set of these two. */
const POSITIVE = 1;
const NEGATIVE = 2;

export class CoreBuilder {
  readonly nodes: CoreNode[] = [];
  private readonly known = new Map<string, NodeId>();
  /** The largest absolute value of a count node on any admissible input. */
  private readonly magnitudes: number[] = [];
  private readonly signs: number[] = [];
  private operandCount = 0;
  private windowBits = 0;
  /** Operands of everything that was put together, whether or not it was known. */
  private built = 0;

  // Truth values

  truth(value: boolean): NodeId {
    return this.add({ kind: 'const', value }, 0, 0);
  }

  symbol(symbol: number): NodeId {
    return this.add({ kind: 'Q', symbol }, 0, 0);
  }

  mod(modulus: number, residue: number): NodeId {
    if (modulus === 1) return this.truth(true);
    return this.add({ kind: 'mod', modulus, residue: residue % modulus }, 0, 0);
  }

  not(of: NodeId): NodeId {
    const node = this.nodes[of];
    if (node.kind === 'const') return this.truth(node.value === false);
    if (node.kind === 'not') return node.of;
    return this.add({ kind: 'not', of }, 0, 0);
  }

  and(of: readonly NodeId[]): NodeId {
    this.spend(of.length);
    const parts = new Set<NodeId>();
    for (const operand of of) if (this.truthValue(operand) !== true) parts.add(operand);
    for (const part of parts) {
      const node = this.nodes[part];
      if (this.truthValue(part) === false || (node.kind === 'not' && parts.has(node.of)))
        return this.truth(false);
    }
    if (parts.size === 0) return this.truth(true);
    const sorted = [...parts].sort((a, b) => a - b);
    return sorted.length === 1 ? sorted[0] : this.add({ kind: 'and', of: sorted }, 0, 0);
  }

  or(of: readonly NodeId[]): NodeId {
    return this.not(this.and(of.map((operand) => this.not(operand))));
  }

  /** Both true or both false. */
  same(left: NodeId, right: NodeId): NodeId {
    const both = this.and([left, right]);
    const neither = this.and([this.not(left), this.not(right)]);
    return this.or([both, neither]);
  }

  atLeast0(of: NodeId): NodeId {
    const node = this.nodes[of];
    if (node.kind === 'const') return this.truth(Number(node.value) >= 0);
    return this.add({ kind: 'ge0', of }, 0, 0);
  }

  /** left ≥ right + excess */
  atLeast(left: NodeId, right: NodeId, excess = 0): NodeId {
    return this.atLeast0(
      this.linear(
        [
          { node: left, factor: 1 },
          { node: right, factor: -1 },
        ],
        -excess,
      ),
    );
  }

  /** At least one position of the window has `of`. */
  exists(of: NodeId, near: number, far: number | null): NodeId {
    return this.atLeast0(this.linear([{ node: this.count(of, near, far), factor: 1 }], -1));
  }

  /** `of` holds here and nowhere before: here it holds, and it has held at most once. */
  first(of: NodeId): NodeId {
    const once = this.atLeast0(this.linear([{ node: this.count(of, 0, null), factor: -1 }], 1));
    return this.and([of, once]);
  }

  /** A choice between truth values. */
  choose(test: NodeId, yes: NodeId, no: NodeId): NodeId {
    const otherwise = this.not(test);
    return this.or([this.and([test, yes]), this.and([otherwise, no])]);
  }

  // Counts

  integer(value: number): NodeId {
    return this.add({ kind: 'const', value: value + 0 }, Math.abs(value), signsOf(value));
  }

  /**
   * How many positions j with i−far ≤ j ≤ i−near have `of`; far = null: all up to i−near, which is the global
   * count without the last positions, so that [j<=i] and [j<i] share their counter.
   */
  count(of: NodeId, near: number, far: number | null): NodeId {
    if (this.truthValue(of) === false || (far !== null && far < near)) return this.integer(0);
    if (far === null) {
      const all = this.add({ kind: 'count', of, guard: null }, MAX_INPUT_LENGTH + 1, POSITIVE);
      if (near === 0) return all;
      return this.linear(
        [
          { node: all, factor: 1 },
          { node: this.count(of, 0, near - 1), factor: -1 },
        ],
        0,
      );
    }
    if (far === 0) return this.conditional(of, this.integer(1), this.integer(0));
    const before = this.nodes.length;
    const id = this.add({ kind: 'count', of, guard: { near, far } }, far - near + 1, POSITIVE);
    if (id === before) this.addWindowBits(far);
    return id;
  }

  linear(terms: readonly Term[], constant: number): NodeId {
    const sum = new Map<NodeId, number>();
    let total = constant + 0; // never −0
    this.spend(terms.length);
    const addConstant = (value: number): void => {
      total = exactly(total + exactly(value));
    };
    const addTerm = (node: NodeId, factor: number): void => {
      sum.set(node, exactly((sum.get(node) ?? 0) + exactly(factor)));
    };
    for (const { node, factor } of terms) {
      const inner = this.nodes[node];
      if (inner.kind === 'const') addConstant(factor * Number(inner.value));
      else if (inner.kind === 'lin') {
        this.spend(inner.terms.length);
        addConstant(factor * inner.constant);
        for (const term of inner.terms) addTerm(term.node, factor * term.factor);
      } else addTerm(node, factor);
    }
    const kept = [...sum]
      .filter(([, factor]) => factor !== 0)
      .sort(([a], [b]) => a - b)
      .map(([node, factor]) => ({ node, factor }));
    if (kept.length === 0) return this.integer(total);
    if (kept.length === 1 && kept[0].factor === 1 && total === 0) return kept[0].node;
    let magnitude = Math.abs(total);
    let signs = 0;
    for (const { node, factor } of kept) {
      magnitude += Math.abs(factor) * this.magnitudes[node];
      signs |= factor > 0 ? this.signs[node] : flip(this.signs[node]);
    }
    return this.add({ kind: 'lin', terms: kept, constant: total }, magnitude, signs);
  }

  conditional(test: NodeId, yes: NodeId, no: NodeId): NodeId {
    const truth = this.truthValue(test);
    if (truth !== undefined) return truth ? yes : no;
    if (yes === no) return yes;
    const magnitude = Math.max(this.magnitudes[yes], this.magnitudes[no]);
    return this.add({ kind: 'cond', test, yes, no }, magnitude, this.signs[yes] | this.signs[no]);
  }

  /** Whether counts enter this sum with both signs: what the positive fragment doesn't allow. */
  hasMixedSigns(id: NodeId): boolean {
    return this.signs[id] === (POSITIVE | NEGATIVE);
  }

  /** The value of a constant truth value, undefined for anything else. */
  truthValue(id: NodeId): boolean | undefined {
    const node = this.nodes[id];
    return node.kind === 'const' && typeof node.value === 'boolean' ? node.value : undefined;
  }

  integerValue(id: NodeId): number | undefined {
    const node = this.nodes[id];
    return node.kind === 'const' && typeof node.value === 'number' ? node.value : undefined;
  }

  /** A node of a finished program, with other operands in the places of its own, and simplified. */
  again(node: CoreNode, place: readonly NodeId[]): NodeId {
    switch (node.kind) {
      case 'Q':
        return this.symbol(node.symbol);
      case 'const':
        return typeof node.value === 'boolean' ? this.truth(node.value) : this.integer(node.value);
      case 'mod':
        return this.mod(node.modulus, node.residue);
      case 'not':
        return this.not(place[node.of]);
      case 'and':
        return this.and(node.of.map((of) => place[of]));
      case 'ge0':
        return this.atLeast0(place[node.of]);
      case 'count':
        return this.count(place[node.of], node.guard?.near ?? 0, node.guard?.far ?? null);
      case 'lin':
        return this.linear(
          node.terms.map((term) => ({ node: place[term.node], factor: term.factor })),
          node.constant,
        );
      case 'cond':
        return this.conditional(place[node.test], place[node.yes], place[node.no]);
    }
  }

  private spend(operands: number): void {
    this.built += operands;
    if (this.built > MAX_BUILDING) {
      throw new CapExceeded(
        `putting the expanded program together takes more than ${MAX_BUILDING} operands: use shorter sums or smaller sets`,
      );
    }
  }

  private addWindowBits(bits: number): void {
    this.windowBits += bits;
    if (this.windowBits > MAX_WINDOW_BITS) {
      throw new CapExceeded(`all look-backs together exceed ${MAX_WINDOW_BITS} positions`);
    }
  }

  private add(node: CoreNode, magnitude: number, signs: number): NodeId {
    const key = keyOf(node);
    return this.known.get(key) ?? this.push(node, key, magnitude, signs);
  }

  private push(node: CoreNode, key: string, magnitude: number, signs: number): NodeId {
    if (!(magnitude <= MAX_VALUE)) {
      throw new ValueExceeded(TOO_LARGE);
    }
    if (this.nodes.length >= MAX_NODES) {
      throw new CapExceeded(`the expanded program has more than ${MAX_NODES} operations`);
    }
    this.operandCount += width(node);
    if (this.operandCount > MAX_OPERANDS) {
      throw new CapExceeded(`the operations of the expanded program have more than ${MAX_OPERANDS} operands`);
    }
    const id = this.nodes.push(node) - 1;
    this.known.set(key, id);
    this.magnitudes.push(magnitude);
    this.signs.push(signs);
    return id;
  }
}

/** A whole number that came out of a sum or a product; beyond MAX_VALUE it may have been rounded. @throws CapExceeded */
export function exactly(value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new ValueExceeded(TOO_LARGE);
}

function signsOf(value: number): number {
  if (value === 0) return 0;
  return value > 0 ? POSITIVE : NEGATIVE;
}

function flip(signs: number): number {
  return ((signs & POSITIVE) << 1) | ((signs & NEGATIVE) >> 1);
}

function width(node: CoreNode): number {
  if (node.kind === 'and') return node.of.length;
  return node.kind === 'lin' ? node.terms.length : 1;
}

function keyOf(node: CoreNode): string {
  switch (node.kind) {
    case 'Q':
      return `Q ${node.symbol}`;
    case 'const':
      return `const ${node.value}`;
    case 'not':
      return `not ${node.of}`;
    case 'and':
      return `and ${node.of.join(' ')}`;
    case 'mod':
      return `mod ${node.modulus} ${node.residue}`;
    case 'ge0':
      return `ge0 ${node.of}`;
    case 'count':
      return `count ${node.of} ${node.guard === null ? '' : `${node.guard.near} ${node.guard.far}`}`;
    case 'lin':
      return `lin ${node.terms.map(({ node: id, factor }) => `${factor}*${id}`).join(' ')} ${node.constant}`;
    case 'cond':
      return `cond ${node.test} ${node.yes} ${node.no}`;
  }
}
