/** Symbols and the variables that stand for them: what a reference to a symbol means at a place. */
import { hintFor } from '../../common/nearest.ts';
import type { Report } from '../text/diagnostics.ts';
import { MAX_VARIABLES } from '../core/limits.ts';
import type { NextRule, SymbolReference, SymbolSet, Variable } from '../text/syntax.ts';

/** Symbols in angle brackets (`<bos>`, `<sep>`) are meta symbols: `next[t]` doesn't range over them. */
export function isMeta(symbol: string): boolean {
  return symbol.length > 2 && symbol.startsWith('<') && symbol.endsWith('>');
}

/** Values of variables while a family is expanded: places in the alphabet. */
export type Bindings = ReadonlyMap<string, number>;

export class Scope {
  readonly alphabet: readonly string[];
  private readonly numbers: ReadonlyMap<string, number>;
  private readonly declared: boolean;
  private readonly report: Report;
  private usedWords = new Set<string>();
  private readonly sigma: ReadonlySet<number>;
  /** All symbols, and those that aren't meta symbols: one list each, however many rules range over it. */
  private readonly all: readonly number[];
  private readonly ordinary: readonly number[];
  private readonly sets = new Map<SymbolSet, ReadonlySet<number>>();

  /** `declared`: whether the program declares an alphabet; without one, no symbol is called unknown. */
  constructor(alphabet: readonly string[], declared: boolean, report: Report) {
    this.alphabet = alphabet;
    this.numbers = new Map(alphabet.map((symbol, number) => [symbol, number]));
    this.sigma = new Set(alphabet.keys());
    this.all = [...this.sigma];
    this.ordinary = this.all.filter((place) => !isMeta(alphabet[place]));
    this.declared = declared;
    this.report = report;
  }

  hasSymbol(text: string): boolean {
    return this.numbers.has(text);
  }

  /** Reports a reference that is neither a bound variable nor a symbol. */
  check(reference: SymbolReference, bound: ReadonlySet<string>): void {
    if (!reference.quoted) this.usedWords.add(reference.text);
    if (!reference.quoted && bound.has(reference.text)) return;
    if (this.numbers.has(reference.text) || !this.declared || this.report.isFull) return;
    const known = reference.quoted ? this.alphabet : [...this.alphabet, ...bound];
    this.report.error(reference.span, `unknown symbol '${reference.text}'${hintFor(reference.text, known)}`, {
      expected: `a symbol of the alphabet${reference.quoted ? '' : ' or a variable'}`,
      suggestion: `the alphabet is ${this.someSymbols()}`,
    });
  }

  /** The variables known inside a binder. Reports doubled variables, and symbols that a variable hides. */
  bind(variables: readonly Variable[], bound: ReadonlySet<string>): ReadonlySet<string> {
    const inner = new Set(bound);
    const own = new Set<string>();
    if (variables.length > MAX_VARIABLES) {
      this.report.error(
        variables[MAX_VARIABLES].span,
        `${variables.length} variables at once are more than the ${MAX_VARIABLES} allowed`,
      );
    }
    for (const variable of variables) {
      if (own.has(variable.name))
        this.report.error(variable.span, `the variable '${variable.name}' is bound twice`);
      own.add(variable.name);
      inner.add(variable.name);
      if (this.numbers.has(variable.name)) {
        this.report.warning(variable.span, `the variable '${variable.name}' hides the symbol of that name`, {
          suggestion: `write '${variable.name}' in quotes for the symbol, or rename the variable`,
        });
      }
      if (variable.set !== 'sigma') for (const symbol of variable.set) this.check(symbol, new Set());
    }
    return inner;
  }

  /**
   * What `next[target]` defines: one symbol, or every symbol of a set for a variable. A bare word is a symbol if
   * the alphabet has it.
   */
  resolveTarget(rule: NextRule): { symbols: readonly number[]; variable: string | null } {
    this.usedWords = new Set();
    const { target, set } = rule;
    if (set !== null) {
      this.bind([{ name: target.text, set, span: target.span }], new Set());
      const symbols = set === 'sigma' ? this.all : [...this.members(set)];
      return { symbols, variable: target.text };
    }
    const number = this.numbers.get(target.text);
    if (number !== undefined) return { symbols: [number], variable: null };
    if (target.quoted) {
      if (target.text !== '') this.check(target, new Set());
      return { symbols: [], variable: null };
    }
    return { symbols: this.ordinary, variable: target.text };
  }

  /** Whether the target of the rule resolved last has been referred to since, without quotes. */
  wasUsed(target: SymbolReference): boolean {
    return this.usedWords.has(target.text);
  }

  /** The places of a set's symbols, in the set's order. */
  members(set: SymbolSet): Iterable<number> {
    return this.memberSet(set);
  }

  contains(set: SymbolSet, symbol: number): boolean {
    return this.memberSet(set).has(symbol);
  }

  private memberSet(set: SymbolSet): ReadonlySet<number> {
    if (set === 'sigma') return this.sigma;
    let members = this.sets.get(set);
    if (members === undefined) {
      members = new Set(set.flatMap((symbol) => this.numbers.get(symbol.text) ?? []));
      this.sets.set(set, members);
    }
    return members;
  }

  /** The place of a symbol that has been checked. */
  place(reference: SymbolReference, bindings: Bindings): number {
    const bound = reference.quoted ? undefined : bindings.get(reference.text);
    return bound ?? this.numbers.get(reference.text) ?? 0;
  }

  private someSymbols(): string {
    const shown = this.alphabet.slice(0, 12).join(' ');
    return this.alphabet.length > 12 ? `${shown} … (${this.alphabet.length} symbols)` : shown;
  }
}
