/** Small tokenizers whose tokens can be told by hand; two real ones are compared with llama.cpp in `test/peers/tokenizers.test.ts`. */
import { describe, expect, it } from 'vitest';
import { ggufFile } from '../../../../test/gguf-file.ts';
import type { FactToWrite } from '../../../../test/gguf-file.ts';
import { TextTokenizer } from '../../tokenizers/text.ts';
import { parseGgufHeader } from './header.ts';
import { tokenizerFilesOf } from './tokenizer.ts';

function tokenizerOf(facts: Readonly<Record<string, FactToWrite>>): TextTokenizer {
  const named = Object.entries(facts).map(([key, value]) => [`tokenizer.ggml.${key}`, value] as const);
  const file = ggufFile(Object.fromEntries(named), []);
  return new TextTokenizer(
    tokenizerFilesOf(parseGgufHeader(file, file.length, 'x.gguf')!, 'x.gguf'),
    'x.gguf',
  );
}

const letters = ['a', 'b', 'c', 'Ġ', 'Ċ', '1', '2', 'Ã', '¼', "'", 's'];
const bytePairs = {
  model: 'gpt2',
  pre: 'gpt-2',
  tokens: [...letters, 'Ġa', 'ab', 'Ġab', '12', 'Ã¼', '<s>', '</s>', '__proto__'],
  token_type: [...letters.map(() => 1), 1, 1, 1, 1, 1, 3, 3, 1],
  merges: ['Ġ a', 'a b', 'Ġ ab', '1 2', 'Ã ¼'],
  bos_token_id: 16,
  eos_token_id: 17,
};
const idOf = (token: string) => bytePairs.tokens.indexOf(token);

const pieces = [
  '<unk>',
  '<s>',
  '</s>',
  '<0xC3>',
  '<0xBC>',
  '▁',
  'a',
  'b',
  '▁a',
  'ab',
  '▁ab',
  '\ufeff',
  '\ufeffa',
];
const sentencePiece = {
  model: 'llama',
  tokens: pieces,
  token_type: pieces.map((_, id) => (id === 0 ? 2 : id < 3 ? 3 : id < 5 ? 6 : 1)),
  scores: [0, 0, 0, 0, 0, -5, -6, -7, -2, -1, -3, -8, -9],
  bos_token_id: 1,
  eos_token_id: 2,
  unknown_token_id: 0,
  add_space_prefix: false,
};

describe('byte-level BPE', () => {
  it('merges in the order of its list, inside the words that its split makes', () => {
    const tokenizer = tokenizerOf(bytePairs);
    expect(tokenizer.encode(' ab a12\n')).toEqual(['Ġa', 'b', 'Ġa', '12', 'Ċ'].map(idOf));
    expect(tokenizer.encodeWithPlaces('aü1')).toEqual({ ids: ['a', 'Ã¼', '1'].map(idOf), ends: [1, 2, 3] });
    expect(tokenizer.decode(tokenizer.encode(' ab\na'))).toBe(' ab\na');
  });

  it('splits digits where its name says so', () => {
    expect(tokenizerOf({ ...bytePairs, pre: 'smollm' }).encode('12')).toEqual(['1', '2'].map(idOf));
  });

  it('knows what is one token, and what would be read as a special one', () => {
    const tokenizer = tokenizerOf(bytePairs);
    expect(tokenizer.single(' a')).toBe(idOf('Ġa'));
    expect(tokenizer.single('ba')).toBeUndefined();
    expect(tokenizer.encode(' z')).toEqual([idOf('Ġ')]); // it has no z, and leaves it out
    expect(tokenizer.single(' z')).toBeUndefined();
    expect(tokenizer.single('<s>')).toBeUndefined();
    expect(tokenizer.specialIn('a<s>b')).toEqual(['<s>']);
    expect(tokenizer.encode('a<s>b')).toEqual([idOf('a'), 16, idOf('b')]);
    expect([tokenizer.begin, tokenizer.end]).toEqual([undefined, 17]);
    expect(tokenizerOf({ ...bytePairs, add_bos_token: true }).begin).toBe(16);
  });
});

describe('ordinary tokens', () => {
  const tokenizer = tokenizerOf(bytePairs);
  const all = bytePairs.tokens.map((_, id) => id);

  it('are all but special ones, of those that a model has', () => {
    expect(tokenizer.ordinary(all.length)).toEqual(all.filter((id) => id !== 16 && id !== 17));
    expect(tokenizer.ordinary(17)).toEqual(all.slice(0, 16));
  });

  it('end where the tokenizer does, whatever room a model has', () => {
    expect(tokenizer.ordinary(1000)).toEqual(tokenizer.ordinary(all.length));
  });
});

describe('SentencePiece', () => {
  it('merges the neighbours whose union has the best score', () => {
    const tokenizer = tokenizerOf(sentencePiece);
    // 'ab' (-1) before '▁a' (-2), and then '▁ab'.
    expect(tokenizer.encode(' ab')).toEqual([pieces.indexOf('▁ab')]);
    expect(tokenizer.encodeWithPlaces('a aü')).toEqual({
      ids: ['a', '▁a', '<0xC3>', '<0xBC>'].map((piece) => pieces.indexOf(piece)),
      ends: [1, 3, 3, 4],
    });
    expect(tokenizer.encode('\ufeffa')).toEqual([pieces.indexOf('\ufeffa')]);
    expect(tokenizer.begin).toBe(1);
  });

  it('puts a blank before a text where it does so, which has no place', () => {
    const tokenizer = tokenizerOf({ ...sentencePiece, add_space_prefix: true });
    expect(tokenizer.encodeWithPlaces('ab')).toEqual({ ids: [pieces.indexOf('▁ab')], ends: [2] });
  });
});

describe('a tokenizer that is not read', () => {
  it.each([
    [{ ...bytePairs, model: 'bert' }, /of the kind 'bert' is not read; expected gpt2 \(BPE\) or llama/],
    [{ ...bytePairs, pre: 'chameleon' }, /splits text as 'chameleon', which is not known here; known: gpt-2/],
    [{ ...bytePairs, pre: '__proto__' }, /not known here/],
    [{ ...bytePairs, tokens: ['a', 'a'] }, /a token stands twice/],
    [{ ...bytePairs, tokens: [1, 2] }, /no list of 1 to 1000000 texts/],
    [{ ...bytePairs, merges: [1, 2] }, /'tokenizer.ggml.merges' is no list of texts/],
    [{ ...sentencePiece, scores: [1] }, /'tokenizer.ggml.scores' is no number for each token/],
  ])('is named in one line', (facts, message) => {
    expect(() => tokenizerOf(facts)).toThrow(message);
  });
});
