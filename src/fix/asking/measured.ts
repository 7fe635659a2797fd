/** Asks for `fix` by a measurement, of whoever can be measured by prompts: what is asked in one go, in the form that `measure` takes. */
import type { PromptedSpec } from '../../measure/plan/prompted-spec.ts';
import type { EndpointMeasured } from '../../measure/targets/endpoint.node.ts';
import type { TextMeasured } from '../../measure/targets/text-model.node.ts';
import type { StoredRow } from '../../measure/store/row-store.ts';
import { candidatePrompts, promptFor, usualPrompt } from '../../prompt/files.node.ts';
import { mostPilotQuestions, pilotFamilies } from '../../prompt/pilot.ts';
import type { PilotChoice } from '../../prompt/pilot.ts';
import type { PromptApi, PromptTemplate } from '../../prompt/template.ts';
import { reversedTask } from './askables.ts';
import type { PlainTask } from './asked.ts';
import type { Asker, WantedTask } from './asker.ts';

/**
 * The one task of a specification, with its prompt.
 * @param chosen by a pilot; null: the one that the specification names
 */
export function plainTaskOf(
  { tasks, templateFor, sources, rendering }: PromptedSpec,
  chosen: PromptTemplate | null,
): PlainTask {
  const [task] = tasks;
  return {
    task,
    sources: sources[task.name] ?? null,
    rendering,
    // Before a pilot has chosen, what is usual stands for it: it is as long.
    promptFor: (api) => chosen ?? templateFor(task, api) ?? usualPrompt(task.shape, api),
  };
}

/** Whether a pilot has to choose the prompt. */
export function needsPilot({ tasks, templateFor }: PromptedSpec): boolean {
  return templateFor(tasks[0], 'completions') === null;
}

/** What a pilot asks: the task, and the one that answers the same about the reversed source, which is what many mitigations ask. */
export function pilotSpec<Spec extends PromptedSpec>(spec: Spec): Spec {
  const [task] = spec.tasks;
  const tasks = [task, ...reversedTask(task)];
  const length = Math.max(task.admits().min, 5);
  return {
    ...spec,
    ...{ tasks, lengths: [length], n: 1, strict: true, templateFor: () => null },
    sources: Object.fromEntries(tasks.map(({ name }) => [name, { ...sourcesIn(spec), pilot: name }])),
  };
}

function sourcesIn({ tasks, sources }: PromptedSpec): object {
  return (sources[tasks[0].name] as object | null | undefined) ?? {};
}

/** The most questions that choosing a prompt takes: none where it is named. */
export function mostToChoose(spec: PromptedSpec): number {
  if (!needsPilot(spec)) return 0;
  const { tasks } = pilotSpec(spec);
  const apis: readonly PromptApi[] = spec.api === null ? ['completions', 'chat'] : [spec.api];
  const each = apis.map((api) =>
    pilotFamilies(tasks).reduce(
      (sum, family) => sum + mostPilotQuestions(family, candidatePrompts(family.shape, api).length),
      0,
    ),
  );
  return Math.max(...each) + tasks.length; // each is asked one question by what was chosen
}

/** The prompt that a pilot has chosen, and its choice; null where it was not answered. */
export function chosenBy(
  { facts, ending }: Pick<EndpointMeasured | TextMeasured, 'facts' | 'ending'>,
  { tasks }: PromptedSpec,
): { readonly prompt: PromptTemplate; readonly choice: PilotChoice } | null {
  const choice = facts.pilot.find(({ family }) => family.split('+').includes(tasks[0].name));
  if (ending.kind !== 'done' || choice === undefined) return null;
  return { choice, prompt: promptFor(tasks[0].shape, [choice.chosen], false, facts.api) };
}

/** What is asked in one go, in the form that `measure` takes. */
export function specFor<Spec extends PromptedSpec>(
  spec: Spec,
  wanted: readonly WantedTask[],
  { lengths, n, seed }: Parameters<Asker['ask']>[1],
): Spec {
  return {
    ...spec,
    ...{ lengths, n, seed, strict: true },
    tasks: wanted.map(({ task }) => task),
    templateFor: (task, api) => wanted.find((one) => one.task.name === task.name)?.promptFor(api) ?? null,
    sources: Object.fromEntries(wanted.map(({ task, sources }) => [task.name, sources])),
  };
}

/** Asks by a measurement, and collects its rows. */
export function askerOf<Spec extends PromptedSpec>(
  spec: Spec,
  measure: (asked: Spec, onRow: (row: StoredRow) => void) => Promise<EndpointMeasured | TextMeasured>,
): Asker {
  return {
    ask: async (wanted, plan) => {
      const rows: StoredRow[] = [];
      const { facts, ending } = await measure(specFor(spec, wanted, plan), (row) => rows.push(row));
      return { api: facts.api, rows, ending };
    },
  };
}
