/** In which order what is asked: fixed lengths, or a search that goes by the answers. */
import { UserError } from '../../common/errors.ts';
import type { MeasureSpec } from './spec.ts';
import { AskedLengths } from './asked-lengths.ts';
import type { Asked } from './question.ts';
import { HorizonSearch } from './search.ts';

/** A place in the plan: which question of which task. */
export interface Slot {
  readonly asked: Asked;
  readonly length: number;
  readonly index: number;
  readonly repeat: number;
  /** Whether it is not to be asked, since prompts of its length are taken no longer: an earlier run may have asked it. */
  readonly isBeyond?: true;
}

/** It goes by what is recorded in its `AskedLengths`. */
export interface Plan {
  /** What to ask next; `wait` for answers first; `done`. */
  next(): Slot | 'wait' | 'done';
  /** Nobody is asked any more: what is left is given without waiting for answers that do not come. */
  askNoMore(): void;
  /** The most questions there can be, for the preview. */
  readonly most: number;
}

/**
 * The plan of a measurement.
 * @param told of every row that comes, by whoever counts it; a plan that searches begins its searches there
 * @throws UserError for lengths that no task has
 */
export function planOf(spec: MeasureSpec, told = new AskedLengths(spec)): Plan {
  const { lengths } = spec;
  if (lengths === null) return new AdaptivePlan(spec, told);
  const plan = new FixedPlan({ ...spec, lengths }, told);
  if (plan.most === 0) throw new UserError(`no task that was named has ${lengthsText(lengths)}`);
  return plan;
}

function lengthsText(lengths: readonly number[]): string {
  return lengths.length === 1 ? `the length ${lengths[0]}` : `any of the lengths ${lengths.join(', ')}`;
}

/** Every length `n` times: short ones first, the tasks in turn, so that a table fills evenly. */
class FixedPlan implements Plan {
  readonly most: number;
  private readonly slots: Generator<Slot, undefined>;
  private readonly told: AskedLengths;
  /** Questions that were asked, by task and length. */
  private readonly asked = new Map<string, number>();
  private held: Slot | undefined;
  private asksNoMore = false;

  /** A task is asked at those of the lengths that it admits. */
  constructor(
    {
      asked,
      lengths,
      n,
      repeats,
    }: Pick<MeasureSpec, 'asked' | 'n' | 'repeats'> & { readonly lengths: readonly number[] },
    told: AskedLengths,
  ) {
    const places = [...new Set(lengths)]
      .sort((a, b) => a - b)
      .flatMap((length) => {
        const admitting = asked.filter(({ task }) => admits(task.admits(), length));
        return admitting.length === 0 ? [] : [{ length, admitting }];
      });
    this.most = places.reduce((sum, { admitting }) => sum + admitting.length, 0) * n * repeats;
    this.slots = allSlots(places, n, repeats);
    this.told = told;
  }

  askNoMore(): void {
    this.asksNoMore = true;
  }

  next(): Slot | 'wait' | 'done' {
    for (;;) {
      const slot = this.held ?? this.slots.next().value;
      this.held = undefined;
      if (slot === undefined) return 'done';
      const { name } = slot.asked.task;
      const place = `${name} ${slot.length}`;
      const asked = this.asked.get(place) ?? 0;
      const standing = this.told.standing(name, slot.length, asked);
      if ((standing === 'wait' || (standing === 'beyond' && this.isEndOpen(name))) && !this.asksNoMore) {
        this.held = slot;
        return 'wait';
      }
      if (standing === 'beyond') return { ...slot, isBeyond: true };
      this.asked.set(place, asked + 1);
      return slot;
    }
  }

  /** Whether outputs of the length at which prompts seem to be taken no longer are under way: one of them may be taken. */
  private isEndOpen(task: string): boolean {
    const end = this.told.limit(task)?.length;
    return end !== undefined && this.told.outputsAt(task, end) < (this.asked.get(`${task} ${end}`) ?? 0);
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
class AdaptivePlan implements Plan {
  readonly most: number;
  private readonly searches: readonly { readonly asked: Asked; readonly search: HorizonSearch }[];
  private readonly repeats: number;
  private readonly told: AskedLengths;
  private readonly waiting: Slot[] = [];
  private beyond: Iterator<Slot, undefined> | null = null;
  private turn = 0;
  private asksNoMore = false;

  constructor(spec: MeasureSpec, told: AskedLengths) {
    this.repeats = spec.repeats;
    this.searches = spec.asked.map((one) => ({ asked: one, search: searchOf(one.task.admits(), spec) }));
    for (const { asked, search } of this.searches) told.begin(asked.task.name, search);
    this.told = told;
    this.most = this.searches.reduce((sum, { search }) => sum + search.mostQuestions(), 0) * spec.repeats;
  }

  askNoMore(): void {
    this.asksNoMore = true;
  }

  next(): Slot | 'wait' | 'done' {
    const queued = this.waiting.shift();
    if (queued !== undefined) return queued;
    let waits = false;
    for (let tried = 0; tried < this.searches.length; tried++) {
      const { asked, search } = this.searches[this.turn++ % this.searches.length];
      const wish = this.isHeldBack(asked) ? WAIT : search.next();
      if (wish.kind === 'wait') waits = true;
      if (wish.kind !== 'ask') continue;
      const { length, index } = wish;
      for (let repeat = 1; repeat < this.repeats; repeat++)
        this.waiting.push({ asked, length, index, repeat });
      return { asked, length, index, repeat: 0 };
    }
    if (waits && !this.asksNoMore) return 'wait';
    this.beyond ??= this.slotsBeyond();
    return this.beyond.next().value ?? 'done';
  }

  /** Samples that were not asked of lengths whose prompts are taken no longer: when that is seen, more of them are under way. */
  private *slotsBeyond(): Generator<Slot, undefined> {
    for (const { asked, search } of this.searches) {
      for (const slot of search.beyond())
        for (let repeat = 0; repeat < this.repeats; repeat++)
          yield { asked, ...slot, repeat, isBeyond: true };
    }
    return undefined;
  }

  private isHeldBack({ task: { name } }: Asked): boolean {
    // It is told of ends here, too.
    const asking = this.told.search(name)?.asking ?? null;
    if (this.asksNoMore || asking === null) return false;
    return this.told.standing(name, asking.length, asking.asked * this.repeats) === 'wait';
  }
}

const WAIT = { kind: 'wait' } as const;
