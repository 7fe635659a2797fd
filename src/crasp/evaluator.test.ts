import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { programsAndInputs } from '../../test/fixtures/crasp/arbitrary.ts';
import { compile } from './compile.ts';
import type { CoreProgram } from './core.ts';
import { evaluator, loadEvaluator, machineEvaluator } from './evaluator.ts';
import { interpret } from './interpret.ts';

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

function answers(
  program: CoreProgram,
  evaluate: typeof evaluator,
  inputs: string[][],
): (boolean | string[])[] {
  const made = evaluate(program);
  return program.output.kind === 'accept' ? made.accepts(inputs) : made.next(inputs);
}

describe('the evaluators', () => {
  it('agree with the reference on random programs and inputs', () => {
    fc.assert(
      fc.property(programsAndInputs, ({ text, inputs }) => {
        const program = compile(text);
        const expected = inputs.map((input) => reference(program, input));
        expect(answers(program, machineEvaluator, inputs)).toEqual(expected);
        expect(answers(program, evaluator, inputs)).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  it('is a WebAssembly module here', async () => {
    const program = compile("alphabet { a b } accept # 'a' > # 'b'");
    expect(evaluator(program).backend).toBe('wasm');
    expect((await loadEvaluator(program)).accepts([['a'], ['b']])).toEqual([true, false]);
  });
});
