/**
 * Sequences with an answer: a prompt, then a target of which every symbol is predicted from all that stands before it.
 * How they are laid out for a forward pass, so that prompts of different lengths share a group: all prompts of a group
 * end in the same column (padding on the left), the targets follow (padding on the right, where causality makes it
 * harmless), and the logits of the last `target` columns are the answer's.
 */
import { UserError } from '../../common/errors.ts';
import type { ModelConfig } from '../config/config.ts';
import { checkOffset, checkTokens, positionsOf, rowCount, tokenCount } from '../forward/layout.ts';
import type { Layout } from '../forward/layout.ts';

/** Room for `batch` sequences of up to `prompt` and `target` tokens. */
export interface AnswerGroup {
  readonly batch: number;
  readonly prompt: number;
  readonly target: number;
}

/** Token ids of one sequence. */
export interface PromptAndTarget {
  readonly prompt: readonly number[];
  readonly target: readonly number[];
}

export interface AnswerFeeds {
  /** The inputs of the forward pass, by name. */
  readonly inputs: Record<string, Int32Array>;
  /** What should be predicted at each row, [M]; 0 in padding. */
  readonly targets: Int32Array;
  /** 1 / (number of target tokens) at each row with a target, 0 in padding, [M]: their weighted sum is a mean. */
  readonly weights: Float32Array;
}

/** The layout of a forward pass over such groups: the last target token is predicted and never read. */
export function answerLayout(groups: readonly AnswerGroup[]): Layout {
  return {
    groups: groups.map(({ batch, prompt, target }) => ({
      batch,
      length: prompt + target - 1,
      rows: target,
      padded: true,
    })),
  };
}

/**
 * Arrays for a forward pass, from sequences in the order of the groups (a group that isn't filled is padding).
 * @param offsets position id of each sequence's first token; all 0 unless given
 * @throws RangeError for more or longer sequences than the groups have room for, UserError beyond the model's positions
 *   and for tokens that it has not
 */
export function answerFeeds(
  config: ModelConfig,
  groups: readonly AnswerGroup[],
  sequences: readonly PromptAndTarget[],
  offsets?: readonly number[],
): AnswerFeeds {
  const room = groups.reduce((sum, { batch }) => sum + batch, 0);
  if (sequences.length > room) throw new RangeError(`${sequences.length} sequences in groups for ${room}`);
  const layout = answerLayout(groups);
  const tokens = new Int32Array(tokenCount(layout));
  const positions = new Int32Array(tokens.length);
  const targets = new Int32Array(rowCount(layout));
  const weights = new Float32Array(targets.length);
  const inputs: Record<string, Int32Array> = { tokens };
  if (config.positionEncoding.kind !== 'none') inputs.positions = positions;
  const share = 1 / sequences.reduce((sum, { target }) => sum + target.length, 0);

  let column = 0;
  let row = 0;
  let next = 0;
  groups.forEach((group, g) => {
    const length = group.prompt + group.target - 1;
    const starts = new Int32Array(group.batch);
    for (let s = 0; s < group.batch; s++, column += length, row += group.target) {
      if (next >= sequences.length) continue;
      const { prompt, target } = sequences[next];
      const offset = offsets?.[next] ?? 0;
      next++;
      checkFits(config, group, prompt.length, target.length, offset);
      checkTokens(config, prompt);
      checkTokens(config, target);
      const start = group.prompt - prompt.length;
      starts[s] = start;
      tokens.set(prompt, column + start);
      for (let i = 0; i < target.length - 1; i++) tokens[column + group.prompt + i] = target[i];
      // Padding has no positions: the largest one says how long a sequence is (LongRoPE).
      const count = prompt.length + target.length - 1;
      for (let i = 0; i < count; i++) positions[column + start + i] = offset + i;
      targets.set(target, row);
      weights.fill(share, row, row + target.length);
    }
    inputs[`starts.${g}`] = starts;
  });
  return { inputs, targets, weights };
}

function checkFits(
  config: ModelConfig,
  group: AnswerGroup,
  prompt: number,
  target: number,
  offset: number,
): void {
  if (prompt > group.prompt || target > group.target) {
    throw new RangeError(`${prompt}+${target} tokens in a group for ${group.prompt}+${group.target}`);
  }
  checkOffset(offset);
  if (offset + prompt + target - 1 > config.positions) {
    throw new UserError(
      `a sequence of ${prompt + target - 1} tokens${offset === 0 ? '' : ` from position ${offset} on`}: ${positionsOf(config)}`,
    );
  }
}

/** Whether every token of each sequence's target was predicted, from the predictions at the rows, [M]. */
export function exactMatches(
  groups: readonly AnswerGroup[],
  sequences: readonly PromptAndTarget[],
  predicted: ArrayLike<number | bigint>,
): boolean[] {
  return answerRows(groups, sequences.length).map((row, s) =>
    sequences[s].target.every((token, i) => Number(predicted[row + i]) === token),
  );
}

/** The first row of each sequence's answer among the M rows of the layout. */
export function answerRows(groups: readonly AnswerGroup[], count: number): number[] {
  const rows: number[] = [];
  let row = 0;
  for (const { batch, target } of groups) {
    for (let s = 0; s < batch && rows.length < count; s++, row += target) rows.push(row);
  }
  return rows;
}
