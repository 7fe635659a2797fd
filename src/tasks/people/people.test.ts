import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import { ambiguousTransitions, csvRows, lineTasks } from './index.ts';
import { keyOf } from './table-lookup.ts';

describe.each(lineTasks.map((task) => [task.name, task] as const))('%s', (name, task) => {
  it('draws instances of the length that was asked for, and its oracle agrees', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.nat(), (more, seed) => {
        const length = task.admits().min + more;
        const instance = task.sample(length, rng(seed));
        expect(instance).toMatchObject({ task: name, length });
        expect(instance.source).toHaveLength(length);
        expect(task.answer(instance.source, instance.query)).toEqual({
          answer: instance.answer,
          positions: instance.positions,
        });
        expect(task.sample(length, rng(seed))).toEqual(instance);
      }),
    );
  });

  it('refuses lengths that do not exist', () => {
    expect(() => task.sample(0, rng(1))).toThrow(`${name} admits lengths from`);
    expect(() => task.sample(9, rng(1), ['a,1', 'b,2', 'c,3'])).toThrow('not 9');
  });
});

describe('material of one’s own', () => {
  it('is taken line by line from where it stands', () => {
    const log = Array.from({ length: 30 }, (_, i) => `${i} change`);
    const [revert, cherryPick] = ['git-revert', 'git-cherrypick'].map((name) =>
      lineTasks.find((task) => task.name === name),
    );
    const there = revert?.sample(5, rng(3), log);
    const back = cherryPick?.sample(5, rng(3), log);
    expect(log.join('\n')).toContain(there?.answer.join('\n'));
    expect(back?.answer).toEqual(there?.answer.toReversed());
  });

  it('CSV rows come without the head, and keys may be quoted', () => {
    expect(csvRows('id,name\r\n1,a\r\n\r\n2,b\n')).toEqual(['1,a', '2,b']);
    expect(keyOf('"a,""b""",2')).toBe('a,"b"');
  });

  it('says what is missing when no key can be asked about', () => {
    const first = lineTasks.find((task) => task.name === 'table-lookup-first');
    expect(() => first?.sample(3, rng(1), ['a,1', 'b,2', 'c,3'])).toThrow('needs a key that occurs twice');
  });
});

describe('ambiguousTransitions', () => {
  it('counts the places whose word is followed by something else elsewhere', () => {
    expect(ambiguousTransitions(['a', 'b', 'a', 'c', 'd'])).toBe(2);
    expect(ambiguousTransitions(['a', 'b', 'c'])).toBe(0);
    expect(ambiguousTransitions(['a', 'b', 'a', 'b', 'a', 'b'])).toBe(0);
    expect(ambiguousTransitions([])).toBe(0);
  });
});
