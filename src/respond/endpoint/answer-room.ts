/**
 * How much room answers get. A model that the probe took for one that doesn't think may think all the same: about hard
 * questions only, or for longer than the probe waited. Its answers show it. From the first that does, every question gets
 * room for thoughts and no stop mark, and answers that the small limit has cut are asked for again. A row has the limit
 * that its output was allowed, and a whole answer is the same under any limit: the name of the respondent stays as it is.
 */
import type { Output } from '../../score/output.ts';
import { finishMeaning } from '../../score/reading/finish.ts';
import type { Prompted } from '../respondent.ts';
import type { Answered } from './reply/read.ts';
import { thinkingIn } from './reply/thinking.ts';
import { tokenLimitOf } from './request/body.ts';
import type { RequestShape } from './request/body.ts';
import type { Thinking } from './request/capabilities.ts';
import { limitsIn } from './request/limits.ts';
import type { HowAsked } from './due.ts';
import type { LessRoom, Untried } from './request/room-lines.ts';
import type { Fault } from './reply/faults.ts';
import { LargestLimit } from './largest-limit.ts';
import { RefusedWithLeast } from './least-limit.ts';
import { NoMoreRoom } from './no-more-room.ts';
import type { NoMoreRoomOptions } from './no-more-room.ts';
import { capped, shapeWith } from './request/room-shapes.ts';
import { RoomTrials, scored } from './room-trials.ts';
import { StreamedAnswers } from './streamed-answers.ts';
import type { Streamed } from './streamed-answers.ts';
import { promptCharacters, TriedRoom } from './tried-room.ts';
import type { TakenBefore } from './tried-room.ts';

export interface AnswerRoomOptions extends NoMoreRoomOptions {
  /** The shape of requests as the probe found it. */
  readonly shape: RequestShape;
  /** The same with room for thoughts; null where there is no more to give. */
  readonly roomy: RequestShape | null;
  /** What an earlier run has noticed. */
  readonly noticed: Thinking | null;
  /** Whether earlier runs have left cut answers of which none could be tried with room. */
  readonly untried: boolean;
  /** Told once, when it is noticed now. */
  readonly onThinking: (thinking: Thinking) => void;
  /** Told when it can't be found out whether room helps answers that were cut; null: it was found out since. */
  readonly onUntried: (untried: Untried | null) => void;
  /** Told whenever prompts turn out to be answered with less room than was asked for, or cut answers to have no more. */
  readonly onLessRoom: (less: LessRoom) => void;
  /** Told once, when longer answers turn out to be given as a stream only. */
  readonly onStreamed: (streamed: Streamed) => void;
}

/** A limit that every server takes, unless it is found to want a larger one: the probe's. */
const SMALL_LIMIT = 6;

/** With how much room a prompt is to be asked. */
export interface RoomWanted {
  readonly roomy: boolean;
  readonly smaller: number;
  readonly limit?: HowAsked['limit'];
}

/** With how much room a prompt was asked. */
export interface RoomAsked extends RoomWanted {
  readonly mostTokens: number | null;
}

/** What was sent. */
export interface RoomSent {
  readonly tokenLimit: number | null;
  readonly thinkTokens: number;
}

export class AnswerRoom {
  private readonly options: AnswerRoomOptions;
  private thinking: Thinking | null;
  /** What trials of cut answers with room show. */
  readonly trials: RoomTrials;
  /** How often the room has to be made smaller for every question: the server takes no larger limit, and names none. */
  private smaller = 0;
  private readonly largest = new LargestLimit();
  /** The largest limit that was told of, where the server names none, and the smallest that was refused by then. */
  private toldLimit: { readonly most: number; readonly refused: number } | null = null;
  /** The room for thoughts with which prompts were answered. */
  private readonly takenThoughts = new Set<number>();
  private readonly triedRoom = new TriedRoom();
  private readonly noMoreRoom: NoMoreRoom;
  /** What had no more room when a prompt was last refused for it, and the room that was told of. */
  private why: LessRoom['why'] = 'context';
  private readonly told = new Set<number>();
  private readonly streamed: StreamedAnswers;
  private readonly refusedWithLeast = new RefusedWithLeast();

  constructor(options: AnswerRoomOptions) {
    this.options = options;
    this.thinking = options.noticed;
    this.noMoreRoom = new NoMoreRoom(options);
    this.streamed = new StreamedAnswers(options.onStreamed);
    this.trials = new RoomTrials({
      ...{ isChat: options.shape.api === 'chat', untried: options.untried, onUntried: options.onUntried },
      isNoticed: () => this.noticed,
      onThinking: (thinking) => this.notice(thinking),
    });
  }

  /** Whether the model was found to think by its answers. */
  get noticed(): boolean {
    return this.thinking !== null;
  }

  /**
   * Whether every question gets room from the first. Not where answers are long and show no thought: a model that talks on now and then would
   * be asked without stop marks for all that it says after its answers.
   */
  private get givesAll(): boolean {
    return this.thinking !== null && this.thinking !== 'long';
  }

  /**
   * The shape to ask in, and how often its room was made smaller; null where there is none that small, or where even the
   * smallest did not fit with a prompt that is no longer.
   */
  shapeFor(
    prompted: Prompted,
    { roomy, smaller, limit }: RoomWanted,
  ): (RoomAsked & { readonly shape: RequestShape }) | null {
    const { options } = this;
    const mostTokens = this.largest.mostFor(prompted);
    const withRoom = (roomy || this.givesAll) && options.roomy !== null;
    if (limit !== undefined) {
      const most = limit === 'least' ? this.leastLimit : this.largest.taken;
      const shape = capped(withRoom ? options.roomy : options.shape, most);
      return { shape, roomy: withRoom, smaller, mostTokens: most, limit };
    }
    const base = capped(withRoom ? options.roomy : options.shape, mostTokens);
    let times = base.thinkTokens === 0 ? smaller : Math.max(smaller, this.smaller);
    let shape = shapeWith(base, times);
    while (shape !== null && this.isTooLong(shape, prompted)) {
      const next = shapeWith(base, times + 1);
      if (next === null) return smaller === 0 ? { shape, roomy: withRoom, smaller: times, mostTokens } : null;
      [shape, times] = [next, times + 1];
    }
    return shape === null ? null : { shape, roomy: withRoom, smaller: times, mostTokens };
  }

  /**
   * A prompt does not fit the context, or the account's limit, with the room that it was asked with: nor does a longer one. Where it isn't
   * said what is too much, it may be the limit alone.
   */
  refuseWith(prompted: Prompted, { tokenLimit }: RoomSent, why: LessRoom['why']): void {
    this.why = why;
    this.triedRoom.refuse(prompted, tokenLimit);
  }

  /** What earlier runs have answers to is known, too, from now on. */
  recall(before: TakenBefore): void {
    this.triedRoom.recall(before);
  }

  /** A prompt was answered with the room that it was asked with. */
  take(prompted: Prompted, asked: RoomAsked & RoomSent & { readonly stream: boolean }): void {
    if (asked.tokenLimit !== null) this.largest.take(asked.tokenLimit);
    this.refusedWithLeast.answered(prompted.task.name, promptCharacters(prompted));
    if (asked.limit === 'least') return;
    if (asked.stream) this.streamed.take();
    if (asked.smaller > 0) this.tellRoom(asked.thinkTokens);
    if (asked.roomy) this.noteRoom(prompted, asked.tokenLimit);
    if (asked.thinkTokens > 0 && asked.mostTokens === null) this.takenThoughts.add(asked.thinkTokens);
    this.triedRoom.take(prompted, asked.tokenLimit);
  }

  /** Whether a prompt of the same task that surely has more tokens was answered with the same room: this one is not too long. */
  hasTakenLonger(prompted: Prompted, { tokenLimit }: RoomSent): boolean {
    return this.triedRoom.hasTakenLonger(prompted, tokenLimit);
  }

  /** Whether a prompt of the same task that is hardly shorter was answered with the same room: what refuses this one may pass. */
  hasTakenAsLong(prompted: Prompted, { tokenLimit }: Pick<RoomSent, 'tokenLimit'>): boolean {
    return this.triedRoom.hasTakenAsLong(prompted, tokenLimit);
  }

  private isTooLong(shape: RequestShape, prompted: Prompted): boolean {
    return this.triedRoom.isTooMuch(prompted, tokenLimitOf(prompted.prompt, shape));
  }

  /** Whether an answer with so many tokens is asked for as a stream. */
  isStreamed(limit: number): boolean {
    return this.options.shape.stream === true || this.streamed.isFor(limit);
  }

  /** A request was refused. Whether the same is asked for as a stream from now on, or not any more. */
  streams(fault: Fault, asked: { readonly tokenLimit: number | null; readonly stream: boolean }): boolean {
    return this.options.shape.stream !== true && this.streamed.refused(fault, asked, this.largest.taken);
  }

  /** The least limit that is asked with. */
  get leastLimit(): number {
    return Math.max(SMALL_LIMIT, this.options.shape.leastTokens);
  }

  /** Whether no answer was given with so many tokens yet. */
  private isUntaken(limit: number): boolean {
    return limit > this.largest.taken;
  }

  /** Whether so many tokens may be too many for any prompt: none was answered with as many, nor with as much room for thoughts. */
  mayBeLimitAlone({ tokenLimit, thinkTokens, mostTokens }: RoomAsked & RoomSent): boolean {
    if (tokenLimit === null || !this.isUntaken(tokenLimit)) return false;
    return mostTokens !== null || !this.takenThoughts.has(thinkTokens);
  }

  /**
   * Whether it is worth finding out if a prompt was refused for its limit, alone or together with the prompt. Not where the limit is
   * no larger than it has to be; and not for a prompt as long as several that were refused with the least limit, too.
   */
  mayBeTooMuch(prompted: Prompted, { tokenLimit, thinkTokens }: RoomAsked & RoomSent): boolean {
    if (tokenLimit === null || limitsIn(this.options.shape.extra).own !== null) return false;
    if (tokenLimit <= this.leastLimit || (thinkTokens === 0 && !this.isUntaken(tokenLimit))) return false;
    return !this.refusedWithLeast.tellsOf(prompted.task.name, promptCharacters(prompted));
  }

  /** Whether a prompt of the same task that is no longer was refused with as much room, for which it was too much. */
  isKnownTooMuch(prompted: Prompted, { tokenLimit, thinkTokens, smaller }: RoomAsked & RoomSent): boolean {
    if (thinkTokens > 0 && smaller < this.smaller) return true;
    if (tokenLimit !== null && this.isAboveMost(tokenLimit)) return true;
    return this.triedRoom.isTooMuch(prompted, tokenLimit);
  }

  /** Whether there is more room for an answer that was cut: some that no prompt of the task was refused with that is no longer. */
  hasRoomFor(prompted: Prompted, cut: Output): boolean {
    if (!this.helps(prompted, cut)) return false;
    const base = this.capped(this.most, prompted);
    let times = base.thinkTokens === 0 ? 0 : this.smaller;
    let shape = shapeWith(base, times);
    while (shape !== null && this.isTooLong(shape, prompted)) shape = shapeWith(base, ++times);
    return shape !== null;
  }

  /** A prompt was refused with the least limit: it is not the limit that is too much. */
  refuseWithLeast(prompted: Prompted): void {
    this.refusedWithLeast.add(prompted.task.name, promptCharacters(prompted));
  }

  /** The server refuses a limit as large as that, whatever is asked, and names none that it takes. */
  refuse(smaller: number): void {
    this.why = 'limit';
    this.smaller = Math.max(this.smaller, smaller);
  }

  /**
   * The server has refused `limit` tokens, and has named these numbers: the largest below it is what it takes. Whether there is one, and it is
   * ours to say.
   */
  cap(limit: number, named: readonly number[]): boolean {
    const { shape, onLessRoom } = this.options;
    const most = Math.max(...named.filter((number) => number < limit));
    if (most < shape.leastTokens || limitsIn(shape.extra).own !== null) return false;
    if (this.largest.name(most))
      onLessRoom({ why: 'limit', mostTokens: most, thinkTokens: this.most.thinkTokens });
    return true;
  }

  /** Whether a prompt, answered with fewer tokens, may be answered with as many as another one was. */
  mayTakeMore(prompted: Prompted, answeredWith: number): boolean {
    const { taken } = this.largest;
    return answeredWith < taken && !this.triedRoom.isTooMuch(prompted, taken);
  }

  /** Whether no prompt was answered with more tokens. */
  isMostTaken(answeredWith: number): boolean {
    return answeredWith >= this.largest.taken;
  }

  /**
   * A limit was refused, for itself where the prompt is answered with as many tokens as any other was. With room for thoughts it is so large
   * that nobody else is to be refused for it first.
   */
  refuseLimit(prompted: Prompted, limit: number, { thinkTokens }: Pick<RoomSent, 'thinkTokens'>): void {
    this.largest.refuse(limit, thinkTokens === 0 ? prompted : null);
  }

  /** Whether the server is known to take no limit as large. */
  isAboveMost(limit: number): boolean {
    return limit > (this.largest.most ?? Infinity);
  }

  /**
   * Whether an answer was cut by the largest limit that is asked with at present, though a larger one may be taken. A wrong one may have been,
   * too, where its tokens are not counted: whatever such a server says of its end.
   */
  raisesLimit(prompted: Prompted, { tokenLimit, mostTokens }: RoomAsked & RoomSent, output: Output): boolean {
    if (tokenLimit === null || tokenLimit !== mostTokens) return false;
    return mayBeCut(prompted, output) && this.raises(tokenLimit);
  }

  /** Whether there is a larger limit to ask with. */
  raises(limit: number): boolean {
    return this.largest.raise(limit);
  }

  /** Whether the limit that is asked with was not taken yet. */
  get seeksLimit(): boolean {
    return this.isUntaken(this.largest.most ?? 0);
  }

  /**
   * An answer is kept that was given with so many tokens. Where the server has refused more and names no limit, it is told: once that is sure,
   * or has cut the answer.
   */
  tellLimit(prompted: Prompted, { tokenLimit, mostTokens }: RoomAsked & RoomSent, output: Output): void {
    const { most, refused, isNamed, isSure } = this.largest;
    if (isNamed || most === null || tokenLimit !== most || mostTokens !== most) return;
    if (!isSure && !mayBeCut(prompted, output)) return;
    if (most === this.toldLimit?.most && refused === this.toldLimit.refused) return;
    this.toldLimit = { most, refused };
    this.options.onLessRoom({ why: 'limit', mostTokens: most, refused, thinkTokens: this.most.thinkTokens });
  }

  /** Some prompts have room for so many tokens of thoughts only. */
  private tellRoom(thinkTokens: number): void {
    if (this.told.has(thinkTokens)) return;
    this.told.add(thinkTokens);
    this.options.onLessRoom({ why: this.why, mostTokens: null, thinkTokens });
  }

  /** An answer stays cut since the context has no more room for it. */
  leaveCut(): void {
    this.why = 'context';
    this.tellRoom(0);
  }

  /** There is no more room for a prompt than it had, nor for one that is longer: asked again, what was cut is cut again. */
  hasNoMore(prompted: Prompted): void {
    this.noMoreRoom.add(prompted);
  }

  /** A prompt was answered with all the room that there is for it: with more than without thoughts, or with no more. */
  private noteRoom(prompted: Prompted, tokenLimit: number | null): void {
    const { prompt } = prompted;
    const small = tokenLimitOf(prompt, this.options.shape);
    if (tokenLimit === null || tokenLimit > small || tokenLimitOf(prompt, this.most) <= small)
      this.noMoreRoom.hadRoom(prompted);
    else this.hasNoMore(prompted);
  }

  /** Takes note of an answer under the small limit. Whether it was cut, and would be asked for again with room. */
  see(prompted: Prompted, answered: Answered, output: Output): boolean {
    if (this.options.roomy === null || output.tokenLimit === null) return false;
    const thinking = thinkingIn(answered);
    if (thinking === null && !isLimited(output)) return false;
    const { outcome, thoughts } = scored(prompted, output);
    if (thinking !== null && (thinking === 'counted' || thoughts !== null)) this.notice(thinking);
    if (outcome !== 'truncated') return false;
    if (this.helps(prompted, output)) return true;
    this.hasNoMore(prompted);
    return false;
  }

  /** What was stored by an earlier run, before it was noticed that the model thinks, or could be tried whether it does. */
  asksAgain(prompted: Prompted, output: Output): boolean {
    const { shape, roomy } = this.options;
    if (!(this.noticed || this.trials.untried) || roomy === null || output.error !== null) return false;
    const { prompt } = prompted;
    if (this.noMoreRoom.isKnownFor(prompted)) return false;
    const small = tokenLimitOf(prompt, shape);
    if (output.tokenLimit !== small || tokenLimitOf(prompt, roomy) <= small) return false;
    return scored(prompted, output).outcome === 'truncated';
  }

  notice(thinking: Thinking): void {
    if (this.givesAll || this.thinking === thinking) return;
    this.thinking = thinking;
    this.trials.decide();
    this.options.onThinking(thinking);
  }

  /** With all the room that there is. */
  private get most(): RequestShape {
    return this.options.roomy ?? this.options.shape;
  }

  private capped(shape: RequestShape, prompted: Prompted): RequestShape {
    return capped(shape, this.largest.mostFor(prompted));
  }

  /** Where the limit can't grow, it only helps to send no stop mark, which may have ended a thought. */
  private helps(prompted: Prompted, output: Output): boolean {
    const { shape, roomy } = this.options;
    if (roomy === null) return false;
    const limitIn = (one: RequestShape): number => tokenLimitOf(prompted.prompt, this.capped(one, prompted));
    const grows = limitIn(roomy) > limitIn(shape);
    return grows || !isLimited(output);
  }
}

/** Whether the limit may have cut an answer. */
function mayBeCut(prompted: Prompted, output: Output): boolean {
  const { outcome } = scored(prompted, output);
  return isLimited(output)
    ? outcome === 'truncated'
    : output.completionTokens === null && outcome === 'wrong';
}

function isLimited({ finishReason, completionTokens, tokenLimit }: Output): boolean {
  if (finishMeaning(finishReason) === 'limit') return true;
  return completionTokens !== null && tokenLimit !== null && completionTokens >= tokenLimit;
}
