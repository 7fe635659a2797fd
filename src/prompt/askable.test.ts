import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawInstance, taskNamed } from '../tasks/index.ts';
import type { TaskOptions } from '../tasks/index.ts';
import { askableNamed, askableNames, askables } from './askable.ts';
import { renderPrompt } from './render.ts';
import { promptFor } from './files.node.ts';

/** What was drawn at commit 76859d2, before places could be asked for: 20 instances at each length, as the beginning of a SHA-256. */
const before = JSON.parse(readFileSync('test/fixtures/tasks/draws.json', 'utf8')) as {
  drawn: Record<string, string>;
  asked: Record<string, string>;
};

/** The same of what is drawn now. */
function digestOf<T>(draw: (at: { length: number; seed: number; index: number }) => T): string {
  const drawn = [4, 5, 10, 21, 40].flatMap((length) =>
    Array.from({ length: 20 }, (_, index) => draw({ length, seed: 7, index })),
  );
  return createHash('sha256').update(JSON.stringify(drawn)).digest('hex').slice(0, 16);
}

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

  it.each(Object.entries(before.asked))(
    '%s is asked as it was, where no place is asked for',
    (name, digest) => {
      const task = askableNamed(name);
      expect(digestOf((draw) => task.instance(draw))).toBe(digest);
    },
  );

  it.each(Object.entries(before.drawn))(
    '%s is drawn as it was, where no place is asked for',
    (name, digest) => {
      expect(digestOf((draw) => drawInstance(taskNamed(name), draw))).toBe(digest);
    },
  );

  it('demonstrations are the same whether a place is asked for or not: they show no place', () => {
    for (const name of ['UR', 'NRLast', 'flip-flop', 'table-lookup-first']) {
      const shown = [undefined, 'stratified', { from: 0.4, to: 0.6 }].map((place) => {
        const task = askableNamed(name, { options: { place } as TaskOptions });
        const draw = { length: 10, seed: 3, index: 0, anywhere: true };
        return task.instance(draw).source;
      });
      expect(shown[1]).toEqual(shown[0]);
      expect(shown[2]).toEqual(shown[0]);
    }
    // A place that no demonstration of its usual length has doesn't stand in the way.
    const task = askableNamed('NRLast', { options: { place: { from: 0, to: 0.1 } } });
    const template = promptFor('retrieval', ['bare'], false);
    const { instance } = renderPrompt(task, template, { length: 60, seed: 1, index: 0 });
    expect(instance.positions.at(-1)).toBeLessThan(6);
  });

  it('knows groups, and suggests what was meant', () => {
    expect(askables(['table-lookup'])).toHaveLength(4);
    expect(() => askables(['git-rever'])).toThrow("did you mean 'git-revert'?");
  });
});
