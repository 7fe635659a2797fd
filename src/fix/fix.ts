/**
 * The road of `fix`: choose how long parts may be, and in which order mitigations are tested, on samples of their own; ask plainly and
 * by every mitigation about fresh ones; say which hold, and which of these is the cheapest.
 */
import type { PromptApi } from '../prompt/template.ts';
import type { Ending } from '../respond/respondent.ts';
import type { SampleOutcome } from './asking/answers.ts';
import { askAll } from './asking/asked.ts';
import type { Outcomes, PlainTask } from './asking/asked.ts';
import type { Asker } from './asking/asker.ts';
import { plainTask } from './asking/askables.ts';
import type { Stream } from './asking/askables.ts';
import { hasOwnPrompt, promptOf } from './asking/prompts.ts';
import { chooseChunk } from './choose-chunk.ts';
import type { ChosenChunk } from './choose-chunk.ts';
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
  const options = { chunk: chunk.choice?.size ?? null, ownPrompt: hasOwnPrompt(plain) };
  const mitigations = mitigationsOf(plain.task, options).filter(
    ({ name }) => only === null || only.includes(name),
  );
  const state: Asked = { mitigations, chunk, first: null, fresh: [] };
  if (chunk.ending !== null) return summedUp(spec, state);

  if (mitigations.length > 0) {
    tell(`${FIRST} samples of length ${length} by ${listed(mitigations)}: which is looked at first`);
    const choosing = { lengths: [length], n: FIRST, seed, stream: 'choice', withoutPlain: true } as const;
    state.first = await askAll(plain, mitigations, choosing, asker);
    if (state.first.ending !== null) return summedUp(spec, state);
  }

  tell(`${n} fresh samples of length ${length}, plain${mitigations.length === 0 ? '' : ' and by the same'}`);
  const asking = { n, seed, stream: 'fresh' } as const;
  const atLength = await askAll(plain, mitigations, { ...asking, lengths: [length] }, asker);
  state.fresh.push(atLength);
  const shorter = shorterThan(length, plain.task.admits().min);
  if (atLength.ending !== null || shorter.length === 0) return summedUp(spec, state);

  const hopeful = mitigations.filter(({ name }) => canHold(atLength.byMitigation.get(name) ?? [], spec));
  const others = hopeful.length === 0 ? '' : ` and by ${listed(hopeful)}`;
  tell(`${n} more at ${shorter.join(' and ')}, plain${others}`);
  state.fresh.push(await askAll(plain, hopeful, { ...asking, lengths: shorter }, asker));
  return summedUp(spec, state);
}

function listed(mitigations: readonly Mitigation[]): string {
  return mitigations.map(({ name }) => name).join(', ');
}

/** Whether the length that is wanted is not out of reach already. */
function canHold(outcomes: readonly SampleOutcome[], { length, threshold }: FixSpec): boolean {
  const { lengths } = measuredOf(outcomes, threshold);
  return lengths.some((row) => row.length === length && row.high >= threshold);
}

/** What was asked until now. */
interface Asked {
  readonly mitigations: readonly Mitigation[];
  readonly chunk: ChosenChunk;
  /** The samples that decide the order. */
  first: Outcomes | null;
  readonly fresh: Outcomes[];
}

function summedUp(spec: FixSpec, { mitigations, chunk, first, fresh }: Asked): Fixed {
  const { target, plain: asked, length, threshold, n, seed } = spec;
  const wanted = { length, threshold };
  const api = fresh.at(-1)?.api ?? 'completions';
  const plainOutcomes = fresh.flatMap((one) => one.plain);
  const tried = mitigations.map((mitigation) => ({
    mitigation,
    prompts: promptNames(mitigation, asked, api),
    before: countOf(first?.byMitigation.get(mitigation.name) ?? []),
    outcomes: fresh.flatMap((one) => one.byMitigation.get(mitigation.name) ?? []),
  }));
  const plain = plainResult(plainOutcomes, wanted);
  const results = mitigationResults(plainOutcomes, tried, wanted);
  const incomplete = incompleteText(chunk, [...(first === null ? [] : [first]), ...fresh]);
  return {
    mitigations,
    result: {
      format: 'lengthwise fix 1',
      ...{ target, task: asked.task.name, threshold, seed, n, plain },
      mitigations: results,
      recommended: incomplete === null ? recommendedOf(plain, results) : null,
      chunk: chunk.choice,
      samples: differentSamples(spec),
      incomplete,
    },
  };
}

/** Those that are others than the plain prompt's, and those that are not. */
function promptNames({ prompting }: Mitigation, { task, promptFor }: PlainTask, api: PromptApi): string[] {
  return prompting.map((one) => promptOf(task, promptFor(api), one, api).name);
}

function countOf(all: readonly SampleOutcome[]): { n: number; right: number } | null {
  const outcomes = all.filter(({ lost }) => !lost);
  if (outcomes.length === 0) return null;
  return { n: outcomes.length, right: outcomes.filter(({ right }) => right).length };
}

/** Of lines of one's own there may be fewer different samples than are asked, and the same ones for choosing. */
function differentSamples({ plain: { task }, length, n, seed }: FixSpec): FixResult['samples'] {
  const drawn = (stream: Stream, count: number): Set<string> =>
    new Set(
      Array.from({ length: count }, (_, index) => {
        const { source, query } = plainTask(task, stream).instance({ length, seed, index });
        return JSON.stringify([source, query]);
      }),
    );
  const fresh = drawn('fresh', n);
  const chosen = drawn('choice', FIRST);
  return { different: fresh.size, alsoForChoosing: [...fresh].filter((one) => chosen.has(one)).length };
}

function incompleteText(chunk: ChosenChunk, asked: readonly Outcomes[]): string | null {
  const ending = chunk.ending ?? asked.find((one) => one.ending !== null)?.ending ?? null;
  if (ending !== null) return endingText(ending);
  const all = asked.flatMap((one) => [...one.plain, ...[...one.byMitigation.values()].flat()]);
  const lost = chunk.lost + all.filter((one) => one.lost).length;
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
