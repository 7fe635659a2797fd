/** What programs mean: precedence, positions, guards, the ends of the input, the three ways to read the answer. */
import { describe, expect, it } from 'vitest';
import { compile } from './compile.ts';
import { interpret } from './run/interpret.ts';
import { accepts, generate, next } from './run/read-out.ts';
import { splitInput } from './run/symbols.ts';

/** The values of an expression at the positions of an input over a and b (without the end position). */
function valuesOf(expression: string, input: string): number[] {
  const program = compile(`alphabet { a b } read at last let X := ${expression} accept (X) = (X)`);
  const node = program.names.find(({ name }) => name === 'X')?.node ?? 0;
  return [...interpret(program, splitInput(input)).values[node]];
}

describe('counts and guards', () => {
  it.each([
    ["# 'a'", [1, 1, 2, 3]],
    ["#[j<=i] 'a'", [1, 1, 2, 3]],
    ["#[j<i] 'a'", [0, 1, 1, 2]],
    ["#[j<=i-2] 'a'", [0, 0, 1, 1]],
    ["#[j=i] 'a'", [1, 0, 1, 1]],
    ["#[j=i-1] 'a'", [0, 1, 0, 1]],
    ["#[i-1<=j] 'a'", [1, 1, 1, 2]],
    ["#[i-2<j<i] 'a'", [0, 1, 0, 1]],
    ["#[i-2<=j<=i-1] 'a'", [0, 1, 1, 1]],
    ["#[i-1<=j<=i-3] 'a'", [0, 0, 0, 0]],
    ['# true', [1, 2, 3, 4]],
    ["exists[j<i] 'a'", [0, 1, 1, 1]],
    ["forall[j<i] 'a'", [1, 1, 0, 0]],
    ["forall 'a'", [1, 0, 0, 0]],
    ["first 'b'", [0, 1, 0, 0]],
    ['first true', [1, 0, 0, 0]],
    ['mod(2, 1)', [1, 0, 1, 0]],
    ['mod(3, 0)', [0, 0, 1, 0]],
    ["prev 'a'", [0, 1, 0, 1]],
    ["prev(2, 'a')", [0, 0, 1, 0]],
    ["prev(0, 'a')", [1, 0, 1, 1]],
  ])('%s on a b a a', (expression, values) => {
    expect(valuesOf(expression, 'a b a a')).toEqual(values);
  });

  it('not prev P is true at position 1, where prev not P is false', () => {
    expect(valuesOf("not prev 'a'", 'b b')).toEqual([1, 1]);
    expect(valuesOf("prev (not 'a')", 'b b')).toEqual([0, 1]);
  });
});

describe('precedence', () => {
  it.each([
    ['5 - 1 + 1', 5],
    ['5 - 1 - 1', 3],
    ['2 * 1 + 3', 5],
    ['3 + 2 * 2', 7],
    ['2 * -3', -6],
    ['- 2 * 3', -6],
    ['1 - -1', 2],
    ['true ? 1 : false ? 2 : 3', 1],
    ['false ? 1 : false ? 2 : 3', 3],
    ['1 < 2 ? 3 + 1 : 5', 4],
    ['max(1, 2) - min(3, 4)', -1],
    ['2 * 3 * 4', 24],
  ])('%s is %i', (expression, value) => {
    expect(valuesOf(expression, 'a')).toEqual([value]);
  });

  it.each([
    ["not 'a' and 'b'", 1], // (not a) and b
    ["not ('a' and 'b')", 1],
    ["not 'b' or true", 1], // (not b) or true
    ['not 1 = 2', 1], // not (1 = 2)
    ['true or true and false', 1], // true or (…)
    ['(true or true) and false', 0],
    ['false => true => false', 1], // false => (…)
    ['(false => true) => false', 0],
    ['false and true => false', 1], // (false and true) => false
    ["# 'b' >= 1 and 'b'", 1], // (# b) >= 1
    ['true = false', 0],
    ['1 != 2 and not true != true', 1],
    ['any s in {a b}: Q[s] and eq(s, b)', 1],
    ['(any s in {a}: Q[s]) or true', 1],
    ['all s in { }: false', 1],
    ['any s in { }: true', 0],
  ])('%s is %i at a b', (expression, value) => {
    expect(valuesOf(expression, 'b')).toEqual([value]);
  });
});

describe('reading the answer', () => {
  it('at <eos> is one position further, where no symbol stands', () => {
    expect(accepts(compile("alphabet { a b } accept 'b'"), ['b'])).toBe(false);
    expect(accepts(compile("alphabet { a b } accept prev 'b'"), ['b'])).toBe(true);
    expect(accepts(compile('alphabet { a } accept # true = 3'), ['a', 'a'])).toBe(true);
    expect(accepts(compile("alphabet { a } accept exists (not 'a')"), ['a', 'a'])).toBe(true);
    expect(accepts(compile("alphabet { a } accept forall 'a'"), ['a', 'a'])).toBe(false);
  });

  it("at <eos> sees the symbol '<eos>' where the alphabet has it", () => {
    const program = compile("alphabet { a '<eos>' } accept '<eos>'");
    expect(accepts(program, ['a'])).toBe(true);
    expect(() => accepts(program, ['a', '<eos>'])).toThrow('which it adds itself');
  });

  it('at <eos> is the default, and says something of the empty string', () => {
    expect(accepts(compile('alphabet { a } accept # true = 1'), [])).toBe(true);
  });

  it('at the last symbol says nothing of the empty string', () => {
    const program = compile("alphabet { a b } read at last accept 'b'");
    expect(accepts(program, ['a', 'b'])).toBe(true);
    expect(() => accepts(program, [])).toThrow('the empty string has no last symbol');
  });

  it('by next is at the last symbol, for each symbol on its own', () => {
    const program = compile("alphabet { a b } next['a'] := 'b' next['b'] := 'a' next['b'] := # 'b' > 1");
    expect(next(program, ['a'])).toEqual(['b']);
    expect(next(program, ['b', 'b'])).toEqual(['a', 'b']);
    expect(() => next(program, [])).toThrow('no last symbol');
    expect(() => accepts(program, ['a'])).toThrow('predicts');
  });
});

describe('generation', () => {
  const program = (rules: string) => compile(`alphabet { a b '<eos>' } ${rules}`);

  it('ends at <eos>, which is not part of the output', () => {
    const three = program("next['b'] := # 'b' < 3 next['<eos>'] := # 'b' >= 3");
    expect(generate(three, ['a'])).toEqual({ output: ['b', 'b', 'b'], stop: '<eos>', candidates: ['<eos>'] });
  });

  it('ends where nothing holds, where several do, and at the cap', () => {
    expect(generate(program("next['b'] := 'a'"), ['a'])).toEqual({
      output: ['b'],
      stop: 'none',
      candidates: [],
    });
    expect(generate(program("next['a'] := 'b' next['b'] := true"), ['b'])).toEqual({
      output: [],
      stop: 'several',
      candidates: ['a', 'b'],
    });
    expect(generate(program("next['b'] := true"), ['a'], 4)).toEqual({
      output: ['b', 'b', 'b', 'b'],
      stop: 'cap',
      candidates: ['b'],
    });
  });

  it('begins with a prompt', () => {
    expect(() => generate(program("next['b'] := true"), [])).toThrow('no last symbol');
  });
});

describe('symbols and names', () => {
  it('a quoted symbol is meant even where a variable has its name', () => {
    const program = compile("alphabet { a b } accept exists (any a in {b}: Q['a'])");
    expect([accepts(program, ['a']), accepts(program, ['b'])]).toEqual([true, false]);
  });

  it('are what stands between blanks', () => {
    expect(splitInput('  a  b\tc\n')).toEqual(['a', 'b', 'c']);
    expect(splitInput('')).toEqual([]);
  });

  it('lt and le follow the order of the alphabet', () => {
    const program = compile(
      "alphabet { z a } accept exists (any s: Q[s] and lt('z', s) and le(s, a) and ne(s, z))",
    );
    expect([accepts(program, ['z']), accepts(program, ['a'])]).toEqual([false, true]);
  });

  it.each([
    ['aba', "unknown symbol 'aba' at position 1; separate symbols by blanks: 'a b a' (alphabet: a b)"],
    ['a bb c', "unknown symbol 'bb' at position 2; separate symbols by blanks: 'b b' (alphabet: a b)"],
    ['a b A', "unknown symbol 'A' at position 3, did you mean 'a'? (alphabet: a b)"],
  ])('that are unknown are named with their position: %s', (input, message) => {
    expect(() => accepts(compile("alphabet { a b } accept 'a'"), splitInput(input))).toThrow(message);
  });
});
