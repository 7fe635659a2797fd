import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { drawInstance, taskNamed, tasks } from '../../src/tasks/index.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-tasks-'));
afterAll(() => rmSync(scratch, { recursive: true }));

interface Run {
  out: string;
  said: string;
  code: number | null;
}

/** Runs a shell command line and gives what it printed. */
function shell(line: string): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', line]);
    const [out, said]: Buffer[][] = [[], []];
    child.stdout.on('data', (data: Buffer) => out.push(data));
    child.stderr.on('data', (data: Buffer) => said.push(data));
    child.on('close', (code) =>
      resolve({ out: Buffer.concat(out).toString(), said: Buffer.concat(said).toString(), code }),
    );
  });
}

function lengthwise(line: string): Promise<Run> {
  return shell(`exec node bin/lengthwise.js tasks ${line}`);
}

async function jsonLines(line: string): Promise<Record<string, unknown>[]> {
  const { out, said, code } = await lengthwise(`${line} --json`);
  expect([said, code]).toEqual(['', 0]);
  const lines = out.trimEnd().split('\n');
  return lines.map((text) => JSON.parse(text) as Record<string, unknown>);
}

describe('lengthwise tasks', () => {
  it('lists every task, for people and as JSON', async () => {
    const { out, code } = await lengthwise('');
    expect(code).toBe(0);
    for (const { name } of tasks) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
    const [list] = await jsonLines('list');
    expect((list.tasks as { name: string }[]).map(({ name }) => name)).toEqual(tasks.map(({ name }) => name));
    expect(list).toMatchObject({ alphabets: expect.any(Array), datasets: expect.any(Array) });
    const { out: about } = await lengthwise('NRLast');
    expect(about).toContain('--occurrences');
  });
});

describe('lengthwise tasks sample', () => {
  it('prints one object a line, with exactly the fields that are documented', async () => {
    const lines = await jsonLines('sample UR --length 10 --n 3 --seed 7');
    expect(lines).toHaveLength(3);
    for (const [index, line] of lines.entries()) {
      expect(Object.keys(line).join(' ')).toBe('task length seed index source query answer positions');
      const instance = drawInstance(taskNamed('UR'), { length: 10, seed: 7, index });
      expect(line).toEqual({ ...instance, seed: 7, index });
    }
  });

  it('gives the same instance whatever else is drawn, in JSON and to people', async () => {
    const two = await jsonLines('sample NLLast --length 12 --seed 3 --n 2');
    const many = await jsonLines('sample NLLast --length 12 --seed 3 --n 50');
    expect(many.slice(0, 2)).toEqual(two);
    const [{ source, query, answer }] = two;
    const { out } = await lengthwise('sample NLLast --length 12 --seed 3');
    expect(out).toBe(`${(source as string[]).join(' ')} | ${String(query)} → ${String(answer)}\n`);
  });

  it('has every option reach the sampler', async () => {
    const [hard] = await jsonLines('sample NRLast --length 20 --occurrences 4 --where first-half');
    expect(hard.positions).toHaveLength(4);
    expect(Math.max(...(hard.positions as number[]))).toBeLessThan(10);
    const counts = await jsonLines('sample NRLast --length 20 --occurrences 2-3 --n 40');
    expect(new Set(counts.map(({ positions }) => (positions as number[]).length))).toEqual(new Set([2, 3]));
    const [copy] = await jsonLines('sample NB --length 20 --pool 3 --alphabet words');
    const source = copy.source as string[];
    expect(new Set(source).size).toBe(3);
    expect(copy).toMatchObject({ query: null, positions: [], answer: source.toReversed() });
    const [long] = await jsonLines('sample UF --length 1000 --alphabet unicode');
    expect(new Set(long.source as string[]).size).toBe(1000);
    const [own] = await jsonLines('sample UF --length 3 --alphabet red,green,blue');
    expect((own.source as string[]).toSorted()).toEqual(['blue', 'green', 'red']);
  });

  it("reads the user's own alphabet from a file", async () => {
    const file = path.join(scratch, 'alphabet.txt');
    writeFileSync(file, 'one two\nthree\r\n\nvier fünf\n');
    const [line] = await jsonLines(`sample UB --length 5 --alphabet file:${file}`);
    expect((line.source as string[]).toSorted()).toEqual(['fünf', 'one', 'three', 'two', 'vier'].toSorted());
  });

  it('ends quietly when the reader has seen enough', async () => {
    const endless = 'node bin/lengthwise.js tasks sample UR --length 50 --n 1000000000 --json';
    const { out, said, code } = await shell(`${endless} | head -1`);
    expect([said, code]).toEqual(['', 0]);
    expect(JSON.parse(out)).toMatchObject({ task: 'UR', index: 0 });
  });

  it('stops at Ctrl-C', async () => {
    const args = 'bin/lengthwise.js tasks sample UR --length 50 --n 1000000000';
    const child = spawn('node', args.split(' '));
    child.stdout.once('data', () => child.kill('SIGINT'));
    child.stdout.resume();
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(130);
  });
});

describe('lengthwise tasks answer', () => {
  it('answers, for people and as JSON', async () => {
    expect(await lengthwise('answer UR --source "a b c" --query b')).toEqual({
      out: 'c\n',
      said: '',
      code: 0,
    });
    expect(await jsonLines('answer NRFirst --source "a b a c" --query a')).toEqual([{ answer: ['b'] }]);
    expect(await jsonLines('answer UB --source " the  cat sat "')).toEqual([
      { answer: ['sat', 'cat', 'the'] },
    ]);
  });

  it('says in one line why it is no instance, with exit code 2', async () => {
    const refusal = "the query 'b' occurs 2 times in the source; in UL it occurs once";
    const said = `lengthwise: no instance of UL: ${refusal}\n`;
    const question = 'answer UL --source "a b c b" --query b';
    expect(await lengthwise(question)).toEqual({ out: '', said, code: 2 });
    const out = `${JSON.stringify({ refusal })}\n`;
    expect(await lengthwise(`${question} --json`)).toEqual({ out, said, code: 2 });
  });
});

describe('lengthwise tasks dataset', () => {
  it("prints the authors' records with their field names", async () => {
    const first = await jsonLines('dataset retrieval-unique --length 10 --seed 2025 --n 3');
    expect(first.map((record) => record.input_no_space)).toEqual(['QJE9lHaxyJ', 'eyKgchYnyK', 'dObKgeY6ng']);
    expect(first[0]).toEqual({
      input_no_space: 'QJE9lHaxyJ',
      input_with_space: 'QJE9lHaxy|J',
      UL: 'Q',
      UR: 'E',
    });
    const [nonunique] = await jsonLines('dataset retrieval-nonunique --length 20 --seed 20 --n 1');
    expect(Object.keys(nonunique).join(' ')).toBe(
      'input_no_space input_with_space NLFirst NRFirst NLLast NRLast',
    );
    expect(nonunique.input_with_space).toBe('26g3uK5kbAAe5iu595C|5');
    const [copy] = await jsonLines('dataset copying-unique --length 30 --seed 121 --n 1');
    expect(Object.keys(copy).join(' ')).toBe('input UF UB');
    expect(copy.input).toBe('fnLzOlNHUvsRBdTibEXQCPheVZYMkD');
  });

  it('has as many records as the published files, negative and large seeds, and the variants', async () => {
    expect(await jsonLines('dataset copying-nonunique --length 6 --seed -3')).toHaveLength(1500);
    expect(await jsonLines(`dataset retrieval-hard --length 20 --seed ${2n ** 100n} --n 2`)).toHaveLength(2);
    const published = await jsonLines('dataset retrieval-nonunique --length 40 --seed 20 --n 200');
    const scripted = await jsonLines(
      'dataset retrieval-nonunique --length 40 --seed 20 --n 200 --released-cap',
    );
    expect(scripted).not.toEqual(published);
    const run = await jsonLines('dataset copying-unique --length 50 --seed 121 --published-run');
    expect(run.at(-1)).toMatchObject({ input: 'GEwmFXVuTWhKJrsIdagcQiZjAqPYboUpyRfxlCMvzNLeSDkHBt' });
  });
});

describe.concurrent('what goes wrong is one line and exit code 2', () => {
  const wrong: [string, RegExp][] = [
    ['smaple UR', /unknown task or command of 'tasks' 'smaple', did you mean 'sample'\?/],
    ['sample URR --length 5', /unknown task 'URR', did you mean 'UR'\?/],
    ['sample UR --length 5x', /--length takes a whole number, not '5x'/],
    ['sample UR --length 5 --seed 1.5', /--seed takes a whole number, not '1.5'/],
    [
      'sample UF --length 63',
      /UF admits lengths 1 to 62 with an alphabet of 62 symbols, not 63; a larger alphabet/,
    ],
    ['sample UR --length 5 --where first-half', /UR has no use for the option 'where'/],
    ['sample NRLast --length 9 --where front', /unknown value of --where 'front'/],
    [
      'sample UR --length 4 --place 0.4-0.6',
      /UR has no instance of length 4 with the evidence in 0.4-0.6 of the source; every length from 5 on has one/,
    ],
    [
      'sample UR --length 5 --place middle',
      /--place takes a part of the source such as 0.4-0.6, or stratified/,
    ],
    ['sample UR --length 5 --place 0.6-0.4', /--place: 0.6-0.4 runs backwards; write 0.4-0.6/],
    ['sample UR --length 5 --place 40-60', /--place takes a part of the source .*, not '40-60'/],
    ['sample UR --length 5 --place 0.5-0.5001', /is too narrow; a part of the source is at least 0.001 wide/],
    [
      'sample UF --length 5 --place stratified',
      /UF has no use for the option 'place', which is for look-ups/,
    ],
    ['sample UR --length 5 --alphabet wrods', /unknown alphabet 'wrods', did you mean 'words'\?/],
    [
      'sample UR --length 5 --alphabet file:/no/such/file',
      /cannot read the alphabet \/no\/such\/file: there is no such file or folder$/m,
    ],
    [
      'sample UR --length 5 --alphabet file:/dev/zero',
      /cannot read the alphabet \/dev\/zero: it has more than \d+ bytes/,
    ],
    ['answer UR --source a', /UR asks about a query; none is given/],
    ['dataset retrieval-uniqe --length 5 --seed 1', /unknown data set 'retrieval-uniqe', did you mean/],
    [
      'dataset copying-unique --length 10 --seed 1 --released-cap',
      /copying-unique has no variant 'released-cap'/,
    ],
  ];

  it.each(wrong)('tasks %s', async (args, message) => {
    const { out, said, code } = await lengthwise(args);
    expect(said).toMatch(message);
    expect(said.trimEnd().split('\n')).toHaveLength(1);
    expect([out, code]).toEqual(['', 2]);
  });

  it('also for a file that is no alphabet', async () => {
    const twice = path.join(scratch, 'twice.txt');
    writeFileSync(twice, 'a b a');
    expect(await lengthwise(`sample UR --length 5 --alphabet file:${twice}`)).toEqual({
      out: '',
      said: `lengthwise: ${twice}: the alphabet has the symbol 'a' twice\n`,
      code: 2,
    });
    const binary = path.join(scratch, 'binary.txt');
    writeFileSync(binary, Buffer.from([0xff, 0xfe, 0x41]));
    expect(await lengthwise(`sample UR --length 5 --alphabet file:${binary}`)).toMatchObject({ code: 2 });
  });
});

it('prints what docs/tasks.md says it prints', async () => {
  const page = readFileSync('docs/tasks.md', 'utf8');
  const examples = [...page.matchAll(/^\$ lengthwise tasks (.*)\n((?:(?!```).+\n)*)/gm)];
  expect(examples.length).toBeGreaterThanOrEqual(5);
  const written = path.join(scratch, 'lm-eval-task');
  for (const [, line, printed] of examples) {
    const { out, said } = await lengthwise(line.replace('--out lm-eval-task', `--out ${written}`));
    expect(`${out}${said}`.replaceAll(written, 'lm-eval-task')).toBe(printed);
  }
});
