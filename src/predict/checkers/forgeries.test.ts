/**
 * For each line of the checkers that refuses something, a certificate that nothing else in them would refuse. `false`
 * says what it would prove; where that is null, it would prove nothing false, and only its evidence is wrong.
 */
import { describe, expect, it } from 'vitest';
import { certificateFor, sealed } from '../../../test/adversary/sealed.ts';
import type { Claim, Fields, Json } from '../../../test/adversary/sealed.ts';
import { taskNamed } from '../../tasks/index.ts';
import { predictTask } from '../tasks/predict-task.ts';
import { promptsOf } from './instances.ts';
import { step } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { verifyCertificate } from './verify.ts';

type Fragment = Claim['fragment'];

function expression(text: string, alphabet: string[]): Fields {
  return { kind: 'expression', name: text, text, alphabet };
}

function task(name: string): Fields {
  return { kind: 'task', name, title: taskNamed(name).title };
}

/** The evidence that a verdict of ours rests on, with some of its fields changed. */
function evidenceOf(name: string, changes: Fields = {}, fragment: Fragment = 'pos'): Fields {
  const { certificate } = predictTask(name, { fragment });
  return { ...(JSON.parse(JSON.stringify(certificate?.evidence)) as Fields), ...changes };
}

function outOf(fragment: Fragment, about: Fields, evidence: Fields): Fields {
  return certificateFor({ about, verdict: 'out', fragment, read: 'eos' }, evidence);
}

function inPlain(about: Fields, evidence: Fields, read: Claim['read'] = 'eos'): Fields {
  return certificateFor({ about, verdict: 'in', fragment: 'plain', read }, evidence);
}

/** States that are said to be one class, by combinations of edges; the first is the start, which the empty word reaches. */
function inseparable(automaton: Fields, evidence: Fields): Fields {
  const states = { component: [0, 1], classes: [0, 0], pair: [0, 1], access: [], distinguishing: [] };
  return { kind: 'inseparable', automaton, inseparable: { ...states, combinations: [], ...evidence } };
}

function equal(denominator: string, edges: Json[]): Json[] {
  return [{ states: [0, 1], denominator, edges }];
}

function automatonOf(alphabet: string[], accepting: number[], transitions: Json[], start = 0): Fields {
  return { alphabet, start, accepting, transitions };
}

/** (ab)*, a* and strings of even length are in plain C-RASP, or in C-RASP[pos]: docs/predict.md. */
const ALTERNATING = expression('(ab)*', ['a', 'b']);
const alternating = automatonOf(['a', 'b'], [0], [[1, 2], [2, 0], [2, 2]]); // prettier-ignore
const ONLY_A = expression('a*', ['a', 'b']);
const EVEN = expression('(aa)*', ['a']);
const even = automatonOf(['a'], [0], [[1], [0]]);
/** b keeps a's state and b's state apart: V(1) = V(0) + E(b) and V(1) = V(1) + E(b). */
const byB = equal('1', [[0, 1, '-1'], [1, 1, '1']]); // prettier-ignore
const endsInA = automatonOf(['a', 'b'], [1], [[1, 0], [1, 0]]); // prettier-ignore
const byEndsInA = equal('1', [[0, 0, '-1'], [1, 0, '1']]); // prettier-ignore

interface Forgery {
  readonly false: string | null;
  readonly problem: string;
  readonly certificate: Fields;
}

function blocksOf(idempotent: string[], words: string[][], letter: number): Fields {
  const combinations = equal('2', [[0, letter, '-1'], [1, letter, '1']]); // prettier-ignore
  const { inseparable: states } = inseparable(even, { combinations });
  return { kind: 'blocks', automaton: even, blocks: { idempotent, words }, inseparable: states };
}

const OUT: Forgery[] = [
  {
    false: '(aa)* is out of C-RASP[pos]',
    problem: "the length of 'a' is no multiple of the idempotent's",
    certificate: outOf('pos', EVEN, blocksOf(['a', 'a'], [['a']], 0)),
  },
  {
    false: '(aa)* is out of C-RASP[pos]',
    problem: 'from state 0, the idempotent word does something else twice',
    certificate: outOf('pos', EVEN, blocksOf(['a'], [['a'], ['a', 'a']], 1)),
  },
  {
    false: '(ab)* is out of plain C-RASP',
    problem: 'the pair is not in one class',
    certificate: outOf('plain', ALTERNATING, inseparable(alternating, { classes: [0, 1] })),
  },
  {
    false: '(ab)* is out of plain C-RASP',
    problem: 'the pair is not in one class',
    certificate: outOf('plain', ALTERNATING, inseparable(alternating, { component: [2], classes: [0] })),
  },
  {
    false: '(ab)* is out of plain C-RASP',
    problem: 'a combination uses an edge outside the component',
    certificate: outOf(
      'plain',
      ALTERNATING,
      inseparable(alternating, {
        combinations: equal('3', [[0, 1, '-1'], [1, 1, '1'], [1, 0, '1'], [0, 0, '-1']]), // prettier-ignore
      }),
    ),
  },
  {
    false: '(ab)* is out of plain C-RASP',
    problem: 'a denominator is not positive',
    certificate: outOf('plain', ALTERNATING, inseparable(alternating, { combinations: equal('0', []) })),
  },
  {
    false: 'a* over { a b } is out of plain C-RASP',
    problem: 'the component is not strongly connected, or has a state twice',
    certificate: outOf(
      'plain',
      ONLY_A,
      inseparable(automatonOf(['a', 'b'], [0], [[0, 1], [1, 1]]), { combinations: byB }), // prettier-ignore
    ),
  },
  {
    false: 'a* over { a b } is out of plain C-RASP: a third transition leads back',
    problem: 'a state lacks a transition, or has one too many',
    certificate: outOf(
      'plain',
      ONLY_A,
      inseparable(automatonOf(['a', 'b'], [0], [[0, 1, 1], [1, 1, 0]]), { combinations: byB }), // prettier-ignore
    ),
  },
  {
    false: 'a+ is out of plain C-RASP: the second a is another letter than the first',
    problem: 'a symbol stands twice in the alphabet',
    certificate: outOf(
      'plain',
      expression('.*a', ['a', 'a']),
      inseparable({ ...endsInA, alphabet: ['a', 'a'] }, { combinations: byEndsInA }),
    ),
  },
  {
    false: 'UF is out of C-RASP[pos]',
    problem: 'only where symbols may repeat does every string have to be remembered',
    certificate: outOf('pos', task('UF'), evidenceOf('NF')),
  },
  {
    false: null,
    problem: 'no number of counters is excluded',
    certificate: outOf('pos', task('NF'), evidenceOf('NF', { excluded: [] })),
  },
  {
    false: null,
    problem: 'at length 20, no more than 20 counters can be too few',
    certificate: outOf(
      'pos',
      task('NF'),
      evidenceOf('NF', { excluded: [{ length: 20, counters: Number.MAX_SAFE_INTEGER }] }),
    ),
  },
  ...(
    [
      [{ classes: [0, 0, 0] }, 'every state of the component needs one class'],
      [{ component: [0, 2], classes: [0, 0] }, 'the component has a state that does not exist'],
      [{ access: ['c'] }, "'c' is not in the alphabet"],
      [{ pair: [0, 0] }, 'the distinguishing word does not distinguish the pair'],
      [{ component: [0, 1, 1], classes: [0, 0, 0] }, 'not strongly connected, or has a state twice'],
      [
        { combinations: equal('1', []).map((one) => ({ ...(one as Fields), states: [1, 2] })) },
        'not of one class',
      ],
    ] as [Fields, string][]
  ).map(([changes, problem]) => ({
    false: null,
    problem,
    certificate: outOf(
      'plain',
      expression('.*a', ['a', 'b']),
      inseparable(endsInA, { combinations: byEndsInA, ...changes }),
    ),
  })),
  {
    false: null,
    problem: 'at the last symbol, the distinguishing word cannot be empty',
    certificate: certificateFor(
      { about: expression('.*a', ['a', 'b']), verdict: 'out', fragment: 'plain', read: 'last' },
      inseparable(automatonOf(['a', 'b'], [0, 2], [[1, 0], [1, 0]]), { combinations: byEndsInA }), // prettier-ignore
    ),
  },
  ...(
    [
      [{ start: 2 }, 'the start is no state'],
      [{ transitions: [[1, 0], [1, 0], [0, 3]] }, 'a transition leads nowhere'], // prettier-ignore
      [{ accepting: [1, 2] }, 'what accepts is no state'],
      [{ accepting: [1, 1] }, 'something accepts twice'],
    ] as [Fields, string][]
  ).map(([changes, problem]) => ({
    false: null,
    problem,
    certificate: outOf(
      'plain',
      expression('.*a', ['a', 'b']),
      inseparable({ ...endsInA, ...changes }, { combinations: byEndsInA }),
    ),
  })),
];

/** NRLast is out: x, y and e are written as blocks of two symbols, and the last x or y decides. */
const [nrLast, lastIsX] = [evidenceOf('NRLast'), evidenceOf('NRLast').evidence as Fields];

const REDUCTIONS: Forgery[] = [
  {
    false: null,
    problem: 'an instance has a reserved symbol in it',
    certificate: outOf(
      'pos',
      task('NRLast'),
      evidenceOf('NRLast', { blocks: { ...(nrLast.blocks as Fields), e: ['b', '<sep>'] } }),
    ),
  },
  {
    false: null, // the strings that are not in the language make none
    problem: 'the empty string makes no instance of the task',
    certificate: outOf(
      'pos',
      task('NRLast'),
      evidenceOf('NRLast', {
        prefix: ['q', 'b'],
        expression: '(x|y|e)*xe*',
        evidence: {
          ...lastIsX,
          automaton: { ...(lastIsX.automaton as Fields), start: 1 },
          inseparable: { ...(lastIsX.inseparable as Fields), access: ['x'] },
        },
      }),
    ),
  },
  {
    false: null,
    problem: 'blocks and language have different letters',
    certificate: outOf(
      'pos',
      task('NRLast'),
      evidenceOf('NRLast', { blocks: { ...(nrLast.blocks as Fields), z: ['b', 'b'] } }),
    ),
  },
  {
    false: null,
    problem: 'a look-up needs a query',
    certificate: outOf('pos', task('NRLast'), evidenceOf('NRLast', { query: null })),
  },
  {
    false: null,
    problem: 'flip-flop has no query',
    certificate: outOf('pos', task('flip-flop'), nrLast),
  },
  {
    false: null,
    problem: "'e' makes no instance of the task",
    certificate: outOf(
      'pos',
      task('flip-flop'),
      evidenceOf('NRLast', {
        query: null,
        answer: '0',
        prefix: ['w', '0'],
        blocks: { x: ['w', '0'], y: ['w', '1'], e: ['i', 'i'] },
      }),
    ),
  },
  {
    false: null,
    problem: 'a copy is more than one symbol',
    certificate: outOf('pos', task('NF'), nrLast),
  },
];

const starsOfA = automatonOf(['a'], [1], [[1], [1]]);
const someA = { kind: 'program', program: "alphabet { a }\nread at eos\naccept exists 'a'\n", depth: 1 };

const IN: Forgery[] = [
  {
    false: '.*a over { a b } is in plain C-RASP',
    problem: 'the automaton has another alphabet than the expression',
    certificate: inPlain(expression('.*a', ['a', 'b']), { ...someA, automaton: starsOfA }),
  },
  {
    false: 'what ends in a over { a b } is in plain C-RASP',
    problem: 'the two automata have different alphabets',
    certificate: inPlain(
      { kind: 'automaton', name: 'ends in a', automaton: endsInA },
      { ...someA, automaton: starsOfA },
    ),
  },
  {
    false: 'the expression alphabet { a } … is in plain C-RASP: it is none',
    problem: 'only a program is its own evidence',
    certificate: inPlain(expression(someA.program, ['a']), { kind: 'membership', depth: 1 }),
  },
  {
    false: '.*a over { a b } is in plain C-RASP: so it is called, and another is shown to be',
    problem: 'the subject is not the expression',
    certificate: inPlain(
      { ...expression('a+', ['a']), name: '.*a over { a b }' },
      { ...someA, automaton: starsOfA },
    ),
  },
  {
    false: 'the symbol to the left is found by a program that finds the one to the right',
    problem: 'the task UR is defined as: the symbol to the right of the only occurrence of the query',
    certificate: inPlain({ ...task('UR'), title: taskNamed('UL').title }, evidenceOf('UR', {}, 'plain')),
  },
  {
    false: null,
    problem: "no task is called 'UX'",
    certificate: inPlain({ ...task('UR'), name: 'UX' }, evidenceOf('UR', {}, 'plain')),
  },
  {
    false: null,
    problem: 'the evidence is for a task, not for the expression',
    certificate: inPlain(expression('a+', ['a']), evidenceOf('UR', {}, 'plain')),
  },
  {
    false: null,
    problem: 'program and automaton have different alphabets',
    certificate: inPlain(ONLY_A, {
      kind: 'program',
      program: "alphabet { b a }\nread at eos\naccept # 'a' = 0\n",
      depth: 1,
      automaton: automatonOf(['a', 'b'], [0], [[0, 1], [1, 1]]), // prettier-ignore
    }),
  },
  {
    false: null,
    problem: 'the program is not read at eos',
    certificate: inPlain(expression('a*', ['a']), {
      kind: 'program',
      program: 'alphabet { a }\nread at last\naccept true\n',
      depth: 0,
      automaton: automatonOf(['a'], [0], [[0]]),
    }),
  },
];

describe.each([
  ['inseparable states and blocks', OUT],
  ['reductions', REDUCTIONS],
  ['programs', IN],
])('forged evidence: %s', (_, forgeries) => {
  it.each(forgeries)('$problem (it would prove: $false)', ({ certificate, problem }) => {
    expect(verifyCertificate(certificate)).toMatchObject({
      outcome: 'does not hold',
      failed: { problem: expect.stringContaining(problem) as string },
    });
  });
});

describe('forged certificates of version 1', () => {
  it.each([
    ['published', 7, 'published is a text or null'],
    ['evidence', { kind: 'task-program', schema: '', depth: 0 }, 'evidence.checked is missing'],
  ])('%s', (field, value, problem) => {
    const old = { format: 'lengthwise certificate', version: 1, status: 'derived', published: null };
    const about = expression('a*', ['a']);
    const forged = sealed({ ...old, about, evidence: {}, [field]: value });
    expect(verifyCertificate(forged).failed?.problem).toBe(problem);
  });
});

describe('what is asked inside the checkers', () => {
  it('copies of repeating symbols are no automata of two symbols', () => {
    expect(() =>
      promptsOf({ kind: 'copying', direction: 'forward', distinct: false }, ['a', 'b'], 'a', 'b'),
    ).toThrow('depends on more than two symbols');
  });

  it('a check that is too deep for the engine says nothing about the certificate', () => {
    const tooDeep = (): never => {
      throw new RangeError('Maximum call stack size exceeded');
    };
    expect(() => step('a step', tooDeep)).toThrow(
      expect.objectContaining<Partial<Refusal>>({ step: 'a step', ending: 'not checked' }) as Error,
    );
  });
});

describe('a counterexample of 140,000 symbols', () => {
  it('is found at once, and its beginning is shown', () => {
    const [text, automaton] = ['(a{1000}){140}', automatonOf(['a'], [], [[0]])];
    const { failed } = verifyCertificate(inPlain(expression(text, ['a']), { ...someA, automaton }));
    expect(failed?.problem).toMatch(
      /^'(a ){1000}…' \(140,000 symbols\) is in the language, and the automaton rejects it$/,
    );
  });
});
