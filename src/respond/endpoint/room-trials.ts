/**
 * Trials of answers that were cut. One may be a thought that shows no mark of it: one of them is asked for with room for thoughts, and others
 * wait for what comes of it.
 */
import type { Output } from '../../score/output.ts';
import { scoreOutput } from '../../score/score.ts';
import type { Prompted } from '../respondent.ts';
import type { Answered } from './reply/read.ts';
import { thinkingIn } from './reply/thinking.ts';
import type { Thinking } from './request/capabilities.ts';
import { isSettled } from './request/room-lines.ts';
import type { Untried } from './request/room-lines.ts';

/** So many cut answers of a kind are tried with room, until one shows that it helps. */
const MOST_TRIALS = 5;

/** A cut answer that says nothing, or the beginning of something. */
type CutKind = 'silent' | 'speaking';

interface Trials {
  left: number;
  /** Whether an answer was cut with room, too. */
  isInVain: boolean;
  /** Why the last one showed nothing, while none has. */
  untried: Untried | null;
}

/** Trials that showed nothing. */
export const EMPTY_WITH_ROOM: Untried = {
  reason: 'the answers with room for thoughts were empty',
  way: 'again',
};
const KEPT_BACK: Untried = { reason: 'the answers with room for thoughts were kept back', way: 'again' };

export interface RoomTrialsOptions {
  readonly isChat: boolean;
  /** Whether earlier runs have left cut answers of which none could be tried with room. */
  readonly untried: boolean;
  /** Told when it can't be found out whether room helps answers that were cut; null: it was found out since. */
  readonly onUntried: (untried: Untried | null) => void;
  /** Whether the model was found to think by its answers. */
  readonly isNoticed: () => boolean;
  /** Told when a trial shows that it does. */
  readonly onThinking: (thinking: Thinking) => void;
}

export class RoomTrials {
  private readonly options: RoomTrialsOptions;
  /**
   * A cut answer may be a thought that shows no mark of one: one of them is asked for with room, and others wait for what comes of it.
   * Those that say nothing have trials of their own: that room is no help to a model that talks on says nothing of them.
   */
  private readonly trials: Readonly<Record<CutKind, Trials>>;
  private underTrial: CutKind | null = null;
  /** Whether cut answers were left of which none could be tried, now or by an earlier run. */
  untried: boolean;

  constructor(options: RoomTrialsOptions) {
    this.options = options;
    this.untried = options.untried;
    // A completion that runs on is none: without an end of turn, most do.
    const left = options.isChat ? MOST_TRIALS : 0;
    const trials = { left, isInVain: false, untried: null };
    this.trials = { silent: { ...trials }, speaking: { ...trials } };
  }

  private get noticed(): boolean {
    return this.options.isNoticed();
  }

  get isTrying(): boolean {
    return this.underTrial !== null;
  }

  /** Whether a cut answer without any mark of a thought is to be tried with room. */
  isOpenFor(cut: Output): boolean {
    return !this.noticed && this.trials[kindOf(cut)].left > 0;
  }

  /** Why none of those like this cut answer could be tried with room; null where one was, or none is to be. */
  untriedFor(cut: Output): Untried | null {
    return this.noticed ? null : this.trials[kindOf(cut)].untried;
  }

  /** A cut answer is asked for with room, to find out whether that helps. */
  try(cut: Output): void {
    this.underTrial = kindOf(cut);
  }

  /** What came of the trial. `before` is the answer that was cut. Whether it was cut again, and nothing shows that the model thinks. */
  tried(prompted: Prompted, answered: Answered, output: Output, before: Output): boolean {
    const { outcome } = scored(prompted, output);
    const isWhole = !showsNothing(output) && (outcome === 'right' || outcome === 'wrong');
    const byRoom = showsNothing(before) ? 'unsaid' : 'long';
    const isCut = outcome === 'truncated';
    const helps = isWhole || (byRoom === 'unsaid' && isCut && !showsNothing(output));
    const thinking = thinkingIn(answered) ?? (helps ? byRoom : null);
    if (thinking !== null) this.options.onThinking(thinking);
    // It talks on, or thinks for longer than this room: another one may show more.
    else if (isCut) this.triedInVain();
    else this.failed(outcome === 'wrong' ? EMPTY_WITH_ROOM : KEPT_BACK);
    return isCut && !this.noticed;
  }

  private triedInVain(): void {
    if (this.underTrial === null) return;
    const trials = this.trials[this.underTrial];
    trials.left -= 1;
    trials.isInVain = true;
    this.decide();
  }

  /** The trial showed nothing, for this reason: another one is open, unless there were enough of them. */
  failed(untried: Untried): void {
    const kind = this.underTrial;
    if (kind === null) return;
    const trials = this.trials[kind];
    this.underTrial = null;
    trials.left -= 1;
    if (trials.isInVain || this.noticed) return;
    trials.untried = untried;
    if (trials.left === 0) this.leaveUntried(untried);
  }

  /** The run ends, for this reason, and a trial with it. */
  leave(untried: Untried): void {
    if (this.isTrying && !this.noticed) this.leaveUntried(untried);
  }

  private leaveUntried(untried: Untried): void {
    this.underTrial = null;
    this.untried ||= !isSettled(untried);
    this.options.onUntried(untried);
  }

  /** What room brings is known of one, also where it could not be found out before. */
  decide(): void {
    this.underTrial = null;
    for (const trials of Object.values(this.trials)) if (trials.isInVain) trials.untried = null;
    if (this.untried) this.options.onUntried(null);
    this.untried = false;
  }
}

function showsNothing({ text }: Output): boolean {
  return (text ?? '').trim() === '';
}

function kindOf(cut: Output): CutKind {
  return showsNothing(cut) ? 'silent' : 'speaking';
}

export function scored({ task, sample, prompt }: Prompted, output: Output): ReturnType<typeof scoreOutput> {
  const { operation, family } = task;
  return scoreOutput({ operation, family, instance: sample }, prompt.expected, output, prompt.reading);
}
