/** Whether a transformation makes sense. Its types say most of that. */
import { type ListOperation, operations } from './operations.ts';
import type { ListExpression, Transform } from './transform.ts';

/**
 * @throws Error where an ask is made of answers, an expression names an ask that is not there or is of the other kind
 * (one list, lists), or the size of chunks is no whole number from 1
 */
export function checkTransform(transform: Transform): void {
  for (const [at, { source }] of transform.asks.entries()) {
    const list = source.op === 'chunks' ? source.of : source;
    if (askedIn(list).length > 0) throw new Error(`the ask ${at} is made of answers`);
    if (source.op === 'chunks' && !(Number.isSafeInteger(source.size) && source.size >= 1)) {
      throw new Error(`the ask ${at} has chunks of ${source.size} symbols`);
    }
  }
  for (const { op, ask } of askedIn(transform.answer)) {
    if (!Object.hasOwn(transform.asks, ask)) throw new Error(`there is no ask ${ask}`);
    const chunked = transform.asks[ask].source.op === 'chunks';
    if (chunked !== (op === 'join')) {
      throw new Error(
        `the ask ${ask} has ${chunked ? "several answers: 'join' joins them" : "one answer: 'answer' has it"}`,
      );
    }
  }
}

/** Every place in an expression where answers stand. */
function askedIn(expression: ListExpression): readonly Extract<ListExpression, { readonly ask: number }>[] {
  if (expression.op === 'source') return [];
  if (expression.op === 'answer' || expression.op === 'join') return [expression];
  return (operations[expression.op] as ListOperation<ListExpression>).lists(expression).flatMap(askedIn);
}
