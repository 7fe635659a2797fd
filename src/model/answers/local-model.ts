/**
 * A model that answers: weights and a cache of sessions, one for each shape of question that has been asked (a session
 * costs about 100 ms). Runs one at a time; in Node a run blocks the event loop while it computes.
 */
import { UserError } from '../../common/errors.ts';
import { Graph, createSession } from '../../graph/index.ts';
import type { Session, Tensor } from '../../graph/index.ts';
import type { ModelConfig } from '../config/config.ts';
import { forward } from '../forward/forward.ts';
import { PlannedHooks, capturedOf, checkChanges, interventionFeeds, planOf } from '../sites/interventions.ts';
import type { Interventions, Plan } from '../sites/interventions.ts';
import { arrange, positionsOf } from '../forward/layout.ts';
import type { Group } from '../forward/layout.ts';
import { checkWeights, constants } from '../forward/parameters.ts';
import type { Weights } from '../forward/parameters.ts';
import { sites } from '../sites/sites.ts';
import type { Site } from '../sites/sites.ts';

/** How a model computes; its answers do not depend on it beyond rounding. */
export interface LocalModelOptions {
  /** Threads of one operation. Default 1. */
  readonly threads?: number;
  /** How many sessions are kept; each holds the weights once. Default 8. */
  readonly sessions?: number;
}

/** What to look at and to change in a run, and which logits to bring out. */
export interface RunOptions extends Interventions {
  /** How many positions, counted from the end, have logits. Default: all. */
  readonly rows?: number;
}

/** What comes out of a run. */
export interface RunResult {
  /** [sequences, rows, vocabulary]. */
  readonly logits: Tensor;
  /** What was captured, by site, in the shapes that `sites` says. */
  readonly sites: ReadonlyMap<string, Tensor>;
}

/** Generation pads to multiples of this, so that one session serves several lengths. */
const GENERATION_STEP = 16;

const noPlan: Plan = { capture: [], edits: [], edges: [] };

/** A model that runs here: logits, greedy answers, and runs whose sites are captured or edited. Runs block (docs/graph.md). */
export class LocalModel {
  readonly config: ModelConfig;
  private readonly weights: Weights;
  private readonly threads: number;
  private readonly capacity: number;
  /** By layout and plan, the one used last at the end. */
  private readonly cache = new Map<string, Session>();
  /** Settled when the run before is: two at once could take each other's session away. */
  private busy: Promise<unknown> = Promise.resolve();

  /** @throws UserError for weights that are not the configuration's */
  constructor(model: { config: ModelConfig; weights: Weights }, options: LocalModelOptions = {}) {
    checkWeights(model.config, model.weights);
    this.config = model.config;
    this.weights = model.weights;
    this.threads = options.threads ?? 1;
    this.capacity = Math.max(1, options.sessions ?? 8);
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
    const length = longest(sequences);
    const shorter = sequences.find((sequence) => sequence.length !== length);
    if (shorter !== undefined) {
      throw new UserError(
        `sequences of ${shorter.length} and ${length} tokens in one run: one length was expected`,
      );
    }
    const group: Group = { batch: sequences.length, length, rows: options.rows ?? length };
    const plan = planOf(this.config, group, options);
    const feeds = {
      ...arrange(this.config, { groups: [group] }, [{ sequences }]),
      ...interventionFeeds(this.config, group, options),
    };
    const outputs = await this.inTurn(async () => (await this.session(group, plan)).run(feeds));
    checkChanges(this.config, group, options, outputs);
    const shape = [group.batch, group.rows, this.config.vocabulary];
    return { logits: { ...outputs.logits, shape }, sites: capturedOf(plan, outputs) };
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
    const { positions, vocabulary } = this.config;
    if (prompt.length > positions) {
      throw new UserError(`a prompt of ${prompt.length} tokens: ${positionsOf(this.config)}`);
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
    await this.inTurn(async () => {
      const sessions = [...this.cache.values()];
      this.cache.clear();
      for (const session of sessions) await session.release();
    });
  }

  private async compute(group: Group, sequences: readonly (readonly number[])[]): Promise<Float32Array> {
    const feeds = arrange(this.config, { groups: [group] }, [{ sequences }]);
    const { logits } = await this.inTurn(async () => (await this.session(group, noPlan)).run(feeds));
    return logits.data as Float32Array;
  }

  private async session(group: Group, plan: Plan): Promise<Session> {
    const key = JSON.stringify([group, plan]);
    const session =
      this.cache.get(key) ?? (await createSession(this.graph(group, plan), { threads: this.threads }));
    this.cache.delete(key);
    this.cache.set(key, session);
    for (const [oldest, unused] of this.cache) {
      if (this.cache.size <= this.capacity) break;
      this.cache.delete(oldest);
      await unused.release();
    }
    return session;
  }

  private graph(group: Group, plan: Plan): Graph {
    const graph = new Graph();
    const weights = constants(graph, this.config, this.weights);
    const hooks = new PlannedHooks(graph, this.config, group, plan);
    const layout = { groups: [group], reach: group.length };
    graph.output('logits', forward(graph, this.config, weights, layout, { hooks }));
    return graph;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.busy.then(work, work);
    this.busy = turn.catch(() => undefined);
    return turn;
  }
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
