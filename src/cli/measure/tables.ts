/** The tables of measuring as text for a terminal. */
import type { SpreadRow } from '../../score/tables/rows.ts';
import { errorKinds } from '../../score/errors/index.ts';
import {
  horizonOfAnswered,
  horizonText,
  promiseText,
  thresholdText,
} from '../../score/tables/horizon-text.ts';
import { nearText } from '../../score/tables/near.ts';
import { COPIES_BY_PLACE, placeText, placeTexts } from '../../score/tables/place-text.ts';
import {
  countText,
  percent,
  percentDifference,
  percentDifferenceRange,
  percentGuessed,
  percentLevel,
} from '../../score/tables/percent.ts';
import { BEST_OF_SEVERAL, promptsText, samplesText, spreadText } from '../../score/tables/spread-text.ts';
import type { AsymmetryRow, CellRow, ComparisonRow, HorizonRow } from '../../score/tables/rows.ts';
import type { RespondentRows } from '../../measure/store/rows.ts';

/** Columns of text, padded; numbers to the right. */
export function textTable(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...body.map((row) => row[i].length)));
  const numeric = head.map((_, i) => body.every((row) => /^[-+−≥<]?[\d.,]*( ?%)?$|^–$/.test(row[i])));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd();
  return [line(head), ...body.map(line)].join('\n');
}

/** The horizon of every task. */
export function horizonTable({
  rows,
  horizons,
}: {
  readonly rows: readonly CellRow[];
  readonly horizons: readonly HorizonRow[];
}): string {
  const several = new Set(horizons.map(({ threshold }) => threshold)).size > 1;
  const head = several ? 'horizon' : `horizon at ${thresholdText(horizons)}`;
  const without = horizons.some((horizon) => horizonOfAnswered(horizon) !== null);
  const tokens = horizons.some((horizon) => typeof horizon.tokens === 'number');
  return textTable(
    [
      'task',
      ...(several ? ['threshold'] : []),
      head,
      ...(without ? ['of right and wrong answers alone'] : []),
      ...(tokens ? ['in tokens'] : []),
      'lengths asked',
      'samples',
    ],
    horizons.map((horizon) => {
      const own = rows.filter(({ task }) => task === horizon.task);
      const asked = own.reduce((sum, { n }) => sum + n, 0);
      return [
        horizon.task,
        ...(several ? [percentLevel(horizon.threshold)] : []),
        horizonText(horizon),
        ...(without ? [horizonOfAnswered(horizon) ?? 'the same'] : []),
        ...(tokens ? [typeof horizon.tokens === 'number' ? String(Math.round(horizon.tokens)) : '–'] : []),
        lengthsText(own.map(({ length }) => length)),
        String(asked),
      ];
    }),
  );
}

/** More lengths than these are not listed. */
const MOST_LISTED = 20;

/** `5, 10, 20`; `70 from 2 to 71`, where there are many. */
function lengthsText(lengths: readonly number[]): string {
  const sorted = lengths.toSorted((a, b) => a - b);
  return sorted.length <= MOST_LISTED
    ? sorted.join(', ')
    : `${sorted.length} from ${sorted[0]} to ${sorted[sorted.length - 1]}`;
}

/** What horizons say of the lengths that were not asked, a line where something is to be said. */
export function promiseLines({
  rows,
  horizons,
}: {
  readonly rows: readonly CellRow[];
  readonly horizons: readonly HorizonRow[];
}): string[] {
  return horizons.flatMap((horizon) => {
    return [
      ...(horizon.length === null
        ? []
        : [`${horizon.task}: ${promiseText(horizon, lengthsUpTo(rows, horizon))}`]),
      ...lookedAgainLines(rows.filter(({ task }) => task === horizon.task)),
      ...placeTexts(horizon).map((text) => `${horizon.task}: ${text}`),
    ];
  });
}

/** Lengths whose number of samples was decided after answers had come: whoever asks for more after a look may be lucky. */
export function lookedAgainLines(rows: readonly CellRow[]): string[] {
  const again = rows.filter(({ lookedAgain }) => lookedAgain === true);
  return [...new Set(again.map(({ task }) => task))].map((task) => {
    const own = again.filter((row) => row.task === task);
    const levels = [...new Set(own.map(({ confidence = LEVEL }) => percentLevel(confidence)))];
    return `${task}: the number of samples at ${own.map(({ length }) => length).join(', ')} was decided after answers had come there, or from a search of the task, so the interval there is one that holds whenever one stops, at ${levels.join(' or ')}.`;
  });
}

/** How many lengths were asked up to a horizon. */
function lengthsUpTo(rows: readonly CellRow[], { task, length }: HorizonRow): number {
  return rows.filter((row) => row.task === task && row.length <= (length ?? 0)).length;
}

/** Which prompts a measurement was asked with, and in which options it differs from the others. */
export function wayTitle(
  { prompts }: { readonly prompts: Readonly<Record<string, string>> },
  options: string,
): string {
  const names = [...new Set(Object.values(prompts))].join(', ');
  return `prompt: ${names}${options === '' ? '' : `; ${options}`}`;
}

/** What the best and the worst of several prompts reached on the same samples. */
export function spreadTable(rows: readonly SpreadRow[]): string {
  const table = textTable(
    ['task', 'length', 'n', 'best prompt', 'accuracy', 'worst prompt', 'accuracy', 'spread'],
    rows.map((row) => [
      row.task,
      String(row.length),
      samplesText(row),
      promptsText(row, row.best),
      percent(row.best.accuracy),
      promptsText(row, row.worst),
      percent(row.worst.accuracy),
      spreadText(row),
    ]),
  );
  return `${table}\n${BEST_OF_SEVERAL}.`;
}

/** Accuracy by length and place: of the evidence, or of copies by how far they were right. Only where something went wrong. */
export function placeTable(
  { rows }: { readonly rows: readonly CellRow[] },
  lengthText = ({ length }: CellRow): string => String(length),
): string {
  const placed = rows.filter(({ places, accuracy }) => accuracy < 1 && places?.some(({ n }) => n > 0));
  if (placed.length === 0) return '';
  const bins = placed[0].places ?? [];
  const copies = new Set(placed.filter((row) => row.copies !== undefined).map(({ task }) => task));
  const table = textTable(
    ['task', 'length', ...bins.map(({ from, to }) => `at ${placeText(from, to)}`)],
    placed.map((row) => [
      row.task,
      lengthText(row),
      ...(row.places ?? []).map(({ n, accuracy, low, high }) =>
        accuracy === null ? '–' : `${percent(accuracy)} of ${n} (${percent(low)} – ${percent(high)})`,
      ),
    ]),
  );
  if (copies.size === 0) return table;
  return `${table}\n${[...copies].join(', ')}: of the ${COPIES_BY_PLACE}, those that were right in that part too.`;
}

const LEVEL = 0.95;

/** The level of all intervals, where it is one; after a search the lengths' levels differ, and each says its own. */
function intervalHead(rows: readonly CellRow[]): string {
  const levels = new Set(rows.map(({ confidence = LEVEL }) => confidence));
  return levels.size === 1 ? percentLevel([...levels][0]) : '';
}

function intervalText({ low, high, confidence = LEVEL }: CellRow, rows: readonly CellRow[]): string {
  const interval = `${percent(low)} – ${percent(high)}`;
  return intervalHead(rows) === '' ? `${interval} (${percentLevel(confidence)})` : interval;
}

/** Accuracy by length: one line a cell. Columns of what never happened are left out. */
export function cellTable(
  rows: readonly CellRow[],
  lengthText = ({ length }: CellRow): string => String(length),
): string {
  const any = (count: (row: CellRow) => number | undefined): boolean =>
    rows.some((row) => (count(row) ?? 0) > 0);
  const optional = [
    {
      title: 'exact',
      shown: any((row) => row.correct - (row.exact ?? row.correct)),
      of: (row: CellRow) => row.exact,
    },
    {
      title: 'retrieved',
      shown: any((row) => (row.retrieved ?? row.correct) - row.correct),
      of: (row: CellRow) => row.retrieved,
    },
    {
      title: 'log-probability',
      shown: rows.some(({ logProbability }) => logProbability !== undefined),
      of: ({ logProbability }: CellRow) => logProbability?.toFixed(2) ?? '–',
    },
    { title: 'extra text', shown: any((row) => row.extra), of: (row: CellRow) => row.extra },
    { title: 'truncated', shown: any((row) => row.truncated), of: (row: CellRow) => row.truncated },
    { title: 'withheld', shown: any((row) => row.withheld), of: (row: CellRow) => row.withheld },
    { title: 'refused', shown: any((row) => row.refused), of: (row: CellRow) => row.refused },
    { title: 'failed', shown: any((row) => row.failed), of: (row: CellRow) => row.failed },
    { title: 'too long', shown: any((row) => row.tooLong), of: (row: CellRow) => row.tooLong },
    {
      title: 'by guessing',
      shown: rows.some((row) => row.chance !== undefined),
      of: (row: CellRow) => (row.chance === undefined ? '–' : percentGuessed(row.chance)),
    },
    {
      title: 'ambiguous transitions',
      shown: any((row) => row.copies?.ambiguousTransitions),
      of: (row: CellRow) => row.copies?.ambiguousTransitions.toFixed(1) ?? '–',
    },
    {
      title: 'first errors there',
      shown: any((row) => row.copies?.atAmbiguous),
      of: ({ copies }: CellRow) =>
        copies === undefined || copies.wrong === 0
          ? '–'
          : `${countText(copies.atAmbiguous)} of ${countText(copies.wrong)}`,
    },
  ].filter(({ shown }) => shown);
  const head = [
    'task',
    'length',
    'n',
    'right',
    'accuracy',
    `${intervalHead(rows)} interval`,
    ...optional.map(({ title }) => title),
  ];
  const hasErrors = !rows.every(({ forced }) => forced === true); // forced answers have no kinds of errors
  return textTable(
    [...head, ...(hasErrors ? ['most frequent errors'] : [])],
    rows.map((row) => [
      row.task,
      lengthText(row),
      String(row.n),
      countText(row.correct),
      percent(row.accuracy),
      intervalText(row, rows),
      ...optional.map(({ of }) => textOf(of(row) ?? 0)),
      ...(hasErrors ? [frequentErrors(row.errors)] : []),
    ]),
  );
}

export function asymmetryTable(rows: readonly AsymmetryRow[]): string {
  const seeds = rows.some(hasSeeds);
  const lost = rows.some(hasLost);
  const unpaired = rows.some(({ paired }) => !paired);
  return textTable(
    [
      ...['contrast', 'tasks', 'length', 'n', ...(unpaired ? ['pairs'] : []), ...DIFFERENCE_HEADS],
      ...(seeds ? ['each seed'] : []),
      ...(lost ? [FAILED] : []),
    ],
    rows.map((row) => [
      row.contrast,
      `${row.first} - ${row.second}`,
      row.length === null ? 'all' : String(row.length),
      String(row.n),
      ...(unpaired ? [pairsText(row)] : []),
      ...differenceColumns(row),
      ...(seeds ? [seedsText(row)] : []),
      ...(lost ? [countText(row.lost ?? 0)] : []),
    ]),
  );
}

/** Of samples that are not the same there is no p. */
function pairsText({ paired }: Difference): string {
  return paired ? 'paired' : 'unpaired';
}

/** As many columns of respondents as a terminal has room for. */
const MOST_COLUMNS = 3;

/** The horizons of several respondents: a line a task, a column a respondent; of many, the other way round. */
export function horizonMatrix(respondents: readonly RespondentRows[]): string {
  const tasks = [...new Set(respondents.flatMap(({ horizons }) => horizons.map(({ task }) => task)))];
  const shown = respondents.flatMap(({ horizons }) => horizons);
  const head = shown.length === 0 ? 'horizon' : `horizon at ${thresholdText(shown)}`;
  const text = ({ horizons }: RespondentRows, task: string): string => {
    const horizon = horizons.find((candidate) => candidate.task === task);
    return horizon === undefined ? '–' : horizonText(horizon);
  };
  if (respondents.length > MOST_COLUMNS) {
    return textTable(
      [head, ...tasks],
      respondents.map((each) => [each.label, ...tasks.map((task) => text(each, task))]),
    );
  }
  return textTable(
    [head, ...respondents.map(({ label }) => label)],
    tasks.map((task) => [task, ...respondents.map((each) => text(each, task))]),
  );
}

/** Differences between respondents, one line a task and length. */
export function comparisonTable(rows: readonly ComparisonRow[]): string {
  const seeds = rows.some(hasSeeds);
  const lost = rows.some(hasLost);
  return textTable(
    [
      ...['task', 'length', 'models', 'n', 'pairs', ...DIFFERENCE_HEADS],
      ...(seeds ? ['each seed'] : []),
      ...(lost ? [FAILED] : []),
    ],
    rows.map((row) => [
      row.task,
      row.length === null ? 'all' : String(row.length),
      `${row.second} - ${row.first}`,
      String(row.n),
      pairsText(row),
      ...differenceColumns(row),
      ...(seeds ? [seedsText(row)] : []),
      ...(lost ? [countText(row.lost ?? 0)] : []),
    ]),
  );
}

type Difference = AsymmetryRow | ComparisonRow;

const DIFFERENCE_HEADS = ['difference', '95 % interval', 'p', 'p corrected'];

/** Where neither cell does better than guessing, or both are right nearly always, there is nothing to test. */
function differenceColumns({ difference, low, high, p, pAdjusted, near }: Difference): string[] {
  const tested = near ? [nearText(near), '–'] : [pText(p), pText(pAdjusted)];
  return [percentDifference(difference), percentDifferenceRange(low, high), ...tested];
}

/** Samples about which the model was not asked: the interval and p are what holds whatever it would have said. */
const FAILED = 'failed';

function hasLost({ lost }: Difference): boolean {
  return lost !== undefined;
}

function hasSeeds({ seeds }: Difference): boolean {
  return seeds !== undefined;
}

/** `1: +90 %, 2: −70 %, 3: +30 %`: what each seed shows; the smallest and the largest are the range. */
function seedsText({ seeds = [] }: Difference): string {
  return seeds.map(({ seed, difference }) => `${seed}: ${percentDifference(difference)}`).join(', ');
}

function pText(p: number | null): string {
  if (p === null) return '–';
  return p < 0.0001 ? '< 0.0001' : p.toFixed(4);
}

function frequentErrors(errors: Readonly<Record<string, number>>): string {
  return Object.entries(errors)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([kind, count]) => `${title(kind)} ${countText(count)}`)
    .join(', ');
}

function textOf(value: number | string): string {
  return typeof value === 'number' ? countText(value) : value;
}

function title(kind: string): string {
  return kind in errorKinds ? errorKinds[kind as keyof typeof errorKinds].title : kind;
}
