/**
 * One way to write a program: spaces, quotes and spellings are settled, one statement a line, comments and the
 * line breaks inside a statement stay. Works on tokens, so that nothing a parser drops can get lost.
 */
import { CraspError, isTooLong, Report } from './diagnostics.ts';
import { STATEMENT_WORDS } from './cursor.ts';
import { parseProgram } from './parser.ts';
import { symbolLiteral } from './symbol-literal.ts';
import type { Token } from './tokens.ts';
import { tokenize } from './tokens.ts';

const INDENT = '    ';

/** The formatted text; formatting it again changes nothing. Throws CraspError where the text doesn't parse. */
export function format(text: string): string {
  const report = new Report(text);
  if (isTooLong(text, report)) throw new CraspError(report);
  const { tokens, comments } = tokenize(text, report);
  parseProgram(tokens, report);
  const errors = report.errors();
  if (errors.length > 0) throw new CraspError(report);
  const writer = new Writer(text);
  const all = merge(tokens, comments);
  const following: (Token | undefined)[] = [];
  let next: Token | undefined;
  for (let place = all.length - 1; place >= 0; place--) {
    following[place] = next;
    if (all[place].kind !== 'comment') next = all[place];
  }
  for (const [place, token] of all.entries()) writer.add(token, following[place]);
  return writer.finish();
}

function merge(tokens: readonly Token[], comments: readonly Token[]): Token[] {
  return [...tokens.filter((token) => token.kind !== 'end'), ...comments].sort((a, b) => a.start - b.start);
}

/** What an open bracket is for: it decides how its inside is spaced. */
type Bracket = 'group' | 'call' | 'guard' | 'symbols' | 'alphabet' | 'set';

/** Words directly followed by their bracket. */
const CALLS: ReadonlySet<string> = new Set(['mod', 'lt', 'le', 'eq', 'ne', 'min', 'max']);
const GUARDED: ReadonlySet<string> = new Set(['#', 'exists', 'forall']);
/** Words after which a minus is a sign, not a subtraction. */
const OPERATOR_WORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'accept']);

class Writer {
  private readonly text: string;
  private readonly lines: string[] = [];
  private line = '';
  private readonly brackets: Bracket[] = [];
  /** Open `any`, `all` and `?`, each waiting for its colon. */
  private readonly colons: string[] = [];
  private before: Token | undefined;
  private secondBefore: Token | undefined;
  private dropped: Token | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** `next`: the token that follows, comments aside. */
  add(token: Token, next: Token | undefined): void {
    const gap = this.text.slice((this.dropped ?? this.before)?.end ?? 0, token.start);
    const newlines = gap.split('\n').length - 1;
    this.dropped = undefined;
    if (this.isRedundant(token)) {
      this.dropped = token;
      return;
    }
    if (token.kind === 'comment') this.addComment(token, newlines, next);
    else this.addToken(token, newlines);
    this.secondBefore = this.before;
    this.before = token;
  }

  finish(): string {
    this.endLine();
    return this.lines.length === 0 ? '' : `${this.lines.join('\n')}\n`;
  }

  private addComment(token: Token, newlines: number, next: Token | undefined): void {
    if (this.line !== '' && newlines === 0) {
      this.line += `  ${token.text}`;
      return;
    }
    this.startLine(newlines);
    const insideStatement = next !== undefined && !this.beginsStatement(next);
    this.line = (insideStatement ? INDENT : '') + token.text;
  }

  private addToken(token: Token, newlines: number): void {
    const written = this.write(token);
    if (this.beginsStatement(token)) {
      this.startLine(newlines);
      this.colons.length = 0;
      this.line = written;
    } else if (this.before?.kind === 'comment' || newlines > 0) {
      this.startLine(1);
      this.line = INDENT + written;
    } else {
      this.line += (this.wantsSpace(token) ? ' ' : '') + written;
    }
    this.follow(token);
  }

  private beginsStatement(token: Token): boolean {
    return this.brackets.length === 0 && token.kind === 'word' && STATEMENT_WORDS.has(token.text);
  }

  /** Commas between symbols in braces, and the := of accept. */
  private isRedundant(token: Token): boolean {
    const inside = this.brackets.at(-1);
    if (token.kind !== 'sign') return false;
    if (token.text === ',') return inside === 'alphabet' || inside === 'set';
    return token.text === ':=' && this.before?.kind === 'word' && this.before.text === 'accept';
  }

  private write(token: Token): string {
    if (token.kind === 'quoted') return symbolLiteral(token.text);
    return token.text === 'def' && this.beginsStatement(token) ? 'let' : token.text;
  }

  /** Keeps track of brackets and colons after a token was written. */
  private follow(token: Token): void {
    const { text } = token;
    if (token.kind === 'word' && (text === 'any' || text === 'all') && this.inExpression())
      this.colons.push(text);
    if (token.kind !== 'sign') return;
    if (text === '(' || text === '[' || text === '{') this.brackets.push(this.bracketKind(token));
    else if (text === ')' || text === ']' || text === '}') this.brackets.pop();
    else if (text === '?') this.colons.push(text);
    else if (text === ':') this.colons.pop();
  }

  private inExpression(): boolean {
    const inside = this.brackets.at(-1);
    return inside === undefined || inside === 'group' || inside === 'call';
  }

  private bracketKind(token: Token): Bracket {
    const before = this.before?.text ?? '';
    if (token.text === '(') return CALLS.has(before) || before === 'prev' ? 'call' : 'group';
    if (token.text === '{') return before === 'alphabet' ? 'alphabet' : 'set';
    return GUARDED.has(before) ? 'guard' : 'symbols';
  }

  /** Whether a space stands between the token before and this one on the same line. */
  private wantsSpace(token: Token): boolean {
    const { before } = this;
    if (before === undefined) return false;
    const inside = this.brackets.at(-1);
    if (inside === 'guard') return false;
    if (before.kind === 'sign') {
      if (before.text === '(' || before.text === '[') return false;
      if (before.text === '{') return inside === 'alphabet';
      if (before.text === '#') return !(token.kind === 'sign' && (token.text === '(' || token.text === '['));
      if (before.text === '-' && this.isSign()) return false;
    }
    if (token.kind !== 'sign') return true;
    switch (token.text) {
      case ')':
      case ']':
      case ',':
        return false;
      case '}':
        return inside === 'alphabet';
      case ':':
        return this.colons.at(-1) === '?';
      case '[':
        return before.kind !== 'word';
      case '(':
        return !(before.kind === 'word' && (CALLS.has(before.text) || this.isDistance(token)));
      default:
        return true;
    }
  }

  /** Whether the minus just written is a sign: nothing stands before it that could be subtracted from. */
  private isSign(): boolean {
    const left = this.secondBefore;
    if (left === undefined || left.kind === 'comment') return false;
    if (left.kind === 'word') return OPERATOR_WORDS.has(left.text);
    return left.kind === 'sign' && ![')', ']', '}'].includes(left.text);
  }

  /** Whether this bracket opens prev(k, …). */
  private isDistance(bracket: Token): boolean {
    return (
      this.before?.text === 'prev' &&
      /^\(\s*[0-9]+\s*,/.test(this.text.slice(bracket.start, bracket.start + 200))
    );
  }

  /** A new line, with a blank one before it where the text has one (never two). */
  private startLine(newlines: number): void {
    this.endLine();
    if (newlines > 1 && this.lines.length > 0) this.lines.push('');
  }

  private endLine(): void {
    if (this.line !== '') this.lines.push(this.line);
    this.line = '';
  }
}
