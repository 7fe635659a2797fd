/** Every program of examples/crasp against its oracle, in every evaluator, and its measures. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cases } from '../../test/fixtures/crasp/cases.ts';
import type { Expected } from '../../test/fixtures/crasp/oracles.ts';
import { compile, parse } from './compile.ts';
import type { CoreProgram } from './core/core.ts';
import { evaluator } from './run/evaluator.ts';
import { format } from './text/format.ts';
import { interpret } from './run/interpret.ts';
import { metrics } from './core/metrics.ts';
import { generate } from './run/read-out.ts';

const folder = new URL('../../examples/crasp/', import.meta.url);
const textOf = (program: string): string => readFileSync(new URL(`${program}.crasp`, folder), 'utf8');

/** What the reference interpreter says of an input. */
function interpreted(program: CoreProgram, input: readonly string[]): boolean | string[] {
  const { values, symbols } = interpret(program, input);
  const { output, alphabet } = program;
  const last = symbols.length - 1;
  if (output.kind === 'accept') return values[output.node][last] === 1;
  return output.symbols.flatMap(({ symbol, node }) => (values[node][last] === 1 ? [alphabet[symbol]] : []));
}

const said = (expected: Expected): boolean | readonly string[] | undefined =>
  expected.accept ?? expected.next;

describe.each(cases)('$program', ({ program: name, inputs, count, measures }) => {
  const text = textOf(name);
  const program = compile(text);
  const all = [...inputs()];
  const judged = all.filter((expected) => said(expected) !== undefined);

  it(`has ${count} inputs to be tried on`, () => {
    expect(all.length).toBe(count);
  });

  it('says what is right, interpreted', () => {
    const wrong = judged.filter((one) => String(interpreted(program, one.input)) !== String(said(one)));
    expect(wrong).toEqual([]);
  });

  it('says what is right, compiled', () => {
    const made = evaluator(program);
    const strings = judged.map(({ input }) => input);
    const answers = program.output.kind === 'accept' ? made.accepts(strings) : made.next(strings);
    const wrong = judged.filter((one, index) => String(answers[index]) !== String(said(one)));
    expect(wrong).toEqual([]);
  });

  it('generates what is right', () => {
    const asked = all.filter(({ output }) => output !== undefined);
    const wrong = asked.filter(({ input, output }) => {
      const { output: generated, stop } = generate(program, input);
      return generated.join(' ') !== output?.join(' ') || stop !== '<eos>';
    });
    expect(wrong).toEqual([]);
  });

  it('measures as it should', () => {
    const { fragment, depth, counters, locality, period } = metrics(program);
    expect([fragment, depth, counters, locality, period]).toEqual(measures);
  });

  it('is formatted, and is the same program after formatting', () => {
    expect(format(text)).toBe(text);
    expect(parse(text).errors).toBeUndefined();
  });

  it('is plain data', () => {
    expect(JSON.parse(JSON.stringify(program))).toEqual(program);
  });
});

it('covers every example', () => {
  const files = readdirSync(folder).map((file) => file.replace('.crasp', ''));
  expect(cases.map(({ program }) => program).sort()).toEqual(files.sort());
});
