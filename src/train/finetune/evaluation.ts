/**
 * How far a fine-tuning has come: exact match on held-out samples of the training range, bucket by bucket of lengths. Answers
 * are read as they should be (teacher-forced): one is right where each of its tokens is the likeliest after those before it.
 */
import { rng } from '../../common/random.ts';
import { argMax, createSession, Graph } from '../../graph/index.ts';
import type { Computing, Session, Tensor } from '../../graph/index.ts';
import { branchedFeeds, branchedMatches } from '../../model/answers/branches.ts';
import type { BranchedGroup, BranchedSequence } from '../../model/answers/branches.ts';
import { parameterCount } from '../../model/index.ts';
import type { BucketAccuracy } from '../run/evaluation.ts';
import { bucketsOf } from '../run/evaluation.ts';
import { inputTensors } from '../step/feeds.ts';
import type { Feeds } from '../step/feeds.ts';
import { drawContext, roomFor } from './sequences.ts';
import type { FinetuneSetting } from './setting.ts';
import { frozenFeeds, trainedModel } from './step.ts';

/** A model that others trained takes as long for one sample as one that was trained here for a hundred. */
const LARGE = 10_000_000;
const SAMPLES_PER_BUCKET = { small: 256, large: 32 } as const;
/** How often the session runs over all. */
const RUNS = 4;

interface Bucket {
  readonly min: number;
  readonly max: number;
  readonly sequences: readonly BranchedSequence[];
}

/** Exact match per bucket. The samples depend on the task, its options and the prompt alone; they are made when first needed. */
export class HeldOut {
  private readonly setting: FinetuneSetting;
  private readonly computing: Computing;
  private buckets: readonly Bucket[] | undefined;
  private session: { readonly session: Session; readonly groups: readonly BranchedGroup[] } | undefined;

  constructor(setting: FinetuneSetting, computing: Computing) {
    this.setting = setting;
    this.computing = computing;
  }

  /** @param parameters what is trained, as it is now */
  async run(parameters: Readonly<Record<string, Tensor>>): Promise<BucketAccuracy> {
    const { setting } = this;
    this.buckets ??= heldOut(setting);
    const { buckets } = this;
    this.session ??= await this.begin(buckets);
    const { session, groups } = this.session;
    const correct = buckets.map(() => 0);
    for (let run = 0; run < RUNS; run++) {
      const parts = buckets.map(({ sequences }, b) => partOf(sequences, groups[b].batch, run));
      const { inputs } = branchedFeeds(setting.base.config, groups, parts.flat());
      const feeds: Feeds = { ...inputTensors(inputs), ...frozenFeeds(setting), ...parameters };
      const { predicted } = await session.run(feeds);
      const matches = branchedMatches(groups, parts.flat(), predicted.data);
      parts.forEach((part, b) => {
        correct[b] += matches.splice(0, part.length).filter(([isRight]) => isRight).length;
      });
    }
    return buckets.map(({ min, max, sequences }, b) => ({
      min,
      max,
      n: sequences.length,
      correct: correct[b],
    }));
  }

  async release(): Promise<void> {
    await this.session?.session.release();
    this.session = undefined;
  }

  private async begin(buckets: readonly Bucket[]): Promise<NonNullable<HeldOut['session']>> {
    const groups = buckets.map(({ sequences }) => roomFor(sequences.length / RUNS, sequences));
    const graph = new Graph();
    graph.output('predicted', argMax(trainedModel(graph, this.setting, groups).logits, 1));
    return { session: await createSession(graph, this.computing), groups };
  }
}

/** Samples from a stream of their own, with one question each. (Of short lengths there may be so few that steps had them, too.) */
function heldOut(setting: FinetuneSetting): Bucket[] {
  const { spec, base } = setting;
  const count = SAMPLES_PER_BUCKET[parameterCount(base.config) > LARGE ? 'large' : 'small'];
  return bucketsOf(spec.lengths).map(({ min, max }, b) => ({
    min,
    max,
    sequences: Array.from({ length: count }, (_, i) => {
      const stream = rng('held-out', b, i);
      return drawContext(setting, min + stream.below(max - min + 1), 1, stream);
    }),
  }));
}

function partOf<T>(items: readonly T[], count: number, part: number): readonly T[] {
  return items.slice(part * count, (part + 1) * count);
}
