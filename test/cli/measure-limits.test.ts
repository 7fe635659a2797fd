/** Where prompts are taken no longer, and what a server in trouble may decide: nothing. */
import { describe, expect, it } from 'vitest';
import { plainReply } from '../server/behaviour.ts';
import type { Asked, Sent } from '../server/behaviour.ts';
import { error } from '../servers/case.ts';
import type { TestServer } from '../server/server.ts';
import { folder, incomplete, measureArgv, measured, rowsIn, run, serve } from './measuring.ts';
import type { Result } from './measuring.ts';

const CONTEXT = error(400, "This model's maximum context length is 120 tokens");
const wordsOf = (prompt: string): number => prompt.split(/\s+/).length;
const beyond =
  (refusal: Sent) =>
  ({ prompt }: Asked): Sent | null =>
    wordsOf(prompt) > 160 ? refusal : null;
const SEARCH = ['--task', 'UR', '--prompt', 'paper', '--n', '50', '--threshold', '0.8'];

/** What a report of the folder says. */
async function stored(out: string): Promise<Pick<Result, 'rows' | 'horizons'>> {
  const { out: json } = await run(['measure', '--rescore', '--out', out, '--json']);
  const { rows, horizons } = JSON.parse(json) as Result;
  return { rows, horizons };
}

/** The same command once more asks nothing, and says what it said before. */
async function sameAgain(
  { url, seen }: Pick<TestServer, 'url' | 'seen'>,
  argv: readonly string[],
  { rows, horizons }: Pick<Result, 'rows' | 'horizons'>,
): Promise<string> {
  const before = seen.requests;
  const again = await measured(url, ...argv);
  expect(seen.requests).toBe(before);
  expect({ rows: again.rows, horizons: again.horizons }).toEqual({ rows, horizons });
  expect(again.run).toMatchObject({ answered: 0, failed: again.run.failedBefore, spent: { requests: 0 } });
  const { code, out, err } = await run(measureArgv(url, ...argv));
  expect(code).toBe(0);
  expect(err).not.toContain('also holds');
  expect(err).toContain(
    `${again.run.failed} of those that failed are from before and were not asked again, since the server did not take such prompts`,
  );
  return out;
}

describe('a length that the server takes no longer', () => {
  it.each([
    ['for its context', CONTEXT, 'contextEnds', /^UR +≥ \d+ \(the context ends there\)/m],
    ['without a word', { status: 400, body: '' }, 'refusedFrom', /^UR +≥ \d+ \(refused from \d+ on\)/m],
  ] as const)('%s: the search ends there, and all is answered', async (_, refusal, field, says) => {
    const server = await serve({ behaviour: { answer: beyond(refusal) } });
    const { url, seen } = server;
    const out = folder();
    const { rows, horizons, ending } = await measured(url, ...SEARCH, '--out', out, '--at-least', 'UR=40');
    expect(ending).toEqual({ kind: 'done' });
    const [{ length, [field]: end, censored }] = horizons;
    expect(length).toBeGreaterThanOrEqual(75);
    expect(end).toBeGreaterThan(length ?? Infinity);
    expect(censored).toBe(true);
    for (const row of rows) expect(row.n).toBeLessThanOrEqual(50);
    expect(await stored(out)).toEqual({ rows, horizons });
    // Once refusals were seen, a longer length than was taken is tried with a few samples.
    const rejected = seen.bodies.filter(({ prompt }) => wordsOf(String(prompt)) > 160);
    const lengths = new Set(rows.flatMap((row) => (row.failed === row.n ? [row.length] : [])));
    expect(rejected.length).toBeLessThanOrEqual(64 + 6 * (lengths.size - 1));
    expect(await sameAgain(server, [...SEARCH, '--out', out], { rows, horizons })).toMatch(says);
  });

  it.each([0, 30])(
    'with given lengths: no longer one is asked, and none more than --n times, after %i ms',
    async (delay) => {
      const server = await serve({ behaviour: { answer: beyond(CONTEXT) }, delay });
      const { url, seen } = server;
      const out = folder();
      const asked = ['--task', 'UR', '--prompt', 'paper', '--lengths', '20,150,200,300', '--n', '40'];
      const { rows, horizons } = await measured(url, ...asked, '--out', out);
      expect(horizons).toMatchObject([{ length: 20, censored: true, contextEnds: 150 }]);
      // What was under way when the first refusal came, and no more.
      expect(seen.bodies.filter(({ prompt }) => wordsOf(String(prompt)) > 160).length).toBeLessThanOrEqual(
        64,
      );
      for (const row of rows) expect(row.n).toBeLessThanOrEqual(40);
      expect(await stored(out)).toEqual({ rows, horizons });
      const text = await sameAgain(server, [...asked, '--out', out], { rows, horizons });
      expect(text).toMatch(/^UR +≥ 20 \(150 no longer fits the context\)/m);
    },
  );

  it.each([
    ['given lengths', ['--lengths', '20,150,200,300', '--n', '100']],
    ['a search', ['--n', '100', '--threshold', '0.8']],
  ])(
    'of a model that thinks, whose room is part of it: no more than --n requests at a length, %s',
    async (_, how) => {
      const asksOf = new Map<number, number>();
      const server = await serve({
        apis: ['chat'],
        behaviour: {
          answer: (asked) => {
            const words = wordsOf(asked.prompt);
            if (asked.ours) asksOf.set(words, (asksOf.get(words) ?? 0) + 1);
            if (words > 160 || words + asked.limit > 2000) return CONTEXT;
            return { body: plainReply(asked, { reasoning_content: 'I look at the list.' }) };
          },
        },
        delay: 30,
      });
      const argv = ['--task', 'UR', '--api', 'chat', '--prompt', 'paper', ...how, '--out', folder()];
      const { rows, horizons } = await measured(server.url, ...argv);
      expect(horizons[0].contextEnds).toBeGreaterThan(20);
      const beyondContext = rows.filter(({ failed = 0 }) => failed > 0);
      expect(beyondContext.length).toBeGreaterThan(0);
      for (const [words, asks] of asksOf)
        if (words > 160) expect(asks, `${words} words`).toBeLessThanOrEqual(100);
      expect(rows.find(({ length }) => length === 20)).toMatchObject({ failed: 0 });
      await sameAgain(server, argv, { rows, horizons });
    },
  );

  it('only for some samples: they are named, count as wrong, and are nothing that another run would answer', async () => {
    const isOdd = ({ prompt }: Asked): boolean =>
      wordsOf(prompt) > 55 && prompt.charCodeAt(prompt.length - 2) % 2 === 1;
    const server = await serve({ behaviour: { answer: (asked) => (isOdd(asked) ? CONTEXT : null) } });
    const out = folder();
    const asked = ['--task', 'UR', '--prompt', 'paper', '--lengths', '5,20', '--n', '60', '--out', out];
    const { rows, horizons } = await measured(server.url, ...asked);
    const [, { n, tooLong = 0, failed }] = rows;
    expect(tooLong).toBeGreaterThan(5);
    expect(failed).toBe(tooLong);
    expect(horizons).toMatchObject([{ length: 5, high: 5, partlyFits: { length: 20, n, tooLong } }]);
    expect(await stored(out)).toEqual({ rows, horizons });
    const text = await sameAgain(server, asked, { rows, horizons });
    expect(text).toMatch(new RegExp(`^UR +5 \\(${tooLong} of ${n} at 20 do not fit the context\\)`, 'm'));
  });
});

describe('prompts of one length of which some fit', () => {
  /** Of three characters a token is one; the words of a source differ in size. */
  const context =
    (tokens: number) =>
    ({ ours, prompt, limit }: Asked): Sent | null => {
      const wanted = Math.ceil(prompt.length / 3) + limit;
      return ours && wanted > tokens
        ? error(
            400,
            `This model's maximum context length is ${tokens} tokens. However, you requested ${wanted}`,
          )
        : null;
    };
  const ASKED = ['--task', 'UF', '--alphabet', 'words', '--lengths', '5,20,25,30', '--n', '60'];

  it.each([
    [312, '1'],
    [312, '2'],
    [312, '3'],
    [318, '4'],
  ])(
    'are asked whole or not at all, however many are under way, and what is not asked is named: %i tokens, seed %s',
    async (tokens, seed) => {
      const measuredAt = async (concurrency: string) => {
        const { url } = await serve({ behaviour: { answer: context(tokens) }, delay: 5 });
        const argv = [...ASKED, '--seed', seed, '--concurrency', concurrency];
        const { out, err } = await run(measureArgv(url, ...argv, '--json'));
        const { rows, horizons } = JSON.parse(out) as Result;
        const counts = rows.map(({ length, n, correct, tooLong = 0 }) => ({ length, n, correct, tooLong }));
        const { length, contextEnds, partlyFits } = horizons[0];
        return { counts, horizon: { length, contextEnds, partlyFits }, err };
      };
      const { err, ...alone } = await measuredAt('1');
      const { err: lines, ...many } = await measuredAt('64');
      expect(many).toEqual(alone);
      const end = alone.horizon.contextEnds ?? Infinity;
      for (const { length, n, tooLong } of alone.counts) {
        expect([length, n]).toEqual([length, length < end ? 60 : 5]);
        if (length === end) expect(tooLong).toBe(n);
      }
      const left = [25, 30].filter((length) => length > end);
      const named = `UF was not asked at ${left.join(', ')}: prompts of length ${end} do not fit the context`;
      for (const said of [err, lines]) if (left.length > 0) expect(said).toContain(named);
    },
  );

  it('in words that say nothing: what the first five of a length tell is the same for everybody', async () => {
    const seen: unknown[] = [];
    for (const [concurrency, delay] of [
      ['1', 1],
      ['16', 10],
      ['64', 40],
    ] as const) {
      const refused = new Set<string>();
      const isRefused = (prompt: string): boolean => {
        if (refused.size < 5) refused.add(prompt);
        return refused.has(prompt);
      };
      const symbols = ({ prompt }: Asked): number =>
        prompt
          .slice(prompt.lastIndexOf('Input:') + 6)
          .split('\n')[0]
          .trim()
          .split(' ').length;
      const { url } = await serve({
        behaviour: {
          answer: (asked) =>
            asked.ours && symbols(asked) === 20 && isRefused(asked.prompt)
              ? error(400, 'Input validation error: inputs not accepted')
              : null,
        },
        delay,
      });
      const argv = ['--task', 'UF', '--lengths', '5,20,30', '--n', '40', '--concurrency', concurrency];
      const { code, out, err } = await run(measureArgv(url, ...argv, '--json'));
      expect(code).toBe(0);
      expect(err).toContain('UF was not asked at 30: prompts of length 20 are refused');
      const { rows, horizons } = JSON.parse(out) as Result;
      seen.push({ n: rows.map(({ length, n }) => [length, n]), refusedFrom: horizons[0].refusedFrom });
    }
    expect(seen).toEqual(
      Array(3).fill({
        n: [
          [5, 40],
          [20, 5],
        ],
        refusedFrom: 20,
      }),
    );
  });
});

describe('a server that is gone after a while', () => {
  const down = error(500, 'out of order');

  it.each([
    ['given lengths', ['--lengths', '5,10', '--n', '60']],
    ['a search', ['--n', '60']],
  ] as const)('decides no length: %s', async (_, how) => {
    const { url } = await serve({ behaviour: { answer: ({ ours, n }) => (ours && n > 70 ? down : null) } });
    const out = folder();
    // One after the other, so that all of the shorter length come before the outage.
    const asked = ['--task', 'UR', ...how, '--max-retries', '0', '--concurrency', '1', '--out', out];
    const { rows, horizons } = await incomplete(url, ...asked);
    expect(horizons).toMatchObject([{ length: 5, high: null, undecided: { length: 10 } }]);
    expect(rows.at(-1)).toMatchObject({ failed: expect.any(Number) as number, high: 1 });
    expect(await stored(out)).toEqual({ rows, horizons });
  });

  it('with --repeat: what a run says of a sample that was partly lost, a report says, too', async () => {
    const { url } = await serve({
      accuracy: () => 0.8,
      behaviour: { answer: ({ ours, n }) => (ours && n % 7 === 0 ? down : null) },
    });
    const out = folder();
    const asked = ['--task', 'UR', '--repeat', '3', '--n', '40', '--max-length', '20', '--max-retries', '0'];
    const { rows, horizons } = await incomplete(url, ...asked, '--temperature', '1', '--out', out);
    expect(rowsIn(out).some(({ output }) => output.error !== null)).toBe(true);
    expect(await stored(out)).toEqual({ rows, horizons });
  });
});
