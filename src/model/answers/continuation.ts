/**
 * Greedy generation that reads nothing twice: keys and values of what was read are kept, and every call reads the next
 * few tokens of each sequence, as far as they are known, and guesses beyond. A guess that turns out right was read
 * already; a wrong one costs nothing but its place.
 */
import { argMax, createSession, Graph } from '../../graph/index.ts';
import type { Computing, Session, Tensor, Value } from '../../graph/index.ts';
import { headSize, ropeBorder } from '../config/config.ts';
import type { ModelConfig } from '../config/config.ts';
import { forward } from '../forward/forward.ts';
import { maskWithPast } from '../forward/masks.ts';
import { weightFeeds, weightInputs } from '../forward/parameters.ts';
import type { Weights } from '../forward/parameters.ts';
import type { Past } from '../forward/pass.ts';

/** An answer that has begun. */
export interface Beginning {
  readonly prompt: readonly number[];
  /** The answer's first tokens, as far as they are certain. */
  readonly answer: readonly number[];
  /** What the whole answer may be, token by token; wherever it is right, a call is saved. */
  readonly guess: readonly number[];
  /** Position id of the prompt's first token; 0 unless given. */
  readonly offset?: number;
}

export interface ContinuationSize {
  /** Sequences at once, at most. */
  readonly batch: number;
  /** Tokens of the longest sequence, prompt and answer. */
  readonly length: number;
}

/** What ends an answer beside its length. Asked of every token in turn. */
export interface AnswerEnd {
  /** Whether a token ends an answer, without being part of it. */
  ends(token: number): boolean;
  /** Whether an answer is whole with its last token. @param which of the beginnings */
  isWhole(which: number, answer: readonly number[]): boolean;
}

/** Tokens of a sequence that a call reads: enough to be worth a call, few enough for most of them to be needed. */
const WINDOW = 16;
/** Keys and values of all sequences at once: they are copied in every call, so more would not be faster. */
const MAX_CACHE_BYTES = 64 * 2 ** 20;

/** A sequence in one place of the batch. */
interface Place {
  /** Which of the beginnings. */
  readonly which: number;
  readonly promptLength: number;
  /** Position id of its first token. */
  readonly offset: number;
  /** Tokens that are certain, and what may follow, by position. */
  readonly known: number[];
  readonly guesses: number[];
  /** Tokens read: their keys and values are there. Always fewer than are known. */
  read: number;
  /**
   * Whether it turns as long sequences do (LongRoPE). Where it becomes long, all that was read is read again: each token
   * is what a pass over all before it gives, and that pass turns every position otherwise.
   */
  isLong: boolean;
  /** The most that was ever read of it. */
  furthest: number;
}

/** A model that goes on with sequences, in a session of a few dozen of them (about 100 ms to make). */
export class Continuation {
  private readonly config: ModelConfig;
  private readonly batch: number;
  /** Tokens that can be read of a sequence: all but the last, of which nothing follows. */
  private readonly room: number;
  /** Tokens of a sequence in a call. */
  private readonly window: number;
  /** Sequences of more tokens are long ones. */
  private readonly border: number;
  private readonly session: Session;
  /** Those that are fed with every call. */
  private readonly weights: Readonly<Record<string, Tensor>>;
  /** By layer: keys and values, [B, K, room, d] each. */
  private readonly cache: readonly { readonly keys: Float32Array; readonly values: Float32Array }[];

  private constructor(
    config: ModelConfig,
    weights: Readonly<Record<string, Tensor>>,
    batch: number,
    room: number,
    session: Session,
  ) {
    this.config = config;
    this.batch = batch;
    this.room = room;
    this.window = windowIn(room);
    this.border = ropeBorder(config);
    this.session = session;
    this.weights = weights;
    const numbers = batch * room * config.keyValueHeads * headSize(config);
    this.cache = Array.from({ length: config.layers }, () => ({
      keys: new Float32Array(numbers),
      values: new Float32Array(numbers),
    }));
  }

  static async create(
    config: ModelConfig,
    weights: Weights,
    { batch, length }: ContinuationSize,
    computing: Computing = {},
  ): Promise<Continuation> {
    const room = Math.max(1, length - 1);
    const bytes = 4 * 2 * config.layers * config.keyValueHeads * headSize(config) * room;
    const fitting = Math.max(1, Math.min(batch, Math.floor(MAX_CACHE_BYTES / bytes)));
    const graph = windowGraph(config, fitting, room);
    const feeds = weightFeeds(config, weights);
    // Elsewhere than on the processor they are not copied there with every call.
    const isFed = (computing.device ?? 'cpu') === 'cpu';
    const session = await createSession(graph, isFed ? computing : { ...computing, fixed: feeds });
    return new Continuation(config, isFed ? feeds : {}, fitting, room, session);
  }

  /**
   * Greedy answers, whole: until `end`, or `longest` tokens.
   * @param end a token, which is not part of the answer, or whatever else ends one
   * @param onShare told after every call how much of all that may have to be read is read, from above 0 to 1
   */
  async generate(
    beginnings: readonly Beginning[],
    longest: number,
    end?: number | AnswerEnd,
    onShare?: (share: number) => void,
  ): Promise<number[][]> {
    const answers: number[][] = beginnings.map(() => []);
    const limits = { longest, end: answerEnd(end), border: this.border };
    const whole = beginnings.map(({ prompt }) => prompt.length + longest);
    const total = whole.reduce((sum, length) => sum + length, 0);
    const places: (Place | undefined)[] = new Array<undefined>(this.batch).fill(undefined);
    let next = 0;
    let finished = 0; // tokens of sequences that are done
    for (;;) {
      for (const [p, place] of places.entries()) {
        if (place === undefined && next < beginnings.length)
          places[p] = placeOf(beginnings[next], next++, this.border);
      }
      const going = places.filter((place) => place !== undefined);
      if (going.length === 0) return answers;
      const fed = places.map((place) => place && windowOf(place, this.window));
      const results = await this.session.run(this.feedsOf(places, fed));
      places.forEach((place, p) => {
        if (place === undefined) return;
        const predicted = Array.from({ length: this.window }, (_, i) =>
          Number(results.predicted.data[p * this.window + i]),
        );
        const before = place.read;
        const isDone = advance(place, fed[p]!, predicted, limits);
        if (!isDone) return this.keep(results, p, before, Math.max(0, place.read - before));
        answers[place.which] = place.known.slice(place.promptLength);
        finished += whole[place.which];
        places[p] = undefined;
      });
      const read = places.reduce((sum, place) => sum + (place?.furthest ?? 0), 0);
      onShare?.((finished + read) / total);
    }
  }

  release(): Promise<void> {
    return this.session.release();
  }

  private feedsOf(
    places: readonly (Place | undefined)[],
    fed: readonly (readonly number[] | undefined)[],
  ): Record<string, Tensor> {
    const { config, batch, room } = this;
    const tokens = new Int32Array(batch * this.window);
    const positions = new Int32Array(batch * this.window);
    const read = Int32Array.from(places, (place) => place?.read ?? 0);
    fed.forEach((window, p) => {
      if (window === undefined) return;
      tokens.set(window, p * this.window);
      const last = config.positions - 1; // what is read beyond it is a guess that comes to nothing
      const from = read[p] + places[p]!.offset;
      for (let i = 0; i < this.window; i++) positions[p * this.window + i] = Math.min(from + i, last);
    });
    const feeds: Record<string, Tensor> = {
      ...this.weights,
      tokens: { dtype: 'int32', shape: [tokens.length], data: tokens },
      read: { dtype: 'int32', shape: [batch], data: read },
    };
    if (Number.isFinite(this.border)) {
      const isLong = Int32Array.from(places, (place) => (place?.isLong === true ? 1 : 0));
      feeds['is long'] = { dtype: 'int32', shape: [batch], data: isLong };
    }
    if (config.positionEncoding.kind !== 'none')
      feeds.positions = { dtype: 'int32', shape: [positions.length], data: positions };
    const shape = [batch, config.keyValueHeads, room, headSize(config)];
    this.cache.forEach(({ keys, values }, layer) => {
      feeds[`past keys ${layer}`] = { dtype: 'float32', shape, data: keys };
      feeds[`past values ${layer}`] = { dtype: 'float32', shape, data: values };
    });
    return feeds;
  }

  /** Keys and values of the first `count` tokens of a window, which were read from position `from` on. */
  private keep(results: Readonly<Record<string, Tensor>>, place: number, from: number, count: number): void {
    const heads = this.config.keyValueHeads;
    const size = headSize(this.config);
    this.cache.forEach((own, layer) => {
      for (const what of ['keys', 'values'] as const) {
        const fresh = results[`${what} ${layer}`].data as Float32Array;
        for (let head = place * heads; head < (place + 1) * heads; head++) {
          const start = head * this.window * size;
          own[what].set(fresh.subarray(start, start + count * size), (head * this.room + from) * size);
        }
      }
    });
  }
}

function answerEnd(end: number | AnswerEnd | undefined): AnswerEnd {
  if (typeof end === 'object') return end;
  return { ends: (token) => token === end, isWhole: () => false };
}

/** No longer than the sequences: a short model has no positions for more. */
function windowIn(room: number): number {
  return Math.min(WINDOW, room);
}

function placeOf({ prompt, answer, guess, offset = 0 }: Beginning, which: number, border: number): Place {
  const known = [...prompt, ...answer];
  const isLong = known.length > border;
  return {
    which,
    promptLength: prompt.length,
    offset,
    known,
    guesses: [...prompt, ...guess],
    read: 0,
    isLong,
    furthest: 0,
  };
}

/** The next tokens to read. */
function windowOf({ known, guesses, read }: Place, length: number): number[] {
  return Array.from({ length }, (_, i) => known[read + i] ?? guesses[read + i] ?? 0);
}

/**
 * What a window has brought: tokens read that were right, one more that is known, guesses for those after it.
 * @returns whether the answer is whole
 */
function advance(
  place: Place,
  fed: readonly number[],
  predicted: readonly number[],
  { longest, end, border }: { longest: number; end: AnswerEnd; border: number },
): boolean {
  const { which, known, guesses, promptLength } = place;
  const from = place.read;
  for (let i = 0; i < fed.length && fed[i] === known[from + i]; i++) {
    place.read = from + i + 1;
    place.furthest = Math.max(place.furthest, place.read);
    if (place.read < known.length) continue;
    if (end.ends(predicted[i])) return true;
    known.push(predicted[i]);
    if (known.length === promptLength + longest) return true;
    if (end.isWhole(which, known.slice(promptLength))) return true;
    if (known.length > border && !place.isLong) {
      place.isLong = true;
      place.read = 0;
      return false;
    }
  }
  for (let i = place.read - from; i < fed.length; i++) guesses[from + i + 1] = predicted[i];
  return false;
}

/**
 * A pass over the next tokens of `batch` sequences. Inputs: tokens and positions [B·W], how many tokens of each were read,
 * [B], and their keys and values. Outputs: the most probable token after each, [B·W], and the new keys and values, [B, K, W, d].
 */
function windowGraph(config: ModelConfig, batch: number, room: number): Graph {
  const graph = new Graph();
  const window = windowIn(room);
  const shape = [batch, config.keyValueHeads, room, headSize(config)];
  const layers = Array.from({ length: config.layers }, (_, layer) => ({
    keys: graph.input(`past keys ${layer}`, shape),
    values: graph.input(`past values ${layer}`, shape),
  }));
  const read = graph.input('read', [batch], 'int32');
  const isLong = Number.isFinite(ropeBorder(config)) ? graph.input('is long', [batch], 'int32') : undefined;
  const past: Past = {
    layers: (layer) => [layers[layer]],
    mask: (keys) => maskWithPast(read, room, window, keys),
    isLong,
  };
  const keep = (layer: number, keys: Value, values: Value) => {
    graph.output(`keys ${layer}`, keys);
    graph.output(`values ${layer}`, values);
  };
  const layout = {
    groups: [{ batch, length: window, rows: window }],
    reach: Math.min(config.positions, room + window),
  };
  const logits = forward(graph, config, weightInputs(graph, config), layout, { past, keep });
  graph.output('predicted', argMax(logits, 1));
  return graph;
}
