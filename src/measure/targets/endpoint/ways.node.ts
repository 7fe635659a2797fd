/** The ways in which an endpoint is asked: each task with its prompt, once, or once for every prompt. */
import type { Askable } from '../../../prompt/askable.ts';
import { allPrompts, candidatePrompts } from '../../../prompt/files.node.ts';
import type { PromptTemplate } from '../../../prompt/template.ts';
import type { Api } from '../../../respond/endpoint/protocol/protocol.ts';
import type { RunsOwn } from '../../../respond/endpoint/request/capabilities.ts';
import type { EndpointSpec } from './spec.ts';

/** A task, and its prompt; null: a pilot chooses it. */
export interface Wanted {
  readonly task: Askable;
  readonly template: PromptTemplate | null;
}

/** The ways of asking, in order: one, or as many as the task with the most prompts has. */
export function waysOf(spec: EndpointSpec, api: Api): Wanted[][] {
  const { tasks, templateFor, everyPrompt = false } = spec;
  if (!everyPrompt) return [tasks.map((task) => ({ task, template: templateFor(task, api) }))];
  const all = tasks.map((task) => ({ task, templates: allPrompts(task.shape, api) }));
  const most = Math.max(...all.map(({ templates }) => templates.length));
  return Array.from({ length: most }, (_, way) =>
    all.flatMap(({ task, templates }) =>
      way < templates.length ? [{ task, template: templates[way] }] : [],
    ),
  );
}

/** What the prompts that may be asked have of their own. */
export function runsOwn(spec: EndpointSpec, api: Api): RunsOwn {
  const templates = waysOf(spec, api).flatMap((way) =>
    way.flatMap(({ task, template }) => (template === null ? candidatePrompts(task.shape, api) : [template])),
  );
  return {
    system: templates.some(({ system }) => system !== undefined),
    stop: [...new Set(templates.flatMap(({ stop }) => stop))],
    mostStops: Math.max(0, ...templates.map(({ stop }) => stop.length)),
  };
}
