/** Why a pilot has chosen a prompt, in a few words. */
interface Choice {
  readonly chosen: string;
  readonly scores: readonly { readonly prompt: string; readonly n: number; readonly right: number }[];
}

/** `the best of 4 prompts`, `the first of 3 that are level`: why it was chosen. */
export function chosenText({ chosen, scores }: Choice): string {
  const names = [...new Set(scores.map(({ prompt }) => prompt))];
  const reached = (name: string): number => {
    const own = scores.filter(({ prompt }) => prompt === name);
    const n = own.reduce((sum, score) => sum + score.n, 0);
    return n === 0 ? 0 : own.reduce((sum, score) => sum + score.right, 0) / n;
  };
  const level = names.filter((name) => reached(name) === reached(chosen)).length;
  return level === 1
    ? `the best of ${names.length} prompts`
    : `the first of ${level} prompts that are level${level === names.length ? '' : `, of ${names.length}`},`;
}
