import { describe, expect, it } from 'vitest';
import type { ServerOptions } from '../server/server.ts';
import type { Result } from './measuring.ts';
import { folder, measureArgv, measured, rowsIn, run, serve } from './measuring.ts';

describe.concurrent('the address of a chat request, copied along', () => {
  const asked = ['--task', 'UR', '--lengths', '6', '--n', '10'];

  it('is asked by chat, also where the server has completions', async () => {
    const { url, seen } = await serve({});
    const result = await measured(`${url}/chat/completions`, ...asked);
    expect(result.respondent).toMatchObject({ api: 'chat', endpoint: url });
    expect(seen.paths.filter((path) => /\/completions$/.test(path))).toSatisfy((paths: string[]) =>
      paths.every((path) => path.endsWith('/chat/completions')),
    );
  });

  it('is asked by completions where that is said, and so is the address of completions', async () => {
    const { url } = await serve({});
    const chosen = await measured(`${url}/chat/completions`, ...asked, '--api', 'completions');
    const own = await measured(`${url}/completions`, ...asked);
    expect([chosen.respondent.api, own.respondent.api]).toEqual(['completions', 'completions']);
  });
});

describe.concurrent('what servers differ in, found by the probe', () => {
  it.each<[string, ServerOptions, Record<string, unknown>]>([
    [
      'a server that does all',
      {},
      {
        completions: true,
        chat: true,
        stop: 'honoured',
        seed: true,
        promptLogprobs: 'echo',
        promptLists: true,
      },
    ],
    [
      'echo is ignored silently',
      { quirks: { echo: 'ignored' } },
      { echo: 'ignored', promptLogprobs: 'none' },
    ],
    ['echo is refused', { quirks: { echo: 'refused' } }, { echo: 'refused', promptLogprobs: 'none' }],
    [
      'vLLM’s prompt_logprobs',
      { quirks: { echo: 'refused', promptLogprobs: true } },
      { promptLogprobs: 'prompt_logprobs' },
    ],
    [
      'the other format of log-probabilities',
      { quirks: { echo: 'ignored', contentLogprobs: true } },
      { logprobs: 'content' },
    ],
    ['a list of prompts is a 500', { quirks: { listsRefused: true } }, { promptLists: false }],
    ['seed is refused', { quirks: { seedRefused: true } }, { seed: false, completions: true }],
    ['stop is ignored', { quirks: { stopIgnored: true } }, { stop: 'ignored' }],
    [
      'only max_completion_tokens',
      { apis: ['chat'], quirks: { onlyMaxCompletionTokens: true } },
      { limitField: 'max_completion_tokens', completions: false },
    ],
    [
      'it calls the model by another name',
      { quirks: { namesItself: '/models/test.gguf' } },
      { answersAs: ['test', '/models/test.gguf'] },
    ],
    [
      'no list of models, no count of tokens',
      { quirks: { noModels: true, noUsage: true } },
      { models: null, usage: false },
    ],
  ])('%s', async (_, options, found) => {
    const { url, seen } = await serve(options);
    const result = await measured(url, '--task', 'UR', '--lengths', '6', '--n', '10');
    expect(result.respondent.capabilities).toMatchObject(found);
    expect(result.rows).toMatchObject([{ n: 10, correct: 10, failed: 0 }]);
    for (const body of seen.bodies) expect(body.max_tokens).not.toBe(0); // no limit at all, on some servers
  });

  it.each<[string, ServerOptions['quirks'], Record<string, unknown>, string]>([
    [
      'ids in replies',
      { tokenIds: true, marks: 1 },
      { ids: 'return_token_ids', before: 1, doubled: false },
      'token ids: of prompts and answers; tokenizer endpoint: none; added before each prompt: 1 token',
    ],
    [
      'llama.cpp’s /tokenize',
      { tokenizer: 'content', marks: 1 },
      { tokenizes: true, beginning: [1], before: 1 },
      'added before each prompt: 1 token (1)',
    ],
    [
      'vLLM’s /tokenize',
      { tokenizer: 'prompt' },
      { tokenizes: true, beginning: [], before: 0 },
      'added before each prompt: nothing',
    ],
    [
      'a tokenizer that puts its mark twice',
      { tokenizer: 'content', marks: 2 },
      { beginning: [1, 1] },
      'WARNING: prompts begin with the same mark twice: a doubled BOS',
    ],
    [
      'ids that begin with the same mark twice',
      { tokenIds: true, marks: 2 },
      { doubled: true },
      'WARNING: prompts begin with the same mark twice: a doubled BOS',
    ],
    [
      'a server that adds the mark that its tokenizer has added',
      { tokenizer: 'content', marks: 1, around: 1 },
      { beginning: [1], before: 2 },
      'WARNING: 2 tokens before each prompt where 1 is expected: a doubled BOS?',
    ],
    [
      'a chat template around completions',
      { around: 14 },
      { before: 14 },
      'WARNING: 14 tokens before the prompt of a completion: the server puts a chat template or a system prompt around it',
    ],
  ])('how a prompt begins: %s', async (_, quirks, tokens, line) => {
    const { url } = await serve(quirks === undefined ? {} : { quirks });
    const out = folder();
    const argv = ['--task', 'UR', '--lengths', '6', '--n', '3', '--out', out];
    const { code, out: text, err } = await run(measureArgv(url, '--json', ...argv));
    expect(code).toBe(0);
    expect(err).toContain(line);
    expect(JSON.parse(text)).toMatchObject({ respondent: { capabilities: { tokens } } });
    for (const row of rowsIn(out)) {
      const { promptIds, outputIds, promptTokens, completionTokens } = row.output;
      expect(promptIds?.length ?? null).toBe(quirks?.tokenIds ? promptTokens : null);
      if (quirks?.tokenIds) expect(outputIds).toHaveLength(completionTokens ?? 0);
    }
  });

  it('tokens that a server estimates tell nothing: neither what is before a prompt, nor a horizon in tokens', async () => {
    const { url } = await serve({ quirks: { estimates: true }, accuracy: () => 1 });
    const argv = ['--task', 'UR', '--lengths', '6,12,24', '--n', '40', '--json'];
    const { code, out, err } = await run(measureArgv(url, ...argv));
    expect([code, err]).toEqual([0, expect.stringContaining('; added before each prompt: not known\n')]);
    expect((JSON.parse(out) as Result).horizons).toMatchObject([{ length: 24, tokens: null }]);
  });

  it('a prompt whose own beginning is read as the mark: refused before the first question, with the way out', async () => {
    const { url, seen } = await serve({ quirks: { tokenizer: 'content', marks: 1, readsMark: true } });
    const argv = measureArgv(
      url,
      '--task',
      'UF,UR',
      '--prompt',
      'paper',
      '--lengths',
      '6',
      '--out',
      folder(),
      '--n',
      '3',
    );
    const { code, err } = await run(argv);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^lengthwise: UF: the model reads '<bos>'.* in the prompt 'paper' as a special token, not as text; choose another with --prompt .*--allow-special-tokens$/m,
    );
    expect(seen.answered).toEqual([]);
    const allowed = await run([...argv, '--allow-special-tokens', '--json']);
    expect(allowed.code).toBe(0);
    // Allowed once is not allowed for good: the folder's answers stay, and no more are asked.
    const asked = seen.answered.length;
    const again = await run([...argv.slice(0, -1), '5']);
    expect([again.code, seen.answered.length]).toEqual([2, asked]);
    expect(again.err).toContain('as a special token, not as text');
    const lines = allowed.err.split('\n');
    const [warning, asking] = ['WARNING: UF: this model reads the prompt', 'asking by'].map((words) =>
      lines.findIndex((line) => line.includes(words)),
    );
    expect(warning).toBeGreaterThanOrEqual(0);
    expect(warning).toBeLessThan(asking);
    // The usual prompts have nothing that any model reads as special.
    const { rows } = await measured(url, '--task', 'UF,UR', '--lengths', '6', '--n', '3');
    expect(rows).toMatchObject([
      { n: 3, correct: 3 },
      { n: 3, correct: 3 },
    ]);
  });

  it('prompts that the server cuts silently are a column, not a score', async () => {
    const { url } = await serve({ context: 150 });
    const { rows } = await measured(url, '--task', 'UR', '--lengths', '6,200', '--n', '10');
    expect(rows).toMatchObject([
      { length: 6, truncated: 0, correct: 10 },
      { length: 200, truncated: 10, correct: 0 },
    ]);
  });
});
