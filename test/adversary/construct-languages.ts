/** Construction: evidence made for a lie about a language. */
import type { Rng } from '../../src/common/random.ts';
import { predictExpression } from '../../src/predict/subjects.ts';
import type { Attempt } from './attempt.ts';
import { depthOf } from './depth.ts';
import { attempt } from './attempt.ts';
import type { Fields, Json } from './sealed.ts';
import { certificateFor } from './sealed.ts';
import type { Subject } from './subjects.ts';
import { lieAbout } from './subjects.ts';

interface Automaton {
  readonly alphabet: string[];
  readonly start: number;
  readonly accepting: number[];
  readonly transitions: number[][];
}

/** A lie about a language, by one of the ways that suit it. */
export function aboutLanguage(subject: Subject, draw: Rng): Attempt {
  const claim = lieAbout(subject);
  const [kind, evidence] =
    claim.verdict === 'in'
      ? inEvidence(subject, draw)
      : claim.fragment === 'plain'
        ? outEvidence(subject, draw)
        : blocksEvidence(subject, draw);
  return attempt(`construction: ${kind}`, certificateFor(claim, evidence));
}

/** The automaton in the evidence for a language; both kinds of evidence have one. */
function automatonOf({ evidence }: Subject): Automaton {
  return structuredClone(evidence.automaton) as unknown as Automaton;
}

// In

function inEvidence(subject: Subject, draw: Rng): [string, Fields] {
  const automaton = automatonOf(subject);
  const { alphabet } = automaton;
  const ways: (() => [string, Fields])[] = [
    () => [
      'a random program',
      programEvidence(randomProgram(alphabet, subject.right.fragment, draw), automaton),
    ],
    () => ['a look-up table', lookUpTable(automaton, subject.right.fragment, draw)],
    () => ['a program that is right for short strings', shortened(subject, draw)],
    () => [
      'counts with huge coefficients',
      programEvidence(hugeProgram(alphabet, subject.right.fragment, draw), automaton),
    ],
    () => [
      'another automaton',
      programEvidence(randomProgram(alphabet, subject.right.fragment, draw), confused(automaton, draw)),
    ],
    () => [
      'a long automaton',
      programEvidence(randomProgram(alphabet, subject.right.fragment, draw), unrolled(automaton, draw)),
    ],
    () => ['confusable symbols', confusable(subject, draw)],
  ];
  return draw.choice(ways)();
}

function programEvidence(program: string, automaton: Automaton): Fields {
  return { kind: 'program', program, automaton: automaton as unknown as Json, depth: depthOf(program) };
}

function withAlphabet(alphabet: readonly string[], text: string): string {
  return `alphabet { ${alphabet.map((one) => `'${one}'`).join(' ')} }\n${text}`;
}

/** Right for every string in which each symbol occurs few times, or, with look-backs, for every short one. */
function lookUpTable(automaton: Automaton, fragment: string, draw: Rng): Fields {
  const { alphabet, start, accepting, transitions } = automaton;
  const most = alphabet.length === 2 ? 5 : 3;
  let words: number[][] = [[]];
  const accepted: number[][] = [];
  for (let length = 0; length <= most; length++) {
    accepted.push(
      ...words.filter((word) =>
        accepting.includes(word.reduce((state, letter) => transitions[state][letter], start)),
      ),
    );
    words = words.flatMap((word) => alphabet.map((_, letter) => [...word, letter]));
  }
  const test = (word: readonly number[]): string =>
    fragment === 'pos' && draw.below(2) === 0
      ? `(# true = ${word.length + 1}${word.map((letter, i) => ` and prev(${word.length - i}, '${alphabet[letter]}')`).join('')})`
      : `(${alphabet.map((one, letter) => `# '${one}' = ${word.filter((l) => l === letter).length}`).join(' and ')})`;
  const text = `accept ${accepted.map(test).join(' or ') || 'false'}${draw.choice(['', ` or # true > ${most + 1}`])}`;
  return programEvidence(withAlphabet(alphabet, text), automaton);
}

/** The program and the automaton that predict finds for the strings up to a length, claimed of all. */
function shortened(subject: Subject, draw: Rng): Fields {
  const automaton = automatonOf(subject);
  const all = `(${automaton.alphabet.join('|')})`;
  const { certificate } = predictExpression(`(${subject.name})&${all}{0,${2 + draw.below(5)}}`, {
    fragment: subject.right.fragment,
    alphabet: automaton.alphabet,
  });
  const evidence = JSON.parse(JSON.stringify(certificate?.evidence ?? {})) as Fields;
  return draw.below(2) === 0 ? evidence : { ...evidence, automaton: automaton as unknown as Json };
}

/** Thresholds about where bounds are widened, coefficients near the caps, windows and periods. */
function hugeProgram(alphabet: readonly string[], fragment: string, draw: Rng): string {
  const small = (): number => draw.choice([0, 1, 2, 3, 23, 24, 25, 26]);
  const number = (): number =>
    draw.below(4) === 0 ? draw.choice([64, 65, 2 ** 28, 2 ** 29, 2 ** 31 - 1, 999_983]) : small();
  const one = (): string => `'${draw.choice(alphabet)}'`;
  const count = (): string =>
    draw.choice([
      `# ${one()}`,
      `#[j<i] ${one()}`,
      ...(fragment === 'pos'
        ? [`#[i-${1 + draw.below(70)}<=j<i] ${one()}`, `# (${one()} and mod(${1 + draw.below(6)}, 1))`]
        : []),
    ]);
  const comparison = (): string =>
    `${number()} * ${count()} ${draw.choice(['<', '>=', '=', '!='])} ${number()} * ${count()} + ${number()}`;
  return withAlphabet(alphabet, `accept ${comparison()} ${draw.choice(['and', 'or', '=>'])} ${comparison()}`);
}

/** With more states than are needed: a copy of the automaton in which something else accepts, reached late or never. */
function unrolled(automaton: Automaton, draw: Rng): Automaton {
  const { alphabet, start, accepting, transitions } = automaton;
  const [states, copies] = [transitions.length, 2 + draw.below(30)];
  const last = Math.min(copies - 1, draw.below(copies + 5));
  return {
    alphabet,
    start,
    accepting: Array.from({ length: copies }, (_, copy) =>
      (copy === last ? [...transitions.keys()].filter((state) => !accepting.includes(state)) : accepting).map(
        (state) => copy * states + state,
      ),
    ).flat(),
    transitions: Array.from({ length: copies }, (_, copy) =>
      transitions.map((row) => row.map((to) => Math.min(copy + 1, copies - 1) * states + to)),
    ).flat(),
  };
}

/** One transition, state or symbol is another. */
function confused(automaton: Automaton, draw: Rng): Automaton {
  const { alphabet, accepting, transitions } = automaton;
  const state = draw.below(transitions.length);
  switch (draw.below(4)) {
    case 0:
      transitions[state][draw.below(alphabet.length)] = draw.below(transitions.length + 1);
      return automaton;
    case 1:
      return {
        ...automaton,
        accepting: accepting.includes(state)
          ? accepting.filter((one) => one !== state)
          : [...accepting, state],
      };
    case 2:
      return { ...automaton, alphabet: alphabet.toReversed() };
    default:
      return { ...automaton, start: state };
  }
}

/** Alphabets that look the same when they are joined, or on a screen; and symbols that are reserved. */
function confusable({ evidence, name }: Subject, draw: Rng): Fields {
  const automaton = structuredClone(evidence.automaton) as unknown as Automaton;
  const { alphabet } = automaton;
  const other = draw.choice([
    [alphabet.join(' ')],
    [alphabet.join('')],
    alphabet.map((one) => `${one}\u200b`),
    alphabet.map((one) => one.replace('a', '\u0430')),
    alphabet.map((one) => `${one}\u00a0`),
    [...alphabet.slice(1), '<eos>'],
    [...alphabet, '<bos>'],
    ['__proto__', ...alphabet.slice(1)],
  ]);
  const oneState = {
    alphabet: other,
    start: 0,
    accepting: draw.choice([[0], []]),
    transitions: [other.map(() => 0)],
  };
  const program = withAlphabet(
    draw.choice([alphabet, other]),
    `accept ${oneState.accepting.length > 0 ? 'true' : 'false'} // ${name}`,
  );
  return programEvidence(program, oneState);
}

/** A well-typed program of no great depth. */
function randomProgram(alphabet: readonly string[], fragment: string, draw: Rng): string {
  const one = (): string => `'${draw.choice(alphabet)}'`;
  const truth = (depth: number): string => {
    const positions =
      fragment === 'pos' ? [`prev ${one()}`, `mod(${2 + draw.below(3)}, ${draw.below(3)})`] : [];
    if (depth === 0) return draw.choice([one(), one(), 'true', ...positions]);
    const inner = (): string => truth(depth - 1);
    switch (draw.below(6)) {
      case 0:
        return `not (${inner()})`;
      case 1:
        return `((${inner()}) ${draw.choice(['and', 'or', '=', '=>'])} (${inner()}))`;
      case 2:
        return `(${draw.choice(['exists', 'forall', 'exists[j<i]'])} (${inner()}))`;
      default:
        return `(${count(depth - 1)} ${draw.choice(['<', '<=', '=', '!='])} ${draw.choice([count(depth - 1), String(draw.below(4))])})`;
    }
  };
  const count = (depth: number): string =>
    `#${draw.choice(['', '', '[j<i]', ...(fragment === 'pos' ? ['[j=i-1]', '[i-3<=j<i]'] : [])])} (${truth(depth)})${draw.choice(['', '', ` - # (${truth(0)})`, ` + # (${truth(0)})`])}`;
  return withAlphabet(alphabet, `accept ${truth(3)}`);
}

// Out

/** States that are said not to be told apart: components, classes and sums that only look the part. */
function outEvidence(subject: Subject, draw: Rng): [string, Fields] {
  const automaton = automatonOf(subject);
  if (draw.below(3) === 0) return ['a language that differs in long strings only', lengthened(subject, draw)];
  const inseparable = inseparableFor(automaton, automaton.transitions, draw);
  return [
    'states said to be inseparable',
    { kind: 'inseparable', automaton: automaton as unknown as Json, inseparable },
  ];
}

function blocksEvidence(subject: Subject, draw: Rng): [string, Fields] {
  const automaton = automatonOf(subject);
  const { alphabet, transitions } = automaton;
  const word = (length: number): string[] => Array.from({ length }, () => draw.choice(alphabet));
  // A power of any word does the same twice as once.
  const root = word(1 + draw.below(3));
  const idempotent = Array.from({ length: draw.choice([1, 2, 6, 12]) }, () => root).flat();
  const words = Array.from({ length: 1 + draw.below(3) }, () =>
    word(draw.below(10) === 0 ? 1 : idempotent.length),
  );
  const after = (from: number, letters: readonly string[]): number =>
    letters.reduce((state, one) => transitions[state][alphabet.indexOf(one)], from);
  const overBlocks = [...transitions.keys()].map((state) =>
    words.map((one) => after(after(state, one), idempotent)),
  );
  const inseparable = inseparableFor(automaton, overBlocks, draw);
  const blocks = { idempotent, words };
  return ['blocks', { kind: 'blocks', automaton: automaton as unknown as Json, blocks, inseparable }];
}

/** A component that is one, and what leads to it and from it; the sums of equations are made up. */
function inseparableFor(
  { alphabet, start, accepting, transitions }: Automaton,
  edges: number[][],
  draw: Rng,
): Fields {
  const state = (): number => draw.below(transitions.length);
  const componentOf = (one: number): number[] =>
    [...wordsFrom(one, edges).keys()].filter((other) => wordsFrom(other, edges).has(one));
  const firsts = Array.from({ length: 8 }, state);
  const first = firsts.find((one) => componentOf(one).length > 1) ?? firsts[0];
  const component = componentOf(first);
  if (draw.below(10) === 0) component.push(state());
  const second = component.find((one) => one !== first && draw.below(2) === 0) ?? draw.choice(component);
  const classes = component.map(() => (draw.below(4) === 0 ? 1 : 0));
  const between = (): number[] => [draw.choice(component), draw.below(edges[0].length)];
  const inside = Array.from({ length: 30 }, between).filter(([from, letter]) =>
    component.includes(edges[from]?.[letter]),
  );
  const combinations = component.slice(1).map((one, i) => ({
    states: draw.choice([
      [component[i], one],
      [component[0], one],
    ]),
    denominator: draw.choice(['1', '1', '1', '2', '0', '-1', '00']),
    edges: inside
      .slice(0, draw.below(6))
      .map(([from, letter]) => [
        from,
        letter,
        draw.choice(['1', '-1', '2', '0', '-0', `1${'0'.repeat(40)}`]),
      ]),
  }));
  const accepts = (from: number, word: readonly number[]): boolean =>
    accepting.includes(word.reduce((at, letter) => transitions[at][letter], from));
  const distinguishing = [
    [],
    ...Array.from({ length: 40 }, () =>
      Array.from({ length: 1 + draw.below(5) }, () => draw.below(alphabet.length)),
    ),
  ].find((word) => accepts(first, word) !== accepts(second, word));
  return {
    component,
    classes,
    combinations,
    pair: [first, second],
    access: (wordsFrom(start, transitions).get(first) ?? []).map((letter) => alphabet[letter]),
    distinguishing: (distinguishing ?? []).map((letter) => alphabet[letter]),
  };
}

/** The states that are reached, each with a shortest word. */
function wordsFrom(from: number, edges: readonly (readonly number[])[]): Map<number, number[]> {
  const words = new Map<number, number[]>([[from, []]]);
  for (const [state, word] of words) {
    edges[state].forEach((to, letter) => {
      if (!words.has(to)) words.set(to, [...word, letter]);
    });
  }
  return words;
}

/** Evidence for a language that is out and has the same short strings. */
function lengthened(subject: Subject, draw: Rng): Fields {
  const { alphabet } = automatonOf(subject);
  const all = `(${alphabet.join('|')})`;
  const [first] = alphabet;
  const longer = `(${subject.name})|${all}{${3 + draw.below(6)}}(${draw.choice([`(${first}${first})*`, `${all}*${first}${first}`])})`;
  const { certificate } = predictExpression(longer, { alphabet });
  return JSON.parse(JSON.stringify(certificate?.evidence ?? { kind: 'inseparable' })) as Fields;
}
