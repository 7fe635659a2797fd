/** In which order what is asked: fixed lengths, or a search that goes by the answers. */
import type { Asked } from './question.node.ts';
import { HorizonSearch } from './search.ts';
import type { Interval } from '../../score/statistics/index.ts';

/** A place in the plan: which question of which task. */
export interface Slot {
  readonly asked: Asked;
  readonly length: number;
  readonly index: number;
  readonly repeat: number;
}

export interface Plan {
  /** What to ask next; `wait` for answers first; `done`. */
  next(): Slot | 'wait' | 'done';
  /** The verdict on a slot, null when it failed for good. */
  record(slot: Slot, correct: boolean | null): void;
  /** The most questions there can be, for the preview. */
  readonly most: number;
  /** Intervals other than Wilson's, where the number of questions depended on the answers. */
  interval?(task: string, length: number): Interval | undefined;
}

/** Every length `n` times: short ones first, the tasks in turn, so that a table fills evenly. */
export class FixedPlan implements Plan {
  readonly most: number;
  private readonly slots: Generator<Slot, undefined>;

  /** @param lengths a task is asked at those of them that it admits */
  constructor(asked: readonly Asked[], lengths: readonly number[], n: number, repeats: number) {
    const places = [...lengths]
      .sort((a, b) => a - b)
      .flatMap((length) => {
        const admitting = asked.filter(({ task }) => admits(task.admits(), length));
        return admitting.length === 0 ? [] : [{ length, admitting }];
      });
    this.most = places.reduce((sum, { admitting }) => sum + admitting.length, 0) * n * repeats;
    this.slots = allSlots(places, n, repeats);
  }

  next(): Slot | 'done' {
    return this.slots.next().value ?? 'done';
  }

  record(): void {
    // What comes next does not depend on the answers.
  }
}

function admits({ min, max }: { readonly min: number; readonly max: number }, length: number): boolean {
  return length >= min && length <= max;
}

function* allSlots(
  places: readonly { readonly length: number; readonly admitting: readonly Asked[] }[],
  n: number,
  repeats: number,
): Generator<Slot, undefined> {
  for (const { length, admitting } of places) {
    for (let index = 0; index < n; index++) {
      for (const asked of admitting) {
        for (let repeat = 0; repeat < repeats; repeat++) yield { asked, length, index, repeat };
      }
    }
  }
  return undefined;
}

export interface AdaptiveOptions {
  readonly threshold: number;
  /** No length beyond this is asked. */
  readonly maxLength: number;
  readonly mostPerLength: number;
  readonly alpha: number;
  readonly repeats: number;
}

/** The search for the horizon of a task that has these lengths. */
export function searchOf(
  { min, max }: { readonly min: number; readonly max: number },
  { threshold, maxLength, mostPerLength, alpha }: Omit<AdaptiveOptions, 'repeats'>,
): HorizonSearch {
  return new HorizonSearch({ threshold, min, max: Math.min(max, maxLength), mostPerLength, alpha });
}

/** One search a task, all at the same time. Only the first of several repeats counts for a search. */
export class AdaptivePlan implements Plan {
  readonly most: number;
  private readonly searches: readonly { readonly asked: Asked; readonly search: HorizonSearch }[];
  private readonly repeats: number;
  private readonly waiting: Slot[] = [];
  private turn = 0;

  constructor(asked: readonly Asked[], options: AdaptiveOptions) {
    this.repeats = options.repeats;
    this.searches = asked.map((one) => ({ asked: one, search: searchOf(one.task.admits(), options) }));
    this.most = this.searches.reduce((sum, { search }) => sum + search.mostQuestions(), 0) * options.repeats;
  }

  next(): Slot | 'wait' | 'done' {
    const queued = this.waiting.shift();
    if (queued !== undefined) return queued;
    let waits = false;
    for (let tried = 0; tried < this.searches.length; tried++) {
      const { asked, search } = this.searches[this.turn++ % this.searches.length];
      const wish = search.next();
      if (wish.kind === 'wait') waits = true;
      if (wish.kind !== 'ask') continue;
      const { length, index } = wish;
      for (let repeat = 1; repeat < this.repeats; repeat++)
        this.waiting.push({ asked, length, index, repeat });
      return { asked, length, index, repeat: 0 };
    }
    return waits ? 'wait' : 'done';
  }

  record({ asked, length, index, repeat }: Slot, correct: boolean | null): void {
    if (repeat > 0) return;
    this.searchOf(asked.task.name)?.record(length, index, Number(correct ?? false));
  }

  interval(task: string, length: number): Interval | undefined {
    return this.searchOf(task)?.interval(length);
  }

  private searchOf(task: string): HorizonSearch | undefined {
    return this.searches.find(({ asked }) => asked.task.name === task)?.search;
  }
}
