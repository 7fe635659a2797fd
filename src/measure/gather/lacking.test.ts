import { describe, expect, it } from 'vitest';
import { usualPrompt } from '../../prompt/files.node.ts';
import type { AskedTask, Run } from '../store/rows.ts';
import type { AskedBy } from './asked-alike.ts';
import { KeptSamples, lackingText } from './lacking.ts';

const asked: AskedTask = {
  ...{ task: 'NRFirst', title: '', operation: 'NRFirst', joiner: ' ', min: 4, max: null },
  ...{ prompt: usualPrompt('retrieval', 'completions'), rendering: {}, way: 'a' },
};

const ran = (more: Partial<Run>): Run => ({
  ...{
    firstRow: 1,
    started: '',
    ended: '',
    ending: 'done',
    lengthwise: '',
    node: '',
    platform: '',
    api: null,
  },
  ...{ lengths: [10], n: 3, maxLength: 320, repeats: 1, threshold: 0.9, alpha: 0.05, most: 3, prices: null },
  ...{ options: { target: 'U', task: 'NRFirst' }, asked: [asked] },
  ...more,
});

const way = (...all: readonly Run[]): AskedBy => ({ asked, run: all[all.length - 1], all });

/** @param indexes of the samples that have rows, at length 10 */
const textOf = (one: AskedBy, indexes: readonly number[], limit: number | null = null): string | null => {
  const kept = new KeptSamples();
  for (const index of indexes) kept.note(one, { length: 10, index });
  return lackingText([one], kept, () => (limit === null ? null : { why: 'context', length: limit }));
};

describe('samples that a way was asked and has no rows of', () => {
  it('are told with the command of the run that asked most of them', () => {
    expect(textOf(way(ran({})), [0, 2])).toBe(
      '2 of 3 samples of NRFirst at 10 are here, since an earlier lengthwise kept what two ways of asking share in one of them; the same command (lengthwise measure U --task NRFirst) adds the others and asks nothing again',
    );
    const more = ran({ n: 5, options: { target: 'U', task: 'NRFirst', n: 5 } });
    expect(textOf(way(more, ran({})), [0, 1, 2])).toMatch(/^3 of 5 .* U --task NRFirst --n 5\)/);
  });

  it('of a search are gaps among its samples', () => {
    const search = ran({ lengths: null, n: 300 });
    expect(textOf(way(search), [0, 1, 2, 3])).toBeNull();
    expect(textOf(way(search), [0, 3])).toMatch(/^2 of 4 samples/);
  });

  it('are none where all are there, a run did not end, or prompts are taken no longer', () => {
    expect(textOf(way(ran({})), [0, 1, 2])).toBeNull();
    expect(textOf(way(ran({ ending: 'budget' })), [0])).toBeNull();
    expect(textOf(way(ran({})), [0], 10)).toBeNull();
    expect(textOf(way(ran({ lengths: [3] })), [])).toBeNull(); // a length that the task has not
  });

  it('are drawn anew where the number of occurrences is one', () => {
    const options = { target: 'U', task: 'NRFirst', occurrences: { max: 3, min: 3 } };
    expect(textOf(way(ran({ options })), [0])).toMatch(
      /in one of them; other samples are drawn now for one number of --occurrences: lengthwise measure U --task NRFirst --occurrences 3 asks all of them$/,
    );
  });
});
