import { expect, it } from 'vitest';
import { TakenPrompts } from './taken-prompts.ts';

const size = (symbols: number, characters: number, limit = 10) => ({ symbols, characters, limit });

it('a prompt surely has fewer tokens than one of a quarter more characters, or more symbols and no fewer characters', () => {
  const taken = new TakenPrompts();
  taken.take('UF', size(20, 200));
  expect(taken.hasLonger('UF', size(19, 160))).toBe(true);
  expect(taken.hasLonger('UF', size(16, 200))).toBe(true);
  expect(taken.hasLonger('UF', size(17, 161))).toBe(false);
  expect(taken.hasLonger('UF', size(10, 201))).toBe(false);
  // With more tokens for its answer it may be too long, and another task's prompts are made of something else.
  expect(taken.hasLonger('UF', size(10, 100, 11))).toBe(false);
  expect(taken.hasLonger('UR', size(10, 100))).toBe(false);
  expect([taken.hasAsLong('UF', size(20, 200)), taken.hasAsLong('UF', size(20, 201))]).toEqual([true, false]);
});

it('no two prompts together say what none says alone', () => {
  const taken = new TakenPrompts();
  taken.take('UF', size(20, 200, 10));
  taken.take('UF', size(5, 50, 100));
  taken.take('UF', size(4, 40, 90));
  expect(taken.hasLonger('UF', size(4, 40, 100))).toBe(true);
  expect(taken.hasLonger('UF', size(10, 100, 100))).toBe(false);
});

it('of texts, characters say nothing of tokens', () => {
  const taken = new TakenPrompts();
  taken.take('text-copy', size(20, 200));
  expect(taken.hasLonger('text-copy', size(5, 50))).toBe(false);
});
