/** The page of what `lengthwise finetune` brought out: before and after at every length, gaps between tasks, and what it cost. */
import type { FinetuneResult, Gap, TunedCell, TunedFormat, TunedModel } from '../../fix/finetuned/rows.ts';
import { percent, percentDifference, percentDifferenceRange } from '../../score/tables/percent.ts';
import type { Table } from '../shared/figure.ts';
import { html } from '../shared/html.ts';
import type { Content, Html } from '../shared/html.ts';
import { page } from '../shared/page.ts';
import { facts, scrollTable } from '../shared/parts.ts';

/** The page as the text of one HTML file. The same result gives the same text. */
export function renderFinetuneReport(result: FinetuneResult): string {
  return page(
    `fine-tuning of ${result.target} · lengthwise`,
    [
      { anchor: 'gaps', text: 'Gaps between tasks' },
      { anchor: 'accuracy', text: 'Before and after' },
      { anchor: 'cost', text: 'What it cost' },
    ],
    html`${head(result)} ${gaps(result)} ${accuracies(result)} ${cost(result)}`,
  );
}

function head({ target, models, lengths }: FinetuneResult): Html {
  const tasks = [...new Set(models.map(({ task }) => task))];
  return html`<header>
    <p class="kicker">lengthwise · finetune · ${tasks.join(', ')}</p>
    <h1>${target}</h1>
    <p class="lead">Fine-tuned on lengths ${lengths.min} to ${lengths.max}, measured there and beyond.</p>
  </header>`;
}

/** What a verdict says, in a sentence. */
const VERDICTS: Readonly<Record<Gap['verdict'], string>> = {
  removed: 'removed: within ± 5 points at 1, 1.5 and 2 times the training lengths',
  remains: 'remains: more than 5 points at one of these lengths',
  undecided: 'undecided: the interval is too wide to say',
  'not learned in range': 'not learned in range, so nothing is compared',
  'too few samples': 'too few samples to say whether the tasks were learned',
  'too few seeds': 'too few seeds to say',
};

function gaps({ gaps: all }: FinetuneResult): Html {
  return html`<section id="gaps" aria-label="Gaps between tasks">
    <h2>Gaps between tasks</h2>
    ${all.length === 0 ? html`<p>No two tasks that differ in one thing were fine-tuned.</p>` : all.map(gapPart)}
    <p>
      A difference is the mean over seeds, in points of accuracy. Its 95 % interval is the wider of Student’s
      t over seeds and Newcombe’s over all answers.
    </p>
  </section>`;
}

function gapPart({ first, second, sources, verdict, reason, before, lengths }: Gap): Html {
  const where = sources === 'anywhere' ? '' : ', all occurrences of the query in the first half';
  return html`<h3>${first} against ${second}${where}</h3>
    <p><strong>${VERDICTS[verdict]}</strong>${reason === null ? '' : ` (${reason})`}.</p>
    ${
      before &&
      html`<p>
        Before, at ${before.length}: ${percentDifference(before.difference)}
        (${percentDifferenceRange(before.low, before.high)}).
      </p>`
    }
    ${
      lengths.length > 0 &&
      scrollTable({
        caption: `${first} less ${second} after fine-tuning, by length.`,
        columns: [
          ...['length', 'times the longest', 'seeds', 'difference'].map((label) => ({
            label,
            numeric: true,
          })),
          { label: '95 %' },
        ],
        rows: lengths.map(({ length, multiple, seeds, difference, low, high }) => [
          ...[length, multiple, seeds, percentDifference(difference)],
          percentDifferenceRange(low, high),
        ]),
      })
    }`;
}

const FORMATS: Readonly<Record<TunedFormat, string>> = {
  trained: 'as trained',
  usual: 'by the usual prompt',
  shifted: 'as trained, from random positions on',
};

function accuracies(result: FinetuneResult): Html {
  const tasks = [...new Set(result.models.map(({ task }) => task))];
  return html`<section id="accuracy" aria-label="Before and after">
    <h2>Before and after</h2>
    ${tasks.map((task) => scrollTable(accuracyTable(result, task)))}
  </section>`;
}

/** A row for each way of asking and length; a column for the base and each seed. */
function accuracyTable({ before, models }: FinetuneResult, task: string): Table {
  const own = models.filter((model) => model.task === task);
  const asked = new Map(
    [...before, ...own.flatMap(({ cells }) => cells)]
      .filter((cell) => cell.task === task)
      .map((cell) => [keyOf(cell), cell]),
  );
  const number = (label: string) => ({ label, numeric: true });
  return {
    caption: `${task}: right answers.`,
    columns: [
      { label: 'asked' },
      ...[number('length'), number('times the longest'), number('before')],
      ...own.map(({ seed }) => number(`after, seed ${seed}`)),
    ],
    rows: [...asked.values()].map((cell) => [
      `${FORMATS[cell.format]}${cell.sources === 'anywhere' ? '' : ', all occurrences of the query in the first half'}`,
      ...[cell.length, cell.multiple ?? ''],
      shareOf(before, cell),
      ...own.map(({ cells }) => shareOf(cells, cell)),
    ]),
  };
}

function keyOf({ task, format, sources, length }: TunedCell): string {
  return [task, format, sources, length].join(' ');
}

function shareOf(cells: readonly TunedCell[], wanted: TunedCell): Content {
  const found = cells.find((cell) => keyOf(cell) === keyOf(wanted));
  return found === undefined ? '–' : `${percent(found.right / found.n)} (${found.right} of ${found.n})`;
}

function cost({ method, n, perplexity, models }: FinetuneResult): Html {
  const number = (label: string) => ({ label, numeric: true });
  return html`<section id="cost" aria-label="What it cost">
    <h2>What it cost</h2>
    ${facts([
      ['what was trained', method],
      ['samples a length', n],
      ...(perplexity === null ? [] : [['perplexity on English text before', perplexity.toFixed(2)] as const]),
    ])}
    ${scrollTable({
      caption: 'Every fine-tuning.',
      columns: [
        { label: 'task' },
        ...['seed', 'steps', 'seconds', 'numbers trained', 'perplexity after'].map(number),
        { label: 'folder' },
      ],
      rows: models.map(
        ({ task, seed, steps, seconds, parameters, perplexity: after, folder }: TunedModel) => [
          ...[task, seed, steps, Math.round(seconds), parameters],
          ...[after === null ? '–' : after.toFixed(2), folder],
        ],
      ),
    })}
  </section>`;
}
