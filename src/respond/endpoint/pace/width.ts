/**
 * How many requests may be under way: additive increase and multiplicative decrease (Chiu and Jain 1989), as long as more at
 * once brings more. By Little's law a server that has L requests under way, each for W, answers L / W a second: W / L is the
 * time that each answer takes it. Where that is the same for twice as many, the others have only waited, and so it is
 * half as many that are asked for (as TCP Vegas does, and the gradient limiters of Netflix).
 */

/** The width before anything is known: small, doubled with every round of answers until something goes wrong. */
export const FIRST_WIDTH = 4;

/** Answers that come sooner than this have not waited for long, whatever the others: nothing is measured of them. */
const QUICK_MS = 250;

/** Twice as many at once have to bring so much more. */
const LEAST_GAIN = 1.25;

/** Half as many are enough where they bring so much of what all do. */
const ENOUGH = 0.9;

/** Not fewer than this: one that is answered, and one that waits meanwhile, so that the server always has something to do. */
const LEAST_WIDTH = 2;

/** Requests that were sent with so much of the width under way tell of that width; so many of their answers are a round. */
const FULL = 0.75;
const ROUND = { least: 4, most: 16 } as const;

/**
 * With as many as there may be, whether half would do is tried after so many rounds, and each time in vain after twice as many. Likewise,
 * in answers, a width that was refused so often in a row (`SURELY_REFUSED`).
 */
const FIRST_REST = 16;
const LONGEST_REST = 256;
const SURELY_REFUSED = 3;

/** An answer, as far as it tells of the width. */
export interface Timed {
  /** From sending its request to the end of its reply. */
  readonly latencyMs: number;
  /** How many requests were under way when it was sent, this one among them. */
  readonly underWay: number;
}

/** What is being found out; `free`: nothing, more are asked at once with every answer. */
type Phase = 'free' | 'measure' | 'double' | 'check' | 'halve';

export class Width {
  private readonly most: number;
  private width: number;
  private slowStart = true;
  private phase: Phase = 'free';
  /** What is compared with: the time that each answer takes the server at this width. */
  private reference = { width: 1, eachMs: Infinity };
  private round: Timed[] = [];
  /** The width that was refused last; how often in a row it was; answers until it is tried again, and those that came at it or beyond since. */
  private refused = Infinity;
  private inARow = 0;
  private untilTried = 0;
  private beyond = 0;
  /** Rounds until half is tried again, and after the next time in vain. */
  private rest = FIRST_REST;
  private nextRest = 2 * FIRST_REST;

  constructor(most: number) {
    this.most = most;
    this.width = Math.min(FIRST_WIDTH, most);
  }

  get whole(): number {
    return Math.floor(this.width);
  }

  /** A good answer came; how long it took, where that is known. */
  answered(timed?: Timed): void {
    if (this.whole >= this.refused && ++this.beyond >= ROUND.most) this.refused = Infinity;
    if (this.phase === 'free') {
      if (timed !== undefined && timed.latencyMs >= QUICK_MS && this.isWorthMeasuring) this.measure();
      else this.grow(this.most);
    } else if (this.phase === 'double') {
      const twice = Math.min(this.most, 2 * this.reference.width);
      this.grow(twice);
      if (this.width >= twice) this.begin('check');
    } else if (timed !== undefined && this.tells(timed)) {
      this.round.push(timed);
      if (this.round.length >= this.fullRound) this.settle();
    }
  }

  /** Too much was asked: half as much. */
  cut(): void {
    this.noteRefused();
    this.slowStart = false;
    this.width = Math.max(1, this.width / 2);
    if (this.phase !== 'free') this.measure();
  }

  /** Nobody knows any more what the server can do: one request at first, and soon many. */
  restart(): void {
    this.width = 1;
    this.slowStart = true;
    this.refused = Infinity;
    this.begin('free');
  }

  /**
   * A width that is refused some times in a row is more than the server takes at once: it is tried again ever more seldom. A server that
   * refuses at random does so at any width; and one that refuses a single request does so for another reason.
   */
  private noteRefused(): void {
    this.inARow = this.whole === this.refused ? this.inARow + 1 : 1;
    this.refused = this.whole === 1 ? Infinity : this.whole;
    this.beyond = 0;
    const times = this.inARow - SURELY_REFUSED;
    this.untilTried = times < 0 ? 0 : Math.min(LONGEST_REST, FIRST_REST * 2 ** times);
  }

  /** Whether it was sent at the present width, not at a larger or smaller one before. */
  private tells({ underWay }: Timed): boolean {
    return underWay >= FULL * this.whole && underWay <= this.whole;
  }

  /** How many answers tell enough: at first soon, later surely. */
  private get fullRound(): number {
    return this.slowStart ? Math.min(ROUND.most, Math.max(ROUND.least, this.whole)) : ROUND.most;
  }

  private get isWorthMeasuring(): boolean {
    return !this.slowStart || this.width >= Math.min(FIRST_WIDTH, this.most);
  }

  /** One more for every answer, before the first trouble; later one more for every round of answers. */
  private grow(most: number): void {
    const wider = Math.min(most, this.width + (this.slowStart ? 1 : 1 / this.width));
    if (wider < this.refused || this.untilTried-- <= 0) this.width = wider;
  }

  private begin(phase: Phase): void {
    this.phase = phase;
    this.round = [];
  }

  private measure(): void {
    this.width = this.whole;
    this.begin('measure');
  }

  /** A round at one width is over. */
  private settle(): void {
    const { width, round, reference } = this;
    if (median(round.map(({ latencyMs }) => latencyMs)) < QUICK_MS) return this.begin('free');
    const eachMs = median(round.map(({ latencyMs, underWay }) => latencyMs / underWay));
    if (this.phase === 'halve') {
      if (ENOUGH * eachMs <= reference.eachMs) {
        this.reference = { width, eachMs };
        return this.halveOrMeasure();
      }
      this.width = reference.width; // half as many were too few
      this.rest = this.nextRest;
      this.nextRest = Math.min(LONGEST_REST, 2 * this.nextRest);
      return this.measure();
    }
    if (this.phase === 'check' && reference.eachMs < gainOver(width / reference.width) * eachMs) {
      // They only waited. Perhaps half of those before did, too.
      this.slowStart = false;
      this.width = reference.width;
      return this.halveOrMeasure();
    }
    this.reference = { width, eachMs };
    if (width >= this.most) return this.rest-- > 0 ? this.begin('measure') : this.halveOrMeasure();
    this.begin('double');
    if (!this.slowStart) return;
    this.width = Math.min(this.most, 2 * width);
    this.begin('check');
  }

  private halveOrMeasure(): void {
    const half = Math.floor(this.width / 2);
    if (half < LEAST_WIDTH) return this.measure();
    this.width = half;
    this.begin('halve');
  }
}

/** What so many times as many at once have to bring: of twice as many, `LEAST_GAIN`. */
function gainOver(times: number): number {
  return 1 + (LEAST_GAIN - 1) * (times - 1);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
