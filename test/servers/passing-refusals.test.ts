/** A refusal in words that don't say what is too much, of a question for which nothing is: measured by the command, over a socket. */
import { describe, expect, it } from 'vitest';
import { folder, incomplete, measureArgv, measured, rowsIn, run, serve } from '../cli/measuring.ts';
import { choiceReply } from '../server/behaviour.ts';
import type { Asked, Sent } from '../server/behaviour.ts';
import type { TestServer } from '../server/server.ts';
import { error } from './case.ts';

/** With less, a request only finds out what was refused. */
const LEAST = 10;

/** The first question is refused so many times, and answered with the least limit after others were answered with theirs. */
async function refusing(
  times: number,
  answer: (asked: Asked) => Sent | null = () => null,
): Promise<Refusing> {
  let first: string | null = null;
  let [left, waitMs] = [times, 0];
  const server = await serve({
    apis: ['chat'],
    behaviour: {
      answer: (asked) => {
        waitMs = asked.limit <= LEAST ? 100 : 0;
        if (!asked.ours) return null;
        first ??= asked.prompt;
        if (first !== asked.prompt || asked.limit <= LEAST || left === 0) return answer(asked);
        left -= 1;
        return error(400, 'Bad request');
      },
    },
    delay: () => waitMs,
  });
  return { server, refuse: (more) => (left = more) };
}

interface Refusing {
  readonly server: TestServer;
  readonly refuse: (more: number) => void;
}

const UF = ['--task', 'UF', '--lengths', '5,20', '--n', '40'] as const;

it('a refusal that passes is no end of the context: what others were answered with is asked for once more', async () => {
  const { server } = await refusing(1);
  const { rows, horizons } = await measured(server.url, ...UF);
  expect(rows).toMatchObject([5, 20].map((length) => ({ length, n: 40, correct: 40 })));
  expect(horizons).toMatchObject([{ contextEnds: null, partlyFits: null }]);
});

it('one that comes again has failed, and the same command asks it again', async () => {
  const { server, refuse } = await refusing(2);
  const out = folder();
  const { rows } = await incomplete(server.url, ...UF, '--out', out);
  expect(rows[0]).toMatchObject({ length: 5, n: 40, correct: 39, failed: 1, lost: 1 });
  expect(rows[0].tooLong).toBeUndefined();
  refuse(0);
  const { requests } = server.seen;
  const again = await measured(server.url, ...UF, '--out', out);
  expect(again.rows).toMatchObject([5, 20].map((length) => ({ length, n: 40, correct: 40 })));
  expect(server.seen.requests - requests).toBeLessThan(4);
});

it('one that passes takes no room for thoughts from anybody', async () => {
  const thinks = (asked: Asked): Sent => {
    const usage = { prompt_tokens: 50, completion_tokens: 30 };
    const message = { content: asked.text, reasoning_content: 'I look. ' };
    return { body: choiceReply(asked, { message, finish_reason: 'stop' }, { usage }) };
  };
  const { server } = await refusing(1, thinks);
  const out = folder();
  const { rows } = await measured(server.url, ...UF, '--think-tokens', '2048', '--out', out);
  expect(rows).toMatchObject([5, 20].map((length) => ({ length, n: 40, correct: 40 })));
  for (const { output } of rowsIn(out)) expect(output.tokenLimit).toBeGreaterThan(2048);
});

const TOO_LONG =
  "This endpoint's maximum context length is 64 tokens. However, you requested about 400 tokens. Please reduce the length.";

describe('a passing refusal of the first question of a run, asked one at a time, limits no answer', () => {
  /** A server that refuses the next question, once it is told to. */
  async function refusingNext(words: string) {
    let isNext = false;
    const server = await serve({
      apis: ['chat'],
      behaviour: {
        answer: ({ ours }) => {
          if (!ours || !isNext) return null;
          isNext = false;
          return error(400, words);
        },
      },
    });
    return { url: server.url, refuseNext: () => (isNext = true) };
  }

  const limitsIn = (out: string): number[] => rowsIn(out).map(({ output }) => output.tokenLimit ?? NaN);

  it.each([
    ['of a first run', [], ['5']],
    ['of a resume that asks for more samples', ['5'], ['5']],
    ['of a resume that goes on with a longer length', ['5'], ['5', '20']],
  ])('%s', async (_, before, lengths) => {
    const { url, refuseNext } = await refusingNext('Bad Request');
    const out = folder();
    const argv = ['--task', 'UF', '--concurrency', '1', '--out', out];
    if (before.length > 0) await measured(url, ...argv, '--n', '36', '--lengths', before.join());
    refuseNext();
    const asked = measureArgv(url, ...argv, '--n', '40', '--lengths', lengths.join());
    const { code, err } = await run(asked);
    expect([code, err]).toEqual([0, expect.not.stringMatching(/refuses a limit|no limit/) as string]);
    const limits = limitsIn(out);
    expect(limits).toHaveLength(40 * lengths.length);
    // At most the question that was refused has less room than the others of its length.
    const full = lengths.map((_length, at) => Math.max(...limits.slice(40 * at, 40 * at + 40)));
    expect(limits.filter((limit) => !full.includes(limit)).length).toBeLessThan(2);
  });

  it.each([
    ['vague words', 'Bad Request'],
    ['those of a context', TOO_LONG],
  ])('nor has a resume less room for thoughts where as much was taken before, in %s', async (_, words) => {
    const { url, refuseNext } = await refusingNext(words);
    const out = folder();
    const argv = ['--task', 'UF', '--lengths', '5', '--think-tokens', '2048', '--concurrency', '1'];
    const many = (n: string): string[] => [...argv, '--n', n, '--out', out];
    await measured(url, ...many('36'));
    refuseNext();
    const { rows, horizons } = await measured(url, ...many('40'));
    expect(rows).toMatchObject([{ length: 5, n: 40, correct: 40 }]);
    expect(horizons).toMatchObject([{ contextEnds: null, partlyFits: null }]);
    expect(new Set(limitsIn(out)).size).toBe(1);
  });
});

describe('a refusal as too long for the context', () => {
  it('that passes is of no prompt: where one as long is answered, it is asked once more', async () => {
    const refused = new Set<string>();
    const server = await serve({
      apis: ['chat'],
      behaviour: {
        answer: ({ ours, n, prompt }) => {
          if (!ours || n % 9 !== 4 || refused.has(prompt)) return null;
          refused.add(prompt);
          return error(400, TOO_LONG);
        },
      },
      delay: () => 5,
    });
    const { rows, horizons } = await measured(server.url, ...UF);
    expect(refused.size).toBeGreaterThan(6);
    expect(rows).toMatchObject([5, 20].map((length) => ({ length, n: 40, correct: 40 })));
    expect(horizons).toMatchObject([{ contextEnds: null, partlyFits: null }]);
  });

  it('that a longer prompt contradicts later has failed, in a report, too, and the same command asks it again', async () => {
    let first: string | null = null;
    let isOver = false;
    const server = await serve({
      apis: ['chat'],
      behaviour: {
        answer: ({ ours, prompt }) => {
          if (!ours) return null;
          first ??= prompt;
          return prompt === first && !isOver ? error(400, TOO_LONG) : null;
        },
      },
    });
    const out = folder();
    const argv = [...UF, '--concurrency', '1', '--out', out];
    const { rows, horizons } = await incomplete(server.url, ...argv);
    expect(rows[0]).toMatchObject({ length: 5, n: 40, correct: 39, failed: 1, lost: 1 });
    expect(rows[0].tooLong).toBeUndefined();
    expect(horizons).toMatchObject([{ partlyFits: null }]);
    const report = await run(['report', out, '--json']);
    expect(JSON.parse(report.out)).toMatchObject({ rows: [{ length: 5, lost: 1 }, { length: 20 }] });
    isOver = true;
    const { requests } = server.seen;
    const again = await measured(server.url, ...argv);
    expect(again.rows).toMatchObject([5, 20].map((length) => ({ length, n: 40, correct: 40 })));
    expect(server.seen.requests - requests).toBe(1);
  });
});

/** How many symbols the source has that a prompt asks for a copy of: the last one in it. */
function symbolsIn(prompt: string): number {
  return (/.*Input: ([^\n]*)/s.exec(prompt)?.[1] ?? '').trim().split(' ').length;
}

/** From the first question about 20 symbols on, everything is refused so many times, known questions as well; until it is told to end. */
async function outage(times: number): Promise<{ readonly url: string; readonly end: () => void }> {
  let left = times;
  let isBegun = false;
  const { url } = await serve({
    apis: ['chat'],
    behaviour: {
      answer: ({ ours, prompt }) => {
        isBegun ||= ours && symbolsIn(prompt) === 20;
        if (!ours || !isBegun || left === 0) return null;
        left -= 1;
        return error(400, 'Bad Request');
      },
    },
  });
  return { url, end: () => (left = 0) };
}

describe('refusals without a reason, of the first prompts of a length', () => {
  const ONE = [...UF, '--concurrency', '1'];

  it('settle nothing where a question that was answered before is refused, too: they are asked again', async () => {
    const { url } = await outage(4);
    const { rows, horizons } = await measured(url, ...ONE);
    expect(rows).toMatchObject([5, 20].map((length) => ({ length, n: 40, correct: 40 })));
    expect(horizons).toMatchObject([{ contextEnds: null, refusedFrom: null }]);
  });

  it('have failed where the run has no attempts left, and the same command asks the length again', async () => {
    const { url, end } = await outage(Infinity);
    const out = folder();
    const argv = [...ONE, '--max-retries', '0', '--out', out];
    const { rows, horizons } = await incomplete(url, ...argv);
    expect(rows).toMatchObject([
      { length: 5, correct: 40 },
      { length: 20, n: 40, lost: 40 },
    ]);
    expect(horizons).toMatchObject([{ contextEnds: null, refusedFrom: null }]);
    end();
    const again = await measured(url, ...argv);
    expect(again.rows).toMatchObject([5, 20].map((length) => ({ length, n: 40, correct: 40 })));
  });

  it('settle the length where the server answers a known question at that time', async () => {
    const server = await serve({
      apis: ['chat'],
      behaviour: {
        answer: ({ ours, prompt }) => (ours && symbolsIn(prompt) === 20 ? error(400, 'Bad Request') : null),
      },
    });
    const { horizons } = await measured(server.url, ...UF);
    expect(horizons).toMatchObject([{ refusedFrom: 20 }]);
  });
});

describe('an outage while thoughts have room', () => {
  it.each<[string, (asked: Asked) => Sent]>([
    ['by 503', () => error(503, 'Service Unavailable')],
    [
      'with empty answers',
      (asked) => ({
        body: choiceReply(
          asked,
          { message: { content: '' }, finish_reason: 'stop' },
          { usage: { prompt_tokens: 50, completion_tokens: 0 } },
        ),
      }),
    ],
  ])('%s is waited for, and takes no room from anybody', async (_, outage) => {
    let count = 0;
    const server = await serve({
      apis: ['chat'],
      behaviour: {
        answer: (asked) => {
          count += Number(asked.ours);
          if (asked.ours && count > 15 && count <= 21) return outage(asked);
          const usage = { prompt_tokens: 50, completion_tokens: 200 };
          const message = { content: asked.text, reasoning_content: 'I look. ' };
          return { body: choiceReply(asked, { message, finish_reason: 'stop' }, { usage }) };
        },
      },
    });
    const out = folder();
    const { rows } = await measured(server.url, ...UF, '--think-tokens', '2048', '--out', out);
    expect(rows).toMatchObject([5, 20].map((length) => ({ length, n: 40, correct: 40, failed: 0 })));
    for (const { output } of rowsIn(out)) expect(output.tokenLimit).toBeGreaterThan(2048);
  });
});
