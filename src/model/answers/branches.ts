/**
 * Several questions about one context, each with its answer, read in one pass: the context once, each question and answer as a
 * branch that sees the context and itself. Every logit is what a pass over context, question and answer alone would give.
 *
 * Of a group, all contexts end in the same column (padding on the left); each branch has the same room, is padded on the right,
 * where causality makes it harmless, and has logits in all its columns.
 */
import { UserError } from '../../common/errors.ts';
import { ropeBorder } from '../config/config.ts';
import type { ModelConfig } from '../config/config.ts';
import { checkOffset, checkTokens, positionsOf, rowCount, tokenCount } from '../forward/layout.ts';
import type { Layout } from '../forward/layout.ts';
import type { AnswerFeeds, PromptAndTarget } from './answers.ts';

/** Questions about one context, in tokens. */
export interface BranchedSequence {
  /** At least one token. */
  readonly trunk: readonly number[];
  /** Each of at least one token of the prompt, behind the trunk, and one of the target. */
  readonly branches: readonly PromptAndTarget[];
}

/** Room for `batch` sequences of up to `trunk` tokens and `count` branches of up to `length`. */
export interface BranchedGroup {
  readonly batch: number;
  readonly trunk: number;
  readonly count: number;
  /** Tokens of a branch: its prompt and its target without the last, which is predicted and never read. */
  readonly length: number;
}

/** Tokens that a branch takes. */
export function branchLength({ prompt, target }: PromptAndTarget): number {
  return prompt.length + target.length - 1;
}

/**
 * Prompts that begin alike as one sequence: what they have in common is the trunk, but for the last token of the shortest.
 * @throws RangeError for a prompt of fewer than two tokens, or none that they have in common
 */
export function branched(questions: readonly PromptAndTarget[]): BranchedSequence {
  const [first, ...others] = questions.map(({ prompt }) => prompt);
  let common = Math.min(...questions.map(({ prompt }) => prompt.length)) - 1;
  for (const other of others) {
    const difference = other.findIndex((token, i) => token !== first[i]);
    if (difference >= 0) common = Math.min(common, difference);
  }
  if (common < 1) throw new RangeError('prompts that have no beginning in common');
  return {
    trunk: first.slice(0, common),
    branches: questions.map(({ prompt, target }) => ({ prompt: prompt.slice(common), target })),
  };
}

export function branchedLayout(groups: readonly BranchedGroup[]): Layout {
  return {
    groups: groups.map(({ batch, trunk, count, length }) => ({
      batch,
      length: trunk + count * length,
      rows: count * length,
      padded: true,
      branches: { count, length },
    })),
  };
}

/**
 * Arrays for a forward pass, from sequences in the order of the groups (a group that isn't filled is padding).
 * @param offsets position id of each sequence's first token; all 0 unless given
 * @throws RangeError for more or longer sequences than the groups have room for, and where nothing is to be predicted;
 *   UserError beyond the model's positions, for tokens that it has not, and for branches that turn otherwise (LongRoPE)
 */
export function branchedFeeds(
  config: ModelConfig,
  groups: readonly BranchedGroup[],
  sequences: readonly BranchedSequence[],
  offsets?: readonly number[],
): AnswerFeeds {
  const layout = branchedLayout(groups);
  const tokens = new Int32Array(tokenCount(layout));
  const positions = new Int32Array(tokens.length);
  const targets = new Int32Array(rowCount(layout));
  const weights = new Float32Array(targets.length);
  const inputs: Record<string, Int32Array> = { tokens };
  if (config.positionEncoding.kind !== 'none') inputs.positions = positions;
  const predicted = sequences.flatMap(({ branches }) => branches.map(({ target }) => target.length));
  const share = 1 / predicted.reduce((sum, length) => sum + length, 0);
  if (!Number.isFinite(share)) throw new RangeError('sequences without targets: there is nothing to predict');

  const places = placesOf(groups);
  if (sequences.length > places.length)
    throw new RangeError(`${sequences.length} sequences in groups for ${places.length}`);
  groups.forEach(({ batch }, g) => (inputs[`starts.${g}`] = new Int32Array(batch)));
  for (const [s, sequence] of sequences.entries()) {
    const { group, g, within, column, row } = places[s];
    const offset = offsets?.[s] ?? 0;
    const { trunk, branches } = sequence;
    checkFits(config, group, sequence, offset);
    const start = group.trunk - trunk.length;
    inputs[`starts.${g}`][within] = start;
    tokens.set(trunk, column + start);
    for (let i = 0; i < trunk.length; i++) positions[column + start + i] = offset + i;
    for (const [b, { prompt, target }] of branches.entries()) {
      const at = column + group.trunk + b * group.length;
      const read = [...prompt, ...target.slice(0, -1)];
      tokens.set(read, at);
      for (let i = 0; i < read.length; i++) positions[at + i] = offset + trunk.length + i;
      const first = row + b * group.length + prompt.length - 1;
      targets.set(target, first);
      weights.fill(share, first, first + target.length);
    }
  }
  return { inputs, targets, weights };
}

/** Whether every token of each branch's target was predicted, from the predictions at the rows, [M]. */
export function branchedMatches(
  groups: readonly BranchedGroup[],
  sequences: readonly BranchedSequence[],
  predicted: ArrayLike<number | bigint>,
): boolean[][] {
  const places = placesOf(groups);
  return sequences.map(({ branches }, s) => {
    const { group, row } = places[s];
    return branches.map(({ prompt, target }, b) => {
      const first = row + b * group.length + prompt.length - 1;
      return target.every((token, i) => Number(predicted[first + i]) === token);
    });
  });
}

/** Where a sequence stands: its group, its number there, and its first column and row. */
interface Place {
  readonly group: BranchedGroup;
  readonly g: number;
  readonly within: number;
  readonly column: number;
  readonly row: number;
}

function placesOf(groups: readonly BranchedGroup[]): Place[] {
  let [column, row] = [0, 0];
  return groups.flatMap((group, g) =>
    Array.from({ length: group.batch }, (_, within) => {
      const place = { group, g, within, column, row };
      column += group.trunk + group.count * group.length;
      row += group.count * group.length;
      return place;
    }),
  );
}

function checkFits(
  config: ModelConfig,
  group: BranchedGroup,
  { trunk, branches }: BranchedSequence,
  offset: number,
): void {
  const longest = Math.max(0, ...branches.map(branchLength));
  if (trunk.length < 1 || branches.some(({ prompt, target }) => prompt.length < 1 || target.length < 1))
    throw new RangeError('a context, a question or an answer without tokens');
  if (trunk.length > group.trunk || branches.length > group.count || longest > group.length) {
    throw new RangeError(
      `${trunk.length} tokens and ${branches.length} branches of up to ${longest} in a group for ${group.trunk} and ${group.count} of ${group.length}`,
    );
  }
  checkOffset(offset);
  if (offset + trunk.length + longest > config.positions) {
    throw new UserError(
      `a sequence of ${trunk.length + longest} tokens${offset === 0 ? '' : ` from position ${offset} on`}: ${positionsOf(config)}`,
    );
  }
  const border = ropeBorder(config);
  const isLong = branches.map((branch) => offset + trunk.length + branchLength(branch) > border);
  if (isLong.includes(true) && isLong.includes(false)) {
    throw new UserError(
      `questions about one context of up to ${border} tokens and of more, from which on this model turns all its positions otherwise (LongRoPE): ask one question a context`,
    );
  }
  checkTokens(config, trunk);
  for (const { prompt, target } of branches) checkTokens(config, [...prompt, ...target]);
}
