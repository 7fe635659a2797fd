/** A place in a list of tokens, with what every parsing function needs: look, take, expect, report. */
import type { Advice, Report, Span } from './diagnostics.ts';
import { MAX_NESTING } from '../core/limits.ts';
import type { Token } from './tokens.ts';

/** Thrown inside the parser when a statement can't be followed any further; the next statement goes on. */
export class StatementAbandoned extends Error {}

/** Words that begin a statement: where parsing goes on after an error. */
export const STATEMENT_WORDS: ReadonlySet<string> = new Set([
  'alphabet',
  'read',
  'dialect',
  'let',
  'def',
  'accept',
  'next',
]);

export class Cursor {
  readonly report: Report;
  private readonly tokens: readonly Token[];
  private index = 0;
  private depth = 0;

  constructor(tokens: readonly Token[], report: Report) {
    this.tokens = tokens;
    this.report = report;
  }

  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)];
  }

  /** The end of the token before. */
  lastEnd(): number {
    return this.index === 0 ? 0 : this.tokens[this.index - 1].end;
  }

  take(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.index++;
    return token;
  }

  /** Whether the next token is this sign or word (a quoted symbol never is). */
  at(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.text === text && (token.kind === 'sign' || token.kind === 'word');
  }

  /** Takes the next token if it is this sign or word. */
  accept(text: string): boolean {
    if (!this.at(text)) return false;
    this.index++;
    return true;
  }

  /** Takes this sign or word, or gives the statement up. */
  expect(text: string, advice: Advice = {}): Token {
    if (this.at(text)) return this.take();
    return this.abandon({ expected: `'${text}'`, ...advice });
  }

  atStatement(): boolean {
    const token = this.peek();
    return token.kind === 'end' || (token.kind === 'word' && STATEMENT_WORDS.has(token.text));
  }

  skipToStatement(): void {
    while (!this.atStatement()) this.index++;
  }

  /** Reports the next token as unexpected and gives the statement up. */
  abandon(advice: Advice): never {
    this.unexpected(advice);
    throw new StatementAbandoned();
  }

  unexpected(advice: Advice): void {
    const token = this.peek();
    if (this.report.hasErrorIn(this.lastEnd(), token.start)) return; // something unreadable stands in between
    this.report.error(token, `unexpected ${describeToken(token)}`, advice);
  }

  /** Runs a parsing step one level deeper; past the cap the statement is given up. */
  nested<T>(parse: () => T): T {
    if (this.depth >= MAX_NESTING) {
      this.report.error(this.peek(), `more than ${MAX_NESTING} brackets and operators inside each other`, {
        suggestion: 'name inner parts with let',
        tooLarge: true,
      });
      this.depth = 0;
      throw new StatementAbandoned();
    }
    this.depth++;
    const result = parse();
    this.depth--;
    return result;
  }

  /** To be called where a statement begins: an abandoned one may have left the depth behind. */
  resetDepth(): void {
    this.depth = 0;
  }

  span(start: number): Span {
    return { start, end: Math.max(start, this.lastEnd()) };
  }
}

export function describeToken(token: Token): string {
  if (token.kind === 'end') return 'end of the program';
  if (token.kind === 'quoted') return `symbol '${token.text}'`;
  return `'${token.text}'`;
}
