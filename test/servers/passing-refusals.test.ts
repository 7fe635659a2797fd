/** A refusal in words that don't say what is too much, of a question for which nothing is: measured by the command, over a socket. */
import { expect, it } from 'vitest';
import { folder, incomplete, measured, rowsIn, serve } from '../cli/measuring.ts';
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
