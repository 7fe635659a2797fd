/** A transformation, done: what is asked instead of a sample, and the answer that is read out of what came back. */
import { checkTransform } from './check.ts';
import { type ListOperation, operations, type Symbols } from './operations.ts';
import type { Ask, Asked, ListExpression, Transform } from './transform.ts';

/** What expressions are made of. */
interface Given {
  readonly source: Symbols;
  /** What each ask asks about, and the answers to that; of nothing while there are none. */
  readonly asks: readonly {
    readonly parts: readonly Symbols[];
    readonly answers: readonly (Symbols | null)[];
  }[];
}

/**
 * The questions that are asked instead of a sample: those of the first ask, then those of the second, …; none where an ask
 * has no source.
 * @throws Error where the transformation makes no sense
 */
export function asksOf(transform: Transform, source: Symbols, query: string | null): Asked[] {
  checkTransform(transform);
  const parts = partsOf(transform, source) ?? [];
  return parts.flatMap((lists, ask) =>
    lists.map((list) => ({ task: transform.asks[ask].task, source: list, query })),
  );
}

/**
 * The answer to a sample; null: none (an abstention).
 * @param answers to the questions of `asksOf`, in that order; null where there is none
 * @throws Error where there are more or fewer answers than questions, or the transformation makes no sense
 */
export function answerOf(
  transform: Transform,
  answers: readonly (Symbols | null)[],
  source: Symbols,
  query: string | null,
): Symbols | null {
  const expected = asksOf(transform, source, query).length;
  if (answers.length !== expected) throw new Error(`expected ${expected} answers, got ${answers.length}`);
  const parts = partsOf(transform, source);
  if (parts === null) return null;
  let from = 0;
  const asks = parts.map((lists) => ({ parts: lists, answers: answers.slice(from, (from += lists.length)) }));
  return listOf(transform.answer, { source, asks });
}

/** What each ask asks about: one list, or several; null where one has no source. */
function partsOf(transform: Transform, source: Symbols): readonly (readonly Symbols[])[] | null {
  const parts = transform.asks.map((ask) => partsOfAsk(ask, { source, asks: [] }));
  return parts.every((lists) => lists !== null) ? parts : null;
}

function partsOfAsk(ask: Ask, given: Given): readonly Symbols[] | null {
  if (ask.source.op !== 'chunks') {
    const list = listOf(ask.source, given);
    return list && [list];
  }
  const list = listOf(ask.source.of, given);
  return list && operations.chunks.run(list, ask.source);
}

function listOf(expression: ListExpression, given: Given): Symbols | null {
  if (expression.op === 'source') return given.source;
  if (expression.op === 'answer') return given.asks[expression.ask].answers[0];
  if (expression.op === 'join') {
    const { answers, parts } = given.asks[expression.ask];
    return operations.join.run(answers, parts);
  }
  const operation = operations[expression.op] as ListOperation<ListExpression>;
  const lists = operation.lists(expression).map((list) => listOf(list, given));
  return lists.every((list) => list !== null) ? operation.run(lists, expression) : null;
}
