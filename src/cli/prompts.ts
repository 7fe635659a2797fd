/** `lengthwise prompts`: the prompts that come with lengthwise, as files to copy and change, and as they are sent. */
import type { Command } from 'commander';
import { UserError } from '../common/errors.ts';
import { shellWord } from '../common/shell-word.ts';
import type { Askable, Shape } from '../prompt/askable.ts';
import type { RenderOptions } from '../prompt/as-sent.ts';
import type { ChatMessage } from '../prompt/render.ts';
import type { PromptApi, PromptTemplate } from '../prompt/template.ts';
import type { Io, Register } from './shared/command.ts';
import { lengthOrSame, oneOf, wholeNumber } from './shared/options.ts';
import { namedPrompts } from './shared/prompt-names.ts';
import { taskOptionFlags, taskOptionsOf } from './shared/task-options.ts';
import type { TaskOptionFlags } from './shared/task-options.ts';

interface SampleOptions extends TaskOptionFlags {
  readonly prompt?: string;
  readonly api?: PromptApi;
  readonly length: number;
  readonly seed: number;
  readonly index: number;
  readonly shots?: number;
  readonly demonstrationLength?: number | 'same';
  readonly separator: boolean;
  readonly git?: string;
  readonly text?: string;
  readonly csv?: string;
  readonly json?: true;
}

export const registerPrompts: Register = (program, io) => {
  const prompts = program
    .command('prompts')
    .description('the prompts of measure: which there are, as files to change, and as they are sent')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lengthwise prompts show UL\n  $ lengthwise prompts sample UL --length 12',
    );
  registerList(prompts, io);
  registerShow(prompts, io);
  registerSample(prompts, io);
};

function registerList(prompts: Command, io: Io): void {
  prompts
    .command('list', { isDefault: true })
    .description('every prompt and the tasks that it is for (the default)')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  $ lengthwise prompts')
    .action(async (options: { json?: true }) => {
      const { askables } = await import('../prompt/askable.ts');
      const { defaultPrompt } = await import('../prompt/defaults.ts');
      const { promptFor, promptNames, promptText, titleOf } = await import('../prompt/files.node.ts');
      const { suspiciousMarks } = await import('../prompt/special-tokens.ts');
      const { textTable } = await import('./measure/tables.ts');
      const apis = ['completions', 'chat'] as const;
      const tasksOf = new Map<Shape, string[]>();
      for (const { shape, name } of askables(undefined)) {
        tasksOf.set(shape, [...(tasksOf.get(shape) ?? []), name]);
      }
      const list = [...tasksOf].flatMap(([shape, tasks]) =>
        promptNames(shape).map((name) => {
          const template = promptFor(shape, [name], false);
          const usual = apis.filter((api) => defaultPrompt(shape, api) === name);
          const title = titleOf(promptText(shape, name));
          return { tasks, name, title, for: template.for, usual, marks: suspiciousMarks(template) };
        }),
      );
      const rows = list.map(({ tasks, name, title, for: by, usual }) => [
        tasks.join(', '),
        name,
        usual.length > 0 ? `${by} (usual)` : by,
        title,
      ]);
      await io.out(
        options.json
          ? `${JSON.stringify({ prompts: list })}\n`
          : `${textTable(['tasks', 'prompt', 'for', 'what it is'], rows)}\n`,
      );
    });
}

function registerShow(prompts: Command, io: Io): void {
  prompts
    .command('show')
    .description('the file of a prompt: copy it, change it, give it to --prompt')
    .argument('<task>', 'UL, git-revert, … (see `lengthwise prompts`)')
    .argument('[name]', 'which of its prompts (default: the usual one)')
    .option('--json', 'the template as one JSON object, its defaults filled in')
    .addHelpText('after', '\nExample:\n  $ lengthwise prompts show UL math-rule')
    .action(async (task: string, wanted: string | undefined, options: { json?: true }) => {
      const { askableNamed } = await import('../prompt/askable.ts');
      const { defaultPrompt } = await import('../prompt/defaults.ts');
      const { isPromptFile, promptFor, promptText } = await import('../prompt/files.node.ts');
      const { isTaskFile } = await import('../measure/targets/inquiry.node.ts');
      if (isTaskFile(task)) {
        throw new UserError(
          `${task}: the prompt of a task of your own stands in its file; lengthwise prompts sample ${shellWord(task)} shows a question as it is sent`,
        );
      }
      const { shape } = askableNamed(task);
      const name = wanted ?? defaultPrompt(shape, 'completions');
      const template = promptFor(shape, [name], false); // refuses what is none
      const text = options.json || isPromptFile(name) ? null : promptText(shape, template.name);
      await io.out(text ?? `${JSON.stringify(template)}\n`);
    });
}

function registerSample(prompts: Command, io: Io): void {
  const command = prompts
    .command('sample')
    .description('one question as it is sent; what answers it goes to stderr')
    .argument(
      '<task>',
      'UL, git-revert, … (see `lengthwise prompts`), or the YAML file of a task of your own',
    )
    .option(
      '--prompt <names>',
      'which of its prompts, or a file of your own; of several names the first that is one of its (default: the usual one)',
    )
    .option('--api <which>', 'completions or chat: whose usual prompt', oneOf('api', ['completions', 'chat']))
    .option('--length <L>', 'of the source', wholeNumber('--length', { min: 1, max: 1_000_000 }), 10)
    .option('--seed <S>', 'a whole number, as in measure', wholeNumber('--seed'), 1)
    .option('--index <i>', 'which question of the seed', wholeNumber('--index', { min: 0 }), 0);
  for (const option of taskOptionFlags()) command.addOption(option);
  command
    .option('--shots <count>', 'demonstrations', wholeNumber('--shots', { min: 0, max: 1000 }))
    .option('--demonstration-length <L>', 'their length, or same', lengthOrSame('--demonstration-length'))
    .option('--no-separator', 'nothing between source and query')
    .option('--git <repository>', 'git-revert and git-cherrypick over its log')
    .option('--text <file>', 'text-copy over its lines')
    .option('--csv <file>', 'table-lookup over its rows')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lengthwise prompts sample UL --prompt simple-rule-explained --length 12\n  $ lengthwise prompts sample examples/tasks/next-stop.yaml',
    )
    .action(async (task: string, options: SampleOptions) => {
      const { chatMessages, renderPrompt } = await import('../prompt/render.ts');
      const { task: asked, template } = await askedWith(task, options);
      const { prompt, instance } = renderPrompt(asked, template, options, renderingOf(options));
      const { system, text, stop, maxTokens } = prompt;
      const messages = prompt.turns === null ? null : chatMessages(prompt);
      const { source, query, answer } = instance;
      if (options.json) {
        const sent = messages === null ? { system, text } : { messages };
        const sample = {
          task: asked.name,
          prompt: template.name,
          ...sent,
          stop,
          maxTokens,
          source,
          query,
          answer,
        };
        await io.out(`${JSON.stringify(sample)}\n`);
        return;
      }
      await io.out(
        `${messages === null ? `${system === null ? '' : `${system}\n\n`}${text}` : messagesText(messages)}\n`,
      );
      const said = prompt.reading.lead + answer.join(template.symbols) + prompt.reading.trail;
      const end = stop.length === 0 ? 'with the reply' : `at ${JSON.stringify(stop)}`;
      io.say(`answer: ${JSON.stringify(said)}; ends ${end}, or after ${maxTokens} tokens`);
    });
}

/** What is asked, and the prompt that it is asked with, as `measure` has them of the same options. A task of the user's own has its own prompt. */
async function askedWith(
  name: string,
  options: SampleOptions,
): Promise<{ readonly task: Askable; readonly template: PromptTemplate }> {
  const { askableOf, checkMaterialUsed, checkPromptUsed, inquiryTask, materialOf } =
    await import('../measure/targets/inquiry.node.ts');
  const { checkUsed } = await import('../tasks/index.ts');
  const { usualPrompt } = await import('../prompt/files.node.ts');
  checkMaterialUsed([name], options);
  checkPromptUsed([name], options.prompt);
  const { api = 'completions', prompt } = options;
  const material = materialOf(options);
  const given = await taskOptionsOf(options);
  const prompts =
    prompt === undefined
      ? null
      : await namedPrompts(
          prompt,
          'measure asks several prompts by it; name the one to show (lengthwise prompts lists them)',
        );
  const asked = inquiryTask(name, { options: given, material, prompts, lenient: false });
  const task = askableOf(asked, material);
  checkUsed([task], given);
  return { task, template: asked.prompts?.[api] ?? usualPrompt(task.shape, api) };
}

/** Each message with who says it. */
function messagesText(messages: readonly ChatMessage[]): string {
  return messages.map(({ role, content }) => `[${role}]\n${content}`).join('\n\n');
}

function renderingOf({ shots, demonstrationLength: length, separator }: SampleOptions): RenderOptions {
  return {
    separator,
    ...(shots === undefined ? {} : { shots }),
    ...(length === undefined ? {} : { demonstrationLength: length }),
  };
}
