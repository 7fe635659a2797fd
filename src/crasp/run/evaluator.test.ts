import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { programs, programsAndInputs } from '../../../test/fixtures/crasp/arbitrary.ts';
import { naiveAnswer } from '../../../test/fixtures/crasp/naive.ts';
import { words } from '../../../test/fixtures/crasp/oracles.ts';
import { compile } from '../compile.ts';
import type { CoreProgram } from '../core/core.ts';
import type { Evaluator } from './evaluator.ts';
import { evaluator, loadEvaluator, machineEvaluator } from './evaluator.ts';
import { interpret } from './interpret.ts';
import { processorTime } from '../../../test/processor-time.ts';

/** What the reference says at the position where the program is read: a bool, or the symbols that hold. */
function reference(program: CoreProgram, input: readonly string[]): boolean | string[] {
  const { values, symbols } = interpret(program, input);
  const at = symbols.length - 1;
  const { output } = program;
  if (output.kind === 'accept') return values[output.node][at] === 1;
  return output.symbols.flatMap(({ symbol, node }) =>
    values[node][at] === 1 ? [program.alphabet[symbol]] : [],
  );
}

function answers(made: Evaluator, program: CoreProgram, inputs: string[][]): (boolean | string[])[] {
  return program.output.kind === 'accept' ? made.accepts(inputs) : made.next(inputs);
}

describe('random programs', () => {
  it('mean what the definition of the language says, expression by expression', () => {
    const short = [...words(['a', 'b', '<bos>'], 3)].filter((word) => word.length > 0);
    const longer = [['a', 'b', 'a', 'a', '<bos>', 'b', 'a']];
    fc.assert(
      fc.property(programs, (text) => {
        const program = compile(text);
        for (const input of [...short.slice(0, 20), ...longer]) {
          expect(reference(program, input)).toEqual(naiveAnswer(text, input));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('get the same answers from every evaluator', () => {
    fc.assert(
      fc.property(programsAndInputs, ({ text, inputs }) => {
        const program = compile(text);
        const expected = inputs.map((input) => reference(program, input));
        expect(answers(machineEvaluator(program), program, inputs)).toEqual(expected);
        expect(answers(evaluator(program), program, inputs)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the evaluator', () => {
  const majority = compile("alphabet { a b } accept # 'a' > # 'b'");

  it('is a WebAssembly module here', async () => {
    expect(evaluator(majority).backend).toBe('wasm');
    expect((await loadEvaluator(majority)).accepts([['a'], ['b']])).toEqual([true, false]);
  });

  it('answers many strings, short and long, in their order', () => {
    const strings = Array.from({ length: 20_000 }, (_, n) => [...'ab'.repeat(n % 7), ...'a'.repeat(n % 2)]);
    strings.splice(5, 0, [...'ab'.repeat(200_000), 'a']);
    const expected = strings.map((string) => string.length % 2 === 1);
    expect(evaluator(majority).accepts(strings)).toEqual(expected);
  });

  it('answers 10,000 strings over an alphabet of 3,000 symbols, each with its own next rule', () => {
    const symbols = Array.from({ length: 3_000 }, (_, n) => `s${n}`);
    const program = compile(`alphabet { ${symbols.join(' ')} } next[x] := Q[x]`);
    const strings = Array.from({ length: 2_000 }, (_, n) => ['s1', symbols[(n * 7) % 3_000]]);
    expect(evaluator(program).next(strings)).toEqual(strings.map(([, last]) => [last]));
  });

  it.each([1, 5, 62, 63, 64, 65, 126, 127, 128, 200, 1000])('looks back %i positions', (k) => {
    const program = compile(
      `alphabet { a b }
       accept #[i-${k}<=j<i] 'a' = ${Math.ceil(k / 2)} and prev(${k}, 'a') and not prev(${k + 1}, 'b')`,
    );
    const strings = Array.from({ length: 40 }, (_, n) =>
      Array.from({ length: k + (n % 9) }, (_, i) => ((i * (n + 3)) % (2 + (n % 3)) === 0 ? 'a' : 'b')),
    );
    strings.push(Array.from({ length: k }, (_, i) => (i % 2 === 0 ? 'a' : 'b')));
    const expected = strings.map((string) => reference(program, string));
    expect(expected).toContain(true);
    expect(evaluator(program).accepts(strings)).toEqual(expected);
    expect(machineEvaluator(program).accepts(strings)).toEqual(expected);
  });

  it('keeps large numbers exact', () => {
    const program = compile(
      "alphabet { a b } accept 100000000 * # 'a' = 99999999 * # 'a' + # 'a' and # 'a' > 0",
    );
    expect(evaluator(program).accepts([Array.from({ length: 100_000 }, () => 'a')])).toEqual([true]);
  });

  it('names the position and the symbol that is unknown', () => {
    expect(() => evaluator(majority).accepts([['a'], ['a', 'x']])).toThrow(
      "unknown symbol 'x' at position 2",
    );
  });

  it('refuses the empty string where it has no last symbol', () => {
    const last = evaluator(compile("alphabet { a } read at last accept 'a'"));
    expect(() => last.accepts([[]])).toThrow('no last symbol');
    expect(() => evaluator(compile("alphabet { a } next['a'] := true")).next([[]])).toThrow('no last symbol');
  });

  it('refuses to accept with a program that predicts, and the other way round', () => {
    const predictor = compile("alphabet { a } next['a'] := true");
    expect(() => evaluator(predictor).accepts([['a']])).toThrow('predicts');
    expect(() => evaluator(majority).next([['a']])).toThrow('accepts');
  });

  it('takes time linear in the input, whatever the look-back', async () => {
    const program = compile("alphabet { a b } accept #[i-5000<=j<i] 'a' > 2000 and exists[j<=i-3000] 'b'");
    const made = evaluator(program);
    const string = (n: number): string[] => Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 'a' : 'b'));
    const time = (input: string[]): Promise<number> => processorTime(() => made.accepts([input]));
    const short = string(50_000);
    const long = string(400_000);
    const quickest = async (input: string[]): Promise<number> =>
      Math.min(await time(input), await time(input), await time(input));
    await time(short);
    expect(await quickest(long)).toBeLessThan(8 * 6 * Math.max(1, await quickest(short)));
  });
});
