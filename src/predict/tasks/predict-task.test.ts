import { describe, expect, it } from 'vitest';
import { compile, next } from '../../crasp/index.ts';
import { taskNamed, tasks } from '../../tasks/index.ts';
import { predictableTasks, predictTask } from './predict-task.ts';
import { answersOf } from './instances.ts';
import { instantiate } from './schemas.ts';
import { KNOWN } from './table.ts';

/** arXiv 2505.21785, Table 1, and the plain column of the theory notes with UB decided (its program is tested below). */
const VERDICTS = [
  { task: 'UL', pos: 'in', plain: 'out' },
  { task: 'UR', pos: 'in', plain: 'in' },
  { task: 'NLFirst', pos: 'in', plain: 'out' },
  { task: 'NRFirst', pos: 'in', plain: 'in' },
  { task: 'NLLast', pos: 'out', plain: 'out' },
  { task: 'NRLast', pos: 'out', plain: 'out' },
  { task: 'UF', pos: 'in', plain: 'in' },
  { task: 'UB', pos: 'in', plain: 'in' },
  { task: 'NF', pos: 'out', plain: 'out' },
  { task: 'NB', pos: 'out', plain: 'out' },
  { task: 'flip-flop', pos: 'out', plain: 'out' },
] as const;

describe('predictTask', () => {
  it('knows every task there is', () => {
    expect(predictableTasks()).toEqual(tasks.map((task) => task.name));
  });

  it.each(VERDICTS)('$task: $pos in C-RASP[pos], $plain in plain C-RASP', ({ task, pos, plain }) => {
    expect(predictTask(task).verdict).toBe(pos);
    expect(predictTask(task, { fragment: 'plain' }).verdict).toBe(plain);
  });

  it('refuses an unknown task with a suggestion', () => {
    expect(() => predictTask('NRFrist')).toThrow("did you mean 'NRFirst'?");
  });
});

const SMALL = [
  { alphabet: ['a', 'b'], upTo: 7 },
  { alphabet: ['a', 'b', 'c'], upTo: 5 },
  { alphabet: ['a', 'b', 'c', 'd'], upTo: 4 },
];
/** With all symbols different, a source is no longer than its alphabet. */
const DISTINCT = [3, 4, 5].map((size) => ({ alphabet: [...'abcde'].slice(0, size), upTo: size }));

describe('the programs of the tasks that are in', () => {
  const schemas = Object.entries(KNOWN).flatMap(([name, fragments]) =>
    Object.entries(fragments).flatMap(([fragment, { proof }]) =>
      proof.how === 'program' ? [{ name, fragment, proof }] : [],
    ),
  );

  it.each(schemas)(
    '$name ($fragment): the one right answer to every instance of the trials',
    ({ name, proof }) => {
      const unique = name === 'UF' || name === 'UB';
      for (const { alphabet, upTo } of unique ? DISTINCT : SMALL) {
        const program = compile(instantiate(proof.schema, alphabet));
        for (const { input, expected } of answersOf(taskNamed(name), alphabet, upTo)) {
          expect(next(program, input)).toEqual([expected]);
        }
      }
    },
  );
});
