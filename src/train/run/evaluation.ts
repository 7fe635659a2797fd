/** How far training has come: exact match on held-out instances of the training range, bucket by bucket of lengths. */
import { rng } from '../../common/random.ts';
import { argMax, createSession, Graph } from '../../graph/index.ts';
import type { Device, Session, Tensor } from '../../graph/index.ts';
import { answerFeeds, exactMatches } from '../../model/answers/answers.ts';
import type { AnswerGroup, PromptAndTarget } from '../../model/answers/answers.ts';
import type { ModelConfig } from '../../model/index.ts';
import { overPieces } from '../../model/forward/pieces.ts';
import { encode } from '../batch/batch.ts';
import type { ProgressRow } from './rows.ts';
import type { RunSetting } from '../spec/setting.ts';
import { inputTensors } from '../step/feeds.ts';
import { membersOf, parameterKey } from '../step/tensors.ts';
import type { TrainedTensor } from '../step/tensors.ts';

const BUCKETS = 4;
/** 1,024 instances in all: 100 % of them right means at most 0.3 % wrong, with 95 % confidence. */
const INSTANCES_PER_BUCKET = 256;

export type BucketAccuracy = NonNullable<ProgressRow['accuracy']>;

interface Bucket {
  readonly min: number;
  readonly max: number;
  readonly sequences: readonly PromptAndTarget[];
}

/** The session that answers held-out instances, and what it is fed. */
interface Exam {
  readonly groups: readonly AnswerGroup[];
  readonly inputs: Record<string, Tensor>;
  readonly session: Session;
}

/** Exact match per bucket. The instances depend on the task and its options alone; they are made when first needed. */
export class Evaluation {
  private readonly setting: RunSetting;
  private readonly isWanted: (bucket: number) => boolean;
  private readonly device: Device;
  private buckets: readonly Bucket[] | undefined;
  private exam: Exam | undefined;

  /** @param isWanted which of the buckets, counted from the shortest lengths; all unless given */
  constructor(
    setting: RunSetting,
    {
      isWanted = () => true,
      device = 'cpu',
    }: { readonly isWanted?: (bucket: number) => boolean; readonly device?: Device },
  ) {
    this.setting = setting;
    this.isWanted = isWanted;
    this.device = device;
  }

  /** With the parameters in a training state. */
  async run(parameters: Readonly<Record<string, Tensor>>): Promise<BucketAccuracy> {
    this.buckets ??= heldOut(this.setting).filter((_, b) => this.isWanted(b));
    if (this.buckets.length === 0) return [];
    this.exam ??= await examOf(this.setting, this.buckets, this.device);
    const { buckets } = this;
    const { groups, inputs, session } = this.exam;
    const { predicted } = await session.run({ ...inputs, ...parameters });
    const matches = exactMatches(
      groups,
      buckets.flatMap(({ sequences }) => sequences),
      predicted.data,
    );
    return buckets.map(({ min, max, sequences }, b) => {
      const own = matches.slice(b * INSTANCES_PER_BUCKET, b * INSTANCES_PER_BUCKET + sequences.length);
      return { min, max, n: own.length, correct: own.filter((match) => match).length };
    });
  }

  async release(): Promise<void> {
    await this.exam?.session.release();
    this.exam = undefined;
  }
}

async function examOf(
  { config, lessons, tensors }: RunSetting,
  buckets: readonly Bucket[],
  device: Device,
): Promise<Exam> {
  const groups = buckets.map(({ max }) => ({ batch: INSTANCES_PER_BUCKET, ...lessons.asked.size(max) }));
  const { inputs } = answerFeeds(
    config,
    groups,
    buckets.flatMap(({ sequences }) => sequences),
  );
  return {
    groups,
    inputs: inputTensors(inputs),
    session: await createSession(answering(config, tensors, groups), { device }),
  };
}

/** The forward pass with the most probable token at every row, [M], int64. */
function answering(
  config: ModelConfig,
  tensors: readonly TrainedTensor[],
  groups: readonly AnswerGroup[],
): Graph {
  const graph = new Graph();
  const members = new Map(
    tensors.flatMap((tensor) => [...membersOf(tensor, graph.input(parameterKey(tensor.name), tensor.shape))]),
  );
  const weights = (name: string) => members.get(name)!;
  graph.output(
    'predicted',
    overPieces(graph, config, weights, groups, (logits) => argMax(logits, 1)),
  );
  return graph;
}

/** A range of lengths in up to four parts, from the shortest on. */
export function bucketsOf({ min, max }: RunSetting['spec']['lengths']): { min: number; max: number }[] {
  const lengths = max - min + 1;
  const count = Math.min(BUCKETS, lengths);
  return Array.from({ length: count }, (_, b) => ({
    min: min + Math.floor((b * lengths) / count),
    max: min + Math.floor(((b + 1) * lengths) / count) - 1,
  }));
}

function heldOut({ spec, lessons, tokenizer }: RunSetting): Bucket[] {
  return bucketsOf(spec.lengths).map(({ min: from, max: to }, b) => {
    const sequences = Array.from({ length: INSTANCES_PER_BUCKET }, (_, i) => {
      const stream = rng('held-out', b, i);
      const length = from + stream.below(to - from + 1);
      return encode(tokenizer, lessons.asked.draw(length, stream, spec.taskOptions));
    });
    return { min: from, max: to, sequences };
  });
}
