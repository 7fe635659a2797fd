/** Against recordings of the Python package `gguf` (`test/fixtures/gguf/make.py`), bit for bit. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { blockFormats } from './blocks.ts';

interface Case {
  readonly format: string;
  readonly code: number;
  readonly bytes: string;
  readonly numbers: string;
}

const fixture = path.join(import.meta.dirname, '../../../../test/fixtures/gguf/blocks.json');
const cases = JSON.parse(readFileSync(fixture, 'utf8')) as Case[];

describe('number formats', () => {
  it('are all recorded', () => {
    expect(cases.map(({ format }) => format).sort()).toEqual(Object.keys(blockFormats).sort());
  });

  it.each(cases)('$format gives the numbers of the package gguf', ({ format, code, bytes, numbers }) => {
    const known = blockFormats[format];
    expect(known.code).toBe(code);
    // One byte further, as a tensor in a file may begin anywhere.
    const moved = Buffer.concat([Buffer.from([7]), Buffer.from(bytes, 'base64')]).subarray(1);
    const read = known.read(moved);
    expect(read.length).toBe((moved.length / known.bytes) * known.weights);
    expect(Buffer.from(read.buffer).toString('base64')).toBe(numbers);
  });
});
