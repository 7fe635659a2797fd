/** A server that takes longer prompts than before (vLLM started again with a larger `--max-model-len`): measured by the command, over a socket. */
import { expect, it } from 'vitest';
import { folder, measured, measureArgv, run, serve } from '../cli/measuring.ts';
import type { Result } from '../cli/measuring.ts';
import type { TestServer } from '../server/server.ts';
import { error } from './case.ts';

const UF = ['--task', 'UF', '--n', '40'] as const;

interface Growing {
  readonly server: TestServer;
  readonly grow: () => void;
  /** The prompts that it refuses. */
  readonly refused: ReadonlySet<string>;
}

/** Some prompts of length 20 are too many tokens for it, until it is told to take them all. */
async function growing(): Promise<Growing> {
  const refused = new Set<string>();
  let isGrown = false;
  const says = "This model's maximum context length is 563 tokens. Please reduce the length of the prompt.";
  const server = await serve({
    behaviour: {
      answer: ({ ours, prompt }) => {
        const isLong = ours && symbolsIn(prompt) === 20 && prompt.charCodeAt(prompt.length - 11) % 8 === 1;
        if (isLong) refused.add(prompt);
        return isLong && !isGrown ? error(400, says) : null;
      },
    },
  });
  return { server, grow: () => (isGrown = true), refused };
}

/** How many symbols the source has that a prompt asks for a copy of: the last one in it. */
function symbolsIn(prompt: string): number {
  return (/.*Input: ([^\n]*)/s.exec(prompt)?.[1] ?? '').trim().split(' ').length;
}

const rightAt = (...lengths: readonly number[]) => lengths.map((length) => ({ length, n: 40, correct: 40 }));

it('what was too long is asked again by the run that sees longer prompts taken', async () => {
  const { server, grow, refused } = await growing();
  const out = folder();
  const first = await measured(server.url, ...UF, '--lengths', '10,20', '--out', out);
  const tooLong = refused.size;
  expect(tooLong).toBeGreaterThan(1);
  expect(tooLong).toBeLessThan(20);
  expect(first.rows).toMatchObject([{ length: 10 }, { length: 20, n: 40, correct: 40 - tooLong, tooLong }]);
  grow();
  const { requests } = server.seen;
  const second = await measured(server.url, ...UF, '--lengths', '10,20,30', '--out', out);
  expect(second.rows).toMatchObject(rightAt(10, 20, 30));
  expect(second.horizons).toMatchObject([{ length: 30, partlyFits: null, contextEnds: null }]);
  expect(second.run).toMatchObject({ answered: 40 + tooLong, failed: 0, reused: 80 - tooLong });
  expect(server.seen.requests - requests).toBe(40 + tooLong);
});

it('what still is too long is counted as it was, and nobody is asked again', async () => {
  const { server, refused } = await growing();
  const argv = measureArgv(server.url, ...UF, '--lengths', '10,20', '--out', folder(), '--json');
  const first = JSON.parse((await run(argv)).out) as Result;
  const { requests } = server.seen;
  const tooLong = refused.size;
  const again = await run(argv);
  expect([again.code, server.seen.requests]).toEqual([0, requests]);
  expect(again.err).toContain(
    `${tooLong} of those that failed are from before and were not asked again, since`,
  );
  expect(JSON.parse(again.out)).toMatchObject({ rows: first.rows, horizons: first.horizons });
});
