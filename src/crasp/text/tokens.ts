/** From text to tokens. Comments are kept apart, for the formatter. Never fails: what it can't read is reported. */
import type { Report, Span } from './diagnostics.ts';
import { MAX_INTEGER } from '../core/limits.ts';

export type TokenKind = 'word' | 'integer' | 'quoted' | 'sign' | 'comment' | 'end';

export interface Token extends Span {
  readonly kind: TokenKind;
  /** What it says: a quoted symbol without its quotes, a sign in its canonical spelling (`|` reads 'or'). */
  readonly text: string;
}

/** Longest first, so that `:=` is not read as `:` and `=`. */
const SIGN = /:=|=>|<=|>=|!=|==|[=<>+\-*?:#()[\]{},|&]/y;

const CANONICAL: Readonly<Record<string, string>> = { '==': '=', '|': 'or', '&': 'and' };

/** Spellings from other languages, with ours. */
const FOREIGN: Readonly<Record<string, string>> = {
  '&&': 'and',
  '||': 'or',
  '<>': '!=',
  '->': '=>',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
  '∧': 'and',
  '∨': 'or',
  '¬': 'not',
  '→': '=>',
  '!': 'not',
};

const FOREIGN_SIGN = /&&|\|\||<>|->|[≤≥≠∧∨¬→]|!(?!=)/y;
const WORD = /[\p{L}_][\p{L}\p{N}_]*/uy;
const DIGITS = /[0-9]+/y;
/** What follows the digits of 1.5, 1e300, 1e-3 or 0xff. */
const REST_OF_NUMBER = /(?:\.[0-9]*)?(?:[eE][+-]?[0-9]*|[xX][0-9a-fA-F]+)?/y;
const BLANKS = /\s+/y;

/** Signs of other languages that have no counterpart, with the way out. */
const NO_COUNTERPART: Readonly<Record<string, string>> = {
  ';': 'a statement needs no end: leave it out',
  '/': 'C-RASP does not divide: multiply the other side of the comparison',
  '%': 'C-RASP does not divide; for the position modulo m there is mod(m, r)',
  '^': 'C-RASP multiplies counts by constants only',
};

/** All tokens in order, the last of kind 'end', and all comments. */
export function tokenize(text: string, report: Report): { tokens: Token[]; comments: Token[] } {
  const tokens: Token[] = [];
  const comments: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const blanks = match(BLANKS, text, at);
    if (blanks !== '') {
      at += blanks.length;
      continue;
    }
    const token = readToken(text, at, report);
    if (token.kind === 'comment') comments.push(token);
    else if (token.kind !== 'end') tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length });
  return { tokens, comments };
}

/** The token that begins at a character that is no blank; kind 'end' for one that was reported and is left out. */
function readToken(text: string, start: number, report: Report): Token {
  const word = match(WORD, text, start);
  if (word !== '') return { kind: 'word', text: word, start, end: start + word.length };
  const digits = match(DIGITS, text, start);
  if (digits !== '') return readInteger(text, start, digits, report);
  if (text.startsWith('//', start)) {
    const end = endOfLine(text, start);
    return { kind: 'comment', text: text.slice(start, end).trimEnd(), start, end };
  }
  if (text[start] === "'" || text[start] === '"') return readQuoted(text, start, report);
  const foreign = match(FOREIGN_SIGN, text, start);
  if (foreign !== '') {
    const ours = FOREIGN[foreign];
    const end = start + foreign.length;
    report.error({ start, end }, `unknown operator '${foreign}'`, { suggestion: `write '${ours}'` });
    return { kind: /^\w/.test(ours) ? 'word' : 'sign', text: ours, start, end };
  }
  const sign = match(SIGN, text, start);
  if (sign !== '') return signToken(sign, start);
  const character = String.fromCodePoint(text.codePointAt(start) ?? 0);
  const end = start + character.length;
  report.error({ start, end }, `unknown token ${describeCharacter(character)}`, {
    suggestion: NO_COUNTERPART[character] ?? 'a symbol that is no word stands in quotes',
  });
  return { kind: 'end', text: '', start, end };
}

function signToken(sign: string, start: number): Token {
  const text = CANONICAL[sign] ?? sign;
  return { kind: /^\w/.test(text) ? 'word' : 'sign', text, start, end: start + sign.length };
}

function readInteger(text: string, start: number, digits: string, report: Report): Token {
  const end = start + digits.length;
  const rest = match(WORD, text, end);
  if (/^[eE][0-9]*$|^[xX][0-9a-fA-F]+$/.test(rest) || text[end] === '.') {
    const whole = digits + match(REST_OF_NUMBER, text, end);
    report.error({ start, end: start + whole.length }, `'${whole}' is no whole number written with digits`, {
      expected: `an integer of at most ${MAX_INTEGER}`,
      suggestion: `as a symbol it stands in quotes: '${whole}'`,
    });
    return { kind: 'integer', text: '1', start, end: start + whole.length };
  }
  if (rest !== '') {
    const whole = digits + rest;
    report.error({ start, end: end + rest.length }, `'${whole}' is neither a number nor a name`, {
      suggestion: `a symbol that begins with a digit stands in quotes: '${whole}'`,
    });
    return { kind: 'quoted', text: whole, start, end: end + rest.length };
  }
  if (Number(digits) > MAX_INTEGER) {
    report.error({ start, end }, `the integer is larger than ${MAX_INTEGER}, the most a program may use`);
    return { kind: 'integer', text: '1', start, end };
  }
  return { kind: 'integer', text: digits, start, end };
}

function readQuoted(text: string, start: number, report: Report): Token {
  const quote = text[start];
  const limit = endOfLine(text, start);
  const close = text.indexOf(quote, start + 1);
  if (close === -1 || close >= limit) {
    const end = Math.max(start + 1, text.slice(start, limit).trimEnd().length + start);
    report.error({ start, end: start + 1 }, 'the quote is not closed on this line', { expected: quote });
    return { kind: 'quoted', text: text.slice(start + 1, end), start, end };
  }
  const inner = text.slice(start + 1, close);
  const span = { start, end: close + 1 };
  if (inner === '') report.error(span, 'a symbol cannot be empty');
  else if (/\s/.test(inner)) {
    report.error(span, 'a symbol cannot contain blanks: they separate the symbols of an input');
  }
  return { kind: 'quoted', text: inner, ...span };
}

function endOfLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  return newline === -1 ? text.length : newline;
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

function describeCharacter(character: string): string {
  const printable = /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character);
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return printable ? `'${character}'` : `U+${code}`;
}
