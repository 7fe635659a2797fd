import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { programs } from '../../../test/fixtures/crasp/arbitrary.ts';
import { words } from '../../../test/fixtures/crasp/oracles.ts';
import { compile } from '../compile.ts';
import type { CoreProgram } from '../core/core.ts';
import { evaluator } from '../run/evaluator.ts';
import { sameComputation } from '../core/identical.ts';
import type { Automaton } from './search.ts';
import { comparePrograms, compareUpTo, compareWithAutomaton, inputSymbols, programReader } from './search.ts';
import { MAX_SEARCH_BYTES } from '../core/limits.ts';
import { States } from './states.ts';
import { processorTime } from '../../../test/processor-time.ts';

const over = (accept: string, alphabet = 'a b'): CoreProgram =>
  compile(`alphabet { ${alphabet} } accept ${accept}`);

/** The first string, shortest first, on which two programs differ, found the long way. */
function firstDifference(a: CoreProgram, b: CoreProgram, upTo: number): string[] | undefined {
  const strings = [...words(inputSymbols(a), upTo)].filter((word) => word.length > 0);
  const said = (program: CoreProgram): string[] => {
    const made = evaluator(program);
    const answers = program.output.kind === 'accept' ? made.accepts(strings) : made.next(strings);
    return answers.map(String);
  };
  const [left, right] = [said(a), said(b)];
  return strings.find((_, index) => left[index] !== right[index]);
}

describe('comparing two programs', () => {
  it('finds a shortest string on which they differ', () => {
    const found = comparePrograms(over("# 'a' >= 3"), over("# 'a' >= 2"), 10);
    expect(found).toMatchObject({ result: 'differ', string: ['a', 'a'], verdicts: [false, true] });
  });

  it('sees the empty string', () => {
    expect(comparePrograms(over('# true = 1'), over('# true = 2'), 3)).toMatchObject({
      result: 'differ',
      string: [],
    });
  });

  it('counts configurations, not strings', () => {
    const found = comparePrograms(over("# 'a' > # 'b'"), over("not (# 'b' >= # 'a')"), 60);
    expect(found).toEqual({ result: 'equal', upTo: 60, configurations: (61 * 62) / 2, allLengths: false });
  });

  it('says so when no configuration is left: then they agree at every length', () => {
    const found = comparePrograms(
      over("prev 'a' and mod(2, 1)"),
      over("#[j=i-1] 'a' > 0 and not mod(2, 0)"),
      50,
    );
    expect(found).toMatchObject({ result: 'equal', allLengths: true });
  });

  it('gives up at the cap and says how far it came', () => {
    const found = comparePrograms(over("# 'a' > # 'b'"), over("not (# 'b' >= # 'a')"), 60, {
      maxConfigurations: 100,
    });
    expect(found).toEqual({ result: 'gave up', upTo: 12, configurations: 100, limit: 'configurations' });
  });

  it('gives up where configurations take too much memory or too many operations, and says so', async () => {
    const far = Array.from(
      { length: 14 },
      (_, n) => `prev(65536, exists ('a' and prev(${n + 1}, 'b')))`,
    ).join(' or ');
    const large = over(far);
    const taken = await processorTime(() => {
      expect(comparePrograms(large, over(`${far} or # 'a' > 1000`), 30)).toMatchObject({
        result: 'gave up',
        limit: 'operations',
      });
    });
    expect(taken).toBeLessThan(10_000);
    const wide = { ...programReader(large), stateBytes: 2 ** 28, stepCost: 1 };
    expect(compareUpTo(wide, wide, ['a', 'b'], 30)).toMatchObject({ result: 'gave up', limit: 'memory' });
  });

  it('keeps states as numbers from which they are made again', () => {
    const program = over("prev(70, 'a') or #[i-29<=j<=i] 'b' > 3 and # 'a' > 2 * # 'b' or mod(3, 1)");
    const reader = programReader(program);
    const states = new States(reader.packing);
    const made = [reader.start];
    for (let n = 0; n < 3_000; n++) made.push(reader.step(made[n], n % 7 < 3 ? 'a' : 'b').state);
    for (const state of made) states.push(state);
    expect(states.count).toBe(made.length);
    expect(made.map((_, place) => states.at(place))).toEqual(made);
  });

  it('counts what a million configurations take together as half a gigabyte', () => {
    const { stateBytes } = programReader(over("#[i-29<=j<=i] 'a' > 3 or # 'a' >= 100"));
    expect((2 * 1_000_000 * stateBytes) / MAX_SEARCH_BYTES).toBeCloseTo(0.9, 1);
  });

  it('keeps configurations apart that remember different symbols far back, and no others', () => {
    const program = over("prev(40, 'a') and prev(3, 'b')");
    const reader = programReader(program);
    const after = (text: string): string =>
      reader.key([...text].reduce((state, symbol) => reader.step(state, symbol).state, reader.start));
    const tail = 'abbabaabbaababbabaababbaabbabaabbabbabab';
    expect(tail).toHaveLength(40);
    for (const before of ['a', 'b', 'ab'.repeat(31), 'abb'.repeat(50)]) {
      expect(after(before + tail)).toBe(after(tail));
      for (const at of [0, 1, 15, 16, 17, 31, 32, 33, 39]) {
        const other = tail.slice(0, at) + (tail[at] === 'a' ? 'b' : 'a') + tail.slice(at + 1);
        expect(after(before + other) === after(before + tail)).toBe(false);
      }
    }
  });

  it('compares programs by their own conventions, and next by all its symbols', () => {
    const last = compile("alphabet { a b } read at last accept 'b'");
    expect(comparePrograms(over("prev 'b'"), last, 8)).toMatchObject({ result: 'equal' });
    const next = (rule: string): CoreProgram =>
      compile(`alphabet { a b } next['a'] := 'a' next['b'] := ${rule}`);
    expect(comparePrograms(next("'a'"), next("# 'a' >= 1"), 8)).toMatchObject({
      result: 'differ',
      string: ['a', 'b'],
      verdicts: [[], ['b']],
    });
  });

  it('compares symbols as sets: their order in the alphabet does not matter, nor what they are called', () => {
    const [forth, back] = ['a b', 'b a'].map((alphabet) =>
      compile(`alphabet { ${alphabet} } next['a'] := # 'a' >= 0 next['b'] := true`),
    );
    expect(comparePrograms(forth, back, 5)).toMatchObject({ result: 'equal' });
    const nothing = (rule: string): CoreProgram =>
      compile(`alphabet { a nothing } next['nothing'] := ${rule}`);
    expect(comparePrograms(nothing('true'), nothing("# 'a' < 0"), 5)).toMatchObject({
      result: 'differ',
      string: ['a'],
      verdicts: [['nothing'], []],
    });
  });

  it('refuses programs over different alphabets or of different kinds', () => {
    expect(() => comparePrograms(over('true'), over('true', 'a c'), 3)).toThrow(
      'different alphabets: only the first has b, only the second has c',
    );
    expect(() => comparePrograms(over('true'), compile("alphabet { a b } next['a'] := true"), 3)).toThrow(
      'cannot be compared',
    );
  });

  it('agrees with going through all strings', () => {
    fc.assert(
      fc.property(programs, programs, (left, right) => {
        const a = compile(left);
        const b = compile(right);
        if (a.output.kind !== b.output.kind) return;
        const found = comparePrograms(a, b, 5);
        const expected = firstDifference(a, b, 5);
        if (found.result === 'differ' && found.string.length === 0) return; // the long way leaves it out
        expect(found.result === 'differ' ? found.string : undefined).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});

describe('comparing with an automaton', () => {
  const evenA: Automaton<number> = {
    start: 0,
    step: (state, symbol) => (symbol === 'a' ? 1 - state : state),
    accepting: (state) => state === 0,
  };

  it('refutes parity with four a', () => {
    const four = over("# 'a' = 0 or # 'a' = 2 or # 'a' = 4");
    expect(compareWithAutomaton(four, evenA, 10)).toMatchObject({
      result: 'differ',
      string: Array.from('aaaaaa'),
    });
    expect(compareWithAutomaton(four, evenA, 5)).toMatchObject({ result: 'equal', allLengths: false });
  });

  it('proves a program without counters', () => {
    const evenLength: Automaton<boolean> = { start: true, step: (even) => !even, accepting: (even) => even };
    expect(compareWithAutomaton(over('mod(2, 1)'), evenLength, 10)).toMatchObject({ allLengths: true });
  });

  it('refuses programs that predict', () => {
    const predictor = compile("alphabet { a b } next['a'] := true");
    expect(() => compareWithAutomaton(predictor, evenA, 3)).toThrow(
      "only a program with 'accept' has a language",
    );
  });
});

describe('the same computation', () => {
  it('is recognised whatever its parts are called and however they are ordered', () => {
    const first = over("P and exists R let P := # 'a' > # 'b' let R := 'a' or 'b'");
    const second = over("# (Y or X) >= 1 and # X > # Y let Y := 'b' let X := 'a'", 'b a');
    expect(sameComputation(first, second)).toBe(true);
    expect(sameComputation(first, over("# 'a' > # 'b'"))).toBe(false);
  });

  it('includes the alphabet, in whatever order', () => {
    expect(sameComputation(over("# 'a' > 1"), over("# 'a' > 1", 'a c d'))).toBe(false);
    expect(sameComputation(over("# 'a' > 1"), over("# 'a' > 1", 'b a'))).toBe(true);
  });

  it('includes the way it is read', () => {
    const last = compile("alphabet { a b } read at last accept # 'a' > 1");
    expect(sameComputation(last, over("# 'a' > 1"))).toBe(false);
  });
});
