/** Construction: evidence made for a lie about a task, and programs that are wrong for one that is in. */
import type { Rng } from '../../src/common/random.ts';
import { instantiate, SCHEMAS } from '../../src/predict/tasks/schemas.ts';
import type { Attempt } from './attempt.ts';
import { attempt } from './attempt.ts';
import { depthOf } from './depth.ts';
import type { Fields } from './sealed.ts';
import { certificateFor, kindOf } from './sealed.ts';
import type { Subject } from './subjects.ts';
import { lieAbout } from './subjects.ts';

/** A lie about a task, by one of the ways that suit it. `others`: evidence for languages and tasks that are out. */
export function aboutTask(subject: Subject, others: readonly Subject[], draw: Rng): Attempt {
  const claim = lieAbout(subject);
  if (claim.verdict === 'out') {
    const ofFragment = others.filter(
      ({ right, evidence }) =>
        right.fragment === claim.fragment && right.verdict === 'out' && evidence.kind !== 'index-embedding',
    );
    const copies = subject.name.endsWith('F') || subject.name.endsWith('B');
    const evidence =
      copies && draw.below(10) > 0 ? embedding(draw) : reduction(draw.choice(ofFragment), subject.name, draw);
    return attempt(`construction: ${kindOf(evidence)}`, certificateFor(claim, evidence));
  }
  const ways =
    subject.name === 'flip-flop' ? [lastBit] : [bounded, switched, named, manySymbols, huge, known];
  const copying = subject.name === 'NF' || subject.name === 'NB';
  const schema = draw.choice(copying ? [copiedShort, switched, known] : ways)(claim.fragment, draw);
  return attempt(
    'construction: a program for a task that is out',
    certificateFor(claim, taskProgram(schema, subject.name, draw)),
  );
}

/** A program for a task that is in, wrong somewhere: in long sources, in large alphabets, for one symbol's name. */
export function wrongProgram(subject: Subject, draw: Rng): Attempt | null {
  const { schema, kind } = subject.evidence;
  if (kind !== 'task-program' || typeof schema !== 'string') return null;
  const wrong = draw.choice(FLAWS)(schema, draw);
  return {
    ...attempt(
      'construction: a program that is wrong somewhere',
      certificateFor(subject.right, taskProgram(wrong, subject.name, draw)),
    ),
    wrongFor: subject.name,
  };
}

function taskProgram(schema: string, task: string, draw: Rng): Fields {
  const symbols = task === 'flip-flop' ? ['w', 'r', 'i', '0', '1'] : ['sym1', 'sym2'];
  const depth = depthOf(instantiate(schema, symbols));
  return { kind: 'task-program', schema, depth: draw.below(20) === 0 ? depth + 1 : depth };
}

/** Each adds to a right program what it should not do. */
const FLAWS: ((schema: string, draw: Rng) => string)[] = [
  (schema, draw) => `${schema}next['<eos>'] := # true = ${draw.choice([9, 20, 33, 64, 90, 200])}\n`,
  (schema, draw) => `${schema}next[t] := # Q[t] >= ${draw.choice([7, 12, 24, 25, 60])}\n`,
  (schema, draw) =>
    `${schema}next['<bos>'] := mod(${draw.choice([5040, 5039, 97, 64])}, ${draw.below(60)}) and # true > 30\n`,
  (schema, draw) => `${schema}next['<sep>'] := prev(${draw.choice([8, 30, 63, 64, 65, 100])}, '<bos>')\n`,
  (schema, draw) =>
    `${schema}next['<bos>'] := ${distinct(draw.choice([3, 4, 5]), (s) => `exists Q[${s}]`)}\n`,
  (schema, draw) =>
    `${schema}let Many := ${distinct(draw.choice([3, 4, 5]), (s) => `ne(${s}, '<eos>')`)}\nnext['<bos>'] := Many\n`,
  (schema) =>
    `${schema}next['<bos>'] := any s, t: lt(s, t) and exists (Q[t] and exists Q[s]) and # true > 9\n`,
  (schema) => `${schema}next['<eos>'] := 2147483647 * # true > 2147483647 * 40\n`,
];

/** Different symbols of the task, each with a property. */
function distinct(count: number, property: (symbol: string) => string): string {
  const names = Array.from({ length: count }, (_, i) => `v${i}`);
  const differ = names.flatMap((one, i) => [
    ...names.slice(0, i).map((other) => `ne(${one}, ${other})`),
    `ne(${one}, '<bos>')`,
    `ne(${one}, '<sep>')`,
  ]);
  return `(any ${names.join(', ')}: ${[...differ, ...names.map(property)].join(' and ')})`;
}

/** What finds the neighbour of the occurrence at which the query has come `times` times. */
function neighbour(left: boolean, fragment: string, times: number): string {
  if (fragment === 'pos') {
    const occurrence = `Q[s] and # Q[s] = ${times}`;
    return left ? `exists (${occurrence} and prev Q[t])` : `exists (Q[t] and prev (${occurrence}))`;
  }
  // Without positions, the right neighbour is where that many have come before for the first time; the left one is guessed.
  const first = `first (#[j<i] Q[s] = ${times})`;
  return left
    ? `exists (Q[t] and ${first.replace(`= ${times}`, `= ${times - 1}`)})`
    : `exists (Q[t] and ${first})`;
}

/** Finds the last occurrence as long as there are few: by how often the query has come at each place. */
function bounded(fragment: string, draw: Rng): string {
  const most = draw.choice([2, 3, 7, 8, 20, 26]);
  const left = draw.below(2) === 0;
  const times = Array.from({ length: most }, (_, i) => i + 1);
  const isLast = draw.choice([
    (n: number) => `# Q[s] = ${n + 1}`,
    (n: number) => `# Q[s] > ${n} and not # Q[s] > ${n + 1}`,
  ]);
  const cases = times.map((n) => `(${isLast(n)} and ${neighbour(left, fragment, n)})`);
  const beyond = `(# Q[s] > ${most + 1} and ${neighbour(left, fragment, draw.choice([1, most]))})`;
  return `next[t] := any s: Q[s] and (${[...cases, beyond].join(' or ')})\n`;
}

/** The same for the bit behind the last w. */
function lastBit(fragment: string, draw: Rng): string {
  const times = Array.from({ length: draw.choice([2, 5, 25]) }, (_, i) => i + 1);
  const bit = (n: number): string =>
    fragment === 'pos'
      ? `exists (Q[t] and prev ('w' and # 'w' = ${n}))`
      : `exists (Q[t] and first (#[j<i] 'w' = ${n}))`;
  const cases = times.map((n) => `(# 'w' = ${n} and ${bit(n)})`);
  const beyond = `(# 'w' > ${times.length} and ${draw.choice([bit(1), bit(times.length), `# Q[t] > # '0'`])})`;
  return `next[t in {'0' '1'}] := ${[...cases, beyond].join(' or ')}\n`;
}

function known(_: string, draw: Rng): string {
  return draw.choice(Object.values(SCHEMAS));
}

/** Does one thing in short sources and another in long ones. */
function switched(fragment: string, draw: Rng): string {
  const schema = bounded(fragment, draw);
  const length = draw.choice([9, 24, 40]);
  return `${schema.replace('next[t] := ', `let Short := # true < ${length}\nnext[t] := Short and (`).trimEnd()})
next[t] := not Short and any s: Q[s] and ${neighbour(draw.below(2) === 0, fragment, 1)}\n`;
}

/** Names symbols that the checker might use. */
function named(fragment: string, draw: Rng): string {
  const name = draw.choice(['sym1', 'sym2', '<bos>', '<sep>', '<eos>']);
  return `let Named := exists '${name}'\n${bounded(fragment, draw).replace('next[t] := ', 'next[t] := Named and ')}`;
}

function manySymbols(fragment: string, draw: Rng): string {
  const many = `let Many := ${distinct(draw.choice([3, 4, 5]), (s) => `exists Q[${s}]`)}\n`;
  return many + bounded(fragment, draw).replace('next[t] := any s: ', 'next[t] := any s: not Many and ');
}

/** Counts times numbers as large as the caps allow. */
function huge(fragment: string, draw: Rng): string {
  const factor = draw.choice([2 ** 28, 2 ** 27 + 1, 2 ** 20]);
  return `next[t] := any s: Q[s] and ${factor} * # Q[s] >= ${factor} * # Q[t] + ${draw.choice([0, 1, 2 ** 31 - 1])} and ${neighbour(draw.below(2) === 0, fragment, 2)}\n`;
}

/** Copies short sources by looking back. */
function copiedShort(_: string, draw: Rng): string {
  const lengths = Array.from({ length: draw.choice([3, 6, 8]) }, (_unused, i) => i + 1);
  return [
    "let Separated := exists '<sep>'",
    ...lengths.map((n) => `let Length${n} := # (not exists '<sep>') = ${n + 1}`),
    ...lengths.map((n) => `let End${n} := Length${n} and # Separated = ${n + 1}`),
    `next[t] := ${lengths.map((n) => `(Separated and Length${n} and not End${n} and prev(${n}, Q[t]))`).join(' or ')}`,
    `next['<eos>'] := ${lengths.map((n) => `End${n}`).join(' or ')}`,
    '',
  ].join('\n');
}

function embedding(draw: Rng): Fields {
  const length = draw.choice([1, 20, 64]);
  let counters = 0;
  while (BigInt(length + 1) ** BigInt(counters + 1) < 2n ** BigInt(length)) counters++;
  return {
    kind: 'index-embedding',
    zero: 'a',
    one: draw.choice(['a', 'b']),
    direction: draw.choice(['forward', 'backward']),
    excluded: [{ length, counters }],
  };
}

/** Some language that is out, written into instances somehow: as a task that is out has it, or at random. */
function reduction({ name, evidence }: Subject, task: string, draw: Rng): Fields {
  const genuine = evidence.kind === 'reduction' ? evidence : null;
  const out = (genuine?.evidence ?? evidence) as Fields;
  const { alphabet } = out.automaton as { alphabet: string[] };
  const word = (length: number): string[] => Array.from({ length }, () => draw.choice(['a', 'b', 'c']));
  const length = 1 + draw.below(2);
  const aroundQuery = (): string[] =>
    draw.choice([[], word(1), ['q', ...word(1)], [...word(1), 'q'], [...word(1), 'q', ...word(1)]]);
  const [prefix, suffix] = [aroundQuery(), aroundQuery()];
  const made = {
    kind: 'reduction',
    query: task === 'flip-flop' ? null : 'q',
    prefix,
    blocks: Object.fromEntries(
      alphabet.map((letter) => [letter, draw.below(6) === 0 ? ['q', ...word(length - 1)] : word(length)]),
    ),
    suffix,
    answer: draw.choice(['a', 'b', 'c']),
    expression: genuine === null ? name : genuine.expression,
    evidence: out,
  };
  const keys = ['prefix', 'suffix', 'answer', 'blocks', 'query'] as const;
  return genuine === null
    ? made
    : {
        ...genuine,
        ...Object.fromEntries(keys.filter(() => draw.below(4) === 0).map((key) => [key, made[key]])),
      };
}
