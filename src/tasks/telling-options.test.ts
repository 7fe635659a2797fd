import { expect, it } from 'vitest';
import { alphabetNamed, drawInstance, taskNamed, tellingTaskOptions } from './index.ts';
import type { TaskOptions } from './index.ts';

it.each<[TaskOptions, TaskOptions]>([
  [{ alphabet: alphabetNamed('62'), where: 'anywhere', occurrences: 2 }, { occurrences: 2 }],
  [{ alphabet: [...alphabetNamed('characters')], place: 'stratified' }, { place: 'stratified' }],
  [
    { alphabet: alphabetNamed('lower'), where: 'first-half' },
    { alphabet: alphabetNamed('lower'), where: 'first-half' },
  ],
  [{ occurrences: { min: 3, max: 3 } }, { occurrences: 3 }],
  [
    { occurrences: { min: 3, max: 3 }, place: 'stratified' },
    { occurrences: 3, place: 'stratified' },
  ],
  [{ occurrences: { min: 2, max: 3 } }, { occurrences: { min: 2, max: 3 } }],
])('options that change nothing about the samples are left out: %#', (given, telling) => {
  expect(tellingTaskOptions(given)).toEqual(telling);
  const task = taskNamed('NRLast');
  for (let index = 0; index < 20; index++) {
    const draw = { length: 14, seed: 1, index };
    expect(drawInstance(task, draw, given)).toEqual(drawInstance(task, draw, telling));
  }
});
