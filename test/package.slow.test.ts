/**
 * The package where npm installs it, with its engine and without, and the checkout where `npm ci` does, on a machine that
 * has `nvcc` and no network but the npm registry: nothing else may be asked for. It takes what npm has in its cache.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asOldNode } from './old-node.ts';
import { pack, runIn, USED, writeProject } from './packed.ts';
import { startServer } from './server/server.ts';
import type { TestServer } from './server/server.ts';
import { runAsync } from './run-async.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-install-'));
let tarball = '';
beforeAll(() => void (tarball = pack(scratch)));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A machine that has CUDA's compiler, and from which only the registry can be reached. */
function npmOnCudaMachine(folder: string, ...args: string[]): { code: number | null; said: string } {
  const nvcc = path.join(scratch, 'bin/nvcc');
  mkdirSync(path.dirname(nvcc), { recursive: true });
  writeFileSync(nvcc, '#!/bin/sh\necho "Cuda compilation tools, release 12.4, V12.4.131"\n');
  chmodSync(nvcc, 0o755);
  // A download that goes around npm fails here, also where there is a network.
  const nowhere = 'http://127.0.0.1:9';
  const { status, stderr } = spawnSync('npm', [...args, '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${path.dirname(nvcc)}${path.delimiter}${process.env.PATH}`,
      GLOBAL_AGENT_HTTP_PROXY: nowhere,
      GLOBAL_AGENT_HTTPS_PROXY: nowhere,
    },
  });
  return { code: status, said: stderr };
}

/** What a folder takes on the disk, in megabytes, as `du -sm` counts. */
function megabytes(folder: string): number {
  return Number(execFileSync('du', ['-sm', folder], { encoding: 'utf8' }).split('\t')[0]);
}

describe('a project into which npm installs the tarball', () => {
  const project = path.join(scratch, 'project');

  beforeAll(() => writeProject(project));

  it('gets it without a word of environment or configuration, in at most 330 MB', () => {
    const { code, said } = npmOnCudaMachine(project, 'install', tarball);
    expect(code, said).toBe(0);
    expect(existsSync(path.join(project, 'node_modules/onnxruntime-node'))).toBe(true);
    expect(megabytes(path.join(project, 'node_modules'))).toBeLessThanOrEqual(330);
  });

  it('has a command that trains and runs studies', () => {
    expect(lengthwise(project, 'tasks list').out).toContain('NRLast');
    const study = lengthwise(project, 'study run tiny.yaml --out study --json');
    expect(study.code, study.said).toBe(0);
  });

  it('imports what it wants', () => {
    const { out } = runIn(project, process.execPath, 'use.ts');
    expect(JSON.parse(out)).toEqual(USED);
  });
});

/** The installed command by the Node of these tests: the machine's own may be older. */
function lengthwise(project: string, line: string): ReturnType<typeof runIn> {
  return runIn(project, process.execPath, 'node_modules/lengthwise/bin/lengthwise.js', ...line.split(' '));
}

describe('a project without the engine (npm install --omit=optional)', () => {
  const project = path.join(scratch, 'light');
  const INSTALL = /^lengthwise: .*needs ONNX Runtime.*: npm install onnxruntime-node@\d+\.\d+\.\d+\n$/;
  let server: TestServer;

  beforeAll(async () => {
    writeProject(project);
    const { code, said } = npmOnCudaMachine(project, 'install', '--omit=optional', tarball);
    expect(code, said).toBe(0);
    server = await startServer();
    const record = { source: 'a b c', query: 'b', answer: 'c', output: ' c' };
    writeFileSync(path.join(project, 'outputs.jsonl'), `${JSON.stringify(record)}\n`);
    cpSync(path.join(scratch, 'project/study'), path.join(project, 'study'), { recursive: true });
  });
  afterAll(() => server.close());

  it('takes at most 40 MB', () => {
    expect(existsSync(path.join(project, 'node_modules/onnxruntime-node'))).toBe(false);
    expect(megabytes(path.join(project, 'node_modules'))).toBeLessThanOrEqual(40);
  });

  it.each([
    'tasks list',
    'tasks sample UR --length 5',
    'tasks export --for inspect --task UR --lengths 5 --n 3 --out exported',
    'crasp run node_modules/lengthwise/examples/crasp/majority.crasp --input a',
    'predict NRLast',
    'prompts sample UR --length 5',
    'replay outputs.jsonl --task UR',
    'study plan tiny.yaml',
    'report study',
    'compare study study',
    'export study --table cells',
  ])('runs lengthwise %s', (line) => {
    const { code, said } = lengthwise(project, line);
    expect(code, said).toBe(0);
  });

  it('measures an endpoint, reports on it and compares it', async () => {
    for (const out of ['one', 'two']) {
      const line = `node_modules/lengthwise/bin/lengthwise.js measure --endpoint ${server.url} --model test --task UR --lengths 5 --n 5 --out ${out}`;
      const { code, said } = await runAsync(process.execPath, line.split(' '), { cwd: project });
      expect(code, said).toBe(0);
    }
    for (const line of ['report one', 'compare one two']) {
      const { code, said } = lengthwise(project, line);
      expect(code, said).toBe(0);
    }
  });

  it.each(['train --task UR --steps 10 --lengths 1-6 --out model', 'study run tiny.yaml --out elsewhere'])(
    'says in one line what to install for lengthwise %s',
    (line) => {
      const { code, said } = lengthwise(project, line);
      expect({ code, said }).toEqual({ code: 2, said: expect.stringMatching(INSTALL) });
    },
  );
});

describe('a fresh clone', () => {
  it('is installed by npm ci', () => {
    const clone = path.join(scratch, 'clone');
    execFileSync('git', ['clone', '--quiet', '.', clone]);
    for (const file of ['package.json', 'package-lock.json', '.npmrc', 'scripts']) {
      cpSync(file, path.join(clone, file), { recursive: true });
    }
    const { code, said } = npmOnCudaMachine(clone, 'ci');
    expect(code, said).toBe(0);
    // Where the machine's own Node is older, the one that came along is started.
    const old = runIn(clone, process.execPath, ...asOldNode, 'bin/lengthwise.js', 'tasks', 'list');
    expect(old.out, old.said).toContain('NRLast');
  });
});
