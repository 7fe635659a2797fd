import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../common/errors.ts';
import { readSamples } from './samples-file.ts';

const good = { task: 'UR', source: ['a', 'b', 'c'], query: 'b', demonstrations: [] };
const read = (...lines: unknown[]) => readSamples(lines.map((line) => JSON.stringify(line)).join('\n'), 'f');

describe('a file of samples', () => {
  it('is read with right answers, by task and length in the order of the file', () => {
    const copy = { task: 'UB', source: ['x', 'y'] };
    const longer = { ...good, source: ['a', 'b', 'c', 'd'] };
    const groups = read(good, copy, longer, { ...good, query: 'a' });
    expect(groups.map((group) => group.map(({ sample }) => [sample.task, sample.length, sample.answer]))).toEqual([
      [['UR', 3, ['c']], ['UR', 3, ['b']]],
      [['UB', 2, ['y', 'x']]],
      [['UR', 4, ['c']]],
    ]); // prettier-ignore
  });

  it('keeps demonstrations as they are given', () => {
    const demonstrations = [{ source: ['p', 'q'], query: null, answer: ['wrong'] }];
    const [[{ demonstrations: kept }]] = read({ ...good, demonstrations });
    expect(kept).toEqual(demonstrations);
  });

  it('has tasks of the user’s own, with their answers or with what may come next', () => {
    const sort = { task: 'sort', source: ['2', '1'], answer: ['1', '2', '<eos>'] };
    const next = [['a'], ['a', 'b'], ['<eos>']];
    const language = { task: 'ab*', source: ['a', 'b'], next };
    const [[first], [second]] = read(sort, language);
    expect(first.sample).toEqual({ ...sort, length: 2, query: null, positions: [] });
    expect([second.sample.answer, second.next]).toEqual([[], next]);
  });

  it.each([
    ['', 'f: no samples: one JSON object a line was expected'],
    ['{"task"', 'f:1: no JSON: '],
    [
      JSON.stringify({ ...good, task: 'flip-flop' }),
      'f:1: no task "flip-flop" to explain: expected one of UL, UR',
    ],
    [
      JSON.stringify({ ...good, answer: ['c'] }),
      'f:1: the right answers of UR are known: leave "answer" out, or give the task another name',
    ],
    [JSON.stringify({ task: 'x\n', source: ['a'], answer: ['a'] }), "f:1: 'task': a name of 1 to 100"],
    [
      JSON.stringify({ task: 'x', source: ['a'], answer: ['a'], next: [] }),
      'f:1: "answer" or "next", not both',
    ],
    [
      JSON.stringify({ task: 'x', source: ['a'], next: [['a']] }),
      'f:1: 1 sets in "next" for a source of 1 symbols: 2 were expected, before the first symbol and after each',
    ],
    [
      JSON.stringify({ task: 'x', source: ['a'], query: 'a', next: [[], []] }),
      'f:1: a query and "next": what may come next is asked of the source alone',
    ],
    [JSON.stringify({ ...good, query: 'z' }), 'f:1: no sample of UR:'],
    [JSON.stringify({ ...good, source: ['b', 'b'] }), 'f:1: no sample of UR:'],
    [JSON.stringify({ ...good, source: 'abc' }), "f:1: 'source': Invalid input: expected array"],
    [JSON.stringify({ ...good, sauce: [] }), 'f:1: Unrecognized key: "sauce"'],
    [
      `${JSON.stringify(good)}\n\n[]`,
      'f:3: Invalid input: expected object, received array; expected {"task": …',
    ],
  ])('%s is one line', (text, message) => {
    expect(() => readSamples(text, 'f')).toThrow(UserError);
    expect(() => readSamples(text, 'f')).toThrow(message);
  });

  it('of anything is read, or one error of one line', () => {
    const symbol = fc.oneof(fc.constantFrom('a', 'b', ' ', ''), fc.string({ unit: 'binary' }));
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .record(
          {
            task: fc.oneof(
              fc.constantFrom('UR', 'UF', 'NB', 'NLLast', '__proto__', 'flip-flop'),
              fc.string(),
            ),
            source: fc.oneof(fc.array(symbol), fc.jsonValue()),
            query: fc.oneof(symbol, fc.constant(null), fc.jsonValue()),
            demonstrations: fc.oneof(
              fc.array(fc.record({ source: fc.array(symbol), query: symbol, answer: fc.array(symbol) })),
              fc.jsonValue(),
            ),
          },
          { requiredKeys: [] },
        )
        .map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 3 }), (lines) => {
        try {
          for (const { sample } of readSamples(lines.join('\n'), 'f').flat())
            expect(sample.answer.length).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          expect(error.message).not.toMatch(/[\n\r]/);
          expect(error.message.length).toBeLessThan(1000);
        }
      }),
      { numRuns: 500 },
    );
  });
});
