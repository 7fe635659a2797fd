/** What values mean that programs wrote as texts; what is right here was printed by Python. */
import { describe, expect, it } from 'vitest';
import { processorTime } from '../../../test/processor-time.ts';
import { itemsInList, listItems, listText } from './list-items.ts';
import { unescaped } from './quoted.ts';
import { inTypeOf, isElidedText, onlySymbolIn, shownValue, textsIn } from './shown-value.ts';

describe('escapes between quotation marks', () => {
  it.each([
    [String.raw`caf\u00e9`, 'café'],
    [String.raw`\ud83d\ude00`, '😀'],
    [String.raw`\U0001f600`, '😀'],
    [String.raw`\xe9\t\"\'\/`, 'é\t"\'/'],
    [String.raw`\\`, '\\'],
    [String.raw`\\u00e9`, String.raw`\u00e9`],
    // No program writes these: the backslash is the model's.
    [String.raw`\alpha \d \u12`, String.raw`\alpha \d \u12`],
    [String.raw`half \ud83d`, 'half \ufffd'],
  ])('%s', (written, meant) => {
    expect(unescaped(written)).toBe(meant);
    for (const list of [`["${written}", "b"]`, `["b" , "${written}"]`]) {
      expect(listItems(list, ',')).toContain(meant);
      expect(textsIn(list)).toContain(meant);
      expect(shownValue(`deque(${list})`)).toContain(meant);
    }
    expect(listItems(`"${written}"; "b"`, ';')).toEqual([meant, 'b']);
  });

  it.each([
    [String.raw`["\\", "b"]`, ['\\', 'b']],
    [String.raw`['\\', '\\\\', "b"]`, ['\\', '\\\\', 'b']],
    [String.raw`'\\'; 'b'`, ['\\', 'b']],
    [String.raw`["a\"", "]", ",", "[b"]`, ['a"', ']', ',', '[b']],
    [`['it's', 'b']`, ["it's", 'b']],
    [`["a", "b",]`, ['a', 'b']],
    ['[1, 2, ]', ['1', '2']],
  ])('%s', (list, items) => {
    expect(listItems(list, list.includes(';') ? ';' : ',')).toEqual(items);
  });

  it('a list is written so that it is read as it is meant', () => {
    const symbols = ['\\', '"', "'", 'a\\', ', ', '\\"', '\\u0041'];
    for (const quote of ['"', "'"]) {
      const text = listText(symbols, { lead: `[${quote}`, joiner: `${quote}, ${quote}`, trail: `${quote}]` });
      expect(itemsInList(text, ',').map(({ item }) => item)).toEqual(symbols);
    }
    expect(listText(symbols, { lead: '', joiner: ' ', trail: '' })).toBe(symbols.join(' '));
  });
});

describe('what Python shows', () => {
  it.each([
    ['tf.Tensor([0 6], shape=(2,), dtype=int32)', ['0', '6']],
    ['tf.Tensor(\n[[0 6]], shape=(1, 2), dtype=int32)', ['0', '6']],
    ['<tf.Tensor: shape=(2,), dtype=int32, numpy=array([0, 6], dtype=int32)>', ['0', '6']],
    ["<tf.Variable 'Variable:0' shape=(2,) dtype=int32, numpy=array([0, 6], dtype=int32)>", ['0', '6']],
    [
      String.raw`<tf.Tensor: shape=(2,), dtype=string, numpy=array([b'caf\xc3\xa9', b'b'], dtype=object)>`,
      ['café', 'b'],
    ],
    ['Parameter containing:\ntensor([0., 6.], requires_grad=True)', ['0.', '6.']],
    ['tensor([0., 6.], grad_fn=<AddBackward0>)', ['0.', '6.']],
    ["array(['a', 'b'],\n      dtype='<U1')", ['a', 'b']],
    ["(np.str_('a'),)", ['a']],
    ['tf.Tensor(4, shape=(), dtype=int32)', '4'],
    ["np.str_('a')", 'a'],
    ['["a", "b"]', null],
    ['[a b]', null],
    ['array([0, 6]) and more', null],
    ['[array([0]), array([6])]', null],
    ['array([0, 6', null],
  ])('%j', (text, value) => {
    expect(shownValue(text)).toEqual(value);
  });

  it.each([
    ["('b',)", 'b'],
    ["[['b']]", 'b'],
    ['[4.0]', '4'],
    ["('b')", null],
    ['(4)', null],
    ['[9]', null],
    ["['b', 'c']", null],
  ])('the one symbol in %s', (text, symbol) => {
    expect(onlySymbolIn(text, ['b', '4'])).toBe(symbol);
  });

  it.each([
    [
      ['0.0', '6.0'],
      ['0', '6'],
      ['0', '6'],
    ],
    [
      ['0.', '99.'],
      ['0', '6'],
      ['0', '99'],
    ],
    [
      ['1.5', '3.0'],
      ['1.5', '3'],
      ['1.5', '3'],
    ],
    [
      ['4', '8'],
      ['4.0', '8.0'],
      ['4.0', '8.0'],
    ],
    // Of one type they would all be so.
    [
      ['0.0', '6'],
      ['0', '6'],
      ['0.0', '6'],
    ],
    [
      ['1.5', '3'],
      ['1.5', '3.0'],
      ['1.5', '3'],
    ],
    [
      ['0.5', 'a'],
      ['0', 'a'],
      ['0.5', 'a'],
    ],
  ])('%j among %j are %j', (items, symbols, typed) => {
    expect(inTypeOf(items, symbols)).toEqual(typed);
  });

  it('without its middle it is none', () => {
    for (const text of ['array([0, 1, ..., 8, 9])', "['a' 'b' ... 'z']", 'tensor([[0, 1, ..., 9]])']) {
      expect([isElidedText(text), shownValue(text)]).toEqual([true, null]);
    }
    expect(isElidedText('["a", "...", "b"]')).toBe(false);
  });

  it('long texts take time in proportion to their length', async () => {
    for (const part of [
      '[',
      '(',
      '["a",',
      'np.str_(',
      "'a' ",
      '"\\',
      'array([1, ',
      'x',
      'a.',
      'Parameter containing:\n',
      ', a=',
    ]) {
      const text = `[${part.repeat(900_000 / part.length)}`;
      expect(
        await processorTime(() => [shownValue(text), isElidedText(text), listItems(text, ',')]),
      ).toBeLessThan(1500);
    }
  });
});
