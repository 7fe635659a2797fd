/** What a server shows only over several runs, or in what a run costs: measured by the command, over a socket. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { MeasurementResult } from '../../src/measure/result.ts';
import { MeasureStore } from '../../src/measure/store/store.node.ts';
import type { ResultsFile } from '../../src/measure/results/results.ts';
import { folder, incomplete, measureArgv, measured, rowsIn, run, serve } from '../cli/measuring.ts';
import { choiceReply, plainReply } from '../server/behaviour.ts';
import type { Asked, Sent } from '../server/behaviour.ts';
import type { TestServer } from '../server/server.ts';
import { error, SYSTEM_AND_STOPS } from './case.ts';

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

describe('a model that hides its thoughts, where no cut answer could be tried with room', () => {
  it.each([
    [
      'every such request fails',
      ['--max-retries', '0'],
      /could not be found out \(status 503: overloaded\): they have failed; the same command tries again/,
      { ending: { kind: 'done' }, rows: [{ n: 8, correct: 0, truncated: 0, failed: 8, lost: 8 }] },
    ],
    [
      'the budget has no room for it',
      ['--budget', '4000tokens'],
      /could not be found out \(the budget has no room for it\): they have failed; .* larger --budget/,
      { ending: { kind: 'budget' }, rows: [{ correct: 0, truncated: 0 }] },
    ],
  ] as const)(
    '(%s) has failed, and is found out about by the same command later, once',
    async (_, options, said, left) => {
      let isBroken = true;
      const { url, seen } = await serve({
        apis: ['chat'],
        behaviour: {
          answer: (asked) => {
            if (!asked.ours) return null;
            if (asked.limit > 300) return isBroken ? error(503, 'overloaded') : { body: plainReply(asked) };
            const usage = { prompt_tokens: 50, completion_tokens: asked.limit };
            return {
              body: choiceReply(asked, { message: { content: '' }, finish_reason: 'length' }, { usage }),
            };
          },
        },
      });
      const argv = measureArgv(url, ...UR, '--n', '8', '--out', folder(), '--json');
      const first = await run([...argv, ...options]);
      expect(first.err).toMatch(said);
      expect(first.err.match(/could not be found out/g)).toHaveLength(1);
      expect(first.code).toBe(3);
      expect(JSON.parse(first.out)).toMatchObject({ ...left, horizons: [{ high: null }] });
      isBroken = false;
      const second = await run(argv);
      expect(second.err).toMatch(/this model thinks before some of its answers/);
      expect(JSON.parse(second.out)).toMatchObject({ rows: [{ n: 8, correct: 8, truncated: 0 }] });
      const asked = seen.requests;
      expect((await run(argv)).err).toMatch(/nothing was asked: all 8 answers are from /);
      expect(seen.requests).toBe(asked);
    },
  );

  it('but for one who shows that room does not help: then what is stored stays', async () => {
    let isBroken = true;
    const { url, seen } = await serve({
      apis: ['chat'],
      behaviour: {
        answer: (asked) => {
          if (!asked.ours) return null;
          if (asked.limit > 300 && isBroken) return error(503, 'overloaded');
          const usage = { prompt_tokens: 50, completion_tokens: asked.limit };
          const message = { content: 'the symbols are many, and' };
          return { body: choiceReply(asked, { message, finish_reason: 'length' }, { usage }) };
        },
      },
    });
    const argv = measureArgv(url, ...UR, '--n', '8', '--out', folder(), '--json', '--max-retries', '0');
    await run(argv);
    isBroken = false;
    const second = await run(argv);
    expect(JSON.parse(second.out)).toMatchObject({ rows: [{ n: 8, truncated: 8 }] });
    expect(second.err).toMatch(
      /WARNING: all 8 answers were cut off .* thinks for more than 4096 tokens, with which some were tried; --think-tokens 16384/,
    );
    const asked = seen.requests;
    const { err } = await run(argv);
    expect([seen.requests - asked, /nothing was asked/.test(err)]).toEqual([0, true]);
    expect(err).not.toMatch(/could not be found out/);
  });
});

describe('a model that talks on where the context has no room for that', () => {
  /** Of prompts of 40 symbols, a limit above `room` is refused; answers that end come with more than `enough` tokens. */
  const talking = (room: () => number, enough: number): Promise<TestServer> =>
    serve({
      apis: ['chat'],
      behaviour: {
        answer: (asked) => {
          const symbols = (asked.prompt.split('\n').at(-1) ?? '').split(' ').length;
          if (!asked.ours) return null;
          if (symbols > 30 && asked.limit > room()) {
            return error(
              400,
              `This model's maximum context length is 512 tokens. However, you requested ${asked.limit + 400} tokens (400 in the messages, ${asked.limit} in the completion).`,
              { code: 'context_length_exceeded' },
            );
          }
          if (asked.limit > enough) return { body: plainReply(asked) };
          const usage = { prompt_tokens: 90, completion_tokens: asked.limit };
          const message = { content: 'Well, the symbols are many, and' };
          return { body: choiceReply(asked, { message, finish_reason: 'length' }, { usage }) };
        },
      },
    });
  const TWO = ['--task', 'UR', '--lengths', '5,40', '--prompt', 'paper', '--n', '10', '--json'] as const;

  it('is not asked again what has no more room, whoever runs the command again, and no room is named that was refused', async () => {
    const { url, seen } = await talking(() => 110, 1000);
    const argv = measureArgv(url, ...TWO, '--out', folder());
    const first = await run(argv);
    const cells = [
      { length: 5, n: 10, correct: 10 },
      { length: 40, n: 10, correct: 0, truncated: 10 },
    ];
    expect([first.code, JSON.parse(first.out)]).toMatchObject([0, { rows: cells }]);
    expect(first.err).toMatch(
      /^the context has no more room for some of the answers that were cut off: they stay so$/m,
    );
    const warning =
      /WARNING: 1[02] of 2[04] answers were cut off .*: the context had no more room; a larger one may have it/;
    expect(first.err).toMatch(warning);
    expect(first.err).not.toMatch(/\d tokens for thoughts|--think-tokens \d/);
    for (const n of ['10', '10', '12']) {
      const asked = seen.requests;
      const again = await run([...argv, '--n', n]);
      expect(again.err).toMatch(n === '10' ? /nothing was asked: all 20 answers/ : warning);
      expect(again.err).not.toMatch(/--think-tokens \d/);
      // Two more of each length: those of 40 are cut, and then refused with each room that there is.
      const more = n === '10' ? 0 : 4;
      expect((JSON.parse(again.out) as MeasurementResult).run).toMatchObject({ reused: 20, answered: more });
      expect(seen.requests - asked).toBeLessThanOrEqual(3 * more);
    }
  });

  it('is asked again where longer prompts were found to have room since', async () => {
    let isSmall = true;
    const { url, seen } = await talking(() => (isSmall ? 110 : Infinity), 1000);
    const argv = measureArgv(url, ...TWO, '--out', folder());
    await run(argv);
    isSmall = false;
    await run([...argv, '--lengths', '60']);
    const again = await run(argv);
    expect(JSON.parse(again.out)).toMatchObject({
      rows: [
        { length: 5, correct: 10 },
        { length: 40, correct: 10, truncated: 0 },
      ],
    });
    const asked = seen.requests;
    expect((await run(argv)).err).toMatch(/nothing was asked/);
    expect(seen.requests).toBe(asked);
  });

  it('has less room, and the line names what was answered with, not what was tried', async () => {
    const { url, seen } = await talking(() => 500, 1000);
    const argv = measureArgv(url, ...TWO, '--out', folder());
    const first = await run(argv);
    expect(first.err).toMatch(/where it hasn't, there are 256 tokens for thoughts, not 4096/);
    expect(first.err).not.toMatch(/1024 tokens for thoughts/);
    expect(first.err).toMatch(
      /WARNING: 10 of 20 answers .* so that 256 tokens for thoughts were left of 4096; --think-tokens 512 may fit/,
    );
    const asked = seen.requests;
    expect((await run(argv)).err).toMatch(/nothing was asked: all 20 answers/);
    expect(seen.requests).toBe(asked);
  });
});

describe('answers that were cut, of a model that hides its thoughts', () => {
  const cut = (asked: Asked, content = ''): Sent => {
    const usage = { prompt_tokens: 50, completion_tokens: asked.limit };
    return { body: choiceReply(asked, { message: { content }, finish_reason: 'length' }, { usage }) };
  };

  it.each([
    ['15000tokens', 'one'],
    ['17500tokens', 'others'],
  ])(
    'have failed where a budget of %s ends before %s can be asked again: they decide no horizon',
    async (budget) => {
      const { url } = await serve({
        apis: ['chat'],
        behaviour: {
          answer: (asked) => {
            if (!asked.ours || (asked.right ?? '').split(' ').length < 10) return null;
            if (asked.limit <= 300) return cut(asked);
            return { body: { ...plainReply(asked), usage: { prompt_tokens: 300, completion_tokens: 300 } } };
          },
        },
      });
      const argv = ['--task', 'UF', '--lengths', '5,30', '--n', '60', '--out', folder(), '--json'];
      const command = measureArgv(url, ...argv, '--at-least', 'UF=30');
      const first = await run([...command, '--budget', budget]);
      const { ending, rows, horizons } = JSON.parse(first.out) as MeasurementResult;
      expect([first.code, ending.kind], first.err).toEqual([3, 'budget']);
      const long = rows.find(({ length }) => length === 30);
      expect(long).toMatchObject({ truncated: 0, lost: long?.failed });
      expect(long?.failed).toBeGreaterThan(0);
      expect(horizons[0].high).toBe(null);
      const second = await run(command);
      expect(second.code, second.err).toBe(0);
      expect(JSON.parse(second.out)).toMatchObject({
        rows: [
          { n: 60, correct: 60 },
          { n: 60, correct: 60 },
        ],
      });
    },
  );

  it('stay cut where the server refuses more room in words that say nothing, and what it takes is no help', async () => {
    const { url } = await serve({
      apis: ['chat'],
      behaviour: {
        answer: (asked) => {
          if (!asked.ours || asked.n <= 4) return null;
          return asked.limit > 300 ? error(400, 'bad request') : cut(asked);
        },
      },
    });
    const { out, err, code } = await run(
      measureArgv(url, ...UR, '--n', '8', '--concurrency', '1', '--out', folder(), '--json'),
    );
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ rows: [{ n: 8, correct: 4, truncated: 4 }] });
    expect(err).not.toMatch(/could not be found out/);
    expect(err).toMatch(
      /WARNING: 4 of 8 answers were cut off by the token limit.* 256 tokens for thoughts were left of 4096/,
    );
  });

  it.each(['0', '1'])(
    'have failed where trials take longer than the timeout (--max-retries %s): no sign of a server in trouble, nobody waits',
    async (retries) => {
      let [isLong, hasLong] = [false, 0];
      const { url } = await serve({
        apis: ['chat'],
        delay: () => (isLong ? 1500 : 0),
        behaviour: {
          answer: (asked) => {
            isLong = asked.ours && asked.limit > 300;
            hasLong += Number(isLong);
            return asked.ours && asked.n > 4 && !isLong ? cut(asked) : null;
          },
        },
      });
      const argv = ['--n', '12', '--concurrency', '4', '--timeout', '1', '--max-retries', retries];
      const { out, err, code } = await run(measureArgv(url, ...UR, ...argv, '--out', folder(), '--json'));
      expect(code).toBe(3);
      expect(err).not.toMatch(/waiting for/);
      expect(err).toMatch(/could not be found out \(no answer within 1 s\): .* longer --timeout/);
      expect(hasLong).toBe(5);
      expect(JSON.parse(out)).toMatchObject({ rows: [{ n: 12, correct: 4, truncated: 0, lost: 8 }] });
    },
  );
});

it('how many replies of another model were discarded is told, where the two answer by turns', async () => {
  let discarded = 0;
  const { url } = await serve({
    apis: ['chat'],
    behaviour: {
      answer: (asked) => {
        if (!asked.ours || asked.n % 3 !== 0) return null;
        discarded += 1;
        return { body: { ...plainReply(asked), model: 'another' } };
      },
    },
  });
  const { err, code } = await run(measureArgv(url, ...UR, '--n', '30', '--concurrency', '1'));
  expect(code, err).toBe(0);
  expect(err).toContain(`${discarded} replies were from another model than was asked`);
});

describe('rows that are there already', () => {
  it('are counted where this run uses them: not those of other lengths, prompts and seeds, nor failed ones', async () => {
    let broken = false;
    const { url } = await serve({
      behaviour: { answer: ({ ours, n }) => (ours && broken && n % 2 === 0 ? error(400, 'no') : null) },
    });
    const out = folder();
    const asked = async (...argv: string[]): Promise<string> =>
      (await run(measureArgv(url, '--task', 'UR', '--prompt', 'paper', '--out', out, ...argv))).err;
    const counted = (before: number): RegExp => new RegExp(`^\\d+ answered, ${before} from before, `, 'm');
    expect(await asked('--lengths', '5,10', '--n', '6')).toMatch(counted(0));
    broken = true;
    await asked('--lengths', '7', '--n', '4');
    broken = false;
    expect(await asked('--lengths', '5', '--n', '4')).toMatch(counted(4));
    expect(await asked('--lengths', '7', '--n', '4')).toMatch(counted(2));
    expect(await asked('--lengths', '5', '--n', '4', '--shots', '2')).toMatch(counted(0));
    expect(await asked('--lengths', '5', '--n', '4', '--seed', '9')).not.toMatch(/from before/);
  });
});

describe('prompts that a filter refuses', () => {
  it('have failed, once and for all: the run ends well, and the next one asks only for what else has failed', async () => {
    let isBroken = true;
    const { url, seen } = await serve({
      behaviour: {
        answer: ({ ours, prompt }) => {
          if (!ours) return null;
          if (hashOf(prompt) % 4 === 0) return error(400, 'Blocked', { code: 'content_filter' });
          return isBroken && hashOf(prompt) % 4 === 1 ? error(400, 'no') : null;
        },
      },
    });
    const argv = measureArgv(url, ...UR, '--n', '40', '--out', folder(), '--json');
    const asked = async (): Promise<[MeasurementResult, number, number | null]> => {
      const before = seen.requests;
      const { code, out } = await run(argv);
      return [JSON.parse(out) as MeasurementResult, seen.requests - before, code];
    };
    const [first, , incomplete] = await asked();
    const [{ failed = 0, lost = 0 }] = first.rows;
    expect([incomplete, failed > lost, lost > 0]).toEqual([3, true, true]);
    isBroken = false;
    const [second, requests, code] = await asked();
    expect([code, requests]).toEqual([0, lost]);
    expect(second.rows).toMatchObject([{ n: 40, failed: failed - lost, correct: 40 - failed + lost }]);
    const [third, ...rest] = await asked();
    expect(rest).toEqual([0, 0]);
    expect(third.run).toMatchObject({ answered: 0, failed: failed - lost, failedBefore: failed - lost });
  });

  it('are no questions of a run that finds them stored: nothing was asked, as stderr and every test case say', async () => {
    const { url } = await serve({
      behaviour: {
        answer: ({ ours, prompt }) =>
          ours && hashOf(prompt) % 4 === 0 ? error(400, 'Blocked', { code: 'content_filter' }) : null,
      },
    });
    const junit = path.join(folder(), 'junit.xml');
    const argv = measureArgv(url, ...UR, '--n', '40', '--out', folder(), '--junit', junit);
    const said = /nothing was asked: all 40 answers are from /;
    for (const [time, stored] of [false, true].entries()) {
      const { err } = await run(argv);
      expect([time, said.test(err), said.test(readFileSync(junit, 'utf8'))]).toEqual([time, stored, stored]);
    }
  });
});

describe('prompts that are refused each time, in words that do not say why', () => {
  const LENGTHS = ['--task', 'UR', '--prompt', 'paper', '--lengths', '5,10', '--n', '60'] as const;
  const SEARCH = ['--task', 'UR', '--prompt', 'paper', '--max-length', '12', '--threshold', '0.6'] as const;
  const refusesSome =
    (refusal: Sent, isOver: () => boolean = () => false) =>
    ({ ours, prompt }: Asked): Sent | null => {
      if (!ours) return null;
      return isOver() ? error(401, 'the key has expired') : hashOf(prompt) % 4 === 0 ? refusal : null;
    };
  const counted = ({ rows }: Pick<MeasurementResult, 'rows'>) =>
    rows.map(({ task, length, n, correct, failed }) => ({ task, length, n, correct, failed }));
  const reported = async (out: string) =>
    counted(JSON.parse((await run(['report', out, '--json'])).out) as MeasurementResult);

  it.each([
    ['400', error(400, 'Bad Request')],
    ['a 403 that may be for the key', { status: 403, body: '<html>Forbidden</html>' }],
  ])(
    'are no reason to stop for a run that has nothing else to ask, and answers before each: %s',
    async (_, refusal) => {
      const { url } = await serve({ behaviour: { answer: refusesSome(refusal) } });
      const out = folder();
      const first = await incomplete(url, ...LENGTHS, '--out', out);
      expect(first.run.failed).toBeGreaterThan(20);
      expect(counted(first)).toMatchObject([{ n: 60 }, { n: 60 }]);
      for (let time = 0; time < 2; time++) {
        const again = await incomplete(url, ...LENGTHS, '--out', out);
        expect(again.ending).toEqual({ kind: 'done' });
        expect(again.run).toMatchObject({
          answered: 0,
          reused: first.run.answered,
          failed: first.run.failed,
        });
        expect(counted(again)).toEqual(counted(first));
      }
      expect(await reported(out)).toEqual(counted(first));
    },
  );

  it.each([
    ['lengths that are given', LENGTHS, [], 'stopped'],
    ['a search', SEARCH, [], 'stopped'],
    ['lengths that are given', LENGTHS, ['--budget', '1requests'], 'budget'],
  ] as const)(
    'are counted with all that the folder holds by a run that stops early, as by a report of it: %s, %s %s',
    async (_, asked, more, ending) => {
      let isOver = false;
      const answer = refusesSome(error(400, 'Bad Request'), () => isOver);
      const { url } = await serve({ behaviour: { answer } });
      const out = folder();
      const first = await incomplete(url, ...asked, '--out', out);
      expect(first.ending).toEqual({ kind: 'done' });
      isOver = ending === 'stopped';
      const again = await incomplete(url, ...asked, '--out', out, ...more);
      expect(again.ending.kind).toBe(ending);
      expect(again.run.reused).toBe(first.run.answered);
      expect(counted(again)).toEqual(counted(first));
      expect(again.horizons).toEqual(first.horizons);
      expect(await reported(out)).toEqual(counted(first));
    },
  );
});

it('a stored answer is looked up once, while the run goes on, and no more than the first of a length to see if it was too long', async () => {
  let isBroken = true;
  const { url } = await serve({
    behaviour: { answer: ({ ours, n }) => (ours && isBroken && n % 30 === 0 ? error(500, 'no') : null) },
  });
  const argv = [...UR, '--n', '120', '--out', folder(), '--max-retries', '0'] as const;
  const { run: before } = await incomplete(url, ...argv);
  isBroken = false;
  const lookedUp = vi.spyOn(MeasureStore.prototype, 'sentAs');
  const { run: after } = await measured(url, ...argv);
  expect([after.reused, after.answered]).toEqual([before.answered, before.failed]);
  expect(before.failed).toBeGreaterThan(0);
  expect(lookedUp.mock.calls.length).toBeLessThan(120 + 20);
  lookedUp.mockRestore();
});

describe('empty answers that came before the server had said anything', () => {
  it.each([
    ['in a later run', 4],
    ['later in the run', 2],
  ])(
    'are asked for again once it speaks, %s; where it never does they are the answers',
    async (_, silent) => {
      let speaksAfter = silent;
      const { url, seen } = await serve({
        apis: ['chat'],
        delay: 300, // longer than the wait before a question is asked for the second time
        behaviour: {
          answer: (asked) => {
            if (asked.n > 2 * speaksAfter) return null;
            const usage = { prompt_tokens: asked.usage.prompt_tokens, completion_tokens: 0 };
            return { body: { ...plainReply({ ...asked, text: '', finish: 'stop' }), usage } };
          },
        },
      });
      const argv = ['--n', '4', '--concurrency', '1', '--max-retries', '0', '--out', folder(), '--json'];
      const asked = async () => {
        const before = seen.requests;
        const { code, out, err } = await run(measureArgv(url, ...UR, ...argv));
        const { rows } = JSON.parse(out) as MeasurementResult;
        return { code, err, right: rows[0].correct, requests: seen.requests - before };
      };
      const first = await asked();
      expect(first).toMatchObject({ code: 0, right: silent === 4 ? 0 : 4 });
      expect(first.err.includes('4 of 4 answers are empty')).toBe(silent === 4);
      // It is asked whether it speaks now, and nothing else while it does not.
      if (silent === 4) expect(await asked()).toMatchObject({ code: 0, right: 0, requests: 1 });
      speaksAfter = 0;
      expect(await asked()).toMatchObject({ code: 0, right: 4, requests: silent === 4 ? 5 : 1 });
      expect(await asked()).toMatchObject({ code: 0, right: 4, requests: 0 });
    },
  );
});

/** A number that a text always has. */
function hashOf(text: string): number {
  return [...text].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003, 7);
}

describe('a key that is refused in the middle of a run', () => {
  it.each([
    [401, 'Token has expired'],
    [402, 'You requested up to 65 tokens, but can only afford 20.'],
    [403, 'Invalid access token.'],
    [403, 'Forbidden'],
  ])('settles no length: %i %s', async (status, words) => {
    let refused = true;
    const { url } = await serve({
      behaviour: {
        answer: ({ ours, prompt }) => (ours && refused && prompt.length > 200 ? error(status, words) : null),
      },
    });
    const out = folder();
    const junit = path.join(out, 'junit.xml');
    const argv = ['--task', 'UR', '--prompt', 'paper', '--lengths', '5,80', '--n', '40', '--out', out];
    const command = measureArgv(url, ...argv, '--at-least', 'UR=80', '--junit', junit, '--json');
    const stopped = await run(command);
    expect(stopped.code, stopped.err).toBe(3);
    const { rows, horizons } = JSON.parse(stopped.out) as MeasurementResult;
    const [, long] = rows;
    expect(rows).toMatchObject([
      { n: 40, correct: 40 },
      { correct: 0, failed: long.n, low: 0, high: 1 },
    ]);
    expect(horizons).toMatchObject([
      { length: 5, contextEnds: null, high: null, undecided: { length: 80, correct: 0 } },
    ]);
    expect(readFileSync(junit, 'utf8')).toMatch(/<error/);
    refused = false;
    const again = await run(command);
    expect(again.code, again.err).toBe(0);
  });
});

describe('a preview', () => {
  it.each([
    ['completions', ['--task', 'UR,UL', '--lengths', '5,10', '--n', '4']],
    ['chat', ['--task', 'UR', '--lengths', '5', '--n', '4']],
    ['completions', ['--task', 'UF', '--lengths', '5', '--n', '4', '--prompt', 'auto']],
  ] as const)('is a budget with which a run by %s ends when nothing fails', async (api, argv) => {
    const { url, seen } = await serve({ apis: [api], quirks: { tokenizer: 'content' } });
    const { preview } = JSON.parse((await run(measureArgv(url, ...argv, '--preview', '--json'))).out) as {
      readonly preview: { readonly requests: number };
    };
    const { code, err } = await run(measureArgv(url, ...argv, '--budget', `${preview.requests}requests`));
    expect(code, err).toBe(0);
    expect(seen.requests).toBeLessThanOrEqual(preview.requests);
  });

  it('says that what is made again comes on top', async () => {
    const { url } = await serve({});
    const { out } = await run(measureArgv(url, ...UR, '--n', '4', '--preview'));
    expect(out).toMatch(/, probe included; .* Retries are extra\. Nothing was asked\./);
  });
});

describe('what the server says of its limits', () => {
  it('is told once while it waits, and at the end', async () => {
    let refusals = 0;
    const { url, seen } = await serve({
      behaviour: {
        answer: ({ ours, n }) => {
          if (!ours || n % 3 !== 0) return null;
          refusals += 1;
          return error(429, 'slow down', {}, { 'retry-after': '1' });
        },
      },
    });
    const { err, code } = await run(
      measureArgv(url, ...UR, '--n', '8', '--concurrency', '1', '--max-retries', '0'),
    );
    expect(code, err).toBe(0);
    expect(err.match(/waiting for 1 s: the server asks for it; other waits shorter than 3 s/g)).toHaveLength(
      1,
    );
    expect(err).toContain(
      `${seen.requests} requests for 8 answers: the server refused ${refusals} for its limits`,
    );
  });

  it('is told of answers that stayed empty, though they were asked for twice', async () => {
    const empty = { usage: { prompt_tokens: 50, completion_tokens: 0 } };
    const spoken = new Set<string>();
    const { url } = await serve({
      apis: ['chat'],
      behaviour: {
        answer: (asked) => {
          if (asked.ours && asked.n <= 2) spoken.add(asked.prompt);
          const isMute = asked.ours && !spoken.has(asked.prompt);
          return isMute ? { body: { ...plainReply({ ...asked, text: '' }), ...empty } } : null;
        },
      },
    });
    const { err, code } = await run(
      measureArgv(url, ...UR, '--n', '6', '--concurrency', '1', '--max-retries', '0'),
    );
    expect(code, err).toBe(0);
    expect(err).toContain('4 of 6 answers are empty, asked for twice: the model said nothing');
  });

  it.each([
    [
      'as it says, were they of another model',
      (asked: Asked): Sent => ({ body: { ...plainReply(asked), model: 'another' } }),
      (asked: Asked) => asked.usage.prompt_tokens + asked.usage.completion_tokens,
    ],
    [
      'as 0 where it says so',
      (asked: Asked): Sent => ({
        body: { ...plainReply(asked), choices: [], usage: { prompt_tokens: 0, completion_tokens: 0 } },
      }),
      () => 0,
    ],
  ])('is what is counted of replies that are no answers: %s', async (_, sent, took) => {
    let tokens = 0;
    const { url } = await serve({
      apis: ['chat'],
      behaviour: {
        answer: (asked) => {
          const isDiscarded = asked.ours && asked.n % 3 === 0;
          tokens += isDiscarded ? took(asked) : asked.usage.prompt_tokens + asked.usage.completion_tokens;
          return isDiscarded ? sent(asked) : null;
        },
      },
    });
    const argv = ['--n', '30', '--concurrency', '1', '--json', '--budget'];
    const { out, code, err } = await run(measureArgv(url, ...UR, ...argv, '1000000tokens'));
    expect(code, err).toBe(0);
    const { run: counted } = JSON.parse(out) as MeasurementResult;
    expect(counted.spent.tokens).toBe(tokens);
    // Nothing is put aside for what is known: a budget of as much, and of one more request's most, is enough.
    tokens = 0;
    const again = await run(measureArgv(url, ...UR, ...argv, `${counted.spent.tokens + 1000}tokens`));
    expect(again.code, again.err).toBe(0);
  });

  it('a budget holds what it adds to every request, and the ceiling says so', async () => {
    let tokens = 0;
    const { url } = await serve({
      behaviour: {
        answer: (asked) => {
          const usage = { ...asked.usage, prompt_tokens: asked.usage.prompt_tokens + 2000 };
          tokens += usage.prompt_tokens + usage.completion_tokens;
          return { body: { ...plainReply(asked), usage } };
        },
      },
    });
    const { err, code } = await run(measureArgv(url, ...UR, '--n', '40', '--budget', '60000tokens'));
    expect(code).toBe(3);
    expect(tokens).toBeLessThanOrEqual(60_000);
    expect(tokens).toBeGreaterThan(50_000);
    const [, most, added] = /and ([\d,]+) tokens \(.*, and the ([\d,]+) that the server adds/.exec(err) ?? [];
    expect(Number(added.replaceAll(',', ''))).toBeGreaterThanOrEqual(2000);
    expect(Number(most.replaceAll(',', ''))).toBeGreaterThan(40 * 2000);
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

  it('a fingerprint that changes, between runs and within one, is told of once a run, and the results name all', async () => {
    let fingerprint: (n: number) => string | null = () => null;
    const { url } = await serve({
      behaviour: {
        answer: (asked) => ({
          body: plainReply(asked, {}, { system_fingerprint: fingerprint(asked.ours ? asked.n : 0) }),
        }),
      },
    });
    const out = folder();
    const asked = async (n: number, print: typeof fingerprint): Promise<string[]> => {
      fingerprint = print;
      const argv = measureArgv(url, ...UR, '--n', String(n), '--out', out, '--concurrency', '1');
      const { code, err } = await run(argv);
      expect(code, err).toBe(0);
      return err.split('\n').filter((line) => /WARNING: the server's fingerprint/.test(line));
    };
    const revision = async (): Promise<string | null> => {
      const file = path.join(folder(), 'results.json');
      expect((await run(['export', '--results', file, out])).code).toBe(0);
      return (JSON.parse(readFileSync(file, 'utf8')) as ResultsFile).results[0].revision;
    };
    expect(await asked(2, () => null)).toEqual([]);
    expect(await revision()).toBe(null);
    expect(await asked(4, () => 'fp_A')).toEqual([]);
    expect(await revision()).toBe('fingerprint fp_A');
    expect(await asked(6, () => 'fp_B')).toEqual([
      expect.stringMatching(/fingerprint is 'fp_B', and was 'fp_A': .* counted together .*--out/),
    ]);
    expect(await revision()).toBe('fingerprint fp_A | fp_B');
    expect(await asked(8, () => 'fp_B')).toEqual([]);
    expect(await asked(40, (n) => `fp_${n}`)).toHaveLength(1);
    expect(await revision()).toMatch(/^fingerprint fp_A \| fp_B \|( fp_\d+ \|){14} others$/);
  });

  it.each([
    ['test', ['test-2024-05-13', 'test-2024-08-06'], true, 'model test-2024-05-13 | test-2024-08-06'],
    ['test', ['test', 'test-2024-08-06', 'test'], false, 'model test-2024-08-06'],
    ['test-4-0', ['test-4-20250514', 'test-4-0'], false, 'model test-4-20250514'],
    ['test-latest', ['test-2407', 'test-2411'], true, 'model test-2407 | test-2411'],
    [
      'flash-latest',
      ['flash-2.5-preview-04-17', 'flash-2.5'],
      true,
      'model flash-2.5-preview-04-17 | flash-2.5',
    ],
    ['test', ['/home/somebody/test.gguf', 'test'], false, 'model test.gguf'],
  ])(
    '%s answers as %j over its runs: whether that is told of (%s), once, and what the results name',
    async (asked, names, isTold, revision) => {
      let name = '';
      const { url } = await serve({
        model: asked,
        behaviour: { answer: (one) => ({ body: { ...plainReply(one), model: name } }) },
      });
      const out = folder();
      const told: string[] = [];
      for (const [i, now] of [...names, names.at(-1) ?? ''].entries()) {
        name = now;
        const n = String(2 * (i + 1));
        const argv = measureArgv(url, ...UR, '--n', n, '--out', out, '--model', asked);
        const { code, err } = await run(argv);
        expect(code, err).toBe(0);
        told.push(...err.split('\n').filter((line) => line.includes('WARNING: an answer is from')));
        if (i === 0) expect(told).toEqual([]);
        if (!isTold && !asked.startsWith('flash'))
          expect(err).not.toMatch(/WARNING: .*(calls itself|from ')/);
      }
      expect(told).toEqual(
        isTold ? [expect.stringContaining(`'${names[1]}', and those before were from '${names[0]}'`)] : [],
      );
      const file = path.join(folder(), 'results.json');
      expect((await run(['export', '--results', file, out])).code).toBe(0);
      const { results } = JSON.parse(readFileSync(file, 'utf8')) as ResultsFile;
      expect(results[0].revision).toBe(revision);
    },
  );

  it.each([
    ['in one run', ['40'], 'test', null],
    ['in one run, with a date', ['40'], 'test-2024-08-06', 'model test-2024-08-06'],
    ['in a later run', ['10', '40'], 'test-2024-08-06', 'model test-2024-08-06'],
  ])(
    'a fallback that answers before the model that is asked is not counted once that turns up: %s',
    async (_, runs, real, revision) => {
      const [fallback, first] = ['other-mini', Number(runs[0]) === 40 ? 15 : Infinity];
      let [questions, isBack] = [0, false];
      const { url } = await serve({
        apis: ['chat'],
        behaviour: {
          answer: (asked) => {
            if (asked.ours) questions += 1;
            isBack ||= questions > first;
            const body = plainReply(asked, isBack || !asked.ours ? {} : { content: 'no' });
            return { body: { ...body, model: isBack ? real : fallback } };
          },
        },
      });
      const out = folder();
      const argv = measureArgv(url, ...UR, '--out', out, '--json', '--concurrency', '4');
      let said = '';
      let result: MeasurementResult | null = null;
      for (const n of runs) {
        const { code, err, out: text } = await run([...argv, '--n', n]);
        expect(code, err).toBe(0);
        expect(err).not.toMatch(/counted together/);
        isBack ||= runs.length > 1;
        [said, result] = [err, JSON.parse(text) as MeasurementResult];
      }
      expect(result?.rows).toMatchObject([{ n: 40, correct: 40, failed: 0 }]);
      expect(said).toContain(`WARNING: '${real}' answers now, and another model did before in its place`);
      expect(said).toContain(
        "WARNING: the probe was answered by a model that calls itself 'other-mini', not 'test'",
      );
      expect(rowsIn(out).map(({ output }) => output.error)).toEqual(new Array(40).fill(null));
      const again = await run([...argv, '--n', '40']);
      expect(again.err).not.toContain("WARNING: '");
      expect((JSON.parse(again.out) as MeasurementResult).run.spent.requests).toBe(0);
      const file = path.join(folder(), 'results.json');
      expect((await run(['export', '--results', file, out])).code).toBe(0);
      const { results } = JSON.parse(readFileSync(file, 'utf8')) as ResultsFile;
      expect(results[0].revision).toBe(revision);
    },
  );

  it.each<[string, NodeJS.Signals[], number]>([
    ['a kill at once', ['SIGKILL'], 0],
    ['a kill while others are still on their way', ['SIGKILL'], 1500],
    ['Ctrl-C twice', ['SIGINT', 'SIGINT'], 0],
  ])(
    'answers of a fallback never count once the model that is asked has turned up, also where %s ends the run then',
    async (_, signals, afterMs) => {
      let [questions, isReady] = [0, false];
      // 20 wrong ones of the fallback, one of the model at once; others of the fallback and of the model take their time.
      const { url } = await serve({
        apis: ['chat'],
        delay: () => (isReady || questions <= 21 ? 0 : questions % 2 === 0 ? 700 : 20_000),
        behaviour: {
          answer: (asked) => {
            questions += Number(asked.ours);
            const isFallback = !isReady && asked.ours && (questions <= 20 || questions % 2 === 0);
            const body = plainReply(asked, isFallback ? { content: 'no' } : {});
            const model = isFallback || questions === 0 ? 'other-mini' : 'test';
            return { body: { ...body, model } };
          },
        },
      });
      const out = folder();
      const argv = measureArgv(url, ...UR, '--out', out, '--n', '60', '--json');
      const own = path.join(import.meta.dirname, '../../bin/lengthwise.js');
      const child = spawn(process.execPath, [own, ...argv, '--concurrency', '8']);
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      await vi.waitUntil(() => said.includes("WARNING: 'test' answers now"), { timeout: 30_000 });
      await sleep(afterMs);
      for (const signal of signals) {
        child.kill(signal);
        await sleep(200);
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      const left = rowsIn(out).filter(({ output }) => output.error === null);
      expect(left.map(({ output }) => output.text)).toEqual([]);
      const reported = await run(['export', out, '--table', 'cells', '--json']);
      expect(JSON.parse(reported.out)).toMatchObject({ correct: 0, failed: rowsIn(out).length });
      isReady = true;
      const again = await run(argv);
      expect([again.code, again.err]).toEqual([0, expect.stringContaining('60 answered, 0 from before')]);
      expect((JSON.parse(again.out) as MeasurementResult).rows).toMatchObject([
        { n: 60, correct: 60, failed: 0 },
      ]);
    },
    60_000,
  );

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
  expect(err).toMatch(
    /WARNING: prompts do not count .*, UR from 5 symbols on \(60 tokens at 5, 60 at 90\): .*num_ctx/,
  );
  expect(JSON.parse(out)).toMatchObject({ rows: [{ correct: 6 }, { correct: 6 }] });
});

it.each([
  ['<|im_start|>user\n', '<|im_end|>\n<|im_start|>assistant\n', '<|im_end|>'],
  ['user\n', '\nassistant\n', ''],
  ['<s>[INST] ', ' [/INST]', '</s>'],
])('a chat that is given back as its template writes it is told of: %j', async (begin, between, end) => {
  const server = await serve({
    apis: ['chat'],
    behaviour: {
      answer: (asked) => {
        if (!asked.ours) return null;
        const messages = asked.body.messages as readonly { role: string; content: string }[];
        const chat = messages.map(({ role, content }) =>
          role === 'assistant' ? content + end : begin + content + between,
        );
        const message = { role: 'assistant', content: chat.join('') + asked.text + end };
        return { body: choiceReply(asked, { message, finish_reason: 'stop' }) };
      },
    },
  });
  const { err } = await run(measureArgv(server.url, '--task', 'UR', '--lengths', '5', '--n', '10'));
  expect(err).toMatch(/^WARNING: 10 outputs that are not right have the prompt in them, .*return_full_text/m);
  expect(err).not.toContain('--prompt instruct');
});

it('answers that were cut off are told of as well', async () => {
  const { url } = await serve({
    behaviour: {
      answer: (asked) => ({
        body: plainReply(
          asked,
          { text: ' and so on', finish_reason: 'length' },
          { usage: { prompt_tokens: 60, completion_tokens: asked.limit } },
        ),
      }),
    },
  });
  const argv = ['--task', 'UR', '--prompt', 'paper', '--lengths', '5,90', '--n', '6'];
  const { err } = await run(measureArgv(url, ...argv));
  expect(err).toMatch(/WARNING: all 12 answers were cut off by the token limit/);
  expect(err).toMatch(/WARNING: prompts do not count .*, UR from 5 symbols on/);
});

it('a context that is full of the prompt has no room for a token: more room for thoughts is no way out', async () => {
  const { url } = await serve({
    behaviour: {
      answer: (asked) => {
        const [prompt_tokens, isFull] = [asked.prompt.length, asked.ours && asked.prompt.length > 180];
        const usage = { prompt_tokens, completion_tokens: isFull ? 0 : 2 };
        const choice = isFull ? { text: '', finish_reason: 'length' } : {};
        return { body: plainReply(asked, choice, { usage }) };
      },
    },
  });
  const argv = ['--task', 'UR', '--prompt', 'paper', '--lengths', '5,90', '--n', '6'];
  const { err } = await run(measureArgv(url, ...argv));
  expect(err).toMatch(/WARNING: 6 of 12 answers were cut off before their first token, .* num_ctx/);
  expect(err).not.toMatch(/--think-tokens \d/);
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
