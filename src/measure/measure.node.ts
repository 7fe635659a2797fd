/** Measuring whoever answers at an address: probe, plan, ask, count. */
import path from 'node:path';
import { canonicalJson } from '../common/json.ts';
import type { Json } from '../common/json.ts';
import { sha256 } from '../common/sha256.ts';
import { UserError } from '../common/errors.ts';
import type { Askable } from '../prompt/askable.ts';
import type { RenderOptions } from '../prompt/render.ts';
import type { PromptTemplate } from '../prompt/template.ts';
import { beginSitting } from './store/runs.ts';
import type { SittingNote } from './store/runs.ts';
import type { Summary } from '../score/tables/summary.ts';
import { summarize } from '../score/tables/summary.ts';
import { Tally } from '../score/tables/tally.ts';
import { connect } from '../respond/endpoint/connection.node.ts';
import type { Connection } from '../respond/endpoint/connection.node.ts';
import { endpointRespondent } from '../respond/endpoint/endpoint-respondent.node.ts';
import { answerText } from '../respond/endpoint/likelihood.ts';
import type { Budget, Limits, Prices } from '../respond/endpoint/pace/budget.ts';
import type { Capabilities, PromptFacts } from '../respond/endpoint/probe/capabilities.ts';
import { checkPrompts } from '../respond/endpoint/probe/prompt-check.node.ts';
import { probe } from '../respond/endpoint/probe/probe.node.ts';
import type { ProbeOptions } from '../respond/endpoint/probe/probe.node.ts';
import type { Api } from '../respond/endpoint/protocol.ts';
import { mostTokens } from '../respond/endpoint/request/body.ts';
import { checkExtra } from '../respond/endpoint/request/extra.ts';
import { shapeWished } from '../respond/endpoint/request/shape.ts';
import { addressOf } from '../respond/endpoint/transport/address.ts';
import type { Credentials } from '../respond/endpoint/transport/secrets.ts';
import { AdaptivePlan, FixedPlan } from './plan/plan.ts';
import type { Plan } from './plan/plan.ts';
import { FIRST_LENGTH } from './plan/search.ts';
import { pump } from './pump.node.ts';
import type { Ending, PumpState } from './pump.node.ts';
import { judge, PromptMeter, questionOf } from './plan/question.node.ts';
import type { Asked, Question } from './plan/question.node.ts';
import { MeasureStore } from './store/store.node.ts';
import type { StoredRow } from './store/store.node.ts';

export interface EndpointSpec {
  readonly url: URL;
  readonly model: string;
  /** null: completions where the server has them, else chat. */
  readonly api: Api | null;
  readonly tasks: readonly Askable[];
  readonly templateFor: (task: Askable, api: Api) => PromptTemplate;
  readonly rendering: RenderOptions;
  /** Whether a length that a task doesn't admit is an error; else the task is not asked at it. */
  readonly strict: boolean;
  /** null: found by a search. */
  readonly lengths: readonly number[] | null;
  /** Questions a length; with a search, the most. */
  readonly n: number;
  readonly maxLength: number;
  readonly repeats: number;
  readonly seed: number;
  readonly threshold: number;
  readonly temperature: number;
  /** Whether right answers are told by log-probabilities of the prompt, where the server gives them. */
  readonly byLikelihood: boolean;
  readonly extra: Readonly<Record<string, Json>>;
}

export interface EndpointOptions {
  /** null: chosen by what is asked of whom, so that the same command goes on. */
  readonly out: string | null;
  readonly credentials: Credentials;
  readonly maxRetries: number;
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly limits: Limits;
  readonly prices: Prices | null;
  /** Who asks, for those who read the folder later. */
  readonly note: SittingNote;
  readonly signal: AbortSignal;
  /** Whether what the folder's rows have cost counts towards the limits, as if one sitting had asked them all. */
  readonly limitsWholeFolder?: boolean;
  /** Told every row that counts, stored before or now, in the order in which they come up. */
  readonly onRow?: (row: StoredRow) => void;
  /** Told of every wait between two attempts to find out what the server can do. */
  readonly onWait?: (milliseconds: number, why: string) => void;
  /** What was found and what will be done, before the first question. */
  readonly onStart: (start: Start) => void;
  readonly onProgress: (progress: Progress) => void;
}

export interface Start {
  readonly folder: string;
  readonly capabilities: Capabilities;
  /** How the server cuts a prompt of each task into tokens, where it tells. */
  readonly prompts: readonly PromptFacts[];
  readonly api: Api;
  readonly most: number;
  readonly stored: number;
}

export interface Progress extends PumpState {
  readonly most: number;
  readonly tally: Tally;
}

export interface Measured {
  readonly respondent: Readonly<Record<string, unknown>>;
  readonly summary: Summary;
  readonly ending: Ending;
  readonly state: PumpState;
  readonly spent: Budget['spent'];
  readonly folder: string;
  readonly failures: readonly { readonly reason: string; readonly count: number }[];
}

/** The chance that a searched horizon is too long: that of one end of a 95 % interval. */
const SEARCH_ALPHA = 0.025;

export async function measureEndpoint(spec: EndpointSpec, options: EndpointOptions): Promise<Measured> {
  checkLengths(spec);
  const respondent = respondentOf(spec);
  if (options.credentials.holdsKey(canonicalJson(respondent))) {
    throw new UserError(
      'the key stands in --model, --body or the address, which are stored; it is sent as a header',
    );
  }
  checkExtra(spec.extra, options.credentials);
  const folder = options.out ?? defaultFolder(respondent, spec.model);
  const store = MeasureStore.open(folder);
  const before = options.limitsWholeFolder ? store.spent() : undefined;
  const connection = connect({ ...options, url: spec.url, ...(before === undefined ? {} : { before }) });
  try {
    checkRespondent(store, respondent, folder);
    const { signal } = options;
    const { model, temperature, seed, extra } = spec;
    const probing: ProbeOptions = {
      ...{ model, temperature, seed, extra },
      ...(spec.api === null ? {} : { api: spec.api }),
      signal,
      onWait: (milliseconds, why) => options.onWait?.(milliseconds, why),
    };
    const capabilities = await capabilitiesOf(store, connection, probing);
    const api = spec.api ?? (capabilities.completions ? 'completions' : 'chat');
    const asked = spec.tasks.map((task) => ({ task, template: spec.templateFor(task, api) }));
    const plan = planOf(spec, asked);
    const prompts =
      api === 'chat' ? [] : await promptsOf(store, connection, spec, asked, capabilities, probing);
    const { note, prices } = options;
    const facts = { asked, api, most: plan.most, alpha: SEARCH_ALPHA, prices, note };
    const endSitting = beginSitting(store, spec, facts);
    options.onStart({ folder, capabilities, prompts, api, most: plan.most, stored: store.size });
    const measured = await askAll(spec, options, {
      respondent,
      folder,
      store,
      connection,
      capabilities,
      prompts,
      api,
      plan,
    });
    endSitting(measured.ending.kind);
    return measured;
  } finally {
    connection.close();
    store.close();
  }
}

/** The most that a measurement would ask, without asking. Tokens by bytes, which is never too few. */
export function preview(spec: EndpointSpec): { readonly requests: number; readonly tokens: number } {
  checkLengths(spec);
  const asked = spec.tasks.map((task) => ({
    task,
    template: spec.templateFor(task, spec.api ?? 'completions'),
  }));
  const { most } = planOf(spec, asked);
  const longest = (task: Askable): number =>
    Math.min(task.admits().max, Math.max(...(spec.lengths ?? [spec.maxLength])));
  const perTask = most / asked.length;
  const tokens = asked.reduce((sum, one) => {
    const source = { fingerprint: '', seed: spec.seed, rendering: spec.rendering };
    const { prompt } = questionOf(one, source, { length: longest(one.task), index: 0, repeat: 0 });
    const took = mostTokens(prompt, shapeWished(spec, spec.api ?? 'completions'));
    return sum + perTask * (took.promptTokens + took.completionTokens);
  }, 0);
  return { requests: most, tokens: Math.ceil(tokens) };
}

interface Running {
  readonly respondent: Readonly<Record<string, unknown>>;
  readonly folder: string;
  readonly store: MeasureStore;
  readonly connection: Connection;
  readonly capabilities: Capabilities;
  readonly prompts: readonly PromptFacts[];
  readonly api: Api;
  readonly plan: Plan;
}

async function askAll(spec: EndpointSpec, options: EndpointOptions, running: Running): Promise<Measured> {
  const { respondent, folder, store, connection, capabilities, prompts, api, plan } = running;
  const { budget } = connection;
  const source = { fingerprint: canonicalJson(respondent), seed: spec.seed, rendering: spec.rendering };
  const { model, temperature, seed, extra } = spec;
  const joiners = new Map(spec.tasks.map((task) => [task.name, spec.templateFor(task, api)] as const));
  const counted = new Counted();
  const { ending, state } = await pump({
    plan,
    store,
    respondent: endpointRespondent({
      ...{ connection, capabilities, api, model, temperature, seed, extra },
      ...(spec.byLikelihood
        ? {
            // Between marks of its own an answer can't be put behind the prompt.
            likelihoodOf: ({ task, prompt }) => {
              const template = joiners.get(task.name);
              return template === undefined || template['answer-tags'] !== undefined
                ? null
                : answerText(prompt, template.symbols);
            },
          }
        : {}),
    }),
    questionFor: ({ asked, ...slot }) => questionOf(asked, source, slot),
    judged: (question, row) => counted.judged(question, row),
    count: (row) => {
      counted.add(row);
      options.onRow?.(row);
    },
    onProgress: (now) => options.onProgress({ ...now, most: plan.most, tally: counted.tally }),
    signal: options.signal,
  });
  // Answers come in any order; tables have the tasks in the order in which they were named.
  const order = spec.tasks.map(({ name }) => name);
  const cells = counted.tally.all().sort((a, b) => order.indexOf(a.task) - order.indexOf(b.task));
  const summary = summarize(cells, spec.threshold, (cell) => plan.interval?.(cell.task, cell.length));
  return {
    respondent: { ...respondent, api, capabilities, prompts },
    summary,
    ending,
    state,
    spent: budget.spent,
    folder,
    failures: [...counted.reasons].map(([reason, count]) => ({ reason, count })),
  };
}

/** Judges rows as they come, and counts them once they are stored. */
class Counted {
  readonly tally = new Tally();
  readonly reasons = new Map<string, number>();
  private readonly meter = new PromptMeter();

  judged(question: Question, row: StoredRow): StoredRow {
    if (row.error !== null) return row;
    const promptCut = this.meter.isCut(row.task, row.prompt, row.promptTokens);
    return { ...row, verdict: judge(question, row, promptCut) };
  }

  add(row: StoredRow): void {
    if (row.verdict !== null) return this.tally.add(row.verdict);
    this.tally.addFailure({ task: row.task, length: row.length });
    const reason = row.error ?? 'no answer';
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
  }
}

function planOf(spec: EndpointSpec, asked: readonly Asked[]): Plan {
  const { lengths, n, repeats, threshold, maxLength } = spec;
  return lengths === null
    ? new AdaptivePlan(asked, { threshold, maxLength, mostPerLength: n, alpha: SEARCH_ALPHA, repeats })
    : new FixedPlan(asked, lengths, n, repeats);
}

/** What determines the answers: in the key of every row. No key, no header, nothing secret. */
export function respondentOf(spec: EndpointSpec): Readonly<Record<string, unknown>> {
  return {
    kind: 'endpoint',
    endpoint: addressOf(spec.url),
    model: spec.model,
    api: spec.api,
    temperature: spec.temperature,
    decide: spec.byLikelihood ? 'likelihood' : 'generation',
    seed: spec.seed,
    extra: spec.extra,
  };
}

function defaultFolder(respondent: Readonly<Record<string, unknown>>, model: string): string {
  const name = model.replace(/[^\w.-]+/g, '-').slice(0, 40) || 'model';
  return path.join('runs', 'measure', `${name}-${sha256(canonicalJson(respondent)).slice(0, 8)}`);
}

function checkRespondent(
  store: MeasureStore,
  respondent: Readonly<Record<string, unknown>>,
  folder: string,
): void {
  const known = store.fact('respondent');
  if (known !== undefined && canonicalJson(known) !== canonicalJson(respondent)) {
    const { model, endpoint } = known as { model?: string; endpoint?: string };
    throw new UserError(
      `${folder} holds answers of another respondent (${model ?? 'a model'} at ${endpoint ?? 'another address'}, or asked in another way); choose another folder with --out`,
    );
  }
  store.setFact('respondent', respondent);
}

/** From the store where an earlier run has found out, else by asking. */
async function capabilitiesOf(
  store: MeasureStore,
  connection: Connection,
  probing: ProbeOptions,
): Promise<Capabilities> {
  const known = store.fact('capabilities') as Capabilities | undefined;
  if (known !== undefined) return known;
  const found = await probe(connection, probing);
  if (found.trouble === null) store.setFact('capabilities', found);
  return found;
}

/** What the server makes of the first prompt of every task: from the store where it is known, else by asking. */
async function promptsOf(
  store: MeasureStore,
  connection: Connection,
  spec: EndpointSpec,
  asked: readonly Asked[],
  { tokens }: Capabilities,
  probing: ProbeOptions,
): Promise<readonly PromptFacts[]> {
  const known = (store.fact('prompts') ?? []) as readonly PromptFacts[];
  const unknown = asked.filter(({ task }) => !known.some((facts) => facts.task === task.name));
  if (tokens === undefined || unknown.length === 0) return known;
  const source = { fingerprint: '', seed: spec.seed, rendering: spec.rendering };
  const checked = unknown.flatMap((one) => {
    const { min, max } = one.task.admits();
    const length =
      spec.lengths?.find((wanted) => wanted >= min && wanted <= max) ?? Math.max(min, FIRST_LENGTH);
    if (length > max) return [];
    const { prompt, instance } = questionOf(one, source, { length, index: 0, repeat: 0 });
    const shown = instance.source.join(one.template.symbols);
    return [{ task: one.task.name, text: prompt.text, length: instance.source.length, source: shown }];
  });
  const prompts = [...known, ...(await checkPrompts(connection, probing, tokens, checked))];
  store.setFact('prompts', prompts);
  return prompts;
}

function checkLengths({ tasks, lengths, strict }: EndpointSpec): void {
  if (!strict) return;
  for (const task of tasks) {
    const { min, max } = task.admits();
    const wrong = lengths?.find((length) => length < min || length > max);
    if (wrong === undefined) continue;
    const range = max === Infinity ? `lengths from ${min}` : `lengths ${min} to ${max}`;
    throw new UserError(`${task.name} admits ${range}, not ${wrong}`);
  }
}
