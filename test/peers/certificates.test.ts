/** The checker in Python (examples/certificates/check.py) beside ours: they share nothing, and say the same. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rng } from '../../src/common/random.ts';
import type { Rng } from '../../src/common/random.ts';
import { labelledLanguages } from '../fixtures/predict/languages.ts';
import { programs } from '../fixtures/crasp/arbitrary.ts';
import { predictExpression } from '../../src/predict/subjects.ts';
import { predictableTasks, predictTask } from '../../src/predict/tasks/predict-task.ts';
import { attempts, ours } from '../adversary/campaign.ts';
import type { Answer } from '../adversary/campaign.ts';
import { depthOf } from '../adversary/depth.ts';
import { hasPython, theirs } from '../adversary/python.ts';
import { certificateFor } from '../adversary/sealed.ts';
import type { Claim, Fields } from '../adversary/sealed.ts';

const FRAGMENTS = ['plain', 'pos'] as const;

/** What both say of every text. */
async function compared(texts: readonly string[]): Promise<{ ours: string[]; theirs: string[] }> {
  return { ours: texts.map((text) => ours({ kind: '', text })), theirs: await theirs(texts) };
}

describe.skipIf(!hasPython)('certificates, checked by us and in Python', () => {
  it('all that predict makes for tasks and for the labelled languages hold', async () => {
    const predictions = [
      ...predictableTasks().flatMap((task) => FRAGMENTS.map((fragment) => predictTask(task, { fragment }))),
      ...labelledLanguages().flatMap(({ regex }) =>
        FRAGMENTS.flatMap((fragment) => [
          predictExpression(regex, { fragment }),
          predictExpression(regex, { fragment, read: 'last' }),
        ]),
      ),
    ].filter(({ certificate }) => certificate !== null);
    const answers = await compared(predictions.map(({ certificate }) => JSON.stringify(certificate)));
    expect(predictions.length).toBeGreaterThan(700);
    expect(answers.theirs.filter((answer) => answer !== 'holds')).toEqual([]);
    expect(answers.ours).toEqual(answers.theirs);
  });

  it('those of version 1 hold', async () => {
    const file = new URL('../fixtures/predict/version-1.json', import.meta.url);
    const old = JSON.parse(readFileSync(file, 'utf8')) as unknown[];
    const answers = await compared(old.map((certificate) => JSON.stringify(certificate)));
    expect(answers).toEqual({ ours: old.map(() => 'holds'), theirs: old.map(() => 'holds') });
  });

  it('random programs are of the same depth and fragment', async () => {
    const texts = fc.sample(programs, { numRuns: 500, seed: 12 }).flatMap((text) => certificatesOf(text));
    const answers = await compared(texts);
    expect(texts.length).toBeGreaterThan(1_000);
    expect(answers.ours.filter((answer) => answer === 'holds').length).toBeGreaterThan(300);
    expect(answers.theirs).toEqual(answers.ours);
  });

  it('texts that are nearly programs are the same to both', async () => {
    const random = rng('nearly programs');
    const whole = fc.sample(programs, { numRuns: 300, seed: 13 }).filter((text) => !text.includes('next['));
    const texts = Array.from({ length: 3_000 }, () => aboutNearly(damaged(random.choice(whole), random)));
    const answers = await compared(texts);
    expect(answers.ours.filter((answer) => answer === 'holds').length).toBeGreaterThan(30);
    const differing = texts.filter((_, i) => answers.ours[i] !== answers.theirs[i]);
    expect(differing).toEqual([]);
  });

  it('both look at the same part of a program, have the same caps, and tell false from not proved', async () => {
    const [texts, outcomes] = [CASES.map(([, text]) => text), CASES.map(([outcome]) => outcome)];
    expect(await compared(texts)).toEqual({ ours: outcomes, theirs: outcomes });
  });

  it('lies are refused alike', async () => {
    const texts = [...attempts('peers', 300, 60)].map(({ text }) => text);
    const answers = await compared(texts);
    expect(answers.theirs).toEqual(answers.ours);
  });
});

const EVERYTHING = { alphabet: ['a', 'b'], start: 0, accepting: [0], transitions: [[0, 0]] };

/** That a program accepts every string over { a b }. */
function acceptsAll(program: string, depth: number): string {
  const about = { kind: 'automaton', name: 'x', automaton: EVERYTHING };
  const claim = { about, verdict: 'in', fragment: 'pos', read: 'eos' } as const;
  const evidence = {
    kind: 'program',
    program: `alphabet { a b }\n${program}\n`,
    automaton: EVERYTHING,
    depth,
  };
  return JSON.stringify(certificateFor(claim, evidence));
}

/** Local counts inside each other, in a program that the checkers cannot see through. */
function nested(width: number, levels: number): string {
  const lines = Array.from(
    { length: levels },
    (_, k) => `let D${k + 1} := #[i-${width}<=j<=i] D${k} > ${width / 2}`,
  );
  return ["let D0 := 'a'", ...lines, `accept not (not D${levels} and # true >= 0)`].join('\n');
}

/** That what an expression has and has not is empty: two sets of derivatives go side by side. */
function emptyLanguage(text: string): string {
  const expression = `(${text})&~(${text})`;
  const about = { kind: 'expression', name: expression, text: expression, alphabet: ['a', 'b'] };
  const claim = { about, verdict: 'in', fragment: 'plain', read: 'eos' } as const;
  const program = 'alphabet { a b }\naccept false\n';
  const automaton = { ...EVERYTHING, accepting: [] };
  return JSON.stringify(certificateFor(claim, { kind: 'program', program, automaton, depth: 0 }));
}

/** The certificate of a task, with a change of its evidence as text. */
function taskWith(task: string, change: (evidence: string) => string): string {
  const { certificate } = predictTask(task, {});
  const { about, verdict, fragment, read, evidence } = JSON.parse(JSON.stringify(certificate)) as Claim & {
    evidence: Fields;
  };
  const changed = JSON.parse(change(JSON.stringify(evidence))) as Fields;
  return JSON.stringify(certificateFor({ about, verdict, fragment, read }, changed));
}

/** The evidence of a task, with so many comparisons that short prompts pass in each rule, and no proof: symbols are ordered. */
function ordered(evidence: string, comparisons: number): string {
  const { schema, ...rest } = JSON.parse(evidence) as { readonly schema: string };
  const wide = Array.from(
    { length: comparisons },
    (_, i) => `(all a, b, c, d: ${3000 + i} >= # Q[a] + ${3 + i} * # Q[b] + 17 * # Q[c] + 40 * # Q[d])`,
  );
  const rules = schema.replace(/^next.*$/gm, '$& and Wide');
  const condition = ['not (any s: any t: lt(s, t) and Q[s] and Q[t])', ...wide].join(' and ');
  return JSON.stringify({ ...rest, schema: `let Wide := ${condition}\n${rules}` });
}

/** An automaton's certificate with a name of so many characters that are two units each in UTF-16. */
function named(characters: number): string {
  const about = { kind: 'automaton', name: '𝒳'.repeat(characters), automaton: EVERYTHING };
  const claim = { about, verdict: 'in', fragment: 'pos', read: 'eos' } as const;
  const program = 'alphabet { a b }\naccept true\n';
  return JSON.stringify(certificateFor(claim, { kind: 'program', program, automaton: EVERYTHING, depth: 0 }));
}

/** The evidence that (aa)* is out of plain C-RASP, with another pair. */
function outWith(pair: number[]): string {
  const { certificate } = predictExpression('(aa)*', { fragment: 'plain' });
  const { about, verdict, fragment, read, evidence } = JSON.parse(JSON.stringify(certificate)) as Claim & {
    evidence: { readonly inseparable: Fields };
  };
  const changed = { ...evidence, inseparable: { ...evidence.inseparable, pair } };
  return JSON.stringify(certificateFor({ about, verdict, fragment, read }, changed));
}

/** That a program is in C-RASP[pos]. */
function aboutProgram(text: string, depth: number): string {
  const about = { kind: 'program', name: 'a program', text };
  return JSON.stringify(
    certificateFor({ about, verdict: 'in', fragment: 'pos', read: 'eos' }, { kind: 'membership', depth }),
  );
}

function symbols(count: number): string {
  return Array.from({ length: count }, (_, i) => `s${i}`).join(' ');
}

/** The evidence of a task with definitions of which something is asked, besides, in each rule. */
function withRule(evidence: string, condition: string, definitions: string): string {
  const { schema, depth, ...rest } = JSON.parse(evidence) as { schema: string; depth: number };
  const rules = schema.replace(/^next\[t\] := (.*)$/gm, `next[t] := ($1) and (${condition})`);
  return JSON.stringify({ ...rest, schema: `${definitions}\n${rules}`, depth });
}

/** The evidence that a language is out of C-RASP[pos], with a change of what cannot be told apart. */
function blocksWith(change: Fields): string {
  const { certificate } = predictExpression('(b*(ab*ab*)*) & (a*(ba*ba*)*)', { fragment: 'pos' });
  const { about, verdict, fragment, read, evidence } = JSON.parse(JSON.stringify(certificate)) as Claim & {
    evidence: { readonly inseparable: Fields };
  };
  const changed = { ...evidence, inseparable: { ...evidence.inseparable, ...change } };
  return JSON.stringify(certificateFor({ about, verdict, fragment, read }, changed));
}

const DEEP = `${'('.repeat(201)}'a'${')'.repeat(201)}`;
const MANY = Array.from({ length: 20_001 }, (_, i) => `# 'a' > ${i}`).join(' or ');
const TOO_LARGE_A_NUMBER = "2147483647 * 2147483647 * # 'a' > 0";
/** Over alphabets of up to four symbols a program may take so many steps; the proof needs seven. */
const WIDE_OVER_SEVEN = `let Wide := all a, b, c, d: ${new Array<string>(120).fill('true').join(' and ')}`;
const WIDE_SUMS = [
  `let S := ${Array.from({ length: 479 }, (_, i) => `# prev(${i + 1}, '<bos>')`).join(' + ')}`,
  `let Big := ${Array.from({ length: 1_000 }, (_, k) => `S > ${k}`).join(' and ')}`,
].join('\n');
/** Choices between sums that rest on choices between sums: the smallest ones are part of all others, along many ways. */
const CHOICES = [
  "let M0 := (# '<sep>' >= 1 ? 1 : 2)",
  ...Array.from({ length: 40 }, (_, k) => `let M${k + 1} := (# '<sep>' >= ${k % 3} ? M${k} + 1 : M${k} + 2)`),
].join('\n');

const RULES = "next['<bos>'] := '<eos>' and (mod(4999, 1) or prev(60, '<bos>'))\n";

const CASES: readonly (readonly [Answer, string])[] = [
  [
    'holds',
    acceptsAll("let Unused := mod(999983, 1) or prev(40, 'a')\naccept # 'a' >= 0 or not exists 'a'", 1),
  ],
  ['not proved', acceptsAll("accept # 'a' <= # 'b' or 2 * # 'a' > 2 * # 'b'", 1)],
  ['does not hold', acceptsAll("accept # 'a' <= # 'b' + 1", 1)],
  ['does not hold', acceptsAll("accept not prev(3, 'a')", 0)],
  ['not checked', acceptsAll('accept # mod(999983, 1) < 5', 1)],
  ['not checked', acceptsAll(`accept ${'('.repeat(201)}'a'${')'.repeat(201)}`, 0)],
  [
    'not checked',
    acceptsAll(`accept ${Array.from({ length: 20_001 }, (_, i) => `# 'a' > ${i}`).join(' or ')}`, 1),
  ],
  [
    'not checked',
    acceptsAll(`accept ${Array.from({ length: 17 }, (_, i) => `prev(${65_536 - i}, 'a')`).join(' or ')}`, 0),
  ],
  ['does not hold', acceptsAll(nested(10, 30), 1)],
  ['not proved', acceptsAll("accept not prev (not forall[j=i-0] ('a' or 'b'))", 0)],
  ['holds up to a length', taskWith('UR', (evidence) => ordered(evidence, 1))],
  ['not checked', taskWith('UF', (evidence) => ordered(evidence, 2))],
  ['holds', named(900)],
  ['not checked', named(1001)],
  ['does not hold', outWith([0, 1, 1])],
  ['does not hold', outWith([0])],
  ['not checked', acceptsAll(nested(14, 400), 1)],
  ['not checked', emptyLanguage(Array.from({ length: 430 }, (_, i) => `.*a.{${100 + i}}`).join('|'))],
  ['not checked', emptyLanguage(Array.from({ length: 4 }, () => '(a|b)*a(a|b){8}').join('||'))],
  [
    'holds',
    taskWith('UR', (evidence) =>
      evidence.replace('"schema":"', `"schema":${JSON.stringify(RULES).slice(0, -1)}`),
    ),
  ],
  // What is wrong with a program counts in the order in which it is met: tokens, syntax and nesting, names, what it expands to.
  ['not checked', acceptsAll(`accept ${DEEP} and and`, 0)],
  ['does not hold', acceptsAll(`let P := and\naccept ${DEEP}`, 0)],
  ['does not hold', acceptsAll(`accept ${DEEP} ≤ 3`, 0)],
  ['not checked', acceptsAll(`let P := Unknown\nlet P := 'a'\naccept ${DEEP}`, 0)],
  ['does not hold', acceptsAll(`accept Unknown or ${MANY}`, 1)],
  ['not checked', acceptsAll(`let P := ${MANY}\naccept ${TOO_LARGE_A_NUMBER}`, 1)],
  ['does not hold', acceptsAll(`let P := ${TOO_LARGE_A_NUMBER}\naccept ${MANY}`, 1)],
  [
    'not checked',
    acceptsAll(`let Q2 := P2\nlet P1 := ${TOO_LARGE_A_NUMBER}\nlet P2 := ${MANY}\naccept P1`, 1),
  ],
  // What `accept` is, is checked like what a definition is. (A product of counts is in no C-RASP.)
  ...[
    "# 'a' * # 'b' = # 'c'",
    "# 'a' * # 'a' = # 'b'",
    "# 'a'",
    '3',
    "'a' < 3",
    "'a' and 3",
    "'a' + 3 > 1",
    "# (# 'a') > 1",
    "'a' = # 'b'",
    "true or Foo or 'zzz'",
    "true or F['q']",
    '#[i-65537<=j<=i] true > 0 or true',
  ].map((body): [Answer, string] => [
    'does not hold',
    aboutProgram(`alphabet { a b c }\nlet F[s] := true\naccept ${body}`, 1),
  ]),
  ['does not hold', acceptsAll("accept # 'a'", 1)],
  // Texts that are no certificate in the same way.
  ['does not hold', '{"format":"lengthwise certificate","version":1,"evidence":{"kind":["program"]}}'],
  ['unreadable', `${'['.repeat(1_001)}${']'.repeat(1_001)}`],
  ['does not hold', `${'['.repeat(1_000)}${']'.repeat(1_000)}`],
  ['does not hold', aboutProgram("alphabet { a }\nnext[s in {}] := 'a'", 0)],
  ['holds', aboutProgram("alphabet { a }\nnext[s in {}] := 'a'\nnext['a'] := 'a'", 0)],
  ['does not hold', acceptsAll('accept 2147483647 * 2147483647 * 0 = 0', 0)],
  ['holds', aboutProgram(`alphabet { ${symbols(600)} }\naccept all s, t: forall true`, 0)],
  ['holds', aboutProgram(`alphabet { ${symbols(500)} }\naccept all s, t: true => true`, 0)],
  [
    'holds',
    aboutProgram(
      `alphabet { ${symbols(350)} }\nlet F[s, t] := true\naccept all s, t: F[s, t] and F[t, s]`,
      0,
    ),
  ],
  ['holds up to a length', taskWith('UR', (evidence) => withRule(evidence, 'Wide', WIDE_OVER_SEVEN))],
  // Evidence that something is out, with more than one fault.
  ['does not hold', blocksWith({ combinations: [], access: ['b'] })],
  ['does not hold', blocksWith({ combinations: [], distinguishing: ['c'] })],
  ['not proved', blocksWith({ combinations: [] })],
  // What would take long is charged before it is done.
  [
    'not checked',
    taskWith('UR', (evidence) => withRule(evidence, "('<bos>' and Big) or not '<bos>'", WIDE_SUMS)),
  ],
  ['holds', taskWith('UR', (evidence) => withRule(evidence, 'M40 >= 0', CHOICES))],
  // Names and comments that only look like an alphabet.
  [
    'holds',
    taskWith('UR', (evidence) =>
      withRule(evidence, 'Z or true', 'let alphabeté := true\nlet Z :=\nalphabeté'),
    ),
  ],
  ['holds', taskWith('UR', (evidence) => withRule(evidence, 'true', '// x\u2028alphabet of the task'))],
  ['does not hold', taskWith('UR', (evidence) => withRule(evidence, 'true', 'alphabet { a b }'))],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map((letter): [Answer, string] => [
    'holds',
    taskWith('NRLast', (evidence) =>
      evidence
        .replaceAll('"x"', JSON.stringify(letter))
        .replace(/(?<="expression":)"[^"]*"/, (all) => all.replaceAll('x', `'${letter}'`)),
    ),
  ]),
];

/** That a text is in C-RASP[pos], of its own depth where it is a program. */
function aboutNearly(text: string): string {
  let depth = 1;
  try {
    depth = depthOf(text);
  } catch {
    // No program: no depth is right.
  }
  return aboutProgram(text, depth);
}

const TOKENS = /'[^']*'|[\p{L}_][\p{L}\d_]*|\d+|:=|[<>]=|=>|\S/gu;

/** A program with one to three of its words and signs taken away, doubled, or replaced by others of its own or of the language. */
function damaged(text: string, random: Rng): string {
  let damagedText = text;
  for (let times = 1 + random.below(3); times > 0; times--) {
    const found = [...damagedText.matchAll(TOKENS)];
    const { 0: token, index } = random.choice(found);
    const others = [
      random.choice(found)[0],
      '#',
      '*',
      '+',
      '-',
      'and',
      '3',
      '2147483647',
      "'a'",
      'true',
      '(',
      ')',
      '? 1 : 2',
      'any s:',
    ];
    const put = ['', `${token} ${token}`, random.choice(others), `${token} ${random.choice(others)}`][
      random.below(4)
    ];
    damagedText = damagedText.slice(0, index) + put + damagedText.slice(index + token.length);
  }
  return damagedText;
}

/** Certificates that a program is in plain C-RASP and in C-RASP[pos], of its depth and of another. */
function certificatesOf(text: string): string[] {
  const about = { kind: 'program', name: 'a program', text };
  const read = text.includes('read at last') ? 'last' : 'eos';
  return FRAGMENTS.flatMap((fragment) =>
    [0, 1].map((more) =>
      JSON.stringify(
        certificateFor(
          { about, verdict: 'in', fragment, read },
          { kind: 'membership', depth: depthOf(text) + more },
        ),
      ),
    ),
  );
}
