import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { evidenceOf } from '../../score/places/index.ts';
import type { TaskOptions } from '../../tasks/index.ts';
import { askableOf, inquiryTask, materialOf } from './inquiry.node.ts';

const rows = ['key,value', ...Array.from({ length: 40 }, (_, row) => `${(row * row) % 7},v${row}`)];
const csv = path.join(mkdtempSync(path.join(tmpdir(), 'lengthwise-inquiry-')), 'rows.csv');
writeFileSync(csv, `${rows.join('\n')}\n`);

/** In which tenth of the source the evidence of the first samples lies. */
function tenths(name: string, options: TaskOptions, files = {}): Set<number> {
  const material = materialOf(files);
  const asked = inquiryTask(name, { options, material, prompts: null, lenient: false });
  const task = askableOf(asked, material);
  const places = Array.from({ length: 20 }, (_, index) =>
    evidenceOf(task.operation, task.instance({ length: 10, seed: 1, index })),
  );
  return new Set(places.map(({ place }) => Math.floor((place ?? NaN) * 10)));
}

it.each([
  ['UR', {}],
  ['table-lookup-first', {}],
  ['table-lookup-first', { csv }],
  ['examples/tasks/next-stop.yaml', {}],
])('--place decides where the evidence of %s lies %j', (name, files) => {
  expect(tenths(name, { place: { from: 0.2, to: 0.3 } }, files)).toEqual(new Set([2]));
  expect(tenths(name, {}, files).size).toBeGreaterThan(2);
});
