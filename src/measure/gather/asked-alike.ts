/** Which ways of asking stand beside each other as one respondent: tasks that were asked alike, so that a contrast is of the tasks. */
import { canonicalJson } from '../../common/json.ts';
import { whatIsSent } from '../../prompt/as-sent.ts';
import type { RenderOptions } from '../../prompt/as-sent.ts';
import { askableNamed } from '../../prompt/askable.ts';
import { EVERY_PROMPT } from '../../prompt/defaults.ts';
import { differingSettings, PROMPT_SETTINGS, SAMPLE_SETTINGS } from '../../score/tables/settings.ts';
import type { AskedTask, RespondentRows, Run } from '../store/rows.ts';
import { settingsOf } from './settings.ts';

/** A task as it was asked, and all runs that asked it so; the options are those of `run`, which is one of them. */
export interface AskedBy {
  readonly asked: AskedTask;
  readonly run: Run;
  readonly all: readonly Run[];
}

/**
 * Which respondent's each way is, as a number from 0: that of a way of another task that one command asked beside it, else the first
 * whose tasks were all asked alike.
 */
export function placesOf(
  ways: readonly AskedBy[],
  respondent: RespondentRows['respondent'],
): readonly number[] {
  const groups: AskedBy[][] = [];
  return ways.map((way) => {
    const fitting = groups.filter((group) =>
      group.every((other) => other.asked.task !== way.asked.task && areAskedAlike(other, way, respondent)),
    );
    const found = fitting.find((group) => group.some((other) => haveOneRun(other, way))) ?? fitting.at(0);
    if (found !== undefined) found.push(way);
    return found === undefined ? groups.push([way]) - 1 : groups.indexOf(found);
  });
}

const ASKED_ALIKE = [...SAMPLE_SETTINGS, 'seed', ...PROMPT_SETTINGS];

/**
 * Whether two tasks were asked alike: by one command, whatever prompts a pilot chose there; or with the same options, of those that both
 * have a use for, and the same prompt where one prompt can be for both.
 */
function areAskedAlike(one: AskedBy, other: AskedBy, respondent: RespondentRows['respondent']): boolean {
  if (haveOneRun(one, other)) return true;
  const settings = [one, other].map(({ asked, run }) => settingsOf(asked, run.options, respondent));
  if (differingSettings(settings).some((name) => ASKED_ALIKE.includes(name))) return false;
  if (asksEveryPrompt(one) || asksEveryPrompt(other))
    return one.asked.prompt.name === other.asked.prompt.name;
  return !arePromptedAlike(one.asked, other.asked) || haveOnePrompt(one.asked, other.asked);
}

function haveOneRun({ all }: AskedBy, other: AskedBy): boolean {
  return all.some((run) => other.all.includes(run));
}

/** Each prompt is then a respondent. */
function asksEveryPrompt({ all }: AskedBy): boolean {
  return all.some(({ options }) => options.prompt === EVERY_PROMPT);
}

/** Whether both tasks have the same prompts to choose from. Those of the user's own have prompts of their own. */
function arePromptedAlike(one: AskedTask, other: AskedTask): boolean {
  const isOwn = ({ task, askedAs = task, operation }: AskedTask): boolean => askedAs !== operation;
  return (
    !isOwn(one) && !isOwn(other) && askableNamed(one.operation).shape === askableNamed(other.operation).shape
  );
}

/** Whether the prompt of one sends the same as that of the other, for either task. */
function haveOnePrompt(one: AskedTask, other: AskedTask): boolean {
  const sent = ({ prompt, rendering }: AskedTask): string =>
    canonicalJson(
      [one, other].map(({ operation }) => whatIsSent(prompt, (rendering ?? {}) as RenderOptions, operation)),
    );
  return sent(one) === sent(other);
}
