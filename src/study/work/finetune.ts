/** Fine-tunes one base on one task from one seed, and measures both. */
import type { Item } from '../item.ts';
import type { WorkContext } from './work.ts';

export function finetuneModel(
  item: Extract<Item, { kind: 'finetune' }>,
  context: WorkContext,
): Promise<void> {
  throw new Error(`${item.spec.finetune.task} in ${context.folder} is not fine-tuned yet`);
}
