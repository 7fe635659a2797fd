/**
 * From a checked syntax tree to the core: families, `any` and `all` are expanded, definitions are shared by name.
 * What goes wrong here depends on the expansion: a family used outside its set, mixed signs, sizes. It is met in the
 * order of the text, each definition where it is first needed, as by a reader who follows the names.
 */
import { leastCommonMultiple } from '../../common/arithmetic.ts';
import type { Checked } from '../check/check.ts';
import { CapExceeded, CoreBuilder, exactly, ValueExceeded } from './builder.ts';
import type { CoreProgram, NodeId, Output, Term } from './core.ts';
import type { Report, Span } from '../text/diagnostics.ts';
import { ALLOWANCES } from '../check/dialect.ts';
import { MAX_EXPANSION, MAX_PERIOD } from './limits.ts';
import type { Named } from './prune.ts';
import { prune } from './prune.ts';
import type { Bindings } from '../check/scope.ts';
import type { Expression, SymbolReference, Variable } from '../text/syntax.ts';

/** The core of a program that was checked without errors; null where the expansion has errors (see the report). */
export function elaborate(checked: Checked, report: Report): CoreProgram | null {
  const elaborator = new Elaborator(checked, report);
  try {
    for (const definition of checked.definitions.values()) {
      if (definition.variables.length === 0) elaborator.definition(definition.name);
    }
    const output = elaborator.output();
    return report.errors().length > 0
      ? null
      : prune(checked.alphabet, elaborator.builder.nodes, output, elaborator.names());
  } catch (error) {
    if (!(error instanceof CapExceeded)) throw error;
    report.error(error.place ?? { start: 0, end: 1 }, error.message, { tooLarge: true });
    return null;
  }
}

/** A definition with values for its variables: `Big[a,b]`. */
interface Instance {
  /** What tells it from others: the name, and the places of its symbols. */
  readonly key: string;
  /** As people write it. */
  readonly name: string;
  readonly body: Expression;
  readonly bindings: Bindings;
}

/** The building of an expression: it stops at each instance that has to be built before it can go on. */
type Building = Generator<Instance, NodeId, undefined>;

const noBindings: Bindings = new Map();

class Elaborator {
  readonly builder = new CoreBuilder();
  /** Finished instances by key, in the order in which they were finished. */
  private readonly instances = new Map<string, Named>();
  private readonly checked: Checked;
  private readonly report: Report;
  private steps = 0;
  private period = 1;

  constructor(checked: Checked, report: Report) {
    this.checked = checked;
    this.report = report;
  }

  definition(name: string): void {
    const definition = this.checked.definitions.get(name);
    if (definition === undefined) throw new Error(`no definition ${name}`); // the checker has seen them all
    if (this.instances.has(name)) return;
    this.instances.set(name, { name, node: this.value(definition.body, noBindings) });
  }

  output(): Output {
    const { accept, next, read } = this.checked;
    if (accept !== null) {
      return { kind: 'accept', read, node: this.value(accept, noBindings) };
    }
    const rules = new Map<number, NodeId[]>();
    for (const rule of next) {
      for (const symbol of rule.symbols) {
        const bindings = rule.variable === null ? noBindings : new Map([[rule.variable, symbol]]);
        const node = this.value(rule.body, bindings);
        const nodes = rules.get(symbol);
        if (nodes === undefined) rules.set(symbol, [node]);
        else nodes.push(node);
      }
    }
    const symbols = [...rules]
      .sort(([a], [b]) => a - b)
      .map(([symbol, nodes]) => ({ symbol, node: this.builder.or(nodes) }));
    return { kind: 'next', symbols };
  }

  /** The definitions that were needed, in the order in which they were finished. */
  names(): Named[] {
    return [...this.instances.values()];
  }

  private modulo(modulus: number, residue: number): NodeId {
    this.period = leastCommonMultiple(this.period, modulus);
    if (this.period > MAX_PERIOD) {
      throw new CapExceeded(`with this, the least common multiple of the moduli exceeds ${MAX_PERIOD}`);
    }
    return this.builder.mod(modulus, residue);
  }

  /**
   * The node of an expression. A definition that it refers to is built while it waits, on a stack of our own: a program
   * may chain many thousands of them. Rules keep nothing here: a program may have a million of them, one a symbol.
   */
  private value(body: Expression, bindings: Bindings): NodeId {
    const waiting: { instance: Instance; of: Building }[] = [];
    let building = this.build(body, bindings);
    for (;;) {
      const reached = building.next();
      if (reached.done !== true) {
        waiting.push({ instance: reached.value, of: building });
        building = this.build(reached.value.body, reached.value.bindings);
        continue;
      }
      const waiter = waiting.pop();
      if (waiter === undefined) return reached.value;
      this.instances.set(waiter.instance.key, { name: waiter.instance.name, node: reached.value });
      building = waiter.of;
    }
  }

  private *build(expression: Expression, bindings: Bindings): Building {
    try {
      this.step();
      return yield* this.construct(expression, bindings);
    } catch (error) {
      if (error instanceof ValueExceeded) {
        this.report.error(expression.span, error.message);
        return this.standIn(expression);
      }
      if (error instanceof CapExceeded) error.place ??= expression.span;
      throw error;
    }
  }

  /** Something of an expression's type in the place of what has a fault. */
  private standIn({ kind }: Expression): NodeId {
    const isCount = kind === 'sum' || kind === 'negate' || kind === 'product' || kind === 'extremum';
    return isCount ? this.builder.integer(0) : this.builder.truth(false);
  }

  private *construct(expression: Expression, bindings: Bindings): Building {
    const { builder } = this;
    switch (expression.kind) {
      case 'hole':
        return builder.truth(false); // programs with holes have errors and don't come here
      case 'integer':
        return builder.integer(expression.value);
      case 'truth':
        return builder.truth(expression.value);
      case 'symbol':
        return builder.symbol(this.symbol(expression.symbol, bindings));
      case 'relation':
        return builder.truth(this.relation(expression, bindings));
      case 'mod':
        return this.modulo(expression.modulus, expression.residue);
      case 'count':
        return builder.count(
          yield* this.build(expression.of, bindings),
          expression.guard.near,
          expression.guard.far,
        );
      case 'quantifier':
        return yield* this.quantifier(expression, bindings);
      case 'prev': {
        const of = yield* this.build(expression.of, bindings);
        return expression.distance === 0 ? of : builder.exists(of, expression.distance, expression.distance);
      }
      case 'first':
        return builder.first(yield* this.build(expression.of, bindings));
      case 'not':
        return builder.not(yield* this.build(expression.of, bindings));
      case 'junction':
        return yield* this.junction(
          expression.which,
          expression.operands.map((operand) => [operand, bindings]),
        );
      case 'implies':
        return yield* this.implication(expression, bindings);
      case 'every':
        return yield* this.junction(
          expression.which === 'any' ? 'or' : 'and',
          this.everyBody(expression, bindings),
        );
      case 'negate':
        return builder.linear([{ node: yield* this.build(expression.of, bindings), factor: -1 }], 0);
      case 'sum':
        return yield* this.sum(expression, bindings);
      case 'product':
        return yield* this.product(expression, bindings);
      case 'extremum': {
        const left = yield* this.build(expression.left, bindings);
        const right = yield* this.build(expression.right, bindings);
        const leftIsLess = builder.atLeast(right, left);
        return expression.which === 'min'
          ? builder.conditional(leftIsLess, left, right)
          : builder.conditional(leftIsLess, right, left);
      }
      case 'compare':
        return yield* this.comparison(expression, bindings);
      case 'conditional':
        return yield* this.conditional(expression, bindings);
      case 'name':
        return yield* this.name(expression, bindings);
    }
  }

  private step(): void {
    if (++this.steps > MAX_EXPANSION) {
      throw new CapExceeded(
        `expanding families, any and all takes more than ${MAX_EXPANSION} steps: use smaller sets or fewer variables`,
      );
    }
  }

  private symbol(reference: SymbolReference, bindings: Bindings): number {
    return this.checked.scope.place(reference, bindings);
  }

  private relation(expression: Expression & { kind: 'relation' }, bindings: Bindings): boolean {
    const left = this.symbol(expression.left, bindings);
    const right = this.symbol(expression.right, bindings);
    switch (expression.relation) {
      case 'lt':
        return left < right;
      case 'le':
        return left <= right;
      case 'eq':
        return left === right;
      case 'ne':
        return left !== right;
    }
  }

  private *quantifier(expression: Expression & { kind: 'quantifier' }, bindings: Bindings): Building {
    const { near, far } = expression.guard;
    const of = yield* this.build(expression.of, bindings);
    if (expression.which === 'exists') return this.builder.exists(of, near, far);
    return this.builder.not(this.builder.exists(this.builder.not(of), near, far));
  }

  /** Joins operands up to the first that decides: what stands after it need not even exist for these symbols. */
  private *junction(which: 'and' | 'or', operands: Iterable<readonly [Expression, Bindings]>): Building {
    const decisive = which === 'or';
    const nodes: NodeId[] = [];
    for (const [operand, bindings] of operands) {
      const node = yield* this.build(operand, bindings);
      nodes.push(node);
      if (this.builder.truthValue(node) === decisive) break;
    }
    return which === 'or' ? this.builder.or(nodes) : this.builder.and(nodes);
  }

  /** The body of an any or all, with every choice of symbols. */
  private *everyBody(
    { variables, body }: Expression & { kind: 'every' },
    bindings: Bindings,
  ): Iterable<readonly [Expression, Bindings]> {
    for (const inner of this.assignments(variables, bindings)) yield [body, inner];
  }

  /** Every way to give the variables values from their sets. */
  private *assignments(variables: readonly Variable[], bindings: Bindings): Iterable<Bindings> {
    if (variables.length === 0) {
      yield bindings;
      return;
    }
    const [variable, ...others] = variables;
    for (const symbol of this.checked.scope.members(variable.set)) {
      this.steps += bindings.size >> 3; // the copy is work too
      yield* this.assignments(others, new Map(bindings).set(variable.name, symbol));
    }
  }

  private *implication(expression: Expression & { kind: 'implies' }, bindings: Bindings): Building {
    const premise = this.builder.not(yield* this.build(expression.left, bindings));
    if (this.builder.truthValue(premise) === true) return premise;
    return this.builder.or([premise, yield* this.build(expression.right, bindings)]);
  }

  private *sum({ terms }: Expression & { kind: 'sum' }, bindings: Bindings): Building {
    const built: Term[] = [];
    for (const { sign, of } of terms) built.push({ node: yield* this.build(of, bindings), factor: sign });
    return this.builder.linear(built, 0);
  }

  private *product(expression: Expression & { kind: 'product' }, bindings: Bindings): Building {
    let factor = 1;
    let varying: NodeId | undefined;
    for (const part of expression.factors) {
      const node = yield* this.build(part, bindings);
      const value = this.builder.integerValue(node);
      if (value === undefined) varying = node;
      else factor = exactly(factor * value);
    }
    return varying === undefined
      ? this.builder.integer(factor)
      : this.builder.linear([{ node: varying, factor }], 0);
  }

  private *comparison(expression: Expression & { kind: 'compare' }, bindings: Bindings): Building {
    const { builder } = this;
    const left = yield* this.build(expression.left, bindings);
    const right = yield* this.build(expression.right, bindings);
    const { operator } = expression;
    if (this.isTruth(left)) {
      const same = builder.same(left, right);
      return operator === '=' ? same : builder.not(same);
    }
    this.checkSigns(expression.span, left, right);
    switch (operator) {
      case '>=':
        return builder.atLeast(left, right);
      case '<=':
        return builder.atLeast(right, left);
      case '<':
        return builder.not(builder.atLeast(left, right));
      case '>':
        return builder.not(builder.atLeast(right, left));
      case '=':
        return builder.and([builder.atLeast(left, right), builder.atLeast(right, left)]);
      case '!=':
        return builder.not(builder.and([builder.atLeast(left, right), builder.atLeast(right, left)]));
    }
  }

  private checkSigns(span: Span, left: NodeId, right: NodeId): void {
    const { dialect } = this.checked;
    if (dialect === null || ALLOWANCES[dialect].mixedSigns) return;
    const difference = this.builder.linear(
      [
        { node: left, factor: 1 },
        { node: right, factor: -1 },
      ],
      0,
    );
    if (this.builder.hasMixedSigns(difference)) {
      this.report.error(span, `dialect ${dialect} exceeded: the comparison has counts of both signs`, {
        expected: 'a sum of counts on one side, an integer on the other',
        suggestion: "do without it, or declare 'dialect plain'",
      });
    }
  }

  private *conditional(expression: Expression & { kind: 'conditional' }, bindings: Bindings): Building {
    const test = yield* this.build(expression.test, bindings);
    const decided = this.builder.truthValue(test);
    if (decided !== undefined) return yield* this.build(decided ? expression.yes : expression.no, bindings);
    const yes = yield* this.build(expression.yes, bindings);
    const no = yield* this.build(expression.no, bindings);
    return this.isTruth(yes) ? this.builder.choose(test, yes, no) : this.builder.conditional(test, yes, no);
  }

  /** The value of a definition, once it is built. */
  private *name(expression: Expression & { kind: 'name' }, bindings: Bindings): Building {
    const { definitions, scope } = this.checked;
    const definition = definitions.get(expression.name);
    if (definition === undefined) throw new Error(`no definition ${expression.name}`);
    const inner = new Map<string, number>();
    for (const [place, variable] of definition.variables.entries()) {
      const symbol = this.symbol(expression.symbols[place], bindings);
      if (variable.set !== 'sigma' && !scope.contains(variable.set, symbol)) {
        this.report.error(
          expression.symbols[place].span,
          `'${definition.name}' is not defined for ${variable.name} = '${scope.alphabet[symbol]}'`,
          { expected: `a symbol of the set of '${variable.name}' in the definition` },
        );
        return this.builder.truth(false);
      }
      inner.set(variable.name, symbol);
    }
    const key = [definition.name, ...inner.values()].join(' ');
    if (!this.instances.has(key)) {
      const symbols = [...inner.values()].map((symbol) => scope.alphabet[symbol]);
      const name = symbols.length === 0 ? definition.name : `${definition.name}[${symbols.join(',')}]`;
      yield { key, name, body: definition.body, bindings: inner };
    }
    return this.instances.get(key)?.node ?? this.builder.truth(false);
  }

  private isTruth(id: NodeId): boolean {
    const node = this.builder.nodes[id];
    return (
      ['Q', 'not', 'and', 'mod', 'ge0'].includes(node.kind) ||
      (node.kind === 'const' && typeof node.value === 'boolean')
    );
  }
}
