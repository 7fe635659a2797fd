/** Errors and warnings about a program: where, what, what was expected, and how to mend it. */
import { UserError } from '../../common/errors.ts';
import { MAX_ERRORS, MAX_PROGRAM_CHARACTERS } from '../core/limits.ts';

/** A stretch of the program's text, in UTF-16 units, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** What is wrong, in one lower-case line without its place. */
  readonly message: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in characters. */
  readonly column: number;
  /** How many characters of the line are meant, at least 1. */
  readonly length: number;
  /** The line of the program, without its end; of a long line the part around the place, cut ends marked by `…`. */
  readonly source: string;
  /** Where in `source` the place is, 1-based, in characters. */
  readonly caret: number;
  /** What would have been right here. */
  readonly expected?: string;
  /** How to mend it. */
  readonly suggestion?: string;
  /** The program is larger than those that are compiled: it may be right. */
  readonly tooLarge?: true;
}

export interface Advice {
  readonly expected?: string;
  readonly suggestion?: string;
  readonly tooLarge?: true;
}

/** A program that doesn't compile: all its errors at once. */
export class CraspError extends UserError {
  readonly errors: readonly Diagnostic[];
  /** Whether what was met first is the program's size: see `Report.isTooLarge`. */
  readonly isTooLarge: boolean;

  constructor(report: Report) {
    const errors = report.errors();
    const lines = errors.map((error) => `line ${error.line}, column ${error.column}: ${summary(error)}`);
    super(
      `${errors.length === 1 ? 'an error' : `${errors.length} errors`} in the program: ${lines.join('; ')}`,
    );
    this.errors = errors;
    this.isTooLarge = report.isTooLarge;
  }
}

/** Collects what is wrong with one text: at most one error for each place, sorted by place. */
export class Report {
  private readonly text: string;
  private readonly found = new Map<string, { start: number; diagnostic: Diagnostic }>();
  private firstError: Diagnostic | undefined;
  private errorCount = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Whether no more errors are taken: whoever would look for advice need not. */
  get isFull(): boolean {
    return this.errorCount >= MAX_ERRORS;
  }

  /** Whether no more warnings are taken. */
  get isFullOfWarnings(): boolean {
    return this.found.size >= 2 * MAX_ERRORS;
  }

  error(span: Span, message: string, advice: Advice = {}): void {
    if (this.isFull) return;
    const key = `error ${span.start}`;
    if (this.found.has(key)) return; // the first thing wrong at a place is the cause, the rest follow from it
    this.errorCount++;
    const diagnostic = locate(this.text, span, 'error', message, advice);
    this.firstError ??= diagnostic;
    this.found.set(key, { start: span.start, diagnostic });
  }

  warning(span: Span, message: string, advice: Advice = {}): void {
    const key = `warning ${span.start} ${message}`;
    if (this.isFullOfWarnings || this.found.has(key)) return;
    this.found.set(key, {
      start: span.start,
      diagnostic: locate(this.text, span, 'warning', message, advice),
    });
  }

  /** Whether an error was reported in a stretch of the text. */
  hasErrorIn(start: number, end: number): boolean {
    return [...this.found.values()].some(
      (one) => one.diagnostic.severity === 'error' && one.start >= start && one.start < end,
    );
  }

  /**
   * Whether the first error that was met is the program's size: its characters, or how deep it is nested, or what it
   * expands to. (Tokens are read before the syntax, the syntax before names and types, and all of it before anything is
   * expanded.) Such a program may be right; where another error was met before, it is none, whatever its size.
   */
  get isTooLarge(): boolean {
    return this.firstError?.tooLarge === true;
  }

  errors(): Diagnostic[] {
    return this.sorted('error');
  }

  warnings(): Diagnostic[] {
    return this.sorted('warning');
  }

  private sorted(severity: Diagnostic['severity']): Diagnostic[] {
    return [...this.found.values()]
      .filter(({ diagnostic }) => diagnostic.severity === severity)
      .sort((a, b) => a.start - b.start)
      .map(({ diagnostic }) => diagnostic);
  }
}

/** Whether a text has more characters than any program that is read; reported, as nothing else of it is looked at. */
export function isTooLong(text: string, report: Report): boolean {
  if (text.length <= MAX_PROGRAM_CHARACTERS) return false;
  report.error(
    { start: 0, end: 1 },
    `the program has ${text.length} characters, more than the ${MAX_PROGRAM_CHARACTERS} allowed`,
    { tooLarge: true },
  );
  return true;
}

/**
 * A diagnostic as people read it:
 *
 *     error: unknown name 'Bg', did you mean 'Big'?
 *       --> copy.crasp:3:8
 *        |
 *      3 | accept Bg
 *        |        ^^
 */
export function renderDiagnostic(diagnostic: Diagnostic, file: string): string {
  const gutter = String(diagnostic.line);
  const blank = ' '.repeat(gutter.length);
  const before = [...diagnostic.source].slice(0, diagnostic.caret - 1);
  const padding = before.map((character) => (character === '\t' ? '\t' : ' ')).join('');
  const lines = [
    `${diagnostic.severity}: ${diagnostic.message}`,
    `${blank} --> ${file}:${diagnostic.line}:${diagnostic.column}`,
    `${blank}  |`,
    `${gutter}  | ${diagnostic.source.replace(UNPRINTABLE, '\uFFFD')}`,
    `${blank}  | ${padding}${'^'.repeat(diagnostic.length)}`,
  ];
  if (diagnostic.expected !== undefined) lines.push(`${blank}  = expected: ${diagnostic.expected}`);
  if (diagnostic.suggestion !== undefined) lines.push(`${blank}  = help: ${diagnostic.suggestion}`);
  return lines.join('\n');
}

function summary(diagnostic: Diagnostic): string {
  const expected = diagnostic.expected === undefined ? '' : `, expected ${diagnostic.expected}`;
  const help = diagnostic.suggestion === undefined ? '' : ` (${diagnostic.suggestion})`;
  return `${diagnostic.message}${expected}${help}`;
}

/** Characters of a source line that a diagnostic quotes: a line may be a megabyte long. */
const QUOTED_LINE = 160;
/** How many of them stand before the place, where the line has more. */
const QUOTED_BEFORE = 100;

/** Characters of a message or an advice, and how many of them are its end, where it is cut. */
const MAX_SENTENCE = 1_000;
const SENTENCE_END = 100;

/** What a terminal would obey instead of showing it: control characters but the tab, and marks of direction. */
const UNPRINTABLE = /[^\P{C}\t]/gu;

function locate(
  text: string,
  span: Span,
  severity: Diagnostic['severity'],
  message: string,
  advice: Advice,
): Diagnostic {
  const start = Math.min(span.start, text.length);
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', start);
  const lineEnd = newline === -1 ? text.length : newline;
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < lineStart; at = text.indexOf('\n', at + 1)) line++;
  const column = characters(text, lineStart, start) + 1;
  const end = Math.max(start + 1, Math.min(span.end, lineEnd));
  const { source, caret } = excerpt(text, lineStart, lineEnd, start);
  const room = Math.max(1, [...source].length - (caret - 1));
  const length = Math.min(room, Math.max(1, characters(text, start, end)));
  const place = { line, column, length, source, caret };
  const { expected, suggestion, ...rest } = advice;
  return {
    severity,
    message: shortened(message),
    ...place,
    ...(expected === undefined ? {} : { expected: shortened(expected) }),
    ...(suggestion === undefined ? {} : { suggestion: shortened(suggestion) }),
    ...rest,
  };
}

/** A sentence that is longer than any of ours has names of the program's in it that are: their middle is left out. */
function shortened(sentence: string): string {
  if (sentence.length <= MAX_SENTENCE) return sentence;
  const end = sentence.slice(wholeCharacter(sentence, sentence.length - SENTENCE_END));
  return `${sentence.slice(0, wholeCharacter(sentence, MAX_SENTENCE - SENTENCE_END))}…${end}`;
}

/** The line around a place, all of it where it is short, and where in it the place is (1-based). */
function excerpt(
  text: string,
  lineStart: number,
  lineEnd: number,
  place: number,
): { source: string; caret: number } {
  const isLong = lineEnd - lineStart > QUOTED_LINE;
  const from = isLong ? wholeCharacter(text, Math.max(lineStart, place - QUOTED_BEFORE)) : lineStart;
  const to = wholeCharacter(text, Math.min(lineEnd, from + QUOTED_LINE));
  const head = from > lineStart ? '…' : '';
  const tail = to < lineEnd ? '…' : '';
  const source = `${head}${text.slice(from, to).replace(/\r$/, '')}${tail}`;
  return { source, caret: head.length + characters(text, from, place) + 1 };
}

/** The same place, or the one before where it would part a surrogate pair. */
function wholeCharacter(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}

/** How many characters (not UTF-16 units) lie between two places, without copying the text. */
function characters(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0xdc00 || unit > 0xdfff) count++;
  }
  return count;
}
