/** GGUF files for whoever may run in a browser too: what needs Node is loaded when it is called. */
import type { TextTokenizer } from '../../tokenizers/text.ts';
import type { GgufModel } from './load.node.ts';

export type { GgufModel } from './load.node.ts';

/** The model in a GGUF file, its weights in float32. @throws UserError in one line for a file that is damaged or not supported */
export async function loadGguf(path: string): Promise<GgufModel> {
  return (await import('./load.node.ts')).loadGguf(path);
}

/** The tokenizer in a GGUF file. @throws UserError in one line for one of a kind that is not read */
export async function loadGgufTokenizer(path: string): Promise<TextTokenizer> {
  return (await import('./load.node.ts')).loadGgufTokenizer(path);
}
