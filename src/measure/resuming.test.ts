/** Going on with a measurement of which much is stored, by the respondent that models in a folder have. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { askableNamed } from '../prompt/askable.ts';
import { localRespondent } from '../respond/local/local-respondent.ts';
import type { SequenceModel } from '../respond/local/local-respondent.ts';
import { sequenceTemplate } from '../respond/local/sequence.ts';
import { measure } from './measure.node.ts';
import type { MeasureSpec, Progress } from './measure.node.ts';
import { SEARCH_ALPHA } from './plan/plan.ts';
import { anytimeInterval, exactInterval } from '../score/statistics/index.ts';
import { MemoryStore } from './store/row-store.ts';
import type { PlacedRow, StoredRow } from './store/row-store.ts';
import { MeasureStore } from './store/store.node.ts';
import { readMeasurement } from './reading/folder.node.ts';

class RowsInMemory extends MemoryStore {
  private readonly rows = new Map<string, PlacedRow>();

  override get nextPlace(): number {
    return this.rows.size + 1;
  }

  override get(key = ''): PlacedRow | undefined {
    return this.rows.get(key);
  }

  override putAll(rows: readonly StoredRow[] = []): void {
    for (const row of rows) this.rows.set(row.key, { ...row, place: this.nextPlace });
  }
}

const STORED = 3000;
const task = askableNamed('UR');
const note = { lengthwise: '', options: {}, prices: null, api: null, alpha: SEARCH_ALPHA };

function specOf(n: number): MeasureSpec {
  const asked = [{ task, template: sequenceTemplate(task.family) }];
  return {
    asked,
    rendering: {},
    sources: {},
    lengths: [20],
    n,
    maxLength: 20,
    repeats: 1,
    seed: 1,
    threshold: 0.9,
  };
}

const model: SequenceModel = {
  facts: { weights: 'x', setup: 'x', symbols: [], positions: 100, positionEncoding: 'none', trainedOn: null },
  answer: ({ drafts }) => Promise.resolve(drafts.map((symbols) => ({ symbols: [...symbols], ended: true }))),
  close: () => Promise.resolve(),
};

describe('a measurement of which much is stored', () => {
  const store = new RowsInMemory();
  const going = (n: number, signal: AbortSignal, onProgress?: (progress: Progress) => void) =>
    measure(specOf(n), localRespondent(model), { store, note, signal, ...(onProgress && { onProgress }) });

  beforeAll(async () => {
    const { answered } = await going(STORED, new AbortController().signal);
    expect(answered).toBe(STORED);
  });

  it('can be interrupted, and says how far it is, while stored rows are counted', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    setImmediate(() => controller.abort());
    const { ending, reused, answered } = await going(STORED, controller.signal, (progress) =>
      seen.push(progress.reused),
    );
    expect(ending).toEqual({ kind: 'interrupted' });
    expect(reused).toBeLessThan(STORED);
    expect(answered).toBe(0);
    expect(seen[0]).toBeGreaterThan(0);
  });

  it('goes on with all of them, and asks the rest', async () => {
    const { ending, reused, answered, gathered } = await going(STORED + 70, new AbortController().signal);
    expect([ending.kind, reused, answered]).toEqual(['done', STORED, 70]);
    expect(gathered.summary().rows).toMatchObject([{ n: STORED + 70, correct: STORED + 70 }]);
  });
});

it('a model that is run here reads one token a symbol: its horizon is as many tokens as symbols, now and when it is read', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tokens-'));
  const store = MeasureStore.open(folder);
  try {
    const { signal } = new AbortController();
    const { gathered } = await measure(specOf(40), localRespondent(model), { store, note, signal });
    expect(gathered.summary().horizons).toMatchObject([{ length: 20, tokens: 20 }]);
    expect(readMeasurement(folder)[0].summary().horizons).toMatchObject([{ length: 20, tokens: 20 }]);
  } finally {
    store.close();
    rmSync(folder, { recursive: true });
  }
});

describe('asking for more samples of a length', () => {
  it('gives it an interval that holds whenever one stops, now and when the folder is read', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'asking-more-'));
    const asked = async (n: number) => {
      const store = MeasureStore.open(folder);
      try {
        const { signal } = new AbortController();
        const { gathered } = await measure(specOf(n), localRespondent(model), { store, note, signal });
        return gathered.summary().rows;
      } finally {
        store.close();
      }
    };
    const read = () => readMeasurement(folder)[0].summary().rows;
    try {
      expect(await asked(40)).toMatchObject([{ n: 40, confidence: 0.95, ...exactInterval(40, 40) }]);
      // Resuming is no other look.
      expect(await asked(40)).toMatchObject([{ n: 40, confidence: 0.95 }]);
      expect(read()[0]).not.toHaveProperty('lookedAgain');
      const again = [{ n: 60, confidence: 0.975, lookedAgain: true, ...anytimeInterval(60, 0, 0.0125) }];
      expect(await asked(60)).toMatchObject(again);
      expect(read()).toMatchObject(again);
      // Nor is a number that is chosen among those that were seen.
      expect(await asked(40)).toMatchObject([{ n: 40, confidence: 0.975, lookedAgain: true }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
