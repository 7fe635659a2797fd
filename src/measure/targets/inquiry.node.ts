/** Making an inquiry from names and files, and making of an inquiry what the server is asked by. */
import { createHash } from 'node:crypto';
import { UserError } from '../../common/errors.ts';
import { lineTasks } from '../../tasks/people/index.ts';
import type { Material } from '../../tasks/people/index.ts';
import { tellingTaskOptions } from '../../tasks/index.ts';
import type { TaskOptions } from '../../tasks/index.ts';
import { askableNamed, groupMembers, MATERIAL_SHAPES } from '../../prompt/askable.ts';
import type { Askable, MaterialFiles, Sources } from '../../prompt/askable.ts';
import type { EndpointSpec } from './endpoint/spec.ts';
import type { PromptedSpec } from '../plan/prompted-spec.ts';
import { usualNumbers } from '../usual.node.ts';
import { isOfChat } from '../../respond/endpoint/transport/address.ts';
import { endpointUrl } from '../../respond/endpoint/transport/secrets.ts';
import type { Inquiry, InquiryApi, InquiryTask, PromptedInquiry } from '../plan/inquiry.ts';
import { wayIn, wayOf } from '../plan/question.ts';
import type { Asked } from '../plan/question.ts';
import type { Run } from '../store/rows.ts';
import type { OwnContent } from '../../prompt/own/content.ts';
import { commitsOf, linesOf, rowsOf } from '../../prompt/own/material.node.ts';
import { checkOwnNames, ownAskable, readOwnTask } from '../../prompt/own/own-task.node.ts';
import { AUTO } from '../../prompt/defaults.ts';
import { candidatePrompts, promptFor, usualPrompt } from '../../prompt/files.node.ts';
import type { PromptTemplate } from '../../prompt/template.ts';

/** What the tasks of an inquiry are made from. */
export interface TaskWishes {
  readonly options: TaskOptions;
  readonly material: NonNullable<Sources['material']>;
  /** Names of prompts, or files; null: the usual one. */
  readonly prompts: readonly string[] | null;
  /** Whether a task that none of the prompts is for gets the usual one; else it is an error. */
  readonly lenient: boolean;
}

/** Lines of the user's own. A UserError says what can't be read. */
export function materialOf({ git, text, csv }: MaterialFiles): NonNullable<Sources['material']> {
  return {
    ...(git === undefined ? {} : { commits: commitsOf(git) }),
    ...(text === undefined ? {} : { text: linesOf(text) }),
    ...(csv === undefined ? {} : { table: rowsOf(csv) }),
  };
}

/** @throws UserError for lines of the user's own that none of the tasks is asked about, before they are read */
export function checkMaterialUsed(names: readonly string[], files: MaterialFiles): void {
  const named = names.flatMap((name) => groupMembers(name)).filter((name) => !isTaskFile(name));
  const shapes = new Set(named.map((name) => askableNamed(name).shape));
  for (const [kind, shape] of Object.entries(MATERIAL_SHAPES)) {
    if (files[kind as keyof MaterialFiles] === undefined || shapes.has(shape)) continue;
    const users = lineTasks.map(({ name }) => name).filter((name) => askableNamed(name).shape === shape);
    throw new UserError(
      `${names.join(', ')} ${names.length === 1 ? 'has' : 'have'} no use for --${kind}, which is for ${users.join(', ')}`,
    );
  }
}

/** @throws UserError for a prompt that none of the tasks can be asked with: all are from files, which have their own */
export function checkPromptUsed(names: readonly string[], prompt: string | undefined): void {
  if (prompt === undefined || !names.every(isTaskFile)) return;
  throw new UserError(
    `--prompt ${prompt} has no use for tasks from files (${names.join(', ')}), which have prompts of their own: leave it out, or change 'prompt' in the file`,
  );
}

/** Whether a task's name is that of a file. */
export function isTaskFile(name: string): boolean {
  return /\.ya?ml$/.test(name);
}

/**
 * The tasks of one command, those from files last.
 * @throws UserError for what is wrong with one of them, and for two files with tasks of one name
 */
export function inquiryTasks(names: readonly string[], wishes: TaskWishes): InquiryTask[] {
  const all = [...new Set(names)].sort((a, b) => Number(isTaskFile(a)) - Number(isTaskFile(b)));
  const tasks = all.map((name) => inquiryTask(name, wishes));
  checkOwnNames(
    tasks.flatMap(({ task, own }, i) => (own === undefined ? [] : [{ file: all[i], name: task }])),
  );
  return tasks;
}

/** A task to ask, by its name or its file. A UserError says what is wrong with it. */
export function inquiryTask(name: string, wishes: TaskWishes): InquiryTask {
  if (isTaskFile(name)) {
    const { content, template } = readOwnTask(name);
    return {
      task: content.name,
      own: content,
      ...usedOptions(ownAskable(content), wishes.options),
      prompts: { completions: template, chat: template },
    };
  }
  const askable = askableNamed(name);
  const { shape } = askable;
  const lines = wishes.material[shape];
  const promptBy = (api: InquiryApi): PromptTemplate =>
    wishes.prompts === null ? usualPrompt(shape, api) : promptFor(shape, wishes.prompts, wishes.lenient, api);
  return {
    task: name,
    ...usedOptions(askable, wishes.options),
    ...(lines === undefined ? {} : { material: hashOfLines(lines) }),
    prompts:
      wishes.prompts?.join() === AUTO
        ? null
        : { completions: promptBy('completions'), chat: promptBy('chat') },
  };
}

/** What can be asked of an inquiry's task. `material` has the lines whose hash it names. */
export function askableOf(
  { task, own, options, material }: InquiryTask,
  lines: Sources['material'],
): Askable {
  if (own !== undefined) return ownAskable(own, options?.place);
  if (material === undefined) return askableNamed(task, { options });
  const { shape } = askableNamed(task);
  const found = lines?.[shape];
  if (found === undefined || hashOfLines(found) !== material) {
    throw new UserError(
      `the lines that ${task} is asked about are no longer those that were read at first: the same command asks about those that are there now`,
    );
  }
  return askableNamed(task, { options, material: { [shape]: found } });
}

/** Names lines by what stands in them. */
export function hashOfLines(lines: Material): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** What the server is asked by. A UserError says what can't be. */
export function endpointSpecOf(inquiry: Inquiry, lines: Sources['material'] = {}): EndpointSpec {
  const { endpoint, decide, body, ...same } = inquiry;
  return {
    ...same,
    ...promptedSpecOf(inquiry, lines),
    url: endpointUrl(endpoint),
    ...(inquiry.api === null && isOfChat(endpoint) ? { api: 'chat' as const } : {}),
    byLikelihood: decide === 'likelihood',
    extra: body,
  };
}

/** Tasks and prompts, whoever is asked. A UserError says what can't be. */
export function promptedSpecOf(inquiry: PromptedInquiry, lines: Sources['material'] = {}): PromptedSpec {
  const { api, rendering, strict, lengths, n, maxLength, repeats, seed, threshold } = inquiry;
  const tasks = inquiry.tasks.map((task) => askableOf(task, lines));
  const prompts = new Map(tasks.map((task, i) => [task.name, inquiry.tasks[i].prompts]));
  return {
    ...{ api, rendering, strict, lengths, n, repeats, seed, threshold },
    tasks,
    templateFor: (task, by) => {
      const found = prompts.get(task.name);
      if (found === undefined) throw new Error(`${task.name} is no task of this inquiry`);
      return found === null ? null : found[by];
    },
    maxLength: maxLength ?? usualNumbers({}).maxLength,
    sources: sourcesOf(inquiry),
  };
}

/**
 * Names the ways in which the task of an inquiry may have been asked in a folder, which its rows carry: by either API, and where a
 * pilot chooses, with each prompt that it chooses from.
 * @param runs those of the folder
 */
export function waysOfInquiry(inquiry: Inquiry, runs: readonly Run[]): ReadonlySet<string> {
  const sources = sourcesOf(inquiry);
  const ways = inquiry.tasks.flatMap(({ task: name, own, prompts }) => {
    const { operation, shape } = askableNamed(own?.operation ?? name);
    return (['completions', 'chat'] as const)
      .flatMap((api) => (prompts === null ? candidatePrompts(shape, api) : [prompts[api]]))
      .map((template) =>
        wayIn(runs, { task: { name, operation }, template }, inquiry.rendering, sources[name]),
      );
  });
  return new Set(ways);
}

/**
 * Names the way in which a task is asked with a prompt, as rows of a measurement name it.
 * @param given how its sources are drawn, also by options that it has no use for
 * @param own what a task of the user's own is made of
 */
export function wayAsked({ task, template }: Asked, given: TaskOptions, own?: OwnContent): string {
  const tasks = [{ task: task.name, prompts: null, own, ...usedOptions(task, given) }];
  return wayOf({ task, template }, {}, sourcesOf({ tasks })[task.name]);
}

/** What determines the sources and right answers of each task beside length, seed and index: not what a task of one's own is called in tables. */
function sourcesOf({ tasks }: Pick<PromptedInquiry, 'tasks'>): Record<string, unknown> {
  return Object.fromEntries(
    tasks.map(({ task, options: given = {}, own: content, material }) => {
      const options = tellingTaskOptions(given);
      const own = content === undefined ? undefined : { ...content, title: undefined };
      return [task, { ...(Object.keys(options).length === 0 ? {} : { options }), own, material }];
    }),
  );
}

function usedOptions({ uses }: Askable, given: TaskOptions): { options?: TaskOptions } {
  const used = uses.filter((key) => given[key] !== undefined).map((key) => [key, given[key]] as const);
  return used.length === 0 ? {} : { options: Object.fromEntries(used) };
}
