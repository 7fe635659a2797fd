/** Whether an answer is from the model that was asked, by the name that it carries: servers write it in several ways. */

/**
 * Whether a reply's name is one of those that answers may carry: the same, or the same but for a path or an owner before
 * it (`/models/m`, `openai/m`), a tag or a date behind it (`m:latest`, `m-2024-08-06`), or its letters' case.
 */
export function sameModel(name: string | null, models: readonly string[]): boolean {
  if (name === null || models.length === 0 || models.includes(name)) return true;
  const core = coreOf(name);
  return models.some((model) => coreOf(model) === core);
}

function coreOf(name: string): string {
  const last = name.replace(/\/+$/, '').split('/').at(-1) ?? name;
  return last
    .toLowerCase()
    .replace(/:[\w.-]+$/, '')
    .replace(/[-@](\d{4}-?\d{2}-?\d{2}|\d{4}|latest)$/, '')
    .replace(/\.gguf$/, '');
}
