/** Measuring whoever answers at an address: probe, choose and check the prompts, then the one road. */
import type { Connection } from '../../respond/endpoint/connection.node.ts';
import { connect } from '../../respond/endpoint/connection.node.ts';
import { endpointRespondent } from '../../respond/endpoint/endpoint-respondent.node.ts';
import { answerText } from '../../respond/endpoint/likelihood.ts';
import { priceOf } from '../../respond/endpoint/pace/budget.ts';
import type { BudgetOptions, Limits, Prices, Tokens } from '../../respond/endpoint/pace/budget.ts';
import type { Capabilities, PromptFacts } from '../../respond/endpoint/request/capabilities.ts';
import { speaksNow } from '../../respond/endpoint/probe/probe.node.ts';
import type { ProbeOptions } from '../../respond/endpoint/probe/probe.node.ts';
import type { Api } from '../../respond/endpoint/protocol/protocol.ts';
import { shapeOf } from '../../respond/endpoint/request/shape.ts';
import type { Wishes } from '../../respond/endpoint/request/shape.ts';
import type { Credentials } from '../../respond/endpoint/transport/secrets.ts';
import type { AskState, Prompted, Respondent } from '../../respond/respondent.ts';
import { defaultFolder } from '../usual.node.ts';
import { measure } from '../measure.node.ts';
import { nothingMeasured } from '../measured.ts';
import type { Measured, Progress } from '../measured.ts';
import type { MeasureSpec } from '../measure.node.ts';
import { checkFolder } from '../other-answers.ts';
import { SEARCH_ALPHA } from '../plan/plan.ts';
import { noteTaken, takenByFolder } from '../plan/runs.ts';
import type { RunNote } from '../plan/runs.ts';
import { promptNames } from '../result.ts';
import type { StoredRow } from '../store/row-store.ts';
import { minus, NOTHING_TAKEN, plus } from '../store/spending.ts';
import type { Taken } from '../store/spending.ts';
import { MeasureStore } from '../store/store.node.ts';
import { isUnheard, knownCapabilities, noteHeard } from './endpoint/known-capabilities.node.ts';
import { mostOf } from './endpoint/preview.node.ts';
import type { Most } from './endpoint/preview.node.ts';
import { besides, Shown } from './endpoint/shown.ts';
import { checkSecrets, identityWished, wishesOf } from './endpoint/spec.ts';
import type { EndpointSpec } from './endpoint/spec.ts';
import { runsOwn, waysOf } from './endpoint/ways.node.ts';
import type { Wanted } from './endpoint/ways.node.ts';
import { checkPromptTokens, SpecialTokens } from './prompt-tokens.node.ts';
import { chosenTemplates, PilotEnded } from './pilot.node.ts';
import type { PilotChoice } from './pilot.node.ts';
import { checkLengths } from '../plan/prompted-spec.ts';

export { preview } from './endpoint/preview.node.ts';
export type { Most } from './endpoint/preview.node.ts';
export { identityWished } from './endpoint/spec.ts';
export type { EndpointSpec } from './endpoint/spec.ts';

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
  /** Told a line about what the answers show of the model and the probe did not. */
  readonly onNotice?: (line: string) => void;
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
  /** Of the questions, with what the server adds to each. */
  readonly most: Most;
  /** Tokens that the server was found to add to a request. */
  readonly addedTokens: number;
  /** What a pilot has chosen. */
  readonly pilot: readonly PilotChoice[];
  /** The prompts that are asked, where there is another way of asking; else null. */
  readonly way: string | null;
  /** Whether it is the first way of asking, whose start says what the probe has found. */
  readonly first: boolean;
}

export interface EndpointMeasured extends Measured {
  /** What else is known of the respondent. */
  readonly facts: Pick<Start, 'api' | 'capabilities' | 'prompts' | 'pilot'>;
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
  try {
    const connection = connect({
      ...{ ...options, url: spec.url },
      ...(options.limitsWholeFolder ? { before: takenByFolder(store) } : {}),
      ...addedTokens(store),
    });
    try {
      return await new Measuring(spec, options, store, connection).runAndNote();
    } finally {
      connection.close();
    }
  } finally {
    store.close();
  }
}

/** Of answers that came before the model that was asked had answered. */
const NOT_ASKED =
  'the answer is from another model, which was not asked and answered in the place of the one that was';

/** The name of the fact: the most tokens that the server was ever found to add to a request. */
const ADDED = 'added';

/** What earlier runs have found, which this one counts with from its first request on; and what is found now, for the next. */
function addedTokens(store: MeasureStore): Pick<BudgetOptions, 'known' | 'onAdded'> {
  const known = store.fact(ADDED) as Tokens | undefined;
  return {
    ...(known === undefined ? {} : { known }),
    onAdded: (added) => besides(() => store.setFact(ADDED, added)),
  };
}

class Measuring {
  private readonly spec: EndpointSpec;
  private readonly options: EndpointOptions;
  private readonly store: MeasureStore;
  private readonly connection: Connection;
  private readonly probing: ProbeOptions;
  private before: Taken;
  /** Aborted where what was asked until now has to be asked again; and what that has taken. */
  private anew = new AbortController();
  private inVain = NOTHING_TAKEN;
  private readonly shown: Shown;
  /** Why the last prompt that was left out was. */
  private unreadable: SpecialTokens | null = null;

  constructor(spec: EndpointSpec, options: EndpointOptions, store: MeasureStore, connection: Connection) {
    this.spec = spec;
    this.options = options;
    this.store = store;
    this.connection = connection;
    this.before = connection.budget.taken;
    const wishes = wishesOf(spec);
    this.shown = new Shown(store, wishes.thinkTokens, {
      say: (line) => options.onNotice?.(line),
      turnedUp: (note) => {
        besides(() => store.failAnswers(NOT_ASKED, note));
        this.anew.abort();
      },
    });
    this.probing = {
      ...wishes,
      ...(spec.api === null ? {} : { api: spec.api }),
      runsOwn: (api) => runsOwn(spec, api),
      signal: options.signal,
      onWait: (milliseconds, why) => options.onWait?.(milliseconds, why),
    };
  }

  /** Measures, and notes what was taken outside of runs however it ends; what can't be noted hides no other error. */
  async runAndNote(): Promise<EndpointMeasured[]> {
    let measured: EndpointMeasured[];
    try {
      measured = await this.run();
    } catch (error) {
      besides(() => noteTaken(this.store, this.taken()));
      throw error;
    }
    noteTaken(this.store, this.taken());
    return measured;
  }

  private async run(): Promise<EndpointMeasured[]> {
    for (;;) {
      const { before } = this;
      const measured = await this.measured();
      if (!this.anew.signal.aborted) return measured;
      this.store.failAnswers(NOT_ASKED); // says so where it could not be written before
      this.store.countAnswers();
      this.anew = new AbortController();
      this.inVain = plus(this.inVain, minus(this.connection.budget.taken, before));
    }
  }

  private async measured(): Promise<EndpointMeasured[]> {
    const { spec } = this;
    const known = await knownCapabilities(spec, this.store, this.connection, this.probing);
    const capabilities = this.shown.with(known);
    const api = spec.api ?? (capabilities.completions ? 'completions' : 'chat');
    const wishes = wishesOf(spec);
    const asksEmptyAgain = capabilities.speaks === true && isUnheard(this.store);
    const respondent = endpointRespondent({
      ...wishes,
      ...{ connection: this.connection, api, capabilities, asksEmptyAgain },
      speaksNow: (question) => speaksNow(this.connection, this.probing, { api, capabilities }, question),
      ...(spec.byLikelihood ? { likelihoodOf: toldAnswer } : {}),
      ...this.shown.listeners(api, capabilities),
    });
    this.check(respondent);
    const asking = { wishes, capabilities, api, respondent };
    const measured: EndpointMeasured[] = [];
    const ways = waysOf(spec, api);
    for (const wanted of ways) {
      const place = { first: measured.length === 0, single: ways.length === 1 };
      measured.push(...(await this.askReadable(wanted, asking, place)));
      if (measured.some(({ ending }) => ending.kind !== 'done')) break;
    }
    if (measured.length === 0 && this.unreadable !== null) throw this.unreadable;
    if (asksEmptyAgain && measured.every(({ ending }) => ending.kind === 'done'))
      besides(() => noteHeard(this.store));
    return measured;
  }

  /**
   * Of several ways of asking, the tasks whose prompt the model reads otherwise than it is written are left out, and it is
   * said: the others can be measured. [] where no task is left.
   * @throws SpecialTokens where there is no other way
   */
  private async askReadable(
    wanted: readonly Wanted[],
    asking: AskedEndpoint,
    place: { readonly first: boolean; readonly single: boolean },
  ): Promise<EndpointMeasured[]> {
    if (wanted.length === 0) return [];
    try {
      return [await this.ask(wanted, asking, place)];
    } catch (error) {
      if (place.single || !(error instanceof SpecialTokens)) throw error;
      this.unreadable = error;
      this.options.onNotice?.(`${error.task}: not asked, ${error.reason} (--allow-special-tokens asks it)`);
      return this.askReadable(
        wanted.filter(({ task }) => task.name !== error.task),
        asking,
        place,
      );
    }
  }

  /** @throws UserError where the folder is another's: what was taken until now is none of its costs */
  private check(respondent: Respondent): void {
    try {
      checkFolder(this.store, respondent, this.spec);
    } catch (error) {
      this.before = this.connection.budget.taken;
      throw error;
    }
  }

  private async ask(
    wanted: readonly Wanted[],
    { wishes, capabilities, api, respondent }: AskedEndpoint,
    { first, single }: { readonly first: boolean; readonly single: boolean },
  ): Promise<EndpointMeasured> {
    const { spec, options, store } = this;
    const { seed, n, rendering, sources } = spec;
    const signal = AbortSignal.any([options.signal, this.anew.signal]);
    const piloting = { api, seed, n, rendering, sources, respondent, store, signal };
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
    const measuring: MeasureSpec & { readonly byLikelihood: boolean } = { ...spec, asked };
    const most = mostOf(measuring, shapeOf(wishes, api, capabilities));
    const { added } = this.connection.budget;
    options.onStart?.({
      folder: store.folder,
      ...{ capabilities, prompts, api, most: withAdded(most, added), addedTokens: sumOf(added) },
      pilot,
      first: first && this.inVain === NOTHING_TAKEN,
      way: single ? null : promptNames(asked.map(({ template }) => template.name)),
    });
    const measured = await measure(measuring, respondent, {
      store,
      note: pilot.length === 0 ? note : { ...note, pilot },
      signal,
      taken: () => this.taken(),
      ...(options.onRow === undefined ? {} : { onRow: options.onRow }),
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    const state = measured.state === null ? null : { ...measured.state, ...this.spent() };
    if (!this.anew.signal.aborted) this.inVain = NOTHING_TAKEN;
    this.before = this.connection.budget.taken;
    const known = this.shown.with(capabilities);
    return { ...measured, state, facts: { api, capabilities: known, prompts, pilot } };
  }

  /** The state of one who asked nothing but a pilot. */
  private nothingAsked(): AskState {
    return { inFlight: 0, retries: 0, refused: 0, waitMs: 0, waitFor: null, ...this.spent() };
  }

  /** What was taken since the last way of asking, with the probe and a pilot: what the server counts. */
  private taken(): Taken {
    return minus(this.connection.budget.taken, this.before);
  }

  private spent(): Pick<AskState, 'requests' | 'tokens' | 'money'> {
    const { requests, promptTokens, completionTokens } = plus(this.taken(), this.inVain);
    const { prices } = this.options;
    const tokens = { promptTokens, completionTokens };
    return {
      requests,
      tokens: promptTokens + completionTokens,
      money: prices === null ? null : priceOf(tokens, prices),
    };
  }
}

function sumOf({ promptTokens, completionTokens }: Tokens): number {
  return promptTokens + completionTokens;
}

function withAdded({ requests, tokens }: Most, added: Tokens): Most {
  return { requests, tokens: tokens + requests * sumOf(added) };
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

interface AskedEndpoint {
  readonly wishes: Wishes;
  readonly capabilities: Capabilities;
  readonly api: Api;
  readonly respondent: Respondent;
}

/** The right answer as the prompt's demonstrations write it; null between tags, where it can't be put behind the prompt. */
function toldAnswer({ prompt }: Prompted): string | null {
  return prompt.reading.tags === null ? answerText(prompt) : null;
}
