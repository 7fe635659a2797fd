/** What a study has fine-tuned, one result a base: with the gaps between its tasks, over seeds. */
import { gapsOf } from '../fix/finetuned/gaps.ts';
import { spanOf } from '../fix/finetuned/lengths.ts';
import type { BaseCell, TunedCell, TunedModel } from '../fix/finetuned/rows.ts';
import type { FinetuneItem, StudyItem, StudyTuned, TunedRow } from './rows.ts';

/** A fine-tuning that is done. */
interface Done {
  readonly item: FinetuneItem;
  readonly row: TunedRow;
}

/** One for each base of which something was fine-tuned, in the order of the plan. */
export function tunedIn(items: readonly StudyItem[]): StudyTuned[] {
  const done = items.flatMap((item): Done[] => {
    const row = item.kind === 'finetune' ? tunedRowOf(item) : undefined;
    return item.kind === 'finetune' && row !== undefined ? [{ item, row }] : [];
  });
  return [...Map.groupBy(done, baseOf).values()].map(resultOf);
}

/** What was measured; undefined before it has ended. */
export function tunedRowOf({ rows }: FinetuneItem): TunedRow | undefined {
  return rows.find((row) => row.kind === 'tuned');
}

/** A base that is trained here is another one from every seed, under one name. */
function baseOf({ item }: Done): string {
  const { model, needs, spec } = item;
  return JSON.stringify([model, needs.length > 0 ? null : spec.model]);
}

function resultOf(done: readonly Done[]): StudyTuned {
  const [{ item, row }] = done;
  const models = done.map(modelOf);
  const before = beforeOf(done);
  const asked = new Map(
    done.map(({ item }) => {
      const { task, taskOptions } = item.spec.finetune;
      return [item.task, { task, ...(taskOptions && { options: taskOptions }) }];
    }),
  );
  return {
    ...{ format: 'lengthwise.finetune', version: 1, target: item.model ?? '' },
    ...{ method: row.method, lengths: spanOf(models.map(({ lengths }) => lengths)), n: row.n, before },
    perplexity: row.perplexityBefore,
    models,
    gaps: gapsOf(models, before, (name) => asked.get(name) ?? { task: name }),
  };
}

/** Under the study's name of the task. */
function modelOf({ item, row }: Done): TunedModel {
  const { cells, ...model } = row.model;
  return {
    ...model,
    lengths: row.lengths,
    task: item.task,
    cells: cells.map((cell) => ({ ...cell, task: item.task })),
  };
}

/** Of a base that is the same for all seeds, once a task. */
function beforeOf(done: readonly Done[]): BaseCell[] {
  const named = ({ item, row }: Done): TunedCell[] =>
    row.before.map((cell) => ({ ...cell, task: item.task }));
  if (done[0].item.needs.length > 0)
    return done.flatMap((one) => named(one).map((cell) => ({ ...cell, seed: one.item.spec.finetune.seed })));
  return [...Map.groupBy(done, ({ item }) => item.task).values()].flatMap(([first]) => named(first));
}
