/**
 * Which sequences a forward pass takes, and which logits it brings out.
 *
 * A graph's shapes are static, and what has no bearing on the result should not be computed; so a pass takes groups of
 * sequences of one length each. All their tokens stand in one row of N = Σ batch·length (group after group, sequence
 * after sequence, position after position), on which everything but attention runs at once; attention runs group by
 * group. Of each sequence only the last `rows` positions are wanted: M = Σ batch·rows logits come out, and the last
 * layer has queries, MLP and norms for those alone.
 */
import { UserError } from '../../common/errors.ts';
import type { Graph, Tensor, Value } from '../../graph/index.ts';
import type { ModelConfig } from '../config/config.ts';

/** Sequences of one length. */
export interface Group {
  /** Number of sequences. */
  readonly batch: number;
  /** Tokens of each, padding included. */
  readonly length: number;
  /** How many positions of each, counted from the end, have logits: 1 for one answer, `length` for all. */
  readonly rows: number;
  /**
   * Whether sequences may be shorter than `length` and stand at its right end: an input then says where each one
   * starts, and keys before that are masked. (Padding on the right needs nothing: no position looks ahead.)
   */
  readonly padded?: boolean;
  /**
   * Of each sequence, the last count·length tokens are `count` continuations of what stands before them, which don't see each
   * other: several questions about one context, at the price of one. Their positions all go on from the same place.
   */
  readonly branches?: Branches;
  /** How many tokens stand before each sequence that another pass has read: positions count on from there. 0 unless given. */
  readonly past?: number;
}

/** Continuations of one beginning: how many, and how many tokens each has. */
export interface Branches {
  readonly count: number;
  readonly length: number;
}

/** The groups of a pass, in the order in which their tokens stand. */
export interface Layout {
  readonly groups: readonly Group[];
  /** Position ids stay below it: RoPE's angles are computed so far. The model's positions unless given. */
  readonly reach?: number;
}

/** N: the number of tokens that go in. */
export function tokenCount(layout: Layout): number {
  return layout.groups.reduce((sum, { batch, length }) => sum + batch * length, 0);
}

/** M: the number of positions with logits that come out. */
export function rowCount(layout: Layout): number {
  return layout.groups.reduce((sum, { batch, rows }) => sum + batch * rows, 0);
}

/** What a forward pass is fed. Integers are int32. */
export interface ForwardInputs {
  /** [N]. */
  readonly tokens: Value;
  /** Position ids, [N]; absent for a model without positions (NoPE). */
  readonly positions?: Value;
  /** For each padded group, the index of each sequence's first token, [batch], from 0 to length - 1. */
  readonly starts: readonly (Value | undefined)[];
}

const startsOf = (group: number) => `starts.${group}`;

/** Declares the inputs `tokens`, `positions` (unless NoPE) and `starts.G` for each padded group G. */
export function forwardInputs(graph: Graph, config: ModelConfig, layout: Layout): ForwardInputs {
  checkLayout(config, layout);
  const count = tokenCount(layout);
  const tokens = graph.input('tokens', [count], 'int32');
  const starts = layout.groups.map(({ batch, padded }, g) =>
    padded === true ? graph.input(startsOf(g), [batch], 'int32') : undefined,
  );
  if (config.positionEncoding.kind === 'none') return { tokens, starts };
  return { tokens, positions: graph.input('positions', [count], 'int32'), starts };
}

/** Sequences of one group; at most `batch` of them, each at most `length` tokens long. */
export interface GroupSequences {
  readonly sequences: readonly (readonly number[])[];
  /** Position id of each sequence's first token; 0 unless given. */
  readonly offsets?: readonly number[];
}

/**
 * The feeds for the inputs that `forwardInputs` declares. A sequence shorter than its group's length is padded with
 * token 0: on the left where the group is padded, else on the right. Sequences that lack are padding throughout.
 * @throws UserError for a sequence that is too long for its group or for the model's positions
 */
export function arrange(
  config: ModelConfig,
  layout: Layout,
  groups: readonly GroupSequences[],
): Record<string, Tensor> {
  const count = tokenCount(layout);
  const tokens = new Int32Array(count);
  const positions = new Int32Array(count);
  const feeds: Record<string, Tensor> = { tokens: int32(tokens) };
  if (config.positionEncoding.kind !== 'none') feeds.positions = int32(positions);
  let at = 0; // where the group begins in the row of tokens
  layout.groups.forEach((group, g) => {
    const { sequences, offsets } = groups[g];
    if (sequences.length > group.batch) {
      throw new UserError(`${sequences.length} sequences for a group of ${group.batch}`);
    }
    const starts = new Int32Array(group.batch);
    sequences.forEach((sequence, s) => {
      const offset = (offsets?.[s] ?? 0) + (group.past ?? 0);
      checkSequence(config, group, sequence, offset);
      starts[s] = group.padded === true ? group.length - Math.max(1, sequence.length) : 0;
      const first = at + s * group.length + starts[s];
      tokens.set(sequence, first);
      for (let i = 0; i < sequence.length; i++) positions[first + i] = offset + i;
    });
    if (group.padded === true) feeds[startsOf(g)] = int32(starts);
    at += group.batch * group.length;
  });
  return feeds;
}

function int32(data: Int32Array): Tensor {
  return { dtype: 'int32', shape: [data.length], data };
}

function checkSequence(config: ModelConfig, group: Group, sequence: readonly number[], offset: number): void {
  if (sequence.length > group.length) {
    throw new UserError(`a sequence of ${sequence.length} tokens in a group of length ${group.length}`);
  }
  checkOffset(offset);
  if (offset + sequence.length > config.positions) {
    const from = offset === 0 ? '' : ` from position ${offset} on`;
    throw new UserError(`a sequence of ${sequence.length} tokens${from}: ${positionsOf(config)}`);
  }
  checkTokens(config, sequence);
}

/** How many positions a model has, for errors; and why not more, where more could be thought. */
export function positionsOf({ positions, positionEncoding }: ModelConfig): string {
  const isDynamic = positionEncoding.kind === 'rope' && positionEncoding.scaling?.kind === 'dynamic';
  return `the model has ${positions} positions${isDynamic ? ' (beyond them its dynamic RoPE is not supported)' : ''}`;
}

/** @throws UserError for an id that the model has no embedding for */
export function checkTokens({ vocabulary }: ModelConfig, tokens: readonly number[]): void {
  const stranger = tokens.find((token) => !Number.isInteger(token) || token < 0 || token >= vocabulary);
  if (stranger !== undefined)
    throw new UserError(`token ${stranger}: the model has tokens 0 to ${vocabulary - 1}`);
}

/** @throws UserError for something else than the position id of a first token */
export function checkOffset(offset: number): void {
  if (!Number.isInteger(offset) || offset < 0)
    throw new UserError(`an offset of ${offset}: a whole number from 0 on was expected`);
}

function checkLayout(config: ModelConfig, { groups }: Layout): void {
  if (groups.length === 0) throw new UserError('a layout without groups: there is nothing to compute');
  for (const { batch, length, rows, past = 0, branches } of groups) {
    if (![batch, length, rows].every((count) => Number.isInteger(count) && count >= 1) || rows > length) {
      throw new UserError(
        `a group of ${batch} sequences of length ${length} with logits at the last ${rows}: whole numbers from 1 on were expected, and no more logits than positions`,
      );
    }
    if (branches !== undefined && !(branches.count * branches.length < length)) {
      throw new UserError(
        `${branches.count} continuations of ${branches.length} tokens in sequences of ${length}: they need a beginning`,
      );
    }
    const reached = branches === undefined ? length : length - (branches.count - 1) * branches.length;
    if (past + reached > config.positions) {
      throw new UserError(`sequences of length ${past + reached}: ${positionsOf(config)}`);
    }
  }
}
