/** The value of `--prompt` where it has to name prompts: those of `measure` but for `auto` and `all`, which need a model. */
import { UserError } from '../../common/errors.ts';

/**
 * The names or files that the option lists, as `measure` reads them.
 * @param instead what to do instead of `auto` or `all`
 * @throws UserError for `auto` and `all`
 */
export async function namedPrompts(text: string, instead: string): Promise<string[]> {
  const { AUTO, EVERY_PROMPT } = await import('../../prompt/defaults.ts');
  const names = text.split(',').map((name) => name.trim());
  const vague = names.find((name) => name === AUTO || name === EVERY_PROMPT);
  if (vague !== undefined) throw new UserError(`--prompt ${vague}: ${instead}`);
  return names;
}
