/** Why answers were cut off, as their rows show it: by the limit that was asked for, by the server before that, or by the model itself. */
import type { AnswerScore } from '../../score/tables/answer-score.ts';
import type { Output } from '../../score/output.ts';
import { finishMeaning } from '../../score/reading/finish.ts';

/** Numbers of answers that count as cut off, by what cut them. */
export interface CutCauses {
  /** The limit that was asked for, or it can't be told. */
  readonly limit: number;
  /** The server, with fewer tokens than were asked for: always as many, of the answer or with its prompt. */
  readonly server: {
    readonly count: number;
    readonly at: number;
    readonly withPrompt: boolean;
    readonly asked: number;
  } | null;
  /** The model ended them by itself, without an answer. */
  readonly ended: number;
  /** The server cut the prompt. */
  readonly prompt: number;
  /** Nothing was generated: all of these prompts, the shortest of so many tokens, are longer than those that were answered. */
  readonly noRoom: { readonly count: number; readonly from: number } | null;
}

/** Fewer of them may have as many tokens by chance. */
const FEW = 2;

/** Servers differ by one in what they count. */
const NEARLY = 1;

/** The smallest and the largest of some numbers. */
class Range {
  least = Infinity;
  most = -Infinity;

  add(number: number): void {
    this.least = Math.min(this.least, number);
    this.most = Math.max(this.most, number);
  }

  get isOne(): boolean {
    return this.most - this.least <= NEARLY;
  }
}

export class CutAnswers {
  private limit = 0;
  private ended = 0;
  private prompt = 0;
  /** Those that say that a limit cut them, with fewer tokens than were asked for. */
  private readonly short = { count: 0, tokens: new Range(), whole: new Range(), asked: 0 };
  /** Those without a token, by the tokens of their prompts. */
  private readonly empty = { count: 0, prompts: new Range() };
  /** The most tokens of any output. */
  private longest = 0;
  /** The most tokens of any prompt behind which something was generated. */
  private longestPrompt = -Infinity;

  add(output: Output, { outcome, promptCut }: Pick<AnswerScore, 'outcome' | 'promptCut'>): void {
    const { promptTokens, completionTokens, tokenLimit, finishReason } = output;
    this.longest = Math.max(this.longest, completionTokens ?? 0);
    if ((completionTokens ?? 0) > 0) this.longestPrompt = Math.max(this.longestPrompt, promptTokens ?? 0);
    if (outcome !== 'truncated') return;
    const meaning = finishMeaning(finishReason);
    const isBelow = completionTokens !== null && tokenLimit !== null && completionTokens < tokenLimit;
    if (promptCut === true) this.prompt += 1;
    else if (meaning === 'limit' && isBelow && completionTokens > 0) {
      this.short.count += 1;
      this.short.tokens.add(completionTokens);
      this.short.whole.add(promptTokens === null ? NaN : promptTokens + completionTokens);
      this.short.asked = Math.max(this.short.asked, tokenLimit);
    } else if (meaning !== 'limit' && (isBelow || (meaning === 'ended' && completionTokens === null)))
      this.ended += 1;
    else if (meaning === 'limit' && completionTokens === 0) {
      this.empty.count += 1;
      this.empty.prompts.add(promptTokens ?? NaN);
    } else this.limit += 1;
  }

  /** Servers that don't count hidden thoughts say fewer tokens, too: only where they are always as many is it a limit of theirs. */
  get causes(): CutCauses {
    const { ended, prompt, longest, noRoom } = this;
    const limit = this.limit + (noRoom === null ? this.empty.count : 0);
    const { count, tokens, whole, asked } = this.short;
    const isCap = tokens.isOne && tokens.most >= longest;
    if (count < FEW || !(isCap || whole.isOne))
      return { limit: limit + count, server: null, ended, prompt, noRoom };
    const at = isCap ? tokens.most : whole.most;
    return { limit, server: { count, at, withPrompt: !isCap, asked }, ended, prompt, noRoom };
  }

  /** Hidden thoughts may be counted as no token, too: only where all shorter prompts were answered is it the context. */
  private get noRoom(): CutCauses['noRoom'] {
    const { count, prompts } = this.empty;
    const isFull = Number.isFinite(this.longestPrompt) && prompts.least > this.longestPrompt;
    return count > 0 && isFull ? { count, from: prompts.least } : null;
  }
}
