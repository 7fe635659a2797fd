/** The most that `fix` can ask, before anything is asked. */
import type { Most } from '../measure/targets/endpoint/preview.node.ts';
import { askAll } from './asking/asked.ts';
import type { AskPlan } from './asking/asked.ts';
import type { Asker, WantedTask } from './asking/asker.ts';
import { hasOwnPrompt } from './asking/prompts.ts';
import { forwardCopies, partLengths, SAMPLES } from './choose-chunk.ts';
import { FIRST } from './fix.ts';
import type { Mitigation } from './mitigations/mitigation.ts';
import { mitigationsOf } from './mitigations/table.ts';
import { shorterThan } from './shorter.ts';
import type { FixSpec } from './spec.ts';

/** What is asked in one go. */
export type Batch = readonly [readonly WantedTask[], Parameters<Asker['ask']>[1]];

/** The most questions that are asked. */
export async function mostQuestions(spec: FixSpec): Promise<number> {
  const { requests } = await mostOf(spec, ([wanted, { lengths, n }]) => ({
    requests: wanted.length * lengths.length * n,
    tokens: 0,
  }));
  return requests;
}

/**
 * The most that is asked: every step that there can be, with all samples of each, and parts of the length that takes the most.
 * @param sizeOf what one batch takes
 */
export async function mostOf(spec: FixSpec, sizeOf: (batch: Batch) => Most): Promise<Most> {
  const { plain, length, n, seed, only } = spec;
  const isWanted = ({ name }: Mitigation): boolean => only === null || only.includes(name);
  const ownPrompt = hasOwnPrompt(plain);
  const batchesFor = async (mitigations: readonly Mitigation[], plan: AskPlan): Promise<Batch[]> => {
    const batches: Batch[] = [];
    const noting: Asker = {
      ask: (...batch) => {
        batches.push(batch);
        return Promise.resolve({ api: 'completions', rows: [], ending: { kind: 'done' } });
      },
    };
    await askAll(plain, mitigations, plan, noting);
    return batches;
  };
  const everywhere = async (mitigations: readonly Mitigation[], withPlain: boolean): Promise<Batch[]> => {
    const lengths = [length, ...shorterThan(length, plain.task.admits().min)];
    const all: AskPlan = { lengths, n, seed, stream: 'fresh' };
    const fresh: AskPlan = withPlain ? all : { ...all, withoutPlain: true };
    const first = { lengths: [length], n: FIRST, seed, stream: 'choice', withoutPlain: true } as const;
    return [...(await batchesFor(mitigations, first)), ...(await batchesFor(mitigations, fresh))];
  };
  const whole = mitigationsOf(plain.task, { chunk: null, ownPrompt }).filter(isWanted);
  const sizes = partLengths(spec);
  const cutBy = (chunk: number): Mitigation[] =>
    mitigationsOf(plain.task, { chunk, ownPrompt }).filter((one) => one.chunk !== null && isWanted(one));
  const cuts = sizes.some((size) => cutBy(size).length > 0);
  const choosing = cuts
    ? await batchesFor(...forwardCopies(plain, { lengths: sizes, n: SAMPLES, seed }))
    : [];
  const total = (batches: readonly Batch[]): Most => batches.map(sizeOf).reduce(sum, NOTHING);
  let most = NOTHING;
  for (const size of cuts ? sizes : []) most = larger(most, total(await everywhere(cutBy(size), false)));
  return sum(total([...choosing, ...(await everywhere(whole, true))]), most);
}

const NOTHING: Most = { requests: 0, tokens: 0 };

function sum(a: Most, b: Most): Most {
  return { requests: a.requests + b.requests, tokens: a.tokens + b.tokens };
}

function larger(a: Most, b: Most): Most {
  return { requests: Math.max(a.requests, b.requests), tokens: Math.max(a.tokens, b.tokens) };
}
