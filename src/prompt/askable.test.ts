import { describe, expect, it } from 'vitest';
import { askableNamed, askableNames, askables } from './askable.ts';

describe('what can be asked', () => {
  it.each(askableNames())('%s: its instances are what its own oracle says', (name) => {
    const task = askableNamed(name);
    for (let index = 0; index < 50; index++) {
      const instance = task.instance({ length: task.admits().min + index, seed: 3, index });
      expect(instance.task).toBe(name);
      expect(task.answer(instance.source, instance.query)).toMatchObject({ answer: instance.answer });
    }
  });

  it.each([
    [['UL', 'UR'], 12],
    [['NLFirst', 'NRFirst', 'NLLast', 'NRLast'], 12],
    [['UF', 'UB'], 12],
    [['NF', 'NB'], 12],
    [['git-revert', 'git-cherrypick'], 12],
    [['text-copy', 'text-copy-backward'], 12],
    [['table-lookup-after', 'table-lookup-before'], 12],
    [['table-lookup-first', 'table-lookup-last'], 12],
  ])('%j are asked about the same sources and queries', (names, length) => {
    for (let index = 0; index < 20; index++) {
      const asked = askables(names).map((task) => task.instance({ length, seed: 1, index }));
      expect(new Set(asked.map(({ source, query }) => JSON.stringify([source, query]))).size).toBe(1);
    }
  });

  it('the place of a query that occurs once is uniform over the places with both neighbours', () => {
    const counts = new Array<number>(8).fill(0);
    for (let index = 0; index < 4000; index++) {
      counts[askableNamed('UR').instance({ length: 8, seed: 1, index }).positions[0]]++;
    }
    expect([counts[0], counts[7]]).toEqual([0, 0]);
    for (const count of counts.slice(1, 7)) expect(Math.abs(count - 4000 / 6)).toBeLessThan(120);
  });

  it('knows groups, and suggests what was meant', () => {
    expect(askables(['table-lookup'])).toHaveLength(4);
    expect(() => askables(['git-rever'])).toThrow("did you mean 'git-revert'?");
  });
});
