/**
 * A training step of ours beside PyTorch's: the same model, the same samples, interleaved in one run.
 *
 *   npm run bench -- train-step [--python PATH] [--rounds 15] [--busy] [--only NAME] [--threads COUNT]
 *
 * PyTorch batches as the paper's code does: every sequence padded to the longest of the range, logits everywhere, a
 * loss on the answer. Its variants are eager, scaled_dot_product_attention with fused AdamW, and torch.compile; the
 * ratio is against the best of them. `--busy` keeps another process computing on every core meanwhile; `--only` takes
 * the cases whose names contain a text, such as 'd=64', `--threads` one number of threads in place of one and all cores.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { rng } from '../src/common/random.ts';
import { createSession, Graph, matmul } from '../src/graph/index.ts';
import { Tokenizer } from '../src/model/index.ts';
import { taskNamed } from '../src/tasks/index.ts';
import { sequenceOf, sequenceSize, symbolsOf } from '../src/tasks/sequence.ts';
import { encode } from '../src/train/batch/batch.ts';
import { drawLengths } from '../src/train/batch/lengths.ts';
import { initialWeights } from '../src/train/spec/model.ts';
import { createStepper } from '../src/train/step/pair.node.ts';
import { preset } from '../src/train/spec/presets.ts';
import { rateAt } from '../src/train/spec/schedule.ts';
import type { TrainSpec } from '../src/train/spec/spec.ts';
import { settingOf } from '../src/train/spec/setting.ts';
import type { Stepper } from '../src/train/step/stepper.ts';
import { initialState } from '../src/train/step/tensors.ts';
import { stepArithmetic } from './arithmetic.ts';

interface Case {
  readonly name: string;
  readonly spec: TrainSpec;
}

const SIZES = [
  { layers: 2, dim: 64 },
  { layers: 4, dim: 256 },
];
const VARIANTS = ['eager', 'sdpa', 'compile'] as const;

/** Steps that nobody counts: compilers compile, allocators allocate. */
const WARM_UP = 3;

/**
 * Seconds that somebody's turn lasts, by our own steps, and the most steps in one. Training is one step after the other:
 * a single one between the others' would begin with cold caches and with threads that are asleep.
 */
const TURN = 0.25;
const MOST_STEPS = 12;

/** Milliseconds between two who take turns: PyTorch's threads spin for a while after a step, on the next one's cores. */
const PAUSE = 50;

/** The paper's batches (lengths 1–50, 64 samples), and dense ones: every sample as long as the longest. */
function cases(): Case[] {
  return SIZES.flatMap(({ layers, dim }) => {
    const size = {
      layers,
      dim,
      learningRate: 1e-3,
      optimizer: 'adamw' as const,
      steps: 1_000_000,
      warmup: 0,
    };
    const retrieval = { ...preset('paper', 'UR', 'ape'), ...size };
    const copying = { ...preset('paper', 'UF', 'ape'), ...size };
    return [
      {
        name: `retrieval, lengths 1-50, ${layers} layers, d=${dim}`,
        spec: { ...retrieval, lengths: { min: 2, max: 50 } },
      },
      {
        name: `copying, lengths 1-50, ${layers} layers, d=${dim}`,
        spec: { ...copying, lengths: { min: 1, max: 50 } },
      },
      {
        name: `copying, dense (length 50), ${layers} layers, d=${dim}`,
        spec: { ...copying, lengths: { min: 50, max: 50 } },
      },
    ];
  });
}

export async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      python: { type: 'string' },
      rounds: { type: 'string', default: '15' },
      busy: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      threads: { type: 'string' },
    },
  });
  const rounds = Number(values.rounds);
  const cores = availableParallelism();
  if (values.python === undefined)
    print('PyTorch is not measured: name a Python that has it with --python PATH');
  const busy = values.busy ? keepBusy(cores) : [];
  try {
    const counts = cores > 1 ? [1, cores] : [1];
    for (const threads of values.threads === undefined ? counts : [Number(values.threads)]) {
      print(
        `\n${threads} thread${threads > 1 ? 's' : ''}, matrix products at ${((await matmulRate(threads)) / 1e9).toFixed(0)} GFLOP/s`,
      );
      for (const one of cases()) {
        if (one.name.includes(values.only)) await compare(one, threads, rounds, values.python);
      }
    }
  } finally {
    for (const child of busy) child.kill();
  }
}

async function compare(
  { name, spec }: Case,
  threads: number,
  rounds: number,
  python?: string,
): Promise<void> {
  const ours = await Ours.start(spec, threads);
  const peers =
    python === undefined
      ? []
      : await Promise.all(VARIANTS.map((variant) => Peer.start(python, variant, spec, threads)));
  const seconds = new Map<string, number[]>([
    ['ours', []],
    ...VARIANTS.map((variant): [string, number[]] => [variant, []]),
  ]);
  let next = 1;
  const turnOf = (count: number) => Array.from({ length: count }, () => next++);
  for (const step of turnOf(WARM_UP)) {
    await ours.step(step);
    for (const peer of peers) await peer.step(samplesOf(spec, step));
  }
  const count = Math.ceil(TURN / Math.max(TURN / MOST_STEPS, await ours.step(next++)));
  for (let round = 0; round < rounds; round++) {
    const steps = turnOf(count);
    seconds.get('ours')!.push(await meanOver(steps, (step) => ours.step(step)));
    for (const peer of peers) {
      await setTimeout(PAUSE);
      seconds.get(peer.variant)!.push(await meanOver(steps, (step) => peer.step(samplesOf(spec, step))));
    }
    if (peers.length > 0) await setTimeout(PAUSE);
  }
  await Promise.all(peers.map((peer) => peer.end()));
  await ours.end();
  const own = seconds.get('ours')!;
  const arithmetic = stepArithmetic(spec, taskNamed(spec.task));
  const rate = await matmulRate(threads);
  print(
    `${name}: ours ${milliseconds(own)} a step, ${Math.round(spec.batch / median(own))} samples/s; the arithmetic alone ${((1000 * arithmetic) / rate).toFixed(1)} ms at the machine's rate`,
  );
  if (peers.length === 0) return;
  for (const { variant } of peers)
    print(`    torch ${variant.padEnd(8)} ${milliseconds(seconds.get(variant)!)} a step`);
  const best = peers
    .map(({ variant }) => variant)
    .reduce((a, b) => (median(seconds.get(a)!) <= median(seconds.get(b)!) ? a : b));
  const ratios = own.map((time, i) => seconds.get(best)![i] / time).sort((a, b) => a - b);
  print(
    `    ours is ${median(ratios).toFixed(2)} times as fast as torch ${best} (${ratios[0].toFixed(2)} to ${ratios.at(-1)!.toFixed(2)})`,
  );
}

/** Our trainer, as `lengthwise train` runs it: the time includes drawing the instances. */
class Ours {
  private readonly spec: TrainSpec;
  private readonly stepper: Stepper;

  private constructor(spec: TrainSpec, stepper: Stepper) {
    this.spec = spec;
    this.stepper = stepper;
  }

  static async start(spec: TrainSpec, threads: number): Promise<Ours> {
    const setting = settingOf(spec);
    const state = initialState(setting.tensors, initialWeights(setting.spec, setting.config));
    return new Ours(spec, await createStepper(setting, state, 1, { threads }));
  }

  async step(step: number): Promise<number> {
    const start = performance.now();
    await this.stepper.step(step, rateAt(this.spec, step));
    return (performance.now() - start) / 1000;
  }

  end(): Promise<void> {
    return this.stepper.release();
  }
}

interface Samples {
  readonly tokens: number[][];
  readonly positions: number[][];
  readonly targets: number[][];
}

/** The samples of our step, padded on the right to the longest of the range, with -100 where there is no loss. */
function samplesOf(spec: TrainSpec, step: number): Samples {
  const task = taskNamed(spec.task);
  const tokenizer = new Tokenizer(symbolsOf(task, spec.taskOptions));
  const stream = rng('train', spec.task, spec.seed, step);
  const size = sequenceSize(task, spec.lengths.max);
  const length = size.prompt + size.target - 1;
  const samples: Samples = { tokens: [], positions: [], targets: [] };
  for (const drawn of drawLengths(spec.batch, spec.lengths.min, spec.lengths.max, stream)) {
    const { prompt, target } = encode(
      tokenizer,
      sequenceOf(task, task.sample(drawn, stream, spec.taskOptions)),
    );
    const read = [...prompt, ...target.slice(0, -1)];
    samples.tokens.push([...read, ...new Array<number>(length - read.length).fill(0)]);
    samples.positions.push(Array.from({ length }, (_, i) => i));
    const targets = new Array<number>(length).fill(-100);
    target.forEach((token, i) => (targets[prompt.length - 1 + i] = token));
    samples.targets.push(targets);
  }
  return samples;
}

/** PyTorch in a process of its own, one step per line. */
class Peer {
  readonly variant: (typeof VARIANTS)[number];
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string, undefined>;

  private constructor(variant: Peer['variant'], child: ChildProcess) {
    this.variant = variant;
    this.child = child;
    this.lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  }

  static async start(
    python: string,
    variant: Peer['variant'],
    spec: TrainSpec,
    threads: number,
  ): Promise<Peer> {
    const script = fileURLToPath(new URL('./train_step.py', import.meta.url));
    const peer = new Peer(variant, spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] }));
    const { config } = settingOf(spec);
    const { vocabulary, positions, layers, heads, width } = config;
    await peer.ask({ variant, threads, vocabulary, positions, layers, heads, width });
    return peer;
  }

  async step(samples: Samples): Promise<number> {
    return (await this.ask(samples)).seconds;
  }

  /** Resolves when the process is gone: nothing of it shall be in the next measurement. */
  async end(): Promise<void> {
    const gone = once(this.child, 'close');
    this.child.stdin!.end();
    await gone;
  }

  private async ask(message: object): Promise<{ seconds: number }> {
    this.child.stdin!.write(`${JSON.stringify(message)}\n`);
    const line = await this.lines.next();
    if (line.done === true)
      throw new Error(`PyTorch (${this.variant}) ended; does ${this.child.spawnfile} have torch?`);
    return JSON.parse(line.value) as { seconds: number };
  }
}

/** Floating-point operations per second of a large product, on that many threads. */
async function matmulRate(threads: number): Promise<number> {
  const n = 1024;
  const graph = new Graph();
  graph.output('c', matmul(graph.input('a', [n, n]), graph.input('b', [n, n])));
  const session = await createSession(graph, { threads });
  const data = new Float32Array(n * n).fill(0.5);
  const feed = { dtype: 'float32' as const, shape: [n, n], data };
  const times: number[] = [];
  for (let i = 0; i < 12; i++) {
    const start = performance.now();
    await session.run({ a: feed, b: feed });
    times.push((performance.now() - start) / 1000);
  }
  await session.release();
  return (2 * n ** 3) / Math.min(...times);
}

async function meanOver(
  steps: readonly number[],
  secondsOf: (step: number) => Promise<number>,
): Promise<number> {
  let sum = 0;
  for (const step of steps) sum += await secondsOf(step);
  return sum / steps.length;
}

function keepBusy(count: number): ChildProcess[] {
  return Array.from({ length: count }, () => spawn(process.execPath, ['-e', 'for (;;) Math.sqrt(2)']));
}

function milliseconds(seconds: readonly number[]): string {
  const sorted = seconds.map((time) => 1000 * time).sort((a, b) => a - b);
  return `${median(sorted).toFixed(1)} ms (${sorted[0].toFixed(1)} to ${sorted.at(-1)!.toFixed(1)})`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
