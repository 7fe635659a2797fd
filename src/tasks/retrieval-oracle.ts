/** The oracle of the six retrieval tasks: reads a source and a query, and shares nothing with what draws them. */
import type { RetrievalRule } from './retrieval.ts';
import type { Answer, Refusal, Symbols, Task } from './task.ts';
import { sourceFault } from './source-fault.ts';

/** x_{q1-1}, x_{q1+1}, x_{qt-1} or x_{qt+1} for a query at q1 < … < qt; t = 1 for UL and UR, t ≥ 2 for the others. */
export function retrievalOracle(rule: RetrievalRule): Task['answer'] {
  return (source, query) => {
    const fault = sourceFault(source);
    if (fault !== null) return { refusal: fault };
    if (query === null || query === undefined)
      return { refusal: `${rule.name} asks about a query; none is given` };
    if (typeof query !== 'string') return { refusal: `the query is a symbol; a ${typeof query} is given` };
    return neighbour(rule, source, query);
  };
}

function neighbour(rule: RetrievalRule, source: Symbols, query: string): Answer | Refusal {
  const positions = source.flatMap((symbol, place) => (symbol === query ? [place] : []));
  const times = positions.length;
  if (times === 0) return { refusal: `the query '${query}' does not occur in the source` };
  if (rule.which === 'only' && times > 1)
    return {
      refusal: `the query '${query}' occurs ${times} times in the source; in ${rule.name} it occurs once`,
    };
  if (rule.which !== 'only' && times === 1)
    return {
      refusal: `the query '${query}' occurs once in the source; in ${rule.name} it occurs at least twice`,
    };

  const asked = rule.which === 'last' ? source.lastIndexOf(query) : source.indexOf(query);
  const found = source.at(rule.side === 'left' ? asked - 1 : asked + 1);
  if (rule.side === 'left' && asked === 0)
    return { refusal: `the query '${query}' is the first symbol of the source: it has no left neighbour` };
  if (found === undefined)
    return { refusal: `the query '${query}' is the last symbol of the source: it has no right neighbour` };
  return { answer: [found], positions };
}
