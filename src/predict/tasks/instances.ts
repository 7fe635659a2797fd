/** All instances of a task over a small alphabet, from its oracle. */
import type { Symbols, Task } from '../../tasks/index.ts';

/** All strings of one length over an alphabet, in lexicographic order. */
export function* strings(alphabet: Symbols, length: number): Generator<string[]> {
  if (length === 0) {
    yield [];
    return;
  }
  for (const start of strings(alphabet, length - 1)) {
    for (const symbol of alphabet) yield [...start, symbol];
  }
}

/** What a model reads before it answers: the source between `<bos>` and `<sep>`, and the query if there is one. */
export function promptOf(source: Symbols, query: string | null): string[] {
  return ['<bos>', ...source, '<sep>', ...(query === null ? [] : [query])];
}

/** Every place at which a program has to name the next symbol: the answer's symbols, and `<eos>` after a copy. */
export function* answersOf(
  task: Task,
  alphabet: Symbols,
  upTo: number,
): Generator<{ input: string[]; expected: string }> {
  const queries = task.family === 'retrieval' ? alphabet : [null];
  for (let length = 1; length <= upTo; length++) {
    for (const source of strings(alphabet, length)) {
      for (const query of queries) yield* answersTo(task, source, query);
    }
  }
}

function* answersTo(
  task: Task,
  source: Symbols,
  query: string | null,
): Generator<{ input: string[]; expected: string }> {
  const found = task.answer(source, query);
  if ('refusal' in found) return;
  const outputs = task.family === 'copying' ? [...found.answer, '<eos>'] : found.answer;
  const prompt = promptOf(source, query);
  for (const [place, expected] of outputs.entries()) {
    yield { input: [...prompt, ...outputs.slice(0, place)], expected };
  }
}
