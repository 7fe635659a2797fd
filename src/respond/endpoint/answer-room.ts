/**
 * How much room answers get. A model that the probe took for one that doesn't think may think all the same: about hard
 * questions only, or for longer than the probe waited. Its answers show it. From the first that does, every question gets
 * room for thoughts and no stop mark, and answers that the small limit has cut are asked for again. A row has the limit
 * that its output was allowed, and a whole answer is the same under any limit: the name of the respondent stays as it is.
 */
import type { Output } from '../../score/output.ts';
import { finishMeaning } from '../../score/reading/finish.ts';
import { isText } from '../../score/errors/index.ts';
import { scoreOutput } from '../../score/score.ts';
import type { Prompted } from '../respondent.ts';
import type { Answered } from './reply/read.ts';
import { thinkingIn } from './reply/thinking.ts';
import { tokenLimitOf } from './request/body.ts';
import type { RequestShape } from './request/body.ts';
import type { Thinking } from './request/capabilities.ts';

export interface AnswerRoomOptions {
  /** The shape of requests as the probe found it. */
  readonly shape: RequestShape;
  /** The same with room for thoughts; null where there is no more to give. */
  readonly roomy: RequestShape | null;
  /** What an earlier run has noticed. */
  readonly noticed: Thinking | null;
  /** Told once, when it is noticed now. */
  readonly onThinking: (thinking: Thinking) => void;
}

/** The room for thoughts is divided by this where the server takes no limit as large. */
const SMALLER = 4;

/** Less room than this is no room for thoughts. */
const LEAST_THINK_TOKENS = 128;

/** A prompt of so many times the characters of another one of its task has more tokens, where both are made of one alphabet. */
const SURELY_LONGER = 1.25;

/** With how much room a prompt is asked. */
export interface RoomAsked {
  readonly roomy: boolean;
  readonly smaller: number;
}

/** Of prompts of one task the one of more characters is the longer one in tokens, too, or nearly. */
export function promptCharacters({ prompt }: Pick<Prompted, 'prompt'>): number {
  return prompt.text.length;
}

export class AnswerRoom {
  private readonly options: AnswerRoomOptions;
  private thinking: Thinking | null;
  /**
   * A cut answer may be a thought that shows no mark of one: the first of them is asked for once with room. Others wait
   * for what comes of it.
   */
  private trial: 'open' | 'under way' | 'over';
  /** How often the room has to be made smaller for every question: the server takes no larger limit. */
  private smaller = 0;
  /** By task and room for thoughts: the size of the shortest prompt with which it did not fit the context. */
  private readonly tooLong = new Map<string, number>();
  /** Likewise: the size of the longest prompt that was answered. */
  private readonly taken = new Map<string, number>();

  constructor(options: AnswerRoomOptions) {
    this.options = options;
    this.thinking = options.noticed;
    // A completion that runs on is none: without an end of turn, most do.
    this.trial = options.shape.api === 'chat' ? 'open' : 'over';
  }

  /** Whether the model was found to think by its answers. */
  get noticed(): boolean {
    return this.thinking !== null;
  }

  get isTrying(): boolean {
    return this.trial === 'under way';
  }

  /**
   * The shape to ask in, and how often its room was made smaller; null where there is none that small, or where even the
   * smallest did not fit with a prompt that is no longer.
   */
  shapeFor(
    prompted: Prompted,
    { roomy, smaller }: RoomAsked,
  ): { readonly shape: RequestShape; readonly roomy: boolean; readonly smaller: number } | null {
    const { options } = this;
    const withRoom = (roomy || this.noticed) && options.roomy !== null;
    const base = withRoom ? options.roomy : options.shape;
    let times = base.thinkTokens === 0 ? smaller : Math.max(smaller, this.smaller);
    let shape = shapeWith(base, times);
    while (shape !== null && this.isTooLong(shape, prompted)) {
      const next = shapeWith(base, times + 1);
      if (next === null) return smaller === 0 ? { shape, roomy: withRoom, smaller: times } : null;
      [shape, times] = [next, times + 1];
    }
    return shape === null ? null : { shape, roomy: withRoom, smaller: times };
  }

  /** A prompt does not fit the context with the room that it was asked with: nor does a longer one. */
  refuseWith(prompted: Prompted, asked: RoomAsked): void {
    const name = this.nameWith(prompted, asked);
    if (name !== null)
      this.tooLong.set(name, Math.min(promptCharacters(prompted), this.tooLong.get(name) ?? Infinity));
  }

  /** A prompt was answered with the room that it was asked with. */
  take(prompted: Prompted, asked: RoomAsked): void {
    const name = this.nameWith(prompted, asked);
    if (name !== null) this.taken.set(name, Math.max(promptCharacters(prompted), this.taken.get(name) ?? 0));
  }

  /** Whether a prompt of the same task that surely has more tokens was answered with the same room: this one is not too long. */
  hasTakenLonger(prompted: Prompted, asked: RoomAsked): boolean {
    // Of texts, one of fewer characters may have more tokens: another language, or code.
    if (isText(prompted.task.name)) return false;
    const taken = this.taken.get(this.nameWith(prompted, asked) ?? '') ?? 0;
    return taken >= SURELY_LONGER * promptCharacters(prompted);
  }

  private nameWith(prompted: Prompted, { roomy, smaller }: RoomAsked): string | null {
    const shape = shapeWith((roomy ? this.options.roomy : null) ?? this.options.shape, smaller);
    return shape === null ? null : nameOf(prompted, shape);
  }

  private isTooLong(shape: RequestShape, prompted: Prompted): boolean {
    return promptCharacters(prompted) >= (this.tooLong.get(nameOf(prompted, shape)) ?? Infinity);
  }

  /** The server refuses a limit as large as that, whatever is asked. */
  refuse(smaller: number): void {
    this.smaller = Math.max(this.smaller, smaller);
  }

  /** Takes note of an answer under the small limit. Whether it was cut, and would be asked for again with room. */
  see(prompted: Prompted, answered: Answered, output: Output): boolean {
    if (this.options.roomy === null || output.tokenLimit === null) return false;
    const thinking = thinkingIn(answered);
    if (thinking === null && !isLimited(output)) return false;
    const { outcome, thoughts } = scored(prompted, output);
    if (thinking !== null && (thinking === 'counted' || thoughts !== null)) this.notice(thinking);
    return outcome === 'truncated' && this.helps(prompted, output);
  }

  /** What was stored by an earlier run, before it was noticed that the model thinks. */
  asksAgain(prompted: Prompted, output: Output): boolean {
    const { shape, roomy } = this.options;
    if (!this.noticed || roomy === null || output.error !== null) return false;
    const { prompt } = prompted;
    const small = tokenLimitOf(prompt, shape);
    if (output.tokenLimit !== small || tokenLimitOf(prompt, roomy) <= small) return false;
    return scored(prompted, output).outcome === 'truncated';
  }

  notice(thinking: Thinking): void {
    if (this.thinking !== null) return;
    this.thinking = thinking;
    this.options.onThinking(thinking);
  }

  /** Whether a cut answer without any mark of a thought is to be tried with room: the first only. */
  tries(): boolean {
    if (this.trial !== 'open' || this.noticed) return false;
    this.trial = 'under way';
    return true;
  }

  /** What came of the trial; null: no answer. `before` is the answer that was cut. */
  tried(answered: Answered | null, before: Output): void {
    this.trial = 'over';
    if (answered === null) return;
    const nothingBefore = (before.text ?? '').trim() === '';
    const something = (answered.text ?? '').trim() !== '';
    const thinking = thinkingIn(answered) ?? (nothingBefore && something ? 'unsaid' : null);
    if (thinking !== null) this.notice(thinking);
  }

  /** Where the limit can't grow, it only helps to send no stop mark, which may have ended a thought. */
  private helps({ prompt }: Prompted, output: Output): boolean {
    const { shape, roomy } = this.options;
    if (roomy === null) return false;
    return tokenLimitOf(prompt, roomy) > tokenLimitOf(prompt, shape) || !isLimited(output);
  }
}

/** The same with room for thoughts, and no stop mark that would end one; null where that changes nothing. */
export function roomyShape(
  shape: RequestShape,
  thinkTokens: number,
  limitGiven: boolean,
): RequestShape | null {
  const grows = !limitGiven && thinkTokens > shape.thinkTokens;
  if (!grows && !shape.stop) return null;
  return { ...shape, stop: false, thinkTokens: Math.max(shape.thinkTokens, thinkTokens) };
}

function nameOf({ task }: Prompted, { thinkTokens }: RequestShape): string {
  return `${thinkTokens} ${task.name}`;
}

function shapeWith(base: RequestShape, times: number): RequestShape | null {
  return times === 0 ? base : smallerShape(base, times);
}

function smallerShape(shape: RequestShape, times: number): RequestShape | null {
  const thinkTokens = Math.floor(shape.thinkTokens / SMALLER ** times);
  return thinkTokens < LEAST_THINK_TOKENS ? null : { ...shape, thinkTokens };
}

function isLimited({ finishReason, completionTokens, tokenLimit }: Output): boolean {
  if (finishMeaning(finishReason) === 'limit') return true;
  return completionTokens !== null && tokenLimit !== null && completionTokens >= tokenLimit;
}

function scored({ task, sample, prompt }: Prompted, output: Output): ReturnType<typeof scoreOutput> {
  const { operation, family } = task;
  return scoreOutput({ operation, family, instance: sample }, prompt.expected, output, prompt.reading);
}
