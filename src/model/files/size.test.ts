import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelConfig } from '../config/configure.ts';
import { machineMemory } from '../../common/memory.node.ts';
import { writeConfigJson } from './huggingface/config-file.ts';
import { checkSize, modelSize, secondsToRead, usualMemory } from './size.ts';
import { loadTextModel } from './text/text-model.node.ts';

/** The sizes of TinyLlama 1.1B: untied embeddings. */
const large = modelConfig({
  ...{ architecture: 'llama', vocabulary: 32_000, layers: 22, heads: 32, keyValueHeads: 4 },
  ...{ width: 2048, mlpWidth: 5632, positions: 2048 },
});

describe('the size of a model', () => {
  it('counts float32, whatever the file has, and the program', () => {
    expect(modelSize(large)).toEqual({ parameters: 1_100_048_384, least: 4 * 1_100_048_384 + 3e8 });
    expect(usualMemory(modelSize(large))).toBe(5 * 1_100_048_384 + 6.5e8);
    expect(secondsToRead(modelSize(large), 1000, 2)).toBeCloseTo((2 * 1_100_048_384 * 1000) / 100e9, 6);
  });

  it('is refused by number where the machine has less memory', () => {
    expect(() => checkSize(large, 4.7e9, 'x.gguf')).toThrow(
      'x.gguf: 1,100,048,384 parameters need 4.7 GB of memory in float32, and this machine has 4.7 GB; take a smaller model or a machine with more memory',
    );
    expect(() => checkSize(large, 4.71e9, 'x.gguf')).not.toThrow();
  });

  it('is checked before weights are read', async () => {
    const { total } = machineMemory();
    const huge = { ...large, layers: Math.ceil((22 * total) / 4e9) };
    const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-size-'));
    writeFileSync(path.join(folder, 'config.json'), writeConfigJson(huge, undefined));
    await expect(loadTextModel(folder)).rejects.toThrow(/parameters need [\d.]+ GB of memory in float32/);
    rmSync(folder, { recursive: true });
  });

  it('is that of the machine at most', () => {
    const { total, available } = machineMemory();
    expect(total).toBeGreaterThan(1e8);
    expect(available).toBeLessThanOrEqual(total);
  });
});
