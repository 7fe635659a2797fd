/**
 * Expressions, by recursive descent: one function for each level of precedence, loosest first
 * (`?:`, `=>`, or, and, not, comparisons, + and −, *, unary −, primaries).
 */
import type { Cursor } from './cursor.ts';
import { StatementAbandoned } from './cursor.ts';
import type { Span } from './diagnostics.ts';
import type { CompareOperator, Expression, Guard, SymbolReference, SymbolSet, Variable } from './syntax.ts';
import { RESERVED } from './syntax.ts';

export function parseExpression(cursor: Cursor): Expression {
  return cursor.nested(() => {
    const start = cursor.peek().start;
    const test = parseImplication(cursor);
    if (!cursor.accept('?')) return test;
    const yes = parseExpression(cursor);
    cursor.expect(':', { suggestion: "a conditional is written 'test ? value : other value'" });
    const no = parseExpression(cursor);
    return { kind: 'conditional', test, yes, no, span: cursor.span(start) };
  });
}

/** Groups to the right: a => b => c is a => (b => c). */
function parseImplication(cursor: Cursor): Expression {
  const start = cursor.peek().start;
  const left = parseDisjunction(cursor);
  if (!cursor.accept('=>')) return left;
  const right = cursor.nested(() => parseImplication(cursor));
  return { kind: 'implies', left, right, span: cursor.span(start) };
}

function parseDisjunction(cursor: Cursor): Expression {
  return parseJunction(cursor, 'or', parseConjunction);
}

function parseConjunction(cursor: Cursor): Expression {
  return parseJunction(cursor, 'and', parseNegation);
}

function parseJunction(
  cursor: Cursor,
  which: 'and' | 'or',
  parseOperand: (cursor: Cursor) => Expression,
): Expression {
  const start = cursor.peek().start;
  const first = parseOperand(cursor);
  if (!cursor.at(which)) return first;
  const operands = [first];
  while (cursor.accept(which)) operands.push(parseOperand(cursor));
  return { kind: 'junction', which, operands, span: cursor.span(start) };
}

/** `not` binds looser than comparisons: not a = b is not (a = b). */
function parseNegation(cursor: Cursor): Expression {
  const start = cursor.peek().start;
  if (!cursor.accept('not')) return parseComparison(cursor);
  const of = cursor.nested(() => parseNegation(cursor));
  return { kind: 'not', of, span: cursor.span(start) };
}

const COMPARE_OPERATORS: readonly CompareOperator[] = ['<', '<=', '>', '>=', '=', '!='];

function compareOperator(cursor: Cursor): CompareOperator | undefined {
  return COMPARE_OPERATORS.find((operator) => cursor.at(operator));
}

function parseComparison(cursor: Cursor): Expression {
  const start = cursor.peek().start;
  const left = parseSum(cursor);
  const operator = compareOperator(cursor);
  if (operator === undefined) return left;
  cursor.take();
  const right = parseSum(cursor);
  const comparison: Expression = { kind: 'compare', operator, left, right, span: cursor.span(start) };
  while (compareOperator(cursor) !== undefined) {
    cursor.unexpected({ suggestion: 'comparisons do not chain: write a < b and b < c' });
    cursor.take();
    parseSum(cursor);
  }
  return comparison;
}

/** + and − group to the left: 5 − 1 + 1 is 5. */
function parseSum(cursor: Cursor): Expression {
  const start = cursor.peek().start;
  const first = parseProduct(cursor);
  if (!cursor.at('+') && !cursor.at('-')) return first;
  const terms: { sign: 1 | -1; of: Expression }[] = [{ sign: 1, of: first }];
  for (;;) {
    if (cursor.accept('+')) terms.push({ sign: 1, of: parseProduct(cursor) });
    else if (cursor.accept('-')) terms.push({ sign: -1, of: parseProduct(cursor) });
    else return { kind: 'sum', terms, span: cursor.span(start) };
  }
}

function parseProduct(cursor: Cursor): Expression {
  const start = cursor.peek().start;
  const first = parseMinus(cursor);
  if (!cursor.at('*')) return first;
  const factors = [first];
  while (cursor.accept('*')) factors.push(parseMinus(cursor));
  return { kind: 'product', factors, span: cursor.span(start) };
}

function parseMinus(cursor: Cursor): Expression {
  const start = cursor.peek().start;
  if (!cursor.accept('-')) return parsePrimary(cursor);
  const of = cursor.nested(() => parseMinus(cursor));
  return { kind: 'negate', of, span: cursor.span(start) };
}

function parsePrimary(cursor: Cursor): Expression {
  const token = cursor.peek();
  if (token.kind === 'quoted') {
    return { kind: 'symbol', symbol: parseSymbolReference(cursor), span: token };
  }
  if (token.kind === 'integer') {
    cursor.take();
    return { kind: 'integer', value: Number(token.text), span: token };
  }
  if (token.kind === 'sign' && token.text === '(') {
    cursor.take();
    const inner = parseExpression(cursor);
    closeBracket(cursor, ')', token);
    return inner;
  }
  if (token.kind === 'sign' && token.text === '#') return parseCount(cursor);
  if (token.kind === 'word' && !cursor.atStatement()) return parseWord(cursor);
  return missingOperand(cursor);
}

/** A primary that begins with a word: an operator written as a word, or a name. */
function parseWord(cursor: Cursor): Expression {
  const token = cursor.peek();
  const start = token.start;
  switch (token.text) {
    case 'true':
    case 'false':
      cursor.take();
      return { kind: 'truth', value: token.text === 'true', span: token };
    case 'Q': {
      cursor.take();
      cursor.expect('[');
      const symbol = parseSymbolReference(cursor);
      cursor.expect(']');
      return { kind: 'symbol', symbol, span: cursor.span(start) };
    }
    case 'exists':
    case 'forall': {
      cursor.take();
      const guard = parseGuard(cursor);
      const of = cursor.nested(() => parsePrimary(cursor));
      return { kind: 'quantifier', which: token.text, guard, of, span: cursor.span(start) };
    }
    case 'prev':
      return parsePrevious(cursor);
    case 'first': {
      cursor.take();
      const of = cursor.nested(() => parsePrimary(cursor));
      return { kind: 'first', of, span: cursor.span(start) };
    }
    case 'mod':
      return parseModulo(cursor);
    case 'any':
    case 'all': {
      cursor.take();
      const variables = parseVariableList(cursor, ':');
      cursor.expect(':');
      const body = parseExpression(cursor);
      return { kind: 'every', which: token.text, variables, body, span: cursor.span(start) };
    }
    case 'lt':
    case 'le':
    case 'eq':
    case 'ne': {
      cursor.take();
      cursor.expect('(');
      const left = parseSymbolReference(cursor);
      cursor.expect(',');
      const right = parseSymbolReference(cursor);
      cursor.expect(')');
      return { kind: 'relation', relation: token.text, left, right, span: cursor.span(start) };
    }
    case 'min':
    case 'max': {
      cursor.take();
      cursor.expect('(');
      const left = parseExpression(cursor);
      cursor.expect(',');
      const right = parseExpression(cursor);
      cursor.expect(')');
      return { kind: 'extremum', which: token.text, left, right, span: cursor.span(start) };
    }
    default:
      return RESERVED.has(token.text) ? missingOperand(cursor) : parseName(cursor);
  }
}

function parseName(cursor: Cursor): Expression {
  const token = cursor.take();
  const symbols: SymbolReference[] = [];
  if (cursor.accept('[')) {
    do symbols.push(parseSymbolReference(cursor));
    while (cursor.accept(','));
    cursor.expect(']');
  }
  return { kind: 'name', name: token.text, symbols, nameSpan: token, span: cursor.span(token.start) };
}

/** `# P`, `#[j<i] P`, `#[i-3<=j<i] P` */
function parseCount(cursor: Cursor): Expression {
  const start = cursor.take().start;
  const guard = parseGuard(cursor);
  const of = cursor.nested(() => parsePrimary(cursor));
  return { kind: 'count', guard, of, span: cursor.span(start) };
}

/** `prev P`, or `prev(k, P)`: P as it was k positions before. */
function parsePrevious(cursor: Cursor): Expression {
  const start = cursor.take().start;
  if (!cursor.at('(') || cursor.peek(1).kind !== 'integer' || !cursor.at(',', 2)) {
    const of = cursor.nested(() => parsePrimary(cursor));
    return { kind: 'prev', distance: 1, of, span: cursor.span(start) };
  }
  cursor.take();
  const distance = Number(cursor.take().text);
  cursor.take();
  const of = parseExpression(cursor);
  cursor.expect(')');
  return { kind: 'prev', distance, of, span: cursor.span(start) };
}

/** `mod(m, r)`: the position is r modulo m. */
function parseModulo(cursor: Cursor): Expression {
  const start = cursor.take().start;
  cursor.expect('(');
  const modulus = parseInteger(cursor, 'the modulus, an integer');
  const modulusToken = cursor.span(start);
  cursor.expect(',');
  const residue = parseInteger(cursor, 'the residue, an integer');
  cursor.expect(')');
  if (modulus === 0) cursor.report.error(modulusToken, 'the modulus is 0', { expected: 'at least 1' });
  return { kind: 'mod', modulus: Math.max(1, modulus), residue, span: cursor.span(start) };
}

function parseInteger(cursor: Cursor, expected: string): number {
  if (cursor.peek().kind !== 'integer') cursor.abandon({ expected });
  return Number(cursor.take().text);
}

/** `[j<=i-2]`, `[j<i]`, `[j=i-1]`, `[i-5<=j]`, `[i-5<j<=i-1]`, or nothing: [j<=i]. */
function parseGuard(cursor: Cursor): Guard {
  const start = cursor.peek().start;
  if (!cursor.accept('[')) return { near: 0, far: null, span: { start, end: start } };
  let near = 0;
  let far: number | null = null;
  if (cursor.accept('i')) {
    cursor.expect('-', { suggestion: 'a lower bound is written [i-k<=j]' });
    far = parseInteger(cursor, 'how far back to look, an integer');
    if (cursor.accept('<')) far -= 1;
    else cursor.expect('<=', { expected: "'<' or '<='" });
    cursor.expect('j');
    if (!cursor.at(']')) near = parseUpperBound(cursor, false).near;
  } else {
    cursor.expect('j', { expected: "'j' or 'i', as in [j<=i] or [i-3<=j]" });
    const bound = parseUpperBound(cursor, true);
    near = bound.near;
    if (bound.exact) far = near;
  }
  closeBracket(cursor, ']', { start, end: start + 1 });
  return { near, far, span: cursor.span(start) };
}

/** `<= i`, `< i - 2`, `= i - 1`: how near the nearest position is. */
function parseUpperBound(cursor: Cursor, exactAllowed: boolean): { near: number; exact: boolean } {
  const exact = exactAllowed && cursor.accept('=');
  const strict = !exact && cursor.accept('<');
  if (!exact && !strict) cursor.expect('<=', { expected: exactAllowed ? "'<', '<=' or '='" : "'<' or '<='" });
  cursor.expect('i', { suggestion: 'a count looks back from the current position i' });
  const back = cursor.accept('-') ? parseInteger(cursor, 'how far back, an integer') : 0;
  return { near: back + (strict ? 1 : 0), exact };
}

/** A symbol in brackets or braces: quoted, a number or a word (a reserved one too). */
export function parseSymbolReference(cursor: Cursor): SymbolReference {
  const token = cursor.peek();
  if (token.kind !== 'word' && token.kind !== 'integer' && token.kind !== 'quoted') {
    cursor.abandon({ expected: 'a symbol', suggestion: 'a symbol that is no word stands in quotes' });
  }
  cursor.take();
  return { text: token.text, quoted: token.kind !== 'word', span: token };
}

/** `Sigma` or `{a b c}` */
export function parseSymbolSet(cursor: Cursor): SymbolSet {
  if (cursor.accept('Sigma')) return 'sigma';
  cursor.expect('{', { expected: "'Sigma' or '{'" });
  const symbols: SymbolReference[] = [];
  while (!cursor.at('}')) {
    if (!cursor.accept(',')) symbols.push(parseSymbolReference(cursor));
  }
  cursor.take();
  return symbols;
}

/** `[s, t in {a b c}]` after a definition's name. */
export function parseVariables(cursor: Cursor): Variable[] {
  cursor.expect('[');
  const variables = parseVariableList(cursor, ']');
  cursor.expect(']');
  return variables;
}

function parseVariableList(cursor: Cursor, end: string): Variable[] {
  const variables: Variable[] = [];
  do {
    const token = cursor.peek();
    if (token.kind !== 'word') cursor.abandon({ expected: 'a variable' });
    if (RESERVED.has(token.text)) {
      cursor.report.error(token, `'${token.text}' is a word of the language and cannot be a variable`);
    }
    cursor.take();
    const set = cursor.accept('in') ? parseSymbolSet(cursor) : 'sigma';
    variables.push({ name: token.text, set, span: token });
  } while (cursor.accept(','));
  if (!cursor.at(end)) cursor.abandon({ expected: `',', 'in' or '${end}'` });
  return variables;
}

function closeBracket(cursor: Cursor, bracket: string, opening: Span): void {
  if (cursor.accept(bracket)) return;
  const token = cursor.peek();
  if (token.kind === 'end' || cursor.atStatement()) {
    cursor.report.error(opening, 'the bracket is not closed', { expected: `'${bracket}'` });
    throw new StatementAbandoned();
  }
  cursor.abandon({ expected: `an operator or '${bracket}'` });
}

/** Reports that an expression is missing; goes on as if it stood here. */
function missingOperand(cursor: Cursor): Expression {
  const token = cursor.peek();
  const start = token.start;
  if (cursor.atStatement()) {
    const end = cursor.lastEnd();
    cursor.report.error({ start: end, end: end + 1 }, 'the expression breaks off', {
      expected: 'an expression',
    });
    return { kind: 'hole', span: { start: end, end: end + 1 } };
  }
  const prefix = token.text === 'not' && token.kind === 'word';
  cursor.unexpected({
    expected: 'an expression',
    ...(prefix ? { suggestion: "'not' binds loosely: put it in brackets, (not …)" } : {}),
  });
  if (prefix) {
    cursor.take();
    return cursor.nested(() => parsePrimary(cursor));
  }
  return { kind: 'hole', span: { start, end: token.end } };
}
