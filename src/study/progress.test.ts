import { describe, expect, it } from 'vitest';
import type { ProgressRow, TrainedRow } from '../train/run/rows.ts';
import { costOf, Estimator, machineFactor, timeLeft } from './cost.ts';
import { parseStudy } from './file/study-file.ts';
import type { PlannedItem } from './item.ts';
import { planStudy } from './plan.ts';
import { formatDuration } from '../common/duration.ts';
import { StudyProgress } from './progress.ts';

/** The plan of two tasks with three seeds each, and one larger model. */
const plan = planStudy(
  parseStudy(
    `
name: paced
tasks: [UR, NRLast]
models: [ape, { name: wide, positions: ape, dim: 256 }]
measure: { lengths: [10] }
seeds: 1..3
predict: false
`,
    'study.yaml',
  ),
);

function training(task: string, model: string, seed: number): PlannedItem {
  const found = plan.find(
    (item) => item.kind === 'train' && item.task === task && item.model === model && item.seed === seed,
  );
  if (found === undefined) throw new Error('no such item');
  return found;
}

/** Two tasks of a model that is pretrained. */
function tunings() {
  const text = `
name: tuned
tasks: [UR, UL]
models: [{ name: reader, positions: ape, pretrain: text }]
measure: { lengths: [10] }
finetune: { lengths: 3-10 }
`;
  return planStudy(parseStudy(text, 'study.yaml')).flatMap((item) =>
    item.kind === 'finetune' ? [item] : [],
  );
}

function progressRow(step: number, left: number, correct?: number): ProgressRow {
  const accuracy = correct === undefined ? undefined : [{ min: 1, max: 16, n: 100, correct }];
  return { kind: 'progress', step, steps: 4000, loss: 0.414, accuracy, tokensPerSecond: 1, elapsed: 1, left };
}

function trainedRow(step: number, seconds: number): TrainedRow {
  const end = { reason: 'perfect', accuracy: 1, parameters: 1, weights: '' } as const;
  return { kind: 'trained', step, seconds, ...end };
}

describe('an estimate', () => {
  it('is larger for larger models and more steps, and for no item nothing', () => {
    expect(costOf(training('UR', 'wide', 1))).toBeGreaterThan(4 * costOf(training('UR', 'ape', 1)));
    for (const item of plan) expect(costOf(item)).toBeGreaterThan(0);
    expect(machineFactor()).toBeGreaterThan(0);
  });

  it('of a fine-tuning counts its steps, its base and all questions before and after', () => {
    const [first] = tunings();
    const { finetune, n } = first.spec;
    const changed = (changes: Partial<typeof finetune>, samples = n, parameters = 1e6) =>
      costOf({
        ...first,
        spec: { ...first.spec, finetune: { ...finetune, ...changes }, n: samples },
        on: { device: 'cpu', parameters },
      });
    const steps = changed({ steps: 800 }) - changed({});
    expect(changed({ steps: 1200 }) - changed({})).toBeCloseTo(2 * steps);
    expect(changed({}, 2 * n)).toBeGreaterThan(changed({}));
    expect(changed({}, n, 1e8)).toBeGreaterThan(50 * changed({}, n, 1e6));
    // An adapter needs no derivatives of the base's weights.
    const adapter = { kind: 'lora', rank: 1, alpha: 1, rankStabilised: false, targets: [] } as const;
    expect(changed({ method: adapter }, n, 1e8)).toBeLessThan(changed({}, n, 1e8));
  });

  it('learns how fast this machine is from what ended, per step, and how soon a task is learned from its siblings', () => {
    const estimator = new Estimator(1);
    const [first, second] = [training('UR', 'ape', 1), training('UR', 'ape', 2)];
    estimator.learn(first, costOf(first) * 3 * 0.5, 2000); // 3 times slower, and at 100 % after half of the steps
    expect(estimator.seconds(second)).toBeCloseTo(costOf(first) * 1.5);
    const other = training('NRLast', 'wide', 1);
    expect(estimator.seconds(other)).toBeCloseTo(costOf(other) * 3);
  });

  it('of the time left fills the workers, longest first', () => {
    expect(timeLeft([], [], 2)).toBe(0);
    expect(timeLeft([], [3, 1, 2], 1)).toBe(6);
    expect(timeLeft([], [3, 1, 2], 2)).toBe(3);
    expect(timeLeft([10], [3, 1, 2], 2)).toBe(10);
    expect(timeLeft([1, 1], [5, 5], 2)).toBe(6);
  });

  it.each([
    [3.2, '4 s'],
    [89, '89 s'],
    [95, '2 min'],
    [7800, '2 h 10 min'],
    [273_600, '3 d 4 h'],
  ])('of %d seconds reads %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe('the progress line', () => {
  it('says how much is done, what is going on with step, loss and accuracy, and the time left', () => {
    const progress = new StudyProgress('paced', plan, plan.length, 2, new Estimator(1));
    const item = training('UR', 'ape', 1);
    progress.see({ type: 'started', item });
    expect(progress.line()).toMatch(/^paced: 0\/24 done · UR ape 1: starting · about \d+ \w+ left$/);
    progress.see({ type: 'rows', item, rows: [progressRow(100, 50, 83)] });
    progress.see({ type: 'rows', item, rows: [progressRow(1200, 40)] });
    expect(progress.line()).toContain('UR ape 1: step 1,200/4,000, loss 0.41, 83 % right');
    const tick = { step: 1250, steps: 4000, loss: 0.396, tokensPerSecond: 1, elapsed: 1, left: 39 };
    progress.see({ type: 'tick', item, tick });
    expect(progress.line()).toContain('UR ape 1: step 1,250/4,000, loss 0.40, 83 % right');
    const before = progress.left();
    progress.see({ type: 'rows', item, rows: [trainedRow(1300, 1.04)] });
    progress.see({ type: 'done', item, seconds: 1.04 });
    expect(progress.line()).toContain('paced: 1/24 done · about');
    expect(progress.left()).toBeLessThan(before);
    progress.see({ type: 'started', item: training('UR', 'ape', 2) });
    progress.see({ type: 'failed', item: training('UR', 'ape', 2), cause: 'x', seconds: 1 });
    expect(progress.line()).toContain('paced: 1/24 done, 1 failed · about');
  });

  it('says how far a measurement is, with the time that it says itself, and expects as much of the next', () => {
    const measurement = (seed: number) => plan.find((item) => item.kind === 'measure' && item.seed === seed)!;
    const [item, other] = [measurement(1), measurement(2)];
    const progress = new StudyProgress('paced', [item, other], 2, 1, new Estimator(1));
    progress.see({ type: 'started', item });
    expect(progress.line()).toMatch(/^paced: 0\/2 done · measuring UR ape 1 · about \d+ s left$/);
    progress.see({
      type: 'tick',
      item,
      tick: { length: 100, answered: 1400, questions: 2000, left: 300 },
    });
    expect(progress.line()).toContain('measuring UR ape 1: 1,400/2,000 answered, length 100 · about ');
    expect(progress.left()).toBeGreaterThan(2 * 300 - 1);
    expect(progress.left()).toBeLessThan(2 * 300 + 60);
  });

  it('says how far a fine-tuning is, and then its measuring, with the time of both', () => {
    const [item, other] = tunings();
    const progress = new StudyProgress('tuned', [item, other], 2, 1, new Estimator(1));
    progress.see({ type: 'started', item });
    expect(progress.line()).toMatch(
      /^tuned: 0\/2 done · fine-tuning UR reader 1: starting · about \d+ s left$/,
    );
    const tick = { step: 100, steps: 400, loss: 0.5, tokensPerSecond: 1, elapsed: 100, left: 300 };
    progress.see({ type: 'tick', item, tick });
    expect(progress.line()).toContain('fine-tuning UR reader 1: step 100/400, loss 0.50 · about ');
    const training = progress.left();
    expect(training).toBeGreaterThan(300 + 300); // this one's last steps, and the next one
    progress.see({ type: 'tick', item, tick: { asked: 500, failed: 0, most: 1000, perSecond: 100 } });
    expect(progress.line()).toContain(
      'measuring fine-tuned UR reader 1: 500 of at most 1,000 answered, 100 a second',
    );
    expect(progress.left()).toBeLessThan(training);
  });
});
