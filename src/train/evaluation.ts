/** How far training has come: exact match on held-out instances of the training range, bucket by bucket of lengths. */
import { rng } from '../common/random.ts';
import { argMax, createSession, Graph } from '../graph/index.ts';
import type { Session, Tensor } from '../graph/index.ts';
import { answerFeeds, exactMatches } from '../model/answers.ts';
import type { AnswerGroup, PromptAndTarget } from '../model/answers.ts';
import type { ModelConfig, Tokenizer } from '../model/index.ts';
import { overPieces } from '../model/pieces.ts';
import type { Task } from '../tasks/index.ts';
import { sequenceOf, sequenceSize } from '../tasks/sequence.ts';
import { encode } from './batch.ts';
import type { ProgressRow } from './rows.ts';
import type { TrainSpec } from './spec.ts';
import type { RunSetting } from './stepper.ts';
import { int32, membersOf, parameterKey } from './tensors.ts';
import type { TrainedTensor } from './tensors.ts';

const BUCKETS = 4;
/** 1,024 instances in all: 100 % of them right means at most 0.3 % wrong, with 95 % confidence. */
const INSTANCES_PER_BUCKET = 256;

export type BucketAccuracy = NonNullable<ProgressRow['accuracy']>;

interface Bucket {
  readonly min: number;
  readonly max: number;
  readonly sequences: readonly PromptAndTarget[];
}

/** Held-out instances and the graph that answers them. The instances depend on the task and its options alone. */
export class Evaluation {
  private readonly buckets: readonly Bucket[];
  private readonly groups: readonly AnswerGroup[];
  private readonly inputs: Record<string, Tensor>;
  private readonly session: Session;

  private constructor(
    buckets: readonly Bucket[],
    groups: readonly AnswerGroup[],
    inputs: Record<string, Tensor>,
    session: Session,
  ) {
    this.buckets = buckets;
    this.groups = groups;
    this.inputs = inputs;
    this.session = session;
  }

  static async create({ spec, task, config, tokenizer, tensors, threads }: RunSetting): Promise<Evaluation> {
    const buckets = heldOut(spec, task, tokenizer);
    const groups = buckets.map(({ max }) => ({ batch: INSTANCES_PER_BUCKET, ...sequenceSize(task, max) }));
    const { inputs } = answerFeeds(
      config,
      groups,
      buckets.flatMap(({ sequences }) => sequences),
    );
    const session = await createSession(answering(config, tensors, groups), { threads });
    const feeds = Object.fromEntries(Object.entries(inputs).map(([name, data]) => [name, int32(data)]));
    return new Evaluation(buckets, groups, feeds, session);
  }

  /** Exact match per bucket with the parameters in a training state. */
  async run(parameters: Readonly<Record<string, Tensor>>): Promise<BucketAccuracy> {
    const { predicted } = await this.session.run({ ...this.inputs, ...parameters });
    const matches = exactMatches(
      this.groups,
      this.buckets.flatMap(({ sequences }) => sequences),
      predicted.data,
    );
    return this.buckets.map(({ min, max, sequences }, b) => {
      const own = matches.slice(b * INSTANCES_PER_BUCKET, b * INSTANCES_PER_BUCKET + sequences.length);
      return { min, max, n: own.length, correct: own.filter((match) => match).length };
    });
  }

  release(): Promise<void> {
    return this.session.release();
  }
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
  const { rows } = overPieces(
    graph,
    config,
    (name) => members.get(name)!,
    groups,
    [],
    (logits) => ({
      rows: [argMax(logits, 1)],
    }),
  );
  graph.output('predicted', rows[0]);
  return graph;
}

function heldOut(spec: TrainSpec, task: Task, tokenizer: Tokenizer): Bucket[] {
  const { min, max } = spec.lengths;
  const lengths = max - min + 1;
  const count = Math.min(BUCKETS, lengths);
  return Array.from({ length: count }, (_, b) => {
    const from = min + Math.floor((b * lengths) / count);
    const to = min + Math.floor(((b + 1) * lengths) / count) - 1;
    const sequences = Array.from({ length: INSTANCES_PER_BUCKET }, (_, i) => {
      const stream = rng('held-out', b, i);
      const length = from + stream.below(to - from + 1);
      return encode(tokenizer, sequenceOf(task, task.sample(length, stream, spec.taskOptions)));
    });
    return { min: from, max: to, sequences };
  });
}
