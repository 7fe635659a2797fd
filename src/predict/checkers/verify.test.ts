import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelledLanguages, shortest } from '../../../test/fixtures/predict/languages.ts';
import { canonicalJson } from '../../common/json.ts';
import { sha256 } from '../../common/sha256.ts';
import { accepts, compile } from '../../crasp/index.ts';
import { predictAutomaton, predictExpression, predictProgram } from '../subjects.ts';
import { taskNamed } from '../../tasks/index.ts';
import { contradictedBy, verifyBesideLiterature } from '../literature.ts';
import { predictableTasks, predictTask } from '../tasks/predict-task.ts';
import type { Prediction } from '../verdict.ts';
import { parseCertificate } from './text.ts';
import { verifyCertificate } from './verify.ts';
import type { Outcome } from './verify.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

function certificateOf({ certificate }: Prediction): Record<string, Json> {
  return JSON.parse(JSON.stringify(certificate)) as Record<string, Json>;
}

/** One certificate of every kind. */
const SPECIMENS: { kind: string; certificate: Record<string, Json> }[] = [
  { kind: 'program', certificate: certificateOf(predictExpression('(ab|bbaa)*')) },
  {
    kind: 'program read at last',
    certificate: certificateOf(predictExpression('(a|b)*b', { read: 'last' })),
  },
  {
    kind: 'program with positions',
    certificate: certificateOf(predictExpression('(a|bb)*b', { fragment: 'pos' })),
  },
  {
    kind: 'membership',
    certificate: certificateOf(predictProgram("alphabet { 'a' 'b' }\naccept # 'a' > # 'b'", 'm.crasp')),
  },
  { kind: 'inseparable', certificate: certificateOf(predictExpression('(ab|aabb)*')) },
  {
    kind: 'inseparable at last',
    certificate: certificateOf(predictExpression('(a|b)*bb', { read: 'last' })),
  },
  {
    kind: 'inseparable of a file',
    certificate: certificateOf(predictAutomaton('0 1 a\n1 0 a\n0\n', 'even.fst')),
  },
  {
    kind: 'blocks',
    certificate: certificateOf(predictExpression('(b*(ab*ab*)*) & (a*(ba*ba*)*)', { fragment: 'pos' })),
  },
  { kind: 'task program', certificate: certificateOf(predictTask('UL')) },
  { kind: 'reduction', certificate: certificateOf(predictTask('NLFirst', { fragment: 'plain' })) },
  { kind: 'reduction with positions', certificate: certificateOf(predictTask('NRLast')) },
  { kind: 'index embedding', certificate: certificateOf(predictTask('NB')) },
];

/**
 * Copies any source of up to six symbols, by looking back: the copy's next symbol stands as far behind as the source is
 * long, and one more.
 */
const SHORT_COPIES = [
  "let Separated := exists '<sep>'",
  ...[1, 2, 3, 4, 5, 6].map((n) => `let Length${n} := # (not exists '<sep>') = ${n + 1}`),
  ...[1, 2, 3, 4, 5, 6].map((n) => `let End${n} := Length${n} and # Separated = ${n + 1}`),
  `next[t] := ${[1, 2, 3, 4, 5, 6].map((n) => `(Separated and Length${n} and not End${n} and prev(${n}, Q[t]))`).join(' or ')}`,
  `next['<eos>'] := ${[1, 2, 3, 4, 5, 6].map((n) => `End${n}`).join(' or ')}`,
  '',
].join('\n');

/** Every place in a certificate, as a path. */
function placesOf(json: Json, path: (string | number)[] = []): (string | number)[][] {
  if (typeof json !== 'object' || json === null) return [path];
  const entries: [string | number, Json][] = Array.isArray(json) ? [...json.entries()] : Object.entries(json);
  return [path, ...entries.flatMap(([key, inner]) => placesOf(inner, [...path, key]))].filter(
    (p) => p.length > 0,
  );
}

function at(json: Json, path: readonly (string | number)[]): Json {
  return path.reduce<Json>((inner, key) => (inner as Record<string | number, Json>)[key], json);
}

function changed(
  certificate: Record<string, Json>,
  path: readonly (string | number)[],
  value: Json | undefined,
): Record<string, Json> {
  const copy = structuredClone(certificate);
  const parent = at(copy, path.slice(0, -1)) as Record<string | number, Json>;
  const key = path[path.length - 1];
  if (value === undefined && Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (value === undefined) delete parent[key];
  else parent[key] = value;
  return copy;
}

/** Another value in a place: what a careless or a dishonest hand would write. */
function otherValue(value: Json, choice: number): Json | undefined {
  if (choice === 0) return undefined; // left out
  if (typeof value === 'number')
    return choice === 1 ? value + 1 : choice === 2 ? Math.max(0, value - 1) || 7 : `${value}`;
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return choice === 1 ? `${value}a` : choice === 2 ? value.slice(1) || 'x' : 0;
  if (value === null) return 'arXiv 0000.00000';
  return choice === 1 ? null : choice === 2 ? [] : 'none';
}

function reseal(certificate: Record<string, Json>): Record<string, Json> {
  const rest = { ...certificate };
  delete rest.seal;
  return { ...rest, seal: sha256(canonicalJson(rest)) };
}

describe('certificates', () => {
  it.each(SPECIMENS)('$kind: holds as it was made', ({ certificate }) => {
    const begun: string[] = [];
    const { steps, notProved, ...rest } = verifyCertificate(certificate, (step) => begun.push(step));
    expect(rest).toEqual({ outcome: 'holds', upTo: null, failed: null, unproved: null, unchecked: null });
    expect(begun).toEqual(steps.map(({ step }) => step));
    expect(steps.filter(({ compared }) => compared.length < 10)).toEqual([]);
    expect(notProved.length).toBeGreaterThan(0);
  });

  it.each(SPECIMENS)('$kind: refused after any change', ({ certificate }) => {
    const places = placesOf(certificate);
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.nat(3), (path, choice) => {
        const value = otherValue(at(certificate, path), choice);
        const tampered = changed(certificate, path, value);
        fc.pre(canonicalJson(tampered) !== canonicalJson(certificate));
        const { outcome, failed } = verifyCertificate(tampered);
        expect([path.join('.'), value, outcome]).toEqual([path.join('.'), value, 'does not hold']);
        expect(failed?.problem).not.toBe('');
      }),
      { numRuns: 250 },
    );
  });

  it('hold for every task in both fragments, at both readings', () => {
    for (const task of predictableTasks()) {
      for (const fragment of ['plain', 'pos'] as const) {
        const { certificate } = predictTask(task, { fragment, read: 'last' });
        expect([task, fragment, verifyCertificate(certificate).failed]).toEqual([task, fragment, null]);
      }
    }
  });

  it.each(['plain', 'pos'] as const)('hold for all labelled languages in %s', (fragment) => {
    for (const { regex } of labelledLanguages()) {
      const { certificate } = predictExpression(regex, { fragment });
      expect([regex, verifyCertificate(certificate).failed]).toEqual([regex, null]);
    }
  });

  it.each(['text', 7, null, [], {}, { verdict: 'in' }, { ...SPECIMENS[0].certificate, more: 1 }])(
    'what is no certificate fails at the first step: %j',
    (json) => {
      expect(verifyCertificate(json)).toMatchObject({
        outcome: 'does not hold',
        steps: [],
        failed: { step: 'the form is that of a certificate' },
      });
    },
  );
});

describe('what is too large for the checker', () => {
  it('is neither true nor false: the step and the cap are named', () => {
    const program = "alphabet { 'a' 'b' }\nread at eos\naccept # mod(999983, 1) = 0 or # 'a' = 0";
    const large = reseal(changed(SPECIMENS[2].certificate, ['evidence', 'program'], program));
    large.evidence = { ...(large.evidence as Record<string, Json>), depth: 1 };
    expect(verifyCertificate(reseal(large))).toMatchObject({
      outcome: 'not checked',
      failed: null,
      unchecked: {
        step: 'the program agrees with the automaton at every length',
        problem: 'too large to check: more than 500,000 situations',
      },
    });
  });
});

/** Lies that fit their seal: whoever writes them can compute SHA-256. */
const LIES: { kind: string; path: string; value: Json; outcome?: Outcome }[] = [
  { kind: 'program', path: 'verdict', value: 'out' },
  { kind: 'program', path: 'subject', value: '(ab|aabb)*' },
  { kind: 'program', path: 'read', value: 'last' },
  { kind: 'program', path: 'scope', value: 'every alphabet' },
  { kind: 'program', path: 'hash', value: '0'.repeat(64) },
  { kind: 'program', path: 'version', value: 3 },
  { kind: 'program', path: 'status', value: 'derived' },
  { kind: 'program', path: 'evidence.depth', value: 1 },
  {
    kind: 'program',
    path: 'evidence.program',
    value: "alphabet { 'a' 'b' }\nread at eos\naccept # 'a' = # 'b'",
  },
  { kind: 'program', path: 'evidence.automaton.accepting', value: [] },
  { kind: 'program', path: 'evidence.automaton.start', value: 1 },
  { kind: 'program', path: 'evidence.automaton.alphabet', value: ['b', 'a'] },
  { kind: 'program with positions', path: 'fragment', value: 'plain' },
  { kind: 'program with positions', path: 'evidence.automaton.transitions.0', value: [0, 0] },
  { kind: 'membership', path: 'read', value: 'last' },
  { kind: 'membership', path: 'evidence.depth', value: 0 },
  { kind: 'inseparable', path: 'verdict', value: 'in' },
  { kind: 'inseparable', path: 'fragment', value: 'pos' },
  { kind: 'inseparable', path: 'evidence.inseparable.component', value: [0] },
  {
    kind: 'inseparable',
    path: 'evidence.inseparable.combinations',
    value: [],
    outcome: 'not proved',
  },
  { kind: 'inseparable', path: 'evidence.inseparable.combinations.0.denominator', value: '0' },
  { kind: 'inseparable', path: 'evidence.inseparable.combinations.0.edges', value: [] },
  { kind: 'inseparable', path: 'evidence.inseparable.distinguishing', value: ['a', 'a', 'a', 'a', 'a', 'a'] },
  { kind: 'inseparable', path: 'evidence.inseparable.access', value: ['a', 'a', 'a'] },
  { kind: 'inseparable', path: 'evidence.inseparable.pair', value: [0, 0] },
  { kind: 'inseparable at last', path: 'read', value: 'eos' },
  { kind: 'blocks', path: 'fragment', value: 'plain' },
  { kind: 'blocks', path: 'evidence.blocks.idempotent', value: ['a'] },
  { kind: 'blocks', path: 'evidence.blocks.words.0', value: ['a'] },
  { kind: 'blocks', path: 'evidence.inseparable.access', value: ['b'] },
  { kind: 'task program', path: 'fragment', value: 'plain' },
  { kind: 'task program', path: 'evidence.depth', value: 2 },
  { kind: 'task program', path: 'evidence.schema', value: 'next[t] := Q[t]\n' },
  { kind: 'reduction', path: 'evidence.answer', value: 'b' },
  { kind: 'reduction', path: 'evidence.expression', value: '(x|y)*' },
  { kind: 'reduction', path: 'evidence.suffix', value: ['q'] },
  { kind: 'reduction', path: 'evidence.blocks.x', value: ['b'] },
  { kind: 'reduction with positions', path: 'fragment', value: 'plain' },
  { kind: 'reduction with positions', path: 'evidence.blocks.e', value: ['b'] },
  { kind: 'index embedding', path: 'evidence.direction', value: 'forward' },
  { kind: 'index embedding', path: 'evidence.excluded.0.counters', value: 5 },
  { kind: 'index embedding', path: 'evidence.excluded.0.length', value: 40 },
  { kind: 'index embedding', path: 'evidence.one', value: 'a' },
  { kind: 'index embedding', path: 'verdict', value: 'in' },
];

describe('certificates sealed by a liar', () => {
  it.each(LIES)('$kind: $path = $value', ({ kind, path, value, outcome = 'does not hold' }) => {
    const specimen = SPECIMENS.find((one) => one.kind === kind);
    const tampered = reseal(changed(specimen?.certificate ?? {}, path.split('.'), value));
    expect(verifyCertificate(reseal(specimen?.certificate ?? {})).outcome).toBe('holds');
    expect(verifyCertificate(tampered)).toMatchObject({ outcome });
  });

  it('about another task or language are refused, even if their hash fits', () => {
    const about = { kind: 'expression', name: '(ab|aabb)*', text: '(ab|aabb)*', alphabet: ['a', 'b'] };
    const forged = {
      ...SPECIMENS[0].certificate,
      subject: about.name,
      about,
      hash: sha256(canonicalJson(about)),
    };
    expect(verifyCertificate(reseal(forged))).toMatchObject({
      failed: { step: 'the automaton accepts the language' },
    });
  });

  it.each(SPECIMENS.filter(({ kind }) => kind.startsWith('program')))(
    '$kind: a program with any character changed is refused, or does the same',
    ({ certificate }) => {
      const { program } = certificate.evidence as { program: string };
      fc.assert(
        fc.property(fc.nat(program.length - 1), fc.constantFrom(...'01ab<>=()+-'), (place, character) => {
          const text = program.slice(0, place) + character + program.slice(place + 1);
          const tampered = reseal(changed(certificate, ['evidence', 'program'], text));
          if (verifyCertificate(tampered).outcome !== 'holds') return;
          const [before, after] = [compile(program), compile(text)];
          for (const string of shortest(before.alphabet, 400).slice(1)) {
            expect([text, string, accepts(after, [...string])]).toEqual([
              text,
              string,
              accepts(before, [...string]),
            ]);
          }
        }),
        { numRuns: 100 },
      );
    },
  );
});

/** A forgery from nothing: whoever knows the format can make the hash and the seal. */
function forged(claim: Record<string, Json>): Record<string, Json> {
  const unsealed = {
    format: 'lengthwise certificate',
    version: 2,
    fragment: 'pos',
    read: 'eos',
    ...claim,
    hash: sha256(canonicalJson(claim.about)),
  };
  return reseal(unsealed);
}

const PARITY = { kind: 'expression', name: 'b*(ab*ab*)*', text: 'b*(ab*ab*)*', alphabet: ['a', 'b'] };
const UR = { kind: 'task', name: 'UR', title: 'the symbol to the right of the only occurrence of the query' };

/** Claims that a program accepts what an automaton over { a b } does. */
function aboutAutomaton(
  program: string,
  depth: number,
  automaton: Record<string, Json>,
  fragment = 'pos',
): Record<string, Json> {
  const whole = { alphabet: ['a', 'b'], start: 0, ...automaton };
  return forged({
    verdict: 'in',
    subject: 'x',
    fragment,
    scope: 'this alphabet',
    about: { kind: 'automaton', name: 'x', automaton: whole },
    evidence: { kind: 'program', program, depth, automaton: whole },
  });
}

const EVERYTHING = { accepting: [0], transitions: [[0, 0]] };

const DEEP = `${'('.repeat(201)}'a'${')'.repeat(201)}`;
const MANY = Array.from({ length: 20_001 }, (_, i) => `# 'a' > ${i}`).join(' or ');
const LARGE = "2147483647 * 2147483647 * # 'a'";

/** Where e, x and y lead in the i-th copy of a machine of two states: x to the first, y to the second. */
function rowAt(copy: number, state: number): number[] {
  return [2 * copy + state, 2 * copy, 2 * copy + 1];
}

function evens(count: number): number[] {
  return Array.from({ length: count }, (_, i) => 2 * i);
}

describe('what is false, what is not proved, and what is not checked', () => {
  it('a wrong program is refuted by a string on which it is wrong', () => {
    const wrong = "alphabet { a b }\naccept not prev(3, 'a')\n";
    expect(verifyCertificate(aboutAutomaton(wrong, 0, EVERYTHING))).toMatchObject({
      outcome: 'does not hold',
      failed: { problem: "the program rejects 'a a a', and the automaton accepts it" },
    });
  });

  it('where bounds decide nothing, short strings may still refute it', () => {
    const wrong = "alphabet { a b }\naccept # 'a' <= # 'b' + 1\n";
    expect(verifyCertificate(aboutAutomaton(wrong, 1, EVERYTHING, 'plain'))).toMatchObject({
      outcome: 'does not hold',
      failed: { problem: "the program rejects 'a a', and the automaton accepts it" },
    });
  });

  it('a right program that no bounds decide is not proved, and it is said what was tried', () => {
    const right = "alphabet { a b }\naccept # 'a' <= # 'b' or # 'a' > # 'b'\n";
    const open = "alphabet { a b }\naccept # 'a' <= # 'b' or 2 * # 'a' > 2 * # 'b'\n";
    expect(verifyCertificate(aboutAutomaton(right, 0, EVERYTHING, 'plain')).outcome).toBe('holds');
    expect(verifyCertificate(aboutAutomaton(open, 1, EVERYTHING, 'plain'))).toMatchObject({
      outcome: 'not proved',
      failed: null,
      unproved: {
        step: 'the program agrees with the automaton at every length',
        problem:
          'bounds on its counts do not decide what the program answers in state 0; it is right on all strings of up to 7 symbols',
      },
      unchecked: null,
    });
  });

  it('an automaton that accepts something else is refuted by a string', () => {
    const certificate = changed(SPECIMENS[0].certificate, ['evidence', 'automaton', 'accepting'], []);
    expect(verifyCertificate(reseal(certificate)).failed?.problem).toBe(
      'the empty string is in the language, and the automaton rejects it',
    );
  });

  it('a combination about states outside the component is refused', () => {
    const path = ['evidence', 'inseparable', 'combinations', '0', 'states'];
    const certificate = reseal(changed(SPECIMENS[4].certificate, path, [900, 901]));
    expect(verifyCertificate(certificate).failed?.problem).toContain('not of one class of the component');
  });

  it.each([
    ['brackets', `accept ${'('.repeat(201)}'a'${')'.repeat(201)}`],
    ['characters', `accept 'a' // ${'x'.repeat(999_980)}`],
    ['operations', `accept ${Array.from({ length: 20_001 }, (_, i) => `# 'a' > ${i}`).join(' or ')}`],
    ['look-backs', `accept ${Array.from({ length: 17 }, (_, i) => `prev(${65_536 - i}, 'a')`).join(' or ')}`],
  ])('a program with more %s than are compiled is not checked', (_, text) => {
    const program = `alphabet { a b }\n${text}\n`;
    const about = { kind: 'program', name: 'x', text: program };
    const claim = { verdict: 'in', subject: 'x', scope: 'this alphabet', about };
    const certificate = forged({ ...claim, evidence: { kind: 'membership', depth: 1 } });
    expect(verifyCertificate(certificate)).toMatchObject({ outcome: 'not checked', failed: null });
  });

  it.each([
    ['not checked', 'nested too deeply before it breaks off', `accept ${DEEP} and and`],
    ['does not hold', 'broken off before it is nested too deeply', `let P := and\naccept ${DEEP}`],
    ['does not hold', 'with an unknown token, which is met first', `accept ${DEEP} ≤ 3`],
    ['not checked', 'with an unknown name, which is met later', `let P := Unknown\naccept ${DEEP}`],
    ['does not hold', 'with an unknown name and too many operations', `accept Unknown or ${MANY}`],
    ['not checked', 'too large before a number is', `let P := ${MANY}\naccept ${LARGE} > 0`],
    [
      'does not hold',
      'with too large a number before it is too large',
      `let P := ${LARGE} > 0\naccept ${MANY}`,
    ],
  ])('%s: a program %s', (outcome, _, text) => {
    const about = { kind: 'program', name: 'x', text: `alphabet { a b }\n${text}\n` };
    const claim = { verdict: 'in', subject: 'x', scope: 'this alphabet', about };
    const certificate = forged({ ...claim, evidence: { kind: 'membership', depth: 1 } });
    expect(verifyCertificate(certificate).outcome).toBe(outcome);
  });

  it('a reduction that reads long strings in every pair is not checked', () => {
    const suffix = new Array(400_000).fill('b');
    const letters = ['e', 'x', 'y'];
    // The same language as NRLast asks about, by an automaton that counts its first symbols.
    const transitions = Array.from({ length: 100 }, (_, i) =>
      [0, 1].map((s) => rowAt(Math.min(i + 1, 99), s)),
    );
    const automaton = { alphabet: letters, start: 0, accepting: evens(100), transitions: transitions.flat() };
    const certificate = certificateOf(predictTask('NRLast', { fragment: 'plain' }));
    const evidence = certificate.evidence as { evidence: { inseparable: Record<string, Json> } };
    const inseparable = {
      ...evidence.evidence.inseparable,
      component: [198, 199],
      combinations: [
        {
          states: [199, 198],
          denominator: '1',
          edges: [
            [199, 1, '-1'],
            [198, 1, '1'],
          ],
        },
      ],
      pair: [198, 199],
      access: new Array<string>(99).fill('e'),
    };
    const long = { ...evidence, suffix, evidence: { kind: 'inseparable', automaton, inseparable } };
    expect(verifyCertificate(reseal({ ...certificate, evidence: long })).unchecked?.problem).toBe(
      'too large to check: more than 10,000,000 symbols of instances',
    );
    expect(verifyCertificate(reseal({ ...certificate, evidence: { ...long, suffix: [] } })).outcome).toBe(
      'holds',
    );
  });

  it('lists, texts and numbers beyond the caps are not checked, unless something else is wrong', () => {
    const long = changed(
      SPECIMENS[4].certificate,
      ['evidence', 'inseparable', 'access'],
      new Array(500_001).fill('a'),
    );
    expect(verifyCertificate(reseal(long)).outcome).toBe('not checked');
    const digits = ['evidence', 'inseparable', 'combinations', '0', 'denominator'];
    expect(
      verifyCertificate(reseal(changed(SPECIMENS[4].certificate, digits, '9'.repeat(4001)))).outcome,
    ).toBe('not checked');
    expect(verifyCertificate({ ...long, verdict: 'perhaps' }).outcome).toBe('does not hold');
  });

  it.each([
    ['edge', ['combinations', '0', 'edges', '0'], [0, 0, '1', '1']],
    ['edge', ['combinations', '0', 'edges', '0'], [0, 0]],
    ['pair', ['pair'], [0, 1, 2]],
    ['pair of states', ['combinations', '0', 'states'], [0, 1, 2]],
  ])('an %s with an item too many or too few is no certificate', (_, place, items) => {
    const path = ['evidence', 'inseparable', ...place];
    expect(verifyCertificate(reseal(changed(SPECIMENS[4].certificate, path, items)))).toMatchObject({
      outcome: 'does not hold',
      failed: { step: 'the form is that of a certificate' },
    });
  });

  it('local counts inside each other are cheap, however wide', () => {
    const nested = (width: number, levels: number): string =>
      [
        "alphabet { a b }\nlet D0 := 'a'",
        ...Array.from(
          { length: levels },
          (_, k) => `let D${k + 1} := #[i-${width}<=j<=i] D${k} > ${width / 2}`,
        ),
        `accept not (not D${levels} and # true >= 0)\n`,
      ].join('\n');
    for (const width of [8, 14])
      expect(verifyCertificate(aboutAutomaton(nested(width, 30), 1, EVERYTHING)).failed?.problem).toContain(
        'rejects the empty string',
      );
    expect(verifyCertificate(aboutAutomaton(nested(14, 400), 1, EVERYTHING)).unchecked?.problem).toBe(
      'too large to check: more than 10,000,000 places of an automaton times local counts',
    );
  });

  it('a look-back of any length is cheap over one letter', () => {
    const program = "alphabet { a }\naccept prev(60000, 'a') or not prev(60000, 'a') and # 'a' < 60000";
    const automaton = { alphabet: ['a'], start: 0, accepting: [0], transitions: [[0]] };
    expect(verifyCertificate(aboutAutomaton(program, 1, automaton)).outcome).not.toBe('not checked');
  });

  it.each([
    ['many alternatives', Array.from({ length: 430 }, (_, i) => `.*a.{${100 + i}}`).join('|')],
    ['shuffles', Array.from({ length: 4 }, () => '(a|b|c)*a(a|b|c){8}').join('||')],
  ])('what derivatives are put together from is counted: %s', (_, text) => {
    const expression = `(${text})&~(${text})`;
    const alphabet = ['a', 'b', 'c'];
    const automaton = { alphabet, start: 0, accepting: [], transitions: [[0, 0, 0]] };
    const about = { kind: 'expression', name: expression, text: expression, alphabet };
    const claim = { verdict: 'in', subject: expression, scope: 'this alphabet', about };
    const evidence = { kind: 'program', program: 'alphabet { a b c }\naccept false\n', automaton, depth: 0 };
    expect(verifyCertificate(forged({ ...claim, evidence })).unchecked).toEqual({
      step: 'the automaton accepts the language',
      problem: 'too large to check: more than 10,000,000 parts of derivatives of the expression',
    });
  });

  it('what stands in a program and decides nothing makes it no harder to check', () => {
    const program =
      "alphabet { a b }\nlet Unused := mod(999983, 1) or prev(40, 'a')\naccept # 'a' >= 0 or not exists 'a'\n";
    expect(verifyCertificate(aboutAutomaton(program, 1, EVERYTHING)).outcome).toBe('holds');
  });
});

describe('symbols that look alike', () => {
  it('are told apart by their code points', () => {
    const { certificate } = predictExpression("('а'|'a'|'é'|'e\u0301')*", {
      alphabet: ['а', 'a', 'é', 'e\u0301'],
    });
    const { steps } = verifyCertificate(JSON.parse(JSON.stringify(certificate)));
    expect(steps[3].compared).toContain('over { а (⟨U+0430⟩) a é (⟨U+00E9⟩) e\u0301 (⟨U+0065⟩⟨U+0301⟩) }');
  });
});

describe('letters with names that objects have', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s, in a reduction', (letter) => {
    const certificate = certificateOf(predictTask('NRLast'));
    const text = JSON.stringify(certificate.evidence)
      .replaceAll('"x"', JSON.stringify(letter))
      .replace(/(?<="expression":)"[^"]*"/, (all) => all.replaceAll('x', `'${letter}'`));
    const evidence = JSON.parse(text) as Json;
    expect(verifyCertificate(reseal({ ...certificate, evidence }))).toMatchObject({
      outcome: 'holds',
      failed: null,
    });
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s, in an alphabet', (letter) => {
    for (const fragment of ['plain', 'pos'] as const) {
      const { certificate } = predictExpression(`('${letter}'b)*`, { fragment });
      expect(verifyCertificate(JSON.parse(JSON.stringify(certificate))).outcome).toBe('holds');
    }
  });
});

describe('forgeries', () => {
  it.each([
    { symbols: ['a b'], problem: 'a symbol has no white space' },
    { symbols: ['a\u00a0b'], problem: 'a symbol has no white space' },
    { symbols: ['ab'], problem: 'another alphabet than the expression' },
    { symbols: ['a'], problem: 'another alphabet than the expression' },
  ])('an automaton over { $symbols } is none over { a b }', ({ symbols, problem }) => {
    const certificate = forged({
      verdict: 'in',
      subject: PARITY.name,
      scope: 'this alphabet',
      about: PARITY,
      evidence: {
        kind: 'program',
        program: 'alphabet { a b }\naccept mod(2,1)\n',
        depth: 0,
        automaton: { alphabet: symbols, start: 0, accepting: [0], transitions: [[1], [0]] },
      },
    });
    expect(verifyCertificate(certificate)).toMatchObject({
      outcome: 'does not hold',
      failed: { problem: expect.stringContaining(problem) as string },
    });
  });

  it('an automaton over <eos> speaks of no language', () => {
    const automaton = { alphabet: ['<eos>'], start: 0, accepting: [0], transitions: [[0]] };
    const certificate = forged({
      verdict: 'in',
      subject: 'all',
      fragment: 'plain',
      scope: 'this alphabet',
      about: { kind: 'automaton', name: 'all', automaton },
      evidence: { kind: 'program', program: "alphabet { '<eos>' }\naccept true\n", depth: 0, automaton },
    });
    expect(verifyCertificate(certificate).failed?.problem).toContain('<eos> is reserved');
  });

  it('a reduction to a language whose first string is longer than anything that was tried is refused', () => {
    const certificate = certificateOf(predictTask('NRLast'));
    const evidence = certificate.evidence as Record<string, Json>;
    // NRLast's own reduction, claimed of UR: its instances have the query twice.
    const ofUr = forged({ verdict: 'out', subject: 'UR', scope: 'every alphabet', about: UR, evidence });
    expect(verifyCertificate(ofUr)).toMatchObject({
      failed: { step: 'the task answers a question that is out' },
    });
  });

  it.each([
    ['a sum that a float rounds', '6361*69431*20394401 + 2 - 6361*69431*20394401 = 2'],
    [
      'a product that a float has no number for',
      `${new Array<string>(40).fill('2147483647').join('*')}*0 = 0`,
    ],
    [
      'coefficients that a float rounds',
      "6361*69431*20394401*# 'a' + 2*# 'a' - 6361*69431*20394401*# 'a' = 2*# 'a'",
    ],
  ])('positions are not hidden behind %s', (_, isTrue) => {
    const text = `alphabet { a b }\naccept mod(2,1) and ${isTrue}\n`;
    const certificate = forged({
      verdict: 'in',
      subject: 'parity of the length',
      fragment: 'plain',
      scope: 'this alphabet',
      about: { kind: 'program', name: 'parity of the length', text },
      evidence: { kind: 'membership', depth: 0 },
    });
    expect(verifyCertificate(certificate)).toMatchObject({
      outcome: 'does not hold',
      failed: { problem: expect.stringContaining('can exceed 9007199254740991') as string },
    });
  });

  it('an evidence of 60 definitions, each used twice by the next, is checked at once', () => {
    const lines = Array.from({ length: 60 }, (_, i) => `let D${i + 1} := D${i} = 'b' or 'c'`);
    const program = [
      'alphabet { a b c }',
      "let D0 := 'a'",
      ...lines,
      "accept prev D60 and # 'a' < 0",
      '',
    ].join('\n');
    const automaton = { alphabet: ['a', 'b', 'c'], start: 0, accepting: [], transitions: [[0, 0, 0]] };
    const certificate = forged({
      verdict: 'in',
      subject: 'nothing',
      scope: 'this alphabet',
      about: { kind: 'automaton', name: 'nothing', automaton },
      evidence: { kind: 'program', program, depth: 1, automaton },
    });
    expect(verifyCertificate(certificate).outcome).toBe('holds');
  });

  it.each(['__proto__', 'constructor', 'more'])('a field called %s is refused', (field) => {
    const certificate = JSON.parse(
      JSON.stringify(SPECIMENS[0].certificate).replace('{', `{${JSON.stringify(field)}: {},`),
    ) as Record<string, Json>;
    expect(verifyCertificate(reseal(certificate)).outcome).toBe('does not hold');
  });

  it('a text with a key twice is none', () => {
    const text = JSON.stringify(SPECIMENS[0].certificate).replace('{', '{"verdict": "out",');
    expect(() => parseCertificate(text)).toThrow('the key "verdict" stands twice');
    expect(parseCertificate(JSON.stringify(SPECIMENS[0].certificate))).toEqual(SPECIMENS[0].certificate);
  });
});

describe('certificates of version 1', () => {
  const old = JSON.parse(
    readFileSync(new URL('../../../test/fixtures/predict/version-1.json', import.meta.url), 'utf8'),
  ) as Record<string, Json>[];

  it('hold as they were made', () => {
    expect(old.length).toBeGreaterThan(5);
    for (const certificate of old) {
      expect([certificate.subject, verifyCertificate(certificate).failed]).toEqual([
        certificate.subject,
        null,
      ]);
      const { step, compared } = verifyCertificate(certificate).steps[0];
      expect([step, compared]).toEqual([
        'the form is that of a certificate',
        expect.stringContaining('version 1'),
      ]);
    }
  });

  it.each(['hash', 'seal', 'verdict', 'published', 'status'])(
    'are refused where %s is another one',
    (field) => {
      for (const certificate of old) {
        const tampered = { ...certificate, [field]: 'x' };
        expect(verifyCertificate(tampered).outcome).toBe('does not hold');
        if (field !== 'seal')
          expect(verifyCertificate(field === 'published' ? tampered : reseal(tampered)).outcome).toBe(
            'does not hold',
          );
      }
    },
  );
});

describe('beside the literature', () => {
  it('no verdict of the table says the opposite of what is published', () => {
    for (const task of predictableTasks()) {
      for (const fragment of ['plain', 'pos'] as const) {
        const { certificate } = predictTask(task, { fragment });
        expect([task, fragment, verifyBesideLiterature(certificate).contradicts]).toEqual([
          task,
          fragment,
          null,
        ]);
      }
    }
  });

  it('says where the opposite is published', () => {
    expect(contradictedBy({ task: 'NF', verdict: 'in', fragment: 'plain' })).toContain('Lemma 8');
    expect(contradictedBy({ task: 'UR', verdict: 'out', fragment: 'pos' })).toContain('Lemma 4');
    expect(contradictedBy({ task: 'UL', verdict: 'out', fragment: 'plain' })).toBeNull();
  });

  it('a copy that is tried up to a length only is told from a proof, with what is published', () => {
    // Over every alphabet of up to four symbols, with look-backs long enough for short sources: no proof, and no theorem.
    const certificate = certificateOf(predictTask('UF'));
    const { title } = taskNamed('NF');
    const evidence = { kind: 'task-program', schema: SHORT_COPIES, depth: 2 };
    const ofNf = { ...certificate, subject: 'NF', about: { kind: 'task', name: 'NF', title }, evidence };
    const sealed = reseal({ ...ofNf, hash: sha256(canonicalJson(ofNf.about)) });
    expect(verifyBesideLiterature(sealed)).toMatchObject({
      outcome: 'holds up to a length',
      upTo: 6,
      failed: null,
      contradicts: expect.stringContaining('Lemma 8') as string,
    });
  });
});
