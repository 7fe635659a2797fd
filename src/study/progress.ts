/** The line that says what a study is doing and how long it will still take. */
import { formatDuration } from '../common/duration.ts';
import { FIX_SHARE, SEARCHED_SHARE, timeLeft, type Estimator } from './cost.ts';
import type { Event } from './executor/executor.ts';
import type { PlannedItem } from './item.ts';
import type { ExplainProgress } from '../explain/index.ts';
import type { ProgressTick, TrainedRow } from '../train/run/rows.ts';
import type { MeasureTick } from '../measure/time-left.ts';
import type { AskTick } from './work/messages.ts';

interface Going {
  readonly item: PlannedItem;
  readonly since: number;
  latest: ProgressTick | undefined;
  measured: MeasureTick | undefined;
  asked: AskTick | undefined;
  explained: ExplainProgress | undefined;
  /** Share of right answers at the last evaluation. */
  accuracy: number | undefined;
  trained: TrainedRow | undefined;
}

export class StudyProgress {
  private readonly name: string;
  private readonly total: number;
  private readonly workers: number;
  private readonly estimator: Estimator;
  private readonly waiting: Map<string, PlannedItem>;
  private readonly going = new Map<string, Going>();
  private failed = 0;

  /** `todo`: the items that are not done, of `total`. */
  constructor(
    name: string,
    todo: readonly PlannedItem[],
    total: number,
    workers: number,
    estimator: Estimator,
  ) {
    this.name = name;
    this.total = total;
    this.workers = workers;
    this.estimator = estimator;
    this.waiting = new Map(todo.map((item) => [item.hash, item]));
  }

  see(event: Event): void {
    const { item } = event;
    switch (event.type) {
      case 'started':
        this.waiting.delete(item.hash);
        this.going.set(item.hash, {
          item,
          since: performance.now(),
          latest: undefined,
          measured: undefined,
          asked: undefined,
          explained: undefined,
          accuracy: undefined,
          trained: undefined,
        });
        break;
      case 'rows':
        for (const row of event.rows) this.seeRow(item.hash, row);
        break;
      case 'tick':
        if ('most' in event.tick) this.seeAsking(item.hash, event.tick);
        else if ('experiment' in event.tick) this.seeExplaining(item.hash, event.tick);
        else if ('questions' in event.tick) this.seeMeasuring(item.hash, event.tick);
        else this.seeTick(item.hash, event.tick);
        break;
      case 'done':
        this.learn(item, event.seconds, this.going.get(item.hash)?.trained);
        this.going.delete(item.hash);
        break;
      case 'failed':
        this.failed += 1;
        this.going.delete(item.hash);
        break;
      case 'stopped':
        this.going.delete(item.hash);
        this.waiting.set(item.hash, item);
        break;
    }
  }

  /** `quick: 5/18 · UR ape 1: step 1,200/5,000, loss 0.41, 83 % right · about 3 min left` */
  line(): string {
    const done = this.total - this.waiting.size - this.going.size - this.failed;
    const failed = this.failed === 0 ? '' : `, ${this.failed} failed`;
    const doing = [...this.going.values()].map(describeGoing);
    const left = `about ${formatDuration(this.left())} left`;
    return [`${this.name}: ${done}/${this.total} done${failed}`, ...doing, left].join(' · ');
  }

  /** Seconds until all is done. */
  left(): number {
    const going = [...this.going.values()].map((each) => this.leftOf(each));
    const waiting = [...this.waiting.values()].map((item) => this.estimator.seconds(item));
    return timeLeft(going, waiting, this.workers);
  }

  private leftOf({ item, since, latest, measured, asked }: Going): number {
    const elapsed = (performance.now() - since) / 1000;
    if (measured !== undefined) return measured.left;
    if (asked !== undefined && asked.perSecond > 0) {
      const expected = asked.most * shareAsked(item);
      return Math.max(0, expected - asked.asked - asked.failed) / asked.perSecond;
    }
    if (latest === undefined) return Math.max(0, this.estimator.seconds(item) - elapsed);
    if (item.kind === 'finetune' && this.estimator.likeSiblings(item) === undefined)
      return latest.left + this.estimator.measuring(item);
    // Training says itself how long to its last step; it may well end sooner, as its siblings did.
    const expected = (this.estimator.likeSiblings(item) ?? Infinity) - latest.elapsed;
    return expected > 0 ? Math.min(latest.left, expected) : latest.left;
  }

  private seeTick(hash: string, tick: ProgressTick): void {
    const going = this.going.get(hash);
    if (going === undefined) return;
    going.latest = tick;
    if (tick.step > 0) this.estimator.observe(going.item, tick.elapsed, tick.step);
  }

  /** Wrong copies take many times longer than right ones, of whatever is measured next as well. */
  private seeMeasuring(hash: string, tick: MeasureTick): void {
    const going = this.going.get(hash);
    if (going === undefined) return;
    going.measured = tick;
    this.estimator.observe(going.item, (performance.now() - going.since) / 1000 + tick.left);
  }

  private seeAsking(hash: string, tick: AskTick): void {
    const going = this.going.get(hash);
    if (going !== undefined) going.asked = tick;
  }

  private seeExplaining(hash: string, tick: ExplainProgress): void {
    const going = this.going.get(hash);
    if (going !== undefined) going.explained = tick;
  }

  /** Training counts the seconds of all its sittings. */
  private learn(item: PlannedItem, seconds: number, trained: TrainedRow | undefined): void {
    this.estimator.learn(item, trained?.seconds ?? seconds, trained?.step);
  }

  private seeRow(hash: string, row: Extract<Event, { type: 'rows' }>['rows'][number]): void {
    const going = this.going.get(hash);
    if (going === undefined) return;
    if (row.kind === 'trained') going.trained = row;
    if (row.kind !== 'progress') return;
    this.seeTick(hash, row);
    if (row.accuracy === undefined) return;
    const n = row.accuracy.reduce((sum, bucket) => sum + bucket.n, 0);
    going.accuracy = row.accuracy.reduce((sum, bucket) => sum + bucket.correct, 0) / n;
  }
}

function describeGoing({ item, latest, measured, asked, explained, accuracy }: Going): string {
  const who = [item.task, item.model, item.seed].filter((part) => part !== null).join(' ');
  if (item.kind === 'measure') {
    if (measured === undefined) return `measuring ${who}`;
    return `measuring ${who}: ${count(measured.answered)}/${count(measured.questions)} answered, length ${measured.length}`;
  }
  if (item.kind === 'predict') return `predicting ${who}`;
  if (item.kind === 'explain') {
    const at =
      explained === undefined ? '' : `: ${explained.experiment}, ${Math.round(100 * explained.share)} %`;
    return `explaining ${who}${at}`;
  }
  const tuning = item.kind === 'finetune' ? 'fine-tuning ' : '';
  if (tuning !== '' && asked !== undefined) return `measuring fine-tuned ${who}: ${askingText(asked)}`;
  if (item.kind === 'fix') return `mending ${who}${asked === undefined ? '' : `: ${askingText(asked)}`}`;
  if (item.kind === 'ask') return `asking ${who}${asked === undefined ? '' : `: ${askingText(asked)}`}`;
  if (latest === undefined) return `${tuning}${who}: starting`;
  const { step, steps, loss } = latest;
  const right = accuracy === undefined ? '' : `, ${Math.floor(100 * accuracy)} % right`;
  return `${tuning}${who}: step ${count(step)}/${count(steps)}, loss ${loss.toFixed(2)}${right}`;
}

/** How much of the most that may be asked is asked most often. */
function shareAsked(item: PlannedItem): number {
  if (item.kind === 'fix') return FIX_SHARE;
  return item.kind === 'ask' && item.spec.lengths === null ? SEARCHED_SHARE : 1;
}

/** `120 of at most 400 answered, 3 failed, 35 a second`. */
function askingText({ asked, failed, most, perSecond }: AskTick): string {
  const without = failed === 0 ? '' : `, ${failed} failed`;
  return `${count(asked)} of at most ${count(most)} answered${without}, ${perSecond.toFixed(perSecond < 10 ? 1 : 0)} a second`;
}

function count(n: number): string {
  return n.toLocaleString('en');
}
