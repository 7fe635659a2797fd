/** `lengthwise finetune`: a pretrained model learns a task, and what that brought is measured. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { adapterFault } from '../../common/adapter-folder.node.ts';
import { UserError } from '../../common/errors.ts';
import type { Tuning } from '../../fix/finetuned/tuned.node.ts';
import type { FinetuneResult } from '../../fix/finetuned/rows.ts';
import { ALPHABET_HELP } from '../shared/alphabet.ts';
import type { Io, Register } from '../shared/command.ts';
import { writeWhole } from '../../common/draft.node.ts';
import { filePath, range, realNumber, wholeNumber, wholeNumbers } from '../shared/options.ts';
import type { FinetuneFlags } from './flags.ts';
import { FINETUNE } from '../../fix/finetuned/result-files.ts';

const MAX_THREADS = 256;

export const registerFinetune: Register = (program, io) => {
  program
    .command('finetune')
    .description(
      'train a pretrained model on a task, and measure what that brought, within the lengths and beyond',
    )
    .argument(
      '<model>',
      'a GGUF file, the Hugging Face folder of a model, or the folder of a model trained here',
      filePath('the model'),
    )
    .requiredOption('--task <names>', 'one task or several, such as UL,UR: each from the base, by itself')
    .requiredOption('--lengths <range>', 'training lengths, such as 5-20', range('--lengths', { min: 1 }))
    .option('--lora <rank>', "the adapter's rank (default 16)", wholeNumber('--lora', { min: 1 }))
    .option('--modules <names>', 'modules that the adapter changes, such as q_proj,v_proj (default: all)')
    .option('--full', 'train all of the model, not an adapter: for small models')
    .option('--prompt <name or file>', 'text models: how a sample is written (docs/finetune.md)')
    .option('--alphabet <which>', `the symbols to draw from: ${ALPHABET_HELP}`)
    .option('--steps <count>', 'steps at most; it ends sooner at 100 %', wholeNumber('--steps', { min: 1 }))
    .option('--batch <count>', 'contexts a step', wholeNumber('--batch', { min: 1 }))
    .option(
      '--queries <count>',
      'questions about each context, at most',
      wholeNumber('--queries', { min: 1 }),
    )
    .option('--lr <rate>', 'the highest learning rate', realNumber('--lr', { min: 0 }))
    .option(
      '--curriculum <steps>',
      'let the longest length grow by half every so many steps; 0: all from the start',
      wholeNumber('--curriculum', { min: 0 }),
    )
    .option(
      '--seed <S>',
      'a whole number: the same seed gives the same adapter',
      wholeNumber('--seed', { min: 0 }),
    )
    .option('--seeds <list>', 'several seeds, such as 1-3', wholeNumbers('--seeds', { min: 0 }))
    .option(
      '--n <count>',
      'samples a length in what is measured (default 200)',
      wholeNumber('--n', { min: 1 }),
    )
    .option('--no-measure', 'train, and measure nothing')
    .option('--merge', 'also write each model with its adapter in it, as a folder')
    .option(
      '--save-base <dir>',
      'of a GGUF file: write its model as a Hugging Face folder',
      filePath('--save-base'),
    )
    .option(
      '--threads <count>',
      'threads of one operation',
      wholeNumber('--threads', { min: 1, max: MAX_THREADS }),
      availableParallelism(),
    )
    .requiredOption('--out <dir>', 'the folder for everything', filePath('--out'))
    .option('--json', 'the result as one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lengthwise finetune SmolLM2-135M-Instruct.Q4_1.gguf --task UL,UR --lengths 5-20 --out runs/left-right\n' +
        '  $ lengthwise finetune runs/UR --task UL --lengths 2-16 --full --out runs/UR-then-UL\n',
    )
    .action(async (target: string, flags: FinetuneFlags) => {
      if (!existsSync(target))
        throw new UserError(`there is no file or folder ${target}; name a GGUF file or a model's folder`);
      const fault = adapterFault(target, 'lengthwise finetune BASE');
      if (fault !== null) throw new UserError(fault);
      const result = await finetuned(target, flags, io);
      const { finetuneText } = await import('./text.ts');
      const { renderFinetuneReport } = await import('../../report/finetune/index.ts');
      writeWhole(path.join(flags.out, FINETUNE.result), `${JSON.stringify(result, null, 2)}\n`);
      writeWhole(path.join(flags.out, FINETUNE.page), renderFinetuneReport(result));
      await io.out(flags.json ? `${JSON.stringify(result)}\n` : finetuneText(result));
      io.say(`written: ${path.join(flags.out, FINETUNE.page)}`);
    });
};

/** Trains what is wanted, and measures the base and all that came of it. */
async function finetuned(target: string, flags: FinetuneFlags, io: Io): Promise<FinetuneResult> {
  const { trainAll } = await import('./training.ts');
  const { measureAll } = await import('./measuring.ts');
  const { runsOf } = await import('./flags.ts');
  const { saveBase, saveMerged } = await import('../../train/finetune/folders.node.ts');
  const { runs, facts } = await runsOf(target, flags);
  for (const line of advice(runs)) io.say(line);
  io.keeps();
  if (flags.saveBase !== undefined) await saveBase(target, facts, flags.saveBase);
  const trained = await trainAll(target, runs, flags, io);
  for (const { folder, row } of flags.merge ? trained : [])
    await saveMerged(target, facts, { folder, hash: row.weights }, mergedFolder(folder));
  return measureAll(target, trained, facts, flags, io);
}

/** What somebody who serves the adapter would find out too late. */
function advice(runs: readonly Tuning[]): string[] {
  const [{ spec }] = runs;
  if (spec.method.kind === 'full' || spec.method.rank <= VLLM_RANK) return [];
  return [`vLLM loads adapters of rank ${spec.method.rank} only with --max-lora-rank ${spec.method.rank}`];
}

/** The largest rank that vLLM loads where nothing else is said. */
const VLLM_RANK = 16;

/** Beside the adapter's, whose folder holds the adapter and nothing else. */
function mergedFolder(folder: string): string {
  return `${folder}-merged`;
}
