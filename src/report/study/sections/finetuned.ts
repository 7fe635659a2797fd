/** Fine-tuning: of each base what it could do before and after on every task, which gaps went and which remain, and its heads. */
import { gapsBrief, trainedText } from '../../../fix/finetuned/text.ts';
import type { FinetuneItem, StudyTuned } from '../../../study/rows.ts';
import { plural } from '../../shared/format.ts';
import { html } from '../../shared/html.ts';
import type { Entry } from '../../shared/page.ts';
import type { Content, Html } from '../../shared/html.ts';
import { inkOf } from '../../shared/ink.ts';
import { figureOf, scrollTable } from '../../shared/parts.ts';
import { tunedAccuracy } from '../../shared/tuned/accuracy.ts';
import { tunedCost } from '../../shared/tuned/cost.ts';
import { gapList } from '../../shared/tuned/gaps.ts';
import { changedHeads } from '../../shared/tuned/heads.ts';
import type { TaskNotes } from '../../shared/tuned/page.ts';
import { beforeAfterTable } from '../../shared/tuned/table.ts';
import { tunedFindings } from '../../shared/tuned/words.ts';
import { learningCurves } from '../figures/learning.ts';
import type { BaseView, StudyView, TaskView } from '../view/view.ts';
import { verdictBadge } from './badge.ts';
import { theoryAnchor } from './theory.ts';

/** Where each base stands in the list of contents. */
export function tunedEntries({ bases }: StudyView): Entry[] {
  return bases.map(({ name, anchor }) => ({
    anchor,
    text: bases.length === 1 ? 'Fine-tuning' : `Fine-tuning ${name}`,
  }));
}

export function finetuned(study: StudyView): Html[] {
  return study.bases.map((base) => ofBase(base, study));
}

function ofBase(base: BaseView, study: StudyView): Html {
  const { name, anchor, result } = base;
  return html`<section id="${anchor}" aria-labelledby="${anchor}-heading">
    <h2 id="${anchor}-heading">Fine-tuning <span class="task-title">${name}</span></h2>
    ${result !== null && html`<p>${trained(base, result)}</p>`} ${missing(base)}
    ${result !== null && whatCame(base, result, notesOf(base, study))}
  </section>`;
}

/** What became of the gaps, for the first sentence of the page. */
export function gapsFound({ bases }: StudyView): Content {
  return bases.map(({ name, result }) => {
    const brief = result === null ? null : gapsBrief(result.gaps);
    return brief !== null && html`Gaps after fine-tuning ${name}: ${brief}. `;
  });
}

/** One line for each base, where nothing was measured besides. */
export function tunedItems({ bases }: StudyView): Html[] {
  return bases.map(({ name, anchor, items, result }) => {
    const tasks = [...new Set(items.map(({ task }) => task))].join(', ');
    return html`<li>
      <a href="#${anchor}"><b>Fine-tuning</b>, ${name}</a>:
      ${tasks}${result === null && ', not fine-tuned yet'}.
    </li>`;
  });
}

/** Where a task's section tells of its fine-tuning. */
export function tunedLinks({ name }: TaskView, { bases }: StudyView): Html | null {
  const own = bases.filter(({ items }) => items.some(({ task }) => task === name));
  if (own.length === 0) return null;
  return html`<p class="quiet">
    Fine-tuned:
    ${own.map((base, i) => html`${i > 0 && ', '}<a href="#${base.anchor}">${base.name}, before and after</a>`)}.
  </p>`;
}

function whatCame(base: BaseView, result: StudyTuned, notes: TaskNotes): Html {
  const { anchor, heads } = base;
  const figure = tunedAccuracy(result, notes);
  return html`${tunedFindings(result, notes)} ${scrollTable(beforeAfterTable(result, notes))}
  ${figure && folded('Accuracy against length, before and after', figureOf(figure, `${anchor}-${figure.name}`))}
  ${folded('Gaps between tasks', gapList(result))}
  ${heads.length > 0 && folded('Heads before and after', changedHeads(heads, `${anchor}-heads`, notes))}
  ${folded('What fine-tuning took', html`${tunedCost(result)} ${curvesOf(base)}`)}`;
}

/** How the base was pretrained, and how fast each task was learned. */
function curvesOf({ name, anchor, pretraining, items }: BaseView): Html {
  const tasks = [...new Set(items.map(({ task }) => task))];
  const pretrained = learningCurves({
    ...{ name, title: 'How it was pretrained', what: 'model' },
    accuracy: 'held-out texts in which a word that repeats was said right',
    loss: 'all of the text',
    trainings: pretraining.map(({ seed, rows }) => ({
      ...{ of: { name, ink: inkOf(0) }, seed: seed ?? 0 },
      rows: rows.filter((row) => row.kind === 'progress'),
    })),
  });
  const tuned = learningCurves({
    ...{ name, title: 'How it was fine-tuned', what: 'task' },
    accuracy: 'held-out samples of the trained lengths that were answered right',
    loss: 'the answer',
    trainings: items.map(({ task, seed, rows }) => ({
      ...{ of: { name: task, ink: inkOf(tasks.indexOf(task)) }, seed: seed ?? 0 },
      rows: rows.filter((row) => row.kind === 'progress'),
    })),
  });
  return html`${pretrained && figureOf(pretrained, `${anchor}-pretraining`)}
  ${tuned && figureOf(tuned, `${anchor}-learning`)}`;
}

function folded(title: string, body: Content): Html {
  return html`<details class="print">
    <summary>${title}</summary>
    ${body}
  </details>`;
}

/** `Pretrained here, and fine-tuned on each task by itself (all of the model), on lengths 5 to 20, from 3 seeds.` */
function trained({ items }: BaseView, { method, models }: StudyTuned): string {
  const seeds = new Set(models.map(({ seed }) => seed)).size;
  const pretrained = items.some(({ needs }) => needs.length > 0);
  return `${pretrained ? 'Pretrained here, and fine-tuned' : 'Fine-tuned'} on each task by itself (${method}), on lengths ${trainedText(models)}, from ${plural(seeds, 'seed')}.`;
}

/** What has not ended, and what failed. */
function missing({ items }: BaseView): Html | null {
  const failed = items.filter(({ state }) => state === 'failed');
  const open = items.filter(({ state }) => state === 'waiting' || state === 'running');
  if (failed.length + open.length === 0) return null;
  const named = ({ task, seed }: FinetuneItem): string => `${task}${seed === null ? '' : ` seed ${seed}`}`;
  return html`<p class="warning">
    ${open.length > 0 && html`<b>Not fine-tuned yet:</b> ${open.map(named).join(', ')}. `}
    ${failed.length > 0 && html`<b>Fine-tuning failed:</b> ${failed.map((item) => `${named(item)} (${item.error ?? 'cause unknown'})`).join('; ')}.`}
  </p>`;
}

function notesOf({ items, fragment }: BaseView, { tasks }: StudyView): TaskNotes {
  const viewOf = (task: string) => tasks.find(({ name }) => name === task);
  const verdictOf = (task: TaskView | undefined) =>
    task?.predictions.find((said) => said.fragment === fragment) ?? task?.predictions.at(0);
  const predicted = items.some(({ task }) => verdictOf(viewOf(task)) !== undefined);
  return {
    name: (task) => {
      const view = viewOf(task);
      return view === undefined ? task : html`<a href="#${view.anchor}">${task}</a>`;
    },
    theory: predicted
      ? (task) => {
          const view = viewOf(task);
          const said = verdictOf(view);
          if (view === undefined || said === undefined) return '–';
          return html`<a href="#${theoryAnchor(view)}">${verdictBadge(said.verdict)}</a>`;
        }
      : null,
    taskOf: (name) => items.find(({ task }) => task === name)?.spec.finetune.task ?? name,
  };
}
