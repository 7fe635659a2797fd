/** Transformations, samples and answers drawn at random, for comparing what does them: in the process, in TypeScript, in Python. */
import type { Rng } from '../src/common/random.ts';
import { asksOf } from '../src/fix/transform/run.ts';
import type { Ask, ListExpression, ListsExpression, Transform } from '../src/fix/transform/transform.ts';

/** What some program takes for something else: names, marks, escapes, halves of characters, line ends. */
export const HOSTILE_TEXTS: readonly string[] = [
  ...[
    '',
    ' ',
    'a b',
    '\t',
    '\n',
    '\r\n',
    'line\n',
    '\u0085',
    '\v',
    '\f',
    '\u2028',
    '\u2029',
    '\0',
    '\u001b[31m',
  ],
  ...[
    'toString',
    '__proto__',
    'constructor',
    'None',
    'null',
    'True',
    'NaN',
    'import os',
    '{source}',
    '${source}',
  ],
  ...[
    '"',
    "'",
    '`',
    '\\',
    '\\n',
    '\\"',
    '"""',
    "'''",
    '*/',
    '/*',
    '//',
    '#',
    '";x="',
    "'+'",
    '\\u0041',
    '%s',
    '{}',
  ],
  ...[
    'é',
    'e\u0301',
    '😀',
    '\ud83d',
    '\ude00',
    '\ude00\ud83d',
    '\ufeff',
    '\u202e',
    'ﬀ',
    'İ',
    'ß',
    '中',
    '\u{10ffff}',
  ],
  ...['-*- coding: rot13 -*-', '@ts-nocheck', '<script>', ':', '::', '1:2:3'],
];

/** What some program reads as a number, or nearly: only `1`, `2`, `3` and `12` are places here. */
export const HOSTILE_NUMBERS: readonly string[] = [
  ...[
    '1',
    '2',
    '3',
    '12',
    '0',
    '00',
    '01',
    '1.0',
    '1.',
    '1e0',
    '0x1',
    '0b1',
    '+1',
    '-1',
    '-0',
    ' 1',
    '1 ',
    '1\n',
    '\u00a01',
  ],
  ...[
    '1_0',
    '1,0',
    '３',
    '٣',
    '३',
    '²',
    '①',
    '3\u0301',
    '3\u200b',
    '\ufeff1',
    '9'.repeat(30),
    '9'.repeat(5000),
    'Infinity',
  ],
];

const SYMBOLS = ['a', 'b', 'c', 'd', '1', '2', '1:a', '2:b', ...HOSTILE_TEXTS];
const TASKS = ['copy', 'copy-backwards', 'UR', ...HOSTILE_TEXTS];
const source: ListExpression = { op: 'source' };

/** A transformation: every other one is such as people use, the others are whatever the types allow. */
export function drawTransform(rng: Rng, texts: readonly string[] = SYMBOLS): Transform {
  return rng.below(2) === 0 ? drawUseful(rng, texts) : drawAny(rng, texts);
}

export function drawSource(rng: Rng): string[] {
  const length = rng.below(8) === 0 ? 0 : rng.below(14);
  return Array.from({ length }, () => rng.choice(rng.below(3) === 0 ? SYMBOLS : ['a', 'b', 'c']));
}

/** Answers to the questions about a sample: right ones of one who copies, and all kinds of others; seldom too many or too few. */
export function drawAnswers(
  rng: Rng,
  transform: Transform,
  list: readonly string[],
): (readonly string[] | null)[] {
  const right = rng.below(3) === 0;
  const answers = asksOf(transform, list, null).map((asked) =>
    right ? asked.source : drawAnswer(rng, asked.source),
  );
  if (rng.below(40) === 0) return rng.below(2) === 0 ? answers.slice(1) : [...answers, []];
  return answers;
}

function drawAnswer(rng: Rng, right: readonly string[]): readonly string[] | null {
  const at = rng.below(right.length + 1);
  const numbered = right.map((symbol, i) => `${i + 1}:${symbol}`);
  const put = (list: readonly string[], symbol: string) => list.with(Math.min(at, list.length - 1), symbol);
  const none = right.length === 0;
  switch (rng.below(none ? 4 : 12)) {
    case 0:
      return null;
    case 1:
      return drawSource(rng);
    case 2: // a place cited, or what is none
      return [rng.choice(HOSTILE_NUMBERS) + (rng.below(2) === 0 ? '' : `:${rng.choice(SYMBOLS)}`)];
    case 3:
      return [String(at)];
    case 4:
      return right.toReversed();
    case 5:
      return right.slice(0, at);
    case 6:
      return [...right, rng.choice(SYMBOLS)];
    case 7:
      return put(right, rng.choice(SYMBOLS));
    case 8:
      return put(numbered, `${rng.choice(HOSTILE_NUMBERS)}:${rng.choice(SYMBOLS)}`);
    case 9:
      return put(right, `${rng.choice(HOSTILE_NUMBERS)}:${rng.choice(SYMBOLS)}`);
    case 10:
      return numbered;
    default:
      return right;
  }
}

function drawUseful(rng: Rng, texts: readonly string[]): Transform {
  const first: ListExpression = { op: 'answer', ask: 0 };
  const second: ListExpression = { op: 'answer', ask: 1 };
  const reversed: ListExpression = { op: 'reverse', of: source };
  const task = rng.choice(
    TASKS.filter((name) => texts === SYMBOLS || texts.includes(name) || name === 'copy'),
  );
  const mark = rng.choice(texts);
  const lists: ListsExpression = { op: 'chunks', of: reversed, size: 1 + rng.below(6) };
  const useful: Transform[] = [
    { asks: [{ task, source: reversed }], answer: { op: 'reverse', of: first } },
    { asks: [{ task, source: { op: 'number', of: source } }], answer: { op: 'unnumber', of: first } },
    { asks: [{ task, source: lists }], answer: { op: 'reverse', of: { op: 'join', ask: 0 } } },
    {
      asks: [
        { task, source },
        { task, source: reversed },
      ],
      answer: { op: 'agree', of: first, with: { op: 'reverse', of: second } },
    },
    {
      asks: [
        { task, source: { ...lists, of: source } },
        { task, source: lists },
      ],
      answer: {
        op: 'agree',
        of: { op: 'join', ask: 0 },
        with: { op: 'reverse', of: { op: 'join', ask: 1 } },
      },
    },
    {
      asks: [{ task, source: { op: 'last', of: source } }],
      answer: { op: 'at', of: first, among: source },
    },
    {
      asks: [{ task, source: { op: 'twice', of: source, mark } }],
      answer: { op: 'neighbour', of: first, among: source, side: rng.below(2) === 0 ? 'left' : 'right' },
    },
    {
      asks: [{ task, source: { op: 'number', of: { op: 'padded', of: source, mark, filler: mark } } }],
      answer: {
        op: 'agree',
        of: { op: 'last', of: { op: 'unnumber', of: first } },
        with: { op: 'last', of: source },
      },
    },
  ];
  return rng.choice(useful);
}

function drawAny(rng: Rng, texts: readonly string[]): Transform {
  const asks = Array.from({ length: 1 + rng.below(3) }, (): Ask => {
    const list = drawList(rng, texts, 3, [source]);
    const size = 1 + rng.below(6);
    return { task: rng.choice(texts), source: rng.below(3) === 0 ? { op: 'chunks', of: list, size } : list };
  });
  const answers = asks.map((ask, at): ListExpression => {
    return { op: ask.source.op === 'chunks' ? 'join' : 'answer', ask: at };
  });
  return { asks, answer: drawList(rng, texts, 4, [source, ...answers, ...answers]) };
}

function drawList(
  rng: Rng,
  texts: readonly string[],
  depth: number,
  leaves: readonly ListExpression[],
): ListExpression {
  if (depth === 0) return rng.choice(leaves);
  const list = () => drawList(rng, texts, rng.below(depth), leaves);
  const of = list();
  const draws: readonly (() => ListExpression)[] = [
    () => of,
    () => ({ op: 'reverse', of }),
    () => ({ op: 'number', of }),
    () => ({ op: 'unnumber', of }),
    () => ({ op: 'unnumber', of: { op: 'number', of } }),
    () => ({ op: 'twice', of, mark: rng.choice(texts) }),
    () => ({ op: 'padded', of, mark: rng.choice(texts), filler: rng.choice(texts) }),
    () => ({ op: 'neighbour', of, among: list(), side: rng.below(2) === 0 ? 'left' : 'right' }),
    () => ({ op: 'at', of: { op: 'last', of }, among: list() }),
    () => ({ op: 'last', of }),
    () => ({ op: 'agree', of, with: list() }),
    () => ({ op: 'agree', of, with: { op: 'reverse', of: { op: 'reverse', of } } }),
  ];
  return rng.choice(draws)();
}
