/** How symbols stand in recorded texts, and what is kept of an output whatever they are. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askableNamed } from '../../prompt/askable.ts';
import { Cell } from '../../score/tables/tally.ts';
import { MeasureStore } from '../store/store.node.ts';
import { measureRecording } from './recording.node.ts';
import type { RecordingOptions } from './recording.node.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-symbols-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let files = 0;

/** What records of one file come to: their counts, what is said of the file, and the rows that are kept. */
async function replayed(task: string, records: readonly object[], options: Partial<RecordingOptions> = {}) {
  const file = path.join(scratch, `${files++}.jsonl`);
  writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  const store = MeasureStore.open(mkdtempSync(path.join(scratch, 'store-')));
  const one = { file, task: askableNamed(task) };
  const measured = await measureRecording([one], { threshold: 0.9, store, ...options });
  const all = Cell.together(task, 0, measured.gathered.cells());
  const kept = [...store.rows('untrusted')];
  store.close();
  return { ...measured.files[0], all, row: all.row(), kept };
}

/** Why nothing in a file is a record. */
async function refusal(task: string, records: readonly object[]): Promise<string> {
  return replayed(task, records).then(
    () => '',
    (error: Error) => error.message,
  );
}

describe('an output is kept whole, and the same filters read it however the source is written', () => {
  it.each<[output: string, said: object]>([
    ['The answer is d.', { outcome: 'wrong', retrieved: true, exact: false }],
    ['  d \n', { outcome: 'right', exact: false, changed: ['stop', 'white-space'] }],
    ['d', { outcome: 'right', exact: true, changed: [] }],
    ['<s> d', { outcome: 'right', changed: ['channels'] }],
    ['\n\nd', { outcome: 'right', exact: false, changed: ['white-space'] }],
    ['bad', { outcome: 'wrong', retrieved: false }],
  ])('%j', async (output, said) => {
    for (const source of ['abcdef', 'a b c d e f']) {
      const { kept } = await replayed('UR', [{ source, query: 'c', gold: 'd', output }]);
      expect(kept.map((row) => [row.output.text, row.score])).toMatchObject([[output, said]]);
    }
  });

  it('blanks between symbols of one character are a way of writing them, and are noticed', async () => {
    const { kept } = await replayed('UB', [{ source: 'abc', output: 'c b a' }]);
    expect(kept[0].score).toMatchObject({ outcome: 'right', exact: false, changed: ['white-space'] });
  });

  it('what the authors took out of an output does not replace it, but where only that is there', async () => {
    const full = 'Sure: <target>c b a</target>';
    const paper = { input: 'abc', gold_ans: 'cba', full_output: full, cleaned: 'cba' };
    const noted = { ...paper, full_output: '(loop of ":" to the limit)', cleaned: '::::::' };
    const { kept } = await replayed('UB', [paper, noted]);
    expect(kept.map(({ output, score }) => [output.text, score?.outcome, score?.error])).toEqual([
      [full, 'right', null],
      ['::::::', 'wrong', 'loop'],
    ]);
  });
});

describe('a look-up without its query', () => {
  const records = ['c', 'd'].map((output) => ({ source: 'a b c d e f', probe: 'b', gold: 'c', output }));

  it('is no record: one line names the fields and the option', async () => {
    for (const query of [undefined, null])
      expect(await refusal('UR', [{ ...records[0], query }])).toMatch(
        / has no record that can be read; line 1: no field with the query; its fields are: source, probe, gold, output(, query)? \(name one with --query-field\)$/,
      );
    const table = { source: ['k,1', 'l,2'], gold: ['k,1'], output: 'k,1' };
    expect(await refusal('table-lookup-first', [table])).toContain('no field with the query');
  });

  it('is one where the option names the field, and what has none beside others is no contradiction', async () => {
    const { all, contradicting } = await replayed('UR', records, { fields: { query: 'probe' } });
    expect([all.counts, contradicting]).toMatchObject([{ n: 1, correct: 0.5 }, 0]);
    const mixed = await replayed('UR', [{ ...records[0], query: 'b' }, records[1]]);
    expect([mixed.all.counts.n, mixed.contradicting, mixed.bad]).toEqual([1, 0, 1]);
  });

  it('tasks that ask about none need none', async () => {
    expect((await replayed('UF', [{ source: 'a b', output: 'a b' }])).all.counts.correct).toBe(1);
  });
});
