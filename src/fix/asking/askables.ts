/**
 * The asks of a mitigation as tasks that can be measured like any other: what is asked of one sample of the task is one sample
 * of each ask, or, where its source is cut into parts, as many as it has parts. So asking, storing, resuming and the limits on
 * requests are those of `measure`.
 */
import { rng } from '../../common/random.ts';
import type { Askable } from '../../prompt/askable.ts';
import { keyOf } from '../../tasks/people/csv.ts';
import type { Instance } from '../../tasks/task.ts';
import type { Mitigation } from '../mitigations/mitigation.ts';
import { dualOf } from '../mitigations/rules.ts';
import { asksOf } from '../transform/run.ts';

/** Samples by which something is chosen, and those that show whether it holds: none is both, and none is one of `measure`. */
export type Stream = 'choice' | 'fresh';

/** One ask of a mitigation. */
export interface AskedTask {
  readonly task: Askable;
  /** How many questions it asks about one sample of that length. */
  readonly parts: (length: number) => number;
}

/** The task as it is asked without a mitigation, about the same samples as those. */
export function plainTask(task: Askable, stream: Stream): Askable {
  return { ...task, instance: (draw) => sampleOf(task, stream, draw) };
}

/** @param ask the ask's number, from 0 */
export function askedTask(task: Askable, mitigation: Mitigation, ask: number, stream: Stream): AskedTask {
  const { transform, chunk, prompting } = mitigation;
  const parts = (length: number): number => (chunk === null ? 1 : Math.ceil(length / chunk));
  const { operation } = prompting[ask];
  const number = transform.asks.length === 1 ? '' : `.${ask + 1}`;
  return {
    parts,
    task: {
      ...task,
      name: `${task.name}/${mitigation.name}${number}`,
      title: `${task.title}: ${mitigation.title}`,
      operation,
      // Its instances are those of the task: its options have done what they do.
      uses: [],
      instance: ({ length, seed, index }) => {
        const each = parts(length);
        const sample = sampleOf(task, stream, { length, seed, index: Math.floor(index / each) });
        return askedSample(sample, mitigation, ask, index % each);
      },
      answer: (source, query) => task.answer(source, query),
    },
  };
}

function sampleOf(task: Askable, stream: Stream, draw: Parameters<Askable['instance']>[0]): Instance {
  return task.instance({ ...draw, seed: rng('fix', stream, draw.seed).uint32() });
}

/** Of what a mitigation asks about a sample, one question. */
function askedSample(sample: Instance, mitigation: Mitigation, ask: number, part: number): Instance {
  const { transform, expected } = mitigation;
  // Only a single ask is cut into parts: each one before this one is one question.
  const asked = asksOf(transform, sample.source, sample.query)[ask + part];
  const { source, query } = asked;
  return {
    task: sample.task,
    length: sample.length,
    source,
    query,
    answer: expected(sample, asked),
    positions: placesOf(source, query),
  };
}

/** Where a query stands: as a symbol or the key of a row, with a number before it or without. */
function placesOf(source: readonly string[], query: string | null): number[] {
  if (query === null) return [];
  const readings = [
    (symbol: string) => symbol,
    keyOf,
    (symbol: string) => symbol.replace(/^\d+:/, ''),
    (symbol: string) => keyOf(symbol.replace(/^\d+:/, '')),
  ];
  const found = readings.map((read) =>
    source.flatMap((symbol, place) => (read(symbol) === query ? [place] : [])),
  );
  return found.find((places) => places.length > 0) ?? [];
}

/** The task that answers the same about the reversed source, over the same samples in reverse; none where there is none. */
export function reversedTask(task: Askable): readonly Askable[] {
  const dual = dualOf(task.operation);
  if (dual === null) return [];
  const turned = (draw: Parameters<Askable['instance']>[0]): Instance => {
    const { source, positions, ...same } = task.instance(draw);
    const last = source.length - 1;
    return {
      ...same,
      ...{ task: dual, source: source.toReversed() },
      positions: positions.map((place) => last - place).toReversed(),
    };
  };
  const isOwn = task.name !== task.operation;
  return [
    { ...task, name: isOwn ? `${task.name}-reversed` : dual, operation: dual, uses: [], instance: turned },
  ];
}
