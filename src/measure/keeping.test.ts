import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askableNamed } from '../prompt/askable.ts';
import { promptFor } from '../prompt/files.node.ts';
import type { Respondent } from '../respond/respondent.ts';
import { textOutput } from '../score/output.ts';
import { measure } from './measure.node.ts';
import type { MeasureSpec } from './measure.node.ts';
import { SEARCH_ALPHA } from './plan/plan.ts';
import { MemoryStore } from './store/row-store.ts';
import { measureRecording } from './targets/recording.node.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-keeping-'));
afterAll(() => rmSync(scratch, { recursive: true }));

class FullStore extends MemoryStore {
  override putAll(): void {
    throw new Error('the disk is full');
  }
}

const task = askableNamed('UR');
const spec: MeasureSpec = {
  asked: [{ task, template: promptFor('retrieval', ['pair'], false) }],
  ...{ rendering: {}, sources: {}, lengths: [5], n: 3, maxLength: 5, repeats: 1, seed: 1, threshold: 0.9 },
};
const note = { lengthwise: '', options: {}, prices: null, api: null, alpha: SEARCH_ALPHA };

const alwaysRight: Respondent = {
  identity: { kind: 'test' },
  async *ask(questions) {
    await Promise.resolve();
    for (let next = questions.next(); typeof next === 'object'; next = questions.next())
      yield [{ prompted: next, output: textOutput(` ${next.sample.answer.join(' ')}`) }];
    return { kind: 'done' };
  },
};

describe('an output that can’t be stored', () => {
  it('is not counted: of a respondent that is asked', async () => {
    const told: unknown[] = [];
    const options = { note, signal: new AbortController().signal, onRow: (row: unknown) => told.push(row) };
    await expect(measure(spec, alwaysRight, { ...options, store: new FullStore() })).rejects.toThrow('full');
    expect(told).toEqual([]);
    const { answered } = await measure(spec, alwaysRight, { ...options, store: new MemoryStore() });
    expect([answered, told.length]).toEqual([3, 3]);
  });

  it('nor of a recording', async () => {
    const file = path.join(scratch, 'UL.jsonl');
    writeFileSync(file, `${JSON.stringify({ input: 'abcde|c', target: 'b', full_output: 'b' })}\n`);
    const files = [{ file, task: askableNamed('UL') }];
    await expect(measureRecording(files, { threshold: 0.9, store: new FullStore() })).rejects.toThrow('full');
    const { gathered } = await measureRecording(files, { threshold: 0.9 });
    expect(gathered.totals().answers).toBe(1);
  });
});
