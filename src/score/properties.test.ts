import { describe, it } from 'vitest';
import { asWrittenIsExact, neverCrashes, rightStaysRight, wrongStaysWrong } from './fixtures/properties.ts';

const RUNS = 2_000;

describe('for every output', () => {
  it('there is a score, the same each time, whatever came and however it is read', () => neverCrashes(RUNS));
  it('a right answer is right in any composition of what is forgiven', () => rightStaysRight(RUNS));
  it('a wrong answer is wrong in any composition of what is forgiven', () => wrongStaysWrong(RUNS));
  it('an answer written as in the demonstrations is exact, whatever marks its symbols have', () =>
    asWrittenIsExact(RUNS));
});
