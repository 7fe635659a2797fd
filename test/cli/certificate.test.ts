import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-certificate-'));
afterAll(() => rmSync(scratch, { recursive: true }));

interface Run {
  out: string;
  said: string;
  code: number | null;
}

function lengthwise(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['bin/lengthwise.js', ...args]);
    const [out, said]: Buffer[][] = [[], []];
    child.stdout.on('data', (data: Buffer) => out.push(data));
    child.stderr.on('data', (data: Buffer) => said.push(data));
    child.on('close', (code) =>
      resolve({ out: Buffer.concat(out).toString(), said: Buffer.concat(said).toString(), code }),
    );
  });
}

function file(name: string, text: string): string {
  const place = path.join(scratch, name);
  writeFileSync(place, text);
  return place;
}

describe('lengthwise certificate verify', () => {
  const place = path.join(scratch, 'nrlast.json');
  beforeAll(async () => {
    await lengthwise('predict', 'NRLast', '--certificate', place);
  });

  it('exits with 0 when the certificate holds, and shows each step', async () => {
    const { out, code } = await lengthwise('certificate', 'verify', place);
    expect(code).toBe(0);
    expect(out).toContain('nrlast.json: holds');
    expect(out.match(/^ {2}ok /gm)).toHaveLength(5);
    const { out: json } = await lengthwise('certificate', 'verify', place, '--json');
    expect(JSON.parse(json)).toMatchObject({ file: place, holds: true, failed: null });
  });

  it('exits with 1 and the first step that fails when something was changed', async () => {
    const certificate = JSON.parse(readFileSync(place, 'utf8')) as Record<string, unknown>;
    expect(certificate).toMatchObject({ verdict: 'out', subject: 'NRLast' });
    const tampered = file('tampered.json', JSON.stringify({ ...certificate, verdict: 'in' }));
    const { out, code } = await lengthwise('certificate', 'verify', tampered);
    expect(code).toBe(1);
    expect(out).toContain('tampered.json: does not hold');
    expect(out).toContain('FAILED  the seal fits the rest');
    const { out: json, code: sameCode } = await lengthwise('certificate', 'verify', tampered, '--json');
    expect(sameCode).toBe(1);
    expect(JSON.parse(json)).toMatchObject({ holds: false, failed: { step: 'the seal fits the rest' } });
  });

  it('exits with 1 for JSON that is no certificate', async () => {
    const { out, code } = await lengthwise('certificate', 'verify', file('other.json', '{"verdict": "in"}'));
    expect([code, out]).toEqual([1, expect.stringContaining('FAILED  the form is that of a certificate')]);
  });

  it.each([
    { what: 'is not there', name: 'none.json', text: undefined },
    { what: 'is no JSON', name: 'text.json', text: 'verdict: in' },
    { what: 'is no object', name: 'list.json', text: '[1, 2]' },
  ])('exits with 2 for a file that $what', async ({ name, text }) => {
    const given = text === undefined ? path.join(scratch, name) : file(name, text);
    const { out, said, code } = await lengthwise('certificate', 'verify', given);
    expect([out, code]).toEqual(['', 2]);
    expect(said).toContain(`cannot read the certificate ${given}`);
  });
});
