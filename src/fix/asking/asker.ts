/** Whoever asks a model for `fix`: a measurement of an endpoint or of a model that runs here. Types and nothing else. */
import type { Askable } from '../../prompt/askable.ts';
import type { PromptApi, PromptTemplate } from '../../prompt/template.ts';
import type { StoredRow } from '../../measure/store/row-store.ts';
import type { Ending } from '../../respond/respondent.ts';

/** A task, and the prompt that it is asked with. */
export interface WantedTask {
  readonly task: Askable;
  readonly promptFor: (api: PromptApi) => PromptTemplate;
  /** What determines its samples beside length, seed and index: rows of other samples are not taken for these. */
  readonly sources: unknown;
}

export interface AskedRows {
  readonly api: PromptApi;
  /** Every row that counts, of an earlier run or of this one. */
  readonly rows: readonly StoredRow[];
  readonly ending: Ending;
}

export interface Asker {
  /** Asks every task that number of samples at each length, drawn with that seed, but for those whose answers are kept. */
  ask(
    wanted: readonly WantedTask[],
    plan: { readonly lengths: readonly number[]; readonly n: number; readonly seed: number },
  ): Promise<AskedRows>;
}
