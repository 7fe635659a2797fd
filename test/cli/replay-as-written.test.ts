/** Recordings as other tools write them: numbers, arrays of numpy, outputs behind their prompts. What is right is counted by hand. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandHere } from '../command-here.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-written-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function fileOf(lines: readonly string[]): string {
  const file = path.join(folder, `${files++}.jsonl`);
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}

interface Row {
  readonly length: number;
  readonly n: number;
  readonly correct: number;
  readonly exact: number;
  readonly retrieved: number;
  readonly failed: number;
}

/** The one row of lines that are all of one length, and that contradict no oracle. */
async function rowOf(task: string, lines: readonly string[], ...more: string[]): Promise<Row> {
  const { code, out, said } = await commandHere([
    ...['replay', fileOf(lines), '--task', task, '--json'],
    ...more,
  ]);
  expect([said.replace(/\d+/, 'n'), code]).toEqual(['n answered, 0 from before, 0 failed; 0 requests\n', 0]);
  const { rows, recording } = JSON.parse(out) as {
    readonly rows: readonly Row[];
    readonly recording: { readonly files: readonly { readonly contradicting: number }[] };
  };
  expect(recording.files).toMatchObject([{ contradicting: 0 }]);
  expect(rows).toHaveLength(1);
  return rows[0];
}


describe('a number in place of a text is the text that stands in the file', () => {
  it.each<[what: string, task: string, line: string, said: Partial<Row>]>([
    [
      'integers beyond 2^53, another one copied',
      'NF',
      '{"source": 12345678901234567891, "target": 12345678901234567891, "output": 12345678901234567899}',
      { length: 20, correct: 0 },
    ],
    [
      'integers beyond 2^53, copied',
      'NF',
      '{"source": 12345678901234567891, "output": 12345678901234567891}',
      { length: 20, correct: 1, exact: 1 },
    ],
    [
      'a text, and the same as a number',
      'NF',
      '{"source": "123456789012345678", "target": "123456789012345678", "output": 123456789012345678}',
      { length: 18, correct: 1, exact: 1 },
    ],
    [
      'a text, and another number that is the same in floating point',
      'NF',
      '{"source": "123456789012345678", "target": "123456789012345678", "output": 123456789012345677}',
      { length: 18, correct: 0 },
    ],
    [
      'fractions that end in 0',
      'UF',
      '{"input": [1.5, 3.0, 2.50], "target": [1.5, 3.0, 2.50], "output": "1.5 3.0 2.50"}',
      { length: 3, correct: 1, exact: 1 },
    ],
    [
      'a copy that left out a 0',
      'UF',
      '{"input": [1.5, 3.0, 2.50], "output": "1.5 3 2.50"}',
      { length: 3, correct: 0 },
    ],
    [
      'in a whole reply, and in a list of answers',
      'UF',
      '{"input": [1e5, 3.0], "output": {"choices": [{"message": {"content": ["1e5", 3.0]}}]}}',
      { length: 2, correct: 1 },
    ],
    [
      'in one JSON value',
      'UF',
      '{"rows": [{"input": [1e5, 3.0], "output": [1e5, 3.0]}]}',
      { length: 2, correct: 1 },
    ],
  ])('%s', async (_, task, line, said) => {
    expect(await rowOf(task, [line])).toMatchObject({ n: 1, ...said });
  });

  it('but a whole number that pandas wrote with a fraction is the symbol that the sample has', async () => {
    const lines = [
      '{"input": "4 8 3", "query": 8.0, "target": 3.0, "output": 3.0}',
      '{"input": "4 8 5", "query": 8.0, "target": 5.0, "output": "5"}',
      '{"input": [4, 8, 6], "query": 8.0, "target": 6.0, "output": "4"}',
      '{"input": [4.0, 8.0, 7.0], "query": 8, "target": 7, "output": 7}',
    ];
    expect(await rowOf('UR', lines)).toMatchObject({ n: 4, correct: 3, exact: 3 });
    expect(
      await rowOf('UF', ['{"input": "4 8 3", "target": [4.0, 8.0, 3.0], "output": [4.0, 8.0, 3.0]}']),
    ).toMatchObject({ n: 1, correct: 1 });
  });

  it('and what is no text stays a number: counts, times and statuses', async () => {
    const beside = '"prompt_tokens": 12.0, "latencyMs": 8.50, "error": 0.0, "status_code": 2.0e2';
    expect(await rowOf('UR', [`{"input": "a b c", "query": "b", "output": "c", ${beside}}`])).toMatchObject({
      ...{ n: 1, correct: 1, failed: 0 },
      promptTokens: 12,
    });
  });
});
