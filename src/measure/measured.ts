/** What a measurement has come to: on its way, and at its end. */
import type { AskState, Ending, Respondent } from '../respond/respondent.ts';
import type { LengthLimit } from '../score/tables/rows.ts';
import { Gathered } from './gather/gathered.ts';
import type { KeptCounts } from './keeping.ts';
import { gatheredFacts } from './live-gathering.ts';
import type { GatheredBy } from './live-gathering.ts';
import type { MeasureSpec } from './plan/spec.ts';

export interface Progress extends Pick<KeptCounts, 'reused' | 'answered' | 'failed'> {
  /** The most that will have been asked. */
  readonly most: number;
  /** Samples that each length is to have, and how often each is asked; null where a search decides. */
  readonly planned: PlannedSamples | null;
  readonly startedAt: number;
  readonly state: AskState | null;
  readonly gathered: Gathered;
}

export type PlannedSamples = Pick<MeasureSpec, 'n' | 'repeats'>;

export interface Measured extends KeptCounts {
  readonly planned: PlannedSamples | null;
  readonly gathered: Gathered;
  readonly ending: Ending;
  readonly state: AskState | null;
  /** When the runs began that brought the oldest and the newest of the stored answers; null where none was counted. */
  readonly reusedFrom: ReusedFrom | null;
  /** Where all was asked: answers of earlier runs to questions asked in the same way that this one has no use for. */
  readonly others: readonly OtherAnswers[];
  /** The given lengths that were not asked, since prompts are taken no longer from a shorter one on. */
  readonly notAsked: readonly NotAsked[];
}

export interface NotAsked {
  readonly task: string;
  readonly lengths: readonly number[];
  /** The shortest length whose prompts are taken no longer. */
  readonly limit: LengthLimit;
}

/** Points in time, ISO 8601. */
export interface ReusedFrom {
  readonly first: string;
  readonly last: string;
}

/** Answers that a folder holds at one length, of which fewer were counted. */
export interface OtherAnswers {
  readonly task: string;
  readonly length: number;
  readonly n: number;
  readonly right: number;
  /** 0: the length was not asked. */
  readonly counted: number;
}

/** What is planned of each length; null where a search decides. */
export function plannedBy({ lengths, n, repeats }: MeasureSpec): PlannedSamples | null {
  return lengths === null ? null : { n, repeats };
}

/** What a measurement is that ended before its first question: its prompts were not chosen. */
export function nothingMeasured(
  spec: Pick<MeasureSpec, 'threshold'>,
  respondent: Respondent,
  options: GatheredBy,
  ending: Ending,
): Measured {
  const gathered = new Gathered(gatheredFacts(respondent, options, spec));
  return {
    gathered,
    ending,
    reused: 0,
    answered: 0,
    failed: 0,
    failedBefore: 0,
    moved: 0,
    state: null,
    planned: null,
    reusedFrom: null,
    others: [],
    notAsked: [],
  };
}
