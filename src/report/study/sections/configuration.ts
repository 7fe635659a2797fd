/** What was trained, in full: every setting of every run, whatever settings there are. */
import { percent } from '../../../score/tables/percent.ts';
import { count, duration, plural, shorten } from '../../shared/format.ts';
import type { Column, Table } from '../../shared/figure.ts';
import { html } from '../../shared/html.ts';
import type { Content, Html } from '../../shared/html.ts';
import type { TrainItem } from '../../../study/rows.ts';
import { POSITIONS } from '../../shared/words.ts';
import { facts, scrollTable } from '../../shared/parts.ts';

type TrainSpec = TrainItem['spec'];
type Setting = Exclude<keyof TrainSpec, 'task' | 'seed'>;

/** Words for the settings; the list is checked to be complete. */
const SETTINGS: Readonly<Record<Setting, string>> = {
  taskOptions: 'Task options',
  positions: 'Positions',
  layers: 'Layers',
  heads: 'Heads',
  dim: 'Width',
  lengths: 'Training range',
  maxLength: 'Takes lengths up to',
  offsets: 'Random start position',
  positionStart: 'Positions begin as',
  batch: 'Batch',
  steps: 'Steps at most',
  learningRate: 'Learning rate',
  optimizer: 'Optimizer',
  schedule: 'Schedule',
  warmup: 'Warm-up steps',
  weightDecay: 'Weight decay',
  curriculum: 'Curriculum (steps until lengths grow by half)',
  evaluateEvery: 'Evaluated every (steps)',
};

export function configuration(items: readonly TrainItem[]): Html | null {
  if (items.length === 0) return null;
  const settings = Object.keys(SETTINGS) as Setting[];
  const differing = settings.filter((name) => new Set(items.map((item) => text(item.spec, name))).size > 1);
  const common = settings.filter((name) => !differing.includes(name));
  return html`<p>The same in ${plural(items.length, 'run')}:</p>
    ${facts(common.map((name) => [SETTINGS[name], text(items[0].spec, name)]))}
    ${scrollTable(runs(items, differing))}`;
}

function runs(items: readonly TrainItem[], differing: readonly Setting[]): Table {
  const columns: Column[] = [
    { label: 'task' },
    { label: 'model' },
    { label: 'seed', numeric: true },
    ...differing.map((name) => ({ label: SETTINGS[name] })),
    { label: 'parameters', numeric: true },
    { label: 'steps done', numeric: true },
    { label: 'time', numeric: true },
    { label: 'weights (SHA-256)' },
  ];
  return {
    caption: `Every run (n = ${items.length}) and what differs between them`,
    columns,
    rows: items.map((item) => run(item, differing)),
  };
}

function run(
  { task, model, spec, rows, seconds, state }: TrainItem,
  differing: readonly Setting[],
): Content[] {
  const end = rows.find((row) => row.kind === 'trained');
  return [
    task,
    model,
    spec.seed,
    ...differing.map((name) => text(spec, name)),
    end === undefined ? '–' : count(end.parameters),
    end === undefined ? state : `${count(end.step)}${end.reason === 'perfect' ? ' (perfect)' : ''}`,
    seconds === null ? '–' : duration(seconds),
    end === undefined ? '–' : html`<code>${end.weights.slice(0, 16)}</code>`,
  ];
}

/** An alphabet may have thousands of symbols: the study file has them all. */
const MOST_SYMBOLS = 12;

function text(spec: TrainSpec, name: Setting): string {
  const value = spec[name];
  if (name === 'positions') return POSITIONS[spec.positions];
  if (value === undefined) return 'default';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (name === 'offsets') return `${percent(Number(value))} of the sequences, the others at 0`;
  return typeof value === 'object' ? optionText(value) : String(value);
}

/** `1–50` for a range, `8 symbols: a b c …` for a list; of an object its parts, each with its name. */
function optionText(value: object): string {
  if (Array.isArray(value)) {
    const shown = value.slice(0, MOST_SYMBOLS).map((symbol) => shorten(String(symbol), MOST_SYMBOLS));
    return `${plural(value.length, 'symbol')}: ${shown.join(' ')}${value.length > shown.length ? ' …' : ''}`;
  }
  if ('min' in value && 'max' in value) return `${String(value.min)}–${String(value.max)}`;
  return Object.entries(value)
    .map(
      ([name, inner]: [string, unknown]) =>
        `${name}: ${typeof inner === 'object' && inner !== null ? optionText(inner) : String(inner)}`,
    )
    .join('; ');
}
