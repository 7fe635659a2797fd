/** Going on with a measurement of which much is stored, by the respondent that models in a folder have. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Io } from '../cli/shared/command.ts';
import { sayOthers } from '../cli/measure/result.ts';
import type { Json } from '../common/json.ts';
import { askableNamed } from '../prompt/askable.ts';
import { localRespondent } from '../respond/local/local-respondent.ts';
import type { SequenceModel } from '../respond/local/local-respondent.ts';
import { sequenceTemplate } from '../respond/local/sequence.ts';
import { textOutput } from '../score/output.ts';
import type { Respondent } from '../respond/respondent.ts';
import { measure, measuredRows } from './measure.node.ts';
import type { MeasureSpec } from './measure.node.ts';
import type { Progress } from './measured.ts';
import { SEARCH_ALPHA } from './plan/plan.ts';
import { anytimeInterval, exactInterval } from '../score/statistics/index.ts';
import type { Summary } from '../score/tables/summary.ts';
import { MemoryStore } from './store/row-store.ts';
import type { PlacedRow, StoredRow } from './store/row-store.ts';
import { MeasureStore } from './store/store.node.ts';
import type { Gathered } from './gather/gathered.ts';
import { readMeasurement } from './gather/folder.node.ts';

class RowsInMemory extends MemoryStore {
  private readonly rows = new Map<string, PlacedRow>();

  override get nextPlace(): number {
    return this.rows.size + 1;
  }

  override sentAs(key = ''): PlacedRow[] {
    const row = this.rows.get(key);
    return row === undefined ? [] : [row];
  }

  override putAll(rows: readonly StoredRow[] = []): void {
    for (const row of rows) this.rows.set(row.key, { ...row, place: this.nextPlace });
  }
}

const STORED = 3000;
const task = askableNamed('UR');
const note = { lengthwise: '', options: {}, prices: null, api: null, alpha: SEARCH_ALPHA };

function specOf(n: number, others: Partial<MeasureSpec> = {}): MeasureSpec {
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
    ...others,
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

describe('a run that ends before it has come to all that is stored', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'stored-'));
  let store: MeasureStore;
  const reason = 'the key has expired';
  const stopped: Respondent = {
    identity: localRespondent(model).identity,
    // eslint-disable-next-line require-yield -- nothing is answered
    async *ask(questions) {
      questions.next();
      return await Promise.resolve({ kind: 'stopped', reason });
    },
  };
  const going = (respondent: Respondent, signal = new AbortController().signal, n = STORED) =>
    measure(specOf(n), respondent, { store, note, signal });

  beforeAll(async () => {
    store = MeasureStore.open(folder);
    await going(localRespondent(model));
  });
  afterAll(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });

  it('counts the rest, where who answers is gone', async () => {
    const { ending, reused, gathered } = await going(stopped, undefined, STORED + 10);
    expect([ending, reused]).toEqual([{ kind: 'stopped', reason }, STORED]);
    expect(gathered.summary().rows).toMatchObject([{ n: STORED, correct: STORED }]);
  });

  it.each([
    ['by Ctrl-C', localRespondent(model)],
    ['by Ctrl-C while it counts the rest', stopped],
  ])('counts no more where it is interrupted %s, and tells how many there are', async (_, respondent) => {
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    const { ending, reused, others } = await going(respondent, controller.signal);
    expect(ending).toEqual({ kind: 'interrupted' });
    expect(reused).toBeLessThan(STORED);
    expect(others).toEqual([{ task: 'UR', length: 20, n: STORED, right: STORED, counted: reused }]);
    const said: string[] = [];
    const io = { say: (line: string) => said.push(line) } as unknown as Io;
    const facts = { folder } as Gathered['facts'];
    sayOthers({ others, planned: null, gathered: { facts } as Gathered, ending }, io);
    expect(said).toEqual([
      expect.stringMatching(
        `^${folder} also holds ${STORED - reused} answers not counted above, since the run was interrupted; `,
      ),
    ]);
  });
});

it('questions of another seed that nobody answered are no part of the next run', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'unanswered-'));
  const store = MeasureStore.open(folder);
  const { signal } = new AbortController();
  const down: Respondent = {
    identity: { kind: 'endpoint', seed: null }, // of a server that takes no seed
    async *ask(questions) {
      const asked = questions.next();
      if (typeof asked !== 'string') {
        const output = { ...textOutput(''), text: null, error: 'down', failure: 'server' as const };
        yield await Promise.resolve([{ prompted: asked, output }]);
      }
      return { kind: 'interrupted' };
    },
  };
  const going = (seed: number, respondent: Respondent) =>
    measure(specOf(5, { seed }), respondent, { store, note, signal });
  const well: Respondent = { ...localRespondent(model), identity: down.identity };
  try {
    await going(1, down);
    await going(2, well);
    expect(readMeasurement(folder)[0].summary().rows).toMatchObject([{ n: 5, correct: 5, failed: 0 }]);
    await going(2, well);
    expect(() => measuredRows(specOf(5), well, { store, note, signal })).toThrow(
      /samples of --seed 2, and those of --seed 1/,
    );
  } finally {
    store.close();
    rmSync(folder, { recursive: true });
  }
});

it('a question that failed is asked again, and only that one', async () => {
  const store = new RowsInMemory();
  const stored: StoredRow[] = [];
  const going = () =>
    measure(specOf(5), localRespondent(model), {
      ...{ store, note, signal: new AbortController().signal },
      onRow: (row) => stored.push(row),
    });
  await going();
  const [failed] = stored;
  store.putAll([
    { ...failed, output: { ...failed.output, text: null, error: 'no answer', failure: 'server' } },
  ]);
  const { reused, answered, gathered } = await going();
  expect([reused, answered]).toEqual([4, 1]);
  expect(gathered.summary().rows).toMatchObject([{ n: 5, correct: 5, failed: 0 }]);
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

/** Runs with one folder, by a model that is right as long as `isRight` says so. */
async function inOneFolder(
  use: (
    asked: (spec: MeasureSpec, isRight?: (draw: number) => boolean) => Promise<Summary>,
    read: () => Summary,
    folder: string,
  ) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'one-folder-'));
  const asked = async (spec: MeasureSpec, isRight: (draw: number) => boolean = () => true) => {
    const store = MeasureStore.open(folder);
    let draws = 0;
    const answers: SequenceModel = {
      ...model,
      answer: ({ drafts }) =>
        Promise.resolve(
          drafts.map((symbols) => ({ symbols: isRight(draws++) ? [...symbols] : ['?'], ended: true })),
        ),
    };
    try {
      const { signal } = new AbortController();
      return (await measure(spec, localRespondent(answers), { store, note, signal })).gathered.summary();
    } finally {
      store.close();
    }
  };
  try {
    await use(asked, () => readMeasurement(folder)[0].summary(), folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const searching = { lengths: null, maxLength: 40, drawnLengths: 36 };

describe('lengths drawn for a horizon', () => {
  it('promise nothing of another one, to which more samples of a length have moved it', () =>
    inOneFolder(async (asked, read) => {
      const found = await asked(specOf(300, searching));
      expect(found.horizons).toMatchObject([{ length: 40, promise: { share: 0.9 } }]);
      expect(read().horizons).toMatchObject([{ length: 40, promise: { share: 0.9 } }]);
      // More samples that are right leave the horizon where it is, and the promise.
      await asked(specOf(100));
      expect(read().horizons).toMatchObject([{ length: 40, promise: { share: 0.9 } }]);
      await asked(specOf(300), () => false);
      const [horizon] = read().horizons;
      expect(horizon.length).toBeLessThan(20);
      expect(horizon.promise).toBeNull();
    }));
});

describe('a folder in which each sample was asked several times', () => {
  const often = { ...searching, drawnLengths: 0, repeats: 3 };

  it('is not asked by a search that asks once: the cell would count other answers than the search', () =>
    inOneFolder(async (asked, _, folder) => {
      await asked(specOf(300, often), (draw) => draw % 30 !== 2);
      await expect(asked(specOf(300, { ...often, repeats: 1 }))).rejects.toThrow(
        `${folder} holds answers to UR with 3 answers a sample, which are not counted with 1; give --repeat 3, or choose another folder with --out`,
      );
    }));

  it('and was by a search that asked once: its rows and horizon go by the answers that the cells count', () =>
    inOneFolder(async (asked, read, folder) => {
      await asked(specOf(300, often), (draw) => draw % 30 !== 2);
      const searched = read();
      expect(searched.rows[0]).not.toHaveProperty('lookedAgain');
      const store = MeasureStore.open(folder);
      const runs = store.fact('sittings') as Json[];
      store.setFact('sittings', [...runs, { ...(runs[0] as object), repeats: 1 }]);
      store.close();
      for (const [i, row] of read().rows.entries()) {
        const { n, correct } = searched.rows[i];
        expect(row).toMatchObject({ n, correct, lookedAgain: true, confidence: 0.975 });
        // The same bets on the same shares of each sample, at the level of a second look.
        expect(row.low).toBeCloseTo(searched.rows[i].low, 9);
        expect(row.high).toBeLessThan(1);
      }
    }));

  it('at given lengths more answers a sample are counted with those that are there, fewer are refused', () =>
    inOneFolder(async (asked, read) => {
      await asked(specOf(10));
      await asked(specOf(10, { repeats: 3 }), () => false);
      expect(read().rows).toMatchObject([{ n: 10, answers: 30, accuracy: expect.closeTo(1 / 3, 12) }]);
      await expect(asked(specOf(10))).rejects.toThrow('give --repeat 3');
    }));
});
