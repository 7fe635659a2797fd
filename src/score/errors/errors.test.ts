import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askableNamed, askableNames } from '../../prompt/askable.ts';
import type { Instance, TaskFamily } from '../../tasks/task.ts';
import { anatomyOf, copyErrorOf, copyingAnatomy, copyPlaceOf } from './index.ts';
import { prefixLengths } from './prefix-lengths.ts';

const letters = (text: string): string[] => (text === '' ? [] : text.split(' '));

function instance(task: string, source: string, query: string | null, answer: string): Instance {
  const symbols = letters(source);
  const positions = symbols.flatMap((symbol, i) => (symbol === query ? [i] : []));
  return { task, length: symbols.length, source: symbols, query, answer: letters(answer), positions };
}

describe('what was looked up instead', () => {
  it.each([
    ['UR', 'a b q c d', 'q', 'c', 'c', null],
    ['UR', 'a b q c d', 'q', 'c', 'b', 'other-side'],
    ['UL', 'a b q c d', 'q', 'b', 'c', 'other-side'],
    ['UR', 'a b q c d', 'q', 'c', 'a', 'in-source'],
    ['UR', 'a b q c d', 'q', 'c', 'q', 'in-source'],
    ['UR', 'a b q c d', 'q', 'c', 'z', 'not-in-source'],
    ['UR', 'a b q c d', 'q', 'c', '', 'no-answer'],
    ['UR', 'a b q c d', 'q', 'c', 'c d', 'extra'],
    ['UR', 'a b q c d', 'q', 'c', 'b c', 'other-side'],
    ['NRLast', 'a q b c q d e', 'q', 'd', 'b', 'other-occurrence'],
    ['NRLast', 'a q b c q d e', 'q', 'd', 'a', 'other-occurrence-other-side'],
    ['NRLast', 'a q b c q d e', 'q', 'd', 'c', 'other-side'],
    ['NLFirst', 'a q b c q d e', 'q', 'a', 'c', 'other-occurrence'],
    ['NLFirst', 'a q b c q d e', 'q', 'a', 'd', 'other-occurrence-other-side'],
    ['NLFirst', 'a q b c q d e', 'q', 'a', 'b', 'other-side'],
    ['NRFirst', 'q b c q d e', 'q', 'b', 'd', 'other-occurrence'],
    ['NRFirst', 'q b c q d e', 'q', 'b', 'e', 'in-source'],
  ])('%s of %j, %s: %s is right, %j came', (task, source, query, answer, output, kind) => {
    expect(
      anatomyOf({ name: task, family: 'retrieval' }, instance(task, source, query, answer), letters(output)),
    ).toBe(kind);
  });

  it('flip-flop: an earlier write instead of the last', () => {
    const flipFlop = { name: 'flip-flop', family: 'flip-flop' as TaskFamily };
    const asked = instance('flip-flop', 'w 0 i 1 w 1 i 0 r', null, '1');
    expect(anatomyOf(flipFlop, asked, ['0'])).toBe('other-occurrence');
    expect(anatomyOf(flipFlop, asked, ['1'])).toBeNull();
  });
});

describe('how a copy went wrong', () => {
  const copying = { name: 'NF', family: 'copying' as TaskFamily };

  it.each([
    ['a b c d e', '', 'no-answer', 0],
    ['a b c d e', 'a b c', 'early-end', 3],
    ['a b c d e', 'a b c d e f', 'late-end', 5],
    ['a b c d e', 'a b c d e a b', 'late-end', 5],
    ['a b c d e', 'e d c b a', 'other-direction', 0],
    ['a b c d e', 'c b a', 'other-direction', 0],
    ['a b c d e', 'a c b d e', 'swapped', 1],
    ['a b c d e', 'a c d e', 'skipped', 1],
    ['a b c d e', 'a b c e', 'skipped', 3],
    ['a b c d e', 'a b b c d e', 'repeated', 2],
    ['a b c d e f g', 'a b e f g', 'jump', 2],
    ['a b c d e', 'a b x d e', 'foreign', 2],
    ['a b c d e', 'a b e d x', 'misplaced', 2],
    ['a b c d e', 'a b c x y x y x y', 'loop', 3],
    ['a b a c a d', 'a b a d', 'jump', 3],
    ['a b c a d e', 'a d e', 'jump', 1],
    ['a b c', 'x', 'foreign', 0],
  ])('%j asked, %j came: %s', (answer, output, kind, firstWrong) => {
    const asked = instance('NF', answer, null, answer);
    expect(anatomyOf(copying, asked, letters(output))).toBe(kind);
    expect(copyingAnatomy(asked, letters(output))?.firstWrong).toBe(firstWrong);
  });

  it('sees that the first wrong place stands at an ambiguous transition, and where the copy went on', () => {
    const asked = instance('NF', 'a b c x b d e', null, 'a b c x b d e');
    expect(copyingAnatomy(asked, letters('a b d e'))).toEqual({
      kind: 'jump',
      firstWrong: 2,
      ambiguous: true,
      jumpTo: 5,
      occurrence: { due: 1, taken: 2, of: 2 },
    });
    expect(copyingAnatomy(asked, letters('a b c d e'))).toMatchObject({ ambiguous: false, jumpTo: 5 });
  });

  it('says to which other occurrence a copy jumped', () => {
    const asked = instance('NF', 'x 1 2 x 3 4 x 5 6', null, 'x 1 2 x 3 4 x 5 6');
    expect(copyingAnatomy(asked, letters('x 5 6'))?.occurrence).toEqual({ due: 1, taken: 3, of: 3 });
    expect(copyingAnatomy(asked, letters('x 1 2 x 1 2'))?.occurrence).toEqual({ due: 2, taken: 1, of: 3 });
    expect(copyingAnatomy(asked, letters('x 1 5 6'))?.occurrence).toBeNull();
  });

  it('looks at a text word by word, and at the order of its lines as a whole', () => {
    const text = { name: 'text-copy', family: 'copying' as TaskFamily };
    const lines = ['Dolor sit est.', 'Ora sit amet.', 'Magna non isci.'];
    const asked = { ...instance('text-copy', '', null, ''), source: lines, answer: lines };
    expect(anatomyOf(text, asked, lines.toReversed())).toBe('other-direction');
    const oneWordLess = ['Dolor sit est.', 'Ora amet.', 'Magna non isci.'];
    expect(copyErrorOf(text, asked, oneWordLess)).toMatchObject({
      kind: 'skipped',
      firstWrong: 4,
      ambiguous: false,
    });
    expect(copyPlaceOf(text, asked, ['Dolor sit amet.', 'Magna non isci.'])).toEqual({
      ambiguousTransitions: 2,
      firstWrong: 2,
      ambiguous: true,
    });
    expect(copyPlaceOf(text, asked, lines)).toMatchObject({ firstWrong: null });
  });

  it('a first wrong place, a loop and a resumption are those of their definitions, for usual sizes', () => {
    const symbols = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 14 });
    fc.assert(
      fc.property(symbols, symbols, (answer, output) => {
        const found = copyingAnatomy({ ...instance('NF', '', null, ''), source: answer, answer }, output);
        if (found === null) return;
        const at = Array.from({ length: output.length + 1 }, (_, i) => i).findLast(
          (i) => i <= answer.length && output.slice(0, i).join() === answer.slice(0, i).join(),
        );
        expect(found.firstWrong).toBe(at);
        expect(found.jumpTo).toBe(bestResumption(answer, output, at ?? 0));
        if (found.kind === 'loop') expect(loops(output.slice(at))).toBe(true);
        if (found.kind === 'jump' || found.kind === 'foreign') expect(loops(output.slice(at))).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it('how far lists agree with a beginning is what comparing from every place gives', () => {
    const list = fc.array(fc.constantFrom('a', 'b'), { maxLength: 12 });
    fc.assert(
      fc.property(list, list, (pattern, text) => {
        const naive = (all: readonly string[]): number[] =>
          all.map((_, i) => agreement(pattern, all.slice(i)));
        expect([...prefixLengths(pattern, text)]).toEqual(naive(text));
        expect([...prefixLengths(pattern)]).toEqual(naive(pattern));
      }),
    );
  });

  it('an endless copy costs no more than its length', () => {
    const answer = Array.from({ length: 2_000 }, (_, i) => `s${i % 7}`);
    const asked = { ...instance('NF', '', null, ''), source: answer, answer };
    for (const output of [
      [...Array.from({ length: 200_000 }, () => 's1'), 's2'],
      Array.from({ length: 200_000 }, (_, i) => `s${i % 7}`),
      Array.from({ length: 200_000 }, (_, i) => `s${6 - (i % 7)}`),
    ]) {
      const before = process.cpuUsage();
      copyPlaceOf(copying, asked, output);
      expect(process.cpuUsage(before).user).toBeLessThan(1_000_000); // microseconds; quadratic work takes minutes
    }
  });

  it('a copy is right exactly when it is the answer, and every other output has a kind', () => {
    const symbols = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });
    fc.assert(
      fc.property(symbols, symbols, (answer, output) => {
        const asked = { ...instance('NF', '', null, ''), source: answer, answer };
        const same = answer.join(' ') === output.join(' ');
        expect(anatomyOf(copying, asked, output) === null).toBe(same);
      }),
    );
  });
});

/** How many symbols two lists begin with in common. */
function agreement(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

/** By its definition: the longest agreement, at least two symbols or up to both ends, the nearest of equals. */
function bestResumption(answer: readonly string[], output: readonly string[], place: number): number | null {
  const rest = output.slice(place);
  const runs = answer
    .map((_, at) => ({ at, run: agreement(rest, answer.slice(at)) }))
    .filter(({ at, run }) => at !== place && run > 0)
    .filter(({ at, run }) => run >= 2 || (at + run === answer.length && run === rest.length));
  runs.sort((x, y) => y.run - x.run || Math.abs(x.at - place) - Math.abs(y.at - place) || x.at - y.at);
  return runs.at(0)?.at ?? null;
}

/** Whether a list ends in the same few symbols three times. */
function loops(list: readonly string[]): boolean {
  return list.some((_, i) => {
    const [period, rest] = [i + 1, list.slice(-3 * (i + 1))];
    return rest.length === 3 * period && rest.every((symbol, at) => symbol === rest[at % period]);
  });
}

it('every look-up that can be asked for has errors of its own; an unknown one is a fault, not a flip-flop', () => {
  const source = ['a', 'x', 'b', 'x', 'c'];
  for (const name of askableNames()) {
    const { family } = askableNamed(name);
    if (family !== 'retrieval') continue;
    const instance = { task: name, length: 5, source, query: 'x', answer: ['z'], positions: [1, 3] };
    expect(anatomyOf({ name, family }, instance, ['?'])).not.toBeNull();
  }
  const instance = { task: 'NLSecond', length: 5, source, query: 'x', answer: ['b'], positions: [1, 3] };
  expect(() => anatomyOf({ name: 'NLSecond', family: 'retrieval' }, instance, ['c'])).toThrow(
    'NLSecond: no look-up whose errors are known',
  );
});
