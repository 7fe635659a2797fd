/**
 * The package where npm installs it, and the checkout where `npm ci` does, on a machine that has `nvcc` and no network
 * but the npm registry: nothing else may be asked for. It takes what npm has in its cache.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack, runIn, USED, writeProject } from './packed.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-install-'));
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

describe('a project into which npm installs the tarball', () => {
  const project = path.join(scratch, 'project');

  beforeAll(() => writeProject(project));

  it('gets it without a word of environment or configuration', () => {
    const { code, said } = npmOnCudaMachine(project, 'install', pack(scratch));
    expect(code, said).toBe(0);
  });

  it('has a command that trains and runs studies', () => {
    expect(runIn(project, 'npx', 'lengthwise', 'tasks', 'list').out).toContain('NRLast');
    const study = runIn(
      project,
      'npx',
      'lengthwise',
      'study',
      'run',
      'tiny.yaml',
      '--out',
      'study',
      '--json',
    );
    expect(study.code, study.said).toBe(0);
  });

  it('imports what it wants', () => {
    const { out } = runIn(project, process.execPath, 'use.ts');
    expect(JSON.parse(out)).toEqual(USED);
  });
});

describe('a fresh clone', () => {
  it('is installed by npm ci', () => {
    const clone = path.join(scratch, 'clone');
    execFileSync('git', ['clone', '--quiet', '.', clone]);
    for (const file of ['package.json', 'package-lock.json', '.npmrc']) cpSync(file, path.join(clone, file));
    const { code, said } = npmOnCudaMachine(clone, 'ci');
    expect(code, said).toBe(0);
    expect(runIn(clone, 'node', 'bin/lengthwise.js', 'tasks', 'list').out).toContain('NRLast');
  });
});
