import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { draftOf, writeWhole } from './draft.node.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-draft-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a file in the making', () => {
  const file = path.join(folder, 'out.csv');

  it('takes its name when it is whole, and not before', () => {
    const draft = draftOf(file);
    writeFileSync(draft.path, 'new');
    expect(readdirSync(folder)).not.toContain('out.csv');
    draft.keep();
    expect(readdirSync(folder)).toEqual(['out.csv']);
  });

  it('leaves what was there when it is not to be', () => {
    const draft = draftOf(file);
    writeFileSync(draft.path, 'half');
    draft.discard();
    expect(readdirSync(folder)).toEqual(['out.csv']);
    expect(readFileSync(file, 'utf8')).toBe('new');
  });

  it('leaves links links', () => {
    const link = path.join(folder, 'link.csv');
    symlinkSync(file, link);
    const draft = draftOf(link);
    writeFileSync(draft.path, 'newer');
    draft.keep();
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('newer');
  });

  it('does not take the place of a pipe or a device', () => {
    const pipe = path.join(folder, 'pipe');
    spawnSync('mkfifo', [pipe]);
    const draft = draftOf(pipe);
    expect(draft.path).toBe(pipe);
    draft.keep();
    draft.discard();
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });

  it('on a full disk is nothing, and said to be the disk', () => {
    expect(() => writeWhole('/dev/full', 'text')).toThrow(
      expect.objectContaining({
        name: 'DiskFullError',
        message: expect.stringContaining('/dev/full is full'),
      }),
    );
  });
});
