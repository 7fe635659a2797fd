/**
 * Exported tasks in the harnesses that they are for, asking a server over a real socket whose answers come in every form
 * that models write: each harness gives the same score as ours, sample by sample. LENGTHWISE_PYTHON names a Python that has
 * lm-eval[api], inspect-ai and openai; LENGTHWISE_PROMPTFOO a folder where `npm install promptfoo` was run. What is not
 * there is skipped.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExportedSample } from '../../src/prompt/export/index.ts';
import { completionText } from '../../src/prompt/render.ts';
import { textOutput } from '../../src/score/output.ts';
import { scoreOutput } from '../../src/score/score.ts';
import { runAsync } from '../run-async.ts';
import { startServer } from '../server/server.ts';
import type { TestServer } from '../server/server.ts';
import { kindsOfWriting, OTHER_TAGS, writings } from '../wrapped-outputs.ts';

const root = path.resolve(import.meta.dirname, '../..');
const python = process.env.LENGTHWISE_PYTHON ?? 'python3';
const promptfoo = path.join(
  process.env.LENGTHWISE_PROMPTFOO ?? '',
  'node_modules/promptfoo/dist/src/entrypoint.js',
);

function hasModules(...modules: string[]): boolean {
  return spawnSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' }).status === 0;
}

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-export-peers-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Answers by prompt, filled as tasks are exported: each sample's in another form. */
const said = new Map<string, string>();
let server: TestServer;

beforeAll(async () => {
  server = await startServer({ says: (prompt) => said.get(prompt) });
});
afterAll(() => server.close());

/** Exports tasks and gives the folder with its samples; from now on the server answers them. */
function exported(harness: string, ...more: string[]): { folder: string; samples: ExportedSample[] } {
  const folder = mkdtempSync(path.join(scratch, `${harness}-`));
  const what = ['--for', harness, '--task', 'UR,UL,UF', '--lengths', '5,10,20', '--n', '15', '--out', folder];
  const argv = ['bin/lengthwise.js', 'tasks', 'export', ...what, ...more];
  const { status, stderr } = spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  const lines = readFileSync(path.join(folder, 'samples.jsonl'), 'utf8').trim().split('\n');
  const samples = lines.map((line) => JSON.parse(line) as ExportedSample);
  said.clear();
  for (const [i, { prompt, target, source, reading }] of samples.entries()) {
    const write = writings[kindsOfWriting[i % kindsOfWriting.length]];
    const echo = i % 5 === 2 ? prompt : ''; // some servers give the prompt back before the answer
    said.set(prompt, echo + write(target, source.toReversed().join(' '), reading.tags ?? OTHER_TAGS));
  }
  expect(said.size).toBe(samples.length); // no two samples have the same prompt
  return { folder, samples };
}

/** `right` and `exact` of every sample, by its id, as every road of ours scores it. */
function scores(
  samples: readonly ExportedSample[],
  api: 'completions' | 'chat',
): Record<string, [number, number]> {
  return Object.fromEntries(
    samples.map(
      ({
        id,
        system,
        prompt,
        source,
        query,
        answer,
        positions,
        task,
        length,
        operation,
        family,
        target,
        reading,
      }) => {
        const instance = { task, length, source, query, answer, positions };
        const text = said.get(prompt) ?? '';
        const output = textOutput(api === 'chat' ? text.trimStart() : text); // as the server sends it
        const { right, exact } = scoreOutput(
          { operation, family, instance },
          { answer, text: target, prompt: completionText({ system, text: prompt }) },
          output,
          reading,
        );
        return [id, [Number(right), Number(exact)]];
      },
    ),
  );
}

/** That for chats has tags around the answer. */
const PROMPTS = { completions: 'bare', chat: 'instruct' } as const;

const KEYS = { OPENAI_API_KEY: 'none', LOCAL_API_KEY: 'none', HF_HUB_OFFLINE: '1' };

async function run(file: string, folder: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
  const ended = await runAsync(file, args, { cwd: folder, env: { ...process.env, ...KEYS, ...env } });
  expect(ended.code, `${ended.out}${ended.said}`.slice(-3000)).toBe(0);
}

describe.skipIf(!hasModules('lm_eval', 'tenacity'))('lm-evaluation-harness', () => {
  it.each(['completions', 'chat'] as const)('scores what came by %s as ours does', async (api) => {
    const { folder, samples } = exported('lm-eval', '--prompt', PROMPTS[api], '--api', api);
    const model = api === 'chat' ? 'local-chat-completions' : 'local-completions';
    const address = `${server.url}/${api === 'chat' ? 'chat/' : ''}completions`;
    const args = `model=test,base_url=${address},num_concurrent=8,tokenizer_backend=None,tokenized_requests=False`;
    await run(
      python,
      folder,
      [
        '-m',
        'lm_eval',
        '--include_path',
        '.',
        '--tasks',
        'lengthwise',
        '--model',
        model,
        '--model_args',
        args,
      ]
        .concat(api === 'chat' ? ['--apply_chat_template'] : [])
        .concat('--log_samples', '--output_path', 'results'),
      { HF_DATASETS_CACHE: path.join(scratch, 'datasets') },
    );
    const rows = globSync('results/**/samples_*.jsonl', { cwd: folder })
      .flatMap((file) => readFileSync(path.join(folder, file), 'utf8').trim().split('\n'))
      .map((line) => JSON.parse(line) as { doc: { id: string }; right: number; exact: number });
    const theirs = Object.fromEntries(rows.map(({ doc, right, exact }) => [doc.id, [right, exact]]));
    expect(theirs).toEqual(scores(samples, api));
  });
});

describe.skipIf(!hasModules('inspect_ai', 'openai'))('Inspect', () => {
  it('scores as ours does', async () => {
    const { folder, samples } = exported('inspect', '--prompt', 'bare');
    const options = ['--display', 'plain', '--log-format', 'json', '--log-dir', 'logs'];
    const model = ['--model', 'openai-api/local/test', '--model-base-url', server.url];
    await run(python, folder, ['-m', 'inspect_ai', 'eval', 'task.py', ...model, ...options]);
    const [log] = globSync('logs/*.json', { cwd: folder });
    const { samples: logged } = JSON.parse(readFileSync(path.join(folder, log), 'utf8')) as {
      samples: { id: string; scores: Record<string, { value: string; metadata: { exact: boolean } }> }[];
    };
    const theirs = Object.fromEntries(
      logged.map(({ id, scores: { reads_answer } }) => [id, Number(reads_answer.value === 'C')]),
    );
    const right = Object.entries(scores(samples, 'chat')).map(([id, [score]]) => [id, score]);
    expect(theirs).toEqual(Object.fromEntries(right));
  });
});

describe.skipIf(!existsSync(promptfoo))('promptfoo', () => {
  it.each(['completions', 'chat'] as const)('scores what came by %s as ours does', async (api) => {
    const { folder, samples } = exported('promptfoo', '--prompt', PROMPTS[api], '--api', api);
    const args = ['eval', '-c', 'promptfooconfig.yaml', '--no-cache', '--no-table', '--no-progress-bar'];
    const quiet = { PROMPTFOO_DISABLE_TELEMETRY: '1', PROMPTFOO_DISABLE_UPDATE: '1' };
    const ended = await runAsync(process.execPath, [promptfoo, ...args, '-o', 'out.json'], {
      cwd: folder,
      env: {
        ...process.env,
        ...KEYS,
        ...quiet,
        PROMPTFOO_CONFIG_DIR: path.join(scratch, 'promptfoo-home'),
        LENGTHWISE_MODEL: 'test',
        OPENAI_BASE_URL: server.url,
      },
    });
    expect([0, 100], ended.said).toContain(ended.code); // 100: some tests failed, as they are to
    const { results } = JSON.parse(readFileSync(path.join(folder, 'out.json'), 'utf8')) as {
      results: {
        results: { vars: { id: string }; success: boolean; namedScores: { exact: number } }[];
      };
    };
    const theirs = Object.fromEntries(
      results.results.map(({ vars, success, namedScores }) => [
        vars.id,
        [Number(success), namedScores.exact],
      ]),
    );
    const ours = scores(samples, api);
    expect(theirs).toEqual(ours);
    expect(replayed(path.join(folder, 'out.json'))).toEqual(rightByCell(samples, ours));
  });
});

/** How many samples are right at each task and length, by `replay` of promptfoo's own results. */
function replayed(file: string): Record<string, number> {
  const argv = ['bin/lengthwise.js', 'replay', file, '--json'];
  const { stdout, stderr } = spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8' });
  expect(stdout, stderr).not.toBe('');
  const { rows } = JSON.parse(stdout) as { rows: { task: string; length: number; correct: number }[] };
  return Object.fromEntries(rows.map(({ task, length, correct }) => [`${task} ${length}`, correct]));
}

function rightByCell(
  samples: readonly ExportedSample[],
  ours: ReturnType<typeof scores>,
): Record<string, number> {
  const right: Record<string, number> = {};
  for (const { id, task, length } of samples) {
    const cell = `${task} ${length}`;
    right[cell] = (right[cell] ?? 0) + ours[id][0];
  }
  return right;
}
