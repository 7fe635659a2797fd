/** The batch of a step: which lengths, which instances, laid out for the model. It depends on the step's number alone. */
import { rng } from '../../common/random.ts';
import type { Rng } from '../../common/random.ts';
import { answerFeeds } from '../../model/answers/answers.ts';
import type { AnswerFeeds, PromptAndTarget } from '../../model/answers/answers.ts';
import type { ModelConfig, Tokenizer } from '../../model/index.ts';
import type { Lessons } from '../lessons/lessons.ts';
import { drawLengths, lengthGroups } from './lengths.ts';
import { divide } from './shares.ts';
import type { BatchPlan } from './shares.ts';
import type { TrainSpec } from '../spec/spec.ts';

/**
 * Groups of similar length in a batch: more waste less padding, fewer waste less time on small products, which wide
 * models have none of. (Measured at d = 64 and 256: docs/train.md.)
 */
function groupCount({ dim }: TrainSpec): number {
  return dim >= 128 ? 16 : 4;
}

/** How all batches are laid out whose longest length is `longest`. */
export function planBatch(
  spec: TrainSpec,
  lessons: Lessons,
  config: ModelConfig,
  longest: number,
): BatchPlan {
  const groups = lengthGroups(spec.batch, spec.lengths.min, longest, groupCount(spec)).map((group) => ({
    batch: group.batch,
    ...lessons.taught.size(group.longest),
  }));
  return divide(groups, config);
}

/** The instances of a step as token ids, in the order of the plan, and where each begins. */
export function batchFeeds(
  spec: TrainSpec,
  lessons: Lessons,
  config: ModelConfig,
  tokenizer: Tokenizer,
  plan: BatchPlan,
  longest: number,
  step: number,
): AnswerFeeds & { readonly tokens: number } {
  const stream = rng('train', spec.task, spec.seed, step);
  const sequences = drawLengths(spec.batch, spec.lengths.min, longest, stream).map((length) =>
    encode(tokenizer, lessons.taught.draw(length, stream, spec.taskOptions)),
  );
  const offsets = sequences.map(({ prompt, target }) =>
    isOffset(spec, stream) ? stream.below(config.positions - (prompt.length + target.length - 1) + 1) : 0,
  );
  const tokens = sequences.reduce((sum, { prompt, target }) => sum + prompt.length + target.length, 0);
  const inOrder = <T>(list: readonly T[]) => plan.order.map((place) => list[place]);
  return { ...answerFeeds(config, plan.shares.flat(), inOrder(sequences), inOrder(offsets)), tokens };
}

/** Draws only where there is a choice. */
export function isOffset({ offsets }: Pick<TrainSpec, 'offsets'>, stream: Rng): boolean {
  return offsets === true || (offsets !== false && stream.float() < offsets);
}

export function encode(
  tokenizer: Tokenizer,
  sequence: { readonly prompt: readonly string[]; readonly target: readonly string[] },
): PromptAndTarget {
  return { prompt: tokenizer.encode(sequence.prompt), target: tokenizer.encode(sequence.target) };
}
