/**
 * Fine-tunes one base on one task from one seed, in this process, then measures the base and what came of it. Training goes on from its
 * checkpoint, and every answer is kept as it comes.
 */
import path from 'node:path';
import { canonicalJson } from '../../common/json.ts';
import { sha256 } from '../../common/sha256.ts';
import type { MeasuredCells, TunedMeasuring } from '../../fix/finetuned/measuring.node.ts';
import type { TunedModel } from '../../fix/finetuned/rows.ts';
import { BASE_SEED, measuredTask, questionsAbout } from '../../fix/finetuned/asked.ts';
import { measureBase, measureDone, methodText } from '../../fix/finetuned/tuned.node.ts';
import type { Device } from '../../graph/index.ts';
import { hashOfModel } from '../../model/files/text/hashes.node.ts';
import { finetune } from '../../train/finetune/finetune.node.ts';
import type { FinetuneSpec } from '../../train/finetune/spec.ts';
import { environment } from '../environment.ts';
import { modelFolder, tunedAnswers, tunedFolder } from '../item.ts';
import type { Item } from '../item.ts';
import { lockAmongWorkers, waitAmongWorkers } from '../store/index.ts';
import type { WorkContext } from './work.ts';

type TuningItem = Extract<Item, { kind: 'finetune' }>;

/** @throws UserError for what can't be fine-tuned or measured; the signal's reason, what was done being kept */
export async function finetuneModel(item: TuningItem, context: WorkContext): Promise<void> {
  const { spec, on, hash } = item;
  const { folder, threads, signal, emit, tick } = context;
  const target = on?.target ?? path.join(folder, modelFolder(spec.model));
  const tuning: FinetuneSpec = { ...spec.finetune, base: await hashOfModel(target) };
  const own = path.join(folder, tunedFolder(hash));
  const row = await finetune(tuning, target, own, {
    ...{ signal, threads, device: on?.device },
    onTick: tick,
    onRow: async (one) => {
      if (one.kind === 'progress') await emit([one]);
    },
  });
  const base = { target, isText: tuning.prompt !== null };
  const measuring = new Measuring(item, context);
  const ofBase = path.join(folder, tunedAnswers(`before-${nameOfBase(item)}`));
  const ofModel = path.join(folder, tunedAnswers(nameOf(hash)), nameOf(row.weights));
  const { before, model: measured } = await bothMeasured(ofBase, signal, {
    base: () => measureBase(base, [tuning], { ...measuring.into(ofBase), seed: baseSeed(item) }),
    model: () => measureDone(base, { spec: tuning, folder: own, row }, measuring.into(ofModel)),
  });
  const { lengths, ...model } = measured;
  await emit([
    {
      kind: 'tuned',
      method: methodText(tuning.method),
      lengths,
      n: spec.n,
      before: before.cells,
      perplexityBefore: before.perplexity,
      model: { ...model, folder: tunedFolder(hash) },
    },
  ]);
}

interface Both {
  readonly before: MeasuredCells;
  readonly model: TunedModel;
}

/** What several seeds began with is measured by one of their workers at a time, and once: the others find its answers. */
async function bothMeasured(
  ofBase: string,
  signal: AbortSignal,
  measured: { readonly base: () => Promise<MeasuredCells>; readonly model: () => Promise<TunedModel> },
): Promise<Both> {
  const free = lockAmongWorkers(ofBase);
  const early = free === null ? await measured.model() : null;
  const lock = free ?? (await waitAmongWorkers(ofBase, signal));
  let before: MeasuredCells;
  try {
    before = await measured.base();
  } finally {
    lock.release();
  }
  return { before, model: early ?? (await measured.model()) };
}

/** Names all that determines what a base is asked about a task. */
function nameOfBase(item: TuningItem): string {
  const { model, finetune: tuning, n } = item.spec;
  return nameOf(sha256(canonicalJson({ model, asked: measuredTask(tuning), n, seed: baseSeed(item) })));
}

function nameOf(hash: string): string {
  return hash.slice(0, 16);
}

/** A base that the study trains has the seed of its fine-tuning, one from elsewhere is the same for all seeds. */
function baseSeed({ spec, needs }: TuningItem): number {
  return needs.length > 0 ? spec.finetune.seed : BASE_SEED;
}

/** How measuring goes, over the base and what came of it. */
class Measuring {
  private readonly context: WorkContext;
  private readonly n: number;
  private readonly device: Device | undefined;
  private readonly most: number;
  private readonly since = Date.now();
  /** Of each way of asking. */
  private readonly counts = new Map<string, { readonly answered: number; readonly reused: number }>();

  constructor({ spec, on }: TuningItem, context: WorkContext) {
    this.context = context;
    this.device = on?.device;
    this.n = spec.n;
    this.most = 2 * questionsAbout([spec.finetune], spec.n);
  }

  into(out: string): Omit<TunedMeasuring, 'seed'> {
    const { threads, signal } = this.context;
    return {
      ...{ n: this.n, threads, device: this.device, out, signal },
      note: { lengthwise: environment().lengthwise, options: {} },
      onProgress: (what, progress) => {
        this.counts.set(`${out} ${what}`, progress);
        this.tell();
      },
    };
  }

  private tell(): void {
    const sum = (part: 'answered' | 'reused') =>
      [...this.counts.values()].reduce((total, one) => total + one[part], 0);
    const seconds = Math.max(0.001, (Date.now() - this.since) / 1000);
    const answered = sum('answered');
    this.context.tick({
      ...{ asked: answered + sum('reused'), failed: 0, most: this.most },
      perSecond: answered / seconds,
    });
  }
}
