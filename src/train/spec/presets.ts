/** Named settings: complete training specifications that a file or the command line starts from. */
import { unknownName } from '../../common/nearest.ts';
import { UserError } from '../../common/errors.ts';
import { TEXT } from '../lessons/lessons.ts';
import { alphabetNamed } from '../../tasks/index.ts';
import type { TaskOptions } from '../../tasks/index.ts';
import type { Positions, TrainSpec } from './spec.ts';

export const presetNames = ['quick', 'paper', 'fast'] as const;
export type PresetName = (typeof presetNames)[number];

/** The settings of that name for one task and kind of positions, with seed 1. */
export function preset(name: string, task: string, positions: Positions): TrainSpec {
  if (task === TEXT && (presetNames as readonly string[]).includes(name)) return text(positions);
  switch (name) {
    case 'quick':
      return quick(task, positions);
    case 'paper':
      return paper(task, positions);
    case 'fast':
      return fast(task, positions);
    default:
      throw new UserError(unknownName('preset', name, presetNames));
  }
}

/** Trained in seconds to minutes on one core: lengths up to 16, few symbols, and what makes circuits form soon. */
function quick(task: string, positions: Positions): TrainSpec {
  return {
    task,
    taskOptions: quickOptions(task),
    positions,
    layers: 2,
    heads: 4,
    dim: 64,
    lengths: { min: 1, max: 16 },
    maxLength: 64,
    offsets: positions === 'ape',
    batch: 64,
    steps: 4000,
    learningRate: 3e-3,
    optimizer: 'muon',
    schedule: 'linear',
    warmup: 100,
    weightDecay: 0.01,
    curriculum: 0,
    positionStart: 'sinusoid',
    evaluateEvery: 100,
    seed: 1,
  };
}

/** Few symbols, where they may repeat: the time until a circuit forms grows steeply with their number. */
function quickOptions(task: string): TaskOptions {
  switch (task) {
    case 'UF':
    case 'UB':
      return { alphabet: alphabetNamed('characters') };
    case 'NF':
    case 'NB':
      return { alphabet: alphabetNamed('lower:10') };
    case 'flip-flop':
      return {};
    default:
      return { alphabet: alphabetNamed('lower:8') };
  }
}

/** 2505.21785, Tables 1 (APE) and 2 (RoPE): sizes and learning rates per task. */
function paper(task: string, positions: Positions): TrainSpec {
  const uniqueCopy = task === 'UF' || task === 'UB';
  const first = task === 'NRFirst' || task === 'NLFirst';
  const small = task === 'UL' || task === 'UR' || uniqueCopy || first;
  const layers = small && !(first && positions !== 'rope') ? 2 : 4;
  return {
    task,
    // Appendix: a vocabulary of 10 % of the longest training length, but 150 symbols where all must differ.
    taskOptions: task === 'flip-flop' ? {} : { alphabet: numbers(uniqueCopy ? 150 : 5) },
    positions,
    layers,
    heads: 4,
    dim: small ? 64 : 256,
    lengths: { min: 1, max: 50 },
    maxLength: 150,
    offsets: positions === 'ape',
    batch: 64,
    steps: 30_000,
    learningRate: small ? 1e-3 : 1e-4,
    optimizer: 'adamw',
    schedule: positions === 'rope' ? 'constant' : 'linear',
    warmup: 0,
    weightDecay: 0.01,
    curriculum: 0,
    positionStart: 'normal',
    evaluateEvery: 500,
    seed: 1,
  };
}

/**
 * The paper's tasks and sizes, and what reaches 100 % on the training range soonest (`npm run bench -- learn`). Weight
 * decay this strong holds the matrices down, so that Muon's steps stay large beside them until the rate settles. Where
 * all sequences begin at random positions, hardly any begins at position 0, where every question does, and the last
 * mistakes are mostly those of the first positions.
 */
function fast(task: string, positions: Positions): TrainSpec {
  return {
    ...paper(task, positions),
    steps: 5000,
    learningRate: 3e-3,
    optimizer: 'muon',
    schedule: 'settle',
    warmup: 100,
    weightDecay: 0.3,
    offsets: positions === 'ape' && 0.75,
    curriculum: 30,
    positionStart: 'sinusoid',
    evaluateEvery: 50,
  };
}

/** Text to pretrain on, whatever the preset's name. */
function text(positions: Positions): TrainSpec {
  return {
    ...quick(TEXT, positions),
    taskOptions: { alphabet: alphabetNamed('characters') },
    lengths: { min: 16, max: 96 },
    maxLength: 160,
    batch: 32,
    steps: 3000,
  };
}

/** Symbols without any look of their own: `t0 t1 t2 …`. */
function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `t${i}`);
}
