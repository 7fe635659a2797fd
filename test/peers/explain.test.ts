/**
 * What `explain` finds in two real models, beside what PyTorch scripts of others found: figure by figure on the same samples.
 * LENGTHWISE_SMOLLM2 and LENGTHWISE_GEMMA name SmolLM2-135M-Instruct.Q4_1.gguf and gemma-3-270m-q4_k_m.gguf;
 * LENGTHWISE_EXPLAIN_FIGURES a folder with the samples (instances.json) and the figures (results.json). What is not there is
 * skipped. Takes about ten minutes of one thread for SmolLM2, and twenty for Gemma.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Ablation,
  attributed,
  behaviourOf,
  edgeExperiment,
  nextPositions,
  Passes,
  samePositions,
} from '../../src/explain/index.ts';
import {
  LETTERS,
  repeatedAttention,
  scoresOfHeads,
  scoresOfRepeated,
  taskAttention,
} from '../../src/explain/index.ts';
import type {
  AblationKind,
  DemonstratedSample,
  EdgeCondition,
  HeadScore,
  RepeatedScore,
  ShotSet,
} from '../../src/explain/index.ts';
import { targetRows } from '../../src/explain/edges/edges.ts';
import { openSubject } from '../../src/explain/subject.node.ts';
import type { Subject } from '../../src/explain/subject.node.ts';
import { rng } from '../../src/model/index.ts';
import { PythonRandom } from '../../src/tasks/authors/python-random.ts';
import { instanceOf } from '../fixtures/explain/samples.ts';

const figures = process.env.LENGTHWISE_EXPLAIN_FIGURES ?? '';
const read = (name: string): unknown => JSON.parse(readFileSync(path.join(figures, name), 'utf8'));
const models = [
  { name: 'smol', file: process.env.LENGTHWISE_SMOLLM2 ?? '', ablated: 4 },
  { name: 'gemma', file: process.env.LENGTHWISE_GEMMA ?? '', ablated: 5 },
].filter(({ file }) => existsSync(file) && existsSync(path.join(figures, 'results.json')));

type Numbers = Readonly<Record<string, number>>;
/** [layer][head]. */
type Map2 = readonly (readonly number[])[];

describe.skipIf(models.length > 0)('without models and figures', () => {
  it.skip('LENGTHWISE_SMOLLM2 or LENGTHWISE_GEMMA, and LENGTHWISE_EXPLAIN_FIGURES, name nothing that is there', () =>
    undefined);
});

describe.each(models)('$name', ({ name, file, ablated }) => {
  let subject: Subject;
  let results: Readonly<Record<string, unknown>>;
  beforeAll(async () => {
    subject = await openSubject(file);
    results = read('results.json') as typeof results;
  });
  afterAll(() => subject.model.release());

  /** The first `queries` samples of each of the five sets of demonstrations. */
  const shotsOf = (task: string, length: number, queries = 20): ShotSet =>
    subject.shots(LETTERS, samplesOf(task, length, queries));
  const keyed = (key: string) => Object.keys(results).filter((one) => one.startsWith(`${name}/${key}/`));

  it('behaves as was found', async () => {
    for (const key of keyed('base')) {
      const [, , task, length] = key.split('/');
      const set = shotsOf(task, Number(length));
      const passes = await Passes.over(subject.model, set);
      const found = behaviourOf(set, await passes.scores({ vocabulary: 'whole' }));
      const wanted = results[key] as Numbers;
      expect(found.accuracy, key).toBeCloseTo(wanted.acc, 6);
      expect(found.tokenAccuracy, key).toBeCloseTo(wanted.tok, 6);
      expect(found.amongSymbols.accuracy, key).toBeCloseTo(wanted.acc26, 6);
      for (const [ours, theirs] of [
        [found.crossEntropy, wanted.ce],
        [found.crossEntropyFirst, wanted.ce_first],
        [found.amongSymbols.crossEntropy, wanted.ce26],
        ...(wanted.ce_rest === undefined ? [] : [[found.crossEntropyRest!, wanted.ce_rest]]),
        ...(wanted.lpR === undefined
          ? []
          : [
              [found.logProbabilityRight!, wanted.lpR],
              [found.logProbabilityLeft!, wanted.lpL],
            ]),
      ])
        expect(Math.abs(ours - theirs), key).toBeLessThan(1e-3);
      expect(Math.abs(found.amongSymbols.rightMinusLeft! - wanted.RmL), key).toBeLessThan(1e-2);
    }
  });

  it('has heads that look where was found', async () => {
    for (const key of keyed('align')) {
      const [, , task, length] = key.split('/');
      const set = shotsOf(task, Number(length));
      const attention = await taskAttention(await Passes.over(subject.model, set));
      const { scores, nullMaximum } = scoresOfHeads(set, attention, rng('null'), 200);
      const wanted = results[key] as Readonly<Record<string, Map2>> & { null_max_over_heads_p95?: number };
      const columns: [HeadScore, Map2 | undefined][] = [
        ['induction', wanted.ind],
        ['sameSymbol', wanted.anti],
        // A copy's first target may have no symbol on its left: the figures count the first symbol there instead.
        ['antiInduction', wanted.prev === undefined ? wanted.left : undefined],
        ['previousToken', wanted.prev],
      ];
      for (const [score, map] of columns) {
        if (map === undefined) continue;
        const found = scores[score]!.map((heads) => heads.map(({ value }) => value));
        expect(farthest(found, map), `${key} ${score}`).toBeLessThan(1e-4);
      }
      const nulls = scores.induction!.map((heads) => heads.map((one) => one.null!));
      expect(farthest(nulls, wanted.null), `${key} null`).toBeLessThan(1e-4);
      if (wanted.null_max_over_heads_p95 !== undefined)
        expect(Math.abs(nullMaximum! - wanted.null_max_over_heads_p95) / nullMaximum!).toBeLessThan(0.1); // other draws
    }
  });

  it('has heads that look on random tokens where was found', async () => {
    const wanted = results[`${name}/reprand`] as Readonly<Record<string, Map2>> & { readonly n: number };
    const { vocabulary } = subject.config;
    const [{ prefix }] = shotsOf('UF', 3, 1).shots;
    const random = new PythonRandom(0);
    const sequences = Array.from({ length: wanted.n }, () => {
      const tokens = Array.from({ length: 50 }, () => random.randint(1000, vocabulary - 1));
      return [prefix[0], ...tokens, ...tokens];
    });
    const tokens = { length: 50, sequences };
    const { scores } = scoresOfRepeated(
      tokens,
      await repeatedAttention(subject.model, tokens),
      rng('null'),
      10,
    );
    const values = (score: RepeatedScore) => scores[score].map((heads) => heads.map(({ value }) => value));
    expect(farthest(values('induction'), wanted.ind)).toBeLessThan(1e-4);
    expect(farthest(values('sameSymbol'), wanted.same)).toBeLessThan(1e-4);
    expect(farthest(values('antiInduction'), wanted.anti_direct)).toBeLessThan(1e-4);
    expect(farthest(values('previousToken'), wanted.prev)).toBeLessThan(1e-4);
    const nulls = scores.induction.map((heads) => heads.map((one) => one.null!));
    expect(farthest(nulls, wanted.null)).toBeLessThan(1e-4);
  });

  it('needs the edges that were found', async () => {
    for (const key of keyed('edge')) {
      const [, , task, length] = key.split('/');
      const set = shotsOf(task, Number(length), 10);
      const passes = await Passes.over(subject.model, set);
      const wanted = results[key] as Readonly<Record<string, Numbers>>;
      for (const { condition, behaviour } of await edgeExperiment(passes, conditionsOf(set))) {
        const own = wanted[condition];
        expect(behaviour.accuracy, `${key} ${condition}`).toBeCloseTo(own.acc, 6);
        expect(Math.abs(behaviour.crossEntropy - own.ce), `${key} ${condition}`).toBeLessThan(1e-3);
        expect(
          Math.abs(behaviour.amongSymbols.rightMinusLeft! - own.RmL),
          `${key} ${condition}`,
        ).toBeLessThan(1e-2);
      }
    }
  });

  it.each(['UF', 'UB', 'UR', 'UL'])('does on %s without some heads what was found', async (task) => {
    const wanted = results[`${name}/abl/${task}`] as Readonly<Record<string, Numbers>>;
    const sets = results[`${name}/abl/heads`] as Readonly<
      Record<'ind' | 'anti', readonly [number, number][]>
    >;
    const passes = await Passes.over(subject.model, shotsOf(task, 5, ablated));
    for (const [kind, counts] of [
      ['zero', [1, 2, 5, 10]],
      ['mean', [5]],
      ['resample', [5]],
    ] as [AblationKind, number[]][]) {
      const ablation = await Ablation.of(passes, kind);
      for (const count of counts) {
        for (const which of ['ind', 'anti'] as const) {
          const heads = sets[which].slice(0, count).map(([layer, head]) => ({ layer, head }));
          const found = await ablation.without(heads);
          const own = wanted[`${kind}/${which}/${count}`];
          const where = `${task} ${kind}/${which}/${count}`;
          expect(found.accuracy, where).toBeCloseTo(own.acc26, 6);
          expect(Math.abs(found.crossEntropy - own.ce26), where).toBeLessThan(1e-2);
          expect(Math.abs(found.rightMinusLeft! - own.RmL), where).toBeLessThan(1e-2);
        }
      }
    }
  });

  it('estimates effects as was found', async () => {
    const wanted = results[`${name}/heads/UF`] as { readonly n: number; readonly 'mean/attr': Map2 };
    const passes = await Passes.over(subject.model, shotsOf('UF', 5, wanted.n / 5));
    const found = await attributed(await Ablation.of(passes, 'mean'), 'crossEntropy');
    expect(farthest(found, wanted['mean/attr'])).toBeLessThan(1e-4);
  });
});

interface Instances {
  readonly demos: readonly (readonly string[])[];
  readonly demo_qpos: readonly (readonly number[])[];
  readonly queries: readonly (readonly string[])[];
  readonly query_qpos: readonly (readonly number[])[];
}

function samplesOf(task: string, length: number, queries: number): DemonstratedSample[] {
  const {
    demos,
    demo_qpos,
    queries: texts,
    query_qpos,
  } = (read('instances.json') as Record<string, Instances>)[length];
  const sample = (text: string, at: number) =>
    instanceOf(task, text, 'UF,UB'.includes(task) ? null : text[at]);
  return texts.flatMap((own, set) => {
    const demonstrations = demos[set].map((text, i) => sample(text, demo_qpos[set][i]));
    return own
      .slice(0, queries)
      .map((text, i) => ({ sample: sample(text, query_qpos[set][i]), demonstrations }));
  });
}

/** The conditions by the names of the figures, with the positions of their controls. */
function conditionsOf({ shots }: ShotSet): EdgeCondition[] {
  const random = new PythonRandom(1);
  const controls = shots.map((shot) =>
    targetRows(shot).map((row) => {
      const at = shot.rows[row].at!;
      return shot.source[random.choice(shot.source.map((_, i) => i).filter((i) => i !== at && i !== at + 1))];
    }),
  );
  const others = (_: unknown, sample: number) => controls[sample];
  const donor = 'no-previous-token';
  return [
    { name: 'ind_cut', keys: nextPositions, donor },
    { name: 'anti_cut', values: samePositions, donor },
    { name: 'both', keys: nextPositions, values: samePositions, donor },
    { name: 'ctrl_K', keys: others, donor },
    { name: 'ctrl_V', values: others, donor },
  ];
}

function farthest(found: Map2, wanted: Map2): number {
  return Math.max(
    ...wanted.flatMap((row, layer) => row.map((value, head) => Math.abs(value - found[layer][head]))),
  );
}
