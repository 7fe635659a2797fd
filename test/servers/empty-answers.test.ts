/** Empty answers: of a model that has nothing to say, or of a server that is not ready. Measured by the command, over a socket. */
import { describe, expect, it } from 'vitest';
import type { MeasurementResult } from '../../src/measure/result.ts';
import type { StoredRow } from '../../src/measure/store/row-store.ts';
import { rng } from '../../src/common/random.ts';
import { folder, measureArgv, rowsIn, run, serve } from '../cli/measuring.ts';
import { choiceReply, plainReply } from '../server/behaviour.ts';
import type { Asked, Sent } from '../server/behaviour.ts';
import { error } from './case.ts';

const UR = ['--task', 'UR', '--prompt', 'paper'] as const;
const SILENCE = /WARNING: from .* nothing but empty answers/;

const empty = (asked: Asked): Sent => ({
  body: {
    ...plainReply({ ...asked, text: '', finish: 'stop' }),
    usage: { prompt_tokens: 50, completion_tokens: 0 },
  },
});
const cut = (asked: Asked): Sent => ({
  body: choiceReply(
    asked,
    { message: { content: 'x x' }, finish_reason: 'length' },
    { usage: { prompt_tokens: 50, completion_tokens: asked.limit } },
  ),
});

interface Command {
  (): Promise<{ code: number | null; err: string; result: MeasurementResult; rows: StoredRow[] }>;
}

/** The command that measures a chat server which answers so, in a folder of its own; and what the server has seen. */
async function commandFor(answer: (asked: Asked) => Sent | null, ...argv: string[]) {
  const { url, seen } = await serve({ apis: ['chat'], behaviour: { answer } });
  const out = folder();
  const command: Command = async () => {
    const { code, out: text, err } = await run(measureArgv(url, ...UR, ...argv, '--out', out, '--json'));
    return { code, err, result: JSON.parse(text) as MeasurementResult, rows: rowsIn(out) };
  };
  return { command, seen };
}

const isEmpty = ({ output }: StoredRow): boolean => output.error === null && !output.text;

describe.concurrent('an empty answer that could not be asked for once more', () => {
  it('before the budget was spent has failed, and the next run asks again, were it a model that never spoke', async () => {
    let speaks = false;
    const budget = ['--budget', '40requests'];
    const { command } = await commandFor(
      (asked) => (speaks ? null : empty(asked)),
      ...['--lengths', '5', '--n', '60', '--max-retries', '0', ...budget],
    );
    const first = await command();
    expect(first.code).toBe(3);
    expect(first.err).not.toMatch(SILENCE);
    expect(first.err).toMatch(/failed \d+ times: the answer is empty, and it could not be asked again/);
    for (const { output } of first.rows) expect(output.error === null).toBe(output.attempts > 1);
    speaks = true;
    const { rows } = await command();
    expect(rows.filter(isEmpty)).toEqual([]);
  });

  it('at the end of a budget is not told as a server that was waited for', async () => {
    const { command } = await commandFor(
      (asked) => (asked.ours && asked.n >= 28 ? empty(asked) : null),
      ...['--lengths', '5', '--n', '60', '--budget', '40requests', '--concurrency', '1'],
    );
    const { code, err, rows } = await command();
    expect([code, rows.filter(isEmpty)]).toEqual([3, []]);
    expect(err).not.toMatch(SILENCE);
  });

  it('since the server is gone has failed by that, and the next run asks again, were the probe’s empty, too', async () => {
    let isBack = false;
    const prompts = new Set<string>();
    const { command } = await commandFor(
      (asked) => {
        if (isBack) return null;
        if (asked.ours && (prompts.has(asked.prompt) || prompts.size === 6)) return error(502, 'bad gateway');
        if (asked.ours) prompts.add(asked.prompt);
        return empty(asked);
      },
      ...['--lengths', '5', '--n', '20', '--max-retries', '0'],
    );
    const first = await command();
    expect([first.code, first.rows.filter(({ output }) => output.error === null)]).toEqual([3, []]);
    expect(first.err).not.toMatch(SILENCE);
    isBack = true;
    expect((await command()).result.rows).toMatchObject([{ n: 20, correct: 20, failed: 0 }]);
  });
});

describe.concurrent('a prompt to which the model has nothing to say', () => {
  it('does not hide that the server says nothing to any from some time on: the others have failed', async () => {
    let [mute, questions] = ['', 0];
    const { command, seen } = await commandFor(
      (asked) => {
        if (!asked.ours) return null;
        questions += 1;
        if (questions === 10) mute = asked.prompt;
        return asked.prompt === mute || questions > 42 ? empty(asked) : null;
      },
      ...['--lengths', '5,10', '--n', '40', '--max-retries', '1'],
    );
    const { code, err, result, rows } = await command();
    const right = result.rows.reduce((sum, { correct }) => sum + correct, 0);
    expect([code, rows.filter(isEmpty).length]).toEqual([3, 1]);
    expect(rows.filter(({ output }) => output.error !== null)).toHaveLength(80 - right - 1);
    expect(right).toBeGreaterThan(35);
    expect(err).toContain(`1 of ${right + 1} answers are empty, asked for twice`);
    expect(err).toMatch(SILENCE);
    // Those that were under way, one after each wait, and each once more in the end.
    expect(seen.requests).toBeLessThan(80 + 64 + 40 + 20);
  });

  it.each([1, 4, 10])('is answered by that, were it the last of a run, and soon: %i of 20', async (many) => {
    const [known, mute] = [new Set<string>(), new Set<string>()];
    const { command, seen } = await commandFor(
      (asked) => {
        if (asked.ours && !known.has(asked.prompt)) {
          known.add(asked.prompt);
          if (known.size % 2 === 1 && mute.size < many) mute.add(asked.prompt);
        }
        return mute.has(asked.prompt) ? empty(asked) : null;
      },
      ...['--lengths', '5', '--n', '20'],
    );
    const { code, err, result } = await command();
    expect([code, result.rows], err).toMatchObject([0, [{ n: 20, correct: 20 - many, failed: 0 }]]);
    expect(err).toContain(`${many} of 20 answers are empty, asked for twice`);
    expect(seen.requests).toBeLessThan(20 + 2 * many + 20);
  });

  it('but the server says nothing at all any more: it has failed', async () => {
    let isSilent = false;
    const { command } = await commandFor(
      (asked) => {
        isSilent ||= asked.ours && asked.n === 20;
        return isSilent ? empty(asked) : null;
      },
      ...['--lengths', '5', '--n', '20', '--max-retries', '0', '--concurrency', '1'],
    );
    const { code, err, result } = await command();
    expect([code, result.rows]).toMatchObject([3, [{ n: 20, correct: 19, failed: 1 }]]);
    expect(err).toMatch(SILENCE);
  });
});

/** The same of a server that counts no tokens. */
const uncounted = (asked: Asked): Sent => ({
  body: { ...plainReply({ ...asked, text: '', finish: 'stop' }), usage: undefined },
});

/** Whether a prompt asks about a source of so many symbols. */
const isOfLength = (asked: Asked, length: number): boolean =>
  (asked.prompt.split('\n').at(-1) ?? '').split(' | ')[0].trim().split(' ').length === length;

describe.concurrent.each([
  ['counts its tokens as none', empty],
  ['counts no tokens', uncounted],
] as const)('an empty answer of a server that %s', (_, silent) => {
  it('is the model’s where that is silent from some length on, of each sample, and soon', async () => {
    const [spoken, again] = [new Set<string>(), new Array<string>()];
    const { command, seen } = await commandFor(
      (asked) => {
        if (asked.ours && isOfLength(asked, 10)) return silent(asked);
        if (spoken.has(asked.prompt)) again.push(asked.prompt);
        if (asked.ours) spoken.add(asked.prompt);
        return null;
      },
      ...['--lengths', '5,10', '--n', '60'],
    );
    const { code, err, result } = await command();
    expect([code, result.rows], err).toMatchObject([
      0,
      [
        { length: 5, n: 60, correct: 60 },
        { length: 10, n: 60, correct: 0, failed: 0 },
      ],
    ]);
    expect(err).toContain('60 of 120 answers are empty, asked for twice');
    expect(err).not.toMatch(SILENCE);
    // Each once more, some a third time; and a question that was answered after 5, 10, 20, 40 in a row, and in the end.
    expect(seen.requests).toBeLessThan(60 + 3 * 60 + 10 + 20);
    expect(again.length).toBeGreaterThan(0);
    expect(again.length).toBeLessThanOrEqual(6);
  });

  it('is the model’s where that is silent to every question, though not to the probe', async () => {
    const { command } = await commandFor(
      (asked) => (asked.ours ? silent(asked) : null),
      ...['--lengths', '5', '--n', '20', '--max-retries', '1'],
    );
    const { code, err, result } = await command();
    expect([code, result.rows], err).toMatchObject([0, [{ n: 20, correct: 0, failed: 0 }]]);
    expect(err).toContain('20 of 20 answers are empty, asked for twice');
  });

  it('is none during an outage that the probe’s question would not show', async () => {
    let [questions, isNoticed] = [0, false];
    const { url } = await serve({
      apis: ['chat'],
      behaviour: {
        answer: (asked) => {
          if (asked.ours) questions += 1;
          return asked.ours && questions > 12 && !isNoticed ? silent(asked) : null;
        },
      },
    });
    const killWhen = (said: string): boolean => {
      isNoticed ||= said.includes('(its answers are empty)');
      return false;
    };
    const argv = measureArgv(url, ...UR, '--lengths', '5', '--n', '40', '--max-retries', '1', '--json');
    const { out, err } = await run(argv, { killWhen });
    const { rows } = JSON.parse(out) as MeasurementResult;
    expect(rows, err).toMatchObject([{ n: 40, correct: 40, failed: 0 }]);
    expect(err).not.toMatch(/answers are empty, asked/);
  });

  it('now and then is the model’s, and told', async () => {
    const prompts = new Set<string>();
    const { command } = await commandFor(
      (asked) => {
        if (!asked.ours) return null;
        prompts.add(asked.prompt);
        return [...prompts].indexOf(asked.prompt) % 8 === 5 ? silent(asked) : null;
      },
      ...['--lengths', '5', '--n', '40'],
    );
    const { code, err, result } = await command();
    expect([code, result.rows], err).toMatchObject([0, [{ n: 40, correct: 35, failed: 0 }]]);
    expect(err).toContain('5 of 40 answers are empty, asked for twice');
  });
});

describe.concurrent('a model that says nothing at first', () => {
  it('is told of where too many answers waited for it to speak', async () => {
    const [once, twice] = [new Set<string>(), new Set<string>()];
    const { command } = await commandFor(
      (asked) => {
        if (asked.ours) (once.has(asked.prompt) ? twice : once).add(asked.prompt);
        return twice.size < 600 ? empty(asked) : null;
      },
      ...['--lengths', '7', '--n', '700', '--max-retries', '0'],
    );
    const { code, err, rows } = await command();
    const many = rows.filter(isEmpty).length;
    expect([code, many >= 500]).toEqual([0, true]);
    expect(err).toContain(`WARNING: ${many} empty answers came before the server had said anything at all`);
    expect((await command()).rows.filter(isEmpty)).toEqual([]);
  });
});

describe.concurrent('an answer that was cut, and comes empty with more room', () => {
  it('stays cut, and is no empty answer', async () => {
    let long = '';
    const { command } = await commandFor(
      (asked) => {
        if (!asked.ours) return null;
        if (asked.n === 3) long = asked.prompt;
        if (asked.prompt !== long) return null;
        return asked.limit < 500 ? cut(asked) : empty(asked);
      },
      ...['--lengths', '5', '--n', '20'],
    );
    const { code, err, result, rows } = await command();
    expect([code, result.rows]).toMatchObject([0, [{ n: 20, correct: 19, truncated: 1 }]]);
    expect(err).not.toMatch(/answers are empty/);
    expect(rows.filter(isEmpty)).toEqual([]);
  });
});

describe.concurrent('a model that knows every answer, on a server with trouble of every kind', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is measured as that (seed %i)', async (seed) => {
    const stream = rng('empty answers', seed);
    const random = (): number => stream.float();
    const share = {
      empty: random() * 0.25,
      boom: random() * 0.15,
      slow: random() * 0.1,
      cut: random() * 0.2,
    };
    let isWell = false;
    const empties = new Map<string, number[]>();
    const right = new Set<string>();
    let [told, lastWords, askedAgain] = [0, 0, 0];
    const { command } = await commandFor(
      (asked) => {
        told += 1;
        if (asked.ours && right.has(asked.prompt)) askedAgain += 1;
        const drawn = asked.ours && !isWell ? random() : 1;
        let below = 0;
        if (drawn < (below += share.empty)) {
          empties.set(asked.prompt, [...(empties.get(asked.prompt) ?? []), told]);
          return empty(asked);
        }
        if (drawn < (below += share.boom)) return error(500, 'boom');
        if (drawn < (below += share.slow)) return error(429, 'slow down', {}, { 'retry-after': '0.05' });
        if (drawn < below + share.cut && asked.limit < 500) return cut(asked);
        lastWords = told;
        if (asked.ours) right.add(asked.prompt);
        return null;
      },
      ...['--lengths', '5,10', '--n', '15', '--max-retries', '1', '--concurrency', '6'],
    );
    const first = await command();
    const answered = first.rows.filter(({ output }) => output.error === null);
    const silent = answered.filter(isEmpty);
    const counts = (what: 'n' | 'correct' | 'failed' | 'truncated'): number =>
      first.result.rows.reduce((sum, row) => sum + (row[what] ?? 0), 0);
    expect(counts('n') - counts('failed')).toBe(answered.length);
    expect(counts('correct') + counts('truncated') + silent.length).toBe(answered.length);
    expect(Number(/(\d+) of \d+ answers are empty/.exec(first.err)?.[1] ?? 0)).toBe(silent.length);
    // Those that count as empty were so twice, and something was said after the first time.
    const twice = [...empties.values()].filter((times) => times.length > 1 && times[0] < lastWords);
    expect(silent.length).toBeLessThanOrEqual(twice.length);
    for (const { output } of silent) expect(output.attempts).toBeGreaterThan(1);
    // In the end, or after many empty ones in a row, a question that was answered tells whether the server speaks.
    expect(askedAgain).toBeLessThanOrEqual(3);
    askedAgain = 0;
    isWell = true;
    const second = await command();
    expect([second.code, second.result.run.failed], second.err).toEqual([0, 0]);
    expect(second.rows.filter(isEmpty)).toHaveLength(silent.length);
    expect(askedAgain).toBe(0);
  });
});
