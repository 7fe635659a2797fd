/** `lengthwise study` from end to end: tiny studies that really train, and everything that can go wrong with one. */
import { spawn, type ChildProcess } from 'node:child_process';
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
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slowly } from '../slowly.ts';
import { openReader, readStudy } from '../../src/study/index.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-study-'));
afterAll(() => rmSync(scratch, { recursive: true }));

interface Run {
  out: string;
  said: string;
  code: number | null;
}

/** Runs a shell command line and gives what it printed; `meanwhile` may look at it, or stop it. */
function shell(line: string, meanwhile: (child: ChildProcess) => void = () => undefined): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', line]);
    const [out, said]: Buffer[][] = [[], []];
    child.stdout.on('data', (data: Buffer) => out.push(data));
    child.stderr.on('data', (data: Buffer) => said.push(data));
    child.on('close', (code) =>
      resolve({ out: Buffer.concat(out).toString(), said: Buffer.concat(said).toString(), code }),
    );
    meanwhile(child);
  });
}

const LENGTHWISE = 'exec node bin/lengthwise.js';

function study(line: string, meanwhile?: (child: ChildProcess) => void): Promise<Run> {
  return shell(`${LENGTHWISE} study ${line}`, meanwhile);
}

/** A study file that is done in seconds: one layer of 16, some steps. */
function studyFile(name: string, { steps = 20, tasks = '[UR]', seeds = '[1]' } = {}): string {
  const file = path.join(scratch, `${name}.yaml`);
  writeFileSync(
    file,
    `name: ${name}
tasks: ${tasks}
models: [{ name: tiny, positions: ape, layers: 1, heads: 2, dim: 16 }]
train: { steps: ${steps}, batch: 8, lengths: 3-8, evaluateEvery: 10 }
measure: { lengths: [5, 12], n: 10 }
seeds: ${seeds}
`,
  );
  return file;
}

/** All rows of a study's items, but for times. */
function stored(folder: string): unknown {
  const reader = openReader(folder);
  const times = new Set(['seconds', 'elapsed', 'left', 'tokensPerSecond']);
  try {
    const kinds = ['verdict', 'progress', 'trained', 'instance', 'cell', 'horizon'] as const;
    const rows = reader
      .study()
      .items.map(({ hash, state }) => [hash, state, kinds.flatMap((kind) => [...reader.rows(hash, kind)])]);
    return JSON.parse(JSON.stringify(rows, (key, value: unknown) => (times.has(key) ? undefined : value)));
  } finally {
    reader.close();
  }
}

async function until(look: () => boolean, patience = 60_000): Promise<void> {
  const end = Date.now() + patience;
  while (!look()) {
    if (Date.now() > end) throw new Error('it never came to pass');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Whether a training of this study has brought out a point of its learning curve. */
function isLearning(folder: string): boolean {
  return (
    existsSync(path.join(folder, 'models')) &&
    readStudy(folder).items.some(
      ({ kind, state, rows }) => kind === 'train' && state === 'running' && rows.length > 0,
    )
  );
}

describe('lengthwise study', () => {
  const folder = path.join(scratch, 'whole');
  let whole: Run;
  beforeAll(async () => {
    whole = await study(`run ${studyFile('whole', { seeds: '1..2' })} --out ${folder}`);
  });

  it('trains, measures, asks the theory, and writes the report', () => {
    expect(whole.code).toBe(0);
    expect(whole.said).toMatch(/^whole: [0-4]\/5 done · .* left$/m);
    const cell = String.raw`[\d.]+ \([\d.]+–[\d.]+; seeds [\d.]+–[\d.]+\)`;
    const row = String.raw`UR +tiny +in +\S.*; \S.* +20 +${cell} +${cell}`;
    expect(whole.out).toMatch(
      new RegExp(
        String.raw`^task +model +theory +horizon at 90 % +n +@5 +@12\n${row}\nAccuracy in percent; .*seeds`,
      ),
    );
    expect(whole.out).toContain(`report: ${folder}/report.html`);
    expect(readFileSync(path.join(folder, 'report.html'), 'utf8')).toContain('whole');
    expect(readdirSync(folder).sort()).toEqual([
      'models',
      'report.html',
      'study.lock',
      'study.sqlite',
      'workers.lock',
    ]);
    for (const model of readdirSync(path.join(folder, 'models'))) {
      expect(readdirSync(path.join(folder, 'models', model))).toContain('model.safetensors');
    }
  });

  it('says what it would do and how long it would take, and counts what is done as done', async () => {
    const file = studyFile('whole', { seeds: '1..3' });
    const { out, code } = await study(`plan ${file} --out ${folder}`);
    expect(code).toBe(0);
    expect(out).toMatch(/train +UR +tiny +3 +1 layers, 2 heads, dim 16, lengths 3-8, up to 20 steps +2 done/);
    expect(out).toMatch(
      /5 of 7 items are done in .*; 1 train, 1 measure to do: at most about \d+ s with \d+ workers? \(an estimate/,
    );
    const { out: json } = await study(`plan ${file} --out ${folder} --workers 1 --json`);
    const plan = JSON.parse(json) as { items: { state: string; seconds: number }[] };
    expect(plan).toMatchObject({ name: 'whole', folder, workers: 1, done: 5, seconds: expect.any(Number) });
    expect(plan.items.filter(({ state }) => state === 'to do').every(({ seconds }) => seconds > 0)).toBe(
      true,
    );
    expect(existsSync('runs/whole')).toBe(false);
  });

  it('does nothing twice, and gives its outcome as JSON', async () => {
    const before = stored(folder);
    const { out, code } = await study(`run ${studyFile('whole', { seeds: '1..2' })} --out ${folder} --json`);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ...{ name: 'whole', folder, report: `${folder}/report.html`, items: 5, done: 5, failed: [] },
      rows: [
        { task: 'UR', model: 'tiny', verdict: 'in', seeds: 2, cells: [{ length: 5, n: 20 }, { length: 12 }] },
      ],
    });
    expect(stored(folder)).toEqual(before);
  });

  it('says how it stands', async () => {
    const { out } = await study(`status ${folder}`);
    expect(out).toMatch(/^whole: 5 of 5 items done\nended 20\d\d-\d\d-\d\d \d\d:\d\d \S+$/m);
    const { out: json } = await study(`status ${folder} --json`);
    expect(JSON.parse(json)).toMatchObject({
      name: 'whole',
      running: false,
      sitting: { outcome: 'done' },
      left: 0,
    });
  });

  slowly('is interrupted by Ctrl-C within seconds, says how to go on, and goes on', async () => {
    const [file, out] = [studyFile('stopped', { steps: 2000 }), path.join(scratch, 'stopped')];
    const { said, code } = await study(`run ${file} --out ${out}`, (child) => {
      void until(() => isLearning(out)).then(() => child.kill('SIGINT'));
    });
    expect(code).toBe(130);
    expect(said).toContain('lengthwise: interrupted; the same command goes on from here');
    const { out: status } = await study(`status ${out}`);
    expect(status).toMatch(/interrupted .*; 'lengthwise study run' with the same file and folder goes on/);
    expect((await study(`run ${file} --out ${out}`)).code).toBe(0);
    const uninterrupted = path.join(scratch, 'uninterrupted');
    expect((await study(`run ${file} --out ${uninterrupted}`)).code).toBe(0);
    expect(stored(out)).toEqual(stored(uninterrupted));
  });

  slowly('is killed, and ends with the same rows as if it had not been', async () => {
    const [file, out] = [studyFile('stopped', { steps: 2000 }), path.join(scratch, 'killed')];
    for (let kill = 0; kill < 2; kill++) {
      const rows = () => (existsSync(out) ? JSON.stringify(readRows(out)) : '');
      const before = rows();
      const { code } = await study(`run ${file} --out ${out}`, (child) => {
        void until(() => isLearning(out) && rows() !== before).then(() => child.kill('SIGKILL'));
      });
      expect(code).toBeNull();
    }
    expect((await study(`run ${file} --out ${out}`)).code).toBe(0);
    expect(stored(out)).toEqual(stored(path.join(scratch, 'uninterrupted')));
  });

  slowly(
    'goes on when a worker is killed, says which item failed and why, and does it the next time',
    async () => {
      const [file, out] = [
        studyFile('victim', { steps: 600, tasks: '[UR, UL]' }),
        path.join(scratch, 'victim'),
      ];
      const { said, code } = await study(`run ${file} --out ${out} --workers 2`, () => {
        void until(() => isLearning(out)).then(() => killOneWorker(out));
      });
      expect(code).toBe(1);
      expect(said).toMatch(/^train U[RL] tiny, seed 1 failed: its worker process was killed by SIGKILL/m);
      expect(said).toMatch(
        /^lengthwise: 1 of 6 items failed, and 1 that need them are not done; the same command tries again$/m,
      );
      const { out: status } = await study(`status ${out}`);
      expect(status).toMatch(/^victim: 4 of 6 items done, 1 failed\n/);
      expect((await study(`run ${file} --out ${out}`)).code).toBe(0);
    },
  );

  it('refuses a second run in the same folder, while status still tells how the first one stands', async () => {
    const [file, out] = [studyFile('taken', { steps: 100_000 }), path.join(scratch, 'taken')];
    let second: Run | undefined;
    let status = '';
    const first = await study(`run ${file} --out ${out}`, (child) => {
      void until(() => isLearning(out)).then(async () => {
        second = await study(`run ${file} --out ${out}`);
        status = (await study(`status ${out}`)).out;
        child.kill('SIGINT');
      });
    });
    expect(first.code).toBe(130);
    expect(second).toMatchObject({ code: 2, out: '' });
    expect(second?.said).toMatch(
      /^lengthwise: another run is working in .*taken \(process \d+, since .*\): wait for it, or stop it\n$/,
    );
    expect(status).toMatch(/running \(process \d+.*\n {2}train UR tiny, seed 1: step \d+ of 100000, loss/);
  });
});

describe('lengthwise study, given what it cannot do,', () => {
  it('names every mistake of the file with its line and column', async () => {
    const file = path.join(scratch, 'five.yaml');
    writeFileSync(
      file,
      `name: five
tasks: [URR, { task: UL, pool: 3 }]
models: [{ positions: ape, heads: 3, dim: 16 }]
mesure: { lengths: [10] }
measure: { lengths: [10, 1], n: 0 }
`,
    );
    for (const verb of ['run', 'plan']) {
      const { out, said, code } = await study(`${verb} ${file}`);
      expect([out, code]).toEqual(['', 2]);
      expect(said.trimEnd().split('\n')).toEqual([
        expect.stringContaining(`${file}:2:9: unknown task 'URR', did you mean 'UR'?`),
        expect.stringContaining(`${file}:2:14: UL has no use for the option 'pool'`),
        expect.stringContaining(`${file}:3:10: the model 'ape': heads: 3 heads do not divide dim 16`),
        expect.stringContaining(`${file}:4:1: a study: unknown key 'mesure', did you mean 'measure'?`),
        expect.stringMatching(/five\.yaml:5:26: UL admits lengths from \d+.*, not 1/),
        expect.stringContaining(`${file}:5:33: 'n' is a whole number from 1`),
        `lengthwise: ${file} has 6 mistakes; nothing was done`,
      ]);
    }
  });

  it.each([
    ['run none.yaml', /cannot read the study file none\.yaml/],
    ['status nowhere', /nowhere holds no study .*lengthwise study run FILE --out nowhere/],
    ['run FILE --workers 0', /--workers must be at least 1, not 0/],
    ['run FILE --workers 2x', /--workers takes a whole number, not '2x'/],
    ['run FILE --ouput x', /unknown option '--ouput'/],
    ['pan FILE', /unknown command 'pan'/],
    ['run FILE --out /proc/study', /cannot make the folder \/proc\/study/],
    ['run FILE --out FILE', /cannot make the folder/],
    ['run FILE --out ""', /--out takes a path, not ''/],
    ['plan /dev/zero', /cannot read the study file \/dev\/zero: it has more than \d+ bytes/],
    [
      'run FILE --out OTHERS',
      /holds something else \(letters, thesis\.tex\), and no study: name an empty or a new folder/,
    ],
    [
      'plan FILE --out NEWER',
      /written by a newer lengthwise \(store version 7, this one reads up to 2\): update lengthwise/,
    ],
    ['run FILE --out NEWER', /written by a newer lengthwise/],
    ['status NEWER', /written by a newer lengthwise/],
  ])('says in one line what is wrong with: study %s', async (line, message) => {
    const [others, newer] = [path.join(scratch, 'others'), path.join(scratch, 'newer')];
    mkdirSync(path.join(others, 'letters'), { recursive: true });
    writeFileSync(path.join(others, 'thesis.tex'), '');
    mkdirSync(newer, { recursive: true });
    const store = new DatabaseSync(path.join(newer, 'study.sqlite'));
    store.exec(
      'PRAGMA application_id = 1280791380; PRAGMA user_version = 7; CREATE TABLE IF NOT EXISTS plans (id)',
    );
    store.close();
    const filled = line
      .replaceAll('FILE', studyFile('refused'))
      .replace('OTHERS', others)
      .replace('NEWER', newer);
    const { out, said, code } = await study(filled);
    expect([out, code]).toEqual(['', 2]);
    expect(said).toMatch(message);
    expect(said.trimEnd().split('\n').length).toBeLessThanOrEqual(3); // commander adds where the help is
    expect(readdirSync(others).sort()).toEqual(['letters', 'thesis.tex']);
  });

  it('ends quietly when nobody reads on', async () => {
    const folder = path.join(scratch, 'whole');
    for (const line of [
      `study status ${folder}`,
      `study run ${path.join(scratch, 'whole.yaml')} --out ${folder}`,
    ]) {
      const { said } = await shell(`node bin/lengthwise.js ${line} | true`);
      expect(said.replace(/^whole: .*\n/gm, '')).toBe('');
    }
  });
});

/** A disk of our own needs a mount, which needs root or user namespaces. */
const mountable = await shell('unshare -rm true').then(({ code }) => code === 0);

describe.skipIf(!mountable)('lengthwise study, on a disk', () => {
  it('that fills up, says so in one line, keeps what is done, and goes on once there is room', async () => {
    const [disk, file] = [path.join(scratch, 'disk'), studyFile('full', { steps: 300 })];
    mkdirSync(disk);
    const run = `node bin/lengthwise.js study run ${file} --out ${disk}/out; echo code $?`;
    const { out, said } = await shell(`unshare -rm sh -c '
      mount -t tmpfs -o size=2M none ${disk} && head -c 1900k /dev/zero > ${disk}/ballast
      ${run}; rm ${disk}/ballast; ${run}'`);
    expect(said).toMatch(
      /^lengthwise: the disk that holds .*disk\/out is full: free some space and give the same command again; what was done is kept$/m,
    );
    expect(said).not.toContain('failed');
    expect(out).toMatch(/code 1\n[^]*report: .*\ncode 0\n$/);
  });

  it('that cannot be written says so, and status and export still read it', async () => {
    const folder = path.join(scratch, 'whole');
    const { out, said } = await shell(`unshare -rm sh -c '
      mount --bind ${folder} ${folder} && mount -o remount,bind,ro ${folder}
      node bin/lengthwise.js study run ${studyFile('whole', { seeds: '1..2' })} --out ${folder}; echo code $?
      node bin/lengthwise.js study status ${folder}; echo code $?
      node bin/lengthwise.js export ${folder} --format csv | head -2'`);
    expect(said).toMatch(
      /^lengthwise: cannot write .*study\.sqlite: its disk is read-only; name another folder with --out\n$/,
    );
    expect(out).toMatch(/^code 2\nwhole: 5 of 5 items done\n.*\ncode 0\ntask,model,seed,/);
  });
});

/** Kills a worker process of the run that goes on in a folder, as the system does when memory runs out. */
async function killOneWorker(folder: string): Promise<void> {
  const { out } = await study(`status ${folder} --json`);
  const run = (JSON.parse(out) as { sitting: { process: number } }).sitting.process;
  const { out: children } = await shell(`ps -o pid= --ppid ${run}`);
  process.kill(Number.parseInt(children.trim()), 'SIGKILL');
}

/** The points of the learning curve that are stored so far. */
function readRows(folder: string): unknown {
  return readStudy(folder).items.map(({ rows }) => rows.length);
}
