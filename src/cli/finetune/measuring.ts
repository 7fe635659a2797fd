/** The base and all that was made of it, measured and put together. */
import path from 'node:path';
import type { DoneTuning } from '../../fix/finetuned/tuned.node.ts';
import type { FinetuneResult, TunedModel } from '../../fix/finetuned/rows.ts';
import { formatDuration } from '../../common/duration.ts';
import type { BaseFacts } from '../../train/finetune/base.ts';
import type { Io } from '../shared/command.ts';
import type { FinetuneFlags } from './flags.ts';
import { FINETUNE } from '../../fix/finetuned/result-files.ts';

/** @throws UserError for what can't be measured; the signal's reason, what was measured being kept */
export async function measureAll(
  target: string,
  runs: readonly DoneTuning[],
  facts: BaseFacts,
  flags: Pick<FinetuneFlags, 'n' | 'measure' | 'threads' | 'out'>,
  io: Io,
): Promise<FinetuneResult> {
  const { BASE_SEED, questionsAbout, SAMPLES } = await import('../../fix/finetuned/asked.ts');
  const { measureBase, measureDone, methodText, NOTHING } = await import('../../fix/finetuned/tuned.node.ts');
  const { gapsOf } = await import('../../fix/finetuned/gaps.ts');
  const { spanOf } = await import('../../fix/finetuned/lengths.ts');
  const { packageVersion } = await import('../../common/version.node.ts');
  const { n = SAMPLES, threads, out } = flags;
  const base = { target, isText: facts.kind === 'text' };
  const specs = [...new Map(runs.map(({ spec }) => [spec.task, spec])).values()];
  const pace = new QuestionPace(questionsAbout([...specs, ...runs.map(({ spec }) => spec)], n));
  const measuring = (name: string) => ({
    ...{ n, threads, out: path.join(out, FINETUNE.measured, name), signal: io.signal },
    note: { lengthwise: packageVersion(), options: {} },
    onProgress: (what: string, progress: Counts) =>
      io.progress(`${name}: ${what}, ${pace.told(`${name} ${what}`, progress)}`),
  });
  const nameOfBase = `before-${facts.hash.slice(0, HASH_LETTERS)}`;
  const before = flags.measure
    ? await measureBase(base, specs, { ...measuring(nameOfBase), seed: BASE_SEED })
    : NOTHING;
  const models: TunedModel[] = [];
  for (const run of runs) {
    const { spec, row } = run;
    const name = path.join(spec.task, `seed-${spec.seed}-${row.weights.slice(0, HASH_LETTERS)}`);
    models.push(await measureDone(base, run, flags.measure ? measuring(name) : null));
  }
  return {
    ...{ format: 'lengthwise.finetune', version: 1, target, n },
    lengths: spanOf(models.map(({ lengths }) => lengths)),
    method: methodText(specs[0].method),
    before: before.cells,
    perplexity: before.perplexity,
    models,
    gaps: flags.measure ? gapsOf(models, before.cells) : [],
  };
}

interface Counts {
  readonly answered: number;
  readonly reused: number;
}

/** How much of all questions is answered, and about how long the rest takes: those kept from before took no time. */
class QuestionPace {
  private readonly most: number;
  private readonly began = performance.now();
  private readonly counts = new Map<string, Counts>();

  constructor(most: number) {
    this.most = most;
  }

  told(which: string, counts: Counts): string {
    this.counts.set(which, counts);
    const sum = (of: (one: Counts) => number) =>
      [...this.counts.values()].reduce((total, one) => total + of(one), 0);
    const answered = sum((one) => one.answered);
    const done = answered + sum((one) => one.reused);
    const seconds = (performance.now() - this.began) / 1000;
    const left =
      answered === 0 ? '' : `, about ${formatDuration((seconds / answered) * (this.most - done))} left`;
    return `${done} of ${this.most} questions${left}`;
  }
}

/** Answers of other weights lie in folders of their own. */
const HASH_LETTERS = 8;
