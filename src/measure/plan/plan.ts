/** In which order what is asked: fixed lengths, or a search that goes by the answers. */
import { UserError } from '../../common/errors.ts';
import type { MeasureSpec } from './spec.ts';
import type { StoredRow } from '../store/row-store.ts';
import type { Asked } from './question.ts';
import { ContextEnds } from './context-ends.ts';
import { Repeats } from './repeats.ts';
import { HorizonSearch } from './search.ts';
import type { SearchInterval } from './search.ts';

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
  /** What came of a slot. */
  record(slot: Slot, row: StoredRow): void;
  /** The most questions there can be, for the preview. */
  readonly most: number;
  /** The length at which the model's context ended a task, where it did. */
  contextEnds(task: string): number | null;
  /** The search of a task, where its lengths are found by one. */
  search(task: string): HorizonSearch | undefined;
  /** Intervals other than those of fixed numbers, where the number of questions depended on the answers. */
  interval(task: string, length: number): SearchInterval | undefined;
}

/** The plan of a measurement. @throws UserError for lengths that no task has */
export function planOf(spec: MeasureSpec): Plan {
  const { asked, lengths, n, repeats } = spec;
  if (lengths === null) return new AdaptivePlan(spec);
  const plan = new FixedPlan(asked, lengths, n, repeats);
  if (plan.most === 0) throw new UserError(`no task that was named has ${lengthsText(lengths)}`);
  return plan;
}

function lengthsText(lengths: readonly number[]): string {
  return lengths.length === 1 ? `the length ${lengths[0]}` : `any of the lengths ${lengths.join(', ')}`;
}

/** Every length `n` times: short ones first, the tasks in turn, so that a table fills evenly. */
export class FixedPlan implements Plan {
  readonly most: number;
  private readonly slots: Generator<Slot, undefined>;
  private readonly ends = new ContextEnds();

  /** @param lengths a task is asked at those of them that it admits */
  constructor(asked: readonly Asked[], lengths: readonly number[], n: number, repeats: number) {
    const places = [...new Set(lengths)]
      .sort((a, b) => a - b)
      .flatMap((length) => {
        const admitting = asked.filter(({ task }) => admits(task.admits(), length));
        return admitting.length === 0 ? [] : [{ length, admitting }];
      });
    this.most = places.reduce((sum, { admitting }) => sum + admitting.length, 0) * n * repeats;
    this.slots = allSlots(places, n, repeats);
  }

  next(): Slot | 'done' {
    for (;;) {
      const slot = this.slots.next().value;
      if (slot === undefined) return 'done';
      if (!this.ends.isBeyond(slot.asked.task.name, slot.length)) return slot;
    }
  }

  record({ asked, length }: Slot, row: StoredRow): void {
    this.ends.record(asked.task.name, length, row.output);
  }

  contextEnds(task: string): number | null {
    return this.ends.at(task);
  }

  search(): undefined {
    return undefined;
  }

  interval(): undefined {
    return undefined;
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

/** The chance that a searched horizon is too long: that of one end of a 95 % interval. */
export const SEARCH_ALPHA = 0.025;

/** The search for the horizon of a task that has these lengths. */
export function searchOf(
  { min, max }: { readonly min: number; readonly max: number },
  spec: Pick<MeasureSpec, 'threshold' | 'maxLength' | 'n' | 'seed' | 'drawnLengths'>,
  alpha = SEARCH_ALPHA,
): HorizonSearch {
  const { threshold, maxLength, n, seed, drawnLengths = 0 } = spec;
  return new HorizonSearch({
    ...{ threshold, min, alpha, seed, drawnLengths },
    max: Math.min(max, maxLength),
    mostPerLength: n,
  });
}

/** One search a task, all at the same time. What is asked several times counts once, by the share of right answers. */
export class AdaptivePlan implements Plan {
  readonly most: number;
  private readonly searches: readonly { readonly asked: Asked; readonly search: HorizonSearch }[];
  private readonly repeats: number;
  private readonly shares: Repeats;
  private readonly ends = new ContextEnds();
  private readonly waiting: Slot[] = [];
  private turn = 0;

  constructor(spec: MeasureSpec) {
    this.repeats = spec.repeats;
    this.shares = new Repeats(spec.repeats);
    this.searches = spec.asked.map((one) => ({ asked: one, search: searchOf(one.task.admits(), spec) }));
    this.most = this.searches.reduce((sum, { search }) => sum + search.mostQuestions(), 0) * spec.repeats;
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

  record({ asked, length, index }: Slot, row: StoredRow): void {
    const { name } = asked.task;
    const search = this.search(name);
    this.ends.record(name, length, row.output);
    if (this.ends.at(name) === length) search?.contextEnds(length);
    const worth = this.shares.add(`${name} ${length} ${index}`, row.score?.outcome, row.output);
    if (worth !== undefined) search?.record(length, index, worth);
  }

  contextEnds(task: string): number | null {
    return this.ends.at(task);
  }

  search(task: string): HorizonSearch | undefined {
    return this.searches.find(({ asked }) => asked.task.name === task)?.search;
  }

  interval(task: string, length: number): SearchInterval | undefined {
    return this.search(task)?.interval(length);
  }
}
