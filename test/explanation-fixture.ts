/** Explanations as `lengthwise explain` would give them, made up from a fixed seed: of small and large models, and of hostile ones. */
import { rng } from '../src/common/random.ts';
import { headName } from '../src/explain/ablation/head.ts';
import type { ExplainedHead, ExplainReportInput, Explanation } from '../src/explain/rows.ts';
import { HOSTILE } from './report-fixture.ts';

interface Shape {
  readonly layers: number;
  readonly heads: number;
  readonly length?: number;
}

/** Everything that an explanation can have. */
export function explanationOf(task: string, { layers, heads, length = 8 }: Shape): Explanation {
  const random = rng('explanation', task, layers, heads);
  const symbols = {
    n: 40,
    accuracy: 0.8,
    tokenAccuracy: 0.9,
    crossEntropy: 0.4,
    margin: 1,
    rightMinusLeft: 3.5,
    rightMinusLeftError: 0.2,
  };
  const all = Array.from({ length: layers * heads }, (_, i): ExplainedHead => {
    const score = (value: number) => ({ value, null: 0.02, p: 0.01, marked: value > 0.5 });
    const estimated = { rightMinusLeft: random.normal() / (1 + i), crossEntropy: random.float() / (1 + i) };
    return {
      layer: Math.floor(i / heads),
      head: i % heads,
      scores: {
        inductionWithinSource: score(random.float() ** 3),
        sameSymbol: score(random.float() ** 3),
        antiInduction: score(random.float() ** 9 / 2),
        previousToken: score(random.float() ** 3),
        sink: { value: 0.2, null: null, p: null, marked: false },
        retrieval: score(random.float() ** 3),
        copying: score(random.float() ** 3),
      },
      effect: {
        estimated,
        exact: i % 3 === 0 ? { ...estimated, accuracy: -random.float() / 2 } : null,
      },
      repeated: {
        induction: score(random.float() ** 3),
        sameSymbol: score(random.float() ** 3),
        antiInduction: score(random.float() ** 9 / 2),
        previousToken: score(random.float() ** 3),
      },
      lags: Array.from({ length: 21 }, () => random.float() / 4),
    };
  });
  const names = all.map(headName);
  const condition = (name: string, more: number) => ({
    ...{
      condition: name,
      n: 40,
      accuracy: 0.8,
      tokenAccuracy: 0.9,
      crossEntropy: 0.4 + more,
      rightMinusLeft: 3,
      change: name === 'base' ? null : { crossEntropy: more, error: 0.02 },
    },
  });
  const source = [...'abcdefghijklmnopqrstuvwxyz'.repeat(4)].slice(0, length);
  const tokens = ['<bos>', ...source, '<sep>', ...source, '<eos>'];
  return {
    ...{ target: 'made-up', task, length, n: 40, prompt: 'sequence' },
    behaviour: {
      ...{ ...symbols, crossEntropyFirst: 0.3, crossEntropyRest: 0.5, tokenAccuracyByPlace: [0.9] },
      ...{ logProbabilityRight: -0.1, logProbabilityLeft: -4, amongSymbols: symbols },
    },
    heads: all,
    nullMaximum: 0.2,
    ...{ retrieval: { n: 320, nullMaximum: 0.2 }, copying: { n: 8, nullMaximum: 0.4 } },
    repeated: { n: 20, length: 8, nullMaximum: 0.2, sequences: [] },
    edgesByLayer: Array.from({ length: layers - 1 }, (_, i) => {
      const cut = (more: number) => ({ accuracy: 0.7, crossEntropy: 0.4 + more, rightMinusLeft: 3 });
      // The window of every third layer reaches no induction edge.
      return {
        layer: i + 1,
        induction: i % 3 === 2 ? null : cut(1.25 / (1 + i)),
        'anti-induction': cut(-0.05),
        'control-keys': cut(0.1),
        'control-values': cut(0),
      };
    }),
    ranking: {
      kind: 'resample',
      gradients: 1,
      metric: 'rightMinusLeft',
      base: symbols,
      missed: { tried: 5, asLarge: 1 },
    },
    ablations: [1, 2, 5].map((count) => ({
      ...{
        kind: 'resample' as const,
        heads: names.slice(0, count),
        n: 40,
        accuracy: 0.3,
        crossEntropy: 0.5 * count,
        rightMinusLeft: 1,
      },
      controls: {
        possible: 70,
        tried: 3,
        crossEntropies: [0.4, 0.5, 0.6],
        accuracy: 0.7,
        crossEntropy: 0.5,
        rightMinusLeft: 3,
      },
      percentile: 100,
    })),
    edges: [
      condition('base', 0),
      condition('induction', 1.5),
      condition('anti-induction', -0.2),
      condition('both', 1.6),
      condition('control-keys', 0.1),
      condition('control-values', 0),
      condition('identity', 0),
    ],
    faithfulness: {
      ...{ metric: 'rightMinusLeft', whole: 3.5, empty: 0.1 },
      ...{ cpr: 0.9, cmd: 0.1, randomCpr: 0.4 },
    },
    circuit: [1, 2, 4, 8].map((count) => ({
      ...{ heads: count, share: count / 8, faithfulness: count / 8 },
      random: count === 8 ? null : { mean: 0.1, least: -0.1, largest: 0.3 },
    })),
    paths: [
      { from: names[0], to: names[1], via: 'keys', accuracy: 0.5, crossEntropy: 0.9, rightMinusLeft: 2 },
    ],
    example: {
      tokens,
      source: source.map((_, i) => i + 1),
      first: length + 1,
      heads: all
        .filter(({ scores }) => Object.values(scores).some(({ marked }) => marked))
        .slice(0, 8)
        .map(({ layer, head }) => ({
          ...{ layer, head },
          edges: tokens
            .slice(0, -1)
            .map((_, i): [number, number, number] => [i, i < length + 2 ? i : i - length, 0.7]),
        })),
    },
    words: [`On ${task} the model is right in 80 % of 40 samples.`, 'Of single heads one matters most.'],
  };
}

/** With `--only behaviour`: nothing but how well it does. */
export function onlyBehaviour(task: string): Explanation {
  const whole = explanationOf(task, { layers: 1, heads: 1 });
  const none = {
    ...{ retrieval: null, copying: null, repeated: null, edgesByLayer: null },
    ranking: null,
    ablations: null,
    edges: null,
    faithfulness: null,
    circuit: null,
    paths: null,
  };
  return {
    ...whole,
    ...none,
    heads: [{ layer: 0, head: 0, scores: {}, repeated: {}, lags: null, effect: null }],
    nullMaximum: null,
    example: null,
  };
}

export function explainInput(
  explanations: readonly Explanation[],
  more: Partial<ExplainReportInput> = {},
): ExplainReportInput {
  return {
    ...{ kind: 'explanation', format: 1, folder: 'runs/why', target: 'made-up', model: 'abc123' },
    options: { length: 8, n: 40, seed: 1 },
    runs: [
      {
        ...{
          lengthwise: '0.1.0',
          node: '24.0.0',
          platform: 'linux x64',
          started: '2026-11-28T04:16:57.648Z',
        },
        command: 'lengthwise explain made-up --task UR,UL --out runs/why',
      },
    ],
    explanations,
    ...more,
  };
}

const small: Shape = { layers: 2, heads: 4 };

export const explanations: Readonly<Record<string, ExplainReportInput>> = {
  'a pair of tasks, and one alone': explainInput([
    explanationOf('UR', small),
    explanationOf('NF', small),
    explanationOf('UL', small),
  ]),
  'a middling model, long sources': explainInput([explanationOf('UF', { layers: 30, heads: 9, length: 60 })]),
  'a large model': explainInput([
    explanationOf('UF', { layers: 80, heads: 64 }),
    explanationOf('UB', { layers: 80, heads: 64 }),
  ]),
  hostile: explainInput([hostileExplanation()], {
    target: HOSTILE.join(' '),
    options: { [HOSTILE[0]]: HOSTILE[1] },
  }),
};

function hostileExplanation(): Explanation {
  const plain = explanationOf('UF', small);
  return {
    ...plain,
    task: HOSTILE[0],
    words: HOSTILE,
    example: { ...plain.example!, tokens: plain.example!.tokens.map((_, i) => HOSTILE[i % HOSTILE.length]) },
    edges: [...plain.edges!, { ...plain.edges![1], condition: HOSTILE[1] }],
  };
}
