import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { slowly } from '../slowly.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-cli-train-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let made = 0;
const newFolder = () => path.join(scratch, `run-${made++}`);

interface Run {
  out: string;
  said: string;
  code: number | null;
}

interface Row {
  kind: string;
  seed: number;
  step: number;
  weights: string;
}

const TINY = '--task UR --layers 1 --heads 2 --dim 16 --lengths 2-6 --max-length 12 --batch 8';
/** Long enough to be caught in the middle, and not at 100 % before its end. */
const MANY = `${TINY} --steps 900 --lr 1e-6`;
/** So large that two threads take a share each. */
const WIDE =
  '--task UR --layers 2 --heads 2 --dim 32 --lengths 2-14 --max-length 16 --steps 150 --lr 1e-6 --threads 2';

function start(options: string): { child: ChildProcess; ended: Promise<Run>; first: Promise<unknown> } {
  const argv = options.split(' ').filter((word) => word !== '');
  const child = spawn('node', ['bin/lengthwise.js', 'train', ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, said]: Buffer[][] = [[], []];
  const first = new Promise((resolve) => child.stderr.once('data', resolve));
  child.stdout.on('data', (data: Buffer) => out.push(data));
  child.stderr.on('data', (data: Buffer) => said.push(data));
  const ended = new Promise<Run>((resolve) => {
    child.on('close', (code) =>
      resolve({ out: Buffer.concat(out).toString(), said: Buffer.concat(said).toString(), code }),
    );
  });
  return { child, ended, first };
}

function train(options: string): Promise<Run> {
  return start(options).ended;
}

function rowsOf({ out }: Run): Row[] {
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}

function lastLine({ said }: Run): string {
  return said.trimEnd().split('\n').at(-1)!;
}

describe('lengthwise train', () => {
  it('prints a point of the learning curve a line, then the result', async () => {
    const run = await train(`${TINY} --steps 210 --lr 1e-6 --seed 3 --out ${newFolder()} --json`);
    expect(run.code).toBe(0);
    const rows = rowsOf(run);
    expect(rows.map(({ kind, seed, step }) => [kind, seed, step])).toEqual([
      ['progress', 3, 100],
      ['progress', 3, 200],
      ['progress', 3, 210],
      ['trained', 3, 210],
    ]);
    expect(rows[0]).toEqual({
      seed: 3,
      kind: 'progress',
      step: 100,
      steps: 210,
      loss: expect.closeTo(2.5, 0),
      tokensPerSecond: expect.any(Number),
      elapsed: expect.any(Number),
      left: expect.any(Number),
      accuracy: [2, 3, 4, 5].map((min) => ({
        min,
        max: min === 5 ? 6 : min,
        n: expect.any(Number),
        correct: expect.any(Number),
      })),
    });
    expect(rows[3].weights).toMatch(/^[0-9a-f]{64}$/);
    expect(run.said).toMatch(/^step 1\/210, loss \d\.\d{3}, \d+ tokens\/s, at most \d+ s left\n/);
  });

  it('draws the learning curve, says how to measure, and says when there is nothing to do', async () => {
    const folder = newFolder();
    const options = `${TINY} --steps 210 --lr 1e-6 --out ${folder}`;
    const run = await train(options);
    expect(run.code).toBe(0);
    expect(run.out).toMatch(/^accuracy {2}[ ▁▂▃▄▅▆▇█]{3} {2}\S+ %\nloss {6}[ ▁▂▃▄▅▆▇█]{3} {2}/);
    expect(run.out).toContain(`lengthwise measure ${folder} --task UR --lengths 6,9,12\n`);
    const again = await train(options);
    expect(again.code).toBe(0);
    expect(again.out).toContain('UR: trained already, ');
    expect(again.out.replace('trained already, ', '').replace('it is in', 'saved in')).toBe(run.out);
  });

  it('pretrains on text, and says what to ask the model then', async () => {
    const folder = newFolder();
    const text = '--task text --layers 1 --heads 2 --dim 16 --lengths 8-24 --batch 8 --steps 20';
    const run = await train(`${text} --out ${folder}`);
    expect(run.code).toBe(0);
    expect(run.out).toMatch(/^text: \d+(\.\d)? % of repeated words on lengths 8-24 after all 20 steps, /m);
    expect(run.out).toContain(`lengthwise measure ${folder} --task UR,UL --lengths 5,10,20\n`);
    const rows = rowsOf(await train(`${text} --seed 2 --threads 2 --out ${newFolder()} --json`));
    expect(rows.at(-1)).toMatchObject({ kind: 'trained', seed: 2, step: 20 });
    const refused = await train(`--task text --lengths 2-5 --out ${newFolder()}`);
    expect([refused.code, refused.said]).toEqual([
      2,
      'lengthwise: --lengths: text has lengths from 7, not 2-5; take longer ones\n',
    ]);
  });

  it('trains several seeds at once, each as if alone', async () => {
    const folder = newFolder();
    const run = await train(`${TINY} --steps 30 --seeds 1..3 --out ${folder} --json`);
    expect(run.code).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['seed-1', 'seed-2', 'seed-3']);
    const trained = rowsOf(run).filter(({ kind }) => kind === 'trained');
    const alone = await train(`${TINY} --steps 30 --seed 2 --out ${newFolder()} --json`);
    expect(trained.find(({ seed }) => seed === 2)!.weights).toBe(rowsOf(alone).at(-1)!.weights);
    expect(new Set(trained.map(({ weights }) => weights)).size).toBe(3);
  });

  it('gives the same weights on one thread and on two', async () => {
    const runs = [1, 2].map((threads) =>
      train(`${WIDE} --steps 40 --threads ${threads} --out ${newFolder()} --json`),
    );
    const [one, two] = (await Promise.all(runs)).map((run) => rowsOf(run).at(-1)!);
    expect(one.kind).toBe('trained');
    expect(two.weights).toBe(one.weights);
  });

  it('takes its settings from a file, and options win over it', async () => {
    const file = path.join(scratch, 'settings.yaml');
    writeFileSync(
      file,
      'task: UF\npositions: rope\nlayers: 1\nheads: 2\ndim: 16\nlengths: 1-4\nsteps: 9\nbatch: 8\nseed: 7\nalphabet: lower:6\nevaluateEvery: 4\n',
    );
    const folder = newFolder();
    const run = await train(`--config ${file} --steps 6 --out ${folder} --json`);
    expect(rowsOf(run).map(({ seed, step }) => [seed, step])).toEqual([
      [7, 4],
      [7, 6],
      [7, 6],
    ]);
    const { spec } = JSON.parse(readFileSync(path.join(folder, 'training.json'), 'utf8'));
    expect(spec).toMatchObject({ task: 'UF', positions: 'rope', steps: 6, maxLength: 6, offsets: false });
  });

  it.each([
    ['', 0.75],
    ['--offsets', true],
    ['--offsets 1', true],
    ['--offsets 0.5', 0.5],
    ['--offsets 0', false],
    ['--no-offsets', false],
  ])('begins sequences at random positions as asked: fast %s', async (options, offsets) => {
    const folder = newFolder();
    await train(`--preset fast --task UR --lengths 1-6 --steps 2 ${options} --out ${folder}`);
    expect(JSON.parse(readFileSync(path.join(folder, 'training.json'), 'utf8')).spec).toMatchObject({
      offsets,
    });
  });
});

describe('lengthwise train, interrupted', () => {
  const sameAfterKills = async (options: string): Promise<void> => {
    const whole = rowsOf(await train(`${options} --out ${newFolder()} --json`)).at(-1)!;
    const folder = newFolder();
    for (const moment of [0, 100, 400]) {
      const { child, first, ended } = start(`${options} --out ${folder} --json`);
      if (moment > 0) await Promise.race([first, ended]);
      await new Promise((resolve) => setTimeout(resolve, moment));
      child.kill('SIGKILL');
      await ended;
    }
    const run = await train(`${options} --out ${folder} --json`);
    expect(run.code).toBe(0);
    expect(rowsOf(run).at(-1)!.weights).toBe(whole.weights);
    expect(readdirSync(folder)).not.toContain('training.checkpoint');
    expect(readdirSync(scratch).filter((name) => name.startsWith(`.${path.basename(folder)}`))).toEqual([]);
  };

  it('by kill -9 at any moment: the same command ends with the same weights', () => sameAfterKills(MANY));

  slowly('by kill -9 at any moment, on two threads: the same command ends with the same weights', () =>
    sameAfterKills(WIDE),
  );

  it('by Ctrl-C: says how to go on, and goes on', async () => {
    const folder = newFolder();
    const { child, first, ended } = start(`${MANY} --out ${folder}`);
    await first;
    child.kill('SIGINT');
    const run = await ended;
    expect([run.code, lastLine(run)]).toEqual([
      130,
      'lengthwise: interrupted; the same command goes on from here',
    ]);
    expect(readdirSync(folder)).toEqual(['training.checkpoint']);
    const rest = await train(`${MANY} --out ${folder}`);
    expect(rest.code).toBe(0);
    expect(rest.said).not.toMatch(/^step 1\//);
  });

  it('by a reader that has seen enough', async () => {
    const folder = newFolder();
    const line = `node bin/lengthwise.js train ${TINY} --steps 1000 --lr 1e-6 --out ${folder} --json | head -1`;
    const { stdout, stderr } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
    expect(JSON.parse(stdout).step).toBe(100);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(
      'lengthwise: nobody reads the output any more; the same command goes on from here',
    );
    expect(readdirSync(folder)).toEqual(['training.checkpoint']);
  });

  it('refuses a folder that another run is training into', async () => {
    const folder = newFolder();
    const { child, first, ended } = start(`${MANY} --out ${folder}`);
    await first;
    const second = await train(`${MANY} --out ${folder}`);
    expect([second.code, second.said]).toEqual([
      2,
      `lengthwise: another run is training into ${folder}: wait for it, or choose another folder\n`,
    ]);
    child.kill('SIGINT');
    await ended;
  });
});

describe('lengthwise train refuses', () => {
  const foreign = path.join(scratch, 'foreign');
  mkdirSync(foreign);
  writeFileSync(path.join(foreign, 'notes.txt'), '');
  const file = path.join(scratch, 'file');
  writeFileSync(file, '');

  it.each([
    ['--task URR', "unknown task 'URR', did you mean 'UR'? (known: "],
    ['', 'which task? Give one with --task, such as --task UR'],
    ['--task UR --preset papre', "unknown preset 'papre', did you mean 'paper'? (known: quick, paper, fast)"],
    ['--task UR --pe app', "unknown kind of positions 'app', did you mean 'ape'?"],
    ['--task UR --heads 3', '--heads: 3 heads do not divide dim 64; take 1, 2 or 4 heads'],
    ['--task UR --lengths 1-50 --max-length 40', '--lengths: length 50 is beyond the positions: '],
    ['--task UR --pe nope --offsets', '--offsets: nope has no absolute positions to offset; '],
    ['--task UR --offsets 75', '--offsets must be at most 1, not 75'],
    ['--task UR --offsets most', "--offsets takes a number, not 'most'"],
    [
      '--task UF --lengths 1-80',
      '--lengths: UF has lengths 1-62 with 62 symbols that are all different, not 1-80; shorten them, or take a larger alphabet',
    ],
    ['--task UF --alphabet lower:5 --lengths 1-6', '--lengths: UF has lengths 1-5 with 5 symbols'],
    ['--task UR --steps 0', '--steps must be at least 1, not 0'],
    ['--task UR --lr 0', '--lr: must be above 0, not 0'],
    ['--task UR --lr fast', "--lr takes a number, not 'fast'"],
    ['--task UR --seed 1 --seeds 1..2', '--seed and --seeds: give one of them'],
    ['--task flip-flop --alphabet lower', "--alphabet: flip-flop has no use for the option 'alphabet', "],
    ['--task UR --config nowhere.yaml', 'cannot read the settings nowhere.yaml: '],
    ['--task UR --optimiser muon', "unknown option '--optimiser'"],
  ])('%s', async (options, line) => {
    const folder = path.join(newFolder(), 'deep');
    const run = await train(`${options} --out ${folder}`);
    expect(run.code).toBe(2);
    expect(run.said.split('\n')[0]).toContain(`lengthwise: ${line}`);
    expect(existsSync(path.dirname(folder))).toBe(false);
  });

  it.each([
    ['holds something else', foreign, 'holds something else (notes.txt): choose another folder'],
    ['is a file', file, 'a file, where a folder for the model was expected'],
    ['lies in a file', path.join(file, 'model'), 'cannot write to'],
    ['cannot be made', '/proc/nowhere/model', 'cannot write to'],
  ])('a folder that %s', async (_, folder, line) => {
    const run = await train(`${TINY} --out ${folder}`);
    expect([run.code, run.out]).toEqual([2, '']);
    expect(run.said).toContain(line);
    expect(run.said.trimEnd().split('\n')).toHaveLength(1);
  });

  it('a folder without a name, which would be the one that we are in', async () => {
    const run = await train(`${TINY} --steps 1 --out=`);
    expect([run.code, run.said]).toEqual([2, "lengthwise: --out takes a path, not ''\n"]);
  });

  it('a settings file, with every mistake at its line and column', async () => {
    const settings = path.join(scratch, 'mistakes.yaml');
    writeFileSync(settings, 'task: URR\nheads: many\ndimm: 5\n');
    const unreadable = await train(`--config ${settings} --out ${newFolder()}`);
    expect(unreadable.code).toBe(2);
    expect(unreadable.said).toContain(`${settings}:1:7: unknown task 'URR', did you mean 'UR'?`);
    expect(unreadable.said).toContain(`${settings}:2:8: 'heads' is a whole number`);
    expect(unreadable.said).toContain(`${settings}:3:1: a training: unknown key 'dimm', did you mean 'dim'?`);
    expect(lastLine(unreadable)).toBe(`lengthwise: ${settings} has 3 mistakes; nothing was done`);

    writeFileSync(settings, 'task: UR\nheads: 3\nlengths: 1-100\nmaxLength: 50\n');
    const impossible = await train(`--config ${settings} --lr 0 --out ${newFolder()}`);
    expect(impossible.said.split('\n').slice(0, 4)).toEqual([
      `${settings}:2:8: heads: 3 heads do not divide dim 64; take 1, 2 or 4 heads`,
      '--lr: must be above 0, not 0',
      `${settings}:3:10: lengths: length 100 is beyond the positions: maxLength 50 gives 53 of them; raise maxLength`,
      'lengthwise: 3 mistakes; nothing was done',
    ]);
  });

  it('nothing about lengths that nobody asked for: they are cut to those that the alphabet has', async () => {
    const run = await train(`--task UF --alphabet lower:5 --layers 1 --steps 2 --out ${newFolder()}`);
    expect([run.code, run.out]).toEqual([0, expect.stringContaining('on lengths 1-5 ')]);
  });

  it('to go on when training diverges, and leaves nothing behind', async () => {
    const folder = newFolder();
    const run = await train(`${TINY} --steps 100 --lr 1e6 --out ${folder}/a/b`);
    expect(run.code).toBe(2);
    expect(lastLine(run)).toMatch(/^lengthwise: training diverged: the loss of step \d+ is /);
    expect(existsSync(folder)).toBe(false);
    const several = await train(`${TINY} --steps 100 --lr 1e6 --seeds 1..2 --out ${folder}`);
    expect(several.code).toBe(2);
    expect(several.said).toMatch(/^seed 1: training diverged: /m);
    expect(several.said).toMatch(/^seed 2: training diverged: /m);
    expect(lastLine(several)).toBe('lengthwise: 2 of 2 trainings failed');
    expect(existsSync(folder)).toBe(false);
  });
});

const mount = path.join(scratch, 'small-disk');
const mounted = mountSmallDisk();
afterAll(() => {
  if (mounted) spawnSync('umount', [mount]);
});

/** 2 MB, if this process may mount at all (Linux, as root). */
function mountSmallDisk(): boolean {
  mkdirSync(mount, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', mount]).status === 0;
}

describe.skipIf(!mounted)('lengthwise train on a full disk (skipped where no disk can be mounted)', () => {
  it('says so at once when not even the beginning fits', async () => {
    const run = await train(`${TINY} --dim 256 --layers 2 --steps 50 --out ${mount}/a`);
    expect([run.code, run.said]).toEqual([
      1,
      `lengthwise: the disk that holds ${mount}/a is full: free some space and give the same command again; what was done is kept\n`,
    ]);
    expect(readdirSync(mount)).toEqual([]);
  });

  it('keeps the checkpoint when the model does not fit beside it, and goes on when there is room', async () => {
    const options = `${TINY} --dim 96 --layers 1 --steps 50 --out ${mount}/b`;
    const filler = path.join(mount, 'filler');
    writeFileSync(filler, Buffer.alloc(750_000));
    const run = await train(options);
    expect([run.code, lastLine(run)]).toEqual([
      1,
      `lengthwise: the disk that holds ${mount}/b is full: free some space and give the same command again; what was done is kept`,
    ]);
    expect(readdirSync(mount).sort()).toEqual(['b', 'filler']);
    expect(readdirSync(path.join(mount, 'b'))).toEqual(['training.checkpoint']);
    rmSync(filler);
    expect((await train(options)).code).toBe(0);
  });
});
