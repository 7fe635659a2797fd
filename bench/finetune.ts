/**
 * A step of LoRA on the shape of SmolLM2-135M beside PyTorch with peft: forward pass, loss, gradients by the adapter, AdamW. The
 * same weights (random), the same adapter, the same tokens, one thread each, in turns within one run.
 *
 *   npm run bench -- finetune [--python PATH] [--rounds 7]
 *
 * 8 sequences of 32 tokens, rank 16 on all linear modules, a loss on the last 8 tokens. What counts is processor seconds. PyTorch has
 * two variants: logits at all positions, as its users have it, and at those with a loss alone (`logits_to_keep`); the ratio is
 * against the better one. Losses are printed: they have to be the same.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createSession, discard } from '../src/graph/index.ts';
import type { Session } from '../src/graph/index.ts';
import { adaptableTargets, adapterParameters, initialAdapter } from '../src/model/adapters/adapter.ts';
import { branchedFeeds } from '../src/model/answers/branches.ts';
import { writeFolder } from '../src/model/files/folder.node.ts';
import { writeConfigJson } from '../src/model/files/huggingface/config-file.ts';
import { tensorParts } from '../src/model/files/huggingface/tensors.ts';
import { adapterFiles } from '../src/model/files/peft/adapter-files.ts';
import { initialise, modelConfig, rng, Tokenizer } from '../src/model/index.ts';
import { finetuneStep, frozenFeeds } from '../src/train/finetune/step.ts';
import type { Trained } from '../src/train/finetune/step.ts';
import { batchTensors, scalarTensors, stateTensors } from '../src/train/step/feeds.ts';
import type { Feeds } from '../src/train/step/feeds.ts';
import { adamw } from '../src/train/step/optimizers/adamw.ts';
import { renewed } from '../src/train/step/step.ts';
import { initialState } from '../src/train/step/tensors.ts';

const VARIANTS = ['all-logits', 'answer-logits'] as const;
const [BATCH, LENGTH, ANSWER] = [8, 32, 8];
const RATE = 1e-4;
/** Steps that nobody counts. */
const WARM_UP = 2;

const config = modelConfig({
  ...{ architecture: 'llama', vocabulary: 49_152, layers: 30, heads: 9, keyValueHeads: 3, width: 576 },
  ...{ mlpWidth: 1536, positions: 8192, tiedEmbeddings: true },
});
const shape = { rank: 16, alpha: 32, rankStabilised: false, targets: adaptableTargets(config) };
const random = rng('bench', 'finetune');
const sequences = Array.from({ length: BATCH }, () =>
  Array.from({ length: LENGTH + 1 }, () => random.below(config.vocabulary)),
);

/** A step's processor seconds and its loss. */
interface Step {
  readonly seconds: number;
  readonly loss: number;
}

export async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { python: { type: 'string' }, rounds: { type: 'string', default: '7' } },
  });
  const rounds = Number(values.rounds);
  if (values.python === undefined)
    print('PyTorch is not measured: name a Python that has torch, transformers and peft with --python PATH');
  const weights = initialise(config, rng('bench', 'weights'));
  const adapter = initialAdapter(config, shape, rng('bench', 'adapter'));
  const folder = await mkdtemp(path.join(tmpdir(), 'lengthwise-bench-'));
  const peers: Peer[] = [];
  try {
    if (values.python !== undefined) {
      const [base, peft] = [path.join(folder, 'base'), path.join(folder, 'adapter')];
      const json = writeConfigJson(config, undefined);
      await writeFolder(base, { 'config.json': json, 'model.safetensors': tensorParts(config, weights) });
      await writeFolder(peft, adapterFiles(config, { ...shape, weights: adapter }, base));
      for (const variant of VARIANTS) peers.push(await Peer.start(values.python, variant, base, peft));
    }
    const ours = await Ours.start(weights, adapter);
    const steps = new Map<string, Step[]>([
      ['ours', []],
      ...VARIANTS.map((name): [string, Step[]] => [name, []]),
    ]);
    for (let round = 0; round < WARM_UP + rounds; round++) {
      steps.get('ours')!.push(await ours.step());
      for (const peer of peers) steps.get(peer.variant)!.push(await peer.step());
    }
    await ours.release();
    print(
      `SmolLM2-135M’s shape, ${BATCH} × ${LENGTH} tokens, rank ${shape.rank} on ${shape.targets.join(', ')}, one thread, ${rounds} rounds`,
    );
    report('ours', steps.get('ours')!, process.resourceUsage().maxRSS * 1024);
    for (const peer of peers) report(`torch, ${peer.variant}`, steps.get(peer.variant)!, peer.peak);
    if (peers.length > 0) compare(steps);
  } finally {
    await Promise.all(peers.map((peer) => peer.end()));
    await rm(folder, { recursive: true });
  }
}

function report(name: string, steps: readonly Step[], peak: number): void {
  const seconds = steps.slice(WARM_UP).map((step) => step.seconds);
  const losses = [steps[0], steps.at(-1)!].map(({ loss }) => loss.toFixed(4)).join(' → ');
  print(
    `    ${name.padEnd(22)} ${median(seconds).toFixed(2)} s a step (${Math.min(...seconds).toFixed(2)} to ${Math.max(...seconds).toFixed(2)}), at most ${(peak / 1e9).toFixed(2)} GB, loss ${losses}`,
  );
}

function compare(steps: ReadonlyMap<string, readonly Step[]>): void {
  const secondsOf = (name: string) =>
    steps
      .get(name)!
      .slice(WARM_UP)
      .map((step) => step.seconds);
  const best = VARIANTS.reduce((a, b) => (median(secondsOf(a)) <= median(secondsOf(b)) ? a : b));
  const own = secondsOf('ours');
  const ratios = secondsOf(best)
    .map((seconds, i) => seconds / own[i])
    .sort((a, b) => a - b);
  print(
    `    ours is ${median(ratios).toFixed(2)} times as fast as torch, ${best} (${ratios[0].toFixed(2)} to ${ratios.at(-1)!.toFixed(2)})`,
  );
}

/** The step that `lengthwise finetune` takes. */
class Ours {
  private readonly session: Session;
  private readonly frozen: Feeds;
  private readonly batch: Feeds;
  private readonly state: Feeds;
  private taken = 0;

  private constructor(session: Session, feeds: Readonly<Record<'frozen' | 'batch' | 'state', Feeds>>) {
    this.session = session;
    this.frozen = feeds.frozen;
    this.batch = feeds.batch;
    this.state = feeds.state;
  }

  static async start(
    weights: ReadonlyMap<string, Float32Array>,
    adapter: ReadonlyMap<string, Float32Array>,
  ): Promise<Ours> {
    const members = adapterParameters(config, shape);
    const length = members.reduce((sum, { shape: [rows, columns] }) => sum + rows * columns, 0);
    const tensors = [{ name: 'adapter', shape: [length], members, optimizer: adamw, weightDecay: 0 }];
    const trained: Trained = {
      base: {
        ...{ kind: 'symbols', name: 'random', hash: '', config, weights, trainedWith: {} },
        tokenizer: new Tokenizer([]),
      },
      tensors,
      spec: {
        ...{ base: '', task: 'UR', prompt: null, lengths: { min: 2, max: 2 }, seed: 1, evaluateEvery: 1 },
        ...{ batch: BATCH, queries: 1, steps: 1, learningRate: RATE, schedule: 'constant', warmup: 0 },
        ...{ weightDecay: 0, curriculum: 0, offsets: false, method: { kind: 'lora', ...shape } },
      },
    };
    const trunk = LENGTH - ANSWER;
    const groups = [{ batch: BATCH, trunk, count: 1, length: ANSWER }];
    const asked = sequences.map((tokens) => ({
      trunk: tokens.slice(0, trunk),
      branches: [{ prompt: tokens.slice(trunk, trunk + 1), target: tokens.slice(trunk + 1) }],
    }));
    const session = await createSession(finetuneStep(trained, groups), { threads: 1 });
    return new Ours(session, {
      frozen: frozenFeeds(trained),
      batch: batchTensors(branchedFeeds(config, groups, asked)),
      state: stateTensors(tensors, initialState(tensors, adapter)),
    });
  }

  async step(): Promise<Step> {
    const begun = process.cpuUsage();
    const { frozen, batch, state } = this;
    const scalars = scalarTensors((this.taken += 1), RATE);
    const results = await this.session.run({ ...frozen, ...state, ...batch, ...scalars });
    for (const key of Object.keys(state)) {
      discard(state[key]);
      state[key] = results[renewed(key)];
    }
    const loss = Number(results.loss.data[0]);
    const { user, system } = process.cpuUsage(begun);
    return { seconds: (user + system) / 1e6, loss };
  }

  release(): Promise<void> {
    return this.session.release();
  }
}

/** PyTorch in a process of its own, one step per line. */
class Peer {
  readonly variant: (typeof VARIANTS)[number];
  /** Bytes of memory, at most. */
  peak = 0;
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string, undefined>;

  private constructor(variant: Peer['variant'], child: ChildProcess) {
    this.variant = variant;
    this.child = child;
    this.lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  }

  static async start(python: string, variant: Peer['variant'], base: string, adapter: string): Promise<Peer> {
    const script = fileURLToPath(new URL('./finetune_peer.py', import.meta.url));
    const peer = new Peer(variant, spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] }));
    await peer.ask({ base, adapter, sequences, answer: ANSWER, rate: RATE, variant });
    return peer;
  }

  async step(): Promise<Step> {
    const { seconds, loss, peak } = await this.ask({});
    this.peak = peak;
    return { seconds, loss };
  }

  async end(): Promise<void> {
    const gone = once(this.child, 'close');
    this.child.stdin!.end();
    await gone;
  }

  private async ask(message: object): Promise<Step & { peak: number }> {
    this.child.stdin!.write(`${JSON.stringify(message)}\n`);
    const line = await this.lines.next();
    if (line.done === true)
      throw new Error(`PyTorch ended; does ${this.child.spawnfile} have torch, transformers and peft?`);
    return JSON.parse(line.value) as Step & { peak: number };
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
