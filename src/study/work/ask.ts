/**
 * Asking a respondent about one task. Every answer is kept in the respondent's own folder as it comes; what goes into
 * the study's store is made of those that count when all are there, in their order, whatever order they came in.
 */
import path from 'node:path';
import { messageOf } from '../../common/errors.ts';
import { endpointSpecOf, materialOf } from '../../measure/targets/inquiry.node.ts';
import type { Inquiry } from '../../measure/plan/inquiry.ts';
import { instanceRow } from '../../measure/gather/instance-row.ts';
import { isScored } from '../../measure/scoring/scoring.ts';
import type { ScoredRow } from '../../measure/scoring/scoring.ts';
import type { RunNote } from '../../measure/plan/runs.ts';
import type { StoredRow } from '../../measure/store/row-store.ts';
import { NOTHING_TAKEN, plus, takenBy } from '../../measure/store/spending.ts';
import { MeasureStore } from '../../measure/store/store.node.ts';
import { measureEndpoint } from '../../measure/targets/endpoint.node.ts';
import type { EndpointMeasured } from '../../measure/targets/endpoint.node.ts';
import { BudgetSpent } from '../../respond/endpoint/pace/budget.ts';
import { describeCapabilities } from '../../respond/endpoint/request/capabilities.ts';
import { credentials, endpointUrl } from '../../respond/endpoint/transport/secrets.ts';
import type { CellRow } from '../../score/tables/rows.ts';
import { environment } from '../environment.ts';
import type { AskMeans } from '../item.ts';
import type { AskedRow, Row } from '../rows.ts';
import { RespondentError, type WorkContext } from './work.ts';

/** Rows go over in bundles: a message for each would cost more than the row. */
const BUNDLE = 200;

/** A row that counts, without its texts. */
type Counted = Pick<StoredRow, 'key' | 'way' | 'length' | 'index' | 'repeat'>;

/** @throws Error when the server refuses us or is gone; UserError for what can't be asked so */
export async function ask(spec: Inquiry, means: AskMeans, context: WorkContext): Promise<void> {
  const { folder, signal, tick, emit } = context;
  const kept = path.join(folder, means.folder);
  const counted: Counted[] = [];
  let hasStarted = false;
  const asking = measureEndpoint(endpointSpecOf(spec, materialOf(means.files)), {
    ...means,
    out: kept,
    credentials: credentials(process.env, means.headers, endpointUrl(spec.endpoint)),
    limitsWholeFolder: true,
    note: { lengthwise: environment().lengthwise, options: noteOf(spec, means) },
    signal,
    onRow: ({ key, way, length, index, repeat }) => counted.push({ key, way, length, index, repeat }),
    onStart: () => (hasStarted = true),
    onProgress: ({ reused, answered, failed, most, startedAt }) => {
      const perSecond = answered / Math.max(0.001, (Date.now() - startedAt) / 1000);
      tick({ asked: reused + answered, failed, most, perSecond });
    },
  });
  const measured = await asking.catch((error: unknown) => {
    if (error instanceof BudgetSpent) return null;
    // Before the first question the server is only asked what it can do: that is the same for every task.
    const early = !hasStarted && !signal.aborted;
    throw early ? new RespondentError(messageOf(error), { cause: error }) : error;
  });
  if (measured === null) {
    await emit([nothingAskedRow(spec)]);
    return;
  }
  refuseEnding(measured, signal);
  await emitRows(kept, counted, { spec, means, measured }, emit);
}

/**
 * As if it were asked by the command: for whoever reads the folder later, which tells ways of asking apart by what
 * determines the sources.
 */
function noteOf(
  { tasks: [{ task, options, prompts }], ...spec }: Inquiry,
  { name, files }: AskMeans,
): RunNote['options'] {
  const { endpoint, model, lengths, n, maxLength, seed, threshold, temperature, repeats, decide } = spec;
  const asked = { endpoint, model, task, lengths, n, maxLength, seed, threshold, temperature, decide };
  const noted = {
    ...asked,
    repeat: repeats,
    prompt: prompts?.completions.name ?? 'auto',
    ...options,
    ...files,
    respondent: name,
  };
  return JSON.parse(JSON.stringify(noted)) as RunNote['options'];
}

function refuseEnding(measured: EndpointMeasured, signal: AbortSignal): void {
  const { ending, answered, reused, failed, gathered } = measured;
  if (ending.kind === 'interrupted') throw signal.reason;
  if (ending.kind === 'stopped') throw new RespondentError(ending.reason);
  // A budget may end before the first question: nothing has gone wrong then, and with more of it the study goes on.
  if (answered + reused > 0 || ending.kind === 'budget') return;
  const reason = gathered.failures()[0]?.reason ?? 'no reason is known';
  throw new Error(`none of ${failed} questions was answered: ${reason}`);
}

interface Asked {
  readonly spec: Inquiry;
  readonly means: AskMeans;
  readonly measured: EndpointMeasured;
}

/** Instances in their order, then the cells, the horizon, and how asking went. */
async function emitRows(
  kept: string,
  counted: readonly Counted[],
  asked: Asked,
  emit: WorkContext['emit'],
): Promise<void> {
  const { gathered } = asked.measured;
  let cost = NOTHING_TAKEN;
  let bundle: Row[] = [];
  for (const row of storedRows(kept, counted)) {
    cost = plus(cost, takenBy(row.output));
    const scored = gathered.tasks.get(row.task);
    if (scored !== undefined && row.score.outcome !== 'failed') bundle.push(instanceRow(row, scored));
    if (bundle.length < BUNDLE) continue;
    await emit(bundle);
    bundle = [];
  }
  const { rows, horizons } = gathered.summary(asked.spec.threshold);
  await emit([...bundle, ...rows.map(inOrder), ...horizons, askedRow(asked, cost)]);
}

function* storedRows(kept: string, counted: readonly Counted[]): Generator<ScoredRow> {
  const store = MeasureStore.read(kept);
  try {
    const inOrder = counted.toSorted(
      (a, b) => a.length - b.length || a.index - b.index || a.repeat - b.repeat,
    );
    for (const { key, way } of inOrder) {
      const row = store.sentAs(key).find((one) => one.way === way);
      if (row !== undefined && isScored(row)) yield row;
    }
  } finally {
    store.close();
  }
}

/** Kinds of errors by name, not in the order in which they came up. */
function inOrder(cell: CellRow): CellRow {
  const errors = Object.entries(cell.errors).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...cell, errors: Object.fromEntries(errors) };
}

function askedRow(
  { spec, measured, means }: Asked,
  cost: Pick<AskedRow, 'requests' | 'promptTokens' | 'completionTokens'>,
): AskedRow {
  const { prices } = means;
  const { gathered, facts, ending } = measured;
  const [asked] = gathered.asked.values();
  return {
    ...nothingAskedRow(spec),
    api: facts.api,
    ...(asked === undefined ? {} : { prompt: asked.prompt.name }),
    capabilities: describeCapabilities(facts.capabilities),
    ...cost,
    money: prices && (cost.promptTokens * prices.prompt + cost.completionTokens * prices.completion) / 1e6,
    failures: gathered.failures(),
    budgetSpent: ending.kind === 'budget',
  };
}

/** Where the budget was spent before it was known what the server can do. */
function nothingAskedRow({ api, tasks: [{ task, prompts }] }: Inquiry): AskedRow {
  return {
    kind: 'asked',
    task,
    api: api ?? 'unknown',
    prompt: prompts?.[api ?? 'completions'].name ?? 'auto',
    ...{ capabilities: [], requests: 0, promptTokens: 0, completionTokens: 0, money: null },
    failures: [],
    budgetSpent: true,
  };
}
