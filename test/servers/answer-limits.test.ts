/** What a limit on answers that the server has does to a horizon: measured by the command, over a socket. */
import { describe, expect, it } from 'vitest';
import type { MeasurementResult } from '../../src/measure/result.ts';
import { folder, measureArgv, measured, rowsIn, run, serve } from '../cli/measuring.ts';
import { choiceReply, plainReply } from '../server/behaviour.ts';
import type { Asked, Sent } from '../server/behaviour.ts';
import { error } from './case.ts';
import { stream } from './transport.ts';

/** Of the codes of a text's characters. */
const sumOf = (text: string): number =>
  [...text].reduce((sum, character) => sum + character.charCodeAt(0), 0);

const UF = ['--task', 'UF', '--lengths', '5,40', '--n', '40', '--prompt', 'paper'] as const;

/** The answer at length 40 takes 40 tokens and is asked for with more than this; that at length 5 with less. */
const MOST = 60;

describe('a server that takes no limit as large as that of a longer answer', () => {
  it.each([
    [
      'and names the largest',
      (limit: number) =>
        `max_tokens is too large: ${limit}. This model supports at most ${MOST} completion tokens`,
      MOST,
    ],
    ['and names none', () => 'max_tokens is too large for this model', 40],
  ] as const)('%s, is asked for it with a smaller one', async (_, says, least) => {
    const { url } = await serve({
      behaviour: {
        answer: ({ ours, limit }) =>
          ours && limit > MOST ? error(400, says(limit), { param: 'max_tokens' }) : null,
      },
    });
    const out = folder();
    const { horizons, rows } = await measured(url, ...UF, '--out', out);
    expect(rows).toMatchObject([5, 40].map((length) => ({ length, n: 40, correct: 40 })));
    expect(horizons).toMatchObject([{ length: 40, contextEnds: null, refusedFrom: null }]);
    const limits = rowsIn(out).map(({ output }) => output.tokenLimit ?? 0);
    expect(Math.max(...limits)).toBeLessThanOrEqual(MOST);
    expect(Math.max(...limits)).toBeGreaterThanOrEqual(least);
  });

  describe.each(['Bad request', 'max_tokens is too large for this model'])('and says only: %s', (words) => {
    /** Takes so many tokens at most: a symbol is one. */
    const capped =
      (most: number) =>
      ({ ours, limit }: Asked) =>
        ours && limit > most ? error(400, words) : null;

    it.each(['58', '52,58', '50,58', '60', '5,60'])(
      'is right at all lengths whose answers fit, whichever are asked: %s',
      async (lengths) => {
        const { url, seen } = await serve({ behaviour: { answer: capped(64) } });
        const asked = ['--task', 'UF', '--lengths', lengths, '--n', '30'] as const;
        const { rows } = await measured(url, ...asked);
        expect(rows.map(({ n, correct }) => [n, correct])).toEqual(lengths.split(',').map(() => [30, 30]));
        // Each of those that were under way is refused and asked again twice at most, but for the one that finds the limit.
        expect(seen.requests).toBeLessThan(3 * rows.length * 30 + 40);
      },
    );

    it('cuts longer answers at the largest limit that it takes', async () => {
      const { url } = await serve({ behaviour: { answer: capped(55) } });
      const out = folder();
      const { rows } = await measured(
        ...([url, '--task', 'UF', '--lengths', '50,58', '--n', '30', '--out', out] as const),
      );
      expect(rows).toMatchObject([
        { length: 50, n: 30, correct: 30 },
        { length: 58, n: 30, correct: 0, truncated: 30 },
      ]);
      const cut = rowsIn(out).filter(({ length }) => length === 58);
      expect(new Set(cut.map(({ output }) => output.tokenLimit))).toEqual(new Set([55]));
    });

    it.each(['stop', null])(
      'is right at all lengths whose answers fit, where cut ones end with %s and tokens are not counted',
      async (finish) => {
        const answer = (asked: Asked): Sent | null =>
          capped(30)(asked) ?? { body: choiceReply(asked, { finish_reason: finish }, { usage: undefined }) };
        const { url } = await serve({ apis: ['chat'], behaviour: { answer } });
        const { rows } = await measured(url, '--task', 'UF', '--lengths', '5,20,25,40', '--n', '30');
        expect(rows.map(({ length, n, correct }) => [length, n, correct])).toEqual([
          ...[5, 20, 25].map((length) => [length, 30, 30]),
          [40, 30, 0],
        ]);
      },
    );
  });

  it('and that refuses other prompts in the same words that say nothing, is asked for it with a smaller one', async () => {
    const isFiltered = ({ prompt }: Asked): boolean =>
      sumOf(prompt.trimEnd().split('\n').at(-1) ?? '') % 5 === 0;
    const { url } = await serve({
      behaviour: {
        answer: (asked) =>
          asked.ours && (asked.limit > MOST || isFiltered(asked)) ? error(400, 'Bad Request') : null,
      },
    });
    for (const seed of ['1', '2', '3']) {
      const { err, out } = await run(measureArgv(url, ...UF, '--seed', seed, '--json'));
      const { rows, horizons } = JSON.parse(out) as MeasurementResult;
      expect(horizons).toMatchObject([{ contextEnds: null, refusedFrom: null }]);
      for (const { correct, failed = 0 } of rows) {
        expect(correct + failed).toBe(40);
        expect(correct).toBeGreaterThan(24);
      }
      expect(rows.some(({ failed = 0 }) => failed > 3)).toBe(true);
      expect(err).toMatch(
        /the server refuses a limit on an answer of \d+ tokens and does not say which it takes; it takes \d+: that is all the room for thoughts and answer together, whatever --think-tokens says$/m,
      );
    }
  });

  it('and none that is smaller either: that is no end of the context', async () => {
    const { url } = await serve({
      behaviour: {
        answer: ({ ours, prompt }) =>
          ours && prompt.length > 200 ? error(400, 'max_tokens is too large for this model') : null,
      },
    });
    const tasks = ['--task', 'UF,UB', '--lengths', '40,5', '--n', '40', '--prompt', 'paper'] as const;
    const out = folder();
    const { horizons, rows } = await measured(url, ...tasks, '--out', out);
    for (const task of ['UF', 'UB']) {
      expect(horizons).toContainEqual(
        expect.objectContaining({ task, length: 5, contextEnds: null, refusedFrom: 40 }),
      );
      expect(rows).toContainEqual(expect.objectContaining({ task, length: 5, correct: 40 }));
    }
    // Others are asked with their own limits before, meanwhile and after that.
    const answered = rowsIn(out).filter(({ output }) => output.error === null);
    expect(answered).toHaveLength(80);
    for (const { output } of answered) expect(output.tokenLimit).toBeGreaterThanOrEqual(10);
  });
});

/** Thinks about prompts of length 10 and more, for 300 tokens, and takes no limit above 4096. */
function thinksLater(refuse: (asked: Asked) => Sent | null): (asked: Asked) => Sent | null {
  return (asked) => {
    const thinks = asked.ours && sourceLength(asked) >= 10;
    if (asked.limit > 4096) {
      const refused = refuse(asked);
      if (refused !== null) return refused;
    }
    if (!thinks) return null;
    const thought = { reasoning_content: 'I look. ' };
    const isCut = asked.limit < 310;
    const usage = { prompt_tokens: 50, completion_tokens: isCut ? asked.limit : 310 };
    const message = isCut ? { content: '', ...thought } : { content: asked.text, ...thought };
    return { body: choiceReply(asked, { message, finish_reason: isCut ? 'length' : 'stop' }, { usage }) };
  };
}

/** Symbols of the source that a question in the prompt `paper` is about. */
function sourceLength({ prompt }: Asked): number {
  return (prompt.trimEnd().split('\n').at(-1)?.split(' | ')[0] ?? '').trim().split(/\s+/).length;
}

const UR = ['--task', 'UR', '--prompt', 'paper'] as const;

describe('a model that thinks about longer prompts, behind a server that refuses the room for it', () => {
  const inWords = (words: string) => (): Sent => error(400, words);
  const samba = ({ limit }: Asked): Sent =>
    error(
      400,
      `Requested generation length ${limit} is not possible! The provided prompt is 90 tokens long, so generating ${limit} tokens requires a sequence length of ${limit + 90}, but the maximum supported sequence length is just 4096!`,
    );
  const MUST_STREAM = 'Requests with max_tokens > 4096 must have stream=true';

  it.each<[string, (asked: Asked) => Sent | null]>([
    ['without a word of it', inWords('Invalid request')],
    ['in words that speak of something else', inWords('the request could not be processed: length')],
    ['since the prompt and it are more than the context', samba],
    [
      'unless the answer comes as a stream',
      (asked) =>
        asked.body.stream === true
          ? { body: stream(asked), headers: { 'content-type': 'text/event-stream' } }
          : error(400, MUST_STREAM),
    ],
    ['unless it comes as a stream, which it refuses, too', inWords(MUST_STREAM)],
  ])('is measured with the room that it takes: %s', async (_, refuse) => {
    const { url, seen } = await serve({ apis: ['chat'], behaviour: { answer: thinksLater(refuse) } });
    const out = folder();
    const asked = ['--lengths', '5,10,20', '--n', '40', '--out', out] as const;
    const { horizons, rows } = await measured(url, ...UR, ...asked);
    expect(rows).toMatchObject([5, 10, 20].map((length) => ({ length, n: 40, correct: 40 })));
    expect(horizons).toMatchObject([{ length: 20, contextEnds: null, refusedFrom: null, partlyFits: null }]);
    // Nobody else finds it out meanwhile: hardly more requests than there are answers, and answers that were cut.
    expect(seen.requests).toBeLessThan(120 + 2 * 64 + 30);
    // Resumed, the room that is known to be needed is asked for at once.
    const more = await measured(url, ...UR, '--lengths', '40', '--n', '40', '--out', out);
    expect(more.horizons).toMatchObject([{ length: 40, contextEnds: null, refusedFrom: null }]);
    expect(more.rows).toMatchObject([{ length: 40, n: 40, correct: 40 }]);
  });

  it('and refuses it of longer prompts with the least room, too: those are refused from there on', async () => {
    const { url, seen } = await serve({
      apis: ['chat'],
      behaviour: {
        answer: (asked) =>
          asked.ours && sourceLength(asked) >= 20
            ? error(400, 'Invalid request')
            : thinksLater(inWords('Invalid request'))(asked),
      },
    });
    const { horizons } = await measured(url, ...UR, '--lengths', '5,10,20,40', '--n', '40');
    expect(horizons).toMatchObject([{ length: 10, contextEnds: null, refusedFrom: 20 }]);
    const refused = seen.bodies.filter((body) => {
      const [{ content }] = (body.messages as { content: string }[]).slice(-1);
      return sourceLength({ prompt: content } as Asked) >= 20;
    });
    expect(refused.length).toBeLessThanOrEqual(80);
  });

  it('and refuses a task from a length on at which others have longer prompts: that ends no run', async () => {
    const lengthOf = ({ prompt }: Asked): number =>
      (prompt.trimEnd().split('\n').at(-1)?.split(' | ')[0] ?? '')
        .replace(/<bos>|:/g, '')
        .trim()
        .split(/\s+/).length;
    const { url, seen } = await serve({
      behaviour: {
        answer: (asked) => (asked.ours && lengthOf(asked) >= 20 ? error(400, 'Bad Request') : null),
      },
      delay: 20,
    });
    const argv = [
      '--task',
      'UR,UF',
      '--prompt',
      'paper',
      '--lengths',
      '5,10,20',
      '--n',
      '50',
      '--out',
      folder(),
    ];
    const { horizons, rows } = await measured(url, ...argv);
    for (const task of ['UR', 'UF'])
      expect(horizons).toContainEqual(expect.objectContaining({ task, length: 10, refusedFrom: 20 }));
    const { requests } = seen;
    const again = await measured(url, ...argv);
    expect({ rows: again.rows, horizons: again.horizons }).toEqual({ rows, horizons });
    expect(seen.requests).toBe(requests);
  });

  it('and takes none that is as large as a thought: what was cut stays so, and is no end of anything', async () => {
    const answer = (asked: Asked): Sent | null =>
      asked.ours && asked.limit > 100 ? error(400, 'Invalid request') : thinksLater(() => null)(asked);
    const { url } = await serve({ apis: ['chat'], behaviour: { answer } });
    const { horizons, rows } = await measured(url, ...UR, '--lengths', '5,10', '--n', '40');
    expect(horizons).toMatchObject([{ length: 5, contextEnds: null, refusedFrom: null }]);
    expect(rows[1]).toMatchObject({ length: 10, correct: 0, truncated: 40 });
  });
});

describe('a warning of answers that were cut off', () => {
  async function warnings(answer: (asked: Asked) => Sent | null, ...more: string[]): Promise<string[]> {
    const { url } = await serve({ apis: ['chat'], behaviour: { answer } });
    const { err, code } = await run(measureArgv(url, ...more));
    expect(code, err).toBe(0);
    return err.split('\n').filter((line) => line.includes('WARNING'));
  }

  it('names the server, where it allows fewer tokens than were asked for', async () => {
    const cap = (asked: Asked): Sent | null => {
      const words = asked.text.split(' ');
      if (words.length <= 16) return null;
      const body = plainReply({ ...asked, text: words.slice(0, 16).join(' '), finish: 'length' });
      return { body: { ...body, usage: { ...asked.usage, completion_tokens: 16 } } };
    };
    expect(
      await warnings(cap, '--task', 'UF', '--prompt', 'paper', '--lengths', '10,40', '--n', '36'),
    ).toEqual([
      expect.stringMatching(
        /: 36 of 72 answers were cut off by the server at 16 tokens, though up to \d+ were/,
      ),
    ]);
  });

  it('names the limit that was found last, where a smaller one was told of before', async () => {
    const capped = (asked: Asked): Sent | null =>
      asked.ours && asked.limit > 100 ? error(400, 'Bad request') : null;
    const argv = ['--task', 'UF', '--alphabet', 'unicode', '--lengths', '5,20,40,80,160', '--n', '40'];
    expect(await warnings(capped, ...argv)).toEqual([
      expect.stringMatching(/takes a limit of 100 tokens, but not of 101;/),
    ]);
  });

  it('says that more room is no help, where thoughts end without an answer', async () => {
    const thoughts = (asked: Asked): Sent => ({
      body: plainReply(asked, {
        reasoning: 'I look.',
        ...(asked.ours && asked.n % 5 === 0 ? { content: '' } : {}),
      }),
    });
    expect(await warnings(thoughts, ...UR, '--lengths', '5', '--n', '40')).toEqual([
      expect.stringMatching(/: 8 of 40 answers are thoughts without an answer, .* more room does not help/),
    ]);
  });
});

it.each([
  'Prompt of 5000 tokens, only 4096 tokens allowed here',
  'The sum of prompt length (170.0), query length (0) and max_tokens (8) should not exceed max_num_tokens (131)',
])(
  'a horizon that the context ends and its row say the same of prompts that are refused by: %s',
  async (words) => {
    const { url } = await serve({
      behaviour: { answer: (asked) => (asked.ours && sourceLength(asked) >= 40 ? error(400, words) : null) },
    });
    const { horizons, rows } = await measured(url, ...UR, '--lengths', '20,40', '--n', '36');
    expect(horizons).toMatchObject([{ length: 20, contextEnds: 40 }]);
    const [, { n, failed, tooLong, lost, high }] = rows;
    expect({ failed, tooLong, lost }).toEqual({ failed: n, tooLong: n, lost: undefined });
    expect(high).toBeLessThan(0.75);
  },
);
