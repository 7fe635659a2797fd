/**
 * Samples that were asked several times, each time with another outcome: what is handed on of them. A sample counts by the
 * shares of its answers, so that counts are no whole numbers.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { MeasurementResult } from '../../src/measure/result.ts';
import { measurement, resultsFile } from '../../src/measure/results/schema.ts';
import type { CellRow } from '../../src/score/tables/rows.ts';
import { folder, measureArgv, run, serve } from './measuring.ts';
import { choiceReply, plainReply } from '../server/behaviour.ts';
import type { Asked, Sent } from '../server/behaviour.ts';

/** What can become of a sample, one after the other. */
const REPLIES: readonly ((asked: Asked) => Sent)[] = [
  (asked) => ({ body: plainReply(asked, { content: asked.right }) }),
  (asked) => ({ body: plainReply(asked, { content: `I think: ${asked.right}` }) }),
  (asked) => ({
    body: plainReply(asked, { content: `<think>so</think><answer>${asked.right}</answer> is it` }),
  }),
  (asked) => ({ body: plainReply(asked, { content: `${asked.right?.slice(0, 8 + (asked.n % 5))} zzz` }) }),
  (asked) => ({ body: plainReply(asked, { content: null, refusal: 'No.' }) }),
  (asked) => ({ body: choiceReply(asked, { finish_reason: 'content_filter', message: { content: '' } }) }),
  (asked) => ({ body: choiceReply(asked, { finish_reason: 'length', message: { content: '<think>so' } }) }),
  () => ({ status: 500, body: { error: { message: 'out of order' } } }),
  () => ({ status: 400, body: { error: { message: 'too long', code: 'context_length_exceeded' } } }),
];

const out = folder();
const at = (name: string): string => path.join(out, name);
let printed: string;

beforeAll(async () => {
  const times = new Map<string, number>();
  const order = new Map<string, number>();
  const { url } = await serve({
    apis: ['chat'],
    behaviour: {
      answer: (asked) => {
        if (!asked.ours) return null;
        const time = (times.get(asked.prompt) ?? -1) + 1;
        times.set(asked.prompt, time);
        const place = order.get(asked.prompt) ?? order.size;
        order.set(asked.prompt, place);
        return REPLIES[(place * place + time * (1 + (place % 4))) % REPLIES.length](asked);
      },
    },
  });
  const asked = ['--task', 'UR,NF', '--lengths', '6,10,14', '--n', '41', '--repeat', '3'];
  const plain = ['--max-retries', '0', '--concurrency', '1'];
  const { out: text, code } = await run(measureArgv(url, ...asked, ...plain, '--out', out, '--json'));
  expect(code).toBe(3); // some failed
  printed = text;
  expect((await run(['export', out, '--results', at('results.json')])).code).toBe(0);
}, 60_000);

const rowsOf = (text: string): readonly CellRow[] => (JSON.parse(text) as MeasurementResult).rows;

/** Every count of samples in a cell, by the names of its fields. */
function countsOf({ copies, errors, ...cell }: CellRow): Record<string, number | undefined> {
  const { correct, truncated, withheld, refused, failed, tooLong, lost, exact, retrieved, extra } = cell;
  const own = { correct, truncated, withheld, refused, failed, tooLong, lost, exact, retrieved, extra };
  return { ...own, ...errors, wrongCopies: copies?.wrong, atAmbiguous: copies?.atAmbiguous };
}

it('has every count with a fraction', () => {
  const counts = Object.assign({}, ...rowsOf(printed).map(fractions)) as object;
  const names = [
    'correct',
    'truncated',
    'withheld',
    'refused',
    'failed',
    'lost', // refused as too long, of prompts that were answered another time
    'exact',
    'retrieved',
    'extra',
  ];
  expect(Object.keys(counts)).toEqual(
    expect.arrayContaining([...names, 'foreign', 'wrongCopies', 'atAmbiguous']),
  );
});

function fractions(cell: CellRow): object {
  return Object.fromEntries(
    Object.entries(countsOf(cell)).filter(([, count]) => count !== undefined && !Number.isInteger(count)),
  );
}

describe('what is handed on of them', () => {
  it.each<[string, z.ZodType, () => string]>([
    ['measure --json', measurement, () => printed],
    ['a file of results', resultsFile, () => readFileSync(at('results.json'), 'utf8')],
  ])('%s is as the schema says', (_, schema, text) => {
    expect(schema.safeParse(JSON.parse(text())).error).toBeUndefined();
  });

  it('is read by compare', async () => {
    writeFileSync(at('printed.json'), printed);
    const { out: text, err, code } = await run(['compare', at('results.json'), at('printed.json'), '--json']);
    expect([code, err]).toEqual([0, '']);
    const { respondents } = JSON.parse(text) as { respondents: { rows: readonly CellRow[] }[] };
    const counts = rowsOf(printed).map(countsOf);
    expect(respondents.map(({ rows }) => rows.map(countsOf))).toEqual([counts, counts]);
  });

  it('counts a sample once, however often it was asked', async () => {
    const said = await run(['export', out, '--results', at('again.json'), '--json']);
    expect(JSON.parse(said.out)).toMatchObject({ results: [{ samples: 2 * 3 * 41 }] });
    const asked = (await run(['export', out, '--table', 'asked', '--json'])).out.trimEnd().split('\n');
    const samples = asked.map((line) => JSON.parse(line) as { task: string | null; samples: number });
    expect(samples.filter(({ task }) => task !== null)).toMatchObject([{ samples: 123 }, { samples: 123 }]);
    const { results } = JSON.parse(readFileSync(at('again.json'), 'utf8')) as {
      results: { samples: { count: number } }[];
    };
    expect(results[0].samples.count).toBe(3 * 2 * 3 * 41); // rows, of which the hash is
  });

  it('is in tables of every format', async () => {
    const right = rowsOf(printed).map(({ failed, exact, retrieved, extra }) => ({
      failed,
      exact,
      retrieved,
      extra,
    }));
    const exported = (...argv: string[]) => run(['export', out, ...argv]);
    const lines = (await exported('--format', 'jsonl')).out.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject(right);
    const file = at('cells.parquet');
    expect((await exported('--format', 'parquet', '--out', file)).code).toBe(0);
    const bytes = Uint8Array.from(readFileSync(file)).buffer;
    expect(await parquetReadObjects({ file: bytes })).toMatchObject(right);
  });
});
