/** The models that a study fine-tunes, each with what came of it. */
import type { ExplainItem, FinetuneItem, ReportInput, StudyItem, TrainItem } from '../../../study/rows.ts';
import { distinct } from '../../../common/distinct.ts';
import type { ChangedHeads } from '../../shared/explanation/changed.ts';
import type { BaseView } from './view.ts';

/** Training on text, from which a model comes that is asked about all tasks. */
export function isPretraining(item: StudyItem): boolean {
  return item.kind === 'train' && item.spec.task === 'text';
}

export function basesOf({ items, tuned = [] }: ReportInput): BaseView[] {
  const finetunings = items.filter((item) => item.kind === 'finetune');
  const explanations = items.filter((item) => item.kind === 'explain');
  return [...Map.groupBy(finetunings, ({ model }) => model ?? '')].map(([name, own], i) => {
    const bases = new Set(own.map(({ spec }) => spec.model));
    const pretraining = items.filter((item) => item.kind === 'train').filter(({ hash }) => bases.has(hash));
    const isPlain = pretraining.some(({ spec }) => spec.positions === 'nope');
    return {
      ...{ name, anchor: `tuned-${i + 1}`, fragment: isPlain ? 'plain' : 'pos' },
      ...{ pretraining: distinct(pretraining), items: own },
      result: tuned.find(({ target }) => target === name) ?? null,
      heads: own.flatMap((item) => changedHeadsOf(item, explanations, pretraining) ?? []),
    };
  });
}

/** Explanations of the base and of what was fine-tuned from it, on the same task. */
function changedHeadsOf(
  { hash, spec, task, seed }: FinetuneItem,
  explanations: readonly ExplainItem[],
  pretraining: readonly TrainItem[],
): ChangedHeads | null {
  const of = (model: string) => explanations.find((item) => item.task === task && item.spec.model === model);
  const items = [of(spec.model), of(hash)];
  const [before, after] = items.map((item) => item?.rows.at(0));
  if (before === undefined || after === undefined) return null;
  // Where no symbols are named, samples of a model that the study pretrained are of all that it has.
  const all = pretraining.find((item) => item.hash === spec.model)?.spec.taskOptions?.alphabet;
  const trained = spec.finetune.taskOptions?.alphabet;
  const asked = items
    .map((item) => item?.spec.alphabet ?? all)
    .find((symbols) => symbols !== undefined && trained !== undefined && !isSameSet(symbols, trained));
  const otherSymbols = asked === undefined || trained === undefined ? null : { asked, trained };
  return { task, seed, before, after, otherSymbols };
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && new Set([...one, ...other]).size === one.length;
}
