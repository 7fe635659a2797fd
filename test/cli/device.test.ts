/** `--device cuda` where ONNX Runtime's provider for it is not installed: one line, and nothing is left behind. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireDevice } from '../../src/graph/runtime.node.ts';
import { initialise, modelConfig, rng, saveFolder, Tokenizer } from '../../src/model/index.ts';
import { commandHere } from '../command-here.ts';
import { writeTextGguf } from '../text-model.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-device-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const text = writeTextGguf(path.join(scratch, 'tiny.gguf'));
const trained = path.join(scratch, 'trained-here');
const out = path.join(scratch, 'out');

beforeAll(async () => {
  const tokenizer = new Tokenizer([...'abcdef']);
  const config = modelConfig({ architecture: 'gpt2', vocabulary: tokenizer.tokens.length, layers: 1, width: 8, heads: 2, positions: 12 }); // prettier-ignore
  await saveFolder(trained, { config, weights: initialise(config, rng('device')), tokenizer });
});

const isInstalled = (() => {
  try {
    requireDevice('cuda');
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(isInstalled)('--device cuda', () => {
  it.each([
    ['explain', text, '--task', 'UR', '--out', out],
    ['measure', text, '--task', 'UR', '--lengths', '3', '--n', '2', '--out', out],
    ['measure', trained, '--task', 'UR', '--lengths', '3', '--n', '2', '--out', out],
    ['train', '--task', 'UR', '--lengths', '2-4', '--steps', '10', '--out', out],
  ])('of %s says what is missing', async (...words) => {
    const run = await commandHere([...words, '--device', 'cuda']);
    expect(run.code, run.said).toBe(2);
    expect(run.said.trim().split('\n').at(-1)).toMatch(
      /^lengthwise: --device cuda: (libonnxruntime_providers_shared\.so is not in .*; install ONNX Runtime's CUDA provider, see docs\/graph\.md|ONNX Runtime has it for linux-x64 only)/,
    );
    expect(existsSync(out)).toBe(false);
  });

  it('is for models that run here', async () => {
    const run = await commandHere(['measure', 'http://127.0.0.1:9/v1', '--task', 'UR', '--device', 'cuda']);
    expect(run.code).toBe(2);
    expect(run.said).toContain('--device: this option only applies to the folder of a model or a text model');
  });
});
