import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { preset } from '../spec/presets.ts';
import { trainInProcess } from './process.node.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-train-process-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const spec = {
  ...preset('quick', 'UR', 'ape'),
  layers: 1,
  heads: 2,
  dim: 16,
  lengths: { min: 2, max: 6 },
  steps: 20_000,
  evaluateEvery: 10,
};

describe.skipIf(process.platform !== 'linux')('a training process', () => {
  it('that the system kills is one line, and the run can go on', async () => {
    const folder = path.join(scratch, 'killed');
    let killed = false;
    const run = trainInProcess(spec, folder, {
      signal: new AbortController().signal,
      threads: 1,
      onRow: () => {
        if (!killed) killed = killChildOf(process.pid);
      },
    });
    await expect(run).rejects.toThrow(
      'the training process was killed by SIGKILL (systems do that when memory runs out); the same command goes on from its last checkpoint',
    );
    expect(readdirSync(folder)).toEqual(['training.checkpoint']);
  });

  it('whose rows nobody takes is ended', async () => {
    const run = trainInProcess(spec, path.join(scratch, 'unheard'), {
      signal: new AbortController().signal,
      threads: 1,
      onRow: () => {
        throw new Error('no room');
      },
    });
    await expect(run).rejects.toThrow('no room');
  });

  it('stops with a checkpoint when told to', async () => {
    const stop = new AbortController();
    const folder = path.join(scratch, 'stopped');
    const onRow = () => stop.abort(new Error('enough'));
    await expect(trainInProcess(spec, folder, { signal: stop.signal, threads: 1, onRow })).rejects.toThrow(
      'enough',
    );
    expect(readdirSync(folder)).toEqual(['training.checkpoint']);
  });
});

/** Kills the training process among this one's children, as the system does when memory runs out. */
function killChildOf(parent: number): boolean {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  const child = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('worker.node'));
  if (child === undefined) return false;
  process.kill(child, 'SIGKILL');
  return true;
}
