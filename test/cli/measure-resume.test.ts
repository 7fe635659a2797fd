/** Going on with a measurement, and scoring again what is stored. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { Run } from '../../src/measure/store/rows.ts';
import type { Asked } from '../server/behaviour.ts';
import { error } from '../servers/case.ts';
import { slowly } from '../slowly.ts';
import { withOneRowAKey } from '../older-store.ts';
import { folder, incomplete, measureArgv, measured, root, rowsIn, run, serve } from './measuring.ts';
import type { Result } from './measuring.ts';

const ASKED = ['--task', 'UR', '--lengths', '6', '--n', '8'];

/** The usual prompt as a file of one's own, with some of its text replaced. */
function promptFile(
  replaced: Readonly<Record<string, string>> = {},
  file = path.join(folder(), 'mine.yaml'),
): string {
  let text = readFileSync(path.join(root, 'src/prompt/data/retrieval/paper.yaml'), 'utf8');
  for (const [from, to] of Object.entries(replaced)) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  writeFileSync(file, text);
  return file;
}

describe.concurrent('going on', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['another stop mark', { 'stop: ["\\n"]': 'stop: ["\\n", ";"]' }],
    ['other demonstrations', { 'shots: 5': 'shots: 4' }],
    ['another head', { "separator: ' |'": 'separator: \' |\'\nhead: "Look up.\\n"' }],
    ['a system text', { "separator: ' |'": "separator: ' |'\nsystem: Be brief." }],
    ['tags around the answer', { "separator: ' |'": "separator: ' |'\nanswer-tags: ['<a>', '</a>']" }],
  ])('a prompt file with %s is another question: all is asked again', async (_, replaced) => {
    const { url, seen } = await serve();
    const out = folder();
    const file = promptFile();
    await measured(url, ...ASKED, '--prompt', file, '--out', out);
    expect(seen.answered).toHaveLength(8);
    promptFile(replaced, file);
    const { run: ran } = await measured(url, ...ASKED, '--prompt', file, '--out', out);
    expect(ran).toMatchObject({ answered: 8, reused: 0 });
  });

  it('a prompt file with other filters is scored again, without a request', async () => {
    const { url, seen } = await serve({
      says: (prompt) => (prompt.includes(' | ') ? ' **A**\n' : undefined),
    });
    const out = folder();
    const file = promptFile();
    const plain = await measured(url, ...ASKED, '--prompt', file, '--out', out);
    const before = seen.requests;
    promptFile({ 'shots: 5': 'filters: [stop, white-space]\nshots: 5' }, file);
    const {
      code,
      out: text,
      err,
    } = await run(measureArgv(url, ...ASKED, '--prompt', file, '--out', out, '--json'));
    expect(code).toBe(0);
    const other = JSON.parse(text) as Result;
    expect(seen.requests).toBe(before);
    expect(other.run).toMatchObject({ answered: 0, reused: 8 });
    // Without the filter for emphasis not even a right answer is one.
    const right = plain.rows[0].correct;
    expect(right).toBe(rowsIn(out).filter(({ answer }) => answer[0] === 'A').length);
    expect(other.rows[0].correct).toBe(0);
    expect(other.run.moved).toBe(right);
    if (right > 0) expect(err).toContain(`${right} stored answers are scored otherwise`);
  });

  it.each([
    ['--body', '{"top_k":1}', 'top_k in --body (none there, 1 here)'],
    ['--temperature', '0.5', '--temperature (0 there, 0.5 here)'],
    ['--seed', '2', '--seed (1 there, 2 here)'],
    ['--api', 'chat', '--api (completions there, chat here)'],
  ])(
    '%s %s makes another respondent: asked anew by itself, and refused in the folder of the other',
    async (option, value, differs) => {
      const more = [option, value];
      const { url, seen } = await serve();
      const out = folder();
      await measured(url, ...ASKED, '--out', out);
      const { code, err } = await run(measureArgv(url, ...ASKED, ...more, '--out', out));
      expect(code).toBe(2);
      expect(err).toContain(
        `${out} holds answers of another respondent, which differs in ${differs}; choose another folder with --out`,
      );
      const before = seen.answered.length;
      const { run: ran } = await measured(url, ...ASKED, ...more);
      expect(ran).toMatchObject({ answered: 8, reused: 0 });
      expect(seen.answered).toHaveLength(before + 8);
    },
  );

  it('a server that was in trouble at first: the same command goes on once it is well', async () => {
    const down = error(500, 'out of order');
    for (const whole of [true, false]) {
      // In trouble altogether, or only while it was looked at.
      let inTrouble = true;
      const behaviour = { answer: ({ ours }: Asked) => (inTrouble && (whole || !ours) ? down : null) };
      const { url, seen } = await serve({ behaviour });
      const out = folder();
      const argv = ['--task', 'UR', '--lengths', '6', '--max-retries', '0', '--out', out];
      const first = await run(measureArgv(url, ...argv, '--n', '4', '--json'));
      expect(JSON.parse(first.out)).toMatchObject({ rows: [{ n: 4, correct: whole ? 0 : 4 }] });
      inTrouble = false;
      const { rows, run: ran } = await measured(url, ...argv, '--n', '6');
      expect(rows).toMatchObject([{ n: 6, correct: 6, failed: 0 }]);
      expect(ran).toMatchObject(whole ? { answered: 6, reused: 0 } : { answered: 2, reused: 4 });
      expect(new Set(seen.answered).size).toBe(seen.answered.length);
      expect(rowsIn(out)).toHaveLength(6);
    }
  });

  it('what can’t change an answer asks nothing again: more samples, a threshold, a concurrency', async () => {
    const { url, seen } = await serve();
    const out = folder();
    await measured(url, ...ASKED, '--out', out);
    const more = [
      '--n',
      '10',
      '--threshold',
      '0.8',
      '--concurrency',
      '3',
      '--timeout',
      '9',
      '--max-retries',
      '1',
    ];
    const { run: ran } = await measured(url, ...ASKED, ...more, '--out', out);
    expect(ran).toMatchObject({ answered: 2, reused: 8 });
    expect(seen.answered).toHaveLength(10);
  });
});

describe.concurrent('--rescore', () => {
  it('says of a folder without a measurement what report says', async () => {
    const out = folder();
    for (const [place, says] of [
      [path.join(out, 'nope'), `there is no folder ${path.join(out, 'nope')}: `],
      [out, `${out} holds neither a measurement nor a study: `],
    ]) {
      const { code, err } = await run(['measure', '--rescore', '--out', place]);
      expect([code, err]).toEqual([2, expect.stringContaining(`lengthwise: ${says}lengthwise measure URL`)]);
    }
  });

  it('is what a folder of a measurement is sent to, in which no model is', async () => {
    const { url } = await serve();
    const out = folder();
    await measured(url, ...ASKED, '--out', out);
    const { code, err } = await run(['measure', out]);
    expect(code).toBe(2);
    expect(err).toBe(
      `lengthwise: ${out} holds a measurement, not a model: lengthwise report ${out} shows it, lengthwise compare ${out} OTHER compares it, lengthwise measure --rescore --out ${out} scores it again\n`,
    );
  });

  it('gives the same tables as the run did, without a request', async () => {
    const { url, seen } = await serve({ accuracy: () => 0.5 });
    const out = folder();
    const { rows, horizons } = await measured(url, ...ASKED, '--out', out);
    const before = seen.requests;
    const nothing = { requests: 0, tokens: 0, money: null };
    const { code, out: text, err } = await run(['measure', '--rescore', '--out', out, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(text)).toMatchObject({
      rows,
      horizons,
      run: { answered: 0, reused: 8, moved: 0, spent: nothing },
    });
    expect(err).toContain('0 answered, 8 from before, 0 failed; 0 requests; rows in');
    expect(err).not.toContain('otherwise');
    expect(seen.requests).toBe(before);
  });

  it('goes by the outputs as they stand in the store, and says which numbers moved', async () => {
    const { url } = await serve({ accuracy: (_, length) => Number(length < 9) });
    const out = folder();
    await measured(url, '--task', 'UR', '--lengths', '6,12', '--n', '8', '--out', out);
    const database = new DatabaseSync(path.join(out, 'measure.sqlite'));
    database.exec("UPDATE answers SET output = ' ??' WHERE length = 6 AND idx < 3");
    database.exec(
      "UPDATE answers SET score = json_set(score, '$.outcome', 'right') WHERE length = 12 AND idx = 0",
    );
    database.close();
    const again = ['measure', '--rescore', '--out', out, '--json'];
    const { err, out: text } = await run(again);
    const moves = [
      { task: 'UR', length: 6, from: 'right', to: 'wrong', count: 3 },
      { task: 'UR', length: 12, from: 'right', to: 'wrong', count: 1 },
    ];
    expect(JSON.parse(text)).toMatchObject({
      rows: [
        { length: 6, correct: 5 },
        { length: 12, correct: 0 },
      ],
      run: { moved: 4, moves },
    });
    expect(err).toContain('4 stored answers are scored otherwise than when they came');
    expect(err).toMatch(/^UR 6: 3 from right to wrong$/m);
    expect(err).toMatch(/^UR 12: 1 from right to wrong$/m);
    const third = JSON.parse((await run(again)).out) as Result;
    expect([third.run.moved, third.run]).toEqual([0, expect.not.objectContaining({ moves })]);
  });

  slowly('takes a folder whose prompts together are larger than its memory', async () => {
    const { url } = await serve();
    const out = folder();
    await measured(url, ...ASKED, '--out', out);
    const database = new DatabaseSync(path.join(out, 'measure.sqlite'));
    const columns = database
      .prepare('SELECT * FROM answers LIMIT 0')
      .columns()
      .flatMap(({ name }) => (['id', 'key', 'idx', 'prompt', 'scoring'].includes(name) ? [] : [name]))
      .join(', ');
    database.exec(
      `WITH RECURSIVE copy(i) AS (SELECT 8 UNION ALL SELECT i + 1 FROM copy WHERE i < 1999)
       INSERT INTO answers (key, idx, prompt, scoring, ${columns})
       SELECT 'copy ' || i, i, printf('%.*c', 60000, 'x') || prompt, '', ${columns} FROM answers, copy WHERE idx = 0`,
    );
    database.close();
    const again = ['measure', '--rescore', '--out', out, '--json'];
    const env = { NODE_OPTIONS: '--max-old-space-size=90' }; // of 120 MB
    const { code, out: text } = await run(again, { env });
    expect(code).toBe(0);
    expect(JSON.parse(text)).toMatchObject({ rows: [{ n: 2000, correct: 2000 }], run: { moved: 0 } });
    expect(rowsIn(out).every(({ scoring }) => scoring !== '')).toBe(true);
  });

  it('finds the prompts that a server cut as the run found them', async () => {
    const { url } = await serve({ context: 150, quirks: {} });
    const out = folder();
    const argv = ['--task', 'UR', '--lengths', '5,20,40,80', '--n', '30', '--out', out];
    const { code, out: text } = await run(measureArgv(url, ...argv, '--json'));
    expect(code).toBe(0);
    const { rows } = JSON.parse(text) as Result;
    expect(rows.at(-1)?.truncated).toBeGreaterThan(0);
    const again = await run(['measure', '--rescore', '--out', out, '--json']);
    expect(JSON.parse(again.out)).toMatchObject({ rows, run: { moved: 0 } });
  });

  it('of a measurement that is not whole says so, and asks for nothing', async () => {
    const { url, seen } = await serve({ fault: (n) => (n < 3 ? '500' : null) });
    const out = folder();
    const asked = await incomplete(url, ...ASKED, '--max-retries', '0', '--out', out);
    const before = seen.requests;
    const { code, out: text, err } = await run(['measure', '--rescore', '--out', out, '--json']);
    expect(code).toBe(3);
    expect(err).toMatch(/incomplete: 3 questions failed; the command that asked goes on from there$/m);
    const { rows, run: ran } = JSON.parse(text) as Result;
    expect(rows).toEqual(asked.rows);
    expect(ran).toMatchObject({ reused: 5, failed: 3, answered: 0 });
    expect(seen.requests).toBe(before);
  });

  it.each([1, 2])('reads a store of version %i, and says which numbers moved', async (version) => {
    // A thought was the answer then: `I look` instead of what comes after it.
    const { url } = await serve({
      behaviour: { answer: ({ body }) => ({ body: thinkingReply(String(body.prompt)) }) },
      apis: ['completions'],
    });
    const out = folder();
    const { rows } = await measured(url, ...ASKED, '--prompt', 'paper', '--out', out);
    makeOld(path.join(out, 'measure.sqlite'), version);
    expect(rowsIn(out)).toMatchObject(
      new Array(8).fill({ way: '', scoring: '', score: { outcome: 'wrong' } }),
    );
    for (const moved of [8, 0]) {
      const { code, out: text, err } = await run(['measure', '--rescore', '--out', out, '--json']);
      expect(code).toBe(0);
      expect(JSON.parse(text)).toMatchObject({ rows, run: { moved, answered: 0 } });
      if (moved > 0) expect(err).toContain('8 stored answers are scored otherwise than when they came');
      else expect(err).not.toContain('otherwise');
    }
  });

  it.each([
    [['--rescore'], '--rescore takes the folder of a measurement and nothing else: --rescore --out FOLDER'],
    [['--rescore', '--out', '/nowhere/at/all'], 'there is no folder /nowhere/at/all: lengthwise measure'],
    [['--rescore', '--out', 'x', '--n', '3'], '--n: this option only applies to'],
  ])('%j: one line, exit code 2', async (argv, message) => {
    const { code, err } = await run(['measure', ...argv], {}); // which names no folder for it
    expect(err).toContain(message);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });
});

/** A reply that thinks, then gives the right neighbour of the query in the last line (` a b c | b:`). */
function thinkingReply(prompt: string): object {
  const [, source = '', query = ''] =
    /^ ?(.*) \| (\S+):$/.exec(prompt.trimEnd().split('\n').at(-1) ?? '') ?? [];
  const symbols = source.split(' ');
  const text = `<think>I look.</think>\n\n${symbols[symbols.indexOf(query) + 1]}\n`;
  return {
    model: 'test',
    choices: [{ index: 0, text, finish_reason: 'stop' }],
    usage: { prompt_tokens: 9, completion_tokens: 9 },
  };
}

/** Makes the store what an older lengthwise would have left: no score but a verdict, and fewer columns and facts. */
function makeOld(file: string, version: number): void {
  const database = new DatabaseSync(file);
  const verdict = {
    ...{ correct: false, exact: false, extra: true, truncated: false, error: 'not-in-source' },
    similarity: { symbol: 0, word: 0, character: 0 },
  };
  database.prepare('UPDATE answers SET verdict = ?').run(JSON.stringify(verdict));
  const later = ['thoughts', 'refusal', 'token_limit', 'failure', 'way', 'score', 'scoring'];
  withOneRowAKey(database, version === 1 ? [...later, 'prompt_ids', 'output_ids'] : later);
  const { value } = database.prepare("SELECT value FROM facts WHERE name = 'sittings'").get() as {
    value: string;
  };
  const runs = (JSON.parse(value) as Run[]).map((run) => ({
    ...run,
    seed: undefined,
    drawnLengths: undefined,
    asked: run.asked.map((task) => ({ ...task, family: undefined, way: undefined })),
  }));
  const set = database.prepare('UPDATE facts SET value = ? WHERE name = ?');
  set.run(JSON.stringify(runs), 'sittings');
  set.run(String(version), 'version');
  database.close();
}
