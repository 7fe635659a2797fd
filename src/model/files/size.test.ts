import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelConfig } from '../config/configure.ts';
import { writeConfigJson } from './huggingface/config-file.ts';
import { checkSize } from './size.ts';
import { loadTextModel } from './text/text-model.node.ts';

/** The sizes of TinyLlama 1.1B: untied embeddings. */
const large = modelConfig({
  ...{ architecture: 'llama', vocabulary: 32_000, layers: 22, heads: 32, keyValueHeads: 4 },
  ...{ width: 2048, mlpWidth: 5632, positions: 2048 },
});

describe('the size of a model', () => {
  it('is refused by number, before weights are read', async () => {
    const line = '1,100,048,384 parameters take 4,401 MB in float32; at most 2,000 MB are computed here';
    expect(() => checkSize(large, 'x.gguf')).toThrow(`x.gguf: ${line}`);
    const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-size-'));
    writeFileSync(path.join(folder, 'config.json'), writeConfigJson(large, undefined));
    await expect(loadTextModel(folder)).rejects.toThrow(`${folder}: ${line}`);
    rmSync(folder, { recursive: true });
  });

  it('counts float32, whatever the file has', () => {
    expect(() => checkSize({ ...large, layers: 6 }, 'x')).not.toThrow();
  });
});
