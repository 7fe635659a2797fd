/** What a program's text says of symbols in general: what decides whether it does the same for alphabets of every size. */
import { Report } from '../text/diagnostics.ts';
import { parseProgram } from '../text/parser.ts';
import type { Expression } from '../text/syntax.ts';
import { tokenize } from '../text/tokens.ts';
import { children } from './cycles.ts';

export interface Symmetry {
  /** Whether it looks at the order of symbols in the alphabet (lt, le). */
  readonly ordersSymbols: boolean;
  /** How many variables all its `any` and `all` bind: no more of them can stand for different symbols at once. */
  readonly chosenSymbols: number;
}

/** Of a text that compiles. */
export function symmetry(text: string): Symmetry {
  const report = new Report(text);
  const program = parseProgram(tokenize(text, report).tokens, report);
  const bodies = [
    ...program.definitions.map(({ body }) => body),
    ...(program.accept === undefined ? [] : [program.accept.body]),
    ...program.next.map(({ body }) => body),
  ];
  let ordersSymbols = false;
  let chosenSymbols = 0;
  for (const expression of bodies.flatMap((body) => [...withAllInside(body)])) {
    if (expression.kind === 'relation') {
      ordersSymbols ||= expression.relation === 'lt' || expression.relation === 'le';
    }
    if (expression.kind === 'every') chosenSymbols += expression.variables.length;
  }
  return { ordersSymbols, chosenSymbols };
}

function* withAllInside(expression: Expression): Generator<Expression> {
  yield expression;
  for (const part of children(expression)) yield* withAllInside(part);
}
