import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashOfModel } from './hashes.node.ts';

const before = process.env.XDG_CACHE_HOME;
let scratch: string;
let file: string;
beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-hashes-'));
  file = path.join(scratch, 'model.gguf');
  writeFileSync(file, 'GGUF one');
  process.env.XDG_CACHE_HOME = path.join(scratch, 'cache');
});
afterEach(() => {
  process.env.XDG_CACHE_HOME = before;
  rmSync(scratch, { recursive: true });
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('the hash of a model', () => {
  it('is the SHA-256 of a GGUF file, which is read once as long as it stays the same', async () => {
    expect(await hashOfModel(file)).toBe(sha256('GGUF one'));
    writeFileSync(file, 'GGUF two');
    utimesSync(file, 1, 1);
    expect(await hashOfModel(file)).toBe(sha256('GGUF two'));
    expect(readdirSync(path.join(scratch, 'cache/lengthwise/models'))).toHaveLength(2);
    writeFileSync(file, 'GGUF six');
    utimesSync(file, 1, 1); // as a file that nobody has touched: it is not read again
    expect(await hashOfModel(file)).toBe(sha256('GGUF two'));
    utimesSync(file, 2, 2);
    expect(await hashOfModel(file)).toBe(sha256('GGUF six'));
  });

  it('is refused in one line where there is no model', async () => {
    await expect(hashOfModel(path.join(scratch, 'nowhere.gguf'))).rejects.toThrow(
      'no such file or folder; a GGUF file or a model folder was expected',
    );
    await expect(hashOfModel(scratch)).rejects.toThrow('no model folder');
  });
});
