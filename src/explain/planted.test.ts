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

  it('has one head that says what it sees, where the circuit says the symbol that it looks at', async () => {
    const { heads, copying } = await found;
    expect(copying!.n).toBe(8);
    for (const { layer, head, scores } of heads) {
      const says = kind === 'induction' && layer === 1 && head === 1;
      expect(scores.copying!.value, `L${layer}H${head}`).toBe(says ? 1 : 0);
      expect(scores.copying!.marked).toBe(says);
    }
  });

  it('has one head that looks at the right answer, where that is what the circuit looks at', async () => {
    const { heads, retrieval, n } = await found;
    expect(retrieval!.n).toBe(n * (task.startsWith('U') && 'RL'.includes(task[1]) ? 1 : PLANTED_LENGTH));
    for (const { layer, head, scores } of heads) {
      const finds = kind === 'induction' && layer === 1 && head === 1;
      // The end of a source, before <sep>, is what a backward copy begins with.
      const isBefore = task === 'UB' && layer === 0 && head === 0 ? 1 / PLANTED_LENGTH : 0;
      expect(scores.retrieval!.value, `L${layer}H${head}`).toBe(finds ? 1 : isBefore);
      expect(scores.retrieval!.marked).toBe(finds);
    }
  });

  it('has lag profiles with a peak at what the circuit looks at, and flat ones', async () => {
    const { heads } = await found;
    const peak = kind === 'induction' ? 1 : 0;
    // What a head that looks everywhere alike gives each position, in rows of which a symbol stands at the lag.
    const first = PLANTED_LENGTH + 1;
    const copied = Array.from({ length: PLANTED_LENGTH - 2 }, (_, i) => i + 1);
    const flat = (lag: number): number | null => {
      if (!'FB'.includes(task[1])) return 1 / (first + 2);
      const rows = copied.filter((j) => {
        const key = (task === 'UF' ? j - 1 : PLANTED_LENGTH - j) + lag;
        return key >= 0 && key < PLANTED_LENGTH;
      });
      return rows.length === 0 ? null : rows.reduce((sum, j) => sum + 1 / (first + j + 1), 0) / rows.length;
    };
    for (const { layer, head, lags } of heads) {
      lags!.forEach((value, i) => {
        const lag = i - 10;
        const where = `L${layer}H${head} ${lag}`;
        if (layer !== head) {
          if (value !== null) expect(value, where).toBeCloseTo(flat(lag)!, 6);
          else if ('FB'.includes(task[1])) expect(flat(lag), where).toBeNull();
        } else if (value !== null && (layer === 0 || lag !== peak)) expect(value, where).toBeLessThan(0.01);
        else if (value !== null) expect(value, where).toBeGreaterThan(0.99);
      });
    }
  });

  it('does the same on random tokens where these look like its task', async () => {
    const { heads, repeated } = await found;
    expect([repeated!.n, repeated!.length, repeated!.sequences[0].length]).toEqual([20, 8, 17]);
    for (const { layer, head, repeated: own } of heads) {
      expect(own.previousToken!.marked).toBe(layer === 0 && head === 0);
      if (kind === 'induction') expect(own.induction!.marked).toBe(layer === 1 && head === 1);
      expect(own.antiInduction!.marked).toBe(false);
    }
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
