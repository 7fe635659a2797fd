/**
 * Programs that are automata. Where every comparison is of counts of one sign against a constant, counts beyond it need
 * not be told apart: each saturates. With the symbols that windows see and the position's residue, that is a finite
 * state, so the program and the prompts of a task can be gone through side by side: what is found is so at every length.
 */
import { leastCommonMultiple } from '../../common/arithmetic.ts';
import { operandsBehind, reachable } from '../../crasp/index.ts';
import type { CoreNode, NodeId } from '../../crasp/index.ts';
import type { Prompts } from './instances.ts';
import { Budget, NotProved, withinCap } from './refusal.ts';
import type { Rule } from './uniform.ts';

const NOT_FINITE = 'a comparison weighs counts against each other';

/**
 * Operations of a rule with their operands, and positions that its windows see, in pairs of a prompt's state and a memory,
 * over all that a certificate makes necessary.
 */
const MAX_OPERANDS = 5_000_000;
/** Symbols back that a window may see. */
const MAX_WINDOW = 64;
const MAX_PERIOD = 5_040;

/** What a program remembers: saturated counts, truth values in windows (the latest first), and the next position's residue. */
interface Memory {
  readonly counts: readonly number[];
  readonly windows: readonly (readonly boolean[])[];
  readonly residue: number;
}

/** What all rules of a certificate may take together. */
export function finiteWork(): Budget {
  return new Budget(MAX_OPERANDS, 'operands over all prompts and all that the program remembers');
}

/**
 * A prompt for whose end the rule does not say what is wanted, as symbols; null where there is none, at any length.
 * @param work what is left for the same certificate
 * @param rule specialised to where `at` is read
 * @throws NotProved where the rule is no automaton; BeyondCaps
 */
export function wrongPrompt(
  rule: Rule,
  at: number,
  { automaton, wanted }: Prompts,
  work: Budget,
): readonly string[] | null {
  const { alphabet } = automaton;
  const finite = new FiniteRule(rule, at);
  const seen = new Set<string>();
  const pairs: { state: number; memory: Memory; from: number; letter: number }[] = [];
  const meet = (state: number, memory: Memory, from: number, letter: number): void => {
    const key = `${state} ${JSON.stringify(memory)}`;
    if (seen.has(key)) return;
    if (from >= 0) work.spend(finite.operands);
    seen.add(key);
    pairs.push({ state, memory, from, letter });
  };
  const wordTo = (place: number): string[] => {
    const word: string[] = [];
    for (let one = pairs[place]; one.from >= 0; one = pairs[one.from]) word.push(alphabet[one.letter]);
    return word.reverse();
  };
  const useful = leadsToWanted(automaton.transitions, wanted, alphabet.length);
  meet(automaton.start, finite.start, -1, -1);
  for (let place = 0; place < pairs.length; place++) {
    const { state, memory } = pairs[place];
    const want = wanted[state * alphabet.length + at];
    if (want !== null && finite.read(memory) !== want) return [...wordTo(place), alphabet[at]];
    for (let letter = 0; letter < alphabet.length; letter++) {
      const to = automaton.transitions[state][letter];
      if (useful[to]) meet(to, finite.after(memory, letter), place, letter);
    }
  }
  return null;
}

/** Whether anything is wanted in a state, or later. */
function leadsToWanted(
  transitions: readonly (readonly number[])[],
  wanted: readonly (boolean | null)[],
  letters: number,
): boolean[] {
  const useful = transitions.map((_, state) =>
    wanted.slice(state * letters, (state + 1) * letters).some((want) => want !== null),
  );
  for (let changed = true; changed;) {
    changed = false;
    transitions.forEach((row, state) => {
      if (useful[state] || !row.some((to) => useful[to])) return;
      useful[state] = true;
      changed = true;
    });
  }
  return useful;
}

interface Parts {
  readonly counts: readonly { readonly id: NodeId; readonly factor: number }[];
  readonly most: number;
}

class FiniteRule {
  readonly start: Memory;
  /** What one memory takes: operations with their operands, and truth values that are kept for windows. */
  readonly operands: number;
  private readonly nodes: readonly CoreNode[];
  private readonly root: NodeId;
  private readonly at: number;
  /** Nodes that have to be known before the end, ascending, and those at the end. */
  private readonly before: readonly NodeId[];
  private readonly atEnd: readonly NodeId[];
  private readonly counters: readonly { readonly id: NodeId; readonly of: NodeId; readonly limit: number }[];
  private readonly windows: readonly {
    readonly id: NodeId;
    readonly of: NodeId;
    readonly near: number;
    readonly far: number;
  }[];
  /** By their counts, their places in `counters` and `windows`. */
  private readonly counterOf: ReadonlyMap<NodeId, number>;
  private readonly windowOf: ReadonlyMap<NodeId, number>;
  private readonly period: number;
  private readonly knownParts = new Map<NodeId, Parts>();

  constructor({ nodes, root }: Rule, at: number) {
    this.nodes = nodes;
    this.root = root;
    this.at = at;
    const behind = (roots: readonly NodeId[]): NodeId[] =>
      reachable(nodes, roots).flatMap((needed, id) => (needed ? [id] : []));
    this.atEnd = behind([root]);
    const limits = this.limits();
    const counts = this.atEnd.flatMap((id) => {
      const node = this.nodes[id];
      return node.kind === 'count' ? [{ id, of: node.of, window: node.guard }] : [];
    });
    this.before = behind(counts.map(({ of }) => of));
    this.counters = counts.flatMap(({ id, of, window }) =>
      window === null ? [{ id, of, limit: limits.get(id) ?? 0 }] : [],
    );
    this.windows = counts.flatMap(({ id, of, window }) => (window === null ? [] : [{ id, of, ...window }]));
    this.counterOf = new Map(this.counters.map((one, i) => [one.id, i]));
    this.windowOf = new Map(this.windows.map((one, i) => [one.id, i]));
    for (const { far } of this.windows) withinCap(far, MAX_WINDOW, 'symbols back in a window');
    this.period = this.atEnd.reduce((all, id) => {
      const node = this.nodes[id];
      return node.kind === 'mod' ? leastCommonMultiple(all, node.modulus) : all;
    }, 1);
    withinCap(this.period, MAX_PERIOD, 'residues of a position');
    this.operands = this.windows.reduce((sum, { far }) => sum + far, operandsBehind(nodes, [root]));
    this.start = {
      counts: this.counters.map(() => 0),
      windows: this.windows.map(() => []),
      residue: 1 % this.period,
    };
  }

  /** What is remembered after one more symbol. */
  after(memory: Memory, letter: number): Memory {
    const value = this.values(memory, letter, this.before);
    return {
      counts: this.counters.map(({ of, limit }, i) =>
        Math.min(limit, memory.counts[i] + Number(value.get(of) ?? 0)),
      ),
      windows: this.windows.map(({ of, far }, i) =>
        [value.get(of) === true, ...memory.windows[i]].slice(0, far),
      ),
      residue: (memory.residue + 1) % this.period,
    };
  }

  /** Whether the rule holds where the last symbol is read now. */
  read(memory: Memory): boolean {
    return this.values(memory, this.at, this.atEnd).get(this.root) === true;
  }

  /** The values of some nodes at the next position, by their numbers. */
  private values(memory: Memory, letter: number, ids: readonly NodeId[]): Map<NodeId, boolean | number> {
    const values = new Map<NodeId, boolean | number>();
    const truth = (id: NodeId): boolean => values.get(id) === true;
    const number = (id: NodeId): number => Number(values.get(id));
    for (const id of ids) {
      const node = this.nodes[id];
      switch (node.kind) {
        case 'Q':
          values.set(id, node.symbol === letter);
          break;
        case 'const':
          values.set(id, node.value);
          break;
        case 'not':
          values.set(id, !truth(node.of));
          break;
        case 'and':
          values.set(id, node.of.every(truth));
          break;
        case 'mod':
          values.set(id, memory.residue % node.modulus === node.residue);
          break;
        case 'ge0':
          values.set(id, number(node.of) >= 0);
          break;
        case 'count':
          values.set(id, this.countOf(id, memory, truth));
          break;
        case 'lin':
          values.set(
            id,
            node.terms.reduce((sum, term) => sum + term.factor * number(term.node), node.constant),
          );
          break;
        case 'cond':
          values.set(id, number(truth(node.test) ? node.yes : node.no));
          break;
      }
    }
    return values;
  }

  private countOf(id: NodeId, memory: Memory, truth: (id: NodeId) => boolean): number {
    const counter = this.counterOf.get(id);
    if (counter !== undefined) return memory.counts[counter] + Number(truth(this.counters[counter].of));
    const window = this.windowOf.get(id) ?? -1;
    const { of, near, far } = this.windows[window];
    const earlier = memory.windows[window].slice(Math.max(0, near - 1), far).filter(Boolean).length;
    return earlier + (near === 0 ? Number(truth(of)) : 0);
  }

  /** Per count, from where on it need not be told from larger ones: in all comparisons that it is part of. */
  private limits(): Map<NodeId, number> {
    const limits = new Map<NodeId, number>();
    for (const id of this.atEnd) {
      const node = this.nodes[id];
      if (node.kind !== 'ge0') continue;
      const { counts, most } = this.parts(node.of);
      const signs = new Set(counts.map(({ factor }) => Math.sign(factor)));
      if (signs.size > 1) throw new NotProved(NOT_FINITE);
      for (const { id: count, factor } of counts) {
        // With one count this large the comparison is decided, whatever the others are.
        const limit = Math.floor(most / Math.abs(factor)) + 1;
        limits.set(count, Math.max(limits.get(count) ?? 0, limit));
      }
    }
    return limits;
  }

  /** A sum: its unbounded counts, and the most that all the rest can be, in absolute value. */
  private parts(id: NodeId): Parts {
    const known = this.knownParts.get(id) ?? this.partsOf(id);
    this.knownParts.set(id, known);
    return known;
  }

  private partsOf(id: NodeId): Parts {
    const node = this.nodes[id];
    switch (node.kind) {
      case 'const':
        return { counts: [], most: Math.abs(Number(node.value)) };
      case 'count':
        return node.guard === null
          ? { counts: [{ id, factor: 1 }], most: 0 }
          : { counts: [], most: node.guard.far - node.guard.near + 1 };
      case 'lin': {
        const parts = node.terms.map(({ node: term, factor }) => ({ factor, ...this.parts(term) }));
        return {
          counts: parts.flatMap(({ factor, counts }) =>
            counts.map((count) => ({ id: count.id, factor: factor * count.factor })),
          ),
          most: parts.reduce(
            (sum, { factor, most }) => sum + Math.abs(factor) * most,
            Math.abs(node.constant),
          ),
        };
      }
      case 'cond': {
        const [yes, no] = [this.parts(node.yes), this.parts(node.no)];
        if (yes.counts.length + no.counts.length > 0) throw new NotProved(NOT_FINITE);
        return { counts: [], most: Math.max(yes.most, no.most) };
      }
      case 'Q':
      case 'not':
      case 'and':
      case 'mod':
      case 'ge0':
        throw new Error('a truth value stands where a count should');
    }
  }
}
