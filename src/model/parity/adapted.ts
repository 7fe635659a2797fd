/** Adapters for whoever may run in a browser too: what needs Node is loaded when it is called. */
import type { ModelConfig } from '../config/config.ts';
import type { Weights } from '../forward/parameters.ts';

/**
 * The same model with a low-rank adapter in its weights, from a folder as Python's peft writes it.
 * @throws UserError in one line for a folder that is no adapter of this model, and one that changes no weight or no logit
 */
export async function withAdapter<M extends { readonly config: ModelConfig; readonly weights: Weights }>(
  model: M,
  folder: string,
): Promise<M> {
  return (await import('./adapted.node.ts')).withAdapter(model, folder);
}
