import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadWeights } from '../files/folder.node.ts';
import { rememberedParity } from './remembered.node.ts';

const model = await loadWeights(
  path.join(import.meta.dirname, '../../../test/fixtures/model/huggingface-llama'),
);
const before = process.env.XDG_CACHE_HOME;
let scratch: string;
let weights: string;
beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-remembered-'));
  weights = path.join(scratch, 'weights');
  writeFileSync(weights, 'abcd');
  process.env.XDG_CACHE_HOME = path.join(scratch, 'cache');
});
afterEach(() => {
  process.env.XDG_CACHE_HOME = before;
  rmSync(scratch, { recursive: true });
});

const checked = () => rememberedParity([weights], model, 'x', 1);
const kept = () => readdirSync(path.join(scratch, 'cache/lengthwise/models'));

describe('the check of a model', () => {
  it('is made once, as long as its files stay the same', async () => {
    const first = await checked();
    expect(first.isFirst).toBe(true);
    expect(await checked()).toEqual({ ...first, isFirst: false });
    expect(kept()).toHaveLength(1);
    utimesSync(weights, 1, 1);
    expect((await checked()).isFirst).toBe(true);
    writeFileSync(weights, 'abcde');
    utimesSync(weights, 1, 1);
    expect((await checked()).isFirst).toBe(true);
    expect(kept()).toHaveLength(3);
  });

  it('is made again where what was kept is damaged', async () => {
    const first = await checked();
    writeFileSync(path.join(scratch, 'cache/lengthwise/models', kept()[0]), '{"checksum":');
    expect(await checked()).toEqual(first);
    expect((await checked()).isFirst).toBe(false);
  });

  it('is made each time where it cannot be kept', async () => {
    process.env.XDG_CACHE_HOME = weights; // a file, in which there is no folder
    expect((await checked()).isFirst).toBe(true);
    expect((await checked()).isFirst).toBe(true);
  });
});
