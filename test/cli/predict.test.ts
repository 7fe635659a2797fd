import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { labelledLanguages } from '../fixtures/predict/languages.ts';
import { predictableTasks, type Prediction, verifyCertificate } from '../../src/predict/index.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-predict-'));
afterAll(() => rmSync(scratch, { recursive: true }));

interface Run {
  out: string;
  said: string;
  code: number | null;
}

function predict(args: readonly string[], input = ''): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['bin/lengthwise.js', 'predict', ...args]);
    const [out, said]: Buffer[][] = [[], []];
    child.stdout.on('data', (data: Buffer) => out.push(data));
    child.stderr.on('data', (data: Buffer) => said.push(data));
    child.stdin.end(input);
    child.on('close', (code) =>
      resolve({ out: Buffer.concat(out).toString(), said: Buffer.concat(said).toString(), code }),
    );
  });
}

async function predictJson<T = Prediction>(...args: string[]): Promise<T> {
  const { out, said, code } = await predict([...args, '--json']);
  expect([said.replace(/^deciding an automaton of .*\n/, ''), code]).toEqual(['', 0]);
  return JSON.parse(out) as T;
}

function file(name: string, text: string): string {
  const place = path.join(scratch, name);
  writeFileSync(place, text);
  return place;
}

/** The examples of a page: what a user types, and what the page says comes out. */
function examples(page: string): { command: string; output: string }[] {
  const blocks = readFileSync(`docs/${page}`, 'utf8').matchAll(/```console\n([^]*?)```/g);
  return [...blocks].flatMap(([, block]) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((example) => {
        const [command, ...output] = example.split('\n');
        return { command, output: output.join('\n').trimEnd() };
      }),
  );
}

const FIELDS = ['subject', 'fragment', 'read', 'verdict', 'status', 'argument', 'certificate', 'residues'];

describe('lengthwise predict', () => {
  it('shows the table of all tasks, and as JSON every task in both fragments', async () => {
    const { out, code } = await predict([]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}UL {9}in {3}\(published\) {5}out {2}\(derived\)$/m);
    const all = await predictJson<Prediction[]>();
    expect(all.map(({ subject }) => subject)).toEqual(predictableTasks().flatMap((task) => [task, task]));
    for (const prediction of all) expect(Object.keys(prediction)).toEqual(FIELDS);
  });

  it('predicts one task as one object, several as an array', async () => {
    const one = await predictJson('NRLast');
    expect(one).toMatchObject({
      subject: 'NRLast',
      fragment: 'pos',
      read: 'eos',
      verdict: 'out',
      status: 'published',
    });
    const several = await predictJson<Prediction[]>('UL', 'UR', '--fragment', 'plain');
    expect(several.map(({ subject, verdict }) => [subject, verdict])).toEqual([
      ['UL', 'out'],
      ['UR', 'in'],
    ]);
  });

  it.each([
    { args: ['--regex', '(ab)*'], verdict: 'in', fragment: 'plain' },
    { args: ['--regex', '(a|b)*b'], verdict: 'out', fragment: 'plain' },
    { args: ['--regex', '(a|b)*b', '--read', 'last'], verdict: 'in', fragment: 'plain' },
    { args: ['--regex', '.*b', '--alphabet', 'ab', '--fragment', 'pos'], verdict: 'in', fragment: 'pos' },
    { args: ['--regex', '(a|b|e)*be*', '--fragment', 'pos'], verdict: 'out', fragment: 'pos' },
    { args: ['--regex', 'a(a|b)*aabbababa', '--fragment', 'pos'], verdict: 'unknown', fragment: 'pos' },
  ])('$args: $verdict', async ({ args, verdict, fragment }) => {
    const prediction = await predictJson(...args);
    expect(prediction).toMatchObject({ subject: args[1], verdict, fragment });
    expect(prediction.certificate === null).toBe(verdict === 'unknown');
    if (prediction.certificate !== null) expect(verifyCertificate(prediction.certificate).failed).toBeNull();
  });

  it('says in words what it means, why, and what it does not say', async () => {
    const { out } = await predict(['--regex', '(a|b)*b', '--alphabet', 'ab']);
    expect(out).toContain('(a|b)*b: out of plain C-RASP, read at <eos> (derived)');
    expect(out).toContain('It depends on where the answer is read: at the last symbol, the verdict is');
    expect(out).toContain('With positions (--fragment pos): in.');
    expect(out).toContain('idealised learner');
    const { out: task } = await predict(['UR']);
    expect(task).toContain('next[t] := any s: Q[s] and Pair[s, t]');
  });

  it('reads automata and programs from files', async () => {
    const text = await predictJson('--dfa', file('even.fst', '0 1 a\n1 0 a\n0\n'));
    expect(text).toMatchObject({ subject: 'even.fst', verdict: 'out' });
    const json = '{"start": 0, "accepting": [0], "transitions": [[0, "a", 1], [1, "b", 0]]}';
    expect(await predictJson('--dfa', file('ab.json', json))).toMatchObject({
      subject: 'ab.json',
      verdict: 'in',
    });
    const program = file('first.crasp', "alphabet { 'a' 'b' }\naccept exists ('a' and prev 'b')\n");
    expect(await predictJson('--program', program)).toMatchObject({ verdict: 'in', fragment: 'pos' });
    expect(await predictJson('--program', program, '--fragment', 'plain')).toMatchObject({
      verdict: 'unknown',
    });
  });

  it('writes the certificate, the same as in --json', async () => {
    const place = path.join(scratch, 'certificate.json');
    const { certificate } = await predictJson('--regex', '(ab|aabb)*', '--certificate', place);
    expect(JSON.parse(readFileSync(place, 'utf8'))).toEqual(certificate);
    const { said, code } = await predict([
      '--regex',
      'a{61}(a{61})*|b',
      '--fragment',
      'pos',
      '--certificate',
      '/nowhere/c.json',
    ]);
    expect([said, code]).toEqual([
      expect.stringContaining('--certificate: cannot write /nowhere/c.json: its folder does not exist'),
      2,
    ]);
  });

  it('writes a certificate into what is no file', () => {
    const command = `"${process.execPath}" bin/lengthwise.js predict UL --json --certificate /dev/stdout | cat`;
    const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
    const [certificate, prediction] = stdout
      .split(/^(?={"subject")/m)
      .map((text) => JSON.parse(text) as Prediction);
    expect(prediction.certificate).toEqual(certificate);
  });

  it('says what it is doing when it takes long', async () => {
    const cycle = Array.from({ length: 400 }, (_, state) => [(state + 1) % 400, state, 0]);
    const text = JSON.stringify({ alphabet: ['a', 'e', 'b'], start: 0, accepting: [0], transitions: cycle });
    const { said, code } = await predict(['--dfa', file('cycle.json', text)]);
    expect([said, code]).toEqual(['deciding an automaton of 400 states and 3 symbols\n', 0]);
  });

  it('streams a file of expressions, and goes on after wrong lines', async () => {
    const { out, said, code } = await predict(['--regex-file', '-'], '(ab)*\n(a\n\n(aa)*\r\na\\d\n');
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toMatchObject([
      { subject: '(ab)*', verdict: 'in' },
      { subject: '(a', line: 2, column: 1, error: expect.stringContaining('not closed') },
      { subject: '(aa)*', verdict: 'out' },
      { subject: 'a\\d', line: 5, column: 2 },
    ]);
    expect([said, code]).toEqual(['lengthwise: standard input: 2 lines were not decided: lines 2, 5\n', 2]);
    const one = await predict(['--regex-file', '-'], '(ab)*\n(a\n');
    expect([one.said, one.code]).toEqual(['lengthwise: standard input: line 2 was not decided\n', 2]);
  });

  it('agrees with every label, 208 expressions from a file', async () => {
    const labelled = labelledLanguages();
    const { out, code } = await predict([
      '--regex-file',
      file('labelled.txt', labelled.map(({ regex }) => regex).join('\n')),
    ]);
    expect(code).toBe(0);
    const verdicts = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Prediction);
    expect(verdicts.map(({ subject, verdict }) => [subject, verdict])).toEqual(
      labelled.map(({ regex, inPlain }) => [regex, inPlain ? 'in' : 'out']),
    );
  });

  it('counts what has to be remembered', async () => {
    const counted = await predictJson<{ lengths: { distinguishable: number }[] }>(
      'NF',
      '--residuals',
      '--up-to',
      '4',
    );
    expect(counted.lengths.map(({ distinguishable }) => distinguishable)).toEqual([2, 4, 8, 16]);
    expect((await predict(['NF', '--residuals', '--up-to', '4'])).out).toContain(
      'Growth so far: exponential',
    );
  });

  it.each([
    { args: ['NRFrist'], says: "did you mean 'NRFirst'?" },
    { args: ['--regex', 'a\\d'], says: 'a\\d\n ^\nlengthwise: regular expression, column 2' },
    { args: ['--regex', 'abc', '--alphabet', 'ab'], says: "'c' is not in the alphabet" },
    { args: ['--regex', '.*b'], says: 'say which there are (--alphabet abc)' },
    { args: ['--regex', '(a|b)*a(a|b){11}'], says: 'too large: a minimal automaton of 4096 states' },
    { args: ['--fragment', 'pso', 'UL'], says: "did you mean 'pos'?" },
    { args: ['--dfa', '/nowhere.json'], says: 'cannot read /nowhere.json' },
    { args: ['--dfa', '/dev/zero'], says: 'cannot read /dev/zero: it has more than 20000000 bytes' },
    { args: ['--program', '/dev/zero'], says: 'cannot read /dev/zero: it has more than 20000000 bytes' },
    { args: ['--regex-file', '/dev/zero'], says: 'a line has more than 1000000 characters' },
    { args: ['--dfa', ''], says: "--dfa takes a path, not ''" },
    { args: ['--program', ''], says: "--program takes a path, not ''" },
    { args: ['--regex-file', ''], says: "--regex-file takes a path, not ''" },
    { args: ['UL', '--certificate', ''], says: "--certificate takes a path, not ''" },
    {
      args: ['UL', '--certificate', '/'],
      says: '--certificate: cannot write /: it is a folder; name a file',
    },
    { args: ['--certificate', 'x.json'], says: 'there is no subject' },
    { args: ['UL', 'UR', '--certificate', 'x.json'], says: 'there are 2 subjects' },
    { args: ['UL', '--alphabet', 'ab'], says: '--alphabet needs' },
    { args: ['UL', '--up-to', '3'], says: '--up-to needs --residuals' },
    { args: ['--regex', 'a', '--residuals'], says: '--residuals is about tasks' },
    { args: ['NF', '--residuals', '--up-to', '3x'], says: '--up-to takes a whole number' },
  ])('$args: exit code 2 and one line', async ({ args, says }) => {
    const { out, said, code } = await predict(args);
    expect([out, code]).toEqual(['', 2]);
    expect(said).toContain(says);
  });

  it('shows the errors of a program as the language does', async () => {
    const { said, code } = await predict([
      '--program',
      file('wrong.crasp', "alphabet { 'a' }\naccept # 'b' = 0\n"),
    ]);
    expect(code).toBe(2);
    expect(said).toContain('wrong.crasp:2:10');
    expect(said).toContain('^');
  });
});

describe('the examples of the pages', () => {
  it.each(['predict.md', 'certificates.md'])('%s: print what the page says', (page) => {
    const folder = mkdtempSync(path.join(scratch, 'page-'));
    const lengthwise = `lengthwise() { "${process.execPath}" "${path.resolve('bin/lengthwise.js')}" "$@"; }`;
    const found = examples(page);
    expect(found.length).toBeGreaterThan(1);
    for (const { command, output } of found) {
      const { stdout } = spawnSync('sh', ['-c', `${lengthwise}; ${command}`], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(`$ ${command}\n${stdout.trimEnd()}`).toBe(`$ ${command}\n${output}`);
    }
  });
});
