/** What an endpoint or a model of text is asked, from the options of the command line. */
import type { PromptedInquiry } from '../../measure/plan/inquiry.ts';
import type { PromptedSpec } from '../../measure/plan/prompted-spec.ts';
import type { Sources } from '../../prompt/askable.ts';
import type { Io } from '../shared/command.ts';
import { wholeNumber } from '../shared/options.ts';
import { taskOptionsOf } from '../shared/task-options.ts';
import { taskNamesOf } from './asked-tasks.ts';
import type { MeasureOptions } from './options.ts';

/** Tasks, prompts and how much is asked, as the options say it. */
export async function promptedInquiryOf(
  options: MeasureOptions,
  material: NonNullable<Sources['material']>,
): Promise<PromptedInquiry> {
  const { askableNames } = await import('../../prompt/askable.ts');
  const { checkPromptUsed, inquiryTasks } = await import('../../measure/targets/inquiry.node.ts');
  const { usualNumbers } = await import('../../measure/usual.node.ts');
  const names = await taskNamesOf(options);
  checkPromptUsed(names ?? askableNames(), options.prompt);
  const wishes = {
    options: await taskOptionsOf(options),
    material,
    prompts: await promptsOf(options),
    lenient: names === null || options.prompt === undefined,
  };
  const { lengths, n, maxLength } = usualNumbers(options);
  return {
    api: options.api ?? null,
    tasks: inquiryTasks(names ?? askableNames(material), wishes),
    rendering: {
      separator: options.separator,
      ...(options.shots === undefined ? {} : { shots: options.shots }),
      ...(options.demonstrationLength === undefined
        ? {}
        : { demonstrationLength: demonstrationLength(options.demonstrationLength) }),
    },
    strict: names !== null,
    lengths,
    n,
    maxLength: lengths === null ? maxLength : null,
    repeats: options.repeat,
    seed: options.seed,
    threshold: options.threshold,
  };
}

/**
 * What is asked, as the options say it, of whoever answers.
 * @param specFrom what is asked of it besides, from the lines of the user's own
 * @throws UserError for what can't be asked so
 */
export async function checkedSpec<Spec extends PromptedSpec>(
  options: MeasureOptions,
  specFrom: (material: NonNullable<Sources['material']>) => Promise<Spec>,
): Promise<Spec> {
  const { checkMaterialUsed, materialOf } = await import('../../measure/targets/inquiry.node.ts');
  const { checkUsed } = await import('../../tasks/index.ts');
  const { EVERY_PROMPT } = await import('../../prompt/defaults.ts');
  const named = await taskNamesOf(options);
  if (named !== null) checkMaterialUsed(named, options);
  const spec: Spec = {
    ...(await specFrom(materialOf(options))),
    allowSpecialTokens: options.allowSpecialTokens ?? false,
    everyPrompt: options.prompt === EVERY_PROMPT,
    drawnLengths: options.drawnLengths,
  };
  checkUsed(spec.tasks, await taskOptionsOf(options));
  return spec;
}

async function promptsOf({ prompt }: MeasureOptions): Promise<string[] | null> {
  const { EVERY_PROMPT } = await import('../../prompt/defaults.ts');
  if (prompt === undefined || prompt === EVERY_PROMPT) return null;
  return prompt.split(',').map((name) => name.trim());
}

function demonstrationLength(text: string): number | 'same' {
  return text === 'same' ? text : wholeNumber('--demonstration-length', { min: 1 })(text);
}

/** @throws UserError where no sample of the shortest length can be drawn */
export function tryShortest({ tasks, lengths, seed }: PromptedSpec): void {
  for (const task of tasks) {
    const { min, max } = task.admits();
    const admitted = lengths?.filter((length) => length >= min && length <= max) ?? [Math.max(min, 5)];
    if (admitted.length > 0) task.instance({ length: Math.min(...admitted), seed, index: 0 });
  }
}

/** Where tasks were not named, those that have none of the lengths are left out. */
export function sayNotAsked({ tasks, lengths }: PromptedSpec, io: Io): void {
  if (lengths === null) return;
  const left = tasks.flatMap((task) => {
    const { min, max } = task.admits();
    if (lengths.some((length) => length >= min && length <= max)) return [];
    return [`${task.name} (${max === Infinity ? `from ${min}` : `${min} to ${max}`})`];
  });
  if (left.length > 0) io.say(`not asked, since they have other lengths: ${left.join(', ')}`);
}

/** A whole number as it is read: 1,234. */
export function wholeText(value: number): string {
  return value.toLocaleString('en-US');
}
