/** Measuring whoever answers at an address: probe, choose and check the prompts, then the one road. */
import { canonicalJson } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';
import { UserError } from '../../common/errors.ts';
import type { Askable } from '../../prompt/askable.ts';
import { allPrompts, candidatePrompts } from '../../prompt/files.node.ts';
import { mostPilotQuestions, pilotFamilies } from '../../prompt/pilot.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import { connect } from '../../respond/endpoint/connection.node.ts';
import type { Connection } from '../../respond/endpoint/connection.node.ts';
import { endpointRespondent } from '../../respond/endpoint/endpoint-respondent.node.ts';
import { answerText } from '../../respond/endpoint/likelihood.ts';
import type { Limits, Prices } from '../../respond/endpoint/pace/budget.ts';
import type { Capabilities, PromptFacts } from '../../respond/endpoint/probe/capabilities.ts';
import type { RunsOwn } from '../../respond/endpoint/probe/as-run.node.ts';
import { probe } from '../../respond/endpoint/probe/probe.node.ts';
import type { ProbeOptions } from '../../respond/endpoint/probe/probe.node.ts';
import type { Api } from '../../respond/endpoint/protocol.ts';
import { mostTokens } from '../../respond/endpoint/request/body.ts';
import type { RequestShape } from '../../respond/endpoint/request/body.ts';
import { checkExtra } from '../../respond/endpoint/request/extra.ts';
import { DEFAULT_THINK_TOKENS, shapeOf, shapeWished } from '../../respond/endpoint/request/shape.ts';
import type { Wishes } from '../../respond/endpoint/request/shape.ts';
import { addressOf } from '../../respond/endpoint/transport/address.ts';
import type { Credentials } from '../../respond/endpoint/transport/secrets.ts';
import type { AskState, Prompted, Respondent } from '../../respond/respondent.ts';
import { checkRespondent, defaultFolder, measure } from '../measure.node.ts';
import type { Measured, MeasureSpec, Progress } from '../measure.node.ts';
import { planOf, SEARCH_ALPHA } from '../plan/plan.ts';
import { questionOf } from '../plan/question.ts';
import type { RunNote } from '../store/runs.ts';
import type { StoredRow } from '../store/row-store.ts';
import { MeasureStore } from '../store/store.node.ts';
import { checkPromptTokens } from './prompt-tokens.node.ts';
import { chosenTemplates } from './pilot.node.ts';
import type { PilotChoice } from './pilot.node.ts';

export interface EndpointSpec extends Omit<MeasureSpec, 'asked'> {
  readonly url: URL;
  readonly model: string;
  /** null: completions where the server has them, else chat. */
  readonly api: Api | null;
  readonly tasks: readonly Askable[];
  /** The prompt of a task, by the interface that answers; null: a pilot chooses it. */
  readonly templateFor: (task: Askable, api: Api) => PromptTemplate | null;
  /** Whether every prompt that there is for a task is asked on the same samples, one after the other. */
  readonly everyPrompt?: boolean;
  /** Whether a length that a task doesn't admit is an error; else the task is not asked at it. */
  readonly strict: boolean;
  readonly temperature: number;
  /** Whether right answers are told by log-probabilities of the prompt, where the server gives them. */
  readonly byLikelihood: boolean;
  readonly extra: Readonly<Record<string, Json>>;
  readonly thinkTokens?: number;
  /** Whether prompts are asked, too, in which the model reads a mark as a special token. */
  readonly allowSpecialTokens?: boolean;
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
  readonly note: Pick<RunNote, 'lengthwise' | 'options'>;
  readonly signal: AbortSignal;
  /** Whether what the folder's rows have cost counts towards the limits, as if one run had asked them all. */
  readonly limitsWholeFolder?: boolean;
  readonly onRow?: (row: StoredRow) => void;
  /** Told of every wait between two attempts to find out what the server can do. */
  readonly onWait?: (milliseconds: number, why: string) => void;
  /** What was found and what will be done, before the first question. */
  readonly onStart?: (start: Start) => void;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Start {
  readonly folder: string;
  readonly capabilities: Capabilities;
  /** How the server cuts a prompt of each task into tokens, where it tells. */
  readonly prompts: readonly PromptFacts[];
  readonly api: Api;
  readonly most: Most;
  /** Rows that are there already. */
  readonly stored: number;
  /** What a pilot has chosen. */
  readonly pilot: readonly PilotChoice[];
}

/** What asking can take at most. */
export interface Most {
  readonly requests: number;
  readonly tokens: number;
}

export interface EndpointMeasured extends Measured {
  /** What else is known of the respondent: `api`, `capabilities`, `prompts`, `pilot`. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/**
 * @throws UserError for what can't be asked so, and where nobody answers; Error where the store can't be written
 */
export async function measureEndpoint(
  spec: EndpointSpec,
  options: EndpointOptions,
): Promise<EndpointMeasured> {
  const [measured] = await measureWays({ ...spec, everyPrompt: false }, options);
  return measured;
}

/**
 * The same for every way of asking that is wanted: one, or one for each prompt. All ask about the same samples.
 * @throws as `measureEndpoint`
 */
export async function measureWays(
  spec: EndpointSpec,
  options: EndpointOptions,
): Promise<readonly EndpointMeasured[]> {
  checkLengths(spec);
  checkSecrets(spec, options.credentials);
  const folder = options.out ?? defaultFolder(identityWished(spec), spec.model);
  const store = MeasureStore.open(folder);
  const before = options.limitsWholeFolder ? store.spent() : undefined;
  const connection = connect({ ...options, url: spec.url, ...(before === undefined ? {} : { before }) });
  try {
    return await new Measuring(spec, options, store, connection).run();
  } finally {
    connection.close();
    store.close();
  }
}

/** What is asked of whom, as far as it is known before anybody was asked: names the folder. */
export function identityWished(spec: EndpointSpec): Readonly<Record<string, Json>> {
  const { model, temperature, seed, extra, thinkTokens } = wishesOf(spec);
  const decide = spec.byLikelihood ? 'likelihood' : 'generation';
  const endpoint = addressOf(spec.url);
  return { endpoint, model, api: spec.api, temperature, seed, extra, thinkTokens, decide };
}

class Measuring {
  private readonly spec: EndpointSpec;
  private readonly options: EndpointOptions;
  private readonly store: MeasureStore;
  private readonly connection: Connection;
  private readonly probing: ProbeOptions;
  private before: Connection['budget']['spent'];

  constructor(spec: EndpointSpec, options: EndpointOptions, store: MeasureStore, connection: Connection) {
    this.spec = spec;
    this.options = options;
    this.store = store;
    this.connection = connection;
    this.before = connection.budget.spent;
    this.probing = {
      ...wishesOf(spec),
      ...(spec.api === null ? {} : { api: spec.api }),
      runsOwn: (api) => runsOwn(spec, api),
      signal: options.signal,
      onWait: (milliseconds, why) => options.onWait?.(milliseconds, why),
    };
  }

  async run(): Promise<EndpointMeasured[]> {
    const { spec } = this;
    const capabilities = await this.capabilities();
    const api = spec.api ?? (capabilities.completions ? 'completions' : 'chat');
    const wishes = wishesOf(spec);
    const respondent = endpointRespondent({
      ...wishes,
      ...{ connection: this.connection, api, capabilities },
      ...(spec.byLikelihood ? { likelihoodOf: toldAnswer } : {}),
    });
    checkRespondent(this.store, respondent);
    const asking = { wishes, capabilities, api, respondent };
    const measured: EndpointMeasured[] = [];
    for (const wanted of waysOf(spec, api)) {
      measured.push(await this.ask(wanted, asking));
      if (measured.at(-1)?.ending.kind !== 'done') break;
    }
    return measured;
  }

  private async ask(
    wanted: readonly Wanted[],
    { wishes, capabilities, api, respondent }: Asking,
  ): Promise<EndpointMeasured> {
    const { spec, options, store } = this;
    const { seed, n, rendering } = spec;
    const piloting = { api, seed, n, rendering, respondent, store, signal: options.signal };
    const { asked, pilot } = await chosenTemplates(wanted, piloting);
    const prompts =
      api === 'chat'
        ? []
        : await checkPromptTokens(this.connection, this.probing, capabilities, spec, asked, store);
    const measuring: MeasureSpec = { ...spec, asked };
    const most = mostOf(measuring, shapeOf(wishes, api, capabilities));
    options.onStart?.({
      folder: store.folder,
      ...{ capabilities, prompts, api, most, stored: store.size, pilot },
    });
    const measured = await measure(measuring, respondent, {
      store,
      note: { ...options.note, prices: options.prices, api, alpha: SEARCH_ALPHA },
      signal: options.signal,
      ...(options.onRow === undefined ? {} : { onRow: options.onRow }),
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    const state = measured.state === null ? null : { ...measured.state, ...this.takeSpent() };
    return { ...measured, state, facts: { api, capabilities, prompts, pilot } };
  }

  /** What was taken since the last way of asking, with the probe and a pilot: what the server counts, and the budget. */
  private takeSpent(): Pick<AskState, 'requests' | 'tokens' | 'money'> {
    const { requests, tokens, money } = this.connection.budget.spent;
    const { before } = this;
    this.before = this.connection.budget.spent;
    return {
      requests: requests - before.requests,
      tokens: tokens - before.tokens,
      money: money === null ? null : money - (before.money ?? 0),
    };
  }

  /** From the store where an earlier run that wished for the same has found out, else by asking. */
  private async capabilities(): Promise<Capabilities> {
    const { spec, store } = this;
    const { temperature, extra } = wishesOf(spec);
    const wished = { temperature, extra };
    const known = store.fact('capabilities') as Capabilities | undefined;
    const knownFor = store.fact('probed') ?? wished; // older stores did not note it
    const knows = known?.shapes !== undefined && (spec.api === null || known.shapes[spec.api] !== undefined);
    if (knows && canonicalJson(knownFor) === canonicalJson(wished)) return known;
    // Answers that came after a probe in vain rest on what was assumed then.
    const assumed = store.fact('assumed') as Capabilities | undefined;
    if (known === undefined && assumed !== undefined && store.holdsAnswers) return assumed;
    const found = await probe(this.connection, this.probing);
    // What another respondent's answers rest on is left alone: this one is about to be refused.
    if (store.holdsAnswers) return found;
    if (found.trouble !== null) store.setFact('assumed', found);
    else {
      store.setFact('capabilities', found);
      store.setFact('probed', wished);
    }
    return found;
  }
}

/** What the prompts that may be asked have of their own. */
function runsOwn(spec: EndpointSpec, api: Api): RunsOwn {
  const templates = waysOf(spec, api).flatMap((way) =>
    way.flatMap(({ task, template }) => (template === null ? candidatePrompts(task.shape, api) : [template])),
  );
  return {
    system: templates.some(({ system }) => system !== undefined),
    stop: [...new Set(templates.flatMap(({ stop }) => stop))],
  };
}

/** A task, and its prompt; null: a pilot chooses it. */
interface Wanted {
  readonly task: Askable;
  readonly template: PromptTemplate | null;
}

interface Asking {
  readonly wishes: Wishes;
  readonly capabilities: Capabilities;
  readonly api: Api;
  readonly respondent: Respondent;
}

/** The ways of asking, in order: one, or as many as the task with the most prompts has. */
function waysOf(spec: EndpointSpec, api: Api): Wanted[][] {
  const { tasks, templateFor, everyPrompt = false } = spec;
  if (!everyPrompt) return [tasks.map((task) => ({ task, template: templateFor(task, api) }))];
  const all = tasks.map((task) => ({ task, templates: allPrompts(task.shape, api) }));
  const most = Math.max(...all.map(({ templates }) => templates.length));
  return Array.from({ length: most }, (_, way) =>
    all.flatMap(({ task, templates }) =>
      way < templates.length ? [{ task, template: templates[way] }] : [],
    ),
  );
}

/** The most that a measurement would ask, without asking: of a model that doesn't think, and of one that does. */
export function preview(spec: EndpointSpec): Most & { readonly tokensIfThinking: number } {
  checkLengths(spec);
  const api = spec.api ?? 'completions';
  const wishes = wishesOf(spec);
  const shape = shapeWished(wishes, api);
  const thinking = { ...shape, thinkTokens: wishes.thinkTokens };
  const most = { requests: 0, tokens: 0, tokensIfThinking: 0 };
  for (const way of waysOf(spec, api)) {
    const asked = way.map(({ task, template }) => ({ task, template: template ?? longestPrompt(task, api) }));
    const { requests, tokens } = mostOf({ ...spec, asked }, shape);
    most.requests += requests + pilotQuestions(way, api);
    most.tokens += tokens;
    most.tokensIfThinking += mostOf({ ...spec, asked }, thinking).tokens;
  }
  return most;
}

/** Of those that a pilot chooses from, the last one: they stand in the order of what they cost. */
function longestPrompt(task: Askable, api: Api): PromptTemplate {
  const [template] = candidatePrompts(task.shape, api).slice(-1);
  return template;
}

function pilotQuestions(way: readonly Wanted[], api: Api): number {
  const open = way.filter(({ template }) => template === null).map(({ task }) => task);
  return pilotFamilies(open).reduce(
    (sum, family) => sum + mostPilotQuestions(family, candidatePrompts(family.shape, api).length),
    0,
  );
}

/** Requests, and tokens by bytes, which is never too few. */
function mostOf(spec: MeasureSpec, shape: RequestShape): Most {
  const { asked, lengths, maxLength, seed, rendering } = spec;
  const { most } = planOf(spec);
  const perTask = most / asked.length;
  const source = { fingerprint: '', seed, rendering };
  const tokens = asked.reduce((sum, one) => {
    const longest = Math.min(one.task.admits().max, Math.max(...(lengths ?? [maxLength])));
    const { prompt } = questionOf(one, source, { length: longest, index: 0, repeat: 0 });
    const { promptTokens, completionTokens } = mostTokens(prompt, shape);
    return sum + perTask * (promptTokens + completionTokens);
  }, 0);
  return { requests: most, tokens: Math.ceil(tokens) };
}

/** The right answer as the prompt's demonstrations write it; null between tags, where it can't be put behind the prompt. */
function toldAnswer({ prompt }: Prompted): string | null {
  return prompt.reading.tags === null ? answerText(prompt) : null;
}

function wishesOf({
  model,
  temperature,
  seed,
  extra,
  thinkTokens,
}: EndpointSpec): Wishes & { readonly thinkTokens: number } {
  return {
    ...{ model, temperature, seed, extra },
    thinkTokens: thinkTokens ?? DEFAULT_THINK_TOKENS,
    thinkTokensGiven: thinkTokens !== undefined,
  };
}

function checkSecrets(spec: EndpointSpec, credentials: Credentials): void {
  checkExtra(spec.extra, credentials);
  if (!credentials.holdsKey(canonicalJson([spec.model, addressOf(spec.url), spec.extra]))) return;
  throw new UserError(
    'a secret stands in --model, --body or the address, which are stored; it is sent as a header',
  );
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
