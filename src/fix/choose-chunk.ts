/** How long the parts may be that a source is cut into: the longest that is copied without an error, with a margin. */
import { askAll } from './asking/asked.ts';
import type { Outcomes } from './asking/asked.ts';
import type { Asker } from './asking/asker.ts';
import { mitigationsOf } from './mitigations/table.ts';
import { ruleOf } from './mitigations/rules.ts';
import type { ChunkChoice } from './outcome/rows.ts';
import type { FixSpec, Telling } from './spec.ts';

/** Of each length that is tried; all have to be right. */
export const SAMPLES = 20;

const LADDER = [4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512];

/** The most lengths that are tried. */
export const MOST_TRIED_PARTS = LADDER.length;

export interface ChosenChunk {
  readonly choice: ChunkChoice | null;
  readonly ending: Outcomes['ending'];
}

/**
 * Tries lengths in turn, up to half of the one that is wanted, on samples that are asked for nothing else. Where one fails, the
 * margin is one step of the ladder: the last length that held may have been lucky. No choice where the task is no copy, where
 * parts are not wanted, or where the shortest one fails.
 */
export async function chooseChunk(
  { plain, length, seed, only }: FixSpec,
  asker: Asker,
  tell: Telling,
): Promise<ChosenChunk> {
  const rule = ruleOf(plain.task);
  const isWanted = only === null || only.some((name) => name.includes('chunk'));
  const lengths = LADDER.filter((one) => one <= Math.ceil(length / 2) && one >= plain.task.admits().min);
  if (rule?.kind !== 'copy' || !isWanted || lengths.length === 0) return { choice: null, ending: null };
  tell(`how long parts may be: copies of ${lengths[0]} symbols and more, ${SAMPLES} each`);
  const reversed = rule.direction === 'backward';
  const forward = mitigationsOf(plain.task, { chunk: null }).filter(
    ({ name }) => reversed && name === 'reverse',
  );
  const tried: ChunkChoice['tried'][number][] = [];
  for (const one of lengths) {
    const plan = { lengths: [one], n: SAMPLES, seed, stream: 'choice' } as const;
    const outcomes = await askAll(plain, forward, plan, asker);
    if (outcomes.ending !== null) return { choice: null, ending: outcomes.ending };
    const own = reversed ? (outcomes.byMitigation.get('reverse') ?? []) : outcomes.plain;
    const right = own.filter((outcome) => outcome.right).length;
    tried.push({ length: one, n: own.length, right });
    if (right < own.length) break;
  }
  const held = tried.filter(({ n, right }) => n > 0 && right === n);
  const size = held.length < tried.length ? (held.at(-2) ?? held.at(-1)) : held.at(-1);
  return { choice: { size: size?.length ?? null, tried }, ending: null };
}
