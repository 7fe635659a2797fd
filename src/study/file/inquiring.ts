/** What a respondent of a study is asked about one of its tasks. */
import path from 'node:path';
import { canonicalJson } from '../../common/json.ts';
import { sha256 } from '../../common/sha256.ts';
import { askableNamed, MATERIAL_SHAPES, type MaterialFiles } from '../../prompt/askable.ts';
import { usualNumbers } from '../../measure/usual.node.ts';
import { identityWished, preview } from '../../measure/targets/endpoint.node.ts';
import { endpointSpecOf, inquiryTask, isTaskFile } from '../../measure/targets/inquiry.node.ts';
import type { Inquiry, InquiryTask } from '../../measure/plan/inquiry.ts';
import { isPromptFile } from '../../prompt/files.node.ts';
import { RESPONDENTS, type AskMeans } from '../item.ts';
import type { RespondentEntry } from './respondents.ts';
import type { TaskEntry } from './study-file.ts';

/** The task with its prompt. A UserError says what can't be asked so. */
export function inquiryTaskOf(respondent: RespondentEntry, entry: TaskEntry): InquiryTask {
  const { material, prompts } = respondent;
  return inquiryTask(entry.asks, { options: entry.options, material, prompts, lenient: true });
}

/** Whether a respondent is asked about a task of the study: about all, unless it names some. */
export function isAskedAbout({ tasks }: RespondentEntry, { name }: TaskEntry): boolean {
  return tasks === null || tasks.value.includes(name);
}

/** All that determines the outcome. What the respondent doesn't say of measuring comes from the task. */
export function inquiryFor(respondent: RespondentEntry, entry: TaskEntry): Inquiry {
  return inquiryAbout([inquiryTaskOf(respondent, entry)], respondent, entry);
}

function inquiryAbout(tasks: readonly InquiryTask[], respondent: RespondentEntry, entry: TaskEntry): Inquiry {
  const lengths = lengthsFor(respondent, entry);
  const search = lengths.length === 0;
  const { measure } = entry;
  const { endpoint, model, api, rendering, repeats, temperature, decide, body } = respondent;
  return {
    ...{ endpoint, model, api, rendering, repeats, temperature, decide, body },
    tasks,
    strict: true,
    lengths: search ? null : lengths.map(({ value }) => value).sort((a, b) => a - b),
    n: respondent.n ?? (search ? usualNumbers({}).n : measure.n),
    maxLength: search ? (respondent.maxLength?.value ?? usualNumbers({}).maxLength) : null,
    seed: respondent.seed ?? measure.seed,
    threshold: respondent.threshold ?? measure.threshold,
  };
}

/** With their places; none: found by a search. */
export function lengthsFor(respondent: RespondentEntry, entry: TaskEntry): TaskEntry['measure']['lengths'] {
  return respondent.lengths ?? entry.measure.lengths;
}

/** A respondent as it is asked one task at one length, by words and at once, each sample once. */
export interface AskedOnce {
  readonly length: TaskEntry['measure']['lengths'][number];
  readonly n: number;
  /** null: the respondent's own. */
  readonly prompts: readonly string[] | null;
  readonly api: Inquiry['api'];
  /** What is changed about the prompt besides. */
  readonly rendering: Inquiry['rendering'];
}

/** All that determines the outcome where it is so asked. */
export function inquiryOnce(respondent: RespondentEntry, entry: TaskEntry, once: AskedOnce): Inquiry {
  const { length, n, prompts, api, rendering } = once;
  return inquiryFor(
    {
      ...respondent,
      ...{ lengths: [length], n, repeats: 1, decide: 'generation' },
      prompts: prompts ?? respondent.prompts,
      api: api ?? respondent.api,
      rendering: { ...respondent.rendering, ...rendering },
    },
    entry,
  );
}

/**
 * How it is asked then. Its answers are kept, and its budget is spent, with those of its own inquiry, unless it is another way of
 * answering (by another interface, by words instead of likelihood).
 */
export function meansOnce(
  respondent: RespondentEntry,
  entry: TaskEntry,
  { all, inquiry }: { readonly all: readonly RespondentEntry[]; readonly inquiry: Inquiry },
): Omit<AskMeans, 'most'> {
  const means = meansWithoutMost(respondent, entry, all);
  const whoIs = (one: Inquiry): string =>
    canonicalJson(identityWished(endpointSpecOf({ ...one, tasks: [] })));
  const who = whoIs(inquiry);
  if (who === whoIs(inquiryAbout([], respondent, entry))) return means;
  return { ...means, folder: `${RESPONDENTS}/${sha256(canonicalJson([who, respondent.name])).slice(0, 16)}` };
}

/**
 * How it is asked.
 * @param all the respondents of the study, of which it is one
 */
export function meansFor(
  respondent: RespondentEntry,
  entry: TaskEntry,
  { all, inquiry }: { readonly all: readonly RespondentEntry[]; readonly inquiry: Inquiry },
): AskMeans {
  const most = preview(endpointSpecOf(inquiry, respondent.material));
  return { ...meansWithoutMost(respondent, entry, all), most };
}

function meansWithoutMost(
  respondent: RespondentEntry,
  entry: TaskEntry,
  all: readonly RespondentEntry[],
): Omit<AskMeans, 'most'> {
  const { name, headers, concurrency, timeoutMs, maxRetries, limits, prices } = respondent;
  return {
    folder: folderFor(respondent, entry, all),
    ...{ name, headers, concurrency, timeoutMs, maxRetries, limits, prices },
    files: filesFor(respondent, entry),
  };
}

/**
 * One for each respondent, so that nothing is asked twice when tasks are added. Of those that are one model asked in one way (a
 * few samples, and many), all but the first are told apart by their names: what is counted, and spent, is each one's own.
 */
function folderFor(respondent: RespondentEntry, entry: TaskEntry, all: readonly RespondentEntry[]): string {
  const who = identityOf(respondent, entry);
  const first = all.find((one) => identityOf(one, entry) === who) ?? respondent;
  const named = first === respondent ? who : canonicalJson([who, respondent.name]);
  return `${RESPONDENTS}/${sha256(named).slice(0, 16)}`;
}

/** The model that answers, and how it is asked. */
function identityOf(entry: RespondentEntry, about: TaskEntry): string {
  const { prompts, rendering } = entry;
  const respondent = identityWished(endpointSpecOf(inquiryAbout([], entry, about)));
  // A file of a prompt is changed now and then: its questions are then others, its respondent is the same.
  const named = prompts?.map((name) => (isPromptFile(name) ? path.basename(name) : name)) ?? null;
  return canonicalJson({ respondent, named, rendering });
}

/** The files whose lines this task is asked about. */
function filesFor({ files }: RespondentEntry, { asks }: TaskEntry): MaterialFiles {
  if (isTaskFile(asks)) return {};
  const { shape } = askableNamed(asks);
  const used = Object.entries(files).filter(
    ([kind]) => MATERIAL_SHAPES[kind as keyof MaterialFiles] === shape,
  );
  return Object.fromEntries(used);
}
