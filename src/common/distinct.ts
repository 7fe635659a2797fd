/** Each piece of work once, where it stands first: two places of a plan with the same work have the same hash. */
export function distinct<Item extends { readonly hash: string }>(items: readonly Item[]): Item[] {
  const first = new Map<string, Item>();
  for (const item of items) if (!first.has(item.hash)) first.set(item.hash, item);
  return [...first.values()];
}
