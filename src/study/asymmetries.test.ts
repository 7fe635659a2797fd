import { describe, expect, it } from 'vitest';
import { asked, studyRows } from '../../test/report-fixture.ts';
import type { InstanceRow } from '../score/tables/rows.ts';
import { asymmetriesIn } from './asymmetries.ts';
import type { AskItem, MeasureItem, StudyItem } from './rows.ts';

/** Items of which only what asymmetries go by is there: a task, a model, options, and which of n were right. */
function item(task: string, model: string, seed: number, options: object = {}, name = task): MeasureItem {
  return {
    kind: 'measure',
    ...{
      hash: `${name} ${model} ${seed}`,
      needs: [],
      task: name,
      model,
      seed,
      state: 'done',
      seconds: 1,
      error: null,
    },
    spec: { model: '', task, taskOptions: options, lengths: [5], n: 10, seed: 1, threshold: 0.9 },
    rows: [{ kind: 'horizon', task, threshold: 0.9, length: null, censored: false }],
    examples: [],
  };
}

function answers(right: number, source = 'a b c d e'): InstanceRow[] {
  return Array.from({ length: 10 }, (_, index) => ({
    ...{ kind: 'instance', task: '', length: 5, index, repeat: 0, source: source.split(' '), query: 'c' },
    ...{ answer: ['d'], output: ['d'], correct: index < right, error: null },
  }));
}

function of(items: readonly StudyItem[], right: (item: MeasureItem | AskItem) => InstanceRow[]) {
  return asymmetriesIn(items, right).map(({ model, first, second, n, paired, difference }) =>
    [model, `${first} - ${second}`, n, paired ? 'paired' : 'unpaired', Number(difference.toFixed(12))].join(
      ' ',
    ),
  );
}

describe('asymmetries of a study', () => {
  it('are between tasks of the same model, each seed one observation', () => {
    const items = [
      item('UR', 'a', 1),
      item('UR', 'a', 2),
      item('UL', 'a', 1),
      item('UL', 'a', 2),
      item('UR', 'b', 1),
    ];
    expect(
      of(items, ({ spec, seed }) => answers('task' in spec && spec.task === 'UR' ? 8 : seed === 1 ? 4 : 6)),
    ).toEqual(['a UR - UL 20 paired 0.3']);
  });

  it('are not paired where the sources are others', () => {
    const items = [item('UR', 'a', 1), item('UL', 'a', 1)];
    const drawn = (each: MeasureItem | AskItem) => answers(5, each.task === 'UR' ? 'a b c d e' : 'e d c b a');
    expect(of(items, drawn)).toEqual(['a UR - UL 10 unpaired 0']);
  });

  it('are between tasks whose sources are drawn alike, under the names that the study gives them', () => {
    const few = { alphabet: ['a', 'b', 'c', 'd', 'e', 'f'] };
    const items = [
      ...[item('UR', 'a', 1), item('UR', 'a', 1, few, 'UR-few'), item('UL', 'a', 1, few, 'UL-few')],
      ...[item('UF', 'a', 1), item('NF', 'a', 1, { pool: 3 }), item('NB', 'a', 1, { pool: 4 })],
    ];
    expect(of(items, () => answers(5))).toEqual(['a UR-few - UL-few 10 paired 0', 'a UF - NF 10 paired 0']);
  });

  it('are there for respondents as for trained models', () => {
    const { asymmetries = [] } = studyRows(asked);
    expect([...new Set(asymmetries.map(({ model }) => model))]).toEqual([
      ...['ape', 'meta-llama/Llama-3.1-8B-Instruct', 'searched', 'troubled'],
    ]);
    const searched = asymmetries.find(({ model, length }) => model === 'searched' && length === 80);
    expect(searched).toMatchObject({ contrast: 'right - left', first: 'UR', second: 'UL', paired: true });
  });
});
