/**
 * Runs a graph on ONNX Runtime: onnxruntime-node in Node, onnxruntime-web in a browser.
 *
 * `run` blocks the event loop in Node for as long as the computation takes (onnxruntime issue 19611): whoever wants
 * to go on meanwhile creates the session in a child process. (A worker thread that is ended while it runs one brings the
 * process down.)
 */
import type * as onnxruntime from 'onnxruntime-common';
import { feedsFor } from './feeds.ts';
import type { Graph } from './graph.ts';
import { checkIds, idInputs } from './passes/ids.ts';
import type { IdInputs } from './passes/ids.ts';
import { toOnnx } from './onnx/model.ts';
import type { Value } from './types/node.ts';
import { GraphError } from './types/tensor.ts';
import type { DType, Tensor, TypedArray } from './types/tensor.ts';
import { reachable } from './types/walk.ts';

export interface SessionOptions {
  /** Threads that one operation may use. Default 1. They add up over processes. */
  readonly threads?: number;
  /** Which ONNX Runtime; by default the one that belongs to where this runs. */
  readonly runtime?: 'node' | 'web';
  /**
   * Plan the memory of a whole run ahead and keep it until the next. Default true. Many sessions of large graphs that run
   * seldom would keep gigabytes: then false.
   */
  readonly keepMemory?: boolean;
}

export interface Session {
  /**
   * Computes all outputs. Inputs that nothing uses may be fed or not.
   * @throws GraphError for feeds that are missing, unknown, of another shape or type than the input, or ids without a row,
   *   whole numbers divided by 0
   */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /** Gives the memory back. The session cannot run any more. */
  release(): Promise<void>;
}

/**
 * What onnxruntime-node and onnxruntime-web have in common: the package of their shared types. They themselves are optional,
 * so that our declarations may name neither.
 */
export type Runtime = Pick<typeof onnxruntime, 'InferenceSession' | 'Tensor'>;

/** Prepares a graph for many runs: about 100 ms for a training step. */
export async function createSession(graph: Graph, options: SessionOptions = {}): Promise<Session> {
  const {
    runtime = typeof process === 'undefined' ? 'web' : 'node',
    threads = 1,
    keepMemory = true,
  } = options;
  if (!Number.isInteger(threads) || threads < 1) throw new GraphError(`threads: ${threads} is not 1 or more`);
  const used = reachable(graph.outputs.values());
  const library = await loadRuntime(runtime, threads);
  const session = await library.InferenceSession.create(toOnnx(graph, { threads }), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // Beyond 'basic', operations are put together to others that have no float64, or factors in float32.
    graphOptimizationLevel: graph.hasDoubles ? 'basic' : 'all',
    enableMemPattern: keepMemory,
    enableCpuMemArena: keepMemory,
    logSeverityLevel: 3,
    // Masked attention weights pass through denormal numbers, which are slow: they count as zero. ONNX Runtime heeds
    // this only in a process's first session, so every session asks for it.
    extra: { session: { set_denormal_as_zero: '1', intra_op: { allow_spinning: '0' } } },
  });
  return new OnnxSession(graph, used, library, session);
}

class OnnxSession implements Session {
  private readonly graph: Graph;
  private readonly used: readonly Value[];
  private readonly ids: IdInputs;
  private readonly library: Runtime;
  private session: onnxruntime.InferenceSession | undefined;

  constructor(graph: Graph, used: readonly Value[], library: Runtime, session: onnxruntime.InferenceSession) {
    this.graph = graph;
    this.used = used.filter(({ node }) => node.kind === 'input');
    this.ids = idInputs(used);
    this.library = library;
    this.session = session;
  }

  async run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    if (this.session === undefined) throw new GraphError('run: the session has been released');
    const checked = feedsFor(this.graph, this.used, feeds);
    checkIds(this.ids, checked);
    const fed: Record<string, onnxruntime.Tensor> = {};
    for (const [name, { dtype, shape, data }] of Object.entries(checked)) {
      fed[name] = new this.library.Tensor(dtype, data, shape);
    }
    const results = await this.session.run(fed, { logSeverityLevel: 4 }).catch(explain);
    return Object.fromEntries(
      Object.entries(results).map(([name, { type, dims, data }]) => [
        name,
        { dtype: type as DType, shape: dims, data: data as TypedArray },
      ]),
    );
  }

  async release(): Promise<void> {
    const session = this.session;
    this.session = undefined;
    await session?.release();
  }
}

/** What ONNX Runtime says of numbers that no graph can be computed for, in our words; else as it is. */
function explain(error: unknown): never {
  const message = error instanceof Error ? error.message : '';
  if (message.includes('Integer division by zero')) {
    throw new GraphError('divide: a whole number cannot be divided by 0', { cause: error });
  }
  if (/out of data bounds|invalid indice|Out of range value in index/.test(message)) {
    throw new GraphError(
      'an id that the graph computes for a lookup (gather, scatterRows, pick, addAt, crossEntropy) has no row',
      {
        cause: error,
      },
    );
  }
  throw error;
}

async function loadRuntime(runtime: 'node' | 'web', threads: number): Promise<Runtime> {
  if (runtime === 'node') return (await import('./runtime.node.ts')).loadNodeRuntime();
  const library = await import('onnxruntime-web');
  library.env.wasm.numThreads = threads; // heeded before the first session of the page
  return library;
}
