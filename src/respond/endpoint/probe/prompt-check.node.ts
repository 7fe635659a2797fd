/** Before a run: how the server cuts one prompt of every task into tokens, where it tells. */
import type { Connection } from '../connection.node.ts';
import type { PromptFacts, TokenFacts } from '../request/capabilities.ts';
import { asker } from './probe-requests.node.ts';
import type { ProbeOptions } from './probe-requests.node.ts';
import { tokenize } from './tokens.node.ts';

/** One prompt of a task, as it will be asked. */
export interface CheckedPrompt {
  readonly task: string;
  readonly text: string;
  /** Symbols of its source, and the source as it stands in the prompt. */
  readonly length: number;
  readonly source: string;
}

/** Two requests a prompt. A budget is for questions: without one for all of this, nothing is asked. */
export async function checkPrompts(
  connection: Connection,
  options: Pick<ProbeOptions, 'model' | 'signal' | 'onWait'>,
  { tokenizes, beginning }: TokenFacts,
  prompts: readonly CheckedPrompt[],
): Promise<PromptFacts[]> {
  const requests = 2 * prompts.length;
  if (!tokenizes || beginning === null || !connection.budget.allowsRequests(2 * requests)) return [];
  const ask = asker(connection, options, Math.min(1, connection.maxRetries));
  const checked: PromptFacts[] = [];
  for (const { task, text, length, source } of prompts) {
    const ids = await tokenize(ask, options.model, text);
    const sourceIds = await tokenize(ask, options.model, ` ${source}`);
    if (ids === null || sourceIds === null) continue;
    const mark = beginning.at(-1);
    checked.push({
      task,
      length,
      ids,
      sourceTokens: sourceIds.length - beginning.length,
      doubled: mark !== undefined && ids[beginning.length] === mark,
    });
  }
  return checked;
}
