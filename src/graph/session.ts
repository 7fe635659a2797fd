/**
 * Runs a graph on ONNX Runtime: onnxruntime-node in Node, onnxruntime-web in a browser.
 *
 * `run` blocks the event loop in Node for as long as the computation takes (onnxruntime issue 19611): whoever wants
 * to go on meanwhile creates the session in a child process. (A worker thread that is ended while it runs one brings the
 * process down.)
 */
import type * as onnxruntime from 'onnxruntime-common';
import { messageOf, UserError } from '../common/errors.ts';
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
  /** What computes. Default cpu. Graphics processors lend themselves to large models: each run copies what is fed and read. */
  readonly device?: Device;
  /**
   * Inputs that are the same in every run, a model's weights for instance: they are not fed, and lie where it is computed.
   * Each session has a copy.
   */
  readonly fixed?: Readonly<Record<string, Tensor>>;
}

/** cuda: NVIDIA's graphics processors, in Node, where ONNX Runtime's provider for them is installed (docs/graph.md). */
export const devices = ['cpu', 'cuda'] as const;
export type Device = (typeof devices)[number];

/** What computes, and on how many threads. */
export type Computing = Pick<SessionOptions, 'threads' | 'device'>;

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

/**
 * Prepares a graph for many runs: about 100 ms for a training step.
 * @throws UserError where the device, or what computes on it, is absent
 */
export async function createSession(graph: Graph, options: SessionOptions = {}): Promise<Session> {
  const {
    runtime = typeof process === 'undefined' ? 'web' : 'node',
    threads = 1,
    keepMemory = true,
    device = 'cpu',
    fixed = {},
  } = options;
  if (!Number.isInteger(threads) || threads < 1) throw new GraphError(`threads: ${threads} is not 1 or more`);
  if (device === 'cuda' && runtime === 'web') throw new GraphError('device: cuda is there in Node only');
  const used = reachable(graph.outputs.values());
  const isGiven = (name: string) => Object.hasOwn(fixed, name);
  const given = feedsFor(
    graph,
    used.filter(({ node }) => node.kind === 'input' && isGiven(node.name)),
    fixed,
  );
  const outside = new Map(Object.keys(given).map((name, i) => [name, `fixed ${i}`]));
  checkIds(idsAmong(used, isGiven), given);
  const library = await loadRuntime(runtime, threads, device);
  const creating = library.InferenceSession.create(toOnnx(graph, { threads, outside }), {
    ...(device !== 'cpu' && { executionProviders: [device] }),
    externalData: Object.entries(given).map(([name, { data }]) => ({
      path: outside.get(name)!,
      data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    })),
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
  const session = await (device === 'cpu' ? creating : creating.catch(refuseDevice));
  return new OnnxSession(graph, used, given, library, session);
}

/** The inputs that are ids, of those that are asked for. */
function idsAmong(values: readonly Value[], which: (name: string) => boolean): IdInputs {
  return new Map([...idInputs(values)].filter(([name]) => which(name)));
}

class OnnxSession implements Session {
  private readonly graph: Graph;
  private readonly used: readonly Value[];
  private readonly ids: IdInputs;
  private readonly fixed: Readonly<Record<string, Tensor>>;
  private readonly library: Runtime;
  private session: onnxruntime.InferenceSession | undefined;

  constructor(
    graph: Graph,
    used: readonly Value[],
    fixed: Readonly<Record<string, Tensor>>,
    library: Runtime,
    session: onnxruntime.InferenceSession,
  ) {
    const isFed = (name: string) => !Object.hasOwn(fixed, name);
    this.graph = graph;
    this.used = used.filter(({ node }) => node.kind === 'input' && isFed(node.name));
    this.ids = idsAmong(used, isFed);
    this.fixed = fixed;
    this.library = library;
    this.session = session;
  }

  async run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    if (this.session === undefined) throw new GraphError('run: the session has been released');
    const twice = Object.keys(feeds).find((name) => Object.hasOwn(this.fixed, name));
    if (twice !== undefined) throw new GraphError(`input '${twice}': fixed in this session, and fed`);
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

/** What came of a device that is there by its files, in one line. */
function refuseDevice(error: unknown): never {
  const [line] = messageOf(error).split('\n');
  throw new UserError(`ONNX Runtime does not compute on an NVIDIA graphics processor here: ${line}`, {
    cause: error,
  });
}

async function loadRuntime(runtime: 'node' | 'web', threads: number, device: Device): Promise<Runtime> {
  if (runtime === 'node') {
    const { loadCudaRuntime, loadNodeRuntime } = await import('./runtime.node.ts');
    return device === 'cuda' ? loadCudaRuntime() : loadNodeRuntime();
  }
  const library = await import('onnxruntime-web');
  library.env.wasm.numThreads = threads; // heeded before the first session of the page
  return library;
}
