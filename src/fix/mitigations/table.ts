/** The mitigations of a task: what theory and practice suggest for its rule, the simplest first. */
import type { Askable } from '../../prompt/askable.ts';
import type { Mitigation } from './mitigation.ts';
import { copyMitigations } from './copying.ts';
import { lookUpMitigations } from './look-ups.ts';
import { bothWays, otherPrompt, repeated } from './shared.ts';
import { ruleOf } from './rules.ts';

export interface MitigationOptions {
  /** Symbols that a part has where sources are cut; null: none are cut. */
  readonly chunk: number | null;
  /** Whether the task is asked with a prompt of the user's own, which some mitigations have to replace. */
  readonly ownPrompt?: boolean;
}

/** Those of a task, in the order in which they are listed. */
export function mitigationsOf(
  task: Pick<Askable, 'name' | 'operation' | 'joiner'>,
  options: MitigationOptions,
): readonly Mitigation[] {
  const rule = ruleOf(task);
  const own =
    rule === null
      ? []
      : rule.kind === 'copy'
        ? copyMitigations(task.operation, rule, options)
        : lookUpMitigations(task.operation, rule);
  const ways = rule === null ? [] : [bothWays(task.operation)];
  const asked = options.ownPrompt === true ? [otherPrompt(task.operation)] : [];
  return [...asked, ...own, ...repeated(task), ...ways];
}

/** The names of all, whatever the task. */
export const mitigationNames: readonly string[] = [
  'prompt',
  'reverse',
  'number',
  'reverse+number',
  'chunk',
  'number+chunk',
  'reverse+chunk',
  'reverse+number+chunk',
  'place',
  'reverse+place',
  'recite',
  'twice',
  'padded',
  'both-ways',
];
