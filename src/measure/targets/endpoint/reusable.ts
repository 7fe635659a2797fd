/** How many answers a run takes from its folder instead of asking. */
import { canonicalJson } from '../../../common/json.ts';
import type { Respondent } from '../../../respond/respondent.ts';
import { isSettled } from '../../../score/output.ts';
import { questionOf, wayIn } from '../../plan/question.ts';
import type { Asked } from '../../plan/question.ts';
import { runsOf } from '../../plan/runs.ts';
import type { MeasureSpec } from '../../plan/spec.ts';
import type { RowStore } from '../../store/row-store.ts';

/** Answers to questions of the plan, as they are asked now; of a search, all that it may come to. */
export function reusable(store: RowStore, spec: MeasureSpec, respondent: Respondent): number {
  return spec.asked.reduce((sum, asked) => sum + reusableOf(asked, store, spec, respondent), 0);
}

function reusableOf(asked: Asked, store: RowStore, spec: MeasureSpec, respondent: Respondent): number {
  const { lengths, maxLength, n, repeats, seed, rendering, sources } = spec;
  const { name } = asked.task;
  const source = { fingerprint: canonicalJson(respondent.identity), seed, rendering };
  const runs = runsOf(store);
  let found = 0;
  for (const { length, n: rows } of store.counts(name, wayIn(runs, asked, rendering, sources[name]))) {
    if (lengths === null ? length > maxLength : !lengths.includes(length)) continue;
    let left = rows;
    for (let place = 0; place < n * repeats && left > 0; place++) {
      const index = Math.floor(place / repeats);
      const question = questionOf(asked, source, { length, index, repeat: place % repeats });
      const row = store.get(question.key);
      if (row === undefined) continue;
      left -= 1;
      const isKept = isSettled(row.output) && respondent.asksAgain?.(question, row.output) !== true;
      if (isKept) found += 1;
    }
  }
  return found;
}
