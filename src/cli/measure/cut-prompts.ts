/** Prompts that a server cuts to its context without a word: their tokens stay the same while their sources grow. */
import type { MeasurementResult } from '../../measure/result.ts';

/** Sources longer by so many symbols take more tokens, whatever the tokenizer. */
const LONGER_BY = 10;

interface Cell {
  readonly length: number;
  readonly promptTokens: number;
}

/** A line that names each task and the length from which on its prompts count no more tokens; none where all grow. */
export function notGrowing(rows: MeasurementResult['rows']): string[] {
  const cells = rows.flatMap(({ kind, task, length, promptTokens }) =>
    kind === 'cell' && typeof promptTokens === 'number' && promptTokens > 0
      ? [{ task, length, promptTokens }]
      : [],
  );
  const found = [...Map.groupBy(cells, ({ task }) => task)].flatMap(([task, of]) => {
    const from = sameFrom(of.toSorted((a, b) => a.length - b.length));
    return from === null ? [] : [`${task} from ${symbolsText(from)}`];
  });
  if (found.length === 0) return [];
  return [
    `WARNING: prompts do not count more tokens while their sources grow, ${found.join(', ')}: the server may cut them to its context (Ollama: num_ctx), or leaves out what is cached`,
  ];
}

/** The first of the cells, in the order of their lengths, with the longest that counts no more tokens; null: all count more. */
function sameFrom(cells: readonly Cell[]): { readonly short: Cell; readonly long: Cell } | null {
  for (const short of cells) {
    const long = cells.findLast(
      ({ length, promptTokens }) =>
        length >= short.length + LONGER_BY && promptTokens <= short.promptTokens + 1,
    );
    if (long !== undefined) return { short, long };
  }
  return null;
}

function symbolsText({ short, long }: { readonly short: Cell; readonly long: Cell }): string {
  const [least, most] = [short, long].map(({ promptTokens }) => Math.round(promptTokens));
  return `${short.length} symbols on (${least} tokens at ${short.length}, ${most} at ${long.length})`;
}
