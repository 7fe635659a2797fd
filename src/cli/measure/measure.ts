/** `lengthwise measure`: up to what length a model can be relied on, whoever or whatever answers. */
import { modelLabel } from '../../common/model-label.node.ts';
import { refuseAdapter } from '../shared/adapter.ts';
import { filePath } from '../shared/options.ts';
import type { Io, Register } from '../shared/command.ts';
import { refuseOthers } from './applies.ts';
import { checkTogether } from './checks.ts';
import { withJunit } from './junit-file.ts';
import { addAskingOptions, addRecordingOptions, addSharedOptions } from './options.ts';
import type { MeasureOptions } from './options.ts';
import { targetOf } from './target.ts';
import type { Target } from './target.ts';

export const registerMeasure: Register = (program, io) => {
  const command = program
    .command('measure')
    .description('up to what length a model can be relied on, and what goes wrong beyond')
    .argument(
      '[target]',
      'the address of an OpenAI-compatible server, the Hugging Face folder of a model, or a GGUF file',
      filePath('the target'),
    );
  addSharedOptions(command);
  addAskingOptions(command);
  addRecordingOptions(command);
  command
    .addHelpText(
      'after',
      '\nExamples:\n  $ lengthwise measure runs/UR --lengths 16,32,48,64 --n 200 --seed 5\n' +
        '  $ lengthwise measure http://127.0.0.1:8000/v1 --model NAME --task UR,UL\n' +
        '  $ lengthwise measure SmolLM2-135M-Instruct.Q4_1.gguf --task UR,UL --lengths 5,10\n' +
        '  $ lengthwise measure --outputs examples/recorded/UL.jsonl --task UL',
    )
    .action(async (named: string | undefined, options: MeasureOptions) => {
      const work = async (): Promise<void> => {
        const target = targetOf(named, options);
        if (target.kind === 'endpoint') refuseAdapter(options.adapter);
        refuseOthers(command, target);
        checkTogether(command, options);
        await measured(target, options, io);
      };
      await withJunit(options, io, work, nameOf(named, options));
    });
};

/** The name of the model, as its results have it; undefined where nobody gave one. */
function nameOf(named: string | undefined, { model, adapter }: MeasureOptions): string | undefined {
  if (model !== undefined || named === undefined || /^https?:/i.test(named)) return model;
  return modelLabel(named, adapter);
}

async function measured(target: Target, options: MeasureOptions, io: Io): Promise<void> {
  switch (target.kind) {
    case 'endpoint':
      return (await import('./endpoint.ts')).measureEndpointCommand(target.url, options, io);
    case 'text-model':
      return (await import('./text-model.ts')).measureTextCommand(target.target, options, io);
    case 'folder':
      return (await import('./folder.ts')).measureFolderCommand(target.folder, options, io);
    case 'recording':
      return (await import('./recording.ts')).measureRecordingCommand(target.files, options, io);
    case 'stored':
      return (await import('./stored.ts')).rescoreCommand(target.folder, options, io);
  }
}
