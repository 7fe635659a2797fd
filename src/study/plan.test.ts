import { describe, expect, it } from 'vitest';
import { parseStudy } from './file/study-file.ts';
import { planStudy } from './plan.ts';
import { distinct } from '../common/distinct.ts';

function planOf(text: string) {
  return planStudy(parseStudy(text, 'study.yaml'));
}

const STUDY = `
name: plan
tasks: [UR, { task: UL, train: { steps: 7 } }]
models: [ape, { name: plain, positions: nope, preset: paper, dim: 32, steps: 9 }]
train: { steps: 5, batch: 3 }
measure: { lengths: [60, 10] }
seeds: 1..2
`;

describe('a plan', () => {
  it('asks the theory once per task and fragment, trains and measures every task, model and seed', () => {
    const plan = planOf(STUDY);
    expect(plan.filter(({ kind }) => kind === 'predict').map(({ task, spec }) => [task, spec])).toEqual([
      ['UR', { task: 'UR', fragment: 'pos' }],
      ['UR', { task: 'UR', fragment: 'plain' }],
      ['UL', { task: 'UL', fragment: 'pos' }],
      ['UL', { task: 'UL', fragment: 'plain' }],
    ]);
    const trained = plan.filter(({ kind }) => kind === 'train');
    expect(trained.map(({ task, model, seed }) => `${task} ${model} ${seed}`)).toEqual([
      ...['UR ape 1', 'UR ape 2', 'UR plain 1', 'UR plain 2'],
      ...['UL ape 1', 'UL ape 2', 'UL plain 1', 'UL plain 2'],
    ]);
    const measured = plan.filter(({ kind }) => kind === 'measure');
    expect(measured.map(({ needs }) => needs)).toEqual(trained.map(({ hash }) => [hash]));
    expect(measured[0].spec).toMatchObject({ model: trained[0].hash, lengths: [10, 60], n: 200, seed: 1 });
  });

  it("trains at the preset's lengths, as far as a small alphabet has them", () => {
    const tasks = 'tasks: [{ task: UF, alphabet: lower:5 }]\nmeasure: { lengths: [3, 5] }';
    const plan = planOf(`name: small\n${tasks}\nmodels: [ape]\n`);
    const lengths = plan.flatMap(({ kind, spec }) => (kind === 'train' ? [spec.lengths] : []));
    expect(lengths).toEqual([{ min: 1, max: 5 }]);
    expect(() => planOf(`name: small\n${tasks}\nmodels: [ape]\ntrain: { lengths: 1-9 }\n`)).toThrow(
      'has a mistake',
    );
  });

  it('lets what is said more closely win: task, model, study, preset', () => {
    const steps = planOf(STUDY).flatMap(({ kind, spec }) => (kind === 'train' ? [spec.steps] : []));
    expect(steps).toEqual([5, 5, 9, 9, 7, 7, 7, 7]);
    const [first] = planOf(STUDY).filter(({ kind }) => kind === 'train');
    expect(first.spec).toMatchObject({ task: 'UR', positions: 'ape', batch: 3, seed: 1 });
  });

  it('has positions for the longest length that is measured', () => {
    const lengths = planOf(STUDY.replace('60', '500')).flatMap((item) =>
      item.kind === 'train' ? [item.spec.maxLength] : [],
    );
    expect(new Set(lengths)).toEqual(new Set([500]));
  });

  it('gives an item a hash of what determines its result, and of nothing else', () => {
    const hashes = (text: string) => planOf(text).map(({ hash }) => hash);
    const before = hashes(STUDY);
    expect(new Set(before).size).toBe(before.length);
    expect(hashes(STUDY.replace('name: plain', 'name: other').replace('name: plan', 'name: x'))).toEqual(
      before,
    );
    expect(hashes(STUDY.replace('[60, 10]', '[10, 60]'))).toEqual(before);
    const longer = hashes(STUDY.replace('steps: 7', 'steps: 8'));
    expect(longer.filter((hash) => before.includes(hash))).toHaveLength(before.length - 8);
  });

  it('does the same work once, whatever it is called', () => {
    const twice = planOf(STUDY.replace('[ape,', '[ape, { name: again, positions: ape },'));
    expect(distinct(twice)).toHaveLength(planOf(STUDY).length);
  });
});
