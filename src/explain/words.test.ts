import { describe, expect, it } from 'vitest';
import type { JointAblation } from './ablation/ablations.ts';
import type { Explanation } from './explanation.ts';
import { inWords } from './words.ts';

type Results = Omit<Explanation, 'words'>;

const symbols = {
  n: 50,
  accuracy: 0.5,
  tokenAccuracy: 0.6,
  crossEntropy: 1,
  margin: 0,
  rightMinusLeft: -1.25,
  rightMinusLeftError: 0.2,
};
const plain: Results = {
  target: 'model',
  task: 'UL',
  length: 5,
  n: 50,
  prompt: 'demonstrated',
  behaviour: {
    ...symbols,
    crossEntropyFirst: 1,
    crossEntropyRest: null,
    tokenAccuracyByPlace: [0.5],
    logProbabilityRight: -1,
    logProbabilityLeft: -2,
    amongSymbols: symbols,
  },
  heads: [],
  nullMaximum: null,
  retrieval: null,
  copying: null,
  repeated: null,
  ranking: null,
  ablations: null,
  edges: null,
  edgesByLayer: null,
  faithfulness: null,
  circuit: null,
  paths: null,
  example: null,
};

function withJoint(joint: Partial<JointAblation> & Pick<JointAblation, 'controls' | 'percentile'>): Results {
  const effect = {
    estimated: { rightMinusLeft: 1, crossEntropy: 1 },
    exact: { rightMinusLeft: 1, crossEntropy: 0.5, accuracy: 0 },
  };
  const one: JointAblation = { kind: 'mean', heads: ['L1H2', 'L3H0'], n: 50, accuracy: 0, crossEntropy: 2, rightMinusLeft: 0, ...joint }; // prettier-ignore
  return {
    ...plain,
    heads: [{ layer: 1, head: 2, scores: {}, repeated: {}, lags: null, effect }],
    ranking: { kind: 'mean', gradients: 1, metric: 'rightMinusLeft', base: symbols, missed: null },
    ablations: [one],
  };
}

const controls = (tried: number) => ({
  possible: tried,
  tried,
  crossEntropies: new Array<number>(tried).fill(1.1),
  accuracy: 1,
  crossEntropy: 1.1,
  rightMinusLeft: 0,
});

describe('words on behaviour', () => {
  it('say how often the model is right and which side it prefers', () => {
    expect(inWords(plain, [])).toEqual([
      'On UL at length 5 the model is right in 50 % of 50 samples (cross-entropy 1.00 nats a token). It prefers the left neighbour of the symbol it goes on from by 1.25 ± 0.40 in logits.',
    ]);
  });

  it('tell no preference within two standard errors', () => {
    const weak = (rightMinusLeft: number, rightMinusLeftError: number | null) =>
      inWords({ ...plain, behaviour: { ...plain.behaviour, amongSymbols: { ...symbols, rightMinusLeft, rightMinusLeftError } } }, [])[0]; // prettier-ignore
    expect(weak(0.8, 0.45)).toContain(
      'No preference between the neighbours of the symbol it goes on from can be told (0.80 ± 0.90 in logits).',
    );
    expect(weak(0.8, 0.39)).toContain('It prefers the right neighbour of the symbol it goes on from by 0.80 ± 0.78 in logits.'); // prettier-ignore
    expect(weak(0.001, null)).toContain('No preference');
    expect(weak(0.8, null)).toContain(
      'prefers the right neighbour of the symbol it goes on from by 0.80 in logits.',
    );
  });

  it.each([
    [0, 'At this accuracy nothing can be lost'],
    [1, 'At this accuracy small damage does not show'],
  ])('say when an accuracy of %i can’t tell', (accuracy, text) => {
    expect(inWords({ ...plain, behaviour: { ...plain.behaviour, accuracy } }, [])[0]).toContain(text);
  });
});

describe('words on heads', () => {
  const said = (tried: number, percentile: number | null) =>
    inWords(
      withJoint({
        controls: tried === 0 ? { ...controls(0), crossEntropy: null } : controls(tried),
        percentile,
      }),
      [],
    )[1];

  it.each([
    [5, 100, '1.10 on average: worse than all 5 such sets tried.'],
    [1, 100, '1.10 on average: worse than the one such set there is.'],
    [100, 97, 'worse than 97 of 100 such sets.'],
    [100, 60, 'worse than 60 of 100 such sets, so that these heads are not special by it.'],
    [0, null, 'there is no other set of as many heads in the same layers to compare with.'],
  ])('hold a set against %i others', (tried, percentile, text) => {
    expect(said(tried, percentile)).toContain(
      'Of single heads L1H2 is missed most: without it the cross-entropy rises by 0.50. The 2 heads of the largest estimated effects together, when ablated, leave a cross-entropy among the symbols of 2.00 (1.00 with all heads)',
    );
    expect(said(tried, percentile).endsWith(text)).toBe(true);
  });
});

describe('words on edges', () => {
  const edges = (own: number, control: number, error: number | null = 0.01) =>
    (['base', 'induction', 'anti-induction', 'control-keys', 'control-values'] as const).map((condition) => ({
      condition,
      n: 50,
      accuracy: 0,
      tokenAccuracy: 0,
      crossEntropy: 1 + ({ 'anti-induction': own, 'control-values': control }[condition as string] ?? 0),
      rightMinusLeft: null,
      change: { crossEntropy: condition === 'anti-induction' ? own : 0, error },
    }));

  it.each([
    [
      0.8,
      0.1,
      'needs the anti-induction edges (+0.80 nats a token when they are cut, +0.10 for other edges)',
    ],
    [
      0.8,
      0.5,
      "can't be told to need the anti-induction edges: cutting others hurts nearly as much (+0.50 against +0.80 nats)",
    ],
    [0.05, 0, 'does not need the anti-induction edges'],
    [-0.3, 0, 'does not need the anti-induction edges'],
  ])('after a change of %f beside %f of controls', (own, control, text) => {
    expect(inWords({ ...plain, edges: edges(own, control) }, ['edges'])[1]).toBe(
      `UL does not need the induction edges, and ${text}.`,
    );
  });
});

describe('words on few samples and on heads that work against the answer', () => {
  it.each([
    [
      0.2,
      3,
      "can't be told to need the anti-induction edges by 3 samples (+0.31 ± 0.40 nats a token when they are cut)",
    ],
    [0.1, 3, 'needs the anti-induction edges (+0.31 nats a token when they are cut, +0.00 for other edges)'],
    [
      null,
      1,
      "can't be told to need the anti-induction edges by 1 sample (+0.31 nats a token when they are cut)",
    ],
  ])('hold a change against its standard error %s', (error, n, text) => {
    const edges = (['base', 'induction', 'anti-induction', 'control-keys', 'control-values'] as const).map((condition) => ({ condition, n, accuracy: 0, tokenAccuracy: 0, crossEntropy: condition === 'anti-induction' ? 1.31 : 1, rightMinusLeft: null, change: { crossEntropy: 0, error } })); // prettier-ignore
    expect(inWords({ ...plain, edges }, ['edges'])[1]).toBe(
      `UL does not need the induction edges, and ${text}.`,
    );
  });

  it('name the head that the answer is better without', () => {
    const joint = withJoint({ controls: controls(5), percentile: 100 });
    const [head] = joint.heads;
    const effect = (crossEntropy: number) => ({
      ...head.effect!,
      exact: { ...head.effect!.exact!, crossEntropy },
    });
    const heads = [head, { ...head, layer: 0, head: 1, effect: effect(-1.65) }];
    expect(inWords({ ...joint, heads }, [])[1]).toMatch(
      /^Of single heads L1H2 is missed most: without it the cross-entropy rises by 0\.50\. L0H1 works against the right answer: without it the cross-entropy falls by 1\.65\. The 2 heads/,
    );
    expect(
      inWords({ ...joint, heads: [head, { ...head, head: 3, effect: effect(-0.05) }] }, [])[1],
    ).not.toContain('works against');
  });
});

describe('words on what was not there', () => {
  it('say why no edge was cut, where that was asked for, and no path tried', () => {
    expect(inWords(plain, ['edges']).at(-1)).toMatch(
      /^No edges were cut: .*three symbols or more, and answers that go on from a symbol of the source\.$/,
    );
    expect(inWords(plain, ['behaviour'])).toHaveLength(1);
    expect(inWords({ ...plain, paths: [] }, ['paths']).at(-1)).toMatch(/^No path was tried: /);
  });
});
