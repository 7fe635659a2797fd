/** Before the first question: how the server cuts prompts into tokens, and whether it reads a mark of theirs as special. */
import { UserError } from '../../common/errors.ts';
import { specialTokensIn } from '../../prompt/special-tokens.ts';
import { completionText } from '../../prompt/render.ts';
import type { RenderOptions } from '../../prompt/as-sent.ts';
import type { Connection } from '../../respond/endpoint/connection.node.ts';
import type { Capabilities, PromptFacts } from '../../respond/endpoint/request/capabilities.ts';
import { asker } from '../../respond/endpoint/probe/probe-requests.node.ts';
import { checkPrompts } from '../../respond/endpoint/probe/prompt-check.node.ts';
import type { CheckedPrompt } from '../../respond/endpoint/probe/prompt-check.node.ts';
import type { ProbeOptions } from '../../respond/endpoint/probe/probe.node.ts';
import { tokenize } from '../../respond/endpoint/probe/tokens.node.ts';
import type { Asked, Question } from '../plan/question.ts';
import { promptNames } from '../result.ts';
import { firstQuestion } from './endpoint/first-question.ts';
import type { RowStore } from '../store/row-store.ts';

/** What is asked, as far as one prompt of each task shows how it is cut. */
export interface ShownSpec {
  readonly lengths: readonly number[] | null;
  readonly seed: number;
  readonly rendering: RenderOptions;
  /** Whether prompts are asked all the same in which the model reads a mark as a special token. */
  readonly allowSpecialTokens?: boolean;
  readonly model: string;
}

/** Where what was found is kept: of each way of asking apart, since a folder may hold several. */
const factOf = (asked: readonly Asked[]): string =>
  `prompts ${promptNames(asked.map(({ template }) => template.name))}`;

/** The model reads marks of a task's prompt as special tokens: asked so, it is measured at nothing. */
export class SpecialTokens extends UserError {
  readonly task: string;
  /** Which prompt it is, and what the model makes of it. */
  readonly reason: string;

  constructor(task: string, prompt: string, marks: readonly string[]) {
    const named = marks.map((mark) => `'${mark}'`).join(', ');
    const reason = `the model reads ${named} in the prompt '${prompt}' as a special token, not as text`;
    super(`${task}: ${reason}; choose another with --prompt (lengthwise prompts), or --allow-special-tokens`);
    this.task = task;
    this.reason = reason;
  }
}

/**
 * The first prompt of each task as the server cuts it; [] where it does not tell. What was found is kept.
 * @throws SpecialTokens where the model reads a mark of a prompt as a special token
 */
export async function checkPromptTokens(
  connection: Connection,
  probing: ProbeOptions,
  { tokens }: Capabilities,
  spec: ShownSpec,
  asked: readonly Asked[],
  store: RowStore,
): Promise<readonly PromptFacts[]> {
  if (tokens === undefined || !tokens.tokenizes || tokens.beginning === null) return [];
  const questions = asked.map((one) => firstQuestion(one, spec));
  const texts = questions.map(({ prompt }) => completionText(prompt));
  const fact = factOf(asked);
  const known = store.fact(fact) as
    | { readonly texts: readonly string[]; readonly facts: PromptFacts[]; readonly allowed?: boolean }
    | undefined;
  const allowed = spec.allowSpecialTokens === true;
  const same = known !== undefined && JSON.stringify(known.texts) === JSON.stringify(texts);
  // Where special tokens were allowed, or in older stores, nobody has looked for them.
  if (!allowed && !(same && known.allowed === false)) await refuseSpecial(connection, probing, questions);
  if (same) {
    if (!allowed && known.allowed !== false) store.setFact(fact, { ...known, allowed });
    return known.facts;
  }
  const shown = questions.map((question, i): CheckedPrompt => {
    const { source, length } = question.sample;
    return {
      task: question.task.name,
      text: texts[i],
      length,
      source: source.join(question.asked.template.symbols),
    };
  });
  const facts = await checkPrompts(connection, probing, tokens, shown);
  store.setFact(fact, { texts, facts, allowed });
  return facts;
}

async function refuseSpecial(
  connection: Connection,
  probing: ProbeOptions,
  questions: readonly Question[],
): Promise<void> {
  const ask = asker(connection, probing, 1);
  for (const { task, asked, prompt } of questions) {
    const found = await specialTokensIn([{ ...prompt }], {
      tokenize: (text) => tokenize(ask, probing.model, text),
    });
    if (found === null || found.length === 0) continue;
    throw new SpecialTokens(task.name, asked.template.name, found);
  }
}
