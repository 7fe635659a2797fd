/**
 * Where to ask next, when no lengths are given: a search for the horizon that doubles the length until it fails and
 * then halves the gap, with a sequential test at every length; then, where that is wanted, lengths drawn at random inside
 * the horizon. Pure: it is told what each sample is worth and says what it wants.
 *
 * What is promised of the lengths asked: with a chance of at most α, one that is said to hold is truly below the threshold.
 * A length is tested with a chance of error of α/2^(f+1), f being the number of lengths that did not pass before it.
 * Between two that did not pass, tests follow one another as long as they pass; whatever their number, a bad length
 * is passed there only if the first bad one is (Maurer, Hothorn and Lehmacher 1995). So the stretches between them err
 * with at most α/2 + α/4 + … ≤ α in all: the way up spends the first half, each halving that does not pass opens the next
 * stretch, and drawn lengths continue the last one, at no cost. The tests themselves hold at whatever moment they stop.
 *
 * What is promised of the lengths not asked: see `promise.ts`; false with a chance of at most α, too.
 */
import { isNarrow } from '../../score/statistics/horizon.ts';
import { PROMISED_SHARE } from '../../score/statistics/promise.ts';
import { Bets, fewestInARow } from '../../score/statistics/sequential.ts';
import type { HorizonPromise } from '../../score/tables/rows.ts';
import { afterDrawn, drawLengths } from './draw.ts';
import type { Drawn } from './draw.ts';
import { ladderOf, mostFailures, mostLengths } from './ladder.ts';

export { FIRST_LENGTH } from './ladder.ts';

export interface SearchOptions {
  readonly threshold: number;
  /** The shortest and the longest length that can be asked. */
  readonly min: number;
  readonly max: number;
  /** The most samples at one length, failed ones included: what is not sure by then is undecided. */
  readonly mostPerLength: number;
  /** The chance that a length that is said to hold does not. */
  readonly alpha: number;
  /**
   * How many lengths may be drawn inside the horizon for a promise about those that were not asked. 36
   * (`PROMISE_LENGTHS`) are enough for any horizon; fewer may do for a short one, and then no more are asked. Fewer than it
   * takes still find holes, and there is no promise. By default 0: each drawn length takes as many samples as any
   * other (47 of a model that is always right), so that 36 of them cost five times the search itself.
   */
  readonly drawnLengths?: number;
  /** Names the draw: the same search draws the same lengths again. */
  readonly seed?: number;
}

/** What a search wants next: a sample at a length, answers to those it asked, or nothing more. */
export type Wish =
  | { readonly kind: 'ask'; readonly length: number; readonly index: number }
  | { readonly kind: 'wait' }
  | { readonly kind: 'done' };

/** What the search says of one length's accuracy: the confidence is that of both ends together. */
export interface SearchInterval {
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/** What a sample is worth, from 0 to 1: the same, but where no answer came and nobody knows what it would have been. */
export interface Worth {
  readonly least: number;
  readonly most: number;
}

interface LengthState {
  /** With every sample worth the least that it can be: only this can show that the length holds. */
  readonly evidence: Bets;
  /** With every sample worth the most that it can be: only this can show that it fails. */
  readonly best: Bets;
  /** The chance of error of either decision: known once it is the length's turn. */
  alpha: number | null;
  /** By index: what the sample is worth; undefined while it is open. */
  readonly values: (Worth | undefined)[];
  /** Samples that were asked so far. */
  asked: number;
  state: 'open' | 'holds' | 'fails' | 'undecided' | 'too-long';
  /** No fewer samples than this can settle the length, as far as the first `seen` of them say. */
  settledAt: number;
  seen: number;
}

export class HorizonSearch {
  readonly ladder: readonly number[];
  private readonly options: SearchOptions;
  private readonly lengths = new Map<number, LengthState>();
  /** Lengths that did not pass, in all. */
  private failures = 0;
  private drawn: Drawn | null = null;
  private current: number | null;

  constructor(options: SearchOptions) {
    this.options = options;
    this.ladder = ladderOf(options.min, options.max);
    this.current = this.ladder[0] ?? null;
    if (this.current !== null) this.open(this.current);
  }

  /** What to ask next. Never more than what could settle the current length. */
  next(): Wish {
    if (this.current === null) return { kind: 'done' };
    const at = this.at(this.current);
    if (at.asked >= this.options.mostPerLength || !this.canAskMore(at)) return { kind: 'wait' };
    return { kind: 'ask', length: this.current, index: at.asked++ };
  }

  /**
   * What a sample is worth: 1 right, 0 wrong; the share of right answers where it was asked several times. null where it
   * was withheld, refused or cut off: that counts as wrong, since the model was asked and there is no right answer. Where
   * the question failed (no connection, a server in trouble) the model has not been asked: it counts as wrong for what
   * is to hold, and as right for what is to fail, so that no outage settles a length. In any order: samples are counted
   * in the order of asking.
   */
  record(length: number, index: number, value: number | Worth | null): void {
    const at = this.at(length);
    at.values[index] = typeof value === 'object' && value !== null ? value : same(value ?? 0);
    if (at.alpha !== null) this.count(at);
    this.moveOn();
  }

  /** Prompts of this length are taken no longer: nothing more is asked there or beyond. */
  endsAt(length: number): void {
    const at = this.at(length);
    if (at.state === 'open') at.state = 'too-long';
    this.moveOn();
  }

  /** How many samples of a length were asked. */
  askedAt(length: number): number {
    return this.lengths.get(length)?.asked ?? 0;
  }

  /** The samples that were not asked of the lengths whose prompts are taken no longer. */
  *beyond(): Generator<{ readonly length: number; readonly index: number }> {
    for (const [length, { state, asked }] of this.lengths) {
      if (state !== 'too-long') continue;
      for (let index = asked; index < this.options.mostPerLength; index++) yield { length, index };
    }
  }

  /** The length that is being asked about, and how many of its samples were; null: the search is over. */
  get asking(): { readonly length: number; readonly asked: number } | null {
    return this.current === null ? null : { length: this.current, asked: this.at(this.current).asked };
  }

  /** Whether a length is settled, and all samples of it that were asked have come. */
  isOver(length: number): boolean {
    const at = this.lengths.get(length);
    return at !== undefined && at.state !== 'open' && at.evidence.n >= at.asked;
  }

  /**
   * The interval of a length's accuracy, valid although the number of samples depended on the answers; undefined where
   * the search has not chosen it.
   */
  interval(length: number): SearchInterval | undefined {
    const at = this.lengths.get(length);
    if (at === undefined || at.alpha === null) return undefined;
    const { low } = at.evidence.interval(at.alpha);
    return { low, high: at.best.interval(at.alpha).high, confidence: levelOf(at.alpha) };
  }

  /** The level of that interval; undefined where the search has not chosen the length. */
  levelAt(length: number): number | undefined {
    const alpha = this.lengths.get(length)?.alpha ?? null;
    return alpha === null ? undefined : levelOf(alpha);
  }

  /**
   * What is promised of all lengths up to a horizon: after the search, where enough lengths were drawn and all of them
   * hold, or where no length up to it was left out. null: nothing beyond the lengths asked. Lengths were drawn for the
   * search's own horizon: where later samples moved it, nothing is promised of the other one; nor of accuracy above the search's
   * threshold.
   */
  promise(upTo: number | null, threshold = this.options.threshold): HorizonPromise | null {
    if (this.current !== null || threshold > this.options.threshold) return null;
    const horizon = this.horizon();
    if (horizon === null || horizon !== upTo) return null;
    const confidence = 1 - this.options.alpha;
    const { count, enough, allHold } = this.drawn ?? { count: 0, enough: false, allHold: false };
    if (this.unaskedUpTo(horizon) === 0) return { share: 1, confidence, drawn: count };
    return enough && allHold ? { share: PROMISED_SHARE, confidence, drawn: count } : null;
  }

  /** How many right answers in a row the first length takes at least: with fewer samples nothing can hold. */
  fewestAnswers(): number {
    return fewestInARow(this.options.threshold, this.alphaAfter(0));
  }

  /**
   * The most that any length takes: each one that did not pass makes the next test stricter. The last halving is one of these
   * itself, unless lengths are drawn after it.
   */
  mostFewestAnswers(): number {
    const failures = mostFailures(this.ladder);
    const before = (this.options.drawnLengths ?? 0) > 0 ? failures : Math.max(0, failures - 1);
    return fewestInARow(this.options.threshold, this.alphaAfter(before));
  }

  /** The most samples that the whole search can take. */
  mostQuestions(): number {
    return (mostLengths(this.ladder) + (this.options.drawnLengths ?? 0)) * this.options.mostPerLength;
  }

  /** The chance of error of a length's test after so many lengths that did not pass. */
  private alphaAfter(failures: number): number {
    return this.options.alpha / 2 ** (failures + 1);
  }

  private at(length: number): LengthState {
    const known = this.lengths.get(length);
    if (known !== undefined) return known;
    const fresh: LengthState = {
      evidence: new Bets(),
      best: new Bets(),
      alpha: null,
      values: [],
      asked: 0,
      state: 'open',
      settledAt: 0,
      seen: -1,
    };
    this.lengths.set(length, fresh);
    return fresh;
  }

  /** It is this length's turn. Samples of an earlier run may have told all about it. */
  private open(length: number): void {
    const at = this.at(length);
    at.alpha ??= this.alphaAfter(this.failures);
    this.count(at);
  }

  /**
   * Counts the samples that have come, in the order of asking, as far as there is no gap. Samples that came before the length's turn are
   * counted now, and judged one by one: told of them in any order, the search takes the same way.
   */
  private count(at: LengthState): void {
    for (let next = at.values[at.evidence.n]; next !== undefined; next = at.values[at.evidence.n]) {
      at.evidence.add(next.least);
      at.best.add(next.most);
      this.judge(at);
    }
  }

  /**
   * Whether asking one more is needed whatever the open ones turn out to be. An answer can bring a decision nearer by no
   * more than itself, so the number is worked out again only where as many were asked as the last one allowed.
   */
  private canAskMore(at: LengthState): boolean {
    const { n } = at.evidence;
    if (at.asked >= at.settledAt && at.seen !== n && at.alpha !== null) {
      // Neither end can be reached sooner than the later of both says.
      const ends = [at.evidence, at.best].map((one) => one.fewestMore(this.options.threshold, at.alpha ?? 0));
      at.settledAt = n + Math.max(...ends);
      at.seen = n;
    }
    return at.asked < at.settledAt;
  }

  private judge(at: LengthState): void {
    if (at.state !== 'open' || at.alpha === null) return;
    const { threshold, mostPerLength } = this.options;
    const { n } = at.evidence;
    if (n >= at.settledAt) {
      if (at.evidence.decision(threshold, at.alpha) === 'holds') at.state = 'holds';
      else if (at.best.decision(threshold, at.alpha) === 'fails') at.state = 'fails';
    }
    if (at.state === 'open' && n >= mostPerLength) at.state = 'undecided';
  }

  /** Goes on from the current length once it is settled. */
  private moveOn(): void {
    while (this.current !== null) {
      const { state } = this.at(this.current);
      if (state === 'open') return;
      if (state !== 'holds') this.failures += 1;
      this.current = this.drawn === null ? this.afterSearched() : afterDrawn(this.drawn, state === 'holds');
      if (this.current !== null) this.open(this.current);
    }
  }

  private afterSearched(): number | null {
    const next = this.nextLength();
    if (next !== null) return next;
    this.drawn = this.draw();
    return this.drawn?.left.shift() ?? null;
  }

  private nextLength(): number | null {
    const settled = this.chosen();
    const failed = settled.find(([, at]) => at.state !== 'holds');
    const passed = settled.findLast(
      ([length, at]) => at.state === 'holds' && length < (failed?.[0] ?? Infinity),
    );
    if (failed === undefined) return this.ladder.find((length) => length > (passed?.[0] ?? 0)) ?? null;
    if (passed === undefined) return null; // not even the shortest
    const [low, high] = [passed[0], failed[0]];
    return isNarrow(low, high) ? null : Math.floor((low + high) / 2);
  }

  /** The largest length asked such that it and every shorter one asked hold. */
  private horizon(): number | null {
    let horizon: number | null = null;
    for (const [length, at] of this.chosen()) {
      if (at.state !== 'holds') break;
      horizon = length;
    }
    return horizon;
  }

  /** How many lengths up to a horizon were not asked. */
  private unaskedUpTo(horizon: number): number {
    const asked = this.chosen().filter(([length]) => length <= horizon).length;
    return horizon - this.options.min + 1 - asked;
  }

  /** Lengths up to the horizon that were not asked, at random, as many as are wanted and needed. */
  private draw(): Drawn | null {
    const horizon = this.horizon();
    if (horizon === null) return null;
    const asked = this.chosen().map(([length]) => length);
    return drawLengths(horizon, asked, this.alphaAfter(this.failures), this.options);
  }

  /** The lengths that the search chose, ascending. */
  private chosen(): (readonly [number, LengthState])[] {
    return [...this.lengths].filter(([, at]) => at.alpha !== null).sort(([a], [b]) => a - b);
  }
}

/** Of the interval of which each end errs with a chance of at most `alpha`. */
function levelOf(alpha: number): number {
  return 1 - 2 * alpha;
}

function same(value: number): Worth {
  return { least: value, most: value };
}
