import { describe, expect, it } from 'vitest';
import { initialWeights } from '../spec/model.ts';
import { createStepper } from './pair.node.ts';
import { preset } from '../spec/presets.ts';
import { settingOf } from '../spec/setting.ts';
import type { RunSetting } from '../spec/setting.ts';
import type { TrainSpec } from '../spec/spec.ts';
import type { Stepper } from './stepper.ts';
import { initialState } from './tensors.ts';
import { processorTime } from '../../../test/processor-time.ts';

const spec: TrainSpec = { ...preset('quick', 'UF', 'ape'), layers: 1, heads: 2, dim: 32 };
const RATE = 1e-3;

function start(setting: RunSetting, threads: number): Promise<Stepper> {
  return createStepper(
    setting,
    initialState(setting.tensors, initialWeights(setting.spec, setting.config)),
    1,
    { threads },
  );
}

describe('two threads', () => {
  it('take steps together, and take no processor time while they wait', async () => {
    const stepper = await start(settingOf(spec), 2);
    const first = await stepper.step(1, RATE);
    for (let step = 2; step <= 20; step++) await stepper.step(step, RATE);
    expect((await stepper.step(21, RATE)).loss).toBeLessThan(first.loss);
    const idle = await processorTime(() => new Promise((resolve) => setTimeout(resolve, 500)));
    expect(idle).toBeLessThan(150);
    await stepper.release();
  });

  it('become one where there is too little to do', async () => {
    const tiny = settingOf({ ...spec, dim: 16, batch: 2 });
    const stepper = await start(tiny, 2);
    expect(stepper.constructor.name).toBe('SoloStepper');
    await stepper.release();
  });

  it('of which the second fails are one error', async () => {
    const setting = settingOf(spec);
    await expect(start({ ...setting, spec: { ...spec, task: 'UX' } }, 2)).rejects.toThrow(
      /^the second training thread failed: unknown task 'UX'/,
    );
  });
});
