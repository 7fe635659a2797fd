/** `--prompt auto`: which prompt is asked, chosen by a pilot on samples of its own. */
import { UserError } from '../../common/errors.ts';
import type { Askable } from '../../prompt/askable.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import type { Asked } from '../plan/question.ts';

/** What a pilot chose for the tasks that are compared with each other. */
export interface PilotChoice {
  readonly family: string;
  readonly chosen: string;
  readonly words: string;
}

export async function chosenTemplates(
  wanted: readonly { readonly task: Askable; readonly template: PromptTemplate | null }[],
  _options: unknown,
): Promise<{ readonly asked: readonly Asked[]; readonly pilot: readonly PilotChoice[] }> {
  return {
    asked: wanted.map(({ task, template }) => {
      if (template === null) throw new UserError('--prompt auto is not there yet');
      return { task, template };
    }),
    pilot: [],
  };
}
