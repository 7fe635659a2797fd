/** Everything that is needed to repeat the study. */
import { count, decimal, duration, plural } from '../format.ts';
import { html } from '../html.ts';
import type { Content, Html } from '../html.ts';
import type { Environment, StudyItem, TrainItem } from '../../study/rows.ts';
import type { StudyView } from '../view.ts';
import { POSITIONS } from '../words.ts';
import { facts, scrollTable } from './parts.ts';

export function repeat(study: StudyView): Html {
  const { input } = study;
  return html`<section id="repeat" aria-labelledby="repeat-heading">
    <h2 id="repeat-heading">To repeat this</h2>
    <p>Save the study file below as <code>${input.file.name}</code>, then:</p>
    <pre><code>lengthwise study run ${shellWord(input.file.name)} --out ${shellWord(`runs/${stem(input.file.name)}`)}</code></pre>
    <p class="quiet">The same seeds give the same weights and the same answers on the same kind of machine.</p>
    <h3>Study file</h3>
    <pre class="file"><code>${input.file.text}</code></pre>
    <h3>Machine and versions</h3>
    ${input.environments.map(environment)}
    <h3>Time</h3>
    ${facts(times(input.items))}
    <h3>Models</h3>
    ${study.tasks.map((task) => scrollTable(configurations(task.name, input.items.filter(isTraining).filter((item) => item.task === task.name))))}
    <h3>Items</h3>
    <details><summary>${plural(input.items.length, 'item')}, each named by the hash of all that determines its result</summary>
      ${scrollTable(itemTable(input.items))}
    </details>
  </section>`;
}

function environment(used: Environment): Html {
  return facts([
    ['lengthwise', used.lengthwise],
    ['Node', used.node],
    ['ONNX Runtime', used.onnxruntime],
    ['System', used.platform],
    ['Processor', `${used.cpu}, ${plural(used.cores, 'core')}`],
    ['Memory', `${decimal(used.memoryGiB)} GiB`],
  ]);
}

function times(items: readonly StudyItem[]): [string, Content][] {
  const kinds = ['predict', 'train', 'measure'] as const;
  return kinds.flatMap((kind): [string, Content][] => {
    const worked = items.filter((item) => item.kind === kind && item.seconds !== null);
    if (worked.length === 0) return [];
    const seconds = worked.reduce((sum, item) => sum + (item.seconds ?? 0), 0);
    return [[kind, `${duration(seconds)} of work in ${plural(worked.length, 'item')}`]];
  });
}

/** Every setting of every run; settings that are the same in all of a task's runs are no less said. */
function configurations(task: string, items: readonly TrainItem[]): Parameters<typeof scrollTable>[0] {
  return {
    caption: `${task}: configuration of every run (n = ${items.length})`,
    columns: [
      { label: 'Model' },
      { label: 'Seed', numeric: true },
      { label: 'Positions' },
      { label: 'Layers', numeric: true },
      { label: 'Heads', numeric: true },
      { label: 'Width', numeric: true },
      { label: 'Parameters', numeric: true },
      { label: 'Trained on', numeric: true },
      { label: 'Takes up to', numeric: true },
      { label: 'Batch', numeric: true },
      { label: 'Steps', numeric: true },
      { label: 'Learning rate' },
      { label: 'Decay', numeric: true },
      { label: 'Curriculum', numeric: true },
      { label: 'Task options' },
      { label: 'Time', numeric: true },
      { label: 'Weights (SHA-256)' },
    ],
    rows: items.map(configuration),
  };
}

function configuration({ model, spec, rows, seconds }: TrainItem): Content[] {
  const end = rows.find((row) => row.kind === 'trained');
  return [
    model,
    spec.seed,
    POSITIONS[spec.positions],
    spec.layers,
    spec.heads,
    spec.dim,
    end === undefined ? '–' : count(end.parameters),
    `${spec.lengths.min}–${spec.lengths.max}`,
    spec.maxLength,
    spec.batch,
    end === undefined ? `at most ${count(spec.steps)}` : `${count(end.step)} of ${count(spec.steps)}${end.reason === 'perfect' ? ' (perfect)' : ''}`,
    `${spec.learningRate} ${spec.optimizer}, ${spec.schedule}, warm-up ${spec.warmup}`,
    spec.weightDecay,
    spec.curriculum === 0 ? 'none' : `+1 per ${count(spec.curriculum)}`,
    spec.taskOptions === undefined ? 'default' : shortJson(spec.taskOptions),
    seconds === null ? '–' : duration(seconds),
    end === undefined ? '–' : html`<code>${end.weights.slice(0, 16)}</code>`,
  ];
}

function itemTable(items: readonly StudyItem[]): Parameters<typeof scrollTable>[0] {
  return {
    caption: 'All items of the plan',
    columns: [
      { label: 'Item' },
      { label: 'Kind' },
      { label: 'Task' },
      { label: 'Model' },
      { label: 'Seed', numeric: true },
      { label: 'State' },
      { label: 'Time', numeric: true },
    ],
    rows: items.map((item): Content[] => [
      html`<code>${item.hash}</code>`,
      item.kind,
      item.task,
      item.model ?? '–',
      item.seed ?? '–',
      item.state,
      item.seconds === null ? '–' : duration(item.seconds),
    ]),
  };
}

/** An alphabet may have thousands of symbols: the study file has them all. */
const MOST_OPTION_CHARACTERS = 120;

function shortJson(value: object): string {
  const text = JSON.stringify(value);
  return text.length <= MOST_OPTION_CHARACTERS ? text : `${text.slice(0, MOST_OPTION_CHARACTERS)}…`;
}

function isTraining(item: StudyItem): item is TrainItem {
  return item.kind === 'train';
}

function stem(name: string): string {
  return name.replace(/\.[^.]*$/, '');
}

/** The text as one word for a shell. */
function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
