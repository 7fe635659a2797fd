/** A transformation as a TypeScript file that people take with them: strict, without imports, as prettier formats it. */
import { type Code, flat, layOut, prefixed, type Style } from './layout.ts';
import { type CodeOf, type Language, type Step, stepsOf, type WrittenAsk } from './steps.ts';
import { commentsOf, quoted } from './text.ts';

const style: Style = { width: 80, indent: 2 };

const literalOf = (value: string | number): string =>
  typeof value === 'number' ? String(value) : quoted(value, (code) => `\\u{${code.toString(16)}}`);

const language: Language = {
  helper: 'typescript',
  literal: literalOf,
  lengthOf: (list) => `${list}.length`,
  slice: (list, from, to) => `${list}.slice(${to === null ? from : `${from}, ${to}`})`,
};

/**
 * The text of a file with `before(source, query)`, the questions to ask, and `after(answers, source, query)`, the answer.
 * They do what `asksOf` and `answerOf` do.
 * @throws Error where the transformation makes no sense
 */
export function typescriptOf({ name, task, transform, about }: CodeOf): string {
  const { before, after, helpers } = stepsOf(transform, language);
  const head = [
    ...commentsOf('//', [
      'Written by lengthwise. `before` says what to ask a model instead of a sample,',
      '`after` reads the answer to the sample out of the answers to that.',
      '',
      `Mitigation: ${name}`,
      `Task: ${task}`,
      ...(about.length === 0 ? [] : ['', ...about]),
    ]),
    '',
    'type Symbols = readonly string[];',
    '',
    '/** One question for the model. */',
    'export interface Asked {',
    '  readonly task: string;',
    '  readonly source: Symbols;',
    '  readonly query: string | null;',
    '}',
  ];
  const beforeText = [
    '/** What to ask instead of a sample, in the order in which `after` takes answers. */',
    'export function before(source: Symbols, query: string | null): Asked[] {',
    ...before.steps.flatMap((step) => linesOf(step, '[]')),
    returned(questionsOf(before.asks)),
    '}',
  ];
  const afterText = [
    '/**',
    ' * The answer to the sample; null: none.',
    ' * Each answer is a list of symbols too; null where the model gave none.',
    ' */',
    'export function after(',
    '  answers: readonly (Symbols | null)[],',
    '  source: Symbols,',
    '  query: string | null,',
    '): Symbols | null {',
    '  const expected = before(source, query).length;',
    '  if (answers.length !== expected) {',
    '    throw new Error(`expected ${expected} answers, got ${answers.length}`);',
    '  }',
    ...after.steps.flatMap((step) => linesOf(step, 'null')),
    // Of an array's element the compiler doesn't always know that it is there.
    returned(transform.answer.op === 'answer' ? `${flat(after.answer)} ?? null` : after.answer),
    '}',
  ];
  const blocks = [head, beforeText, afterText, ...helpers.map(({ lines }) => lines)];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** A variable, and the end of the function where it has none. */
function linesOf({ name, code, nullable }: Step, none: string): string[] {
  const made = layOut(prefixed(`const ${name} = `, code), style, style.indent, ';');
  return nullable ? [made, `  if (!${name}) return ${none};`] : [made];
}

function returned(code: Code): string {
  return layOut(prefixed('return ', code), style, style.indent, ';');
}

function questionsOf(asks: readonly WrittenAsk[]): Code {
  if (asks.length === 1 && 'parts' in asks[0]) return questionOf(asks[0]);
  return {
    open: '[',
    items: asks.map((ask) => prefixed('parts' in ask ? '...' : '', questionOf(ask))),
    close: ']',
    broken: asks.length > 1 && asks.every((ask) => 'source' in ask), // as prettier does it
  };
}

function questionOf(ask: WrittenAsk): Code {
  const [open, source, close] =
    'parts' in ask ? [`${ask.parts}.map((part) => ({`, 'part', '}))'] : ['{', ask.source, '}'];
  const items = [
    `task: ${literalOf(ask.task)}`,
    source === 'source' ? 'source' : prefixed('source: ', source),
    'query',
  ];
  return { open, items, close, spaced: true };
}
