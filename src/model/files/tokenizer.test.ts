import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTokenizerJson, writeTokenizerFiles } from './huggingface/tokenizer-files.ts';
import { Tokenizer } from './tokenizer.ts';

const symbol = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 4 })
  .filter((text) => !/[\s\u0085\ufeff]/u.test(text) && !/<(pad|bos|sep|eos)>/.test(text));
const symbols = fc.uniqueArray(symbol, { minLength: 1, maxLength: 40 });

describe('a tokenizer', () => {
  it('has the special tokens first, then the symbols in order', () => {
    const tokenizer = new Tokenizer(['a', 'b']);
    expect(tokenizer.tokens).toEqual(['<pad>', '<bos>', '<sep>', '<eos>', 'a', 'b']);
    expect(tokenizer.encodeText(' <bos> a\tb <sep>\n b<eos>'.replace('<eos>', ' <eos>'))).toEqual([
      1, 4, 5, 2, 5, 3,
    ]);
    expect([tokenizer.pad, tokenizer.bos, tokenizer.sep, tokenizer.eos, tokenizer.size]).toEqual([
      0, 1, 2, 3, 6,
    ]);
  });

  it('has the symbols first where others trained so', () => {
    const tokenizer = new Tokenizer(['a', 'b'], 'symbols-first');
    expect(tokenizer.tokens).toEqual(['a', 'b', '<bos>', '<sep>', '<eos>', '<pad>']);
    expect(tokenizer.encodeText('<bos> a b <sep> <eos>')).toEqual([2, 0, 1, 3, 4]);
    expect([tokenizer.pad, tokenizer.bos, tokenizer.sep, tokenizer.eos, tokenizer.size]).toEqual([
      5, 2, 3, 4, 6,
    ]);
    expect(tokenizer.symbols).toEqual(['a', 'b']);
  });

  it.each([
    ['<pad> <bos> <sep> a <eos>', 'the first tokens are <pad> <bos> <sep> a; expected <pad> <bos> <sep> <eos> (or <bos> <sep> <eos> <pad> as the last ones)'],
    ['a <bos> <sep> <pad> <eos>', 'the first tokens are a <bos> <sep> <pad>; expected'],
  ])('%s is no order of tokens', (list, message) => {
    const vocab = Object.fromEntries(list.split(' ').map((token, id) => [token, id]));
    const file = { pre_tokenizer: { type: 'WhitespaceSplit' }, model: { type: 'WordLevel', vocab } };
    expect(() => readTokenizerJson(JSON.stringify(file), 'x')).toThrow(`x: ${message}`);
  }); // prettier-ignore

  it('gives back what it was given, through its file too', () => {
    fc.assert(
      fc.property(symbols, fc.constantFrom('special-first', 'symbols-first'), (list, order) => {
        const tokenizer = new Tokenizer(list, order);
        expect(tokenizer.decode(tokenizer.encode(list))).toEqual(list);
        const { 'tokenizer.json': text } = writeTokenizerFiles(tokenizer, 10);
        expect(readTokenizerJson(text, 'tokenizer.json').tokens).toEqual(tokenizer.tokens);
      }),
    );
  });

  it('takes symbols that JavaScript has plans for', () => {
    const awkward = ['__proto__', 'constructor', '10', '2', '-0'];
    const { 'tokenizer.json': text } = writeTokenizerFiles(new Tokenizer(awkward), 10);
    expect(readTokenizerJson(text, '').symbols).toEqual(awkward);
  });

  it.each([
    ['an empty one', [''], /at least one character/],
    ['white space', ['a b'], /white space/],
    ['white space that only Rust knows', ['a\u0085'], /white space/],
    ['a repeated one', ['a', 'b', 'a'], /"a": it occurs twice/],
    ['a special token', ['<sep>'], /special token/],
    ['one with a special token inside', ['x<eos>y'], /special token/],
    ['half a surrogate pair', ['\ud800'], /Unicode/],
  ])('refuses symbols: %s', (_, list, message) => {
    expect(() => new Tokenizer(list)).toThrow(message);
  });

  it('says which symbol it does not know', () => {
    const tokenizer = new Tokenizer(['apple', 'pear']);
    expect(() => tokenizer.encode(['aple'])).toThrow(
      "'aple' is not among the model's 2 symbols, did you mean 'apple'?",
    );
    expect(() => tokenizer.decode([6])).toThrow(/token 6: the tokenizer has 0 to 5/);
    expect(() => tokenizer.decode([-1])).toThrow(/token -1/);
  });
});
