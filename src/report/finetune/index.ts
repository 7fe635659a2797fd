/** The page of what `lengthwise finetune` brought out: before and after at every length, gaps between tasks, heads, and what it cost. */
import type { FinetuneResult } from '../../fix/finetuned/rows.ts';
import { trainedText } from '../../fix/finetuned/text.ts';
import type { ChangedHeads } from '../shared/explanation/changed.ts';
import { html } from '../shared/html.ts';
import type { Html } from '../shared/html.ts';
import { page } from '../shared/page.ts';
import { figureOf, scrollTable } from '../shared/parts.ts';
import { tunedAccuracy } from '../shared/tuned/accuracy.ts';
import { tunedCost } from '../shared/tuned/cost.ts';
import { gapList } from '../shared/tuned/gaps.ts';
import { changedHeads } from '../shared/tuned/heads.ts';
import type { TaskNotes } from '../shared/tuned/page.ts';
import { beforeAfterTable } from '../shared/tuned/table.ts';
import { tunedFindings } from '../shared/tuned/words.ts';

/**
 * The page as the text of one HTML file. The same result gives the same text.
 * @param heads explanations of the base and of what was fine-tuned from it, where they were made
 */
export function renderFinetuneReport(result: FinetuneResult, heads: readonly ChangedHeads[] = []): string {
  const figure = tunedAccuracy(result, NOTES);
  return page(
    `fine-tuning of ${result.target} · lengthwise`,
    [
      { anchor: 'accuracy', text: 'Before and after' },
      { anchor: 'gaps', text: 'Gaps between tasks' },
      ...(heads.length > 0 ? [{ anchor: 'heads', text: 'Heads' }] : []),
      { anchor: 'cost', text: 'What it took' },
    ],
    html`${head(result)}
      <section id="accuracy" aria-label="Before and after">
        <h2>Before and after</h2>
        ${scrollTable(beforeAfterTable(result, NOTES))} ${figure && figureOf(figure, `tuned-${figure.name}`)}
      </section>
      <section id="gaps" aria-label="Gaps between tasks">
        <h2>Gaps between tasks</h2>
        ${gapList(result)}
      </section>
      ${
        heads.length > 0 &&
        html`<section id="heads" aria-label="Heads before and after">
          <h2>Heads before and after</h2>
          ${changedHeads(heads, 'heads', NOTES)}
        </section>`
      }
      <section id="cost" aria-label="What it took">
        <h2>What it took</h2>
        ${tunedCost(result)}
      </section>`,
  );
}

/** This page has nothing else about a task. */
const NOTES: TaskNotes = { name: (task) => task, theory: null, taskOf: (name) => name };

function head(result: FinetuneResult): Html {
  const { target, models } = result;
  const tasks = [...new Set(models.map(({ task }) => task))];
  return html`<header>
    <p class="kicker">lengthwise · finetune · ${tasks.join(', ')}</p>
    <h1>${target}</h1>
    <p class="lead">Fine-tuned on lengths ${trainedText(models)}, measured there and beyond.</p>
    ${tunedFindings(result, NOTES)}
  </header>`;
}
