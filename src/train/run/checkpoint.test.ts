import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../common/errors.ts';
import { CHECKPOINT_FILE, readCheckpoint, writeCheckpoint } from './checkpoint.node.ts';
import type { Checkpoint } from './checkpoint.node.ts';
import { refuseStrangers, tidyRunFolder } from './run-folder.node.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-checkpoint-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const file = path.join(scratch, CHECKPOINT_FILE);

const checkpoint: Checkpoint = {
  spec: '{"task":"UR"}',
  step: 7,
  seconds: 1.5,
  curve: [
    {
      kind: 'progress',
      step: 5,
      steps: 9,
      loss: 0.1 + 0.2,
      accuracy: [{ min: 1, max: 2, n: 3, correct: 1 }],
      tokensPerSecond: 1,
      elapsed: 1,
      left: 1,
    },
  ],
  lossSum: 1 / 3,
  arrays: new Map([
    ['parameter/a', Float32Array.of(1, -0, Infinity, 1e-45)],
    ['moment1/é', new Float32Array(0)],
    ['moment1/b', new Float32Array(Float32Array.of(9, 3, 4).buffer, 4, 2)],
  ]),
};

describe('a checkpoint', () => {
  it('comes back as it was written, bit for bit, and replaces the one before', () => {
    writeCheckpoint(scratch, { ...checkpoint, step: 6 });
    writeCheckpoint(scratch, checkpoint);
    const read = readCheckpoint(scratch)!;
    expect({ ...read, arrays: [...read.arrays] }).toMatchObject({
      ...checkpoint,
      arrays: [...checkpoint.arrays],
    });
    expect(readdirSync(scratch)).toEqual([CHECKPOINT_FILE]);
  });

  it('is refused in one line wherever it is damaged or cut off', () => {
    writeCheckpoint(scratch, checkpoint);
    const whole = readFileSync(file);
    const refused = (bytes: Uint8Array) => {
      writeFileSync(file, bytes);
      expect(() => readCheckpoint(scratch)).toThrow(UserError);
      expect(() => readCheckpoint(scratch)).toThrow(
        `${file} cannot be used: it is damaged, or no checkpoint; delete it to train from the start`,
      );
    };
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
        refused(whole.map((byte, i) => (i === place ? byte ^ change : byte)));
        refused(whole.subarray(0, place));
      }),
    );
    refused(Buffer.concat([whole, Buffer.of(0)]));
  });

  it('is none where there is none; a half-written one is ignored, and tidied away', async () => {
    rmSync(file, { force: true });
    const partial = `${CHECKPOINT_FILE}.4711.partial`;
    writeFileSync(path.join(scratch, partial), 'half');
    expect(readCheckpoint(scratch)).toBeUndefined();
    refuseStrangers(scratch);
    await tidyRunFolder(scratch);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('that can’t be written is the user’s to mend, and leaves nothing', () => {
    const nowhere = path.join(scratch, 'nowhere');
    expect(() => writeCheckpoint(nowhere, checkpoint)).toThrow(UserError);
    expect(readdirSync(scratch)).toEqual([]);
  });
});
