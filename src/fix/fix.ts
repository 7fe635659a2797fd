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
import { hasOwnPrompt, promptOf } from './asking/prompts.ts';
import { chooseChunk } from './choose-chunk.ts';
import type { ChosenChunk } from './choose-chunk.ts';
import type { Mitigation } from './mitigations/mitigation.ts';
import { mitigationsOf } from './mitigations/table.ts';
import { measuredOf } from './outcome/compared.ts';
import {
  FIRST_LOOK,
  holdsAtFirstLook,
  lengthsToMend,
  mitigationResults,
  plainHoldsAtFirstLook,
  plainResult,
  recommendedOf,
} from './outcome/recommend.ts';
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
  const state = new Asked(mitigations, chunk);
  if (chunk.ending !== null) return summedUp(spec, state);

  if (mitigations.length > 0) {
    tell(`${FIRST} samples of length ${length} by ${listed(mitigations)}: which is looked at first`);
    const choosing = { lengths: [length], n: FIRST, seed, stream: 'choice', withoutPlain: true } as const;
    state.first = await askAll(plain, mitigations, choosing, asker);
    if (state.first.ending !== null) return summedUp(spec, state);
  }

  const firstLook = Math.min(n, FIRST_LOOK);
  const shorter = shorterThan(length, plain.task.admits().min);
  const asking = { n: firstLook, seed, stream: 'fresh' } as const;
  tell(
    `${firstLook} fresh samples of length ${length}, plain${mitigations.length === 0 ? '' : ' and by the same'}`,
  );
  if (await state.ask(plain, mitigations, { ...asking, lengths: [length] }, asker))
    return summedUp(spec, state);

  const hopeful = mitigations.filter(({ name }) => canHold(state.freshBy(name), spec));
  if (shorter.length > 0) {
    tell(
      `${firstLook} of ${shorter.join(' and ')} each, plain${hopeful.length === 0 ? '' : ` and by ${listed(hopeful)}`}`,
    );
    if (await state.ask(plain, hopeful, { ...asking, lengths: shorter }, asker)) return summedUp(spec, state);
  }

  if (plainHoldsAtFirstLook(state.freshPlain, spec) || n <= firstLook) return summedUp(spec, state);
  const more = { ...asking, n };
  const isPlainOpen = canHold(state.freshPlain, spec);
  if (isPlainOpen) {
    tell(`${n} of each length, plain, which ${firstLook} leave open`);
    if (await state.ask(plain, [], { ...more, lengths: [...shorter, length] }, asker))
      return summedUp(spec, state);
    if (plainResult(state.freshPlain, spec).holds) return summedUp(spec, state);
  }

  // Stopping where it is shown that one holds and helps gives the comparison two looks: at each, a useless mitigation is taken for a
  // better one with a chance of at most 2.5 %, half of the 5 % of a test for both directions.
  const helping = helpingIn(summedUp(spec, state));
  const open = mitigations.filter(
    ({ name, placeboOf }) =>
      placeboOf === null &&
      canHold(state.freshBy(name), spec) &&
      !(holdsAtFirstLook(state.freshBy(name), spec) && helping.has(name)),
  );
  if (open.length === 0) return summedUp(spec, state);
  tell(`${n} of each length by ${listed(open)}, which ${firstLook} leave open`);
  if (await state.ask(plain, open, { ...more, lengths: [length] }, asker)) return summedUp(spec, state);
  if (shorter.length > 0) {
    const areBetter = open.every(({ name }) => helping.has(name));
    const plan = { ...more, lengths: shorter, ...(areBetter ? { withoutPlain: true as const } : {}) };
    await state.ask(plain, open, plan, asker);
  }
  return summedUp(spec, state);
}

function helpingIn({ result }: Fixed): ReadonlySet<string> {
  return new Set(result.mitigations.filter(({ helps }) => helps).map(({ name }) => name));
}

function listed(mitigations: readonly Mitigation[]): string {
  return mitigations.map(({ name }) => name).join(', ');
}

/** Whether none of the lengths that were asked is out of reach already. */
function canHold(outcomes: readonly SampleOutcome[], { threshold }: FixSpec): boolean {
  const { lengths } = measuredOf(outcomes, threshold);
  return lengths.length > 0 && lengths.every(({ high }) => high >= threshold);
}

/** What was asked until now. */
class Asked {
  readonly mitigations: readonly Mitigation[];
  readonly chunk: ChosenChunk;
  /** The samples that decide the order. */
  first: Outcomes | null = null;
  /** In the order in which they were asked: later ones have the samples of earlier ones as well. */
  readonly fresh: Outcomes[] = [];

  constructor(mitigations: readonly Mitigation[], chunk: ChosenChunk) {
    this.mitigations = mitigations;
    this.chunk = chunk;
  }

  /** Whether it ended early. */
  async ask(...asked: Parameters<typeof askAll>): Promise<boolean> {
    const outcomes = await askAll(...asked);
    this.fresh.push(outcomes);
    return outcomes.ending !== null;
  }

  freshBy(name: string): SampleOutcome[] {
    return eachOnce(this.fresh.flatMap(({ byMitigation }) => byMitigation.get(name) ?? []));
  }

  get freshPlain(): SampleOutcome[] {
    return eachOnce(this.fresh.flatMap(({ plain }) => plain));
  }
}

/** A sample that was asked at both looks is one. */
function eachOnce(outcomes: readonly SampleOutcome[]): SampleOutcome[] {
  return [...new Map(outcomes.map((one) => [`${one.length} ${one.index}`, one])).values()];
}

function summedUp(spec: FixSpec, state: Asked): Fixed {
  const { mitigations, chunk, first, fresh } = state;
  const { target, plain: asked, threshold, n, seed } = spec;
  const api = fresh.at(-1)?.api ?? 'completions';
  const plainOutcomes = state.freshPlain;
  const tried = mitigations.map((mitigation) => ({
    mitigation,
    prompts: promptNames(mitigation, asked, api),
    before: countOf(first?.byMitigation.get(mitigation.name) ?? []),
    outcomes: state.freshBy(mitigation.name),
  }));
  const plain = plainResult(plainOutcomes, spec);
  const results = mitigationResults(plainOutcomes, tried, spec);
  const all = [...(first === null ? [] : [first]), ...fresh];
  const samples = [...plainOutcomes, ...tried.flatMap(({ outcomes }) => outcomes)];
  const incomplete = incompleteText(chunk, all, samples);
  return {
    mitigations,
    result: {
      format: 'lengthwise fix 1',
      ...{ target, task: asked.task.name, threshold, seed, n, plain },
      toMend: lengthsToMend(plain, spec),
      mitigations: results,
      recommended: incomplete === null ? recommendedOf(plain, results) : null,
      chunk: chunk.choice,
      samples: drawnSamples(spec, samples),
      incomplete,
      handedOver: null,
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

/**
 * How many different samples those are that were drawn. Each draw counts, as in `measure`: accuracy is that of draws, and they are
 * independent, so limits and tests hold however few different samples a length has.
 */
function drawnSamples(
  { plain: { task }, seed }: FixSpec,
  outcomes: readonly SampleOutcome[],
): FixResult['samples'] {
  const drawn = plainTask(task, 'fresh');
  const lengths = [...new Set(outcomes.map(({ length }) => length))].sort((a, b) => a - b);
  return lengths.map((length) => {
    const indices = new Set(outcomes.filter((one) => one.length === length).map(({ index }) => index));
    const names = Array.from(indices, (index) => {
      const { source, query } = drawn.instance({ length, seed, index });
      return JSON.stringify([source, query]);
    });
    return { length, drawn: names.length, different: new Set(names).size };
  });
}

function incompleteText(
  chunk: ChosenChunk,
  asked: readonly Outcomes[],
  samples: readonly SampleOutcome[],
): string | null {
  const ending = chunk.ending ?? asked.find((one) => one.ending !== null)?.ending ?? null;
  if (ending !== null) return endingText(ending);
  const lost = chunk.lost + samples.filter((one) => one.lost).length;
  return lost === 0 ? null : `${lost} ${lost === 1 ? 'answer' : 'answers'} did not come`;
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
