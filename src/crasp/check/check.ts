/**
 * Names, arities, types, cycles and the declared dialect, checked on the syntax tree, so that every error has its
 * place and families are checked once, whatever they expand to. (What can only be seen after expansion, such as
 * mixed signs or sizes, is reported by elaborate.ts.)
 */
import { hintFor, nearest } from '../../common/nearest.ts';
import { reportCycles } from './cycles.ts';
import type { Report, Span } from '../text/diagnostics.ts';
import { checkGuard, checkLookBack, checkModulo } from './dialect.ts';
import { MAX_ALPHABET } from '../core/limits.ts';
import { Scope } from './scope.ts';
import type { Definition, Dialect, Expression, NextRule, Program } from '../text/syntax.ts';
import { RESERVED } from '../text/syntax.ts';

export type Type = 'bool' | 'count';

/** 'unknown' where an error was reported: it agrees with everything, so that one error is not told twice. */
interface Typing {
  readonly type: Type | 'unknown';
  /** Whether the value is the same for all inputs and positions: products need such a factor. */
  readonly constant: boolean;
}

/** A `next` rule with its target resolved: every symbol it defines, and the variable that stands for it. */
export interface ResolvedNext {
  readonly symbols: readonly number[];
  readonly variable: string | null;
  readonly body: Expression;
}

/** A program without errors so far. Symbols are numbers: their places in the alphabet. */
export interface Checked {
  readonly alphabet: readonly string[];
  readonly scope: Scope;
  readonly read: 'eos' | 'last';
  readonly dialect: Dialect | null;
  /** By name, in the order of the text. */
  readonly definitions: ReadonlyMap<string, Definition>;
  readonly accept: Expression | null;
  readonly next: readonly ResolvedNext[];
}

/** Checks everything and reports all that is wrong; the result is of use only if the report has no errors. */
export function checkProgram(program: Program, report: Report): Checked {
  const alphabet = checkAlphabet(program, report);
  const scope = new Scope(alphabet, program.alphabet !== undefined, report);
  const definitions = collectDefinitions(program, report);
  const ordered = reportCycles(definitions, report);
  const checker = new Checker(scope, definitions, program.dialect?.name ?? null, report);
  for (const definition of ordered.values()) checker.define(definition);
  if (program.accept !== undefined) checker.expectType(program.accept.body, 'bool', new Set(), 'accept');
  const next = program.next.map((rule) => checker.next(rule));
  checkOutputs(program, next, report);
  checker.warnUnused();
  return {
    alphabet,
    scope,
    read: program.read?.at ?? 'eos',
    dialect: program.dialect?.name ?? null,
    definitions,
    accept: program.accept?.body ?? null,
    next,
  };
}

function checkAlphabet(program: Program, report: Report): string[] {
  if (program.alphabet === undefined) {
    report.error({ start: 0, end: 1 }, 'the program declares no alphabet', {
      expected: "'alphabet { … }'",
      suggestion: "begin with its symbols, for example: alphabet { a b '<eos>' }",
    });
    return [];
  }
  const seen = new Set<string>();
  for (const symbol of program.alphabet.symbols) {
    if (seen.has(symbol.text)) report.error(symbol.span, `the symbol '${symbol.text}' is listed twice`);
    seen.add(symbol.text);
  }
  if (seen.size === 0) report.error(program.alphabet.span, 'the alphabet is empty');
  if (seen.size > MAX_ALPHABET) {
    report.error(
      program.alphabet.span,
      `the alphabet has ${seen.size} symbols, more than the ${MAX_ALPHABET} allowed`,
    );
  }
  return [...seen];
}

function collectDefinitions(program: Program, report: Report): Map<string, Definition> {
  const definitions = new Map<string, Definition>();
  for (const definition of program.definitions) {
    if (definitions.has(definition.name)) {
      report.error(definition.nameSpan, `'${definition.name}' is defined twice`, {
        suggestion: 'give one of them another name',
      });
    } else definitions.set(definition.name, definition);
  }
  return definitions;
}

function checkOutputs(program: Program, next: readonly ResolvedNext[], report: Report): void {
  const end = { start: Math.max(0, lastPlace(program)), end: lastPlace(program) + 1 };
  if (program.accept === undefined && program.next.length === 0) {
    report.error(end, 'the program has no output', {
      expected: "'accept …' or 'next[…] := …'",
      suggestion: "say what it accepts, for example: accept # 'a' > # 'b'",
    });
  }
  if (program.accept !== undefined && program.next.length > 0) {
    report.error(program.accept.span, "the program has both 'accept' and 'next[…]'", {
      suggestion: 'a program either accepts strings or predicts the next symbol',
    });
  }
  if (next.length > 0 && next.every(({ symbols }) => symbols.length === 0)) {
    report.error(program.next[0].target.span, "no 'next[…]' is about a symbol: there is none to be named", {
      expected: 'a rule for at least one symbol of the alphabet',
    });
  }
  if (program.read !== undefined && program.next.length > 0) {
    report.warning(program.read.span, "'read at' has no meaning for next[…]: it is read at the last symbol");
  }
}

function lastPlace(program: Program): number {
  const spans: Span[] = program.definitions.map((definition) => definition.body.span);
  if (program.alphabet !== undefined) spans.push(program.alphabet.span);
  return Math.max(0, ...spans.slice(-1000).map((span) => span.end - 1));
}

class Checker {
  private readonly scope: Scope;
  private readonly definitions: ReadonlyMap<string, Definition>;
  private readonly dialect: Dialect | null;
  private readonly report: Report;
  private readonly typings = new Map<string, Typing>();
  private readonly used = new Set<string>();

  constructor(
    scope: Scope,
    definitions: ReadonlyMap<string, Definition>,
    dialect: Dialect | null,
    report: Report,
  ) {
    this.scope = scope;
    this.definitions = definitions;
    this.dialect = dialect;
    this.report = report;
  }

  /** Types a definition; those it refers to have been typed before. */
  define(definition: Definition): void {
    const bound = this.scope.bind(definition.variables, new Set());
    const typing = this.typing(definition.body, bound);
    this.typings.set(definition.name, typing);
  }

  next(rule: NextRule): ResolvedNext {
    const { symbols, variable } = this.scope.resolveTarget(rule);
    const bound = new Set(variable === null ? [] : [variable]);
    this.expectType(rule.body, 'bool', bound, 'next');
    if (variable === null && !rule.target.quoted && this.scope.wasUsed(rule.target)) {
      const { text, span } = rule.target;
      this.report.warning(span, `'${text}' is the symbol of that name here, not a variable`, {
        suggestion: `write '${text}' in quotes if that is meant, and otherwise rename the variable`,
      });
    }
    if (variable !== null && rule.body.kind !== 'hole' && !this.scope.wasUsed(rule.target)) {
      const guess = this.report.isFullOfWarnings ? undefined : nearest(variable, this.scope.alphabet);
      this.report.warning(
        rule.target.span,
        `the variable '${variable}' is not used: the rule holds for every symbol alike`,
        {
          ...(guess === undefined ? {} : { suggestion: `did you mean the symbol '${guess}'?` }),
        },
      );
    }
    return { symbols, variable, body: rule.body };
  }

  warnUnused(): void {
    for (const definition of this.definitions.values()) {
      if (!this.used.has(definition.name)) {
        this.report.warning(definition.nameSpan, `'${definition.name}' is never used`);
      }
    }
  }

  expectType(expression: Expression, wanted: Type, bound: ReadonlySet<string>, operator: string): Typing {
    const typing = this.typing(expression, bound);
    if (typing.type !== 'unknown' && typing.type !== wanted) {
      this.report.error(
        expression.span,
        `${operator === 'accept' || operator === 'next' ? `'${operator}'` : `'${operator}' here`} takes a ${wanted}, and this is a ${typing.type}`,
        { expected: `a ${wanted}`, suggestion: conversionHint(wanted) },
      );
    }
    return typing;
  }

  private all(
    expressions: readonly Expression[],
    wanted: Type,
    result: Type,
    bound: ReadonlySet<string>,
    operator: string,
  ): Typing {
    let constant = true;
    for (const expression of expressions) {
      if (!this.expectType(expression, wanted, bound, operator).constant) constant = false;
    }
    return { type: result, constant };
  }

  private typing(expression: Expression, bound: ReadonlySet<string>): Typing {
    switch (expression.kind) {
      case 'hole':
        return { type: 'unknown', constant: true };
      case 'integer':
        return { type: 'count', constant: true };
      case 'truth':
        return { type: 'bool', constant: true };
      case 'symbol':
        this.scope.check(expression.symbol, bound);
        return { type: 'bool', constant: false };
      case 'relation':
        this.scope.check(expression.left, bound);
        this.scope.check(expression.right, bound);
        return { type: 'bool', constant: true };
      case 'mod':
        checkModulo(expression, this.dialect, this.report);
        return { type: 'bool', constant: false };
      case 'count':
        checkGuard(expression.guard, '#', this.dialect, this.report);
        this.expectType(expression.of, 'bool', bound, '#');
        return { type: 'count', constant: false };
      case 'quantifier':
        checkGuard(expression.guard, expression.which, this.dialect, this.report);
        this.expectType(expression.of, 'bool', bound, expression.which);
        return { type: 'bool', constant: false };
      case 'prev':
        checkLookBack(expression, this.dialect, this.report);
        this.expectType(expression.of, 'bool', bound, 'prev');
        return { type: 'bool', constant: false };
      case 'first':
        this.expectType(expression.of, 'bool', bound, 'first');
        return { type: 'bool', constant: false };
      case 'not':
        return this.all([expression.of], 'bool', 'bool', bound, 'not');
      case 'junction':
        return this.all(expression.operands, 'bool', 'bool', bound, expression.which);
      case 'implies':
        return this.all([expression.left, expression.right], 'bool', 'bool', bound, '=>');
      case 'every': {
        const inner = this.scope.bind(expression.variables, bound);
        return this.all([expression.body], 'bool', 'bool', inner, expression.which);
      }
      case 'negate':
        return this.all([expression.of], 'count', 'count', bound, '-');
      case 'sum':
        return this.all(
          expression.terms.map((term) => term.of),
          'count',
          'count',
          bound,
          expression.terms.some((term) => term.sign === -1) ? '-' : '+',
        );
      case 'extremum':
        return this.all([expression.left, expression.right], 'count', 'count', bound, expression.which);
      case 'product':
        return this.product(expression, bound);
      case 'compare':
        return this.comparison(expression, bound);
      case 'conditional':
        return this.conditional(expression, bound);
      case 'name':
        return this.name(expression, bound);
    }
  }

  private product(expression: Expression & { kind: 'product' }, bound: ReadonlySet<string>): Typing {
    let varying = 0;
    for (const factor of expression.factors) {
      const typing = this.expectType(factor, 'count', bound, '*');
      if (!typing.constant) varying++;
    }
    if (varying > 1) {
      this.report.error(
        expression.span,
        'the product is not linear: more than one factor depends on the input',
        {
          expected: 'an integer times a count',
          suggestion: 'C-RASP multiplies counts by constants only',
        },
      );
    }
    return { type: 'count', constant: varying === 0 };
  }

  /** Counts with any operator; truth values with = and !=. */
  private comparison(expression: Expression & { kind: 'compare' }, bound: ReadonlySet<string>): Typing {
    const left = this.typing(expression.left, bound);
    const right = this.typing(expression.right, bound);
    const constant = left.constant && right.constant;
    if (left.type === 'unknown' || right.type === 'unknown') return { type: 'bool', constant };
    const { operator } = expression;
    if (left.type !== right.type) {
      this.report.error(expression.span, `'${operator}' compares a ${left.type} with a ${right.type}`, {
        expected: 'two counts, or two bools with = or !=',
        suggestion: conversionHint('count'),
      });
    } else if (left.type === 'bool' && operator !== '=' && operator !== '!=') {
      this.report.error(expression.span, `'${operator}' compares counts, and these are bools`, {
        expected: 'two counts',
        suggestion: conversionHint('count'),
      });
    }
    return { type: 'bool', constant };
  }

  private conditional(expression: Expression & { kind: 'conditional' }, bound: ReadonlySet<string>): Typing {
    const test = this.expectType(expression.test, 'bool', bound, '?');
    const yes = this.typing(expression.yes, bound);
    const no = this.typing(expression.no, bound);
    const constant = test.constant && yes.constant && no.constant;
    if (yes.type === 'unknown' || no.type === 'unknown') {
      return { type: yes.type === 'unknown' ? no.type : yes.type, constant };
    }
    if (yes.type !== no.type) {
      this.report.error(
        expression.span,
        `the branches of '?' differ: one is a ${yes.type}, the other a ${no.type}`,
        { expected: 'two counts or two bools' },
      );
      return { type: 'unknown', constant };
    }
    return { type: yes.type, constant };
  }

  private name(expression: Expression & { kind: 'name' }, bound: ReadonlySet<string>): Typing {
    for (const symbol of expression.symbols) this.scope.check(symbol, bound);
    const definition = this.definitions.get(expression.name);
    if (definition === undefined) {
      this.unknownName(expression, bound);
      return { type: 'unknown', constant: true };
    }
    this.used.add(expression.name);
    const wanted = definition.variables.length;
    const given = expression.symbols.length;
    if (wanted !== given) {
      const form =
        wanted === 0
          ? `'${definition.name}' without brackets`
          : `${wanted} symbol${wanted === 1 ? '' : 's'} in brackets`;
      this.report.error(
        expression.span,
        `'${definition.name}' takes ${wanted} ${wanted === 1 ? 'symbol' : 'symbols'}, and here ${given === 1 ? 'is' : 'are'} ${given}`,
        {
          expected: form,
        },
      );
    }
    return this.typings.get(expression.name) ?? { type: 'unknown', constant: true };
  }

  private unknownName(expression: Expression & { kind: 'name' }, bound: ReadonlySet<string>): void {
    const { name, nameSpan } = expression;
    if (this.report.isFull) return;
    if (bound.has(name)) {
      this.report.error(nameSpan, `'${name}' is a variable for symbols, not an expression`, {
        suggestion: `the symbol at a position is tested by Q[${name}]`,
      });
      return;
    }
    if (this.scope.hasSymbol(name)) {
      this.report.error(nameSpan, `unknown name '${name}'`, {
        suggestion: `the symbol is written in quotes: '${name}'`,
      });
      return;
    }
    const word = name.toLowerCase();
    if (RESERVED.has(word)) {
      this.report.error(nameSpan, `unknown name '${name}'${hintFor(name, [word])}`, {
        suggestion: `the words of the language are written small: ${word}`,
      });
      return;
    }
    const guess = nearest(name, this.definitions.keys());
    const hint = guess === undefined ? '' : `, did you mean '${guess}'?`;
    this.report.error(nameSpan, `unknown name '${name}'${hint}`, {
      suggestion: guess === undefined ? `define it: let ${name} := …` : `write ${guess}`,
    });
  }
}

function conversionHint(wanted: Type): string {
  return wanted === 'bool'
    ? 'compare the count with another, as in … >= 1'
    : 'count the positions where it holds: # (…), or turn it into a number: (… ? 1 : 0)';
}
