import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRegex } from '../automata/regex.ts';
import { Terms } from './derivatives.ts';
import { readExpression } from './reader.ts';
import { BeyondCaps } from './refusal.ts';

const ALPHABET = ['a', 'b', '-', '<sep>'];

function read(text: string): 'read' | 'refused' | 'beyond caps' {
  try {
    readExpression(text, ALPHABET, new Terms());
    return 'read';
  } catch (error) {
    return error instanceof BeyondCaps ? 'beyond caps' : 'refused';
  }
}

describe('the checker’s own reading of expressions', () => {
  it('takes exactly the expressions that the language has', () => {
    const pieces = [...`ab|&*+?(){}[]^$.~!\\'"ε∅-, 12c`, '<sep>', "'<sep>'", '{2}', '{1,}', '[ab]', '(a)'];
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 9 }).map((parts) => parts.join(''));
    let taken = 0;
    fc.assert(
      fc.property(text, (expression) => {
        let known = true;
        try {
          parseRegex(expression, ALPHABET);
        } catch {
          known = false;
        }
        taken += Number(known);
        expect([expression, read(expression) === 'read']).toEqual([expression, known]);
      }),
      { numRuns: 20_000 },
    );
    expect(taken).toBeGreaterThan(300);
  });

  it.each(['\\d+', 'a*?', 'a+ +', 'a{2}?', '(?:a)', '[a', "''", "'a b'", '[[]', '[b-a]', 'a{2,1}'])(
    'refuses %s',
    (text) => expect(read(text)).toBe('refused'),
  );

  it.each([
    ['*', ['*'], 'nothing readable at column 1'],
    ['~)', [')'], 'nothing readable at column 2'],
    ['a|', ['a'], 'an expression is missing at column 3'],
    ['a{}', ['a'], 'a number is missing at column 3'],
    ['[[]', ['['], 'inside [ ] a [ is escaped'],
    ['[a', ['a'], 'a [ is not closed'],
    ['[a-', ['a'], 'a range has no end'],
    ["['<sep>'-b]", ['<sep>', 'a', 'b'], 'a range goes from one character to another'],
    ["'a b'", ['a', 'b'], "'a b' is not in the alphabet"],
  ])('refuses %s over %j', (text, alphabet, problem) => {
    expect(() => readExpression(text, alphabet, new Terms())).toThrow(problem);
  });

  it.each([
    ['5,000 brackets', `${'('.repeat(5000)}a${')'.repeat(5000)}`],
    ['5,000 complements', `${'~'.repeat(5000)}a`],
    ['20,000 characters', 'a'.repeat(20_000)],
    ['a million repetitions', 'a{1000000}'],
  ])('%s are beyond its caps, not false', (_, text) => expect(read(text)).toBe('beyond caps'));
});
