/**
 * Reads regular expressions in the textbook's sense: an expression always stands for whole strings, and what is not
 * listed here is an error with its place, never silently something else. From what binds most to what binds least:
 *
 *   a  '<sep>'  \*  .  [abc] [a-c] [^ab]  ()  ε  ∅  (R)   a symbol, a longer symbol in quotes, an escaped one, any
 *                                          symbol, one out of several, the empty string (two ways), nothing, a group
 *   R* R+ R? R{2} R{2,} R{2,5}             none or more, one or more, at most one, counted
 *   ~R  !R                                 every string over the alphabet that is not in R
 *   RS                                     concatenation
 *   R & S                                  intersection
 *   R || S                                 shuffle: the strings of both, interleaved in every way
 *   R | S                                  union
 *
 * White space separates and means nothing; `\ ` is a blank as a symbol. Without an alphabet, it is the symbols that
 * occur; then `.`, `[^…]` and `~`, which speak of all others, are refused.
 */
import { UserError } from '../../common/errors.ts';
import { checkSymbols } from './symbols.ts';
import type { Regex, RegularExpression } from './syntax.ts';

/** Longest text: what a person writes or a program prints for a person, not a data file. */
const MAX_LENGTH = 10_000;
/** Deepest nesting of groups and complements: keeps the parser and all that walk its trees off the end of the stack. */
const MAX_NESTING = 200;
/** Largest bound in `{n,m}`: an automaton has as many states. */
const MAX_REPETITIONS = 1_000;

/** A mistake in an expression: where it is (1-based column, in characters) and the line with a caret under it. */
export class RegexError extends UserError {
  readonly column: number;
  readonly excerpt: string;

  constructor(text: string, index: number, problem: string) {
    const characters = [...text];
    super(`regular expression, column ${index + 1}: ${problem}`);
    this.column = index + 1;
    this.excerpt = excerptAround(characters, index);
  }
}

/** The part of the expression around a place, and below it a caret. */
function excerptAround(characters: readonly string[], index: number): string {
  const from = Math.max(0, index - 60);
  const line = characters
    .slice(from, index + 40)
    .map((character) => (/\s/.test(character) ? ' ' : character));
  return `${line.join('')}\n${' '.repeat(index - from)}^`;
}

/**
 * Reads an expression over an alphabet, or, without one, over the symbols that occur in it (in the order of their
 * code points). Throws RegexError with the place of the first mistake.
 */
export function parseRegex(text: string, alphabet?: readonly string[]): RegularExpression {
  const parser = new Parser(text, alphabet);
  const tree = parser.whole();
  const occurring = [...parser.occurring].sort((a, b) => (a < b ? -1 : 1));
  if (alphabet === undefined && occurring.length === 0) {
    throw new RegexError(text, 0, 'no symbol occurs in it, so the alphabet has to be given');
  }
  checkSymbols(alphabet ?? occurring);
  return { text, tree, alphabet: alphabet ?? occurring };
}

const EMPTY_STRING: Regex = { kind: 'concat', parts: [] };
const NOTHING: Regex = { kind: 'nothing' };

/** Characters that mean something and are written with a backslash when the symbol itself is meant. */
const SPECIAL = new Set([...'|&*+?(){}[]^$.~!\\\'"ε∅']);

class Parser {
  private readonly text: string;
  private readonly characters: readonly string[];
  private readonly alphabet: ReadonlySet<string> | undefined;
  readonly occurring = new Set<string>();
  private at = 0;
  private nesting = 0;

  constructor(text: string, alphabet: readonly string[] | undefined) {
    this.text = text;
    this.characters = [...text];
    this.alphabet = alphabet === undefined ? undefined : new Set(alphabet);
    if (this.characters.length > MAX_LENGTH) {
      this.fail(`longer than ${MAX_LENGTH} characters (it has ${this.characters.length})`, MAX_LENGTH);
    }
  }

  whole(): Regex {
    if (this.peek() === undefined) this.fail("nothing is written here; the empty string is '()'");
    const tree = this.union();
    if (this.peek() === ')') this.fail("this ')' closes no group");
    return tree;
  }

  private union(): Regex {
    return this.list(
      'union',
      () => this.shuffle(),
      () => this.takeIf('|'),
    );
  }

  private shuffle(): Regex {
    return this.list(
      'shuffle',
      () => this.intersection(),
      () => this.takeShuffle(),
    );
  }

  private intersection(): Regex {
    return this.list(
      'intersection',
      () => this.concatenation(),
      () => this.takeIf('&'),
    );
  }

  private list(kind: 'union' | 'shuffle' | 'intersection', part: () => Regex, more: () => boolean): Regex {
    const parts = [part()];
    while (more()) parts.push(part());
    return parts.length === 1 ? parts[0] : { kind, parts };
  }

  private takeShuffle(): boolean {
    if (this.peek() !== '|' || this.characters[this.at + 1] !== '|') return false;
    this.at += 2;
    return true;
  }

  private takeIf(wanted: string): boolean {
    if (this.peek() !== wanted) return false;
    if (wanted === '|' && this.characters[this.at + 1] === '|') return false;
    this.at++;
    return true;
  }

  private concatenation(): Regex {
    const parts: Regex[] = [];
    while (!this.atEndOfConcatenation()) parts.push(this.prefixed());
    if (parts.length === 0) this.fail("an expression is missing here; the empty string is '()'");
    return parts.length === 1 ? parts[0] : { kind: 'concat', parts };
  }

  private atEndOfConcatenation(): boolean {
    const next = this.peek();
    return next === undefined || next === '|' || next === '&' || next === ')';
  }

  private prefixed(): Regex {
    const start = this.at;
    if (this.peek() !== '~' && this.peek() !== '!') return this.repeated();
    this.at++;
    this.needAlphabet('the complement', start);
    if (this.atEndOfConcatenation()) this.fail('what is to be complemented is missing here');
    this.deeper(start);
    const of = this.prefixed();
    this.nesting--;
    return { kind: 'complement', of };
  }

  private repeated(): Regex {
    let tree = this.atom();
    let before = '';
    let repetitions = 0;
    for (;;) {
      const start = this.at;
      const operator = this.peek();
      const bounds = this.bounds();
      if (bounds === undefined) {
        this.nesting -= repetitions;
        return tree;
      }
      if (before !== '' && (operator === '+' || operator === '?')) {
        const name = operator === '?' ? 'lazy' : 'possessive';
        this.fail(
          `'${before}${operator}' is a ${name} repetition elsewhere; write a group: (R${before})${operator}`,
          start,
        );
      }
      before = operator === '{' ? '}' : (operator ?? '');
      this.deeper(start);
      repetitions++;
      tree = { kind: 'repeat', of: tree, ...bounds };
    }
  }

  /** Reads a repetition, if one stands here. */
  private bounds(): { min: number; max: number } | undefined {
    const simple = {
      '*': { min: 0, max: Infinity },
      '+': { min: 1, max: Infinity },
      '?': { min: 0, max: 1 },
    };
    const next = this.peek();
    if (next === '*' || next === '+' || next === '?') {
      this.at++;
      return simple[next];
    }
    return next === '{' ? this.counted() : undefined;
  }

  private counted(): { min: number; max: number } {
    const start = this.at;
    this.at++;
    const min = this.number();
    let max = min;
    if (this.peek() === ',') {
      this.at++;
      max = this.peek() === '}' ? Infinity : this.number();
    }
    if (this.peek() !== '}') this.fail("'{n}', '{n,}' or '{n,m}' was expected: here '}' is missing");
    this.at++;
    if (max < min) this.fail(`the bounds are in the wrong order: ${min} is more than ${max}`, start);
    return { min, max };
  }

  private number(): number {
    this.skipSpace();
    const start = this.at;
    while (/^[0-9]$/.test(this.characters[this.at] ?? '')) this.at++;
    if (start === this.at) this.fail("'{n}', '{n,}' or '{n,m}' was expected: here a number is missing");
    const value = Number(this.characters.slice(start, this.at).join(''));
    if (value > MAX_REPETITIONS) this.fail(`more than ${MAX_REPETITIONS} repetitions`, start);
    return value;
  }

  private atom(): Regex {
    const start = this.at;
    const next = this.peek();
    switch (next) {
      case '(':
        return this.group();
      case '[':
        return this.bracket();
      case '.':
        this.at++;
        return { kind: 'symbols', symbols: [...this.needAlphabet("'.'", start)] };
      case '\\':
        return this.symbol(this.escaped(), start);
      case "'":
      case '"':
        return this.symbol(this.quoted(next), start);
      case 'ε':
      case '∅':
        this.at++;
        return next === 'ε' ? EMPTY_STRING : NOTHING;
      case undefined:
      default:
        return this.plain(next);
    }
  }

  private plain(next: string | undefined): Regex {
    const start = this.at;
    if (next === '*' || next === '+' || next === '?' || next === '{') {
      this.fail(`there is nothing before this '${next}' that it could repeat`);
    }
    if (next === '^' || next === '$') {
      this.fail(
        `there are no anchors: an expression stands for whole strings; leave '${next}' out, or write \\${next}`,
      );
    }
    if (next === undefined || SPECIAL.has(next))
      this.fail(`'${next ?? ''}' does not fit here; as a symbol it is \\${next ?? ''}`);
    this.at++;
    return this.symbol(next, start);
  }

  private group(): Regex {
    const start = this.at;
    this.at++;
    if (this.peek() === '?') {
      this.fail(
        '(?…) is not supported: no lookaround, no named or silent groups; a plain group is (R)',
        start,
      );
    }
    if (this.peek() === ')') {
      this.at++;
      return EMPTY_STRING;
    }
    this.deeper(start);
    const inner = this.union();
    this.nesting--;
    if (this.peek() !== ')') this.fail("this '(' is not closed", start);
    this.at++;
    return inner;
  }

  /** `[abc]`, `[a-c]`, `[^ab]`. Blanks in brackets mean nothing either. */
  private bracket(): Regex {
    const start = this.at;
    this.at++;
    const negated = this.characters[this.at] === '^';
    if (negated) this.at++;
    const members = new Set<string>();
    while (this.peek() !== ']') {
      if (this.peek() === undefined) this.fail("this '[' is not closed", start);
      this.member(members);
    }
    this.at++;
    if (!negated) return members.size === 0 ? NOTHING : { kind: 'symbols', symbols: [...members] };
    const others = [...this.needAlphabet("'[^…]'", start)].filter((symbol) => !members.has(symbol));
    return others.length === 0 ? NOTHING : { kind: 'symbols', symbols: others };
  }

  private member(members: Set<string>): void {
    const start = this.at;
    const first = this.bracketSymbol();
    if (this.peek() !== '-' || this.characters[this.at + 1] === ']') {
      members.add(this.known(first, start));
      return;
    }
    this.at++;
    if (this.peek() === undefined) this.fail('this range has no end', start);
    const last = this.bracketSymbol();
    for (const symbol of this.range(first, last, start)) members.add(symbol);
  }

  private bracketSymbol(): string {
    const next = this.peek();
    if (next === '\\') return this.escaped();
    if (next === "'" || next === '"') return this.quoted(next);
    if (next === '[') this.fail("inside [ ] a '[' is written \\[ (there are no classes like [:digit:])");
    this.at++;
    return next ?? '';
  }

  /** The symbols from one to another by code point: of the alphabet, where there is one. */
  private range(first: string, last: string, start: number): string[] {
    if ([...first].length !== 1 || [...last].length !== 1)
      this.fail('a range goes from one character to another', start);
    const low = first.codePointAt(0) ?? 0;
    const high = last.codePointAt(0) ?? 0;
    if (low > high) this.fail(`this range is empty: '${first}' comes after '${last}'`, start);
    if (high - low > MAX_REPETITIONS) this.fail(`a range of more than ${MAX_REPETITIONS} symbols`, start);
    const all = Array.from({ length: high - low + 1 }, (_, i) => String.fromCodePoint(low + i));
    const found = this.alphabet === undefined ? all : all.filter((symbol) => this.alphabet?.has(symbol));
    if (found.length === 0)
      this.fail(`no symbol of the alphabet lies between '${first}' and '${last}'`, start);
    for (const symbol of found) this.occurring.add(symbol);
    return found;
  }

  private escaped(): string {
    const start = this.at;
    const next = this.characters[start + 1];
    if (next === undefined) this.fail('a backslash at the end escapes nothing');
    if (/^[0-9]$/.test(next))
      this.fail(`\\${next}: backreferences are not regular, and not supported`, start);
    if (/^[A-Za-z]$/.test(next)) {
      this.fail(`\\${next} is not supported: write the symbols out, as in [abc] or [0-9]`, start);
    }
    this.at += 2;
    return next;
  }

  private quoted(quote: string): string {
    const start = this.at;
    const end = this.characters.indexOf(quote, start + 1);
    if (end < 0) this.fail(`this ${quote} is not closed`, start);
    const name = this.characters.slice(start + 1, end).join('');
    if (name === '' || /\s/.test(name))
      this.fail('a quoted symbol is not empty and has no white space', start);
    this.at = end + 1;
    return name;
  }

  private symbol(name: string, start: number): Regex {
    return { kind: 'symbols', symbols: [this.known(name, start)] };
  }

  private known(name: string, start: number): string {
    if (this.alphabet !== undefined && !this.alphabet.has(name)) {
      this.fail(`'${name}' is not in the alphabet { ${[...this.alphabet].slice(0, 60).join(' ')} }`, start);
    }
    this.occurring.add(name);
    return name;
  }

  private needAlphabet(what: string, start: number): ReadonlySet<string> {
    if (this.alphabet !== undefined) return this.alphabet;
    this.fail(`${what} speaks of every symbol: say which there are (--alphabet abc)`, start);
  }

  private deeper(start: number): void {
    this.nesting++;
    if (this.nesting > MAX_NESTING) this.fail(`nested more than ${MAX_NESTING} deep`, start);
  }

  /** The next character that is not white space, without taking it. */
  private peek(): string | undefined {
    this.skipSpace();
    return this.characters[this.at];
  }

  private skipSpace(): void {
    while (this.at < this.characters.length && /\s/.test(this.characters[this.at])) this.at++;
  }

  private fail(problem: string, index = this.at): never {
    throw new RegexError(this.text, index, problem);
  }
}

/**
 * The symbols of an alphabet as the command line gives it: `ab` is two symbols of one character each; where there
 * are blanks or commas, they separate symbols (`a b '<sep>'` without the quotes).
 */
export function parseAlphabet(text: string): string[] {
  const separated = /[\s,]/.test(text.trim());
  const symbols = separated ? text.split(/[\s,]+/).filter((symbol) => symbol !== '') : [...text.trim()];
  if (symbols.length === 0)
    throw new UserError('the alphabet is empty: give its symbols, as in --alphabet ab');
  checkSymbols(symbols);
  return symbols;
}
