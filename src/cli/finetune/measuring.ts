/** The base and all that was made of it, measured and put together. */
import path from 'node:path';
import { askedLengths } from '../../fix/finetuned/lengths.ts';
import type { MeasuredTask } from '../../fix/finetuned/measuring.node.ts';
import type { FinetuneResult, TunedModel } from '../../fix/finetuned/rows.ts';
import { formatDuration } from '../../common/duration.ts';
import type { BaseFacts } from '../../train/finetune/base.ts';
import type { FinetuneSpec } from '../../train/finetune/spec.ts';
import type { Io } from '../shared/command.ts';
import type { FinetuneFlags } from './flags.ts';
import { adapterOf } from './training.ts';
import type { TrainedRun } from './training.ts';

/** Five lengths in range with so many each are the 1,000 samples that say whether a task is learned. */
const SAMPLES = 200;
/** Of the samples that the base answers. A model answers those of its own seed: what all seeds have in common would look certain. */
const SEED = 1;

/** @throws UserError for what can't be measured; the signal's reason, what was measured being kept */
export async function measureAll(
  target: string,
  runs: readonly TrainedRun[],
  facts: BaseFacts,
  flags: Pick<FinetuneFlags, 'n' | 'measure' | 'threads' | 'out'>,
  io: Io,
): Promise<FinetuneResult> {
  const { measureTuned, questionsOf } = await import('../../fix/finetuned/measuring.node.ts');
  const { gapsOf } = await import('../../fix/finetuned/gaps.ts');
  const { packageVersion } = await import('../../common/version.node.ts');
  const { n = SAMPLES, threads, out } = flags;
  const isText = facts.kind === 'text';
  const specs = [...new Map(runs.map(({ spec }) => [spec.task, spec])).values()];
  const most = questionsOf([...specs, ...runs.map(({ spec }) => spec)].map(measuredTask), n);
  const pace = new QuestionPace(most);
  const measuring = (name: string, seed = SEED) => ({
    ...{ n, seed, threads, out: path.join(out, 'measured', name), signal: io.signal },
    note: { lengthwise: packageVersion(), options: {} },
    onProgress: (what: string, progress: Counts) =>
      io.progress(`${name}: ${what}, ${pace.told(`${name} ${what}`, progress)}`),
  });
  const base = flags.measure
    ? await measureTuned(
        { target, isText, adapter: null },
        specs.map(measuredTask),
        measuring(`before-${facts.hash.slice(0, HASH_LETTERS)}`),
      )
    : NOTHING;
  const models: TunedModel[] = [];
  for (const run of runs) {
    const { spec, folder, row } = run;
    const adapter = adapterOf(run);
    const model = { target: adapter === null ? folder : target, isText, adapter };
    const measured = flags.measure
      ? await measureTuned(
          model,
          [measuredTask(spec)],
          measuring(
            path.join(spec.task, `seed-${spec.seed}-${row.weights.slice(0, HASH_LETTERS)}`),
            spec.seed,
          ),
        )
      : NOTHING;
    const { step: steps, seconds, parameters } = row;
    models.push({ task: spec.task, seed: spec.seed, folder, steps, seconds, parameters, ...measured });
  }
  return {
    ...{ format: 'lengthwise.finetune', version: 1, target, lengths: specs[0].lengths, n },
    method: methodText(specs[0].method),
    before: base.cells,
    perplexity: base.perplexity,
    models,
    gaps: flags.measure ? gapsOf(models, base.cells) : [],
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

const NOTHING = { cells: [], perplexity: null } as const;

function measuredTask({ task, taskOptions = {}, prompt, offsets, lengths }: FinetuneSpec): MeasuredTask {
  return { task, options: taskOptions, prompt, offsets: offsets !== false, lengths: askedLengths(lengths) };
}

function methodText(method: FinetuneSpec['method']): string {
  if (method.kind === 'full') return 'all of the model';
  return `LoRA of rank ${method.rank}, α ${method.alpha}, on ${method.targets.join(', ')}`;
}
