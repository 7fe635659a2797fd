import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOSTILE_NUMBERS, HOSTILE_TEXTS } from '../../../test/transforms.ts';
import { answerOf, asksOf } from './run.ts';
import type { ListExpression, ListsExpression, Transform } from './transform.ts';

const source: ListExpression = { op: 'source' };
const answer: ListExpression = { op: 'answer', ask: 0 };
const words = (text: string): string[] => (text === '' ? [] : text.split(' '));

/** What comes of a list by an expression over the one answer. */
function of(answered: readonly string[] | null, expression: ListExpression, about: readonly string[] = []) {
  return answerOf({ asks: [{ task: 'copy', source }], answer: expression }, [answered], about, null);
}

/** A list of any symbols. */
const lists = fc.array(
  fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE_TEXTS, ...HOSTILE_NUMBERS)),
);

describe('what operations mean', () => {
  it.each<[string, ListExpression, string | null]>([
    ['a b c', { op: 'reverse', of: answer }, 'c b a'],
    ['', { op: 'reverse', of: answer }, ''],
    ['a b', { op: 'number', of: answer }, '1:a 2:b'],
    ['a b c d e f g h i j', { op: 'number', of: answer }, '1:a 2:b 3:c 4:d 5:e 6:f 7:g 8:h 9:i 10:j'],
    ['1:a 2:b', { op: 'unnumber', of: answer }, 'a b'],
    ['', { op: 'unnumber', of: answer }, ''],
    ['1:1:a 2::', { op: 'unnumber', of: answer }, '1:a :'],
    ['2:a 1:b', { op: 'unnumber', of: answer }, null],
    ['1:a 3:b', { op: 'unnumber', of: answer }, null],
    ['0:a 1:b', { op: 'unnumber', of: answer }, null],
    ['1:a b', { op: 'unnumber', of: answer }, null],
    ['1', { op: 'unnumber', of: answer }, null],
    ['a b', { op: 'twice', of: answer, mark: ';' }, 'a b ; a b'],
    ['a b', { op: 'padded', of: answer, mark: ';', filler: '.' }, 'a b ; . .'],
    ['a b', { op: 'last', of: answer }, 'b'],
    ['', { op: 'last', of: answer }, null],
    ['a b', { op: 'agree', of: answer, with: answer }, 'a b'],
    ['a b', { op: 'agree', of: answer, with: { op: 'reverse', of: answer } }, null],
    ['a b', { op: 'agree', of: answer, with: { op: 'last', of: answer } }, null],
    ['', { op: 'agree', of: answer, with: answer }, ''],
  ])('%j, %j: %j', (list, expression, right) => {
    expect(of(words(list), expression)).toEqual(right === null ? null : words(right));
  });

  it.each<[string, string | null, string | null, string | null]>([
    // the list, what is there, left of it, right of it, among a b c
    ['1', 'a', null, 'b'],
    ['2', 'b', 'a', 'c'],
    ['3', 'c', 'b', null],
    ['3:c', 'c', 'b', null],
    ['3:', 'c', 'b', null],
    ['3:1:a', 'c', 'b', null],
    ['4', null, null, null],
    ['0', null, null, null],
    ['-1', null, null, null],
    ['c', null, null, null],
    [':', null, null, null],
    ['2 2', null, null, null],
    ['', null, null, null],
  ])('the place %j: %j; left of it %j, right of it %j', (list, there, left, right) => {
    const among = ['a', 'b', 'c'];
    const found = [
      of(words(list), { op: 'at', of: answer, among: source }, among),
      of(words(list), { op: 'neighbour', of: answer, among: source, side: 'left' }, among),
      of(words(list), { op: 'neighbour', of: answer, among: source, side: 'right' }, among),
    ];
    expect(found).toEqual([there, left, right].map((symbol) => (symbol === null ? null : [symbol])));
  });

  it('without an answer, nothing is made of it', () => {
    const made: ListExpression[] = [
      answer,
      { op: 'reverse', of: answer },
      { op: 'number', of: answer },
      { op: 'twice', of: answer, mark: ';' },
      { op: 'at', of: source, among: answer },
      { op: 'agree', of: source, with: answer },
    ];
    for (const expression of made) expect(of(null, expression, ['1'])).toBeNull();
  });

  it('numbers are ASCII digits without a leading zero, and nothing else is one', () => {
    const among = Array.from({ length: 12 }, (_, i) => `symbol ${i + 1}`);
    const places = HOSTILE_NUMBERS.filter(
      (text) => of([text], { op: 'at', of: answer, among: source }, among) !== null,
    );
    expect(places).toEqual(['1', '2', '3', '12']);
    const firsts = HOSTILE_NUMBERS.filter(
      (text) => of([`${text}:a`], { op: 'unnumber', of: answer }) !== null,
    );
    expect(firsts).toEqual(['1']);
  });
});

describe('whole transformations', () => {
  const reversed: ListExpression = { op: 'reverse', of: source };

  it('reverse: the copy of the reversed source, read backwards', () => {
    const transform: Transform = {
      asks: [{ task: 'UR', source: reversed }],
      answer: { op: 'reverse', of: answer },
    };
    expect(asksOf(transform, words('a b c'), 'b')).toEqual([
      { task: 'UR', source: words('c b a'), query: 'b' },
    ]);
    expect(answerOf(transform, [words('c b a')], words('a b c'), 'b')).toEqual(words('a b c'));
    expect(answerOf(transform, [null], words('a b c'), 'b')).toBeNull();
  });

  it('number: a symbol left out is seen', () => {
    const transform: Transform = {
      asks: [{ task: 'copy', source: { op: 'number', of: source } }],
      answer: { op: 'unnumber', of: answer },
    };
    expect(asksOf(transform, words('a a'), null)).toEqual([
      { task: 'copy', source: words('1:a 2:a'), query: null },
    ]);
    expect(answerOf(transform, [words('1:a 2:a')], words('a a'), null)).toEqual(words('a a'));
    expect(answerOf(transform, [words('1:a 3:a')], words('a a a'), null)).toBeNull();
  });

  it('chunks of the reversed source: the last is shorter, each answer as long as its chunk', () => {
    const transform: Transform = {
      asks: [{ task: 'copy', source: { op: 'chunks', of: reversed, size: 2 } }],
      answer: { op: 'reverse', of: { op: 'join', ask: 0 } },
    };
    const about = words('a b c d e');
    expect(asksOf(transform, about, null).map((asked) => asked.source.join(' '))).toEqual([
      'e d',
      'c b',
      'a',
    ]);
    expect(answerOf(transform, [words('e d'), words('c x'), ['a']], about, null)).toEqual(words('a x c d e'));
    expect(answerOf(transform, [words('e d'), ['c'], ['a']], about, null)).toBeNull();
    expect(answerOf(transform, [words('e d'), ['c'], words('b a')], about, null)).toBeNull();
    expect(answerOf(transform, [words('e d'), null, ['a']], about, null)).toBeNull();
    expect(asksOf(transform, [], null)).toEqual([]);
    expect(answerOf(transform, [], [], null)).toEqual([]);
  });

  it('both ways, the second in chunks: an answer where they agree', () => {
    const transform: Transform = {
      asks: [
        { task: 'copy', source: { op: 'chunks', of: reversed, size: 2 } },
        { task: 'whole', source },
        { task: 'copy', source: { op: 'chunks', of: source, size: 3 } },
      ],
      answer: {
        op: 'agree',
        of: { op: 'answer', ask: 1 },
        with: {
          op: 'agree',
          of: { op: 'reverse', of: { op: 'join', ask: 0 } },
          with: { op: 'join', ask: 2 },
        },
      },
    };
    const about = words('a b c d');
    const right = ['d c', 'b a', 'a b c d', 'a b c', 'd'].map(words);
    expect(asksOf(transform, about, null).map((asked) => asked.source)).toEqual(right);
    expect(answerOf(transform, right, about, null)).toEqual(about);
    expect(answerOf(transform, right.with(1, words('b x')), about, null)).toBeNull();
    expect(answerOf(transform, right.with(2, words('a b c x')), about, null)).toBeNull();
  });

  it('a place cited: code looks up what is left of it', () => {
    const transform: Transform = {
      asks: [{ task: 'place', source: { op: 'number', of: source } }],
      answer: { op: 'neighbour', of: answer, among: source, side: 'left' },
    };
    expect(asksOf(transform, words('x y z'), 'y')).toEqual([
      { task: 'place', source: words('1:x 2:y 3:z'), query: 'y' },
    ]);
    expect(answerOf(transform, [['2:y']], words('x y z'), 'y')).toEqual(['x']);
    expect(answerOf(transform, [['1:x']], words('x y z'), 'x')).toBeNull();
  });

  it('where an ask has no source, nothing is asked and there is no answer', () => {
    const transform: Transform = {
      asks: [
        { task: 'copy', source },
        { task: 'copy', source: { op: 'last', of: source } },
      ],
      answer,
    };
    expect(asksOf(transform, [], null)).toEqual([]);
    expect(answerOf(transform, [], [], null)).toBeNull();
    expect(answerOf(transform, [['a'], ['a']], ['a'], null)).toEqual(['a']);
  });
});

describe('properties', () => {
  it('numbering and taking the numbers off is the identity; so is reversing twice', () => {
    fc.assert(
      fc.property(lists, (list) => {
        expect(of(list, { op: 'unnumber', of: { op: 'number', of: answer } })).toEqual(list);
        expect(of(list, { op: 'reverse', of: { op: 'reverse', of: answer } })).toEqual(list);
      }),
    );
  });

  it('chunks that are copied and joined are the list; none is empty or too long', () => {
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 12 }), (list, size) => {
        const chunks: ListsExpression = { op: 'chunks', of: source, size };
        const transform: Transform = {
          asks: [{ task: 'copy', source: chunks }],
          answer: { op: 'join', ask: 0 },
        };
        const parts = asksOf(transform, list, null).map((asked) => asked.source);
        for (const part of parts.slice(0, -1)) expect(part).toHaveLength(size);
        expect(parts).toHaveLength(Math.ceil(list.length / size));
        expect(answerOf(transform, parts, list, null)).toEqual(list);
      }),
    );
  });

  it('a list agrees with itself only; its last symbol is at its length', () => {
    fc.assert(
      fc.property(lists, lists, (list, other) => {
        const agreed = of(list, { op: 'agree', of: answer, with: source }, other);
        expect(agreed).toEqual(JSON.stringify(list) === JSON.stringify(other) ? list : null);
        const last = of([String(list.length)], { op: 'at', of: answer, among: source }, list);
        expect(last).toEqual(of(list, { op: 'last', of: answer }));
      }),
    );
  });
});

describe('errors', () => {
  it('more or fewer answers than questions', () => {
    const transform: Transform = { asks: [{ task: 'copy', source }], answer };
    expect(() => answerOf(transform, [], ['a'], null)).toThrow('expected 1 answers, got 0');
    expect(() => answerOf(transform, [['a'], ['a']], ['a'], null)).toThrow('expected 1 answers, got 2');
  });

  it.each<[Transform, string]>([
    [{ asks: [{ task: 'copy', source: { op: 'reverse', of: answer } }], answer }, 'made of answers'],
    [{ asks: [{ task: 'copy', source }], answer: { op: 'answer', ask: 1 } }, 'there is no ask 1'],
    [{ asks: [{ task: 'copy', source }], answer: { op: 'answer', ask: 0.5 } }, 'there is no ask 0.5'],
    [{ asks: [{ task: 'copy', source }], answer: { op: 'join', ask: 0 } }, 'has one answer'],
    [
      { asks: [{ task: 'copy', source: { op: 'chunks', of: source, size: 2 } }], answer },
      'has several answers',
    ],
    [
      { asks: [{ task: 'copy', source: { op: 'chunks', of: source, size: 0 } }], answer: source },
      'chunks of 0',
    ],
    [{ asks: [{ task: 'copy', source: { op: 'chunks', of: source, size: 1.5 } }], answer: source }, 'of 1.5'],
  ])('%j: %s', (transform, said) => {
    expect(() => asksOf(transform, ['a'], null)).toThrow(said);
    expect(() => answerOf(transform, [['a']], ['a'], null)).toThrow(said);
  });
});
