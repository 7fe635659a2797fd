/**
 * Reading the YAML files of users: what is wrong with one is their mistake, told in one line with the file and the line in
 * it, whatever the parser throws.
 */
import { isAlias, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Node } from 'yaml';
import type { z } from 'zod';
import { messageOf, UserError } from '../common/errors.ts';
import { isRecord } from '../common/json.ts';
import { hintFor, nearest } from '../common/nearest.ts';

/** A prompt of a hundred demonstrations written out has some ten thousand characters: more is another kind of file. */
const MOST_CHARACTERS = 4_000_000;

/** Prompts and tasks are three levels deep. This many levels (or brackets in texts) only exhaust the parser's stack. */
const DEEPEST = 500;

/** A path in a file: the names of fields and the places in lists. */
export type FilePath = readonly (string | number)[];

export interface YamlFile {
  /** What it is called in messages. */
  readonly where: string;
  readonly value: unknown;
  /** The line of the field or item at a path, from 1; where there is none, that of what it would be in. */
  lineOf(path: FilePath): number;
  /** The items of a list as they are written, so that `007` and `yes` stay what they are; null where it is no list. */
  written(path: FilePath): readonly WrittenItem[] | null;
}

/** One item of a list: its text, or why it has none. */
export type WrittenItem = { readonly text: string } | { readonly fault: string };

/**
 * Parses a file. Aliases may stand in it as often as the parser allows (a hundred); merge keys (`<<`) are no YAML 1.2.
 * @param wayOut what is expected, for whoever gave a file that is no YAML
 * @throws UserError with the file's name and the line
 */
export function readYaml(text: string, where: string, wayOut: string): YamlFile {
  if (text.length > MOST_CHARACTERS)
    throw new UserError(`${where} has ${text.length} characters; at most ${MOST_CHARACTERS} are read`);
  refuseDepth(text, where);
  const lines = new LineCounter();
  const document = parsed(text, where, wayOut, lines);
  const lineOf = (path: FilePath): number => lineAt(document, path, lines);
  return {
    where,
    value: valueOf(document, where, lines),
    lineOf,
    written: (path) => writtenItems(document, path),
  };
}

function parsed(text: string, where: string, wayOut: string, lines: LineCounter): Document {
  let document: Document;
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false }); // the place is said once
  } catch (error) {
    throw new UserError(`${where} can't be read as YAML: ${messageOf(error)}; ${wayOut}`);
  }
  if (document.errors.length === 0) return document;
  const [{ pos, message }] = document.errors;
  throw new UserError(
    `${where}: line ${lines.linePos(pos[0]).line}: ${message.split('\n', 1)[0]}; ${wayOut}`,
  );
}

/** Brackets that are opened without being closed, be it in texts: a bound that costs nothing. */
function refuseDepth(text: string, where: string): void {
  let depth = 0;
  let line = 1;
  for (const character of text) {
    if (character === '\n') line += 1;
    else if (character === '[' || character === '{') depth += 1;
    else if ((character === ']' || character === '}') && depth > 0) depth -= 1;
    if (depth > DEEPEST)
      throw new UserError(
        `${where}: line ${line}: more than ${DEEPEST} brackets are open; a file of this kind needs three`,
      );
  }
}

/** Aliases that would make more of the file than its author wrote are refused by the parser. */
function valueOf(document: Document, where: string, lines: LineCounter): unknown {
  try {
    return document.toJS();
  } catch (error) {
    let line = 1;
    visit(document, {
      Alias(_, alias) {
        line = lines.linePos(alias.range?.[0] ?? 0).line;
        return visit.BREAK;
      },
    });
    throw new UserError(
      `${where}: line ${line}: ${messageOf(error)}; write out what its aliases (*name) stand for`,
    );
  }
}

function lineAt(document: Document, path: FilePath, lines: LineCounter): number {
  for (let end = path.length; end > 0; end--) {
    const node = document.getIn(path.slice(0, end), true) as Node | undefined;
    const start = node?.range?.[0];
    if (start !== undefined) return lines.linePos(start).line;
  }
  return 1;
}

function writtenItems(document: Document, path: FilePath): readonly WrittenItem[] | null {
  const list = document.getIn(path, true);
  if (!isSeq(list)) return null;
  return list.items.map((item) => {
    const node = isAlias(item) ? item.resolve(document) : item;
    if (!isScalar(node)) return { fault: 'is a list or a mapping, not a text' };
    if (node.value === null)
      return {
        fault: `is empty: YAML reads ${node.source ? `${node.source} as no value` : 'nothing as no value'}; put it in quotation marks to have it as a text`,
      };
    if (typeof node.value === 'string') return { text: node.value };
    return { text: node.source ?? JSON.stringify(node.value) };
  });
}

/**
 * What a schema finds wrong in a value, an entry each: the line, the field, what is expected there. A field that is missing
 * because its name was misspelt is one mistake.
 */
export function schemaFaults(error: z.ZodError, value: unknown, file: Pick<YamlFile, 'lineOf'>): string[] {
  const issues = error.issues.map((issue) => ({
    issue,
    path: issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key)),
  }));
  const missing = new Set(
    issues.flatMap(({ path }) => (path.length === 1 && isMissing(value, path[0]) ? [String(path[0])] : [])),
  );
  const unknown = issues.flatMap(({ issue, path }) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [],
  );
  const meant = new Set(
    unknown.map((path) => (path.length === 1 ? nearest(String(path[0]), missing) : null)),
  );
  return [
    ...unknown.map((path) => `line ${file.lineOf(path)}: ${unknownText(path, missing)}`),
    ...issues
      .filter(({ issue, path }) => issue.code !== 'unrecognized_keys' && !meant.has(path.join('.')))
      .map(({ issue, path }) =>
        path.length === 0
          ? `the file: ${wordsFor(issue)}`
          : `line ${file.lineOf(path)}: ${path.join('.')}: ${wordsFor(issue)}`,
      ),
  ];
}

function isMissing(value: unknown, field: string | number): boolean {
  return isRecord(value) && !Object.hasOwn(value, field);
}

function unknownText(path: FilePath, missing: ReadonlySet<string>): string {
  const name = path.join('.');
  if (path.at(-1) === '<<') return "merge keys ('<<') are no part of YAML 1.2: write the fields out";
  return `unknown field '${name}'${path.length === 1 ? hintFor(name, missing) : ''}`;
}

/** What is expected, as users call it. */
const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'fields (name: value)',
  record: 'fields (name: value)',
};

/** A fault in the words of whoever writes the file. Messages of a schema's own are such words already. */
function wordsFor(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    const kind = KINDS[issue.expected] ?? `a value of type ${issue.expected}`;
    return /received undefined$/.test(issue.message) ? `is missing: it takes ${kind}` : `takes ${kind}`;
  }
  if (issue.code === 'invalid_value') return `takes ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small' || issue.code === 'too_big') {
    const [bound, end] =
      issue.code === 'too_small' ? ['at least', issue.minimum] : ['at most', issue.maximum];
    const what = issue.origin === 'array' ? ' entries' : issue.origin === 'string' ? ' characters' : '';
    return `takes ${bound} ${String(end)}${what}`;
  }
  return issue.message;
}
