/** The ways in which an endpoint or a model of text is asked: each task with its prompt, once, or once for every prompt. */
import type { Askable } from '../../../prompt/askable.ts';
import { allPrompts, candidatePrompts } from '../../../prompt/files.node.ts';
import type { PromptTemplate } from '../../../prompt/template.ts';
import type { Api } from '../../../respond/endpoint/protocol/protocol.ts';
import type { RunsOwn } from '../../../respond/endpoint/request/capabilities.ts';
import type { PromptedSpec } from '../../plan/prompted-spec.ts';

/** A task, and its prompt; null: a pilot chooses it. */
export interface Wanted {
  readonly task: Askable;
  readonly template: PromptTemplate | null;
}

/**
 * The ways of asking, in order: one, or one for each name of a prompt, with the tasks that have a prompt of this name. So
 * what is counted and said of a way is of one prompt. A task of the user's own has its own prompt and no other.
 */
export function waysOf(spec: PromptedSpec, api: Api): Wanted[][] {
  const { tasks, templateFor, everyPrompt = false } = spec;
  const usual = tasks.map((task) => ({ task, template: templateFor(task, api) }));
  if (!everyPrompt) return [usual];
  const all = usual.map(({ task, template }) =>
    task.name === task.operation
      ? { task, templates: allPrompts(task.shape, api) }
      : { task, templates: template === null ? [] : [template] },
  );
  const most = Math.max(...all.map(({ templates }) => templates.length));
  const names = new Set(
    Array.from({ length: most }, (_, place) =>
      all.flatMap(({ templates }) => templates.slice(place, place + 1).map(({ name }) => name)),
    ).flat(),
  );
  return [...names].map((name) =>
    all.flatMap(({ task, templates }) =>
      templates.filter((template) => template.name === name).map((template) => ({ task, template })),
    ),
  );
}

/** What the prompts that may be asked have of their own. */
export function runsOwn(spec: PromptedSpec, api: Api): RunsOwn {
  const templates = waysOf(spec, api).flatMap((way) =>
    way.flatMap(({ task, template }) => (template === null ? candidatePrompts(task.shape, api) : [template])),
  );
  return {
    system: templates.some(({ system }) => system !== undefined),
    stop: [...new Set(templates.flatMap(({ stop }) => stop))],
    mostStops: Math.max(0, ...templates.map(({ stop }) => stop.length)),
  };
}
