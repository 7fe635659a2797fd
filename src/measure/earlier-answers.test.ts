import { describe, expect, it } from 'vitest';
import { askableNamed } from '../prompt/askable.ts';
import { promptFor } from '../prompt/files.node.ts';
import type { Respondent } from '../respond/respondent.ts';
import { textOutput } from '../score/output.ts';
import type { Output } from '../score/output.ts';
import { EarlierAnswers } from './earlier-answers.ts';
import { AskedLengths } from './plan/asked-lengths.ts';
import { questionOf, rowFor } from './plan/question.ts';
import type { ScoredRow } from './scoring/scoring.ts';
import { MemoryStore } from './store/row-store.ts';
import type { PlacedRow } from './store/row-store.ts';

const asked = { task: askableNamed('UR'), template: promptFor('retrieval', ['pair'], false) };
const source = { fingerprint: '', seed: 1, rendering: {} };
const questionAt = (length: number, index: number) => questionOf(asked, source, { length, index, repeat: 0 });

const failed = (failure: 'form' | 'server', error: string): Output => ({ ...textOutput(''), error, failure });
const REFUSED = failed('form', 'status 400: Bad request');
const LOST = failed('server', 'status 500: no');

/** A store of these outputs to the samples of length 10 that counts how often it is looked up. */
class Outputs extends MemoryStore {
  private readonly rows = new Map<string, PlacedRow>();
  lookedUp = 0;

  constructor(outputs: readonly Output[]) {
    super();
    for (const [index, output] of outputs.entries()) {
      const row = rowFor(questionAt(10, index), '', output);
      this.rows.set(row.key, { ...row, place: index + 1 });
    }
  }

  override get nextPlace(): number {
    return this.rows.size + 1;
  }

  override sentAs(key = ''): PlacedRow[] {
    this.lookedUp += 1;
    return [this.rows.get(key) ?? []].flat();
  }
}

function earlier(outputs: readonly Output[]) {
  const store = new Outputs(outputs);
  const lengths = new AskedLengths();
  const spec = { asked: [asked], n: outputs.length, repeats: 1 };
  const answers = new EarlierAnswers({
    spec,
    store,
    respondent: {} as Respondent,
    source,
    lengths,
    ways: new Map(),
  });
  return { store, lengths, isSettled: (index: number) => answers.settled(questionAt(10, index)).length > 0 };
}

describe('refused samples of an earlier run', () => {
  it('are settled once a shorter length was taken, whenever that is known', () => {
    const { lengths, isSettled } = earlier(Array.from({ length: 5 }, () => REFUSED));
    expect(isSettled(0)).toBe(false);
    const answer = rowFor(questionAt(5, 0), '', textOutput('a'));
    lengths.record({ ...answer, score: { outcome: 'right' } } as ScoredRow);
    expect(isSettled(0)).toBe(true);
  });

  it('of which an outage lost the first are looked up a few at a time, and once', () => {
    const { store, isSettled } = earlier(Array.from({ length: 2000 }, () => LOST));
    for (const index of [0, 1, 2]) expect(isSettled(index)).toBe(false);
    expect(store.lookedUp).toBeLessThanOrEqual(203);
  });
});
