/** What `lengthwise finetune` is to do: its options as specifications, a run for each task and seed. */
import path from 'node:path';
import { UserError } from '../../common/errors.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import { askableNamed } from '../../prompt/askable.ts';
import { taskNamed } from '../../tasks/index.ts';
import type { Tuning } from '../../fix/finetuned/tuned.node.ts';
import type { BaseFacts } from '../../train/finetune/base.ts';
import type { FinetuneSpec } from '../../train/finetune/spec.ts';
import { readAlphabet } from '../shared/alphabet.ts';

export interface FinetuneFlags {
  readonly task: string;
  readonly lengths: { readonly min: number; readonly max: number };
  readonly lora?: number;
  readonly modules?: string;
  readonly full?: true;
  readonly prompt?: string;
  readonly alphabet?: string;
  readonly steps?: number;
  readonly batch?: number;
  readonly queries?: number;
  readonly lr?: number;
  readonly curriculum?: number;
  readonly seed?: number;
  readonly seeds?: readonly number[];
  readonly n?: number;
  readonly measure: boolean;
  readonly merge?: true;
  readonly saveBase?: string;
  readonly threads: number;
  readonly out: string;
  readonly json?: true;
}

/** Everything that the command line asks for. @throws UserError for what can't be, before anything is done */
export async function runsOf(
  target: string,
  flags: FinetuneFlags,
): Promise<{ readonly runs: readonly Tuning[]; readonly facts: BaseFacts }> {
  const { seed, seeds, full, lora, modules, out } = flags;
  if (seed !== undefined && seeds !== undefined) throw new UserError('--seed and --seeds: give one of them');
  if (full && (lora !== undefined || modules !== undefined))
    throw new UserError('--full trains all of the model: leave --lora and --modules out, or --full');
  if (full && flags.merge) throw new UserError('--full writes whole models: there is nothing to --merge');
  const tasks = [...new Set(flags.task.split(',').map((name) => name.trim()))];
  tasks.forEach((name) => taskNamed(name));
  const { baseFacts } = await import('../../train/finetune/base.node.ts');
  const facts = await baseFacts(target);
  if (flags.prompt !== undefined && facts.kind === 'symbols')
    throw new UserError(`--prompt: ${target} reads symbols and no prompt; leave it out`);
  const specs = await Promise.all(tasks.map((name) => specOf(name, flags, facts)));
  const runs = specs.flatMap((spec) =>
    (seeds ?? [spec.seed]).map((one) => ({
      spec: { ...spec, seed: one },
      folder: path.join(out, spec.task, `seed-${one}`),
    })),
  );
  return { runs, facts };
}

/** What is said by options, over what is usual. */
async function specOf(name: string, flags: FinetuneFlags, facts: BaseFacts): Promise<FinetuneSpec> {
  const { wishedSpec } = await import('../../train/finetune/defaults.ts');
  const { checkedSpec } = await import('../../train/finetune/setting.ts');
  const { steps, batch, queries, lr, curriculum, seed, full, lora, modules, alphabet, prompt } = flags;
  const wanted = wishedSpec(facts, name, flags.lengths, {
    ...{ steps, batch, queries, learningRate: lr, curriculum, seed },
    kind: full ? 'full' : 'lora',
    rank: lora,
    modules: modules?.split(',').map((one) => one.trim()),
    options: alphabet === undefined ? {} : { alphabet: await readAlphabet(alphabet) },
    ...(prompt !== undefined && { prompt: await promptNamed(prompt, name) }),
  });
  try {
    return checkedSpec(wanted, facts);
  } catch (error) {
    throw error instanceof UserError ? new UserError(inOptions(error.message)) : error;
  }
}

/** By which option each part of a specification is said. */
const OPTIONS: Readonly<Record<string, string>> = {
  learningRate: '--lr',
  lengths: '--lengths',
  taskOptions: '--alphabet',
  batch: '--batch',
  queries: '--queries',
  steps: '--steps',
  curriculum: '--curriculum',
  prompt: '--prompt',
  method: '--lora, --modules or --full',
  seed: '--seed',
};

/** Faults by the options that would mend them. */
function inOptions(faults: string): string {
  return faults.replace(/(^|; )([a-zA-Z]+): /g, (whole, before: string, field: string) =>
    Object.hasOwn(OPTIONS, field) ? `${before}${OPTIONS[field]}: ` : whole,
  );
}

async function promptNamed(named: string, task: string): Promise<PromptTemplate> {
  const { promptFor } = await import('../../prompt/files.node.ts');
  return promptFor(askableNamed(task).shape, [named], false, 'completions');
}
