/** Before a run: how the server cuts one prompt of every task into tokens, where it tells. */
import { asker } from './asker.node.ts';
import type { Ask, ProbeOptions } from './asker.node.ts';
import type { Capabilities, PromptFacts, TokenFacts } from './capabilities.ts';
import type { Endpoint } from '../endpoint.node.ts';
import type { EndpointSpec } from '../../../measure/measure.node.ts';
import { questionOf } from '../../../measure/plan/question.ts';
import type { Asked, Question } from '../../../measure/plan/question.ts';
import { FIRST_LENGTH } from '../../../measure/plan/search.ts';
import type { MeasureStore } from '../../../measure/store/store.node.ts';
import { tokenize } from './tokens.node.ts';

/** What the server makes of the first prompt of every task: from the store where it is known, else by asking. */
export async function promptsOf(
  store: MeasureStore,
  endpoint: Endpoint,
  spec: EndpointSpec,
  asked: readonly Asked[],
  { tokens }: Capabilities,
  probing: ProbeOptions,
): Promise<readonly PromptFacts[]> {
  const known = (store.fact('prompts') ?? []) as readonly PromptFacts[];
  const unknown = asked.filter(({ task }) => !known.some((facts) => facts.task === task.name));
  // A budget is for questions: without one for all of this, it is left.
  const requests = 2 * unknown.length;
  if (tokens === undefined || requests === 0 || !probing.budget.allowsRequests(2 * requests)) return known;
  const source = { fingerprint: '', seed: spec.seed, rendering: spec.rendering };
  const questions = unknown.flatMap((one) => {
    const { min, max } = one.task.admits();
    const length =
      spec.lengths?.find((wanted) => wanted >= min && wanted <= max) ?? Math.max(min, FIRST_LENGTH);
    return length > max ? [] : [questionOf(one, source, { length, index: 0, repeat: 0 })];
  });
  const ask = asker(endpoint, probing, Math.min(1, probing.maxRetries));
  const prompts = [...known, ...(await checkPrompts(ask, spec.model, tokens, questions))];
  store.setFact('prompts', prompts);
  return prompts;
}

/** The prompts of some questions, one a task, cut into tokens as they will be when they are asked. */
async function checkPrompts(
  ask: Ask,
  model: string,
  { tokenizes, beginning }: TokenFacts,
  questions: readonly Question[],
): Promise<PromptFacts[]> {
  if (!tokenizes || beginning === null) return [];
  const checked: PromptFacts[] = [];
  for (const { task, template, instance, prompt } of questions) {
    const ids = await tokenize(ask, model, prompt.text);
    const source = await tokenize(ask, model, ` ${instance.source.join(template.symbols)}`);
    if (ids === null || source === null) continue;
    const mark = beginning.at(-1);
    checked.push({
      task: task.name,
      length: instance.source.length,
      ids,
      sourceTokens: source.length - beginning.length,
      doubled: mark !== undefined && ids[beginning.length] === mark,
    });
  }
  return checked;
}
