import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/common/json.ts';
import { sha256 } from '../../src/common/sha256.ts';
import { predictExpression, predictTask } from '../../src/predict/index.ts';

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

/** A certificate, sealed as it should be, with a program whose period is longer than the checker can go round. */
function certificateBeyondCaps(): string {
  const { certificate } = predictExpression('(ab)*');
  const program = "alphabet { 'a' 'b' }\nread at eos\naccept # mod(999983, 1) = 0";
  const unsealed = {
    ...certificate,
    fragment: 'pos',
    evidence: { ...certificate?.evidence, program, depth: 1 },
    seal: undefined,
  };
  const rest = JSON.parse(JSON.stringify(unsealed)) as Record<string, unknown>;
  return JSON.stringify({ ...rest, seal: sha256(canonicalJson(rest)) });
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
    expect(JSON.parse(json)).toMatchObject({ file: place, outcome: 'holds', upTo: null, failed: null });
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
    expect(JSON.parse(json)).toMatchObject({
      outcome: 'does not hold',
      failed: { step: 'the seal fits the rest' },
    });
  });

  it('exits with 1 for JSON that is no certificate', async () => {
    const { out, code } = await lengthwise('certificate', 'verify', file('other.json', '{"verdict": "in"}'));
    expect([code, out]).toEqual([1, expect.stringContaining('FAILED  the form is that of a certificate')]);
  });

  it('exits with 2 when a cap of the checker is exceeded, which is neither', async () => {
    const large = file('large.json', certificateBeyondCaps());
    const { out, said, code } = await lengthwise('certificate', 'verify', large, '--json');
    const problem = 'too large to check: more than 500,000 situations';
    expect(JSON.parse(out)).toMatchObject({ outcome: 'not checked', failed: null, unchecked: { problem } });
    expect([said, code]).toEqual([`lengthwise: ${large} was not checked to the end: ${problem}\n`, 2]);
    const { out: text } = await lengthwise('certificate', 'verify', large);
    expect(text).toContain('large.json: not checked to the end');
    expect(text).toContain(`?       the program agrees with the automaton at every length: ${problem}`);
  });

  it('exits with 1 where the file is JSON and no certificate', async () => {
    for (const text of ['[]', 'null', 'true', '7']) {
      const { out, code } = await lengthwise('certificate', 'verify', file('json.json', text));
      expect([code, out]).toEqual([1, expect.stringContaining('FAILED  the form is that of a certificate')]);
    }
  });

  it('prints a line for each step, whatever white space an expression has', async () => {
    const { certificate } = predictExpression('a\n\n  ok      a lie\u2028b', {
      alphabet: ['a', 'b', 'o', 'k', 'l', 'i', 'e'],
    });
    const { out, code } = await lengthwise(
      'certificate',
      'verify',
      file('lines.json', JSON.stringify(certificate)),
    );
    expect(code).toBe(0);
    expect(out).toContain('the expression a⟨U+000A⟩⟨U+000A⟩  ok      a lie⟨U+2028⟩b over { a b o k l i e }');
    expect(out.split('\n').filter((line) => line.startsWith('  ok'))).toHaveLength(7);
  });

  it('exits with 5 where neither a proof nor a mistake is found', async () => {
    const program = "alphabet { 'a' 'b' }\nread at eos\naccept # 'a' <= # 'b' or 2 * # 'a' > 2 * # 'b'";
    const { certificate } = predictExpression('(a|b)*');
    const evidence = { ...certificate?.evidence, program, depth: 1 };
    const rest = JSON.parse(JSON.stringify({ ...certificate, evidence, seal: undefined })) as object;
    const open = file('open.json', JSON.stringify({ ...rest, seal: sha256(canonicalJson(rest)) }));
    const { out, code } = await lengthwise('certificate', 'verify', open);
    expect([code, out]).toEqual([
      5,
      expect.stringContaining('open.json: not proved: nothing in it was found to be false'),
    ]);
    expect(out).toContain('it is right on all strings of up to 7 symbols');
    const { out: json } = await lengthwise('certificate', 'verify', open, '--json');
    expect(JSON.parse(json)).toMatchObject({ outcome: 'not proved', failed: null, unchecked: null });
  });

  it('exits with 3, and says the length, where a program was only tried', async () => {
    const { certificate } = predictTask('UR');
    // It weighs counts against each other for no reason, so no proof is found.
    const schema = `let Pair[s, t] := exists (Q[t] and prev Q[s])
next[t] := any s: Q[s] and Pair[s, t] and (all u, v: # (Q[u] or Q[v]) <= # Q[u] + # Q[v])
`;
    const unsealed = {
      ...certificate,
      evidence: { kind: 'task-program', schema, depth: 1 },
      seal: undefined,
    };
    const rest = JSON.parse(JSON.stringify(unsealed)) as Record<string, unknown>;
    const tried = file('tried.json', JSON.stringify({ ...rest, seal: sha256(canonicalJson(rest)) }));
    const { out, code } = await lengthwise('certificate', 'verify', tried);
    expect([code, out]).toEqual([3, expect.stringContaining('tried.json: holds up to length 6\n')]);
    expect(out).toContain('-       anything about sources of more than 6 symbols, or about other alphabets');
    const { out: json } = await lengthwise('certificate', 'verify', tried, '--json');
    expect(JSON.parse(json)).toMatchObject({ outcome: 'holds up to a length', upTo: 6, contradicts: null });
  });

  it('exits with 2 for a file without an end', async () => {
    const { said, code } = await lengthwise('certificate', 'verify', '/dev/zero');
    expect([said, code]).toEqual([expect.stringContaining('it has more than 100000000 bytes'), 2]);
  });

  it.each([
    { what: 'is not there', name: 'none.json', text: undefined },
    { what: 'is no JSON', name: 'text.json', text: 'verdict: in' },
    { what: 'says two things', name: 'two.json', text: '{"verdict": "out", "verdict": "in"}' },
  ])('exits with 2 for a file that $what', async ({ name, text }) => {
    const given = text === undefined ? path.join(scratch, name) : file(name, text);
    const { out, said, code } = await lengthwise('certificate', 'verify', given);
    expect([out, code]).toEqual(['', 2]);
    expect(said).toContain(`cannot read the certificate ${given}`);
  });
});
