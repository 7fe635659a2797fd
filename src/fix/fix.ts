/**
 * The road of `fix`: choose how long parts may be, and in which order mitigations are tested, on samples of their own; ask plainly and
 * by every mitigation about fresh ones; say which hold, and which of these is the cheapest.
 */
import type { Ending } from '../respond/respondent.ts';
import type { SampleOutcome } from './asking/answers.ts';
import { askAll } from './asking/asked.ts';
import type { Outcomes } from './asking/asked.ts';
import type { Asker } from './asking/asker.ts';
import { chooseChunk } from './choose-chunk.ts';
import type { Mitigation } from './mitigations/mitigation.ts';
import { mitigationsOf } from './mitigations/table.ts';
import { measuredOf } from './outcome/compared.ts';
import { mitigationResults, plainResult, recommendedOf } from './outcome/recommend.ts';
import type { FixResult } from './outcome/rows.ts';
import { shorterThan } from './shorter.ts';
import type { FixSpec, Telling } from './spec.ts';

/** The mitigations that are tried, and what became of them. */
export interface Fixed {
  readonly result: FixResult;
  /** Those of the result, in its order. */
  readonly mitigations: readonly Mitigation[];
}

/** Samples of each mitigation by which it is decided in which order they are tested. */
export const FIRST = 20;

export async function fix(spec: FixSpec, asker: Asker, tell: Telling = () => undefined): Promise<Fixed> {
  const { plain, length, n, seed, only } = spec;
  const chunk = await chooseChunk(spec, asker, tell);
  const all = mitigationsOf(plain.task, { chunk: chunk.choice?.size ?? null });
  const mitigations = all.filter(({ name }) => only === null || only.includes(name));
  if (chunk.ending !== null) return fixed(spec, { mitigations, chunk, before: null, outcomes: [] });

  tell(`${FIRST} samples of length ${length} by ${listed(mitigations)}: who is looked at first`);
  const first = { lengths: [length], n: FIRST, seed, stream: 'choice' } as const;
  const before = await askAll(plain, mitigations, first, asker);
  if (before.ending !== null) return fixed(spec, { mitigations, chunk, before, outcomes: [] });

  tell(`${n} fresh samples of it, plain and by the same`);
  const asking = { n, seed, stream: 'fresh' } as const;
  const atLength = await askAll(plain, mitigations, { ...asking, lengths: [length] }, asker);
  const found = { mitigations, chunk, before };
  if (atLength.ending !== null) return fixed(spec, { ...found, outcomes: [atLength] });

  const hopeful = mitigations.filter(({ name }) => canHold(atLength.byMitigation.get(name) ?? [], spec));
  const shorter = shorterThan(length, plain.task.admits().min);
  if (shorter.length === 0) return fixed(spec, { ...found, outcomes: [atLength] });
  tell(
    `${n} more at ${shorter.join(' and ')}, plain${hopeful.length === 0 ? '' : ` and by ${listed(hopeful)}`}`,
  );
  const below = await askAll(plain, hopeful, { ...asking, lengths: shorter }, asker);
  return fixed(spec, { ...found, outcomes: [atLength, below] });
}

function listed(mitigations: readonly Mitigation[]): string {
  return mitigations.length === 0 ? 'nothing else' : mitigations.map(({ name }) => name).join(', ');
}

/** Whether the length that is wanted is not out of reach already. */
function canHold(outcomes: readonly SampleOutcome[], { length, threshold }: FixSpec): boolean {
  const { lengths } = measuredOf(outcomes, threshold);
  return lengths.some((row) => row.length === length && row.high >= threshold);
}

interface Found {
  readonly mitigations: readonly Mitigation[];
  readonly chunk: Awaited<ReturnType<typeof chooseChunk>>;
  readonly before: Outcomes | null;
  readonly outcomes: readonly Outcomes[];
}

function fixed(spec: FixSpec, { mitigations, chunk, before, outcomes }: Found): Fixed {
  const { target, plain: asked, length, threshold, n, seed } = spec;
  const wanted = { length, threshold };
  const plainOutcomes = outcomes.flatMap((one) => one.plain);
  const tried = mitigations.map((mitigation) => ({
    mitigation,
    before: countOf(before?.byMitigation.get(mitigation.name) ?? []),
    outcomes: outcomes.flatMap((one) => one.byMitigation.get(mitigation.name) ?? []),
  }));
  const plain = plainResult(plainOutcomes, wanted);
  const results = mitigationResults(plainOutcomes, tried, wanted);
  const ending =
    chunk.ending ?? before?.ending ?? outcomes.find((one) => one.ending !== null)?.ending ?? null;
  const lost = [...plainOutcomes, ...tried.flatMap((one) => one.outcomes)].filter((one) => one.lost).length;
  return {
    mitigations,
    result: {
      format: 'lengthwise fix 1',
      ...{ target, task: asked.task.name, threshold, seed, n, plain },
      mitigations: results,
      recommended: ending === null ? recommendedOf(plain, results) : null,
      chunk: chunk.choice,
      incomplete: ending === null ? lostText(lost) : endingText(ending),
    },
  };
}

function countOf(all: readonly SampleOutcome[]): { n: number; right: number } | null {
  const outcomes = all.filter(({ lost }) => !lost);
  if (outcomes.length === 0) return null;
  return { n: outcomes.length, right: outcomes.filter(({ right }) => right).length };
}

function lostText(lost: number): string | null {
  return lost === 0 ? null : `${lost} samples were not answered`;
}

function endingText(ending: Exclude<Ending, { readonly kind: 'done' }>): string {
  switch (ending.kind) {
    case 'budget':
      return 'the budget is used up';
    case 'interrupted':
      return 'interrupted';
    case 'stopped':
      return `stopped: ${ending.reason}`;
  }
}
