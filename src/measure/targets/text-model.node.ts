/** Measuring a model of text that runs here: choose and check the prompts, then the one road. */
import { UserError } from '../../common/errors.ts';
import { modelLabel } from '../../common/model-label.node.ts';
import type { PromptApi } from '../../prompt/template.ts';
import { shapeWished } from '../../respond/endpoint/request/shape.ts';
import { textIdentity, textRespondent } from '../../respond/local/text-respondent.ts';
import type { TextAsking, TextModelHere } from '../../respond/local/text-respondent.ts';
import type { Respondent } from '../../respond/respondent.ts';
import { defaultFolder } from '../usual.node.ts';
import { measure } from '../measure.node.ts';
import { nothingMeasured } from '../measured.ts';
import type { Measured, Progress } from '../measured.ts';
import type { MeasureSpec } from '../measure.node.ts';
import { checkFolder } from '../other-answers.ts';
import { SEARCH_ALPHA } from '../plan/plan.ts';
import { checkLengths } from '../plan/prompted-spec.ts';
import type { PromptedSpec } from '../plan/prompted-spec.ts';
import type { RunNote } from '../plan/runs.ts';
import type { Asked } from '../plan/question.ts';
import { promptNames } from '../result.ts';
import type { StoredRow } from '../store/row-store.ts';
import { MeasureStore } from '../store/store.node.ts';
import { firstQuestion } from './endpoint/first-question.ts';
import { mostOf, mostOfPrompts } from './endpoint/preview.node.ts';
import type { Most } from './endpoint/preview.node.ts';
import { waysOf } from './endpoint/ways.node.ts';
import type { Wanted } from './endpoint/ways.node.ts';
import { chosenTemplates, PilotEnded } from './pilot.node.ts';
import type { PilotChoice } from './pilot.node.ts';
import { SpecialTokens } from './prompt-tokens.node.ts';

export interface TextOptions {
  /** The GGUF file or the folder: names the rows' folder where none is given. */
  readonly target: string;
  /** The folder of the adapter in its weights. */
  readonly adapter?: string;
  /** null: chosen by what is asked of whom, so that the same command goes on. */
  readonly out: string | null;
  /** Whether answers are generated, or the right ones are read. */
  readonly decide: TextAsking['decide'];
  /** Who asks, for those who read the folder later. */
  readonly note: Pick<RunNote, 'lengthwise' | 'options'>;
  readonly signal: AbortSignal;
  readonly onRow?: (row: StoredRow) => void;
  /** Told why a prompt is not asked. */
  readonly onNotice?: (line: string) => void;
  /** What will be done, before the first question of each way of asking. */
  readonly onStart?: (start: TextStart) => void;
  readonly onProgress?: (progress: Progress) => void;
}

export interface TextStart {
  readonly folder: string;
  readonly api: PromptApi;
  /** Questions, and tokens by bytes, which are never fewer. */
  readonly most: Most;
  /** What a pilot has chosen. */
  readonly pilot: readonly PilotChoice[];
  /** The prompts that are asked, where there is another way of asking; else null. */
  readonly way: string | null;
  /** Whether it is the first way of asking. */
  readonly first: boolean;
}

export interface TextMeasured extends Measured {
  readonly facts: Pick<TextStart, 'api' | 'pilot'> & { readonly model: string };
}

/**
 * The most that a measurement would ask, without asking.
 * @throws UserError for lengths that a task doesn't admit
 */
export function previewText(spec: PromptedSpec): Most {
  checkLengths(spec);
  const api = spec.api ?? 'completions';
  return mostOfPrompts({ ...spec, byLikelihood: false }, api, shapeOf(api));
}

/** Tokens are counted as those of an endpoint are. */
function shapeOf(api: PromptApi) {
  return shapeWished({ model: '', temperature: 0, seed: 0, extra: {} }, api);
}

/**
 * Every way of asking that is wanted: one, or one for each prompt, about the same samples.
 * @throws UserError for what can't be asked so; Error where the store can't be written
 */
export async function measureText(
  spec: PromptedSpec,
  model: TextModelHere,
  options: TextOptions,
): Promise<readonly TextMeasured[]> {
  checkLengths(spec);
  const api = spec.api ?? 'completions';
  if (api === 'chat' && !model.facts.chats) {
    throw new UserError(
      `--api chat: ${options.target} has no chat template; leave it out, and the model continues prompts`,
    );
  }
  const { decide } = options;
  const name = modelLabel(options.target, options.adapter);
  const folder =
    options.out ?? defaultFolder({ ...textIdentity(model.facts, { api, decide }), seed: spec.seed }, name);
  const store = MeasureStore.open(folder);
  try {
    const respondent = textRespondent(model, { api, decide });
    checkFolder(store, respondent, spec);
    return await new TextMeasuring(spec, options, { store, respondent, model, api, name }).run();
  } finally {
    store.close();
  }
}

interface Asking {
  readonly store: MeasureStore;
  readonly respondent: Respondent;
  readonly model: TextModelHere;
  readonly api: PromptApi;
  readonly name: string;
}

class TextMeasuring {
  private readonly spec: PromptedSpec;
  private readonly options: TextOptions;
  private readonly asking: Asking;
  /** Why the last prompt that was left out was. */
  private unreadable: SpecialTokens | null = null;

  constructor(spec: PromptedSpec, options: TextOptions, asking: Asking) {
    this.spec = spec;
    this.options = options;
    this.asking = asking;
  }

  async run(): Promise<readonly TextMeasured[]> {
    const measured: TextMeasured[] = [];
    const ways = waysOf(this.spec, this.asking.api);
    for (const way of ways) {
      const wanted = ways.length === 1 ? way : this.readable(way);
      if (wanted.length === 0) continue;
      measured.push(await this.ask(wanted, { first: measured.length === 0, single: ways.length === 1 }));
      if (measured.some(({ ending }) => ending.kind !== 'done')) break;
    }
    if (measured.length === 0 && this.unreadable !== null) throw this.unreadable;
    return measured;
  }

  private async ask(
    wanted: readonly Wanted[],
    { first, single }: { readonly first: boolean; readonly single: boolean },
  ): Promise<TextMeasured> {
    const { spec, options } = this;
    const { store, respondent, api, name: model } = this.asking;
    const { seed, n, rendering, sources } = spec;
    const note: RunNote = { ...options.note, prices: null, api, alpha: SEARCH_ALPHA };
    const piloting = { api, seed, n, rendering, sources, respondent, store, signal: options.signal };
    const chosen = await chosenTemplates(wanted, piloting).catch((error: unknown) => {
      if (error instanceof PilotEnded) return error;
      throw error;
    });
    if (chosen instanceof PilotEnded) {
      const measured = nothingMeasured(spec, respondent, { store, note }, chosen.ending);
      return { ...measured, facts: { model, api, pilot: [] } };
    }
    const { asked, pilot } = chosen;
    for (const one of asked) this.refuseSpecial(one);
    const measuring: MeasureSpec = { ...spec, asked };
    options.onStart?.({
      ...{ folder: store.folder, api, pilot, first },
      most: mostOf({ ...measuring, byLikelihood: false }, shapeOf(api)),
      way: single ? null : promptNames(asked.map(({ template }) => template.name)),
    });
    const measured = await measure(measuring, respondent, {
      store,
      note: pilot.length === 0 ? note : { ...note, pilot },
      signal: options.signal,
      ...(options.onRow === undefined ? {} : { onRow: options.onRow }),
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    return { ...measured, facts: { model, api, pilot } };
  }

  /** Of several ways of asking, the tasks whose prompt the model reads as it is written; it is said which are left out. */
  private readable(wanted: readonly Wanted[]): readonly Wanted[] {
    return wanted.filter(({ task, template }) => {
      try {
        if (template !== null) this.refuseSpecial({ task, template });
        return true;
      } catch (error) {
        if (!(error instanceof SpecialTokens)) throw error;
        this.unreadable = error;
        this.options.onNotice?.(`${error.task}: not asked, ${error.reason} (--allow-special-tokens asks it)`);
        return false;
      }
    });
  }

  /** @throws SpecialTokens where the model reads something that a task's prompt writes as a special token */
  private refuseSpecial(asked: Asked): void {
    if (this.spec.allowSpecialTokens === true) return;
    const { prompt } = firstQuestion(asked, this.spec);
    const texts = [prompt.system ?? '', prompt.text, ...(prompt.turns ?? []), ...prompt.stop];
    const { specialNames } = this.asking.model.facts;
    const found = specialNames.filter((name) => texts.some((text) => text.includes(name)));
    if (found.length > 0) throw new SpecialTokens(asked.task.name, asked.template.name, found);
  }
}
