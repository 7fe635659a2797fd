/** A model that answers: weights, and sessions that share them. Runs one at a time; in Node a run blocks the event loop while it computes. */
import { UserError } from '../../common/errors.ts';
import type { Tensor } from '../../graph/index.ts';
import { ropeBorder } from '../config/config.ts';
import type { ModelConfig } from '../config/config.ts';
import { capturedOf, checkChanges, interventionFeeds, planOf } from '../sites/interventions.ts';
import type { Plan } from '../sites/interventions.ts';
import { arrange, checkOffset, checkTokens, positionsOf } from '../forward/layout.ts';
import type { Group, GroupSequences } from '../forward/layout.ts';
import { checkWeights, weightFeeds } from '../forward/parameters.ts';
import type { Weights } from '../forward/parameters.ts';
import { sites } from '../sites/sites.ts';
import type { Site } from '../sites/sites.ts';
import { ovGraph, ovName } from './ov-graph.ts';
import { derivativeName, keptName, passGraph, scoresGraph } from './pass-graph.ts';
import type { PassKind, Reading } from './pass-graph.ts';
import { prefixFeeds, prefixLength } from './prefix.ts';
import type { KeysValues, Prefix } from './prefix.ts';
import type {
  DerivativeOptions,
  DerivativeResult,
  LocalModelOptions,
  RunOptions,
  RunResult,
  ScoreOptions,
  ScoreResult,
} from './runs.ts';
import { Sessions } from './sessions.ts';

/** Logits computed at once where not all of them come out: 2^23 are 32 MiB. */
const LOGITS_AT_ONCE = 2 ** 23;
/** Matrix products over fewer rows lose more than memory is worth. */
const LEAST_ROWS = 16;

/** Generation pads to multiples of this, so that one session serves several lengths. */
const GENERATION_STEP = 16;

const noPlan: Plan = { capture: [], edits: [], edges: [] };

/** A model that runs here: logits, greedy answers, and runs whose sites are captured or edited. Runs block (docs/graph.md). */
export class LocalModel {
  readonly config: ModelConfig;
  /** Fed on the processor, where sessions share them; elsewhere they are not copied there with every run. */
  private readonly weights: Readonly<Record<string, Tensor>>;
  private readonly sessions: Sessions;
  private readonly offset: number;

  /** How many tokens a sequence may have. */
  get room(): number {
    return this.config.positions - this.offset;
  }

  /** @throws UserError for weights that are not the configuration's, and for an offset where positions are not learned */
  constructor(model: { config: ModelConfig; weights: Weights }, options: LocalModelOptions = {}) {
    checkWeights(model.config, model.weights);
    this.config = model.config;
    const { threads = 1, sessions = 8, device = 'cpu', offset = 0 } = options;
    checkOffset(offset);
    if (offset > 0 && model.config.positionEncoding.kind !== 'learned')
      throw new UserError(
        `an offset of ${offset}: sequences begin elsewhere than at 0 only where positions are learned (this model: ${model.config.positionEncoding.kind})`,
      );
    this.offset = offset;
    const weights = weightFeeds(model.config, model.weights);
    this.weights = device === 'cpu' ? weights : {};
    const fixed = device === 'cpu' ? {} : weights;
    this.sessions = new Sessions({ threads, device, most: sessions, fixed });
  }

  /** The logits at every position of every sequence: [tokens, vocabulary] each. Lengths may differ. */
  async logits(sequences: readonly (readonly number[])[]): Promise<Float32Array[]> {
    const length = longest(sequences);
    const group = { batch: sequences.length, length, rows: length };
    const outputs = await this.compute(group, sequences);
    const { vocabulary } = this.config;
    return sequences.map((sequence, s) => {
      const start = s * length * vocabulary;
      return outputs.subarray(start, start + sequence.length * vocabulary);
    });
  }

  /** The logits of the token after each sequence: [vocabulary] each. Lengths may differ. */
  async lastLogits(sequences: readonly (readonly number[])[]): Promise<Float32Array[]> {
    const length = longest(sequences);
    const padded = sequences.some((sequence) => sequence.length < length);
    const outputs = await this.compute({ batch: sequences.length, length, rows: 1, padded }, sequences);
    return sequences.map((_, s) => row(outputs, s, this.config.vocabulary));
  }

  /** The sites of a run over `sequences` sequences of `length` tokens with logits at the last `rows`, with their shapes. */
  sites(sequences: number, length: number, rows = length): Site[] {
    return sites(this.config, { batch: sequences, length, rows });
  }

  /**
   * Sequences of one length, looked into and changed.
   * @throws UserError for a site that does not exist, and for an edit or cut that changed nothing
   */
  async run(sequences: readonly (readonly number[])[], options: RunOptions = {}): Promise<RunResult> {
    const { outputs, group, plan } = await this.pass(sequences, options, { kind: 'logits' }, {});
    const shape = [group.batch, group.rows, this.config.vocabulary];
    return { logits: { ...outputs.logits, shape }, sites: capturedOf(plan, outputs) };
  }

  /**
   * The same with what is mostly wanted of the logits instead of all of them.
   * @throws UserError as `run` does
   */
  async score(sequences: readonly (readonly number[])[], options: ScoreOptions = {}): Promise<ScoreResult> {
    const { candidates = [], counted = [], keep = false } = options;
    const { outputs, plan } = await this.pass(sequences, options, { kind: 'stream' }, {}, keep);
    return {
      ...(await this.scoresOf(outputs['final stream'].data as Float32Array, candidates, counted)),
      sites: capturedOf(plan, outputs),
      kept: keep ? this.kept(outputs) : [],
    };
  }

  /**
   * The logits of some tokens only, which spares the rest of the vocabulary: [S·R·tokens].
   * @throws UserError as `run` does
   */
  async logitsOf(
    tokens: readonly number[],
    sequences: readonly (readonly number[])[],
    options: RunOptions = {},
  ): Promise<{ readonly logits: Float32Array; readonly sites: ReadonlyMap<string, Tensor> }> {
    checkTokens(this.config, tokens);
    const reading = { kind: 'tokens', count: tokens.length } as const;
    const { outputs, plan } = await this.pass(sequences, options, reading, { only: int32(tokens) });
    return { logits: outputs.logits.data as Float32Array, sites: capturedOf(plan, outputs) };
  }

  /**
   * What every head's value and output matrices make of tokens, without any pass (`ov-graph.ts`): by layer [H, C, C], of each
   * token that a head reads the logits of all of them. Their order within a row is what counts, not their size.
   * @throws UserError for a token that the model has not
   */
  async ovLogits(tokens: readonly number[]): Promise<Float32Array[]> {
    checkTokens(this.config, tokens);
    const feeds = { ...this.weights, only: int32(tokens) };
    const { length } = tokens;
    const outputs = await this.sessions.run(`ov ${length}`, () => ovGraph(this.config, length), feeds);
    return Array.from(
      { length: this.config.layers },
      (_, layer) => outputs[ovName(layer)].data as Float32Array,
    );
  }

  /**
   * Derivatives of a metric by sites, in one pass forward and one back. What sites are captured come out as well.
   * @throws UserError as `run` does
   */
  async derivatives(
    sequences: readonly (readonly number[])[],
    options: DerivativeOptions,
  ): Promise<DerivativeResult> {
    const { of, tokens, by, plus, minus, signs, weights } = options;
    checkTokens(this.config, tokens);
    const places = (given: readonly number[]) => int32(given.map((token) => tokens.indexOf(token)));
    const feeds: Record<string, Tensor> = {
      only: int32(tokens),
      ...(plus !== undefined && { plus: places(plus) }),
      ...(minus !== undefined && { minus: places(minus) }),
      ...(signs !== undefined && {
        signs: float32(signs, [weights.length, tokens.length]),
      }),
      'row weights': float32(weights, [weights.length]),
    };
    const { outputs, plan } = await this.pass(
      sequences,
      options,
      { kind: 'derivatives', of, by, count: tokens.length },
      feeds,
    );
    return {
      metric: Number(outputs.metric.data[0]),
      derivatives: new Map(by.map((site) => [site, outputs[derivativeName(site)]])),
      sites: capturedOf(plan, outputs),
    };
  }

  /**
   * Reads what sequences begin with, all of one length, so that runs can go on from there: after `after`, where that is given.
   * @throws UserError as `run` does
   */
  async begin(sequences: readonly (readonly number[])[], options: RunOptions = {}): Promise<Prefix> {
    const { outputs } = await this.pass(sequences, { ...options, rows: 1 }, { kind: 'stream' }, {}, true);
    const layers = this.kept(outputs);
    const segment = { count: sequences.length, length: longest(sequences), layers };
    return [...(options.after ?? []), segment];
  }

  /**
   * The most likely continuation, token by token (of equally likely ones the first): at most `maxTokens` of them,
   * ending before the first that is in `stop`, or where the model's positions end.
   */
  async greedy(
    prompt: readonly number[],
    maxTokens: number,
    stop: readonly number[] = [],
  ): Promise<number[]> {
    const tokens = [...prompt];
    const { vocabulary } = this.config;
    const positions = this.room;
    if (prompt.length > positions) {
      const from = this.offset === 0 ? '' : ` from position ${this.offset} on`;
      throw new UserError(`a prompt of ${prompt.length} tokens${from}: ${positionsOf(this.config)}`);
    }
    longest([prompt]);
    while (tokens.length - prompt.length < maxTokens && tokens.length <= positions) {
      const length = Math.min(positions, Math.ceil(tokens.length / GENERATION_STEP) * GENERATION_STEP);
      const outputs = await this.compute({ batch: 1, length, rows: 1, padded: true }, [tokens]);
      const next = indexOfMaximum(row(outputs, 0, vocabulary));
      if (stop.includes(next)) break;
      tokens.push(next);
    }
    return tokens.slice(prompt.length);
  }

  /** Gives the sessions' memory back. The model can still be asked; it makes new ones. */
  async release(): Promise<void> {
    await this.sessions.release();
  }

  /** Sequences where they begin. */
  private placed(sequences: readonly (readonly number[])[]): GroupSequences {
    return { sequences, offsets: sequences.map(() => this.offset) };
  }

  private async compute(group: Group, sequences: readonly (readonly number[])[]): Promise<Float32Array> {
    const feeds = arrange(this.config, { groups: [group] }, [this.placed(sequences)]);
    const kind: PassKind = {
      group,
      plan: noPlan,
      reading: { kind: 'logits' },
      segments: [],
      from: 0,
      keep: false,
    };
    const { logits } = await this.runPass(kind, { ...this.weights, ...feeds });
    return logits.data as Float32Array;
  }

  private async pass(
    sequences: readonly (readonly number[])[],
    options: RunOptions,
    reading: Reading,
    readingFeeds: Readonly<Record<string, Tensor>>,
    keep = false,
  ): Promise<{ outputs: Record<string, Tensor>; group: Group; plan: Plan }> {
    const { after = [], from } = options;
    const length = longest(sequences);
    this.checkLengths(sequences, length, after);
    const batch = sequences.length;
    const group: Group = { batch, length, rows: options.rows ?? length, past: prefixLength(after) };
    const plan = planOf(this.config, group, options);
    const first = from?.layer ?? 0;
    const segments = after.map(({ count, length: tokens }) => ({ count, length: tokens }));
    const kind = { group, plan, reading, segments, from: first, keep };
    const feeds: Record<string, Tensor> = {
      ...this.weights,
      ...arrange(this.config, { groups: [group] }, [this.placed(sequences)]),
      ...interventionFeeds(this.config, group, options),
      ...prefixFeeds(this.config, after, first),
      ...readingFeeds,
    };
    if (from !== undefined && first > 0) {
      feeds.stream = { dtype: 'float32', shape: [batch * length, this.config.width], data: from.stream };
      delete feeds.tokens;
    }
    const outputs = await this.runPass(kind, feeds);
    checkChanges(this.config, group, options, outputs);
    return { outputs, group, plan };
  }

  /** What the logits of final streams say, a few rows at a time: all of a large vocabulary would take much memory. */
  private async scoresOf(
    stream: Float32Array,
    candidates: readonly (readonly number[])[],
    counted: readonly number[],
  ): Promise<Pick<ScoreResult, 'normalizers' | 'best' | 'largest' | 'candidates' | 'counted'>> {
    const { width, vocabulary } = this.config;
    const rows = stream.length / width;
    const count = candidates[0]?.length ?? 0;
    const step = Math.min(rows, Math.max(LEAST_ROWS, Math.floor(LOGITS_AT_ONCE / vocabulary)));
    const normalizers = new Float32Array(rows);
    const largest = new Float32Array(rows);
    const counts = counted.length > 0;
    const sums = new Float32Array(counts ? rows : 0);
    const isCounted = new Float32Array(counts ? vocabulary : 0);
    for (const token of counted) isCounted[token] = 1;
    const picked = new Float32Array(rows * count);
    const best: number[] = [];
    for (let from = 0; from < rows; from += step) {
      const part = Math.min(step, rows - from);
      const feeds: Record<string, Tensor> = { ...this.weights };
      const data = stream.subarray(from * width, (from + part) * width);
      feeds['final stream'] = { dtype: 'float32', shape: [part, width], data };
      if (counts) feeds.counted = { dtype: 'float32', shape: [1, vocabulary], data: isCounted };
      for (let c = 0; c < count; c++) {
        feeds[`candidate ${c}`] = int32(candidates.slice(from, from + part).map((row) => row[c]));
      }
      const scores = () => scoresGraph(this.config, part, { candidates: count, counts });
      const outputs = await this.sessions.run(`scores ${part} ${count} ${counts}`, scores, feeds);
      normalizers.set(outputs.normalizers.data as Float32Array, from);
      largest.set(outputs.largest.data as Float32Array, from);
      if (counts) sums.set(outputs['counted sums'].data as Float32Array, from);
      best.push(...Array.from(outputs.best.data as ArrayLike<number | bigint>, Number));
      if (count > 0) picked.set(outputs.candidates.data as Float32Array, from * count);
    }
    return { normalizers, best, largest, candidates: picked, counted: sums };
  }

  private checkLengths(sequences: readonly (readonly number[])[], length: number, after: Prefix): void {
    const shorter = sequences.find((sequence) => sequence.length !== length);
    if (shorter !== undefined) {
      throw new UserError(
        `sequences of ${shorter.length} and ${length} tokens in one run: one length was expected`,
      );
    }
    if (after.length === 0) return;
    const uneven = after.find(({ count }) => sequences.length % count !== 0);
    if (uneven !== undefined) {
      throw new UserError(
        `${sequences.length} sequences after ${uneven.count} beginnings: as many after each were expected`,
      );
    }
    const whole = prefixLength(after) + length;
    const border = ropeBorder(this.config);
    if (whole > border) {
      throw new UserError(
        `sequences of ${whole} tokens: beyond ${border} the model's RoPE turns all positions otherwise, so that no beginning can be read once for all`,
      );
    }
  }

  private kept(outputs: Readonly<Record<string, Tensor>>): KeysValues[] {
    return Array.from({ length: this.config.layers }, (_, layer) => ({
      keys: outputs[keptName(layer, 'keys')].data as Float32Array,
      values: outputs[keptName(layer, 'values')].data as Float32Array,
    }));
  }

  private runPass(kind: PassKind, feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    return this.sessions.run(JSON.stringify(kind), () => passGraph(this.config, kind), feeds);
  }
}

function int32(numbers: readonly number[]): Tensor {
  return { dtype: 'int32', shape: [numbers.length], data: Int32Array.from(numbers) };
}

function float32(numbers: readonly number[], shape: readonly number[]): Tensor {
  return { dtype: 'float32', shape, data: Float32Array.from(numbers) };
}

function longest(sequences: readonly (readonly number[])[]): number {
  const length = Math.max(0, ...sequences.map((sequence) => sequence.length));
  if (length === 0 || sequences.some((sequence) => sequence.length === 0)) {
    throw new UserError('a sequence without tokens: the model needs at least one, <bos> for instance');
  }
  return length;
}

function row(logits: Float32Array, index: number, vocabulary: number): Float32Array {
  return logits.subarray(index * vocabulary, (index + 1) * vocabulary);
}

function indexOfMaximum(numbers: Float32Array): number {
  let best = 0;
  for (let i = 1; i < numbers.length; i++) if (numbers[i] > numbers[best]) best = i;
  return best;
}
