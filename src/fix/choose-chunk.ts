/** How long the parts may be that a source is cut into: the longest that is copied without an error, with a margin. */
import { askAll } from './asking/asked.ts';
import type { Outcomes } from './asking/asked.ts';
import type { Asker } from './asking/asker.ts';
import { ruleOf } from './mitigations/rules.ts';
import { mitigationsOf } from './mitigations/table.ts';
import type { ChunkChoice } from './outcome/rows.ts';
import type { FixSpec, Telling } from './spec.ts';

/** Of each length that is tried; all have to be right. */
export const SAMPLES = 20;

const LADDER = [4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512];

export interface ChosenChunk {
  readonly choice: ChunkChoice | null;
  /** Samples that did not reach the model. */
  readonly lost: number;
  readonly ending: Outcomes['ending'];
}

/** The lengths of parts that can be tried: up to half of the length that is wanted; none where the task is no copy. */
export function partLengths({ plain: { task }, length }: Pick<FixSpec, 'plain' | 'length'>): number[] {
  if (ruleOf(task)?.kind !== 'copy') return [];
  return LADDER.filter((one) => one <= Math.ceil(length / 2) && one >= task.admits().min);
}

/**
 * Tries lengths in turn on samples that are asked for nothing else. Where one fails, the margin is one step of the ladder: the last
 * length that held may have been lucky. No choice where parts are not wanted or can't be.
 */
export async function chooseChunk(spec: FixSpec, asker: Asker, tell: Telling): Promise<ChosenChunk> {
  const { plain, seed, only } = spec;
  const lengths = partLengths(spec);
  const isWanted = only === null || only.some((name) => name.includes('chunk'));
  if (!isWanted || lengths.length === 0) return { choice: null, lost: 0, ending: null };
  tell(`how long parts may be: copies of ${lengths[0]} symbols and more, ${SAMPLES} each`);
  // Parts are copied forward: of a backward copy, what reversal asks.
  const [reverse] = mitigationsOf(plain.task, { chunk: null }).filter(({ name }) => name === 'reverse');
  const tried: ChunkChoice['tried'][number][] = [];
  let lost = 0;
  for (const length of lengths) {
    const plan = { lengths: [length], n: SAMPLES, seed, stream: 'choice' } as const;
    const outcomes =
      reverse === undefined
        ? await askAll(plain, [], plan, asker)
        : await askAll(plain, [reverse], { ...plan, withoutPlain: true }, asker);
    if (outcomes.ending !== null) return { choice: null, lost, ending: outcomes.ending };
    const copies = reverse === undefined ? outcomes.plain : (outcomes.byMitigation.get('reverse') ?? []);
    const reached = copies.filter((one) => !one.lost);
    lost += copies.length - reached.length;
    const right = reached.filter((one) => one.right).length;
    tried.push({ length, n: reached.length, right });
    if (right < reached.length || reached.length === 0) break;
  }
  const held = tried.filter(({ n, right }) => n > 0 && right === n);
  const chosen = held.length < tried.length ? (held.at(-2) ?? held.at(-1)) : held.at(-1);
  return { choice: { size: chosen?.length ?? null, tried }, lost, ending: null };
}
