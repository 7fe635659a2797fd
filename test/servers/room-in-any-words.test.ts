/**
 * A model that thinks, behind a server whose context or whose limit on answers has no room for that: whatever its words, it is measured
 * as in clear ones, with hardly more requests than samples, and the same command again asks nothing and says the same.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { folder, measured } from '../cli/measuring.ts';
import type { Result } from '../cli/measuring.ts';
import { choiceReply } from '../server/behaviour.ts';
import type { Asked, Sent } from '../server/behaviour.ts';
import { startServer } from '../server/server.ts';
import { error } from './case.ts';

interface Server {
  /** Tokens of prompt and limit together, or of the limit alone, that are not refused. */
  readonly context: number;
  readonly mostTokens: number;
  /** Characters of the shortest prompt that is thought about, for so many tokens. */
  readonly thinksFrom: number;
  readonly thought: number;
  readonly isShown: boolean;
  readonly words: string;
  readonly delay: number;
}

const servers: fc.Arbitrary<Server> = fc
  .record({
    kind: fc.constantFrom('context', 'context', 'limit'),
    context: fc.integer({ min: 330, max: 1700 }),
    mostTokens: fc.constantFrom(40, 300, 700, 1000, 2048),
    thinksFrom: fc.constantFrom(0, 120, 200, 300),
    thought: fc.constantFrom(200, 200, 900),
    isShown: fc.boolean(),
    words: fc.constantFrom('Bad Request', '', 'Invalid request', 'the request could not be processed'),
    delay: fc.constantFrom(0, 3, 15),
  })
  .map(({ kind, ...server }) => ({
    ...server,
    [kind === 'context' ? 'mostTokens' : 'context']: Infinity,
  }));

interface Command {
  readonly tasks: string;
  /** null: a search. */
  readonly lengths: string | null;
  readonly n: string;
  readonly concurrency: number;
}

const commands: fc.Arbitrary<Command> = fc.record({
  tasks: fc.constantFrom('UR', 'UR,UL', 'UR,NRLast', 'UF,UR'),
  lengths: fc.constantFrom(null, '5,20,60', '20,60', '5,10,20,40,60'),
  n: fc.constantFrom('6', '12', '30'),
  concurrency: fc.constantFrom(1, 4, 16),
});

function tokensOf({ prompt }: Pick<Asked, 'prompt'>): number {
  return Math.ceil(prompt.length / 2);
}

function answered(server: Server, asked: Asked, refusal: (asked: Asked) => Sent): Sent | null {
  const { context, mostTokens, thinksFrom, thought, isShown } = server;
  if (!asked.ours) return null;
  if (asked.limit > mostTokens || tokensOf(asked) + asked.limit > context) return refusal(asked);
  if (asked.prompt.length < thinksFrom) return null;
  const isCut = asked.limit < thought + asked.usage.completion_tokens;
  const usage = {
    prompt_tokens: tokensOf(asked),
    completion_tokens: isCut ? asked.limit : thought + asked.usage.completion_tokens,
  };
  const message = { content: isCut ? '' : asked.text, ...(isShown ? { reasoning_content: 'I look. ' } : {}) };
  return { body: choiceReply(asked, { message, finish_reason: isCut ? 'length' : 'stop' }, { usage }) };
}

/** OpenAI's words. */
const clear =
  ({ context, mostTokens }: Server) =>
  (asked: Asked): Sent =>
    asked.limit > mostTokens
      ? error(
          400,
          `max_tokens is too large: ${asked.limit}. This model supports at most ${mostTokens} completion tokens, whereas you provided ${asked.limit}.`,
        )
      : error(
          400,
          `This model's maximum context length is ${context} tokens. However, you requested ${tokensOf(asked) + asked.limit} tokens (${tokensOf(asked)} in the messages, ${asked.limit} in the completion). Please reduce the length of the messages or completion.`,
          { code: 'context_length_exceeded' },
        );

interface Came {
  readonly limit: number;
  readonly came: 'refused' | 'cut' | 'whole';
}

/** The command, and the same again. */
interface Ran {
  readonly result: Result;
  readonly again: Result;
  /** Requests of the second. */
  readonly more: number;
  /** What was sent for each prompt in turn. */
  readonly sent: ReadonlyMap<string, readonly Came[]>;
}

async function run(server: Server, argv: readonly string[], refusal: (asked: Asked) => Sent): Promise<Ran> {
  const sent = new Map<string, Came[]>();
  const answer = (asked: Asked): Sent | null => {
    const reply = answered(server, asked, refusal);
    const body = reply === null ? '' : JSON.stringify(reply.body);
    const came = (reply?.status ?? 200) !== 200 ? 'refused' : body.includes('"length"') ? 'cut' : 'whole';
    if (asked.ours) sent.set(asked.prompt, [...(sent.get(asked.prompt) ?? []), { limit: asked.limit, came }]);
    return reply;
  };
  const { delay } = server;
  const listening = await startServer({
    apis: ['chat'],
    behaviour: { answer },
    ...(delay === 0 ? {} : { delay: () => delay * (0.5 + Math.random()) }),
  });
  try {
    const { url, seen } = listening;
    const out = folder();
    const result = await measured(url, ...argv, '--out', out);
    const { requests } = seen;
    const again = await measured(url, ...argv, '--out', out);
    return { result, again, more: seen.requests - requests, sent };
  } finally {
    await listening.close();
  }
}

/** Of a thinking model's look-ups that the context has no more room for: those are no more than were asked once each. */
const EXAMPLES: [Server, Command][] = [true, false].map((isShown) => [
  {
    ...{ context: 380, mostTokens: Infinity, thinksFrom: 120, thought: 200 },
    ...{ isShown, words: 'Bad Request', delay: 10 },
  },
  { tasks: 'UR', lengths: '20,60,90', n: '40', concurrency: 16 },
]);

it('is measured alike, with few requests, and once', () =>
  fc.assert(
    fc.asyncProperty(servers, commands, async (server, { tasks, lengths, n, concurrency }) => {
      const which = lengths === null ? ['--max-length', '90', '--threshold', '0.5'] : ['--lengths', lengths];
      const argv = ['--task', tasks, '--n', n, ...which];
      const asked = [...argv, '--prompt', 'paper', '--concurrency', String(concurrency)];
      const { result, again, more, sent } = await run(server, asked, () => error(400, server.words));
      expect(more).toBe(0);
      expect({ rows: again.rows, horizons: again.horizons }).toEqual({
        rows: result.rows,
        horizons: result.horizons,
      });
      for (const [prompt, all] of sent) {
        const limits = all.map(({ limit }) => limit);
        expect(new Set(limits).size, `${prompt}: ${JSON.stringify(all)}`).toBe(limits.length);
      }

      const requests = [...sent.values()].flat();
      const refused = requests.filter(({ came }) => came === 'refused');
      const cut = requests.filter(({ came }) => came === 'cut');
      const { rows } = result;
      const [samples, notRight] = [sumOf(rows, ({ n }) => n), sumOf(rows, ({ n, correct }) => n - correct)];
      // Each sample is refused once at the end, or what was under way when a limit was found; and one prompt a length finds it.
      expect(refused.length).toBeLessThanOrEqual(notRight + (concurrency + 12) * rows.length);
      expect(requests.length).toBeLessThanOrEqual(samples + cut.length + refused.length + 2 * rows.length);

      // Whether a limit is the answer's or the context's shows where others were answered with as much; of copies it grows with the length.
      const hadRoom = requests.some(({ limit, came }) => limit > LEAST_ROOM && came !== 'refused');
      if (tasks.includes('UF') || (server.context < Infinity && !hadRoom)) return;
      const { result: inClear } = await run(server, asked, clear(server));
      expect(ends(result)).toEqual(ends(inClear));
    }),
    { numRuns: 8, examples: EXAMPLES },
  ));

/** Tokens for thoughts, of which there are never fewer in these runs. */
const LEAST_ROOM = 256;

function sumOf(rows: Result['rows'], of: (row: Result['rows'][number]) => number): number {
  return rows.reduce((sum, row) => sum + of(row), 0);
}

/** What does not depend on how many were under way when it was found out that the model thinks. */
function ends({ horizons }: Result) {
  return horizons.map(({ task, length, refusedFrom }) => ({ task, length, refusedFrom }));
}
