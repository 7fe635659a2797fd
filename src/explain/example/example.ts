/** One sample with the attention of the heads that stand out, so that somebody can see where these look. */
import type { Head } from '../ablation/head.ts';
import type { HeadsOfTask } from '../heads/scores.ts';
import type { Passes } from '../passes/passes.ts';

/** Places are counted in the sample, from 0. */
export interface ExplainedExample {
  /** What the model reads, and the token that it says last: source, query, and the right answer. */
  readonly tokens: readonly string[];
  /** Where each symbol of the source stands. */
  readonly source: readonly number[];
  /** Where the answer's first token is predicted: it stands at the next place. */
  readonly first: number;
  readonly heads: readonly ExampleHead[];
}

export interface ExampleHead extends Head {
  /** From the place that looks to the one that is looked at, with the share of the attention; small shares are left out. */
  readonly edges: readonly (readonly [from: number, to: number, share: number])[];
}

/** Shares below this are left out. */
export const LEAST_SHARE = 0.05;
/** Heads of each score: of many that are marked, those with the largest. */
const HEADS_EACH = 8;

/** The first of the samples; null where it is not known what its tokens are as text. */
export async function exampleOf(passes: Passes, scored: HeadsOfTask): Promise<ExplainedExample | null> {
  const [shot] = passes.set.shots;
  if (shot.texts === undefined) return null;
  const heads = standingOut(scored);
  const { first, source, texts: tokens } = shot;
  return { tokens, source, first, heads: heads.length === 0 ? [] : await edgesOf(passes, heads) };
}

/** Heads that are marked for looking at something in the sample; a sink looks at the beginning of the prompt, whatever stands there. */
function standingOut({ scores }: HeadsOfTask): Head[] {
  const chosen = new Map<string, Head>();
  for (const [name, byLayer] of Object.entries(scores)) {
    if (name === 'sink') continue;
    const marked = byLayer.flatMap((row, layer) =>
      row.flatMap((score, head) => (score.marked ? [{ layer, head, value: score.value }] : [])),
    );
    const largest = marked.sort((a, b) => b.value - a.value).slice(0, HEADS_EACH);
    for (const { layer, head } of largest) chosen.set(`${layer} ${head}`, { layer, head });
  }
  return [...chosen.values()].sort((a, b) => a.layer - b.layer || a.head - b.head);
}

async function edgesOf(passes: Passes, heads: readonly Head[]): Promise<ExampleHead[]> {
  const { model, set, past, positions } = passes;
  const [{ shots, after }] = passes.chunks(1);
  const site = (layer: number) => `blocks.${layer}.attn.hook_pattern`;
  const capture = [...new Set(heads.map(({ layer }) => site(layer)))];
  const { sites } = await model.logitsOf(
    [set.tokens[0]],
    shots.map(({ tail }) => tail),
    { after, capture },
  );
  const keys = past + positions;
  return heads.map(({ layer, head }) => {
    const pattern = sites.get(site(layer))!.data as Float32Array; // [1, H, T, past + T]
    const edges: [number, number, number][] = [];
    for (let from = 0; from < positions; from++) {
      for (let to = 0; to <= from; to++) {
        const share = pattern[(head * positions + from) * keys + past + to];
        if (share >= LEAST_SHARE) edges.push([from, to, rounded(share)]);
      }
    }
    return { layer, head, edges };
  });
}

const rounded = (share: number): number => Math.round(share * 1e4) / 1e4;
