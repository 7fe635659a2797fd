/** How many answers a run takes from its folder instead of asking. */
import { canonicalJson } from '../../../common/json.ts';
import type { Respondent } from '../../../respond/respondent.ts';
import { isSettled } from '../../../score/output.ts';
import { questionOf } from '../../plan/question.ts';
import type { Asked } from '../../plan/question.ts';
import type { MeasureSpec } from '../../plan/spec.ts';
import type { RowStore } from '../../store/row-store.ts';

/** Answers to questions of the plan, in whatever way they were asked; of a search, all that it may come to. */
export function reusable(store: RowStore, spec: MeasureSpec, respondent: Respondent): number {
  return spec.asked.reduce((sum, asked) => sum + reusableOf(asked, store, spec, respondent), 0);
}

function reusableOf(asked: Asked, store: RowStore, spec: MeasureSpec, respondent: Respondent): number {
  const { lengths, maxLength, n, repeats, seed, rendering } = spec;
  const { name } = asked.task;
  const source = { fingerprint: canonicalJson(respondent.identity), seed, rendering };
  let found = 0;
  for (const { length, n: rows } of store.counts(name)) {
    if (lengths === null ? length > maxLength : !lengths.includes(length)) continue;
    let left = rows;
    for (let place = 0; place < n * repeats && left > 0; place++) {
      const index = Math.floor(place / repeats);
      const question = questionOf(asked, source, { length, index, repeat: place % repeats });
      const alike = store.sentAs(question.key);
      left -= alike.length;
      const isAnswered = alike.some(
        ({ output }) => isSettled(output) && respondent.asksAgain?.(question, output) !== true,
      );
      if (isAnswered) found += 1;
    }
  }
  return found;
}
