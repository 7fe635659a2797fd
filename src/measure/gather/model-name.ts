/** What a model is called, whoever tells of it: for every command that has a result, so without weight. */
import { modelLabel } from '../../common/model-label.node.ts';
import type { RespondentFacts } from './gathered.ts';

/** The model's name as it was asked for, or that of its folder or file; null where nobody named one. */
export function modelNameOf({ respondent, runs, options }: RespondentFacts): string | null {
  if (typeof respondent.model === 'string') return respondent.model;
  if (respondent.kind !== 'model' && respondent.kind !== 'text-model') return null;
  const { target, adapter } = runs.at(-1)?.options ?? options ?? {};
  if (typeof target !== 'string') return null;
  return modelLabel(target, typeof adapter === 'string' ? adapter : undefined);
}
