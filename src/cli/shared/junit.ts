/**
 * Results as JUnit XML, which CI systems read (GitHub Actions by plugins, GitLab, Jenkins, Buildkite): one test case a
 * task. The common subset of what their readers take: testsuites, testsuite, testcase, failure, error, skipped,
 * system-out.
 */

/** How one test case ended. `failed`: what it claims is not shown; `error`: there is no result; `skipped`: not asked. */
export type JunitOutcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed' | 'error'; readonly message: string; readonly details?: string }
  | { readonly kind: 'skipped'; readonly message: string };

export interface JunitCase {
  /** The task, and whatever else tells it from others: `UR`, `UR at least 40`. */
  readonly name: string;
  /** Who answered: CI systems group by it. */
  readonly group: string;
  readonly outcome: JunitOutcome;
  /** The numbers, as text. */
  readonly output?: string;
}

export interface JunitSuite {
  readonly name: string;
  /** When it began. */
  readonly started: Date;
  /** Of the whole: what the single cases took is not measured. */
  readonly seconds: number;
  readonly cases: readonly JunitCase[];
}

/** The whole file. Characters that XML 1.0 forbids are replaced by U+FFFD. */
export function junitXml({ name, started, seconds, cases }: JunitSuite): string {
  const count = (kind: JunitOutcome['kind']): number => cases.filter((c) => c.outcome.kind === kind).length;
  const totals = {
    tests: cases.length,
    failures: count('failed'),
    errors: count('error'),
    skipped: count('skipped'),
    time: inSeconds(seconds),
  };
  const suite = element(
    'testsuite',
    { name, ...totals, timestamp: started.toISOString().replace(/\.\d+Z$/, '') }, // UTC without a zone: their schema's form
    cases.map(caseXml),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name, ...totals }, [suite])}\n`;
}

function caseXml({ name, group, outcome, output }: JunitCase): string {
  const inside = [
    ...outcomeXml(outcome),
    ...(output === undefined ? [] : [element('system-out', {}, [escaped(output)])]),
  ];
  return element('testcase', { name, classname: group }, inside);
}

function outcomeXml(outcome: JunitOutcome): string[] {
  switch (outcome.kind) {
    case 'passed':
      return [];
    case 'skipped':
      return [element('skipped', { message: outcome.message }, [])];
    case 'failed':
    case 'error': {
      const { kind, message, details } = outcome;
      return [element(kind === 'failed' ? 'failure' : 'error', { message }, [escaped(details ?? message)])];
    }
  }
}

function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  content: readonly string[],
): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${attributeText(String(value))}"`)
    .join('');
  if (content.length === 0) return `<${name}${written}/>`;
  return `<${name}${written}>${content.join('')}</${name}>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text between tags. A parser would read a bare `\r` as a line end: it is written as a reference. */
function escaped(text: string): string {
  return legal(text)
    .replace(/[&<>"]/g, (character) => ENTITIES[character])
    .replaceAll('\r', '&#13;');
}

/** A parser would read line ends and tabs in an attribute as blanks: they are written as references. */
function attributeText(text: string): string {
  return escaped(text).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}

/** XML 1.0 (fifth edition), production 2: Char. */
function legal(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}

function inSeconds(seconds: number): string {
  return (Number.isFinite(seconds) ? Math.max(0, seconds) : 0).toFixed(3);
}
