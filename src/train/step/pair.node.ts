/**
 * Steps by two threads of one process: this one and a partner. They share memory, take one half of the work each
 * (`half.ts`), and wait for each other without spinning, so a third process that is busy slows them down and no more.
 *
 * The partner is asked to end and never ended by force: ONNX Runtime brings the process down when its thread is taken
 * away in the middle of a run.
 */
import type { Computing } from '../../graph/index.ts';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../../common/errors.ts';
import { answerLayout } from '../../model/answers/answers.ts';
import { tokenCount } from '../../model/index.ts';
import { planBatch } from '../batch/batch.ts';
import type { BucketAccuracy } from '../run/evaluation.ts';
import type { State } from './feeds.ts';
import { Half, sharedMemory } from './half.ts';
import type { SharedMemory } from './half.ts';
import type { RunSetting } from '../spec/setting.ts';
import type { TrainSpec } from '../spec/spec.ts';
import { SoloStepper } from './stepper.ts';
import type { Stepper, StepResult } from './stepper.ts';

/** What the partner is started with. */
export interface PartnerData {
  readonly spec: TrainSpec;
  readonly memory: SharedMemory;
}

export type ToPartner =
  | { readonly type: 'gradients'; readonly step: number }
  | { readonly type: 'update'; readonly step: number; readonly rate: number }
  | { readonly type: 'evaluate' }
  | { readonly type: 'end' };

/** One answer to each message, in order, after `ready`; none to `end`. */
export type FromPartner =
  | { readonly type: 'ready'; readonly flushesDenormals: boolean }
  | { readonly type: 'gradients'; readonly result: StepResult }
  | { readonly type: 'update' }
  | { readonly type: 'evaluate'; readonly accuracy: BucketAccuracy }
  | { readonly type: 'failed'; readonly message: string };

type Answer<Type extends FromPartner['type']> = Extract<FromPartner, { type: Type }>;

/**
 * Numbers that a step passes on from layer to layer, from which on it takes longer than two threads need to wait for
 * each other: about 3 ms.
 */
const WORTH_TWO = 30_000;

/**
 * Who takes a run's steps. What comes out does not depend on the threads.
 * @param step the first that it will take
 */
export async function createStepper(
  setting: RunSetting,
  state: State,
  step: number,
  { threads = 1, device = 'cpu' }: Computing,
): Promise<Stepper> {
  const isForTwo = threads > 1 && device === 'cpu' && worthTwo(setting);
  const pair = isForTwo ? await PairStepper.start(setting, state, step) : undefined;
  if (pair !== undefined) return pair;
  const solo = new SoloStepper(setting, state, device);
  await solo.prepare(step);
  return solo;
}

function worthTwo({ spec, lessons, config }: RunSetting): boolean {
  const { shares } = planBatch(spec, lessons, config, spec.lengths.max);
  const tokens = tokenCount(answerLayout(shares.flat()));
  return shares.length > 1 && tokens * config.layers * config.width >= WORTH_TWO;
}

/**
 * Whether this thread counts denormal numbers as zero. ONNX Runtime has it so in the thread of a process's first
 * session; a thread that is started afterwards inherits it on most systems. Two that differ would not give one result.
 */
export function flushesDenormals(): boolean {
  const [smallest] = new Float64Array(new BigInt64Array([1n]).buffer);
  return smallest + smallest === 0;
}

class PairStepper implements Stepper {
  private readonly memory: SharedMemory;
  private readonly own: Half;
  private readonly partner: Partner;

  private constructor(memory: SharedMemory, own: Half, partner: Partner) {
    this.memory = memory;
    this.own = own;
    this.partner = partner;
  }

  /** Undefined where threads are not alike. */
  static async start(setting: RunSetting, state: State, step: number): Promise<PairStepper | undefined> {
    const memory = sharedMemory(setting.tensors, state);
    const own = new Half(setting, 0, memory);
    await own.prepare(step); // the first session: threads that are started from here on count as this one does
    const partner = new Partner({ spec: setting.spec, memory });
    const stepper = new PairStepper(memory, own, partner);
    let alike = false;
    try {
      alike = (await partner.answer('ready')).flushesDenormals === flushesDenormals();
    } finally {
      if (!alike) await stepper.release();
    }
    return alike ? stepper : undefined;
  }

  async step(step: number, rate: number): Promise<StepResult> {
    const [own, { result }] = await this.together({ type: 'gradients', step }, 'gradients', () =>
      this.own.computeGradients(step),
    );
    await this.together({ type: 'update', step, rate }, 'update', () => this.own.update(step, rate));
    return { loss: Math.fround(own.loss + result.loss), tokens: own.tokens };
  }

  async evaluate(): Promise<BucketAccuracy> {
    const [own, { accuracy }] = await this.together({ type: 'evaluate' }, 'evaluate', () =>
      this.own.evaluate(),
    );
    return [...own, ...accuracy].sort((a, b) => a.min - b.min);
  }

  state(): State {
    return this.memory.state;
  }

  async release(): Promise<void> {
    await this.partner.end();
    await this.own.release();
  }

  /** Both halves of some work. Neither is left running when the other fails. */
  private async together<Type extends FromPartner['type'], T>(
    message: ToPartner,
    type: Type,
    work: () => Promise<T>,
  ): Promise<[T, Answer<Type>]> {
    this.partner.tell(message);
    const [own, answer] = await Promise.allSettled([work(), this.partner.answer(type)]);
    if (own.status === 'rejected') throw own.reason;
    if (answer.status === 'rejected') throw answer.reason;
    return [own.value, answer.value];
  }
}

/** In a checkout this is TypeScript, in an installed package JavaScript. */
const PARTNER = new URL(
  import.meta.url.endsWith('.ts') ? './partner.node.ts' : './partner.node.js',
  import.meta.url,
);

/** The other thread, as messages to it and answers from it. */
class Partner {
  private readonly worker: Worker;
  private readonly ended: Promise<void>;
  private readonly answers: FromPartner[] = [];
  private died: string | undefined;
  private wake: () => void = () => undefined;

  constructor(workerData: PartnerData) {
    this.worker = new Worker(PARTNER, { workerData });
    this.worker.on('message', (answer: FromPartner) => {
      this.answers.push(answer);
      this.wake();
    });
    this.worker.on('error', (error) => (this.died = messageOf(error)));
    this.ended = new Promise((resolve) => {
      this.worker.on('exit', () => {
        this.died ??= 'it ended';
        this.wake();
        resolve();
      });
    });
  }

  tell(message: ToPartner): void {
    this.worker.postMessage(message);
  }

  /** The next answer. @throws Error when it is that something failed, or when none comes any more */
  async answer<Type extends FromPartner['type']>(type: Type): Promise<Answer<Type>> {
    while (this.answers.length === 0) {
      if (this.died !== undefined) throw new Error(`the second training thread failed: ${this.died}`);
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    const answer = this.answers.shift()!;
    if (answer.type === type) return answer as Answer<Type>;
    throw new Error(
      `the second training thread failed: ${answer.type === 'failed' ? answer.message : answer.type}`,
    );
  }

  async end(): Promise<void> {
    this.tell({ type: 'end' });
    await this.ended;
  }
}
