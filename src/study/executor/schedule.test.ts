import { describe, expect, it } from 'vitest';
import { asked, studyRows } from '../../../test/report-fixture.ts';
import type { PlannedItem } from '../item.ts';
import { Schedule } from './schedule.ts';

const items: PlannedItem[] = studyRows({ ...asked, tasks: ['UR', 'UL'] }).items.filter(
  ({ kind }) => kind !== 'predict',
);
const cost = ({ model }: PlannedItem): number => (model === 'searched' ? 5 : 1);
const named = (item: PlannedItem | undefined) => item && `${item.kind} ${item.task} ${item.model}`;

describe('a schedule', () => {
  it('gives what there is room for, what is quick first, and a measurement after its training', () => {
    const schedule = new Schedule(items, new Set(), cost);
    expect(named(schedule.next(({ kind }) => kind === 'ask'))).toBe('ask UR searched');
    expect(named(schedule.next(({ kind }) => kind !== 'ask'))).toBe('train UR ape');
    expect(schedule.next(({ kind }) => kind === 'measure')).toBeUndefined();
    schedule.finished(items.find(({ kind }) => kind === 'train')!);
    expect(named(schedule.next(({ kind }) => kind === 'measure'))).toBe('measure UR ape');
    expect(schedule.next(() => false)).toBeUndefined();
  });

  it('gives up what is of no use any more', () => {
    const schedule = new Schedule(items, new Set(), cost);
    const taken = schedule.takeAll(({ model }) => model === 'troubled');
    expect(taken.map(named)).toEqual(['ask UR troubled', 'ask UL troubled']);
    expect(schedule.next(({ model }) => model === 'troubled')).toBeUndefined();
    expect(schedule.next(() => true)).toBeDefined();
  });
});
