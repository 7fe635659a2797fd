import { describe, expect, it } from 'vitest';
import { tasks } from '../../tasks/index.ts';
import { answerTo, definitionOf } from './definitions.ts';
import { promptsOf, readerOf } from './instances.ts';
import { stringsOf } from './strings.ts';

const all = Object.values(tasks);

/** Enough for every order of query, neighbours and repeats. */
const LONGEST = 5;

describe('what a task is, for the checkers', () => {
  it.each(all)('$name: as the oracle of src/tasks says, for every short source', (task) => {
    const definition = definitionOf(task);
    const symbols = task.family === 'flip-flop' ? ['w', 'r', 'i', '0', '1'] : ['a', 'b', 'c'];
    let answered = 0;
    for (let length = 0; length <= LONGEST; length++) {
      for (const source of stringsOf(symbols, length)) {
        for (const query of task.family === 'retrieval' ? symbols : [null]) {
          const reply = task.answer(source, query);
          const expected = 'refusal' in reply ? null : reply.answer;
          expect([source, query, answerTo(definition, source, query)]).toEqual([source, query, expected]);
          answered += Number(expected !== null);
        }
      }
    }
    expect(answered).toBeGreaterThan(5);
  });

  it('refuses a task that there is not, and another title', () => {
    expect(() => definitionOf({ name: 'toString', title: '' })).toThrow('no task');
    expect(() => definitionOf({ name: 'UR', title: 'the symbol to the left' })).toThrow('is defined as');
  });
});

describe('readers of sources', () => {
  it.each(all.filter(({ family }) => family !== 'copying'))(
    '$name: say of every source what the definition says',
    (task) => {
      const definition = definitionOf(task);
      const own = task.family === 'flip-flop' ? ['w', 'r', 'i', '0', '1'] : ['a', 'b', 'c'];
      for (const query of task.family === 'retrieval' ? own : [null]) {
        for (const candidate of own) {
          const reader = readerOf(definition, query, candidate);
          for (let length = 0; length <= LONGEST; length++) {
            for (const source of stringsOf(own, length)) {
              let state: unknown = reader.start;
              for (const symbol of source) state = state === null ? null : reader.after(state, symbol);
              const answer = answerTo(definition, source, query);
              const expected = answer === null ? 'no instance' : answer[0] === candidate ? 'right' : 'wrong';
              expect([source, state === null ? 'no instance' : reader.ending(state)]).toEqual([
                source,
                expected,
              ]);
            }
          }
        }
      }
    },
  );
});

describe('prompts as automata', () => {
  /** What is wanted of the candidate after the last symbol of a prompt. */
  function wantedAfter(
    { automaton, wanted }: ReturnType<typeof promptsOf>,
    prompt: readonly string[],
  ): boolean | null {
    let state = automaton.start;
    prompt.forEach((symbol, place) => {
      if (place < prompt.length - 1) state = automaton.transitions[state][automaton.alphabet.indexOf(symbol)];
    });
    const letter = automaton.alphabet.indexOf(prompt[prompt.length - 1]);
    return wanted[state * automaton.alphabet.length + letter];
  }

  it.each(all.filter(({ family, unique }) => family !== 'copying' || unique))(
    '$name: want at every place of every short instance what comes next there',
    (task) => {
      const definition = definitionOf(task);
      const symbols = task.family === 'flip-flop' ? ['w', 'r', 'i', '0', '1'] : ['a', 'b', 'c', 'd'];
      const everything = [...symbols, '<bos>', '<sep>', '<eos>'];
      const automata = new Map(
        [...symbols, '<sep>'].flatMap((at) =>
          everything.map(
            (candidate) => [`${at} ${candidate}`, promptsOf(definition, symbols, at, candidate)] as const,
          ),
        ),
      );
      for (let length = 1; length <= (task.family === 'copying' ? 4 : 5); length++) {
        for (const source of stringsOf(symbols, length)) {
          for (const query of task.family === 'retrieval' ? symbols : [null]) {
            const answer = answerTo(definition, source, query);
            if (answer === null) continue;
            const whole = task.family === 'copying' ? [...answer, '<eos>'] : answer;
            whole.forEach((expected, place) => {
              const prompt = [
                '<bos>',
                ...source,
                '<sep>',
                ...(query === null ? [] : [query]),
                ...whole.slice(0, place),
              ];
              const at = prompt[prompt.length - 1];
              for (const candidate of everything) {
                const prompts = automata.get(`${at} ${candidate}`);
                if (prompts === undefined) throw new Error('no automaton');
                expect([prompt, candidate, wantedAfter(prompts, prompt)]).toEqual([
                  prompt,
                  candidate,
                  candidate === expected,
                ]);
              }
            });
          }
        }
      }
    },
  );
});
