import { expect, it } from 'vitest';
import type { ProgressRow } from '../../train/run/rows.ts';
import { preset } from '../../train/spec/presets.ts';
import { curveText, trainedText } from './text.ts';

const point = (step: number): ProgressRow => ({
  kind: 'progress',
  step,
  steps: 1500,
  loss: 1,
  accuracy: [{ min: 1, max: 10, n: 10, correct: 5 }],
  tokensPerSecond: 1,
  elapsed: 1,
  left: 0,
});

it('keeps the first and the last step of a short curve apart', () => {
  const axis = (steps: number[]): string => curveText(steps.map(point)).split('\n')[2];
  expect(axis([100, 1500])).toBe('step      100  1500');
  expect(axis(Array.from({ length: 30 }, (_, i) => 50 * (i + 1)))).toMatch(/^step {6}50 {24}1500$/);
});

it('says how to measure, as a command that a shell takes', () => {
  const trained = {
    kind: 'trained',
    step: 10,
    reason: 'steps',
    accuracy: 1,
    seconds: 1,
    parameters: 2,
    weights: '',
  } as const;
  const text = trainedText(preset('quick', 'UR', 'ape'), 'runs/UR klein', trained, { known: false });
  expect(text).toContain("saved in runs/UR klein; measure it: lengthwise measure 'runs/UR klein' --task UR");
});
