/** Expressions that are short and cost much: answered, or refused by the name of a cap, in a few seconds of processor time. */
import { describe, expect, it } from 'vitest';
import { processorTime } from '../../../test/processor-time.ts';
import { predictExpression } from '../subjects.ts';

const many = (count: number, part: (place: number) => string): string[] =>
  Array.from({ length: count }, (_, place) => part(place));

describe('what an expression costs', () => {
  it.each([
    ['repeated complements', '(~(.*a.{12}|.*)|b){400}'],
    ['many complements', many(300, () => '~(.*a.{12}|.*)').join('|')],
    ['many intersections', many(200, () => '(.*a.{11}&.*b.{11})').join('|')],
  ])('is bounded over all automata on the way: %s', async (_, regex) => {
    const taken = await processorTime(() => {
      expect(() => predictExpression(regex, { alphabet: ['a', 'b'] })).toThrow('takes too many steps');
    });
    expect(taken).toBeLessThan(6_000);
  });

  it.each([
    ['a component of 1,600 states', `.*${'abbabaabbaababba'.repeat(100)}.*`, 'plain', 'out'],
    ['a large monoid', `(${many(59, (n) => `a{${n + 1}}b`).join('|')})*`, 'pos', 'unknown'],
  ] as const)('is small for %s', async (_, regex, fragment, verdict) => {
    const taken = await processorTime(() => {
      expect(predictExpression(regex, { fragment, alphabet: ['a', 'b'] }).verdict).toBe(verdict);
    });
    expect(taken).toBeLessThan(8_000);
  });
});
