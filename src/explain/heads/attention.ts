/**
 * Where heads look: of every pass only what the scores need is kept, because whole patterns of long prompts would not fit into
 * memory.
 */
import type { LocalModel, ModelConfig, Prefix } from '../../model/index.ts';
import type { Passes } from '../passes/passes.ts';
import type { Shot } from '../shots/shot.ts';

/** Attention of every head, by layer. n sequences, H heads, J rows that are looked at, W keys of each. */
export interface Attention {
  /** Of each row to each key: [n, H, J, W]. */
  readonly targets: readonly Float32Array[];
  /** Mean over the positions that count of the attention to the one before: [H]. */
  readonly previous: readonly Float64Array[];
  /** What those positions give, on average, to the others of the sequence that they see, their own among them: [H]. */
  readonly besidePrevious: readonly Float64Array[];
  /** Mean over all positions of the attention to the very first position: [H]. */
  readonly sink: readonly Float64Array[];
}

/**
 * Of n samples with R answer tokens and S source symbols, from each answer's row to each symbol of the source and to the
 * position after the last one: J = R, W = S + 1.
 */
export type TaskAttention = Attention;

/** What of a sequence is looked at, by place in what is read of it. */
export interface Looked {
  readonly rows: readonly number[];
  readonly keys: readonly number[];
  /** Those whose attention to the place before counts; not the first one. */
  readonly previous: readonly number[];
}

/** Sequences that are read in one run. */
export interface SequencePart {
  /** The first one's place among all n. */
  readonly start: number;
  readonly tails: readonly (readonly number[])[];
  /** What they look at, each. */
  readonly looked: readonly Looked[];
  readonly after: Prefix;
}

/** Bytes of patterns at once. */
const PATTERN_BYTES = 128 * 2 ** 20;

/** How many sequences of so many positions can be read at once, with as many keys. */
export function mostAtOnce({ layers, heads }: ModelConfig, positions: number, keys: number): number {
  return Math.max(1, Math.floor(PATTERN_BYTES / (4 * layers * heads * positions * keys)));
}

/** What heads give from the rows of answers to the symbols of the sources. */
export async function taskAttention(
  passes: Passes,
  onProgress: (share: number) => void = () => undefined,
): Promise<TaskAttention> {
  const { model, config, set, positions, past } = passes;
  const n = set.shots.length;
  const parts = function* (): Generator<SequencePart> {
    for (const { start, shots, after } of passes.chunks(mostAtOnce(config, positions, past + positions))) {
      yield { start, tails: shots.map(({ tail }) => tail), looked: shots.map(lookedAt), after };
    }
  };
  return attentionOver(model, parts(), { n, past }, onProgress);
}

function lookedAt({ source, first, rows }: Shot): Looked {
  return {
    rows: rows.map((_, j) => first + j),
    keys: [...source, source[source.length - 1] + 1],
    previous: source.slice(1),
  };
}

/**
 * @param size n sequences in all parts, each after `past` tokens
 * @param onProgress how much of it is done, from 0 to 1
 */
export async function attentionOver(
  model: LocalModel,
  parts: Iterable<SequencePart>,
  { n, past }: { readonly n: number; readonly past: number },
  onProgress: (share: number) => void,
): Promise<Attention> {
  const { layers, heads } = model.config;
  const sums = () => Array.from({ length: layers }, () => new Float64Array(heads));
  const result = {
    targets: [] as Float32Array[],
    previous: sums(),
    besidePrevious: sums(),
    sink: sums(),
  };
  const capture = Array.from({ length: layers }, (_, layer) => `blocks.${layer}.attn.hook_pattern`);
  for (const { start, tails, looked, after } of parts) {
    const [{ length: positions }] = tails;
    const keys = past + positions;
    const { sites } = await model.logitsOf([tails[0][0]], tails, { after, capture });
    capture.forEach((site, layer) => {
      const pattern = sites.get(site)!.data as Float32Array; // [B, H, T, past + T]
      looked.forEach(({ rows, keys: places, previous }, s) => {
        const size = rows.length * places.length;
        result.targets[layer] ??= new Float32Array(n * heads * size);
        for (let head = 0; head < heads; head++) {
          const at = (query: number, key: number) =>
            pattern[((s * heads + head) * positions + query) * keys + key];
          const to = ((start + s) * heads + head) * size;
          rows.forEach((row, j) => {
            for (let k = 0; k < places.length; k++)
              if (places[k] < positions)
                // nothing stands behind a source that is read to its end
                result.targets[layer][to + j * places.length + k] = at(row, past + places[k]);
          });
          const share = 1 / Math.max(1, previous.length) / n;
          for (const place of previous) {
            const before = at(place, past + place - 1);
            let seen = -before;
            for (let key = 0; key <= place; key++) seen += at(place, past + key);
            result.previous[layer][head] += before * share;
            result.besidePrevious[layer][head] += (seen / place) * share;
          }
          let sink = 0;
          for (let query = 0; query < positions; query++) sink += at(query, 0);
          result.sink[layer][head] += sink / positions / n;
        }
      });
    });
    onProgress((start + tails.length) / n);
  }
  return result;
}
