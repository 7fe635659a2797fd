import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from './errors.ts';
import { readTextFile } from './read-text.node.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-read-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(content: string | Uint8Array): string {
  const file = path.join(folder, 'file');
  writeFileSync(file, content);
  return file;
}

describe('a text file named on a command line', () => {
  it.each(['', 'é', 'x'.repeat(200_000)])('%# is read whole', (text) => {
    expect(readTextFile(fileWith(text), 200_000)).toBe(text);
  });

  it.each<[string, () => string, string]>([
    ['one byte too many', () => fileWith('x'.repeat(11)), 'it has more than 10 bytes'],
    ['a device without an end', () => '/dev/zero', 'it has more than 10 bytes'],
    ['no UTF-8', () => fileWith(Uint8Array.of(0xe9, 0x0a)), 'it is no text in UTF-8'],
    ['UTF-16', () => fileWith(Buffer.from('\uFEFFa', 'utf16le')), 'it is UTF-16: save it as UTF-8'],
  ])('%s is refused', (_, make, message) => {
    expect(() => readTextFile(make(), 10)).toThrow(UserError);
    expect(() => readTextFile(make(), 10)).toThrow(message);
  });
});
