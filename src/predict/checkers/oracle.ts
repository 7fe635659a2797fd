/** What a task's oracle says about small instances, and all strings of a length. */
import { taskNamed } from '../../tasks/index.ts';
import { must } from './refusal.ts';

/** What the oracle says about all small sources, as one line each: part of what the hash is taken of. */
export function oracleLines(about: { readonly name: string; readonly title: string }): string[] {
  const task = taskNamed(about.name);
  must(task.title === about.title, 'the task has another title here');
  const symbols = task.family === 'flip-flop' ? ['w', 'r', 'i', '0', '1'] : ['a', 'b', 'c'];
  const lines: string[] = [];
  for (let length = 1; length <= 4; length++) {
    for (const source of stringsOf(symbols, length)) {
      for (const query of task.family === 'retrieval' ? symbols : [null]) {
        const reply = task.answer(source, query);
        if (!('refusal' in reply))
          lines.push([source.join(' '), query ?? '', reply.answer.join(' ')].join(' | '));
      }
    }
  }
  return lines;
}

/** All strings of one length. */
export function* stringsOf(symbols: readonly string[], length: number): Generator<string[]> {
  if (length === 0) yield [];
  else
    for (const start of stringsOf(symbols, length - 1))
      for (const symbol of symbols) yield [...start, symbol];
}
