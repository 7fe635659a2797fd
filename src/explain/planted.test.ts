import { afterAll, describe, expect, it } from 'vitest';
import { PLANTED_LENGTH, planted, plantedTokenizer } from '../../test/fixtures/explain/planted.ts';
import { explain } from './explain.ts';
import type { Explanation } from './explanation.ts';
import type { HeadScore } from './heads/scores.ts';
import { drawnSamples } from './shots/drawn.ts';
import { sequenceShots } from './shots/sequence.ts';

const models = { induction: planted('induction'), 'anti-induction': planted('anti-induction') };
afterAll(async () => {
  for (const model of Object.values(models)) await model.release();
});

function explained(kind: keyof typeof models, task: string): Promise<Explanation> {
  const drawing = { task, length: PLANTED_LENGTH, n: 30, seed: 1, alphabet: plantedTokenizer.symbols };
  return explain(kind, models[kind], sequenceShots(plantedTokenizer, drawnSamples(drawing)));
}

const marked = ({ heads }: Explanation, name: HeadScore) =>
  heads.filter(({ scores }) => scores[name]?.marked).map(({ layer, head }) => `L${layer}H${head}`);

describe.each([
  ['induction', 'UR', 'induction'],
  ['induction', 'UF', 'induction'],
  ['anti-induction', 'UL', 'sameSymbol'],
  ['anti-induction', 'UB', 'sameSymbol'],
] as const)('a model with a planted %s circuit, on %s', (kind, task, score) => {
  const found = explained(kind, task);

  it('is always right', async () => {
    expect((await found).behaviour).toMatchObject({ accuracy: 1, tokenAccuracy: 1 });
  });

  it('has exactly the planted heads marked', async () => {
    const explanation = await found;
    expect(marked(explanation, 'previousToken')).toEqual(['L0H0']);
    expect(marked(explanation, score)).toEqual(['L1H1']);
    // (A backward copy's first induction edge goes to <sep>, to which a previous-token head looks as well.)
    for (const name of ['inductionWithinSource', 'sameSymbol', 'antiInduction'] as const)
      if (!name.startsWith(score)) expect(marked(explanation, name), name).toEqual([]);
  });

  it('depends on exactly these, alone and together', async () => {
    const { heads, ablations } = await found;
    for (const { layer, head, effect } of heads) {
      if (layer === head) expect(effect!.exact!.crossEntropy).toBeGreaterThan(1);
      else expect(Math.abs(effect!.exact!.crossEntropy)).toBeLessThan(1e-4);
    }
    const [, both] = ablations!;
    expect([...both.heads].sort()).toEqual(['L0H0', 'L1H1']);
    expect(both).toMatchObject({ percentile: 100, controls: { possible: 1, tried: 1, accuracy: 1 } });
    expect(both.accuracy).toBeLessThan(0.5);
  });

  it('is enough by its two heads, of which the first is read by the second alone', async () => {
    const { circuit, paths, ranking } = await found;
    const two = circuit!.find(({ heads }) => heads === 2)!;
    expect(two.faithfulness).toBeCloseTo(1, 3);
    const harm = ({ crossEntropy }: { crossEntropy: number }) => crossEntropy - ranking!.base.crossEntropy;
    const planted = paths!.filter(({ from, to }) => from === 'L0H0' && to === 'L1H1');
    expect(Math.max(...planted.map(harm))).toBeGreaterThan(1);
    for (const other of paths!.filter((one) => !planted.includes(one)))
      expect(Math.abs(harm(other))).toBeLessThan(1e-3);
  });

  it('needs its own edges, and no others', async () => {
    const explanation = await found;
    const of = (condition: string) => explanation.edges!.find((one) => one.condition === condition)!;
    const base = of('base').crossEntropy;
    const [own, other] =
      kind === 'induction' ? ['induction', 'anti-induction'] : ['anti-induction', 'induction'];
    expect(of(own).crossEntropy - base).toBeGreaterThan(1);
    expect(of(own).accuracy).toBeLessThan(0.5);
    expect(of('both').accuracy).toBeLessThan(0.5);
    for (const condition of [other, 'control-keys', 'control-values', 'identity'])
      expect(Math.abs(of(condition).crossEntropy - base), condition).toBeLessThan(0.1);
    expect(explanation.words.join(' ')).toContain(`needs the ${own} edges`);
    expect(explanation.words.join(' ')).toContain(`does not need the ${other} edges`);
  });
});
