/** Whether an answer is from the model that was asked, by the name that it carries: servers write it in several ways. */

/**
 * Whether a reply's name is one of those that answers may carry: the same, or the same but for a path or an owner before
 * it (`/models/m`, `openai/m`), a tag or a date behind it (`m:latest`, `m-2024-08-06`), or its letters' case.
 */
export function sameModel(name: string | null, models: readonly string[]): boolean {
  if (name === null || models.length === 0 || models.includes(name)) return true;
  const { core } = partsOf(name);
  return models.some((model) => partsOf(model).core === core);
}

/**
 * Whether a name tells that another model may answer than those with these names: it names another model, or another date, version or
 * quantisation of the same one. A name without any of these (`m`, `m:latest`) tells nothing of them.
 */
export function isOtherModel(name: string, known: readonly string[]): boolean {
  const { core, version } = partsOf(name);
  const same = known.map(partsOf).filter((one) => one.core === core);
  if (same.length === 0) return true;
  const versions = same.map((one) => one.version).filter((one) => one !== null);
  return version !== null && versions.length > 0 && !versions.includes(version);
}

/** A name as it can be told to others: of a file's path without its folders, which say who runs it, not what. */
export function withoutFolders(name: string): string {
  return /^([/\\~.]|[a-z]:[/\\])/i.test(name)
    ? (name.split(/[/\\]/).findLast((part) => part !== '') ?? name)
    : name;
}

interface NameParts {
  readonly core: string;
  /** Its date and its tag, as far as it has any. */
  readonly version: string | null;
}

function partsOf(name: string): NameParts {
  const path = name.split('/');
  const at = path.findLastIndex((part) => part !== '');
  const ending = (path.at(at) ?? name).toLowerCase();
  // Fireworks: a model's name as deployed, with a random ending (`accounts/…/deployedModels/m-ab12cd34`).
  const last = path[at - 1] === 'deployedModels' ? ending.replace(/-[a-z\d]{6,12}$/, '') : ending;
  const [untagged, tag] = splitAt(last, /:([\w.-]+)$/);
  const [undated, date] = splitAt(untagged, /[-@](\d{4}-?\d{2}-?\d{2}|\d{4}|latest)$/);
  const told = [date, tag].filter((word) => word !== null && word !== 'latest');
  return {
    // claude-sonnet-4-0 stands for claude-sonnet-4-20250514.
    core: undated.replace(/\.gguf$/, '').replace(/[-.]0$/, ''),
    version: told.length === 0 ? null : told.join(':').replaceAll('-', ''),
  };
}

function splitAt(name: string, ending: RegExp): [rest: string, ending: string | null] {
  return [name.replace(ending, ''), ending.exec(name)?.[1] ?? null];
}
