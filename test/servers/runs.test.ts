/** What a server shows only over several runs, or in what a run costs: measured by the command, over a socket. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ResultsFile } from '../../src/measure/results/results.ts';
import { folder, measureArgv, measured, rowsIn, run, serve } from '../cli/measuring.ts';
import { choiceReply, plainReply } from '../server/behaviour.ts';
import type { Asked, Sent } from '../server/behaviour.ts';
import { SYSTEM_AND_STOPS } from './case.ts';

const UR = ['--task', 'UR', '--lengths', '5', '--prompt', 'paper'] as const;

describe('a model that turns out to think in a later run', () => {
  const cut = (asked: Asked, message: object): Sent => ({
    body: choiceReply(
      asked,
      { message: { content: 'the symbols are', ...message }, finish_reason: 'length' },
      { usage: { prompt_tokens: 50, completion_tokens: asked.limit } },
    ),
  });

  it('has what was cut before asked again by the same command, once, and under the same name', async () => {
    let thinks = false;
    const { url, seen } = await serve({
      apis: ['chat'],
      behaviour: {
        answer: (asked) => {
          if (!asked.ours) return null;
          if (!thinks) return cut(asked, {});
          return asked.limit > 300
            ? { body: plainReply(asked, { reasoning_content: 'I look.' }) }
            : cut(asked, { content: null, reasoning_content: 'I look' });
        },
      },
    });
    const out = folder();
    const command = (n: number) => measured(url, ...UR, '--n', String(n), '--out', out);
    expect((await command(4)).rows).toMatchObject([{ n: 4, truncated: 4 }]);
    const small = rowsIn(out)[0].output.tokenLimit ?? 0;
    thinks = true;
    // The fifth shows it; the four before it are in the folder already.
    expect((await command(5)).rows).toMatchObject([{ n: 5, correct: 1, truncated: 4 }]);
    const again = await command(5);
    expect(again.rows).toMatchObject([{ n: 5, correct: 5, truncated: 0 }]);
    expect(again.run).toMatchObject({ reused: 1, answered: 4 });
    expect(again.respondent.capabilities).toMatchObject({ noticed: { chat: 'beside' } });
    const asked = seen.requests;
    expect((await command(5)).run).toMatchObject({ reused: 5, answered: 0 });
    expect(seen.requests - asked).toBe(0);
    for (const { output } of rowsIn(out)) expect(output.tokenLimit).toBeGreaterThan(small + 1000);
  });
});

describe('what a folder knows of a server', () => {
  it('is asked for again only as far as a new prompt has what no run had, and once', async () => {
    const { url, seen } = await serve({
      apis: ['chat'],
      behaviour: {
        answer: ({ body }) =>
          JSON.stringify(body.messages).includes('"system"')
            ? { status: 400, body: { error: { message: 'System role not supported' } } }
            : null,
      },
    });
    const out = folder();
    const probes = async (prompt: string): Promise<Record<string, unknown>[]> => {
      const before = seen.bodies.length;
      const argv = ['--task', 'UR', '--lengths', '5', '--n', '3', '--prompt', prompt, '--out', out];
      expect((await measured(url, ...argv)).rows).toMatchObject([{ n: 3, correct: 3 }]);
      return seen.bodies.slice(before).filter((body) => !JSON.stringify(body).includes(' | '));
    };
    expect((await probes('paper')).length).toBeGreaterThan(4);
    const more = await probes(SYSTEM_AND_STOPS);
    expect(more.map(({ messages, stop }) => [JSON.stringify(messages).includes('"system"'), stop])).toEqual([
      [true, undefined],
      [false, ['\n', ';', '###', 'END']],
    ]);
    expect(await probes(SYSTEM_AND_STOPS)).toEqual([]);
  });

  it('its word about what serves the model is in the results, but for folders', async () => {
    const { url } = await serve({
      behaviour: {
        answer: (asked) => ({ body: plainReply(asked, {}, { system_fingerprint: 'fp_44709d6fcb' }) }),
      },
      quirks: {
        listed: { root: 'Qwen/Qwen2.5-7B', created: 1_723_000_000 },
        props: { model_path: '/home/somebody/models/qwen.gguf', build_info: 'b9554-d403f00ec' },
      },
    });
    const out = folder();
    await measured(url, ...UR, '--n', '2', '--out', out);
    const file = path.join(folder(), 'results.json');
    const { code } = await run(['export', '--results', file, out]);
    expect(code).toBe(0);
    const { results } = JSON.parse(readFileSync(file, 'utf8')) as ResultsFile;
    expect(results[0].revision).toBe(
      'fingerprint fp_44709d6fcb, root Qwen/Qwen2.5-7B, created 2024-08-07T03:06:40.000Z, file qwen.gguf, build b9554-d403f00ec',
    );
  });
});

it('prompts of other lengths that count as many tokens are told of', async () => {
  const { url } = await serve({
    behaviour: {
      answer: (asked) => ({
        body: { ...plainReply(asked), usage: { prompt_tokens: 60, completion_tokens: 2 } },
      }),
    },
  });
  const argv = ['--task', 'UR', '--prompt', 'paper', '--lengths', '5,90', '--n', '6', '--json'];
  const { err, out } = await run(measureArgv(url, ...argv));
  expect(err).toMatch(/WARNING: UR: prompts of 5 and of 90 symbols count as 60 and 60 tokens: .*num_ctx/);
  expect(JSON.parse(out)).toMatchObject({ rows: [{ correct: 6 }, { correct: 6 }] });
});

describe('a budget', () => {
  /** All that a server may generate for a request, whatever the field that allows it. */
  function most(body: Readonly<Record<string, unknown>>): number {
    const { options, reasoning, prompt } = body as {
      readonly options?: { readonly num_predict?: number };
      readonly reasoning?: { readonly max_tokens?: number };
      readonly prompt?: unknown;
    };
    const limits = [body.max_tokens, body.max_completion_tokens, body.min_tokens, options?.num_predict];
    const answers = Array.isArray(prompt) ? prompt.length : 1;
    return answers * (Math.max(...limits.map((limit) => Number(limit ?? 0))) + (reasoning?.max_tokens ?? 0));
  }

  it.each([
    ['300tokens', {}],
    ['3requests', {}],
    ['16requests', {}],
    ['2500tokens', {}],
    ['500tokens', { options: { num_predict: 600 } }],
    ['2500tokens', { options: { num_predict: 200 } }],
    ['6000tokens', { reasoning: { max_tokens: 200 }, min_tokens: 50 }],
    ['20000tokens,45requests', { documents: [{ text: 'word '.repeat(40) }] }],
  ])(
    'of %s is not exceeded with probe and pilot, by a server that takes all that it may, with %j',
    async (budget, body) => {
      let tokens = 0;
      const { url, seen } = await serve({
        behaviour: {
          answer: (asked) => {
            const usage = {
              prompt_tokens: Buffer.byteLength(JSON.stringify(asked.body.prompt ?? asked.body.messages)),
              completion_tokens: most(asked.body),
            };
            tokens += usage.prompt_tokens + usage.completion_tokens;
            return { body: { ...plainReply(asked), usage } };
          },
        },
      });
      const argv = [
        '--task',
        'UR,UL',
        '--prompt',
        'auto',
        '--lengths',
        '5',
        '--n',
        '4',
        '--body',
        JSON.stringify(body),
      ];
      const { code, err } = await run(measureArgv(url, ...argv, '--budget', budget));
      expect([2, 3], err).toContain(code);
      expect(err).toMatch(/budget/);
      const limit = (unit: string): number =>
        Number(new RegExp(`(\\d+)${unit}`).exec(budget)?.[1] ?? Infinity);
      expect(tokens).toBeLessThanOrEqual(limit('tokens'));
      expect(seen.requests).toBeLessThanOrEqual(limit('requests'));
    },
  );
});
