/** Whether what stands in a tokenizer.json is of the kind that models trained here have; others are of text. */
export function isWordLevel(tokenizer: unknown): boolean {
  return (tokenizer as { model?: { type?: unknown } | null } | null)?.model?.type === 'WordLevel';
}
