/** What makes a task hold, model by model: what to do, why it is right, and every way that was tried. */
import type { FixResult, FixRow, MitigationResult } from '../../../fix/outcome/rows.ts';
import {
  askedText,
  besidePlain,
  pOf,
  recommendedIn,
  theoryText,
  whyNone,
} from '../../../fix/outcome/text.ts';
import { percentDifference } from '../../../score/tables/percent.ts';
import type { FixItem, VerdictRow } from '../../../study/rows.ts';
import { waysFigure } from '../../shared/fix/ways.ts';
import { html } from '../../shared/html.ts';
import type { Html } from '../../shared/html.ts';
import { figureOf } from '../../shared/parts.ts';
import type { StudyView, TaskView } from '../view/view.ts';
import { prediction, theoryAnchor } from './theory.ts';

/** Where it stands what makes a task hold. */
export function mendedAnchor({ anchor }: Pick<TaskView, 'anchor'>): string {
  return `${anchor}-fix`;
}

export function mended(task: TaskView, study: StudyView): Html | null {
  if (task.fixes.length === 0) return null;
  const anchor = mendedAnchor(task);
  return html`<div class="how" id="${anchor}">
    <h3>What makes it hold</h3>
    ${task.fixes.map((item, i) => ofModel(item, `${anchor}-${i + 1}`, study))}
    ${
      task.explanations.length > 0 &&
      html`<p class="quiet">
        Which heads do it: <a href="#${task.anchor}-how">how it does ${task.name}</a>.
      </p>`
    }
  </div>`;
}

/** What was found; null before that. */
export function foundIn({ rows }: FixItem): FixRow | null {
  return rows.find((row) => row.kind === 'fix') ?? null;
}

function ofModel(item: FixItem, anchor: string, study: StudyView): Html {
  const result = foundIn(item);
  const whose = html`<h4>${item.model}</h4>`;
  if (result === null)
    return html`${whose}
      <p>${without(item)}</p>`;
  const best = recommendedIn(result);
  return html`${whose}
    <p>${conclusion(result, best)}</p>
    ${best !== null && why(item, best, anchor, study)} ${handedOver(item, result)} ${others(result)}
    ${figureOf(waysFigure(result), `${anchor}-ways`)}`;
}

/** Why there is no result yet. */
export function without({ state, error }: FixItem): string {
  return state === 'failed' ? `It could not be found out: ${error ?? 'cause unknown'}` : 'Not tried yet.';
}

function conclusion(result: FixResult, best: MitigationResult | null): Html {
  const asked = askedText(result, best);
  if (best === null) return html`${asked} ${sentence(`${result.task}: ${whyNone(result) ?? ''}`)}`;
  return html`${asked} <b>${best.name}</b> makes it hold: ${best.title}. Right:
    ${besidePlain(best, best.helpsAt ?? best.length)}.`;
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

/** The proof on paper of what is recommended: the identity, and what theory says of the task that is asked instead. */
function why(item: FixItem, best: MitigationResult, anchor: string, study: StudyView): Html {
  const { theory, identity, prompts } = best;
  const verdicts = item.rows.filter((row) => row.kind === 'verdict');
  const said = theory.kind === 'proved' ? verdicts.find(({ task }) => task === theory.task) : undefined;
  return html`<p>Why it is right: <code>${identity}</code>.</p>
    <p>${theoryText(best)}: ${theory.text}. ${said !== undefined && predictionLink(said, anchor, study)}</p>
    ${said !== undefined && ownPrediction(said, anchor, study)}
    <p class="quiet">Prompt${prompts.length > 1 && 's'} of what is asked: ${prompts.join('; ')}.</p>`;
}

/** Where the study itself asks theory about the task that is asked instead; null where it does not. */
function besideTask({ task }: VerdictRow, { tasks }: StudyView): TaskView | null {
  const isSaid = ({ predictions }: TaskView): boolean =>
    predictions.some(({ subject, fragment }) => subject === task && fragment === 'pos');
  return tasks.find(isSaid) ?? null;
}

function predictionLink(said: VerdictRow, anchor: string, study: StudyView): Html {
  const other = besideTask(said, study);
  const place = other === null ? `${anchor}-theory` : theoryAnchor(other);
  return html`<a href="#${place}">What theory says of ${said.task}</a>, with its proof.`;
}

function ownPrediction(said: VerdictRow, anchor: string, study: StudyView): Html | null {
  if (besideTask(said, study) !== null) return null;
  return html`<details class="print">
    <summary>What theory says of ${said.task}</summary>
    <div class="theory" id="${anchor}-theory">${prediction(said.prediction, said.task)}</div>
  </details>`;
}

/** Links to the files, which lie beside the report. */
function handedOver({ folder }: FixItem, { handedOver: handed }: FixResult): Html | null {
  if (handed === null) return null;
  return html`<p>
    Files of <b>${handed.name}</b>, in <code>${folder}</code>:
    ${Object.keys(handed.files).map((name, i) => html`${i > 0 && ', '}<a href="${folder}/${name}">${name}</a>`)}.
  </p>`;
}

/** What else was tried: what holds, is better or both, and what did not help. */
function others(result: FixResult): Html | null {
  const { mitigations, recommended } = result;
  const rest = mitigations.filter(({ name, n }) => name !== recommended && n > 0);
  const holds = rest.filter((one) => one.helps && one.holds);
  const better = rest.filter((one) => one.helps && !one.holds);
  const noBetter = rest.filter((one) => !one.helps && one.holds);
  const nothing = rest.filter((one) => !one.helps && !one.holds);
  const line = (what: string, all: readonly MitigationResult[]): Html | false =>
    all.length > 0 && html`<li>${what}: ${all.map((one, i) => html`${i > 0 && '; '}${shortly(one)}`)}.</li>`;
  return html`<ul>
    ${line('Holds, too', holds)} ${line('Better, but not shown to hold', better)}
    ${line('Holds, but is not shown to be better', noBetter)} ${line('Did not help', nothing)}
  </ul>`;
}

function shortly(one: MitigationResult): Html {
  const { name, placeboOf, comparisons, length, helpsAt } = one;
  const { difference, pAdjusted } = comparisons.find((beside) => beside.length === helpsAt) ?? one;
  const at = helpsAt === null || helpsAt === length ? '' : ` at ${helpsAt}`;
  const control = placeboOf === null ? '' : ', a control';
  return html`<b>${name}</b> (${percentDifference(difference)}${at}, p ${pOf(pAdjusted)}${control})`;
}

/** One line for each model, where nothing was measured besides. */
export function mendedItems(task: TaskView): Html[] {
  return task.fixes.map((item) => {
    const result = foundIn(item);
    const gist = result === null ? without(item) : conclusion(result, recommendedIn(result));
    return html`<li>
      <a href="#${mendedAnchor(task)}"><b>${task.name}</b>, ${item.model}</a>: ${gist}
    </li>`;
  });
}
