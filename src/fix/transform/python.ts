/** A transformation as a Python file that people take with them: Python 3.8, without imports, as black formats it. */
import { type Code, layOut, prefixed, type Style } from './layout.ts';
import { type CodeOf, type Language, type Step, stepsOf, type WrittenAsk } from './steps.ts';
import { commentsOf, quoted } from './text.ts';

const style: Style = { width: 88, indent: 4 };

const literalOf = (value: string | number): string =>
  typeof value === 'number'
    ? String(value)
    : quoted(value, (code) => `\\U${code.toString(16).padStart(8, '0')}`);

const language: Language = {
  helper: 'python',
  literal: literalOf,
  lengthOf: (list) => `len(${list})`,
  slice: (list, from, to) => {
    const start = from === '0' ? '' : from;
    const simple = /^\d*$/.test(start) && /^\d*$/.test(to ?? '');
    return simple ? `${list}[${start}:${to ?? ''}]` : `${list}[${`${start} : ${to ?? ''}`.trim()}]`;
  },
};

/**
 * The text of a file with `before(source, query)`, the questions to ask, and `after(answers, source, query)`, the answer.
 * They do what `asksOf` and `answerOf` do.
 * @throws Error where the transformation makes no sense
 */
export function pythonOf({ name, task, transform, about }: CodeOf): string {
  const { before, after, helpers } = stepsOf(transform, language);
  const head = commentsOf('#', [
    // Python takes the encoding of a file from its first two lines: what others named stands below them.
    'Written by lengthwise. `before` says what to ask a model instead of a sample, `after`',
    'reads the answer to the sample out of the answers to that.',
    '',
    `Mitigation: ${name}`,
    `Task: ${task}`,
    ...(about.length === 0 ? [] : ['', ...about]),
  ]);
  const beforeText = [
    'def before(source, query):',
    '    """What to ask instead of a sample, in the order in which `after` takes answers.',
    '',
    '    The source is a list of symbols (str); the query is a symbol or None.',
    '    """',
    ...before.steps.flatMap((step) => linesOf(step, '[]')),
    returned(questionsOf(before.asks)),
  ];
  const afterText = [
    'def after(answers, source, query):',
    '    """The answer to the sample, a list of symbols; None: there is none.',
    '',
    '    Each answer is a list of symbols too; None where the model gave none.',
    '    """',
    '    expected = len(before(source, query))',
    '    if len(answers) != expected:',
    '        raise ValueError(f"expected {expected} answers, got {len(answers)}")',
    ...after.steps.flatMap((step) => linesOf(step, 'None')),
    returned(after.answer),
  ];
  const functions = [beforeText, afterText, ...helpers.map(({ lines }) => lines)];
  return `${[head, ...functions].map((lines) => lines.join('\n')).join('\n\n\n')}\n`;
}

/** A variable, and the end of the function where it has none. */
function linesOf({ name, code, nullable }: Step, none: string): string[] {
  const made = layOut(prefixed(`${name} = `, code), style, style.indent);
  return nullable ? [made, `    if ${name} is None:`, `        return ${none}`] : [made];
}

function returned(code: Code): string {
  return layOut(prefixed('return ', code), style, style.indent);
}

function questionsOf(asks: readonly WrittenAsk[]): Code {
  const questions = asks.map(questionOf);
  if (asks.length === 1 && 'parts' in asks[0]) return questions[0];
  const items = questions.map((question, ask) => prefixed('parts' in asks[ask] ? '*' : '', question));
  return { open: '[', items, close: ']' };
}

function questionOf(ask: WrittenAsk): Code {
  const source = 'parts' in ask ? 'part' : ask.source;
  const items = [`"task": ${literalOf(ask.task)}`, prefixed('"source": ', source), '"query": query'];
  const question: Code = { open: '{', items, close: '}' };
  if ('source' in ask) return question;
  return { open: '[', items: [question, `for part in ${ask.parts}`], close: ']', commas: false };
}
