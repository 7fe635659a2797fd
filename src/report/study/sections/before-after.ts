/** Before and after: of each task and model that was to be mended, how far it holds as it is asked and with what is recommended. */
import type { FixRow, WayResult } from '../../../fix/outcome/rows.ts';
import {
  recommendedIn,
  secondsText,
  tokensText,
  wayAccuracyText,
  wayHorizonText,
  whyNone,
} from '../../../fix/outcome/text.ts';
import type { FixItem } from '../../../study/rows.ts';
import { html } from '../../shared/html.ts';
import type { Content, Html } from '../../shared/html.ts';
import { scrollTable } from '../../shared/parts.ts';
import type { StudyView, TaskView } from '../view/view.ts';
import { foundIn, mendedAnchor, without } from './mended.ts';

/** The anchor of the section. */
export const FIXES = 'before-after';

export function hasFixes({ tasks }: StudyView): boolean {
  return tasks.some(({ fixes }) => fixes.length > 0);
}

export function beforeAndAfter(study: StudyView): Html | null {
  if (!hasFixes(study)) return null;
  return html`<section id="${FIXES}" aria-labelledby="${FIXES}-heading">
    <h2 id="${FIXES}-heading">Before and after</h2>
    ${scrollTable({
      caption:
        'As it is asked → with what is recommended, on the same samples. Horizon: the largest length asked up to which it is shown to hold. Accuracy at the length wanted, in percent, with its 95 % interval. Tokens and seconds of one sample.',
      columns: [
        ...[{ label: 'task' }, { label: 'model' }, { label: 'wanted', numeric: true }, { label: 'with' }],
        ...[{ label: 'horizon' }, { label: 'accuracy' }],
        ...[{ label: 'tokens' }, { label: 'seconds' }],
      ],
      rows: study.tasks.flatMap((task) => task.fixes.map((item) => row(task, item))),
    })}
  </section>`;
}

function row(task: TaskView, item: FixItem): Content[] {
  const name = html`<a href="#${mendedAnchor(task)}">${task.name}</a>`;
  const result = foundIn(item);
  if (result === null) {
    const [wanted] = item.spec.inquiry.lengths ?? [];
    return [name, item.model, wanted ?? '–', without(item), ...Array<string>(4).fill('–')];
  }
  return [name, item.model, result.plain.length, ...cells(result)];
}

function cells(result: FixRow): Content[] {
  const { plain } = result;
  const best = recommendedIn(result);
  const beside = (text: (way: WayResult) => Content): Content =>
    best === null ? text(plain) : html`${text(plain)} → <b>${text(best)}</b>`;
  return [
    best === null ? html`<span class="small">${whyNone(result)}</span>` : html`<b>${best.name}</b>`,
    beside((way) => wayHorizonText(way, result.threshold)),
    beside(wayAccuracyText),
    beside(tokensText),
    beside(secondsText),
  ];
}
