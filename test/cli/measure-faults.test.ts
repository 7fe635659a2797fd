import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAULTS } from '../server/server.ts';
import type { ServerOptions } from '../server/server.ts';
import { folder, incomplete, measureArgv, measured, rowsIn, run, serve } from './measuring.ts';
import type { Result } from './measuring.ts';
import { error } from '../servers/case.ts';

const KEY = 'sk-very-secret-0123456789';

describe.concurrent('when things go wrong', () => {
  it.each(FAULTS)('%s: asked again until it is answered, exactly once', async (fault) => {
    const { url, seen } = await serve({ fault: (n) => (n % 4 === 1 ? fault : null) });
    const { rows, run: ran } = await measured(
      url,
      '--task',
      'UR',
      '--lengths',
      '7',
      '--n',
      '24',
      '--timeout',
      '0.5',
    );
    expect(rows).toMatchObject([{ n: 24, correct: 24, failed: 0 }]);
    expect(ran).toMatchObject({ answered: 24, failed: 0 });
    expect(new Set(seen.answered).size).toBe(24);
  });

  it('--max-retries 0 asks once and lists what failed with its reason', async () => {
    const { url, seen } = await serve({ fault: (n) => (n < 4 ? '500' : null) });
    const argv = ['--task', 'UR', '--lengths', '7', '--n', '20', '--max-retries', '0'];
    const { rows, failures } = await incomplete(url, ...argv);
    expect(rows).toMatchObject([{ n: 20, correct: 16, failed: 4, answered: { n: 16, correct: 16 } }]);
    expect(failures).toEqual([{ reason: 'status 500: out of order', count: 4 }]);
    expect(seen.answered).toHaveLength(16);
  });

  it('a server that is in trouble all the time: every question is listed as failed, once asked', async () => {
    const { url, seen } = await serve({ quirks: { alwaysFails: true } });
    const argv = ['--task', 'UR', '--lengths', '7', '--n', '12', '--max-retries', '0'];
    const json = await run(measureArgv(url, ...argv, '--json'));
    const { rows, failures } = JSON.parse(json.out) as Result;
    expect(rows).toMatchObject([{ n: 12, correct: 0, failed: 12 }]);
    expect(failures).toEqual([{ reason: 'status 500: out of order', count: 12 }]);
    expect(json.code).toBe(3);
    expect(json.err).toContain('incomplete: 12 questions failed');
    const { out } = await run(measureArgv(url, ...argv));
    // The model was not asked: no horizon is below the shortest length, and none of the answers.
    expect(out).toMatch(/^UR +undecided at 7: all 12 failed +– /m);
    expect(seen.requests).toBeLessThanOrEqual(2 * (12 + 4));
  });

  it('a server that is in trouble for a while: no more questions are begun than can wait', async () => {
    // Of five requests one is answered, so that it is no outage.
    const { url, seen } = await serve({ fault: (n) => (n < 1200 && n % 5 !== 0 ? '500' : null) });
    const argv = ['--task', 'UR', '--lengths', '7', '--n', '1200', '--max-retries', '9'];
    const { rows } = await measured(url, ...argv);
    expect(rows).toMatchObject([{ n: 1200, failed: 0 }]);
    const begun = seen.bodies.filter(
      ({ stop, prompt }) => stop !== undefined && String(prompt).includes('|'),
    );
    expect(new Set(begun.slice(0, 1200).map(({ prompt }) => prompt)).size).toBeLessThan(1200 / 5 + 500 + 64);
  });

  it('a request that is refused for its form is not made again, and where all are, a few are enough', async () => {
    const refused = error(400, "Invalid value for 'prompt'");
    const { url, seen } = await serve({ behaviour: { answer: ({ ours }) => (ours ? refused : null) } });
    const { ending, rows } = await incomplete(url, '--task', 'UR', '--lengths', '7', '--n', '300');
    expect(ending).toMatchObject({
      kind: 'stopped',
      reason: expect.stringMatching(/^every question is refused alike: /) as string,
    });
    expect(rows[0].failed).toBeGreaterThanOrEqual(5);
    const asked = seen.bodies.filter(({ prompt }) => String(prompt).includes('->'));
    const [prompts, requests] = [
      asked.map(({ prompt }) => prompt),
      asked.map(({ prompt, max_tokens: limit }) => `${String(prompt)} ${String(limit)}`),
    ];
    expect(new Set(requests).size).toBe(requests.length);
    // Three of them are asked with the least limit, too, to find out whether it is the limit.
    expect(prompts.length - new Set(prompts).size).toBeLessThanOrEqual(3);
    expect(seen.requests).toBeLessThan(80);
  });

  it('goes on after kill -9: nothing that was finished is lost or asked again', async () => {
    const { url, seen, idle } = await serve({ delay: 20 });
    const out = folder();
    const argv = measureArgv(
      url,
      '--json',
      '--task',
      'UR',
      '--lengths',
      '9',
      '--n',
      '300',
      '--out',
      out,
      '--concurrency',
      '8',
    );
    const killed = await run(argv, { kill: 'SIGKILL', killWhen: () => seen.answered.length >= 100 });
    expect(killed.signal).toBe('SIGKILL');
    const kept = rowsIn(out).length;
    expect(kept).toBeGreaterThan(80);
    await idle(); // the server answers what was under way
    const before = seen.answered.length;
    const { out: text } = await run(argv);
    expect(JSON.parse(text)).toMatchObject({ rows: [{ n: 300, correct: 300 }], run: { reused: kept } });
    expect(seen.answered.length - before).toBe(300 - kept);
    const again = await run(argv);
    expect(JSON.parse(again.out)).toMatchObject({ run: { answered: 0, reused: 300 } });
  });

  it('Ctrl-C waits for what is under way, says how to go on, and nothing is asked twice', async () => {
    let told = false;
    const { url, seen } = await serve({ delay: () => (told ? 500 : 20) }); // it must not be done before it hears of it
    const out = folder();
    const argv = measureArgv(url, '--json', '--task', 'UR', '--lengths', '9', '--n', '200', '--out', out);
    const stopped = await run(argv, {
      kill: 'SIGINT',
      killWhen: () => (told = seen.answered.length > 0),
    });
    told = false;
    expect(stopped.code).toBe(130);
    expect(stopped.err).toContain('the same command goes on from here');
    expect(rowsIn(out)).toHaveLength(seen.answered.length);
    await run(argv);
    expect(seen.answered).toHaveLength(200);
    expect(new Set(seen.answered).size).toBe(200);
  });

  it('a budget ends it cleanly, and more of it goes on', async () => {
    const { url, seen } = await serve();
    const out = folder();
    const argv = ['--task', 'UR', '--lengths', '9', '--n', '60', '--out', out];
    const first = await incomplete(url, ...argv, '--budget', '30requests');
    expect(first.ending).toEqual({ kind: 'budget' });
    expect(seen.requests).toBeLessThanOrEqual(30);
    const second = await measured(url, ...argv, '--budget', '1e6tokens');
    expect(second).toMatchObject({ ending: { kind: 'done' }, rows: [{ n: 60 }] });
  });

  it.each([
    ['requests', '50requests'],
    ['tokens', '3000tokens'],
    ['money', '0.0006usd'],
  ])('a budget in %s is never exceeded, whatever is decided how and whatever fails', async (_, budget) => {
    const { url, seen } = await serve({
      accuracy: () => 0.5,
      fault: (n) => (n % 5 === 1 ? '500' : n % 7 === 2 ? 'cut-body' : null),
    });
    const argv = ['--task', 'UR', '--lengths', '9', '--n', '400', '--price', '0.2,0.1', '--budget', budget];
    for (const how of ['generation', 'likelihood']) {
      const before = { requests: seen.requests, tokens: seen.tokens };
      const { ending, run: ran } = await incomplete(url, ...argv, '--decide', how, '--out', folder());
      expect(ending).toEqual({ kind: 'budget' });
      const [requests, tokens] = [seen.requests - before.requests, seen.tokens - before.tokens];
      expect(ran.spent.requests).toBe(requests);
      if (budget.endsWith('requests')) expect(requests).toBe(50);
      else if (budget.endsWith('tokens')) expect(tokens).toBeLessThanOrEqual(3000);
      else expect(tokens * 0.2e-6).toBeLessThanOrEqual(0.0006);
      expect(ran.spent.tokens).toBeLessThanOrEqual(tokens);
      expect(tokens).toBeGreaterThan(1500);
    }
  });

  it('a budget of a run that resumes counts what the server adds from its first request on', async () => {
    const { url, seen } = await serve({ quirks: { around: 900 } });
    const argv = ['--task', 'UR', '--lengths', '9', '--n', '400', '--out', folder()];
    await incomplete(url, ...argv, '--budget', '30000tokens');
    const before = seen.tokens;
    const { ending } = await incomplete(url, ...argv, '--budget', '3000tokens');
    expect(ending).toEqual({ kind: 'budget' });
    expect(seen.tokens).toBeGreaterThan(before + 900);
    expect(seen.tokens - before).toBeLessThanOrEqual(3000);
  });

  it('a budget in tokens holds where the server counts none', async () => {
    const { url, seen } = await serve({ quirks: { noUsage: true } });
    const argv = ['--task', 'UR', '--lengths', '9', '--n', '100', '--budget', '4000tokens'];
    const { ending } = await incomplete(url, ...argv);
    expect(ending).toEqual({ kind: 'budget' });
    expect(seen.tokens).toBeLessThanOrEqual(4000);
    expect(seen.answered.length).toBeGreaterThan(2);
  });

  it.each([
    ['requests, generating', { requests: 25, windowMs: 400 }, 'generation'],
    ['requests, telling by likelihood', { requests: 25, windowMs: 400 }, 'likelihood'],
    ['tokens', { requests: 1000, tokens: 3000, windowMs: 400 }, 'generation'],
    ['tokens, telling by likelihood', { requests: 1000, tokens: 3000, windowMs: 400 }, 'likelihood'],
  ])('never asks more than the server advertises: %s', async (_, rate, how) => {
    const { url, seen } = await serve({ rate, accuracy: () => 0.5 });
    const argv = ['--task', 'UR', '--lengths', '9', '--n', '80', '--decide', how];
    const { rows } = await measured(url, ...argv);
    expect(rows).toMatchObject([{ n: 80, failed: 0 }]);
    expect(seen.violations).toBe(0);
  });

  it.each(['seconds', 'date'] as const)('Retry-After in %s is waited for', async (form) => {
    const { url, seen } = await serve({
      fault: (n) => (n === 0 ? '429-wait' : null),
      waitMs: 1500,
      waitForm: form,
    });
    const argv = ['--task', 'UR', '--lengths', '7', '--n', '6', '--concurrency', '1'];
    const { rows } = await measured(url, ...argv);
    expect(rows).toMatchObject([{ n: 6, correct: 6 }]);
    // A date has no parts of seconds.
    expect(seen.gapAfterWait).toBeGreaterThan(form === 'date' ? 400 : 1400);
  });

  it('a long wait that the server asks for is said', async () => {
    const { url } = await serve({ fault: () => '429-wait', waitMs: 3_600_000 });
    const { err } = await run(measureArgv(url, '--task', 'UR', '--lengths', '7', '--n', '6'), {
      kill: 'SIGINT',
      killWhen: (said) => said.includes('waiting for'),
    });
    expect(err).toMatch(/waiting for 3[56]\d\d s: the server asks for it/);
  });

  it('finds out how much at once is too much', async () => {
    const { url } = await serve({ concurrency: 3, delay: 5 });
    const { rows } = await measured(url, '--task', 'UR', '--lengths', '9', '--n', '120');
    expect(rows).toMatchObject([{ n: 120, failed: 0 }]);
  });
});

describe.concurrent('addresses', () => {
  it.each([
    ['a slash at the end', (url: string) => `${url}/`],
    ['the name of this machine', (url: string) => url.replace('127.0.0.1', 'localhost')],
  ])('%s', async (_, written) => {
    const { url } = await serve();
    const { rows } = await measured(written(url), '--task', 'UR', '--lengths', '7', '--n', '2');
    expect(rows).toMatchObject([{ n: 2, correct: 2 }]);
  });

  it('a query (Azure’s ?api-version=) is part of every request', async () => {
    const { url, seen } = await serve();
    const argv = ['--task', 'UR', '--lengths', '7', '--n', '2'];
    const { rows, respondent } = await measured(`${url}?api-version=2024-06-01`, ...argv);
    expect(rows).toMatchObject([{ n: 2, correct: 2 }]);
    expect(respondent.endpoint).toBe(`${url}?api-version=2024-06-01`);
    for (const asked of seen.paths) expect(asked).toMatch(/\?api-version=2024-06-01$/);
  });

  it('the context’s end is found as such, and is nothing that another run would answer', async () => {
    const tooLong = error(400, "This model's maximum context length is 120 tokens", {
      code: 'context_length_exceeded',
    });
    const { url } = await serve({
      behaviour: { answer: ({ prompt }) => (prompt.split(/\s+/).length > 160 ? tooLong : null) },
    });
    const argv = ['--task', 'UR', '--prompt', 'paper', '--n', '50', '--threshold', '0.8'];
    const { horizons, rows } = await measured(url, ...argv, '--at-least', 'UR=40');
    expect(horizons).toMatchObject([{ censored: true, contextEnds: expect.any(Number) as number }]);
    const [{ length, contextEnds }] = horizons;
    expect(length).toBeGreaterThanOrEqual(75);
    expect(contextEnds).toBeGreaterThan(length ?? Infinity);
    for (const row of rows) expect(row.n).toBeLessThanOrEqual(50);
    // Nothing at all can be asked: that is no result.
    const none = await run(measureArgv(url, ...argv, '--lengths', '200,300'));
    expect(none).toMatchObject({
      code: 3,
      err: expect.stringMatching(
        /incomplete: no prompt fits the context, the shortest of length 200 included: ask with fewer --shots, another --prompt or shorter --lengths\n$/,
      ) as string,
    });
  });

  it('IPv6, and a model’s name in other letters, with a slash', async () => {
    const { url } = await serve({ host: '::1', model: 'モデル/ü 7b' });
    expect(url).toContain('[::1]');
    const argv = ['--task', 'UR', '--lengths', '7', '--n', '2', '--json'];
    const { code, out } = await run(
      ['measure', '--endpoint', url, '--model', 'モデル/ü 7b', ...argv],
      {}, // in a working directory of its own
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      respondent: { model: 'モデル/ü 7b' },
      rows: [{ n: 2, correct: 2 }],
      run: { folder: expect.stringMatching(/^runs.measure.-?[\w.-]+-[0-9a-f]{8}$/) as string },
    });
  });

  it.each<[string, ServerOptions, (url: string) => string, string]>([
    ['without the /v1 that is there', {}, (url) => url.replace('/v1', ''), '/v1: give that'],
    ['with a path that is not there', {}, (url) => `${url}/x`, 'ends in /v1 on most servers'],
    [
      'that points elsewhere',
      { quirks: { movedTo: 'https://elsewhere.example/v1' } },
      (url) => url,
      'it points to https://elsewhere.example/v1; give the address there',
    ],
    [
      'with https where none is spoken',
      {},
      (url) => url.replace('http:', 'https:'),
      'no https is spoken there',
    ],
    [
      'where nobody is',
      {},
      () => 'http://127.0.0.1:9/v1',
      'the connection was refused: is the server running there?',
    ],
    ['of no host', {}, () => 'http://nobody.invalid/v1', 'the host name is not known'],
    [
      'of a server without that model',
      { onlyModel: true, model: 'other' },
      (url) => url,
      "has no model 'test'; it has: other",
    ],
  ])('%s: one line, at once', async (_, options, written, says) => {
    const { url } = await serve(options);
    // With so many retries a command that tried again would not end in the time that a test has.
    const argv = ['--task', 'UR', '--lengths', '7', '--max-retries', '1000'];
    const { code, err } = await run(measureArgv(written(url), ...argv));
    expect(err).toContain(says);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });
});

describe.concurrent('keys', () => {
  it('come from the environment and are nowhere to be found afterwards, whatever the server says', async () => {
    const { url } = await serve({ key: KEY, fault: (n) => (n % 3 === 0 ? '500' : null) });
    const out = folder();
    const argv = measureArgv(url, '--json', '--task', 'UR', '--lengths', '7', '--n', '10', '--out', out);
    const good = await run(argv, { env: { OPENAI_API_KEY: KEY } });
    expect(good.code).toBe(0);
    const { url: other } = await serve({ key: 'another', quirks: { leaksKey: true } });
    const bad = await run([...measureArgv(other, '--task', 'UR'), '--out', folder()], {
      env: { LENGTHWISE_API_KEY: KEY },
    });
    expect(bad.code).toBe(2);
    expect(bad.err).toContain('refuses us: status 401: bad key: Bearer [secret]');
    expect(bad.err).toContain('the key came from LENGTHWISE_API_KEY: set it to one that this server takes');
    expect(good.out + good.err + bad.out + bad.err).not.toContain(KEY);
    for (const file of readdirSync(out)) expect(readFileSync(path.join(out, file)).includes(KEY)).toBe(false);
  });

  it('that is refused in the middle of a run is named by where it came from, as at the start', async () => {
    const { url } = await serve({
      behaviour: { answer: ({ ours, n }) => (ours && n > 5 ? error(401, 'Token has expired') : null) },
    });
    const argv = measureArgv(url, '--task', 'UR', '--lengths', '7', '--n', '40', '--json');
    const { code, out, err } = await run(argv, { env: { OPENAI_API_KEY: KEY } });
    const line = `${url} refuses us: status 401: Token has expired; the key came from OPENAI_API_KEY: set it to one that this server takes`;
    expect(code).toBe(3);
    expect(err).toContain(`lengthwise: incomplete: stopped: ${line}; the same command goes on from here`);
    expect((JSON.parse(out) as Result).ending).toEqual({ kind: 'stopped', reason: line });
  });

  it('not even a piece of one is left where the server’s words are cut short', async () => {
    const { url } = await serve({ key: 'another', quirks: { leaksKey: true, wordy: 170 } });
    const { err } = await run(measureArgv(url, '--task', 'UR'), { env: { LENGTHWISE_API_KEY: KEY } });
    expect(err).toContain('refuses us: status 401');
    expect(err).not.toContain(KEY.slice(0, 6));
  });

  it('a header that says what the prompt says, too, leaves the answers as they are', async () => {
    const { url } = await serve();
    const argv = ['--task', 'UF', '--alphabet', 'words:40', '--lengths', '8', '--n', '12'];
    const out = folder();
    await measured(url, ...argv, '--out', out);
    const [word] = rowsIn(out)[0].answer.filter((symbol) => symbol.length >= 4);
    const { rows } = await measured(url, ...argv, '--header', `X-Title: ${word}`);
    expect(rows).toMatchObject([{ n: 12, correct: 12 }]);
  });

  it.each([
    [['--body', `{"api_key":"${KEY}"}`], "--body: the key stands in 'api_key', which is stored"],
    [['--endpoint', `http://user:${KEY}@127.0.0.1:9/v1`], 'no names and passwords in the address'],
    [['--endpoint', `http//user:${KEY}@127.0.0.1:9/v1`], "not '…@127.0.0.1:9/v1'"],
  ])('is refused where it would be stored, and not repeated: %#', async (argv, says) => {
    const out = folder();
    const { code, err } = await run(
      [...measureArgv('http://127.0.0.1:9/v1', '--task', 'UR', '--out', out), ...argv],
      {
        env: { LENGTHWISE_API_KEY: KEY },
      },
    );
    expect(code).toBe(2);
    expect(err).toContain(says);
    expect(err).not.toContain(KEY);
    for (const file of readdirSync(out)) expect(readFileSync(path.join(out, file)).includes(KEY)).toBe(false);
  });

  it('a wrong one of a header of the user’s own is told by its name', async () => {
    const { url } = await serve({ key: 'another' });
    const header = ['--header', 'Authorization: env:MINE'];
    const { err } = await run(measureArgv(url, '--task', 'UR', ...header), {
      env: { LENGTHWISE_API_KEY: 'not-sent', MINE: KEY },
    });
    expect(err).toContain("the key came from the header 'authorization': set it");
    expect(err).not.toContain(KEY);
  });

  it('without one, the line says where it is expected', async () => {
    const { url } = await serve({ key: KEY });
    const { code, err } = await run(measureArgv(url, '--task', 'UR', '--lengths', '7'));
    expect(code).toBe(2);
    expect(err).toContain('set LENGTHWISE_API_KEY');
  });
});
