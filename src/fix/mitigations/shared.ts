/** What several mitigations are made of. */
import { askableNamed } from '../../prompt/askable.ts';
import type { Askable } from '../../prompt/askable.ts';
import { answerOverItems } from '../../prompt/own/items.ts';
import { keyOf } from '../../tasks/people/csv.ts';
import type { Instance } from '../../tasks/task.ts';
import type { ListExpression } from '../transform/transform.ts';
import type { Mitigation } from './mitigation.ts';
import { dualOf } from './rules.ts';
import type { Rule } from './rules.ts';

export const SOURCE: ListExpression = { op: 'source' };

/**
 * The oracle of a task, over any texts as symbols.
 * @throws Error where it refuses: what a mitigation asks is always a sample of the task that it names
 */
export function oracleOf(
  task: string,
): (source: readonly string[], query: string | null) => readonly string[] {
  const askable = askableNamed(task);
  const told = askable.answer.bind(askable);
  const answer = askable.joiner === ' ' ? answerOverItems(told) : told;
  return (source, query) => {
    const said = answer(source, query);
    if ('refusal' in said) throw new Error(`${task}: ${said.refusal}`);
    return said.answer;
  };
}

/** The place of the occurrence of the query that decides, from 0. */
export function deciding(
  { source, query }: Pick<Instance, 'source' | 'query'>,
  { which, rows }: Extract<Rule, { kind: 'look-up' }>,
): number {
  const isHere = (symbol: string): boolean => (rows ? keyOf(symbol) : symbol) === query;
  return which === 'last' ? source.findLastIndex(isHere) : source.findIndex(isHere);
}

/** Between a source and what follows it: symbols in a line, and lines. */
function markFor({ joiner }: Pick<Askable, 'joiner'>): { readonly mark: string; readonly filler: string } {
  return joiner === '\n' ? { mark: '---', filler: '.' } : { mark: ';', filler: '.' };
}

/** The source said twice, and as long a prompt without that, which shows what the length does. */
export function repeated(task: Pick<Askable, 'operation' | 'joiner'>): Mitigation[] {
  const { operation } = task;
  const { mark, filler } = markFor(task);
  const same = {
    chunk: null,
    expected: ({ answer }: Pick<Instance, 'answer'>) => answer,
  } as const;
  const prompting = (besides: string) => [{ operation, rule: null, isTrace: false, besides }];
  const answer: ListExpression = { op: 'answer', ask: 0 };
  return [
    {
      ...same,
      name: 'twice',
      title: 'the source stands in the prompt twice',
      transform: { asks: [{ task: operation, source: { op: 'twice', of: SOURCE, mark } }], answer },
      prompting: prompting(
        `What the rule is about is written twice, with ${mark} between: the rule is about one of the two.`,
      ),
      identity: 'what is asked is the same',
      theory: {
        ...{ verdict: null, task: null, kind: 'heuristic' },
        text: 'a second reading sees the whole source (arXiv 2512.14982, 2407.05483); nothing is proved',
      },
      placeboOf: null,
    },
    {
      ...same,
      name: 'padded',
      title: 'as long as twice, but what follows the source says nothing: a control',
      transform: { asks: [{ task: operation, source: { op: 'padded', of: SOURCE, mark, filler } }], answer },
      prompting: prompting(
        `What stands after ${mark} says nothing: the rule is about what stands before it.`,
      ),
      identity: 'what is asked is the same',
      theory: { verdict: null, task: null, kind: 'control', text: 'it is not expected to help' },
      placeboOf: 'twice',
    },
  ];
}

/** Asked as it is, and about the reversed source: an answer counts where both are the same. */
export function bothWays(operation: string): Mitigation {
  const dual = dualOf(operation);
  if (dual === null) throw new Error(`${operation} has no dual`);
  return {
    name: 'both-ways',
    title: `asked as it is, and as ${dual} of the reversed source; where the answers differ there is none`,
    transform: {
      asks: [
        { task: operation, source: SOURCE },
        { task: dual, source: { op: 'reverse', of: SOURCE } },
      ],
      answer: { op: 'agree', of: { op: 'answer', ask: 0 }, with: { op: 'answer', ask: 1 } },
    },
    identity: `${operation}(x) = ${dual}(reverse(x)): both have the same right answer`,
    theory: {
      ...{ verdict: null, task: null, kind: 'heuristic' },
      text: 'it makes no answer right that was wrong; it keeps back answers that are not sure',
    },
    chunk: null,
    placeboOf: null,
    expected: (_, { task, source, query }) => oracleOf(task)(source, query),
    prompting: [
      { operation, rule: null, isTrace: false },
      { operation: dual, rule: ruleOfLines(dual), isTrace: false },
    ],
  };
}

/**
 * How prompts state a copy of lines whose order is not what their own words say: a history is listed from the newest commit, the
 * reversed one is not. null where the words say nothing of it.
 */
export function ruleOfLines(operation: string): string | null {
  switch (operation) {
    case 'git-revert':
      return 'Every output is its input again, line by line.';
    case 'git-cherrypick':
      return 'Every output is its input from the last line to the first.';
    default:
      return null;
  }
}

/** The same question in a prompt that comes with lengthwise, which others replace a user's own with: what that alone does. */
export function otherPrompt(operation: string): Mitigation {
  return {
    name: 'prompt',
    title: 'the same question in a usual prompt instead of your own',
    transform: { asks: [{ task: operation, source: SOURCE }], answer: { op: 'answer', ask: 0 } },
    identity: 'what is asked is the same',
    theory: {
      ...{ verdict: null, task: null, kind: 'heuristic' },
      text: 'other words elicit other things; mitigations that ask something else than your prompt says are asked by this one, too',
    },
    chunk: null,
    placeboOf: null,
    expected: ({ answer }) => answer,
    prompting: [{ operation, rule: null, replaced: true, isTrace: false }],
  };
}
