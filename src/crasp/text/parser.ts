/**
 * From tokens to a syntax tree: headers, definitions and outputs (expressions: expressions.ts). After an error
 * the parser goes on with the next statement, so that a program's errors are reported all at once.
 */
import { unknownName } from '../../common/nearest.ts';
import { Cursor, describeToken, StatementAbandoned } from './cursor.ts';
import type { Report, Span } from './diagnostics.ts';
import { parseExpression, parseSymbolReference, parseSymbolSet, parseVariables } from './expressions.ts';
import type { Definition, Expression, NextRule, Program, SymbolReference, Variable } from './syntax.ts';
import { DIALECTS, RESERVED } from './syntax.ts';
import type { Token } from './tokens.ts';

interface Draft {
  alphabet?: { symbols: SymbolReference[]; span: Span };
  read?: { at: 'eos' | 'last'; span: Span };
  dialect?: { name: (typeof DIALECTS)[number]; span: Span };
  definitions: Definition[];
  accept?: { body: Expression; span: Span };
  next: NextRule[];
}

/** The syntax tree; where there were errors (see the report) it has holes. Never throws. */
export function parseProgram(tokens: readonly Token[], report: Report): Program {
  const cursor = new Cursor(tokens, report);
  const draft: Draft = { definitions: [], next: [] };
  while (cursor.peek().kind !== 'end') {
    cursor.resetDepth();
    try {
      parseStatement(cursor, draft);
      if (!cursor.atStatement()) reportTrailing(cursor);
    } catch (error) {
      if (!(error instanceof StatementAbandoned)) throw error;
    }
    cursor.skipToStatement();
  }
  return draft;
}

function parseStatement(cursor: Cursor, draft: Draft): void {
  const token = cursor.take();
  const keyword = token.kind === 'word' ? token.text : '';
  switch (keyword) {
    case 'alphabet':
      return parseAlphabet(cursor, draft, token);
    case 'read':
      return parseRead(cursor, draft, token);
    case 'dialect':
      return parseDialect(cursor, draft, token);
    case 'let':
    case 'def':
      return parseDefinition(cursor, draft);
    case 'accept':
      return parseAccept(cursor, draft, token);
    case 'next':
      return parseNext(cursor, draft, token);
    default:
      cursor.report.error(token, `unexpected ${describeToken(token)}`, {
        expected: "a statement: 'alphabet', 'read at', 'dialect', 'let', 'accept' or 'next'",
        ...(cursor.at(':=') || cursor.at('=') ? { suggestion: `write 'let ${token.text} := …'` } : {}),
      });
      throw new StatementAbandoned();
  }
}

/** What stands after a complete statement and begins no new one. */
function reportTrailing(cursor: Cursor): void {
  const token = cursor.peek();
  const chained = ['<', '<=', '>', '>=', '=', '!='].some((sign) => cursor.at(sign));
  const becomes = token.kind === 'word' && (cursor.at(':=', 1) || cursor.at('=', 1));
  cursor.unexpected({
    expected: 'an operator or the next statement',
    ...(becomes ? { suggestion: `a definition begins with let: let ${token.text} := …` } : {}),
    ...(chained ? { suggestion: 'comparisons do not chain: write a < b and b < c' } : {}),
    ...(token.text === ')' || token.text === ']' || token.text === '}'
      ? { suggestion: `no bracket is open here that '${token.text}' could close` }
      : {}),
  });
}

/** `alphabet { a b '<bos>' }` */
function parseAlphabet(cursor: Cursor, draft: Draft, keyword: Token): void {
  const symbols: SymbolReference[] = [];
  const repeated = draft.alphabet !== undefined;
  try {
    const opening = cursor.expect('{');
    const closes = holdsSymbolsOnly(cursor);
    while (!cursor.at('}')) {
      if (!closes && cursor.atStatement()) {
        cursor.report.error(opening, 'the bracket is not closed', { expected: "'}'" });
        throw new StatementAbandoned();
      }
      parseAlphabetSymbol(cursor, symbols);
    }
    cursor.take();
  } finally {
    const span = cursor.span(keyword.start);
    if (repeated) cursor.report.error(span, 'the alphabet is declared twice');
    else draft.alphabet = { symbols, span };
  }
}

/** Whether nothing but symbols stands before the next `}`; if so, words that begin statements are symbols too. */
function holdsSymbolsOnly(cursor: Cursor): boolean {
  let ahead = 0;
  while (cursor.at(',', ahead) || !['sign', 'end'].includes(cursor.peek(ahead).kind)) ahead++;
  return cursor.at('}', ahead);
}

function parseAlphabetSymbol(cursor: Cursor, symbols: SymbolReference[]): void {
  const token = cursor.peek();
  if (cursor.accept(',')) return;
  if (token.kind !== 'sign') {
    symbols.push(parseSymbolReference(cursor));
    return;
  }
  cursor.unexpected({
    expected: "a symbol or '}'",
    suggestion: 'a symbol that is neither a word nor a number stands in quotes',
  });
  cursor.take();
}

/** `read at eos` or `read at last` */
function parseRead(cursor: Cursor, draft: Draft, keyword: Token): void {
  cursor.expect('at');
  const token = cursor.peek();
  if (!cursor.at('eos') && !cursor.at('last')) cursor.abandon({ expected: "'eos' or 'last'" });
  cursor.take();
  const span = cursor.span(keyword.start);
  if (draft.read !== undefined) cursor.report.error(span, "'read at' is declared twice");
  else draft.read = { at: token.text === 'eos' ? 'eos' : 'last', span };
}

function parseDialect(cursor: Cursor, draft: Draft, keyword: Token): void {
  const token = cursor.peek();
  const name = DIALECTS.find((dialect) => token.kind === 'word' && dialect === token.text);
  if (name === undefined) {
    if (token.kind !== 'word') cursor.abandon({ expected: `one of ${DIALECTS.join(', ')}` });
    cursor.report.error(token, unknownName('dialect', token.text, DIALECTS));
    throw new StatementAbandoned();
  }
  cursor.take();
  const span = cursor.span(keyword.start);
  if (draft.dialect !== undefined) cursor.report.error(span, 'the dialect is declared twice');
  else draft.dialect = { name, span };
}

/** `let name := body` or `let name[s, t in {a b}] := body`. The name is known even where its body has errors. */
function parseDefinition(cursor: Cursor, draft: Draft): void {
  const token = cursor.peek();
  if (token.kind !== 'word') cursor.abandon({ expected: 'a name' });
  if (RESERVED.has(token.text)) {
    cursor.report.error(token, `'${token.text}' is a word of the language and cannot be defined`);
  }
  cursor.take();
  let variables: Variable[] = [];
  let body: Expression = { kind: 'hole', span: token };
  try {
    if (cursor.at('[')) variables = parseVariables(cursor);
    expectBecomes(cursor);
    body = parseExpression(cursor);
  } finally {
    draft.definitions.push({ name: token.text, nameSpan: token, variables, body });
  }
}

/** `accept body` or `accept := body` */
function parseAccept(cursor: Cursor, draft: Draft, keyword: Token): void {
  const repeated = draft.accept !== undefined;
  if (repeated) {
    cursor.report.error(keyword, "a second 'accept'", {
      suggestion: "a program accepts by one formula: join them with 'and' or 'or'",
    });
  }
  let body: Expression = { kind: 'hole', span: keyword };
  try {
    cursor.accept(':=');
    body = parseExpression(cursor);
  } finally {
    if (!repeated) draft.accept = { body, span: keyword };
  }
}

/** `next['a'] := body`, or `next[t] := body` for every t, or `next[t in {a b}] := body` */
function parseNext(cursor: Cursor, draft: Draft, keyword: Token): void {
  let target: SymbolReference = { text: '', quoted: true, span: keyword };
  let set: NextRule['set'] = null;
  let body: Expression = { kind: 'hole', span: keyword };
  try {
    cursor.expect('[');
    target = parseSymbolReference(cursor);
    if (cursor.accept('in')) set = parseSymbolSet(cursor);
    cursor.expect(']');
    expectBecomes(cursor);
    body = parseExpression(cursor);
  } finally {
    draft.next.push({ target, set, body, span: cursor.span(keyword.start) });
  }
}

/** `:=`; a plain `=` is reported and taken for it. */
function expectBecomes(cursor: Cursor): void {
  if (cursor.accept(':=')) return;
  if (cursor.at('=') || cursor.at(':')) {
    cursor.unexpected({ expected: "':='", suggestion: "a definition is written with ':='" });
    cursor.take();
    return;
  }
  cursor.abandon({ expected: "':='" });
}
