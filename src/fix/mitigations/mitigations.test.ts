import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askableNamed, askableNames } from '../../prompt/askable.ts';
import { asksOf, answerOf } from '../transform/run.ts';
import { dualOf, ruleOf } from './rules.ts';
import { mitigationNames, mitigationsOf } from './table.ts';

/** Every task but flip-flop: those over symbols and those over lines. */
const tasks = askableNames().filter((name) => name !== 'flip-flop');

describe('the identity of each mitigation, over every task', () => {
  const cases = tasks.flatMap((name) =>
    [1, 3, 7].flatMap((chunk) =>
      mitigationsOf(askableNamed(name), { chunk }).map((mitigation) => ({ name, chunk, mitigation })),
    ),
  );
  it.each(cases)('$name by $mitigation.name ($chunk)', ({ name, mitigation }) => {
    const task = askableNamed(name);
    const { min, max } = task.admits();
    fc.assert(
      fc.property(fc.integer({ min, max: Math.min(max, 24) }), fc.nat(1_000_000), (length, seed) => {
        const sample = task.instance({ length, seed, index: 0 });
        const { source, query, answer } = sample;
        const asked = asksOf(mitigation.transform, source, query);
        const answers = asked.map((one) => mitigation.expected(sample, one));
        expect(answerOf(mitigation.transform, answers, source, query)).toEqual(answer);
      }),
      { numRuns: 20 },
    );
  });
});

it('every mitigation has a name that is listed, and one name once a task', () => {
  const names = tasks.map((name) =>
    mitigationsOf(askableNamed(name), { chunk: 4, ownPrompt: true }).map((one) => one.name),
  );
  for (const own of names) expect(new Set(own).size).toBe(own.length);
  expect(new Set(names.flat())).toEqual(new Set(mitigationNames));
});

it('a task without a rule is asked twice at most', () => {
  expect(mitigationsOf(askableNamed('flip-flop'), { chunk: 4 }).map(({ name }) => name)).toEqual([
    'twice',
    'padded',
  ]);
});

it('the dual of a task answers the same about the reversed source', () => {
  for (const name of tasks) {
    const dual = dualOf(name);
    expect(dual, name).not.toBeNull();
    expect(dualOf(dual ?? '')).toBe(name);
    const task = askableNamed(name);
    for (let seed = 0; seed < 30; seed++) {
      const length = Math.min(task.admits().max, Math.max(task.admits().min, 4 + (seed % 9)));
      const { source, query, answer } = task.instance({ length, seed, index: seed });
      expect(askableNamed(dual ?? '').answer(source.toReversed(), query)).toMatchObject({ answer });
    }
  }
});

describe('what is asked in place of the paper’s tasks', () => {
  const listed = (name: string): string[] =>
    mitigationsOf(askableNamed(name), { chunk: 8 }).map((one) => one.name);
  it.each([
    ['UB', ['reverse', 'number', 'reverse+number', 'reverse+chunk', 'reverse+number+chunk']],
    ['NF', ['number', 'chunk', 'number+chunk']],
    ['UL', ['reverse', 'place', 'recite']],
    ['UR', ['place', 'recite']],
    ['NLLast', ['reverse', 'place', 'reverse+place', 'recite']],
    ['table-lookup-last', ['reverse', 'place', 'reverse+place']],
  ])('%s', (name, own) => {
    expect(listed(name)).toEqual([...own, 'twice', 'padded', 'both-ways']);
  });

  it('Last becomes First, which is in, with the verdict of theory beside it', () => {
    const [reverse] = mitigationsOf(askableNamed('NLLast'), { chunk: null });
    expect(reverse.transform.asks[0].task).toBe('NRFirst');
    expect(reverse.theory).toMatchObject({ verdict: 'in', task: 'NRFirst', kind: 'proved' });
    expect(reverse.theory.text).toMatch(/^NLLast is out of C-RASP\[pos\], NRFirst is in it/);
  });

  it('numbers make UF of NF, and no proof', () => {
    const [number] = mitigationsOf(askableNamed('NF'), { chunk: null });
    expect(number.transform.asks[0].task).toBe('UF');
    expect(number.theory).toMatchObject({ verdict: 'in', task: 'UF', kind: 'heuristic' });
  });
});

it('rules of lines and of symbols are told apart', () => {
  expect(ruleOf({ operation: 'git-cherrypick' })).toMatchObject({ kind: 'copy', direction: 'backward' });
  expect(ruleOf({ operation: 'flip-flop' })).toBeNull();
});

it('keys of a table may be quoted: places are those of their rows', () => {
  const table = [
    '"Smith, John",1,Rome',
    '"Lee, Kim",2,Oslo',
    '"Smith, John",3,Bonn',
    ' Poe ,4,Kiel',
    '"Lee, Kim",5,Graz',
  ];
  for (const name of ['table-lookup-first', 'table-lookup-last']) {
    const task = askableNamed(name, { material: { table } });
    const place = mitigationsOf(task, { chunk: null }).find((one) => one.name === 'place')!;
    for (let index = 0; index < 10; index++) {
      const sample = task.instance({ length: 5, seed: 1, index });
      const asked = asksOf(place.transform, sample.source, sample.query);
      const [number] = place.expected(sample, asked[0]);
      expect(sample.source[Number(number) - 1]).toBe(sample.answer[0]);
    }
  }
});
