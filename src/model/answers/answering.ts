/** What a model answers: whole batches of prompts at once, teacher-forced on the right answers or by itself (greedy). */
import { argMax, createSession, Graph } from '../../graph/index.ts';
import type { Computing, Session, Tensor, Value } from '../../graph/index.ts';
import { answerFeeds, answerRows } from './answers.ts';
import type { AnswerGroup, PromptAndTarget } from './answers.ts';
import { ropeBorder } from '../config/config.ts';
import type { ModelConfig } from '../config/config.ts';
import { Continuation } from './continuation.ts';
import type { Beginning } from './continuation.ts';
import { constants } from '../forward/parameters.ts';
import type { Weights } from '../forward/parameters.ts';
import { overPieces } from '../forward/pieces.ts';

/** Told how greedy answers are coming along. */
export interface GreedyWatch {
  /** All drafts were read, in one pass. */
  readonly checked?: () => void;
  /** Of the answers that the drafts have not settled, such a share is read by now, from above 0 to 1. */
  readonly generated?: (share: number) => void;
}

/**
 * Answers sequences of one size with one model. A session is made for that size (about 100 ms); whoever asks about
 * many lengths makes one of these for each, and releases it.
 */
export class Answering {
  private readonly config: ModelConfig;
  private readonly weights: Weights;
  private readonly group: AnswerGroup;
  private readonly computing: Computing;
  private readonly session: Session;
  /** Made when something has to be generated. */
  private continuation: Continuation | undefined;

  private constructor(
    config: ModelConfig,
    weights: Weights,
    group: AnswerGroup,
    computing: Computing,
    session: Session,
  ) {
    this.config = config;
    this.weights = weights;
    this.group = group;
    this.computing = computing;
    this.session = session;
  }

  /** @param group how many sequences at once, and the largest prompt and target among them */
  static async create(
    config: ModelConfig,
    weights: Weights,
    group: AnswerGroup,
    computing: Computing = {},
  ): Promise<Answering> {
    const graph = new Graph();
    const parameters = constants(graph, config, weights);
    const mostProbable = (logits: Value) => argMax(logits, 1);
    const predicted = overPieces(
      graph,
      config,
      parameters,
      [group],
      mostProbable,
      group.prompt + group.target,
    );
    graph.output('predicted', predicted); // [batch · target]
    return new Answering(config, weights, group, computing, await createSession(graph, computing));
  }

  /**
   * The most probable token at each place of each target, given the prompt and the target's tokens before it. A
   * target is predicted whole exactly when greedy generation gives it: up to the first difference both read the same.
   * @param offsets position id of each sequence's first token; all 0 unless given
   */
  async teacherForced(
    sequences: readonly PromptAndTarget[],
    offsets?: readonly number[],
  ): Promise<number[][]> {
    const { inputs } = answerFeeds(this.config, [this.group], sequences, offsets);
    const feeds: Record<string, Tensor> = {};
    for (const [name, data] of Object.entries(inputs))
      feeds[name] = { dtype: 'int32', shape: [data.length], data };
    const { predicted } = await this.session.run(feeds);
    return answerRows([this.group], sequences.length).map((row, s) =>
      Array.from({ length: sequences[s].target.length }, (_, i) => Number(predicted.data[row + i])),
    );
  }

  /**
   * Greedy answers: after each prompt the most probable token again and again, until `end` or `longest` tokens (at
   * most the group's `target`). `end` is not part of the answer.
   *
   * Drafts are checked whole, in one pass: up to its first difference from the draft, a teacher-forced prediction is what
   * generation gives, and so is the token at that place. From there on answers are generated. Good drafts make it quick,
   * none make it wrong.
   * @param offsets position id of each prompt's first token; all 0 unless given
   */
  async greedy(
    prompts: readonly (readonly number[])[],
    drafts: readonly (readonly number[])[],
    longest: number,
    end?: number,
    watch: GreedyWatch = {},
    offsets?: readonly number[],
  ): Promise<number[][]> {
    const targets = drafts.map((draft) => padded(draft, longest));
    const predictions = await this.teacherForced(
      prompts.map((prompt, s) => ({ prompt, target: targets[s] })),
      offsets,
    );
    watch.checked?.();
    const answers = predictions.map((prediction, s) => {
      const settled = prediction.slice(0, this.settledLength(prompts[s].length, targets[s], prediction));
      const stop = end === undefined ? -1 : settled.indexOf(end);
      return {
        tokens: stop >= 0 ? settled.slice(0, stop) : settled,
        isWhole: stop >= 0 || settled.length === longest,
      };
    });
    const open = answers.flatMap(({ isWhole }, s) => (isWhole ? [] : [s]));
    const generated = await this.generated(
      open.map((s) => ({
        prompt: prompts[s],
        answer: answers[s].tokens,
        guess: predictions[s],
        offset: offsets?.[s] ?? 0,
      })),
      longest,
      end,
      watch,
    );
    const whole = answers.map(({ tokens }) => tokens);
    open.forEach((s, i) => (whole[s] = generated[i]));
    return whole;
  }

  /**
   * How many tokens of a prediction are what generation gives: those before the first difference, and that one. None
   * where the draft was long and what stands before the answer is short, which turns otherwise (LongRoPE).
   */
  private settledLength(prompt: number, draft: readonly number[], prediction: readonly number[]): number {
    const border = ropeBorder(this.config);
    if (prompt <= border && prompt + draft.length - 1 > border) return 0;
    const difference = prediction.findIndex((token, i) => token !== draft[i]);
    return difference < 0 ? prediction.length : difference + 1;
  }

  private async generated(
    beginnings: readonly Beginning[],
    longest: number,
    end: number | undefined,
    { generated }: GreedyWatch,
  ): Promise<number[][]> {
    if (beginnings.length === 0) return [];
    const { batch, prompt, target } = this.group;
    this.continuation ??= await Continuation.create(
      this.config,
      this.weights,
      { batch, length: prompt + target },
      this.computing,
    );
    return this.continuation.generate(beginnings, longest, end, generated);
  }

  async release(): Promise<void> {
    await this.session.release();
    await this.continuation?.release();
  }
}

function padded(draft: readonly number[], length: number): number[] {
  return Array.from({ length }, (_, i) => draft[i] ?? 0);
}
