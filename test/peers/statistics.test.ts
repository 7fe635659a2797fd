/**
 * The statistics by scipy and statsmodels: random inputs, the same numbers. Needs LENGTHWISE_PYTHON: a Python with both;
 * skipped without.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { rng } from '../../src/common/random.ts';
import {
  anytimeInterval,
  exactInterval,
  holm,
  mcnemar,
  pairedDifference,
  promiseError,
  seedSummary,
  signFlip,
  unpairedDifference,
  wilson,
} from '../../src/score/statistics/index.ts';

const python = process.env.LENGTHWISE_PYTHON ?? 'python3';
const installed = spawnSync(python, ['-c', 'import scipy, statsmodels'], { stdio: 'ignore' }).status === 0;
const script = path.join(import.meta.dirname, 'statistics_peer.py');

const INPUTS = 500;

/** The most by which two ways to compute one number in double precision may differ here. */
const ROUNDING = 1e-9;

interface Method {
  /** Its name in statistics_peer.py. */
  readonly name: string;
  readonly input: () => number[];
  readonly ours: (...input: number[]) => number[];
}

const stream = rng('statistics', 'peers');

/** From 1 to `most`, small ones as often as large ones. */
const upTo = (most: number): number => Math.floor(Math.exp(stream.float() * Math.log(most + 1)));

/** Right of n, all and none not seldom. */
function rightOf(n: number): number {
  const drawn = stream.below(8);
  return drawn === 0 ? 0 : drawn === 1 ? n : stream.below(n + 1);
}

const confidence = (): number => stream.choice([0.8, 0.9, 0.95, 0.975, 0.99]);

/** Rounded, so that there are ties. */
const differences = (count: number): number[] =>
  Array.from({ length: count }, () => Math.round((2 * stream.float() - 1) * 20) / 20);

const ends = ({ low, high }: { readonly low: number; readonly high: number }): number[] => [low, high];

const methods: readonly Method[] = [
  {
    name: 'clopper_pearson',
    input: () => share(10_000, confidence()),
    ours: (right, n, level) => ends(exactInterval(right, n, level)),
  },
  {
    name: 'wilson',
    input: () => share(10_000, confidence()),
    ours: (right, n, level) => ends(wilson(right, n, level)),
  },
  {
    name: 'newcombe_unpaired',
    input: () => [...share(2000), ...share(2000), confidence()],
    ours: (right, n, rightOther, nOther, level) =>
      ends(unpairedDifference({ correct: right, n }, { correct: rightOther, n: nOther }, level)),
  },
  {
    name: 'newcombe_paired',
    input: () => [stream.below(50), stream.below(50), stream.below(20), 1 + stream.below(50), confidence()],
    ours: (both, onlyFirst, onlySecond, neither, level) =>
      ends(pairedDifference({ both, onlyFirst, onlySecond, neither }, level)),
  },
  {
    name: 'mcnemar_exact',
    input: () => [stream.below(upTo(1000)), 1 + stream.below(upTo(1000))],
    ours: (onlyFirst, onlySecond) => [mcnemar(onlyFirst, onlySecond).p],
  },
  {
    name: 'holm',
    input: () => Array.from({ length: upTo(40) }, () => stream.float() ** 3),
    ours: (...pValues) => holm(pValues),
  },
  {
    name: 'sign_flip',
    input: () => differences(6 + stream.below(5)),
    ours: (...values) => [signFlip(values)],
  },
  {
    name: 'over_seeds',
    input: () => differences(2 + stream.below(9)),
    ours: (...values) => ends(seedSummary(values, 'difference').interval ?? { low: NaN, high: NaN }),
  },
  {
    name: 'anytime',
    input: () => {
      const [right, n] = share(5000);
      return [right, n - right, stream.choice([0.05, 0.025, 0.0125, 0.001])];
    },
    ours: (right, wrong, alpha) => ends(anytimeInterval(right, wrong, alpha)),
  },
  {
    name: 'promise',
    input: () => {
      const lengths = upTo(1500);
      const asked = stream.below(Math.min(16, lengths) + 1);
      const drawn = stream.below(Math.min(36, lengths - asked) + 1);
      return [lengths, asked, stream.choice([0.0125, 0.003]), 0.025, drawn];
    },
    ours: (lengths, asked, alpha, claimed, drawn) => [
      promiseError({ lengths, asked, alpha, claimed }, drawn),
    ],
  },
];

function share(most: number, ...more: number[]): number[] {
  const n = upTo(most);
  return [rightOf(n), n, ...more];
}

describe.skipIf(!installed)(`of ${INPUTS} random inputs each`, () => {
  const inputs = Object.fromEntries(
    methods.map(({ name, input }) => [name, Array.from({ length: INPUTS }, input)]),
  );
  let theirs: Record<string, number[][]>;

  beforeAll(() => {
    const { stdout, stderr } = spawnSync(python, [script], {
      input: JSON.stringify(inputs),
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    if (stdout === '') throw new Error(stderr);
    theirs = JSON.parse(stdout) as Record<string, number[][]>;
  });

  it.each(methods)('$name gives the same numbers', ({ name, ours }) => {
    let largest = 0;
    for (const [i, input] of inputs[name].entries()) {
      const [here, there] = [ours(...input), theirs[name][i]];
      expect(here).toHaveLength(there.length);
      for (const [k, value] of here.entries()) {
        const apart = Math.abs(value - there[k]);
        expect(
          apart,
          `${name}(${input.join(', ')}): ${here.join(' ')}, theirs ${there.join(' ')}`,
        ).toBeLessThan(ROUNDING);
        largest = Math.max(largest, apart);
      }
    }
    console.log(`${name}: largest difference ${largest.toExponential(1)}`);
  });
});
