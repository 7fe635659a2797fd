/** `lengthwise measure --outputs FILE` and `lengthwise replay FILE`: outputs that somebody else recorded. */
import type { Askable } from '../../prompt/askable.ts';
import type { MeasuredRecording } from '../../measure/targets/recording.node.ts';
import type { FieldNames } from '../../respond/recording/record.ts';
import type { Io, Register } from '../shared/command.ts';
import { namedPrompts } from '../shared/prompt-names.ts';
import { checkAtLeast } from './at-least.ts';
import { notedOptions } from './applies.ts';
import { checkTogether } from './checks.ts';
import { withJunit } from './junit-file.ts';
import { addPromptOption, addRecordingOptions, addSharedOptions } from './options.ts';
import type { MeasureOptions } from './options.ts';
import { finish } from './result.ts';

export const registerReplay: Register = (program, io) => {
  const command = program
    .command('replay')
    .description('scores recorded outputs (JSONL): another name for `measure --outputs`')
    .argument('<files...>', 'one JSON object a line; the field names of the paper’s authors are recognised');
  addSharedOptions(command);
  addRecordingOptions(command);
  addPromptOption(
    command,
    'Options for recorded outputs:',
    'the prompt that the outputs were asked for with, by its name or file: they are read as it says',
  );
  command
    .addHelpText(
      'after',
      '\nExample:\n  $ lengthwise replay examples/recorded/UL.jsonl --task UL\n  $ lengthwise replay examples/recorded/UL.jsonl examples/recorded/UR.jsonl --task UL,UR',
    )
    .action((files: string[], options: MeasureOptions) => {
      return withJunit(options, io, () => {
        checkTogether(command, options);
        return measureRecordingCommand(files, options, io);
      });
    });
};

/** What was recorded says itself which lengths there are. */
const ANY_LENGTH = { min: 0, max: Infinity };

export async function measureRecordingCommand(
  names: readonly string[],
  options: MeasureOptions,
  io: Io,
): Promise<void> {
  const started = new Date();
  const { recordedFiles } = await import('./recorded-tasks.ts');
  const files = await recordedFiles(names, options.task, fieldNames(options));
  const { measureRecording } = await import('../../measure/targets/recording.node.ts');
  const { recordedResult } = await import('../../measure/targets/recorded-result.ts');
  checkAtLeast(options.atLeast ?? [], {
    tasks: files.map(({ task: { name } }) => ({ name, admits: () => ANY_LENGTH })),
    lengths: options.lengths ?? null,
    maxLength: Infinity,
  });
  const store = options.out === undefined ? undefined : await storeAt(options.out, names);
  try {
    const measureAndNote = async (): Promise<MeasuredRecording> => {
      const measured = await measureRecording(files, {
        threshold: options.threshold,
        scoring: options.scoring,
        fields: fieldNames(options),
        ...(options.prompt === undefined ? {} : { promptFor: await promptsNamed(options.prompt) }),
        ...(options.lengths === undefined ? {} : { lengths: options.lengths }),
        ...(store === undefined ? {} : { store }),
      });
      if (store !== undefined) {
        const { noteRecording } = await import('../../measure/targets/recording-store.ts');
        const { packageVersion } = await import('../../common/version.node.ts');
        const given = notedOptions('recording', { ...options, outputs: names });
        noteRecording(store, measured.gathered, {
          lengthwise: packageVersion(),
          options: given,
          threshold: options.threshold,
        });
      }
      return measured;
    };
    const measured = await (store === undefined ? measureAndNote() : store.atOnce(measureAndNote));
    const result = recordedResult(measured, options.scoring, options.out ?? null);
    const { recordingText } = await import('./recording-text.ts');
    const { recordedCutOff } = await import('./cut-often.ts');
    for (const line of await recordedCutOff(result.rows, measured.gathered.cuts.causes)) io.say(line);
    const text = options.json ? '' : recordingText(measured, result);
    await finish(result, options, io, started, text);
  } finally {
    store?.close();
  }
}

/** The prompt of a task among those that were named. @throws UserError for names of none, `auto` and `all` */
async function promptsNamed(text: string) {
  const { promptFor } = await import('../../prompt/files.node.ts');
  const names = await namedPrompts(
    text,
    'of recorded outputs, name the prompt that they were asked for with',
  );
  return ({ shape }: Askable) => promptFor(shape, names, false);
}

async function storeAt(folder: string, files: readonly string[]) {
  const { MeasureStore } = await import('../../measure/store/store.node.ts');
  const { checkRecordingStore } = await import('../../measure/targets/recording-store.ts');
  const store = MeasureStore.open(folder);
  try {
    checkRecordingStore(store, files);
  } catch (error) {
    store.close();
    throw error;
  }
  return store;
}

function fieldNames(options: MeasureOptions): FieldNames {
  const { sourceField, queryField, goldField, outputField, records, symbols } = options;
  return {
    ...(sourceField === undefined ? {} : { source: sourceField }),
    ...(queryField === undefined ? {} : { query: queryField }),
    ...(goldField === undefined ? {} : { gold: goldField }),
    ...(outputField === undefined ? {} : { output: outputField }),
    ...(records === undefined ? {} : { records }),
    ...(symbols === undefined ? {} : { symbols }),
  };
}
