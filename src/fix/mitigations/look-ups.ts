/** Look-ups: reversed in code, asked for the place of the query, or said aloud up to it. */
import type { Instance } from '../../tasks/task.ts';
import type { ListExpression } from '../transform/transform.ts';
import type { Mitigation, Theory } from './mitigation.ts';
import { dualOf, isEasierReversed } from './rules.ts';
import type { Rule } from './rules.ts';
import { deciding, oracleOf, SOURCE } from './shared.ts';
import { theoryOf } from './theory.ts';

type LookUpRule = Extract<Rule, { kind: 'look-up' }>;

export function lookUpMitigations(operation: string, rule: LookUpRule): Mitigation[] {
  const isReversed = isEasierReversed(rule);
  return [
    ...(isReversed ? [reversed(operation)] : []),
    placed(operation, rule, false),
    ...(isReversed && rule.which === 'last' ? [placed(operation, rule, true)] : []),
    ...(rule.rows ? [] : [recited(operation, rule)]),
  ];
}

function reversed(operation: string): Mitigation {
  const dual = dualOf(operation);
  if (dual === null) throw new Error(`${operation} has no dual`);
  return {
    name: 'reverse',
    title: `code reverses the source, the model is asked ${dual}`,
    transform: {
      asks: [{ task: dual, source: { op: 'reverse', of: SOURCE } }],
      answer: { op: 'answer', ask: 0 },
    },
    identity: `${operation}(x, q) = ${dual}(reverse(x), q)`,
    theory: theoryOf(operation, dual),
    chunk: null,
    placeboOf: null,
    expected: (_, { task, source, query }) => oracleOf(task)(source, query),
    prompting: [{ operation: dual, rule: null, isTrace: false }],
  };
}

const HEURISTIC: Theory = { verdict: null, task: null, kind: 'heuristic', text: '' };

/** The model says at which place the query stands; code takes the symbol next to it. */
function placed(operation: string, rule: LookUpRule, reverse: boolean): Mitigation {
  const turned: ListExpression = reverse ? { op: 'reverse', of: SOURCE } : SOURCE;
  const which = reverse ? mirrored(rule.which) : rule.which;
  const side = reverse ? mirrored(rule.side) : rule.side;
  const said: ListExpression = { op: 'answer', ask: 0 };
  const rows = rule.rows ? 'row' : 'symbol';
  return {
    name: reverse ? 'reverse+place' : 'place',
    title: `${reverse ? 'code reverses the source; ' : ''}the model says the number of the query's ${rows}, code takes the answer from there`,
    transform: {
      asks: [{ task: `place-${which}`, source: { op: 'number', of: turned } }],
      answer:
        side === 'itself'
          ? { op: 'at', of: said, among: turned }
          : { op: 'neighbour', of: said, among: turned, side },
    },
    identity: `${operation}(x, q) = ${side === 'itself' ? 'the one at' : `the ${side} neighbour of`} place-${which}(number(${reverse ? 'reverse(x)' : 'x'}), q)`,
    theory: {
      ...HEURISTIC,
      text: 'the number stands right before the query, so it is a look-up of a left neighbour, of which code needs the number alone; nothing is proved of numerals of several tokens',
    },
    chunk: null,
    placeboOf: null,
    expected: (sample) => {
      const place = deciding(sample, rule);
      return [String(reverse ? sample.source.length - place : place + 1)];
    },
    prompting: [{ operation, rule: placeRule(which, rows), isTrace: false, isNumbered: true }],
  };
}

function placeRule(which: LookUpRule['which'], rows: string): string {
  if (rows === 'row') return `number of the ${which === 'only' ? '' : `${which} `}row of`;
  const place = { only: 'the one place', first: 'the first place', last: 'the last place' }[which];
  return `The answer is the number that stands in front of ${place} of the query.`;
}

function mirrored<Word extends string>(word: Word): Word {
  const mirror: Readonly<Record<string, string>> = {
    first: 'last',
    last: 'first',
    left: 'right',
    right: 'left',
  };
  return (Object.hasOwn(mirror, word) ? mirror[word] : word) as Word;
}

/** Stands between what is said aloud and the answer. */
const THEREFORE = '=';

/** The model says the numbered source again up to what it looks for, and then the answer: `1:a 2:b 3:q = b`. */
function recited(operation: string, rule: LookUpRule): Mitigation {
  const until = rule.which === 'last' ? 'to its end' : 'up to the query';
  return {
    name: 'recite',
    title: `the model says the numbered source again ${until}, then the answer; code takes the last symbol`,
    transform: {
      asks: [{ task: `recite-${operation}`, source: { op: 'number', of: SOURCE } }],
      answer: { op: 'last', of: { op: 'answer', ask: 0 } },
    },
    identity: `${operation}(x, q) = the last symbol of what is said aloud`,
    theory: {
      ...HEURISTIC,
      text: 'thinking aloud with numbers is what theory licenses (arXiv 2511.20038), and each step is a look-up of a right neighbour; that the whole holds is not proved',
    },
    chunk: null,
    placeboOf: null,
    expected: (sample, { source }) => [
      ...source.slice(0, recitedUpTo(sample, rule)),
      THEREFORE,
      ...sample.answer,
    ],
    prompting: [
      {
        operation,
        rule: `The output is the source again ${until}, then ${THEREFORE}, then the answer: the symbol to the ${rule.side} of ${occurrence(rule)}.`,
        isTrace: true,
      },
    ],
  };
}

function occurrence({ which }: LookUpRule): string {
  return which === 'only' ? 'the query' : `the ${which} place of the query`;
}

/** How many symbols are said aloud: to the query, and to its right neighbour where that is the answer. */
function recitedUpTo(sample: Pick<Instance, 'source' | 'query'>, rule: LookUpRule): number {
  if (rule.which === 'last') return sample.source.length;
  return deciding(sample, rule) + (rule.side === 'right' ? 2 : 1);
}
