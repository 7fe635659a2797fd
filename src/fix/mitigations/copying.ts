/**
 * Copies: reversed in code, with numbers, in parts, and what of these goes together. What is asked is always a copy; code
 * puts the answers together.
 */
import type { ListExpression, ListsExpression, Transform } from '../transform/transform.ts';
import type { Mitigation, Theory } from './mitigation.ts';
import { dualOf } from './rules.ts';
import type { Rule } from './rules.ts';
import { oracleOf, ruleOfLines, SOURCE } from './shared.ts';
import { theoryOf } from './theory.ts';

type CopyRule = Extract<Rule, { kind: 'copy' }>;

interface Parts {
  readonly reverse: boolean;
  readonly number: boolean;
  /** null: in one piece. */
  readonly chunk: number | null;
}

/** Backward copies are reversed by code wherever anything else is done to them but numbering: it costs nothing. */
export function copyMitigations(
  operation: string,
  rule: CopyRule,
  { chunk }: { readonly chunk: number | null },
): Mitigation[] {
  const cut = chunk === null ? [] : [chunk];
  const ways: Parts[] =
    rule.direction === 'backward'
      ? [
          { reverse: true, number: false, chunk: null },
          { reverse: false, number: true, chunk: null },
          { reverse: true, number: true, chunk: null },
          ...cut.map((size) => ({ reverse: true, number: false, chunk: size })),
          ...cut.map((size) => ({ reverse: true, number: true, chunk: size })),
        ]
      : [
          { reverse: false, number: true, chunk: null },
          ...cut.map((size) => ({ reverse: false, number: false, chunk: size })),
          ...cut.map((size) => ({ reverse: false, number: true, chunk: size })),
        ];
  return ways.map((parts) => copyMitigation(operation, rule, parts));
}

function copyMitigation(operation: string, rule: CopyRule, parts: Parts): Mitigation {
  const { reverse, number, chunk } = parts;
  const turned = reverse ? needed(dualOf(operation)) : operation;
  const asked = number ? numberedOf(turned, rule, reverse) : turned;
  const names = [reverse ? 'reverse' : '', number ? 'number' : '', chunk === null ? '' : 'chunk'];
  return {
    name: names.filter((name) => name !== '').join('+'),
    title: titleOf(parts),
    transform: copyTransform(asked, rule, parts),
    identity: identityOf(operation, asked, rule, parts),
    theory: copyTheory(operation, asked, parts),
    chunk,
    placeboOf: null,
    expected: (_, { task, source, query }) => oracleOf(task)(source, query),
    // Numbered or not, a copy is a copy: a user's own words for it stay.
    prompting: [
      {
        operation: turned,
        rule: reverse ? ruleOfLines(turned) : null,
        isTrace: false,
        ...(number ? { isNumbered: true } : {}),
      },
    ],
  };
}

/** Symbols with numbers all differ: NF over them is UF. */
function numberedOf(turned: string, rule: CopyRule, reverse: boolean): string {
  return reverse ? needed(dualOf(rule.numbered)) : turned === rule.numbered ? turned : rule.numbered;
}

function copyTransform(task: string, rule: CopyRule, { reverse, number, chunk }: Parts): Transform {
  const turned: ListExpression = reverse ? { op: 'reverse', of: SOURCE } : SOURCE;
  const written: ListExpression = number ? { op: 'number', of: turned } : turned;
  const lists: ListsExpression | null = chunk === null ? null : { op: 'chunks', of: written, size: chunk };
  const said: ListExpression = lists === null ? { op: 'answer', ask: 0 } : { op: 'join', ask: 0 };
  const isBackward = rule.direction === 'backward' && !reverse;
  return { asks: [{ task, source: lists ?? written }], answer: number ? stripped(said, isBackward) : said };
}

/** Numbers go up in the source's order: a copy backward has them going down. */
function stripped(said: ListExpression, isBackward: boolean): ListExpression {
  if (!isBackward) return { op: 'unnumber', of: said };
  return { op: 'reverse', of: { op: 'unnumber', of: { op: 'reverse', of: said } } };
}

function titleOf({ reverse, number, chunk }: Parts): string {
  const done = [
    ...(reverse ? ['code reverses the source, the model copies it forward'] : []),
    ...(number ? ['symbols carry numbers, which code takes off again'] : []),
    ...(chunk === null ? [] : [`the model copies parts of ${chunk}, code joins them`]),
  ];
  return done.join('; ');
}

function identityOf(
  operation: string,
  asked: string,
  rule: CopyRule,
  { reverse, number, chunk }: Parts,
): string {
  const source = reverse ? 'reverse(x)' : 'x';
  const written = number ? `number(${source})` : source;
  const one =
    chunk === null ? `${asked}(${written})` : `join(${asked}(c) for c in chunks(${written}, ${chunk}))`;
  const isBackward = rule.direction === 'backward' && !reverse;
  const bare = isBackward ? `reverse(unnumber(reverse(${one})))` : `unnumber(${one})`;
  return `${operation}(x) = ${number ? bare : one}`;
}

function copyTheory(operation: string, asked: string, { number, chunk }: Parts): Theory {
  if (chunk !== null) {
    return {
      ...{ verdict: null, task: null, kind: 'heuristic' },
      text: `each part is as short as copies of ${asked} were measured to hold; nothing is claimed of longer parts`,
    };
  }
  if (!number) return theoryOf(operation, asked);
  const theory = theoryOf(operation, asked);
  const note =
    'numbered symbols are all different; the alphabet of pairs grows with the length, so the verdict is the one that is uniform in the alphabet, and it is proved only where a number is one symbol (up to 9 for most tokenizers): with numerals of several tokens it is a heuristic';
  return { ...theory, kind: 'heuristic', text: `${theory.text}; ${note}` };
}

function needed(name: string | null): string {
  if (name === null) throw new Error('every copy has a dual');
  return name;
}
