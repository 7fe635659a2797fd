/** A server that is in trouble for a while, whatever it says meanwhile: it is waited for, and nothing is measured of that. */
import { describe, expect, it } from 'vitest';
import { plainReply } from '../server/behaviour.ts';
import type { Asked, Sent } from '../server/behaviour.ts';
import { error } from '../servers/case.ts';
import { folder, incomplete, measureArgv, measured, rowsIn, run, serve } from './measuring.ts';
import type { Result } from './measuring.ts';

const ASKED = ['--task', 'UR', '--lengths', '7', '--n', '40', '--prompt', 'paper'];

const stream = (event: object): Sent => ({
  headers: { 'content-type': 'text/event-stream' },
  body: `data: ${JSON.stringify(event)}\n\ndata: [DONE]\n\n`,
});
const html = { headers: { 'content-type': 'text/html' }, body: '<html>We will be back soon</html>' };
const upstream = { error: { message: 'Provider returned error', code: 502 } };

const empty = (asked: Asked): Sent => ({
  body: {
    ...plainReply({ ...asked, finish: 'stop' }, { content: '' }),
    usage: { prompt_tokens: 50, completion_tokens: 0 },
  },
});

/** A server that is gone once it has answered so many questions, until the command says that it waits: nothing is lost by it. */
async function throughOutage(first: number, sent: (asked: Asked) => Sent): Promise<void> {
  let isNoticed = false;
  const answer = (asked: Asked): Sent | null =>
    asked.ours && asked.n > first && !isNoticed ? sent(asked) : null;
  const { url, seen } = await serve({ apis: ['chat'], behaviour: { answer } });
  const notice = (said: string): boolean => {
    isNoticed ||= said.includes('s: the server is in trouble (');
    return false;
  };
  const argv = measureArgv(url, ...ASKED, '--max-retries', '1', '--json');
  const { code, out, err } = await run(argv, { killWhen: notice });
  const { rows, ending } = JSON.parse(out) as Result;
  expect([code, ending, rows], err).toMatchObject([0, { kind: 'done' }, [{ n: 40, failed: 0, correct: 40 }]]);
  // Those that were under way when it went, and one after each wait; the probe's.
  expect(seen.requests).toBeLessThan(40 + 64 + 10 + 20);
}

describe.concurrent('an outage', () => {
  it.each<[string, (asked: Asked) => Sent]>([
    ['by a status', () => error(502, 'bad gateway')],
    ['by an error inside a 200', () => ({ body: upstream })],
    ['by 503 inside a 200', () => ({ body: { error: { message: 'Loading model', code: 503 } } })],
    ['by an event of a stream', () => stream(upstream)],
    ['by no choices', () => ({ body: { object: 'chat.completion', choices: [] } })],
    ['by a page of HTML', () => html],
    [
      'by a content that is null',
      (asked) => ({ body: { ...plainReply(asked, { content: null }), usage: {} } }),
    ],
  ])('%s is waited for with few requests, and all is answered', async (_, sent) => {
    for (const first of [12, 0]) await throughOutage(first, sent);
  });

  it('by empty answers after others, were it the probe’s, is waited for, too, and they are not the answers', async () => {
    for (const first of [12, 0]) await throughOutage(first, empty);
  });

  it.each([
    ['after answers', 12],
    ['from the first question on', 0],
  ])('by empty answers %s that never ends makes questions fail, and is told', async (_, first) => {
    let questions = 0;
    const answer = (asked: Asked): Sent | null => {
      if (asked.ours) questions += 1;
      return questions > first ? empty(asked) : null;
    };
    const { url } = await serve({ apis: ['chat'], behaviour: { answer } });
    const out = folder();
    const argv = [...ASKED, '--out', out, '--max-retries', '1'];
    const { code, out: text, err } = await run(measureArgv(url, ...argv, '--json'));
    const { rows } = JSON.parse(text) as Result;
    const failed = 40 - first;
    expect([code, rows]).toMatchObject([3, [{ n: 40, correct: first, failed }]]);
    expect(err).toMatch(
      /^WARNING: from \d{4}-\d\d-\d\d .* to .* the server gave nothing but empty answers, after others that were not: \d+ questions have failed/m,
    );
    expect(err).toContain(`others that were not: ${failed} questions`);
    expect(err).toContain(`\nfailed ${failed} times: the answer is empty, after others that were not\n`);
    expect(rowsIn(out).filter(({ output }) => output.error === null)).toHaveLength(first);
  });

  it('that is over when the probe has come to chat changes nothing: completions are tried again', async () => {
    let inTrouble = 2;
    const { url } = await serve({
      behaviour: {
        answer: ({ api }) => (api === 'completions' && inTrouble-- > 0 ? error(502, 'bad gateway') : null),
      },
    });
    const { respondent } = await measured(url, ...ASKED, '--max-retries', '1');
    expect(respondent).toMatchObject({ api: 'completions', capabilities: { completions: true, chat: true } });
  });

  it('that never ends before a first answer ends the run, after few requests', async () => {
    const { url, seen } = await serve({
      behaviour: { answer: ({ ours }) => (ours ? error(502, 'bad gateway') : null) },
    });
    const { ending } = await incomplete(url, ...ASKED, '--n', '400', '--max-retries', '1');
    expect(ending).toEqual({
      kind: 'stopped',
      reason: 'status 502: bad gateway (nothing was answered for 20 s, in which it was waited for)',
    });
    expect(seen.requests).toBeLessThan(60);
  });

  it('is none where some prompts crash the server each time: all are asked, and the end is that all are', async () => {
    const { url } = await serve({
      behaviour: { answer: ({ ours, prompt }) => (ours && crashes(prompt) ? error(500, 'crash') : null) },
    });
    const out = folder();
    const { ending, rows } = await incomplete(
      url,
      ...ASKED,
      '--n',
      '150',
      '--out',
      out,
      '--max-retries',
      '2',
    );
    expect(ending).toEqual({ kind: 'done' });
    const failed = rowsIn(out).filter(({ output }) => output.error !== null).length;
    expect(failed).toBeGreaterThan(5);
    expect(rows).toMatchObject([{ n: 150, failed, correct: 150 - failed }]);
  });

  it('says how many questions failed, and not that they were the last in a row', async () => {
    const { url } = await serve({
      behaviour: { answer: ({ ours }) => (ours ? error(502, 'bad gateway') : null) },
    });
    const out = folder();
    const { ending } = await incomplete(url, ...ASKED, '--out', out, '--max-retries', '0');
    const failed = rowsIn(out).length;
    expect(ending).toEqual({
      kind: 'stopped',
      reason: `status 502: bad gateway (${failed} questions failed, ${failed} attempts)`,
    });
  });
});

describe.concurrent('a run that has nothing left to ask but prompts that fail each time', () => {
  it.each<[string, (asked: Asked) => Sent]>([
    ['a status', () => error(500, 'crash')],
    ['a status that may be for the load', () => error(503, 'Service Unavailable')],
    [
      'a content that is null',
      (asked) => ({
        body: {
          ...plainReply(asked, { content: null }),
          usage: { prompt_tokens: 50, completion_tokens: 0 },
        },
      }),
    ],
    ['a reply that is no JSON', () => ({ body: '{"choices": [{' })],
    ['another model’s answer', (asked) => ({ body: { ...plainReply(asked), model: 'other' } })],
  ])('by %s: they fail, and nobody waits for a server that is there', async (_, sent) => {
    const answered = new Map<string, number>();
    const { url, seen } = await serve({
      apis: ['chat'],
      accuracy: () => 1,
      behaviour: {
        answer: (asked) => {
          if (asked.ours && crashes(asked.prompt)) return sent(asked);
          if (asked.ours) answered.set(asked.prompt, (answered.get(asked.prompt) ?? 0) + 1);
          return null;
        },
      },
    });
    const argv = [...ASKED, '--n', '150', '--out', folder(), '--max-retries', '2'];
    const first = await incomplete(url, ...argv);
    const before = seen.requests;
    const { code, out, err } = await run(measureArgv(url, ...argv, '--json'));
    const { rows, ending } = JSON.parse(out) as Result;
    const { failed } = first.run;
    expect(failed).toBeGreaterThan(6);
    expect([code, ending, rows], err).toEqual([3, { kind: 'done' }, first.rows]);
    expect(err).toContain(`lengthwise: incomplete: ${failed} questions failed; `);
    expect(err).not.toMatch(/waited for|its limits or its load/);
    // Each three times; before that five in a row, later ten, …, and each time one question that was answered.
    const again = [...answered.values()].reduce((sum, times) => sum + times - 1, 0);
    expect([again >= 1, again <= 3]).toEqual([true, true]);
    expect(seen.requests - before).toBeLessThanOrEqual(3 * failed + 3 + 10 + 20);
  });

  it('and waits for no outage: the run does not end early, either', async () => {
    const { url } = await serve({
      behaviour: { answer: ({ ours, prompt }) => (ours && crashes(prompt) ? error(500, 'crash') : null) },
    });
    const argv = [...ASKED, '--n', '300', '--out', folder(), '--max-retries', '0'];
    const first = await incomplete(url, ...argv);
    expect(first.run.failed).toBeGreaterThan(20);
    const second = await incomplete(url, ...argv);
    expect([second.ending, second.rows]).toEqual([{ kind: 'done' }, first.rows]);
  });

  it('and the server is gone: it is waited for, and the run says so', async () => {
    let isGone = false;
    const { url } = await serve({
      behaviour: {
        answer: ({ ours, prompt }) =>
          ours && (isGone || crashes(prompt)) ? error(500, isGone ? 'gone' : 'crash') : null,
      },
    });
    const argv = [...ASKED, '--n', '150', '--out', folder(), '--max-retries', '1'];
    await incomplete(url, ...argv);
    isGone = true;
    const { ending } = await incomplete(url, ...argv);
    expect(ending).toEqual({
      kind: 'stopped',
      reason: 'status 500: gone (nothing was answered for 20 s, in which it was waited for)',
    });
  });
});

/** One prompt in ten, and always the same. */
function crashes(prompt: string): boolean {
  return [...prompt].reduce((sum, char) => (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973, 0) % 10 === 0;
}
