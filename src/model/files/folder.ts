/** Model folders for whoever may run in a browser too: what needs Node is loaded when it is called. */
import type { LoadedModel, LoadOptions, SaveOptions, SavedModel } from './folder.node.ts';

export type { LoadedModel, LoadOptions, SaveOptions, SavedModel } from './folder.node.ts';

/** Saves a model as a Hugging Face folder, whole or not at all. @throws UserError if it cannot be written */
export async function saveFolder(folder: string, model: SavedModel, options?: SaveOptions): Promise<void> {
  return (await import('./folder.node.ts')).saveFolder(folder, model, options);
}

/** The model in a Hugging Face folder. @throws UserError in one line for a folder that is none, or is damaged */
export async function loadFolder(folder: string, options?: LoadOptions): Promise<LoadedModel> {
  return (await import('./folder.node.ts')).loadFolder(folder, options);
}

/** The same without its tokenizer, which need not be one that is read here. */
export async function loadWeights(folder: string): Promise<Omit<SavedModel, 'tokenizer'>> {
  return (await import('./folder.node.ts')).loadWeights(folder);
}
