import { describe, expect, it } from 'vitest';
import { drawnFrom, LETTERS } from './alphabet.ts';

describe('the symbols that an explanation draws from', () => {
  it.each<[string, readonly string[] | null, Parameters<typeof drawnFrom>[1], readonly string[]]>([
    ['letters, of a model of text', null, {}, LETTERS],
    ['those that are named, of a model of text', null, { named: ['é'] }, ['é']],
    ['all of a symbol model', ['a', 'b', 'c'], {}, ['a', 'b', 'c']],
    ['those that it was trained with', ['a', 'b', 'c'], { trainedWith: ['a', 'b'] }, ['a', 'b']],
    ['those that are named', ['a', 'b', 'c'], { named: ['c', 'b'], trainedWith: ['a', 'b'] }, ['c', 'b']],
  ])('are %s', (_, symbols, wishes, right) => {
    expect(drawnFrom(symbols, wishes)).toEqual(right);
  });

  it('are not others than a symbol model has', () => {
    expect(() => drawnFrom(['a', 'b'], { named: ['a', 'z'] })).toThrow(
      /^--alphabet: the model does not know the symbol "z"; it has a b$/,
    );
  });
});
