/** What `lengthwise study` prints. */
import { describeItem, lengthOf, type PlannedItem } from '../../study/item.ts';
import { distinct } from '../../common/distinct.ts';
import { formatDuration } from '../../common/duration.ts';
import { timeText } from '../../common/time-text.ts';
import type { StudyItem, StudyRows } from '../../study/rows.ts';
import type { Preview, PreviewItem } from '../../study/preview.ts';
import type { Status, StatusItem } from '../../study/status.ts';
import type { StudySpec } from '../../study/file/study-file.ts';
import {
  askedRowOf,
  fixRowOf,
  failedQuestions,
  isIncomplete,
  kinds,
  mendedIn,
  mendedTable,
  summarize,
  summaryTable,
  textTable,
} from '../../study/summary.ts';

/** After a run: the tables, and where the report is. @param tuned what fine-tuning brought, a base each */
export function outcomeText(study: StudyRows, tuned: readonly string[], report: string): string {
  const parts = [summaryTable(summarize(study)), ...tuned, mendedTable(mendedIn(study))].filter(
    (part) => part !== '',
  );
  return `${parts.length === 0 ? explainedText(study) : parts.join('\n')}\nreport: ${report}\n`;
}

/** The first sentence of each explanation, where nothing was measured. */
function explainedText({ items }: StudyRows): string {
  return items
    .flatMap((item) =>
      item.kind === 'explain' ? item.rows.map(({ words }) => `${item.model ?? ''}: ${words[0]}\n`) : [],
    )
    .join('');
}

export function outcomeJson(study: StudyRows, folder: string, report: string): string {
  const failed = study.items
    .filter(({ state }) => state === 'failed')
    .map(({ kind, task, model, seed, error }) => ({ kind, task, model, seed, error }));
  const work = distinct(study.items);
  const done = work.filter(({ state }) => state === 'done').length;
  const incomplete = study.items.filter(isIncomplete).map((item) => {
    const { task, model, kind } = item;
    if (kind === 'fix') return { task, model, kind, why: fixRowOf(item)?.incomplete ?? '' };
    const { failures = [], budgetSpent = false } = askedRowOf(item) ?? {};
    return { task, model, kind, failures, budgetSpent };
  });
  const { name } = study;
  const counts = { items: work.length, done, failed, incomplete };
  return `${JSON.stringify({ name, folder, report, ...counts, rows: summarize(study), fixes: mendedIn(study), finetuned: study.tuned ?? [] })}\n`;
}

/** `ask UR phi: 3 questions got no answer (status 500: out of order); …`: what is worth another run. */
export function incompleteLines(study: StudyRows): string[] {
  return study.items.filter(isIncomplete).flatMap((item) => {
    if (item.kind === 'fix')
      return [
        `${describeItem(item)}: ${fixRowOf(item)?.incomplete ?? ''}; the same command goes on from here`,
      ];
    const { failures = [], budgetSpent = false } = askedRowOf(item) ?? {};
    const count = failedQuestions(item);
    const unanswered = `${count} ${count === 1 ? 'question' : 'questions'} got no answer (${failures[0]?.reason ?? ''}); the same command asks again`;
    const spent = 'the budget is spent; with more of it the same command goes on';
    return [...(count > 0 ? [unanswered] : []), ...(budgetSpent ? [spent] : [])].map(
      (line) => `${describeItem(item)}: ${line}`,
    );
  });
}

/** The same counted: `4 questions failed, and the budget is spent in 2 of 6 measurements that ask an endpoint`; null where nothing is left. */
export function incompleteText(study: StudyRows): string | null {
  const work = distinct(study.items);
  const items = work.filter(isIncomplete);
  if (items.length === 0) return null;
  const asked = items.filter((item) => item.kind === 'ask');
  const failed = asked.reduce((sum, item) => sum + failedQuestions(item), 0);
  const spent = asked.filter((item) => askedRowOf(item)?.budgetSpent === true).length;
  const open = items.filter((item) => item.kind === 'fix');
  const asks = work.filter(({ kind }) => kind === 'ask').length;
  return [
    ...(failed > 0 ? [`${failed} ${failed === 1 ? 'question' : 'questions'} failed`] : []),
    ...(spent > 0 ? [`the budget is spent in ${spent} of ${asks} measurements that ask an endpoint`] : []),
    ...open.map((item) => `${describeItem(item)} is not done (${fixRowOf(item)?.incomplete ?? ''})`),
  ].join(', and ');
}

/** `train UR ape, seed 1 failed: …` */
export function failureLine(item: StudyItem): string {
  return `${describeItem(item)} failed: ${item.error ?? 'cause unknown'}`;
}

export function planText(spec: StudySpec, preview: Preview, folder: string): string {
  const rows = groupsOf(preview.items).map((items) => {
    const [first] = items;
    const seconds = items.reduce((sum, item) => sum + item.seconds, 0);
    const done = items.filter(({ state }) => state === 'done').length;
    const settings = settingsText(first);
    const state = done === items.length ? 'done' : done > 0 ? `${done} done` : '';
    return [
      first.kind,
      first.task,
      first.model ?? '',
      String(items.length),
      settings,
      state || formatDuration(seconds),
    ];
  });
  const todo = preview.items.filter(({ state }) => state === 'to do');
  const done = preview.items.length - todo.length;
  const already = done === 0 ? '' : `${done} of ${preview.items.length} items are done in ${folder}; `;
  const estimate =
    todo.length === 0
      ? 'nothing is left to do'
      : `${kinds(todo)} to do: at most about ${formatDuration(preview.seconds)} with ${preview.workers} ${preview.workers === 1 ? 'worker' : 'workers'} (an estimate${caveats(todo)})${mostText(todo)}`;
  const table = textTable([['work', 'task', 'model', 'items', 'settings', 'time'], ...rows]);
  return `${spec.name}\n\n${table}\n${already}${estimate}\n`;
}

/** What all that is to be asked takes at most. */
function mostText(todo: readonly PreviewItem[]): string {
  const most = todo.flatMap((item) => mostOf(item) ?? []);
  if (most.length === 0) return '';
  const sum = (part: 'requests' | 'tokens') => most.reduce((total, each) => total + each[part], 0);
  return `; at most ${sum('requests')} requests and ${sum('tokens')} tokens`;
}

/** The most that an item asks; undefined of work that asks nobody. */
function mostOf(item: PreviewItem): { readonly requests: number; readonly tokens: number } | undefined {
  return item.kind === 'ask' ? item.means?.most : item.most;
}

function caveats(todo: readonly Pick<PlannedItem, 'kind'>[]): string {
  const has = (kind: PlannedItem['kind']) => todo.some((item) => item.kind === kind);
  return [
    ...(has('train') || has('finetune') ? ['; training ends sooner at 100 %'] : []),
    ...(has('ask') || has('fix') ? ['; how fast a server answers shows when it is asked'] : []),
  ].join('');
}

export function planJson(spec: StudySpec, preview: Preview, folder: string): string {
  const { items, workers, seconds } = preview;
  const done = items.filter(({ state }) => state === 'done').length;
  return `${JSON.stringify({ name: spec.name, folder, workers, done, seconds, items })}\n`;
}

export function statusText({ name, running, sitting, items, left }: Status): string {
  const work = distinct(items);
  const of = (state: StatusItem['state']) => work.filter((item) => item.state === state);
  const lines = [
    `${name}: ${of('done').length} of ${work.length} items done${of('failed').length > 0 ? `, ${of('failed').length} failed` : ''}`,
    running ? `running (process ${sitting.process}, since ${timeText(sitting.started)})` : restText(sitting),
    ...of('running').map((item) => `  ${describeItem(item)}${latestText(item)}`),
    ...of('waiting').flatMap((item) =>
      item.asked ? [`  ${describeItem(item)} begun${latestText(item)}`] : [],
    ),
    ...of('failed').map((item) => `  ${describeItem(item)} failed: ${item.error ?? ''}`),
  ];
  if (of('done').length < work.length) lines.push(`at most about ${formatDuration(left)} left (an estimate)`);
  return `${lines.join('\n')}\n`;
}

function restText({ outcome, ended }: Status['sitting']): string {
  switch (outcome) {
    case 'done':
    case 'failed':
      return `ended ${timeText(ended ?? '')}`;
    case 'interrupted':
      return `interrupted ${timeText(ended ?? '')}; 'lengthwise study run' with the same file and folder goes on`;
    case null:
      return "not running, and did not end by itself; 'lengthwise study run' with the same file and folder goes on";
  }
}

function latestText({ latest, asked }: StatusItem): string {
  if (asked !== null) return `: ${asked} asked so far`;
  return latest === null ? '' : `: step ${latest.step} of ${latest.steps}, loss ${latest.loss.toFixed(2)}`;
}

function settingsText(item: PreviewItem): string {
  switch (item.kind) {
    case 'train':
      return trainingText(item);
    case 'ask':
      return askingText(item);
    case 'explain':
      return `length ${item.spec.length}, n ${item.spec.n}, ${item.spec.draws} draws${item.on?.target === undefined ? '' : `, ${item.on.target}`}`;
    case 'fix':
      return fixingText(item);
    case 'finetune':
      return finetuningText(item);
    case 'predict':
    case 'measure':
      return '';
  }
}

/** Tokens are counted by bytes, which is never too few. */
function askingText({ spec, means }: Extract<PlannedItem, { kind: 'ask' }>): string {
  const { lengths, n, maxLength, endpoint } = spec;
  const how =
    lengths === null ? `a search up to length ${maxLength ?? 0}` : `lengths ${lengths.join(',')}, n ${n}`;
  const { requests, tokens } = means?.most ?? { requests: 0, tokens: 0 };
  return `${endpoint}: ${how}; at most ${requests} requests, ${tokens} tokens`;
}

function fixingText(item: Extract<PreviewItem, { kind: 'fix' }>): string {
  const { inquiry, only, model } = item.spec;
  const { requests, tokens } = mostOf(item) ?? { requests: 0, tokens: 0 };
  const where = model === null ? inquiry.endpoint : (item.on?.local?.target ?? '');
  return `${where}: to hold up to ${lengthOf(inquiry)} by ${only?.join(', ') ?? 'all mitigations'}, n ${inquiry.n}; at most ${requests} questions, ${tokens} tokens`;
}

function finetuningText({ spec, on }: Extract<PreviewItem, { kind: 'finetune' }>): string {
  const { lengths, steps, method } = spec.finetune;
  const what = method.kind === 'full' ? 'all of the model' : `LoRA of rank ${method.rank}`;
  const where = on?.target === undefined ? '' : `, ${on.target}`;
  return `${what}, lengths ${lengths.min}-${lengths.max}, up to ${steps} steps, n ${spec.n}${where}`;
}

function trainingText({ spec }: Extract<PlannedItem, { kind: 'train' }>): string {
  const { layers, heads, dim, lengths, steps } = spec;
  return `${layers} layers, ${heads} heads, dim ${dim}, lengths ${lengths.min}-${lengths.max}, up to ${steps} steps`;
}

/** Items that differ in their seed alone stand in one line. */
function groupsOf<Item extends PlannedItem>(items: readonly Item[]): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = JSON.stringify([item.task, item.model, item.kind]);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()];
}
