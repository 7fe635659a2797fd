/** How long the parts may be that a source is cut into: the longest that is copied without an error, with a margin. */
import { askAll } from './asking/asked.ts';
import type { AskPlan, Outcomes, PlainTask } from './asking/asked.ts';
import type { Asker } from './asking/asker.ts';
import type { Mitigation } from './mitigations/mitigation.ts';
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
  const tried: ChunkChoice['tried'][number][] = [];
  let lost = 0;
  for (const length of lengths) {
    const [mitigations, plan] = forwardCopies(plain, { lengths: [length], n: SAMPLES, seed });
    const outcomes = await askAll(plain, mitigations, plan, asker);
    if (outcomes.ending !== null) return { choice: null, lost, ending: outcomes.ending };
    const copies = plan.withoutPlain ? (outcomes.byMitigation.get('reverse') ?? []) : outcomes.plain;
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

/** How copies forward are asked for, since parts are copied forward: of a backward copy, it is what reversal asks. */
export function forwardCopies(
  { task }: PlainTask,
  plan: Pick<AskPlan, 'lengths' | 'n' | 'seed'>,
): [readonly Mitigation[], AskPlan] {
  const reverse = mitigationsOf(task, { chunk: null }).filter(({ name }) => name === 'reverse');
  const choosing = { ...plan, stream: 'choice' } as const;
  return reverse.length === 0 ? [[], choosing] : [reverse, { ...choosing, withoutPlain: true }];
}
