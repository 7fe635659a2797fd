/** The tables that a measurement makes for other programs: their columns, and their rows one at a time. */
import { columnsOf } from '../../common/table/table.ts';
import type { Column, ColumnType, TableRow } from '../../common/table/table.ts';
import { isChoiceFor, pilotChoices } from '../store/pilots.ts';
import type { Run } from '../store/rows.ts';
import { NOTHING_TAKEN, plus, takenBy } from '../store/spending.ts';
import type { Taken } from '../store/spending.ts';
import { labelsOf } from '../gather/labels.ts';
import { promptHash } from '../gather/notes.ts';
import { readMeasurement, rowsOfMeasurement } from '../gather/folder.node.ts';
import type { CurrentRow } from '../gather/folder.node.ts';
import { readsSymbols } from '../gather/gathered.ts';
import type { Gathered } from '../gather/gathered.ts';
import type { ForcedAnswer } from '../../score/forced.ts';
import { symbolsOf } from '../scoring/scoring.ts';
import { asymmetryColumns, cellColumns, horizonColumns } from './columns.ts';

export interface MeasurementTable {
  readonly name: string;
  /** A line for people: what a row is. */
  readonly title: string;
  readonly columns: readonly Column[];
  /** @throws UserError where the folder can't be read */
  readonly rows: (folder: string) => Iterable<TableRow>;
}

/** Who was asked (its name, where a folder holds several with what tells them apart), and about what. */
const WHOSE = columnsOf({ respondent: 'text', task: 'text' });

const SAMPLE = columnsOf({
  length: 'whole',
  index: 'whole',
  repeat: 'whole',
  seed: 'whole',
  source: 'symbols',
  query: 'text',
  answer: 'symbols',
  operation: 'text',
  promptName: 'text',
  promptSha256: 'text',
  template: 'json',
  system: 'text',
  prompt: 'text',
  output: 'text',
  thoughts: 'text',
  refusal: 'text',
  read: 'symbols',
  outcome: 'text',
  correct: 'truth',
  exact: 'truth',
  retrieved: 'truth',
  forced: 'truth',
  logProbability: 'number',
  tokens: 'json',
  logProbabilities: 'json',
  bestTokens: 'json',
  bestTexts: 'json',
  bestLogProbabilities: 'json',
  extra: 'truth',
  error: 'text',
  changed: 'json',
  similarity: 'json',
  place: 'number',
  distance: 'whole',
  distanceTokens: 'whole',
  occurrences: 'whole',
  firstError: 'number',
  copy: 'json',
  finishReason: 'text',
  promptTokens: 'whole',
  completionTokens: 'whole',
  tokenLimit: 'whole',
  promptCut: 'truth',
  promptIds: 'json',
  outputIds: 'json',
  latencyMs: 'number',
  attempts: 'whole',
  failure: 'text',
  reason: 'text',
  key: 'text',
  way: 'text',
  scoring: 'text',
  searched: 'truth',
  lookedAgain: 'truth',
  confidence: 'number',
});

const ASKED = columnsOf({
  api: 'text',
  prompt: 'text',
  template: 'json',
  rendering: 'json',
  operation: 'text',
  samples: 'whole',
  requests: 'whole',
  promptTokens: 'whole',
  completionTokens: 'whole',
  money: 'number',
  failures: 'json',
  pilot: 'json',
  capabilities: 'json',
  way: 'text',
});

/** Of a `Run`. */
const RUN = columnsOf({
  started: 'text',
  ended: 'text',
  ending: 'text',
  reason: 'text',
  pilot: 'json',
  lengthwise: 'text',
  node: 'text',
  platform: 'text',
  api: 'text',
  lengths: 'json',
  n: 'whole',
  maxLength: 'whole',
  repeats: 'whole',
  threshold: 'number',
  alpha: 'number',
  seed: 'whole',
  drawnLengths: 'whole',
  most: 'whole',
  firstRow: 'whole',
  prices: 'json',
  requests: 'whole',
  promptTokens: 'whole',
  completionTokens: 'whole',
  options: 'json',
} satisfies Record<
  Exclude<keyof Run | keyof Taken, 'asked' | 'taken' | 'takenInAll' | 'unsaid'>,
  ColumnType
>);

export const measurementTables: readonly MeasurementTable[] = [
  {
    name: 'cells',
    title: 'accuracy at one length',
    columns: [...WHOSE, ...cellColumns],
    rows: (folder) => summaryRows(folder, (summary) => summary.rows),
  },
  {
    name: 'horizons',
    title: 'the length up to which a task is done reliably',
    columns: [...WHOSE, ...horizonColumns],
    rows: (folder) => summaryRows(folder, (summary) => summary.horizons),
  },
  {
    name: 'asymmetries',
    title: 'how much better one task is done than its counterpart',
    columns: [WHOSE[0], ...asymmetryColumns],
    rows: (folder) => summaryRows(folder, (summary) => summary.asymmetries),
  },
  {
    name: 'samples',
    title: 'one sample, what was sent, and what came back',
    columns: [...WHOSE, ...SAMPLE],
    rows: (folder) =>
      rowsOfMeasurement(folder, function* ({ respondents, rows }) {
        const labels = labelsOf(respondents);
        const chosen = chosenIn(folder, respondents);
        for (const current of rows()) {
          const { respondent, row } = current;
          yield {
            ...sampleRow(current, labels[respondent], respondents[respondent]),
            ...chosen(respondent, row.task, row.length),
          };
        }
      }),
  },
  {
    name: 'asked',
    title: 'how asking about one task went',
    columns: [...WHOSE, ...ASKED],
    rows: (folder) => rowsOfMeasurement(folder, ({ respondents, rows }) => askedRows(respondents, rows())),
  },
  {
    name: 'runs',
    title: 'one run: when it was, and with which options',
    columns: RUN,
    rows: (folder) =>
      rowsOfMeasurement(folder, ({ respondents, taken }) =>
        respondents[0].facts.runs.map((run, i) => ({ ...run, ...taken[i] })),
      ),
  },
];

function* summaryRows(
  folder: string,
  rows: (summary: ReturnType<Gathered['summary']>) => readonly object[],
): Iterable<TableRow> {
  const respondents = readMeasurement(folder);
  const labels = labelsOf(respondents);
  for (const [i, gathered] of respondents.entries()) {
    for (const row of rows(gathered.summary())) yield { ...row, respondent: labels[i] };
  }
}

/** How a length came by its number of samples: what whoever reads the rows has to know for its interval. */
interface Chosen {
  readonly searched: boolean;
  readonly lookedAgain: boolean;
  readonly confidence: number | null;
}

/** The levels are known when all rows were counted: where the answers decided nothing, they need not be. */
function chosenIn(
  folder: string,
  respondents: readonly Gathered[],
): (respondent: number, task: string, length: number) => Chosen {
  const isSequential = respondents.some(({ asked, lengths }) =>
    [...asked.keys()].some((task) => lengths.isSequential(task)),
  );
  const counted = isSequential ? readMeasurement(folder) : respondents;
  const rows = isSequential ? counted.map((each) => each.summary().rows) : [];
  const levels = new Map(
    rows.flatMap((own, i) => own.map((row) => [`${i} ${row.task} ${row.length}`, row] as const)),
  );
  return (respondent, task, length) => {
    const { confidence = isSequential ? null : 0.95, lookedAgain = false } =
      levels.get(`${respondent} ${task} ${length}`) ?? {};
    const searched = counted[respondent].lengths.isSearched(task, length);
    return { searched, lookedAgain, confidence };
  };
}

/** A row of the store, flat, with how it was asked and what its output is worth by the present scoring. */
function sampleRow({ row, task }: CurrentRow, respondent: string, gathered: Gathered): TableRow {
  const { asked, facts } = gathered;
  const { output, score, ...sample } = row;
  const { text, error: reason, forced, ...reply } = output;
  const { evidence, ...worth } = score;
  const correct = score.outcome === 'right';
  const own = asked.get(row.task);
  const { operation, prompt: template } = own ?? {};
  return {
    ...{
      respondent,
      ...sample,
      index: gathered.numberOf(row),
      operation,
      promptName: template?.name,
      promptSha256: own === undefined ? null : (promptHash(own) ?? null),
      seed: gathered.seedOf(row.task),
      template,
    },
    ...{ ...reply, reason, ...worth, correct, output: text },
    ...(evidence ?? { place: null }), // of the evidence, not of the row in the store
    distanceTokens: readsSymbols(facts.respondent) ? (evidence?.distance ?? null) : null,
    read: correct ? row.answer : text === null ? null : symbolsOf(row, task),
    ...(forced === undefined ? { forced: false } : forcedColumns(forced)),
  };
}

/** Nothing was said that could hold the right answer, or text beside it. */
function forcedColumns({ best: bestTokens, ...own }: ForcedAnswer): TableRow {
  return { ...own, bestTokens, forced: true, retrieved: null, extra: null, similarity: null, read: null };
}

/** Of each respondent and task; and of each respondent what was sent for no answer that counts. */
function* askedRows(respondents: readonly Gathered[], rows: Iterable<CurrentRow>): Iterable<TableRow> {
  const counts = new Map<string, AskedCount>();
  for (const { row, respondent } of rows) {
    const key = `${respondent} ${row.task}`;
    const count = counts.get(key) ?? new AskedCount();
    counts.set(key, count);
    count.add(row, respondents[respondent].sampleOf(row));
  }
  const labels = labelsOf(respondents);
  for (const [i, gathered] of respondents.entries()) {
    const { asked, facts } = gathered;
    const choices = pilotChoices(facts.runs, [...asked.values()]);
    const { prices, capabilities, respondent } = facts;
    const rest = gathered.spending(); // its rows are counted here, not there
    for (const { task, operation, prompt, rendering, way = null } of asked.values()) {
      const { samples, taken, reasons } = counts.get(`${i} ${task}`) ?? new AskedCount();
      yield {
        ...{ respondent: labels[i], task, operation, rendering, way, capabilities },
        ...{ samples, ...taken, money: moneyOf(taken, prices) },
        api: respondent.api ?? null,
        prompt: prompt.name,
        template: prompt,
        pilot: choices.find((choice) => isChoiceFor(choice, task)) ?? null,
        failures: [...reasons].map(([reason, count]) => ({ reason, count })),
      };
    }
    const { requests, promptTokens, completionTokens, money } = rest;
    if (requests > 0)
      yield {
        ...{ respondent: labels[i], task: null, samples: 0 },
        ...{ requests, promptTokens, completionTokens, money },
      };
  }
}

function moneyOf({ promptTokens, completionTokens }: Taken, prices: Run['prices']): number | null {
  return prices === null ? null : (promptTokens * prices.prompt + completionTokens * prices.completion) / 1e6;
}

class AskedCount {
  private readonly seen = new Set<string>();
  taken = NOTHING_TAKEN;
  readonly reasons = new Map<string, number>();

  /** @param sample names the sample among those of its length */
  add({ length, output }: CurrentRow['row'], sample: string): void {
    this.seen.add(`${length} ${sample}`);
    this.taken = plus(this.taken, takenBy(output));
    if (output.error !== null) this.reasons.set(output.error, (this.reasons.get(output.error) ?? 0) + 1);
  }

  /** With repeats, a sample counts once. */
  get samples(): number {
    return this.seen.size;
  }
}
