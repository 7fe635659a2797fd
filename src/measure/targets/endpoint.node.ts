/** Measuring whoever answers at an address: probe, choose and check the prompts, then the one road. */
import { canonicalJson } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';
import { UserError } from '../../common/errors.ts';
import type { Askable } from '../../prompt/askable.ts';
import { allPrompts, candidatePrompts } from '../../prompt/files.node.ts';
import { pilotDraws, pilotFamilies } from '../../prompt/pilot.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import { connect } from '../../respond/endpoint/connection.node.ts';
import type { Connection } from '../../respond/endpoint/connection.node.ts';
import { endpointRespondent } from '../../respond/endpoint/endpoint-respondent.node.ts';
import { answerText } from '../../respond/endpoint/likelihood.ts';
import type { Limits, Prices } from '../../respond/endpoint/pace/budget.ts';
import type { Capabilities, PromptFacts } from '../../respond/endpoint/request/capabilities.ts';
import type { RunsOwn } from '../../respond/endpoint/probe/as-run.node.ts';
import { probe } from '../../respond/endpoint/probe/probe.node.ts';
import type { ProbeOptions } from '../../respond/endpoint/probe/probe.node.ts';
import type { Api } from '../../respond/endpoint/protocol/protocol.ts';
import { mostTokens } from '../../respond/endpoint/request/body.ts';
import type { RequestShape } from '../../respond/endpoint/request/body.ts';
import { checkExtra } from '../../respond/endpoint/request/extra.ts';
import { DEFAULT_THINK_TOKENS, shapeOf, shapeWished } from '../../respond/endpoint/request/shape.ts';
import type { Wishes } from '../../respond/endpoint/request/shape.ts';
import { addressOf } from '../../respond/endpoint/transport/address.ts';
import type { Credentials } from '../../respond/endpoint/transport/secrets.ts';
import type { AskState, Prompted, Respondent } from '../../respond/respondent.ts';
import { checkRespondent, defaultFolder, measure, nothingMeasured } from '../measure.node.ts';
import type { Measured, MeasureSpec, Progress } from '../measure.node.ts';
import { planOf, SEARCH_ALPHA } from '../plan/plan.ts';
import { questionOf } from '../plan/question.ts';
import type { RunNote } from '../plan/runs.ts';
import type { Asked, Question } from '../plan/question.ts';
import type { StoredRow } from '../store/row-store.ts';
import { MeasureStore } from '../store/store.node.ts';
import { checkPromptTokens } from './prompt-tokens.node.ts';
import { chosenTemplates, PilotEnded } from './pilot.node.ts';
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
    const chosen = await pilotOf(wanted, piloting);
    const note: RunNote = { ...options.note, prices: options.prices, api, alpha: SEARCH_ALPHA };
    if (chosen instanceof PilotEnded) {
      const measured = nothingMeasured(spec, respondent, { store, note }, chosen.ending);
      return {
        ...measured,
        state: this.nothingAsked(),
        facts: { api, capabilities, prompts: [], pilot: [] },
      };
    }
    const { asked, pilot } = chosen;
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
      note: pilot.length === 0 ? note : { ...note, pilot },
      signal: options.signal,
      ...(options.onRow === undefined ? {} : { onRow: options.onRow }),
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    const state = measured.state === null ? null : { ...measured.state, ...this.takeSpent() };
    return { ...measured, state, facts: { api, capabilities, prompts, pilot } };
  }

  /** The state of one who asked nothing but a pilot. */
  private nothingAsked(): AskState {
    return { inFlight: 0, retries: 0, waitMs: 0, waitFor: null, ...this.takeSpent() };
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
    const sameWish = canonicalJson(knownFor) === canonicalJson(wished);
    const knows = known?.shapes !== undefined && (spec.api === null || known.shapes[spec.api] !== undefined);
    if (knows && sameWish) return known;
    // Answers that came after a probe in vain rest on what was assumed then.
    const assumed = store.fact('assumed') as Capabilities | undefined;
    if (known === undefined && assumed !== undefined && store.holdsAnswers && sameWish) return assumed;
    const found = await probe(this.connection, this.probing);
    // What another respondent's answers rest on is left alone: this one is about to be refused.
    if (store.holdsAnswers) return found;
    store.setFact(found.trouble === null ? 'capabilities' : 'assumed', found);
    store.setFact('probed', wished);
    return found;
  }
}

/** What a pilot chooses, or how it ended before it could. */
async function pilotOf(
  ...[wanted, options]: Parameters<typeof chosenTemplates>
): Promise<Awaited<ReturnType<typeof chosenTemplates>> | PilotEnded> {
  try {
    return await chosenTemplates(wanted, options);
  } catch (error) {
    if (error instanceof PilotEnded) return error;
    throw error;
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
  // Which of the two ways to ask a server takes is not known yet: whichever needs more.
  const apis: readonly Api[] = spec.api === null ? ['completions', 'chat'] : [spec.api];
  const each = apis.map((api) => previewOf(spec, api));
  return {
    requests: Math.max(...each.map(({ requests }) => requests)),
    tokens: Math.max(...each.map(({ tokens }) => tokens)),
    tokensIfThinking: Math.max(...each.map(({ tokensIfThinking }) => tokensIfThinking)),
  };
}

function previewOf(spec: EndpointSpec, api: Api): Most & { readonly tokensIfThinking: number } {
  const wishes = wishesOf(spec);
  const shape = shapeWished(wishes, api);
  const thinking = { ...shape, thinkTokens: wishes.thinkTokens };
  const most = { requests: 0, tokens: 0, tokensIfThinking: 0 };
  for (const way of waysOf(spec, api)) {
    const pilot = pilotQuestions(way, api, spec);
    const plain = mostOfWay(way, api, spec, shape);
    most.requests += plain.requests + pilot.length;
    most.tokens += plain.tokens + tokensOf(pilot, shape);
    most.tokensIfThinking += mostOfWay(way, api, spec, thinking).tokens + tokensOf(pilot, thinking);
  }
  return most;
}

/** With the dearest prompt that a pilot may choose for each task. */
function mostOfWay(way: readonly Wanted[], api: Api, spec: EndpointSpec, shape: RequestShape): Most {
  const cost = (asked: Asked): number => tokensOfTask(asked, spec, shape);
  const asked = way.map(({ task, template }) => {
    if (template !== null) return { task, template };
    const candidates = candidatePrompts(task.shape, api).map((one) => ({ task, template: one }));
    return candidates.reduce((dearest, one) => (cost(one) > cost(dearest) ? one : dearest));
  });
  return mostOf({ ...spec, asked }, shape);
}

/** All that a pilot may ask: every prompt that there is to choose, the same samples. */
function pilotQuestions(way: readonly Wanted[], api: Api, spec: EndpointSpec): Question[] {
  const open = way.filter(({ template }) => template === null).map(({ task }) => task);
  const source = sourceOf(spec);
  return pilotFamilies(open).flatMap((family) => {
    const templates = candidatePrompts(family.shape, api);
    if (templates.length < 2) return [];
    const draws = pilotDraws(family, spec);
    return family.tasks.flatMap((task) =>
      templates.flatMap((template) =>
        draws.map(({ length, index, seed }) =>
          questionOf({ task, template }, { ...source, seed }, { length, index, repeat: 0 }),
        ),
      ),
    );
  });
}

/** Requests, and tokens by bytes, which is never too few. */
function mostOf(spec: MeasureSpec, shape: RequestShape): Most {
  const tokens = spec.asked.reduce((sum, one) => sum + tokensOfTask(one, spec, shape), 0);
  return { requests: planOf(spec).most, tokens: Math.ceil(tokens) };
}

/** Samples of one length hardly differ in their bytes: of more than this many, the dearest of so many stands for all. */
const RENDERED = 25;

function tokensOfTask(asked: Asked, spec: Omit<MeasureSpec, 'asked'>, shape: RequestShape): number {
  const { lengths, maxLength, n, repeats } = spec;
  const { min, max } = asked.task.admits();
  const source = sourceOf(spec);
  const dearest = (length: number): number =>
    Math.max(
      ...Array.from({ length: Math.min(n, RENDERED) }, (_, index) =>
        tokensOf([questionOf(asked, source, { length, index, repeat: 0 })], shape),
      ),
    );
  // A search may ask all it asks at its longest length.
  if (lengths === null) return planOf({ ...spec, asked: [asked] }).most * dearest(Math.min(max, maxLength));
  const admitted = [...new Set(lengths)].filter((length) => length >= min && length <= max);
  return admitted.reduce((sum, length) => sum + n * repeats * dearest(length), 0);
}

function tokensOf(questions: readonly Question[], shape: RequestShape): number {
  return questions.reduce((sum, { prompt }) => {
    const { promptTokens, completionTokens } = mostTokens(prompt, shape);
    return sum + promptTokens + completionTokens;
  }, 0);
}

function sourceOf({ seed, rendering }: Pick<MeasureSpec, 'seed' | 'rendering'>) {
  return { fingerprint: '', seed, rendering };
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
