/** What a model answers: whole batches of prompts at once, teacher-forced on the right answers or by itself (greedy). */
import { argMax, createSession, Graph } from '../graph/index.ts';
import type { Session, Tensor } from '../graph/index.ts';
import { answerFeeds, answerRows } from './answers.ts';
import type { AnswerGroup, PromptAndTarget } from './answers.ts';
import type { ModelConfig } from './config.ts';
import { parameters } from './parameters.ts';
import type { Weights } from './parameters.ts';
import { overPieces } from './pieces.ts';

/**
 * Answers sequences of one size with one model. A session is made for that size (about 100 ms); whoever asks about
 * many lengths makes one of these for each, and releases it.
 */
export class Answering {
  private readonly config: ModelConfig;
  private readonly group: AnswerGroup;
  private readonly session: Session;

  private constructor(config: ModelConfig, group: AnswerGroup, session: Session) {
    this.config = config;
    this.group = group;
    this.session = session;
  }

  /** @param group how many sequences at once, and the largest prompt and target among them */
  static async create(
    config: ModelConfig,
    weights: Weights,
    group: AnswerGroup,
    threads = 1,
  ): Promise<Answering> {
    const graph = new Graph();
    const shapes = new Map(parameters(config).map(({ name, shape }) => [name, shape]));
    const constant = (name: string) => graph.constant(weights.get(name)!, shapes.get(name));
    const predicted = overPieces(graph, config, constant, [group], (logits) => argMax(logits, 1));
    graph.output('predicted', predicted); // [batch · target]
    return new Answering(config, group, await createSession(graph, { threads }));
  }

  /**
   * The most probable token at each place of each target, given the prompt and the target's tokens before it. A
   * target is predicted whole exactly when greedy generation gives it: up to the first difference both read the same.
   */
  async teacherForced(sequences: readonly PromptAndTarget[]): Promise<number[][]> {
    const { inputs } = answerFeeds(this.config, [this.group], sequences);
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
   * Drafts are checked whole instead of token by token: up to its first difference from the draft, a teacher-forced
   * prediction is what generation gives, and so is the token at that place. Each pass settles at least one token more
   * of every sequence, and all of it once the draft is confirmed; good drafts make it few passes, none make it wrong.
   * @param onPass told after every pass how much of the answer is settled of which the least is, from above 0 to 1
   */
  async greedy(
    prompts: readonly (readonly number[])[],
    drafts: readonly (readonly number[])[],
    longest: number,
    end?: number,
    onPass?: (settled: number) => void,
  ): Promise<number[][]> {
    const answers: number[][] = prompts.map(() => []);
    let open = prompts.map((_, s) => s);
    const guesses = drafts.map((draft) => padded(draft, longest));
    while (open.length > 0) {
      const predictions = await this.teacherForced(
        open.map((s) => ({ prompt: prompts[s], target: guesses[s] })),
      );
      const stillOpen: number[] = [];
      let least = longest;
      open.forEach((s, i) => {
        const settled = settledLength(guesses[s], predictions[i]);
        const stop = end === undefined ? -1 : predictions[i].slice(0, settled).indexOf(end);
        if (stop >= 0) answers[s] = predictions[i].slice(0, stop);
        else if (settled === longest) answers[s] = predictions[i];
        else {
          stillOpen.push(s);
          least = Math.min(least, settled);
        }
        guesses[s] = predictions[i];
      });
      open = stillOpen;
      onPass?.(least / longest);
    }
    return answers;
  }

  release(): Promise<void> {
    return this.session.release();
  }
}

/** How many tokens of a prediction are what generation gives: those before the first difference, and that one. */
function settledLength(draft: readonly number[], prediction: readonly number[]): number {
  const difference = prediction.findIndex((token, i) => token !== draft[i]);
  return difference < 0 ? prediction.length : difference + 1;
}

function padded(draft: readonly number[], length: number): number[] {
  return Array.from({ length }, (_, i) => draft[i] ?? 0);
}
