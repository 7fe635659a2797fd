/** A case of the table measured by the command, over a socket, as somebody at a terminal would: what is right, what came. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MeasurementResult } from '../../src/measure/result.ts';
import { outcomes } from '../../src/score/output.ts';
import type { Outcome } from '../../src/score/output.ts';
import { runAsync } from '../run-async.ts';
import type { Ran } from '../run-async.ts';
import { startServer } from '../server/server.ts';
import type { Seen } from '../server/server.ts';
import { SAMPLES } from './case.ts';
import type { ServerCase } from './case.ts';

const COMMAND = path.resolve(import.meta.dirname, '../../bin/lengthwise.js');

export interface Commanded {
  readonly code: number | null;
  /** All that was said, line by line. */
  readonly said: string;
  /** null where nothing was asked. */
  readonly result: MeasurementResult | null;
  readonly seen: Seen;
}

/** How a command is run: in a process of its own, as users do, or in this one, which takes a tenth of the time. */
export type Runs = (words: readonly string[]) => Promise<Ran>;

export { commandHere as inThisProcess } from '../command-here.ts';

export const inItsOwnProcess: Runs = (words) => {
  const env = { ...process.env, LENGTHWISE_API_KEY: '', OPENAI_API_KEY: '' };
  return runAsync(process.execPath, [COMMAND, ...words], { cwd: tmpdir(), env });
};

/** Measures the case's server. */
export async function command(
  { behaviour, apis, options = {} }: ServerCase,
  runs: Runs = inItsOwnProcess,
): Promise<Commanded> {
  const server = await startServer({ behaviour, ...(apis === undefined ? {} : { apis }) });
  const out = mkdtempSync(path.join(tmpdir(), 'lengthwise-case-'));
  const { temperature, extra, maxRetries, tokens, thinkTokens, concurrency = 8 } = options;
  const { prompt = 'paper', lengths = [5] } = options;
  const given = {
    model: 'test',
    task: 'UR',
    prompt,
    lengths: lengths.join(),
    n: SAMPLES / lengths.length,
    timeout: 5,
    temperature,
    body: extra === undefined ? undefined : JSON.stringify(extra),
    'max-retries': maxRetries,
    budget: tokens === undefined ? undefined : `${tokens}tokens`,
    'think-tokens': thinkTokens,
    concurrency,
    out,
  };
  const argv = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  );
  try {
    const { code, out, said } = await runs(['measure', server.url, ...argv, '--json']);
    return {
      code,
      said,
      result: out === '' ? null : (JSON.parse(out) as MeasurementResult),
      seen: server.seen,
    };
  } finally {
    await server.close();
    rmSync(out, { recursive: true, force: true });
  }
}

/** What became of the samples, as the tables of the command say. */
export function outcomesIn({ rows }: Pick<MeasurementResult, 'rows'>): Partial<Record<Outcome, number>> {
  const counts: Record<Outcome, number> = Object.fromEntries(outcomes.map((name) => [name, 0])) as never;
  for (const { n, correct, truncated = 0, withheld = 0, refused = 0, failed = 0 } of rows) {
    counts.right += correct;
    counts.wrong += n - correct - truncated - withheld - refused - failed;
    counts.truncated += truncated;
    counts.withheld += withheld;
    counts.refused += refused;
    counts.failed += failed;
  }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

/** Everything that is not as the case says, one line each; none: it is right. */
export function faultsOf(one: ServerCase, { code, said, result, seen }: Commanded): string[] {
  const lines = said.replace(/^lengthwise: (incomplete: stopped: )?/gm, '');
  const asked = seen.bodies.filter((body) => JSON.stringify(body).includes(' | '));
  const faults = [
    ...(one.says ?? []).filter((words) => !words.test(lines)).map((words) => `not said: ${words}`),
    ...(one.saysNot ?? []).filter((words) => words.test(lines)).map((words) => `said: ${words}`),
    ...(seen.requests > (one.mostRequests ?? Infinity) + PROBES ? [`${seen.requests} requests`] : []),
    ...(one.neverSent ?? [])
      .filter((field) => asked.some((body) => field in body))
      .map((field) => `${field} is sent`),
    ...Object.entries(one.sent ?? {})
      .filter(([field, value]) => asked.some((body) => JSON.stringify(body[field]) !== JSON.stringify(value)))
      .map(([field]) => `${field} is not sent as it should be`),
  ];
  if (one.refused !== undefined) {
    const words = new RegExp(one.refused.source, `${one.refused.flags}m`);
    const line = words.test(lines) ? [] : [`not refused by ${one.refused}: ${said.trim()}`];
    return [...faults, ...line, ...(code === 2 ? [] : [`exit status ${code}`])];
  }
  if (result === null) return [...faults, `exit status ${code}: ${said.trim().split('\n').at(-1)}`];
  const { ending = 'done', right, tooLong = 0, refusedPrompts = 0, options } = one;
  const whole = ending === 'done' && (right.failed ?? 0) === tooLong + refusedPrompts;
  const found = result.rows.reduce((sum, row) => sum + (row.tooLong ?? 0), 0);
  return [
    ...faults,
    ...(describeOutcomes(outcomesIn(result)) === describeOutcomes(right) ? [] : ['other outcomes']),
    ...(found === tooLong ? [] : [`${found} prompts too long`]),
    ...(result.ending.kind === ending ? [] : [`it ended by ${result.ending.kind}`]),
    ...(code === (whole ? 0 : 3) ? [] : [`exit status ${code}`]),
    ...(options?.tokens !== undefined && result.run.spent.tokens > options.tokens ? ['over the budget'] : []),
  ];
}

/** The command looks at a prompt's tokens before it asks. */
const PROBES = 2;

/** `right 8, failed 4`, in the order of the outcomes; `–` for none. */
export function describeOutcomes(counts: Partial<Record<Outcome, number>>): string {
  const named = outcomes.filter((name) => (counts[name] ?? 0) > 0);
  return named.length === 0 ? '–' : named.map((name) => `${name} ${counts[name]}`).join(', ');
}
