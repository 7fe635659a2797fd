/** The prompts that come with lengthwise, for whoever may run in a browser too: what needs Node is loaded when it is called. */
import type { Shape } from './askable.ts';
import type { PromptApi, PromptTemplate } from './template.ts';

/** The names of the prompts for a shape of tasks. */
export async function promptNames(shape: Shape): Promise<string[]> {
  return (await import('./files.node.ts')).promptNames(shape);
}

/** The prompt that is asked where the user names none. */
export async function usualPrompt(shape: Shape, api: PromptApi): Promise<PromptTemplate> {
  return (await import('./files.node.ts')).usualPrompt(shape, api);
}

/**
 * The prompt of that name, or in that YAML file.
 * @throws UserError that suggests the nearest name, or says what is wrong with the file
 */
export async function promptNamed(shape: Shape, name: string, api: PromptApi): Promise<PromptTemplate> {
  return (await import('./files.node.ts')).promptFor(shape, [name], false, api);
}
