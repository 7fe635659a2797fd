/**
 * Where heads look in the samples themselves: of every pass only what the scores need is kept, because whole patterns of long
 * prompts would not fit into memory.
 */
import type { Passes } from '../passes/passes.ts';
import type { Shot } from '../shots/shot.ts';

/** Attention of every head, by layer. n samples, H heads, J target rows, S source symbols. */
export interface TaskAttention {
  /** Of each target row to each symbol of the source, and to the position after the last one: [n, H, J, S + 1]. */
  readonly targets: readonly Float32Array[];
  /** Mean over the source's positions but its first of the attention to the one before: [H]. */
  readonly previous: readonly Float64Array[];
  /** What those positions give, on average, to the others of the sample that they see, their own among them: [H]. */
  readonly besidePrevious: readonly Float64Array[];
  /** Mean over all positions of the samples of the attention to the very first position of the prompt: [H]. */
  readonly sink: readonly Float64Array[];
}

/** Bytes of patterns at once. */
const PATTERN_BYTES = 128 * 2 ** 20;

/**
 * The rows at which a head can be seen to follow the source: for copies those that go on from a symbol, but for the last
 * (as in the paper, §6.1); for look-ups the one that has the query.
 */
export function scoredRows({ rows, source }: Shot): number[] {
  const copies = rows[0].at === null;
  return rows.flatMap(({ at }, j) => (at !== null && (!copies || j <= source.length - 2) ? [j] : []));
}

export async function taskAttention(
  passes: Passes,
  onProgress: (share: number) => void = () => undefined,
): Promise<TaskAttention> {
  const { config, set, positions, past } = passes;
  const { layers, heads } = config;
  const n = set.shots.length;
  const [first] = set.shots;
  const rows = scoredRows(first);
  const symbols = first.source.length + 1;
  const keys = past + positions;
  const result = {
    targets: Array.from({ length: layers }, () => new Float32Array(n * heads * rows.length * symbols)),
    previous: Array.from({ length: layers }, () => new Float64Array(heads)),
    besidePrevious: Array.from({ length: layers }, () => new Float64Array(heads)),
    sink: Array.from({ length: layers }, () => new Float64Array(heads)),
  };
  const capture = Array.from({ length: layers }, (_, layer) => `blocks.${layer}.attn.hook_pattern`);
  const most = Math.max(1, Math.floor(PATTERN_BYTES / (4 * layers * heads * positions * keys)));
  for (const { start, shots, after } of passes.chunks(most)) {
    const { sites } = await passes.model.logitsOf(
      [set.tokens[0]],
      shots.map(({ tail }) => tail),
      { after, capture },
    );
    capture.forEach((site, layer) => {
      const pattern = sites.get(site)!.data as Float32Array; // [B, H, T, past + T]
      const at = (s: number, head: number, query: number, key: number) =>
        pattern[((s * heads + head) * positions + query) * keys + key];
      shots.forEach((shot, s) => {
        for (let head = 0; head < heads; head++) {
          rows.forEach((row, j) => {
            const to = (((start + s) * heads + head) * rows.length + j) * symbols;
            for (let symbol = 0; symbol < symbols; symbol++) {
              const place = shot.source[symbol] ?? shot.source[symbol - 1] + 1;
              result.targets[layer][to + symbol] = at(s, head, shot.first + row, past + place);
            }
          });
          const share = 1 / Math.max(1, shot.source.length - 1) / n;
          for (const place of shot.source.slice(1)) {
            const previous = at(s, head, place, past + place - 1);
            let seen = -previous;
            for (let key = 0; key <= place; key++) seen += at(s, head, place, past + key);
            result.previous[layer][head] += previous * share;
            result.besidePrevious[layer][head] += (seen / place) * share;
          }
          let sink = 0;
          for (let query = 0; query < positions; query++) sink += at(s, head, query, 0);
          result.sink[layer][head] += sink / positions / n;
        }
      });
    });
    onProgress((start + shots.length) / n);
  }
  return result;
}
