import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { promptOf } from '../server/model.ts';
import type { ServerOptions } from '../server/server.ts';
import { slowly } from '../slowly.ts';
import { folder, measureArgv, measured, root, rowsIn, run, serve } from './measuring.ts';

describe.concurrent('a server that answers', () => {
  it('gives rows, horizons and asymmetries, and UL and UR are asked about the same sources', async () => {
    const { url, seen } = await serve({ accuracy: (task, length) => (task === 'UL' && length > 10 ? 0 : 1) });
    const result = await measured(url, '--task', 'UR,UL', '--lengths', '10,20', '--n', '40');
    expect(result.rows.map(({ task, length, n, correct }) => [task, length, n, correct])).toEqual([
      ['UR', 10, 40, 40],
      ['UR', 20, 40, 40],
      ['UL', 10, 40, 40],
      ['UL', 20, 40, 0],
    ]);
    expect(result.rows[3].errors).toEqual({ 'not-in-source': 40 });
    expect(result.horizons.map(({ task, length }) => [task, length])).toEqual([
      ['UR', 20],
      ['UL', 10],
    ]);
    expect(result.asymmetries[1]).toMatchObject({ n: 40, difference: 1 });
    expect(result.asymmetries[1].p).toBeLessThan(1e-10);
    expect(seen.answered).toHaveLength(160);
    expect(new Set(seen.answered).size).toBe(160); // the demonstrations of UL and UR have different answers
  });

  it('says what guessing would give of copies alone, too: one of all orders of the symbols', async () => {
    const { url } = await serve({ accuracy: () => 1 });
    const { out } = await run(measureArgv(url, '--task', 'UF', '--lengths', '3,5,10', '--n', '10'));
    const [head, ...lines] = out.split('\n').filter((line) => /^(task +length|UF +\d+ +10 )/.test(line));
    const at = head.indexOf('by guessing');
    expect(at).toBeGreaterThan(0);
    // 1 of 3! = 6, of 5! = 120, of 10!
    expect(lines.map((line) => line.slice(at, at + 'by guessing'.length).trim())).toEqual([
      '16.7 %',
      '0.8 %',
      '< 0.1 %',
    ]);
  });

  it('searches for the horizon when no lengths are given, with fewer questions than the grid', async () => {
    const { url, seen } = await serve({ accuracy: (_, length) => (length <= 24 ? 1 : 0.2) });
    const { horizons, rows } = await measured(url, '--task', 'UR', '--max-length', '80');
    expect(horizons[0].length).toBeGreaterThanOrEqual(20);
    expect(horizons[0].length).toBeLessThanOrEqual(24);
    expect(rows.map(({ length }) => length)).toEqual(expect.arrayContaining([5, 10, 20, 40]));
    expect(seen.answered.length).toBeLessThan(400);
  });

  it('chat: the prompt is the user’s message; every repeat is really asked', async () => {
    const { url, seen } = await serve({ apis: ['chat'] });
    const out = folder();
    const result = await measured(
      url,
      '--task',
      'UF',
      '--lengths',
      '6',
      '--n',
      '5',
      '--prompt',
      'paper',
      '--repeat',
      '3',
      '--out',
      out,
    );
    expect(result.respondent).toMatchObject({ api: 'chat' });
    expect(result.rows).toMatchObject([{ n: 5, correct: 5, answers: 15 }]); // three answers are one observation
    expect(seen.answered).toHaveLength(15);
    expect(new Set(seen.answered).size).toBe(5);
    const asked = seen.bodies.filter((body) => seen.answered.includes(promptOf(body)));
    const seeds = asked.map(({ seed }) => Number(seed));
    expect(seeds.sort()).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3]); // at a temperature, other answers
    expect(
      rowsIn(out)
        .map(({ repeat }) => repeat)
        .sort(),
    ).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
  });

  it('keeps every row whole', async () => {
    const { url, seen } = await serve();
    const out = folder();
    await measured(url, '--task', 'UR', '--lengths', '8', '--n', '3', '--out', out);
    const rows = rowsIn(out);
    expect(rows.map(({ prompt }) => prompt).sort()).toEqual([...seen.answered].sort());
    const [{ task, length, answer, output, score }] = rows;
    expect({ task, length }).toEqual({ task: 'UR', length: 8 });
    expect(output).toMatchObject({ text: ` ${answer[0]}`, finishReason: 'stop', error: null, attempts: 1 });
    expect(output.promptTokens).toBeGreaterThan(8);
    expect(output.latencyMs).toBeGreaterThan(0);
    expect(score).toMatchObject({ outcome: 'right', exact: true, error: null });
  });

  slowly(
    'says a horizon in tokens where prompts grow with the source alone, whatever the prompt file says',
    async () => {
      const { url } = await serve();
      const same = path.join(folder(), 'same.yaml');
      const shown = await run(['prompts', 'show', 'UR', 'paper']);
      writeFileSync(same, shown.out.replace('demonstration-length: 5', 'demonstration-length: same'));
      const tokens = async (...more: string[]): Promise<number | null | undefined> => {
        const argv = ['--task', 'UR', '--lengths', '5,10,20', '--n', '20'];
        const { horizons } = await measured(url, ...argv, '--threshold', '0.5', ...more);
        expect(horizons[0].length).toBe(20);
        return horizons[0].tokens;
      };
      expect(await tokens()).toBe(40); // the server's tokenizer cuts "a, " in two
      expect(await tokens('--demonstration-length', 'same')).toBeNull();
      expect(await tokens('--prompt', same)).toBeNull();
      expect(await tokens('--prompt', same, '--demonstration-length', '5')).toBe(20);
    },
  );

  it.each<[string, ServerOptions['quirks']]>([
    ['echo', { echo: 'given' }],
    ['prompt_logprobs', { echo: 'refused', promptLogprobs: true }],
  ])(
    'likelihood by %s gives the scores of generation, with one request for a right answer',
    async (_, quirks) => {
      const { url, seen } = await serve({ accuracy: () => 0.6, ...(quirks === undefined ? {} : { quirks }) });
      const argv = ['--task', 'UR,UB', '--lengths', '9', '--n', '40', '--prompt', 'paper'];
      const [generated, told] = [folder(), folder()];
      await measured(url, ...argv, '--out', generated);
      const before = seen.requests;
      const result = await measured(url, ...argv, '--out', told, '--decide', 'likelihood');
      const scores = (out: string) =>
        rowsIn(out).map(({ task, index, score }) => [task, index, score?.outcome, score?.error]);
      expect(scores(told)).toEqual(scores(generated));
      const wrong = result.rows.reduce((sum, { n, correct }) => sum + n - correct, 0);
      expect(wrong).toBeGreaterThan(10);
      const probing = 12;
      expect(seen.requests - before).toBeLessThanOrEqual(80 + wrong + probing);
    },
  );

  it.each<[string, string[], Parameters<typeof run>[1]]>([
    ['a budget is spent', ['--budget', '70requests'], undefined],
    ['Ctrl-C', [], { kill: 'SIGINT' }],
  ])(
    'likelihood leaves no sample out that it found not to be right before %s, and resuming asks it again',
    async (_, more, own) => {
      const { url, seen } = await serve({
        ...{ accuracy: () => 0.5, delay: 50 },
        quirks: { echo: 'refused', promptLogprobs: true },
      });
      const argv = ['--task', 'UR', '--lengths', '9', '--n', '100', '--prompt', 'paper'];
      const out = folder();
      const told = measureArgv(url, ...argv, '--concurrency', '16', '--decide', 'likelihood', '--out', out);
      const killWhen = (): boolean => seen.requests > 100;
      await run([...told, ...more], own === undefined ? undefined : { ...own, killWhen });
      const asked = rowsIn(out);
      const indexes = asked.map(({ index }) => index).sort((a, b) => a - b);
      expect(indexes).toEqual(indexes.map((_, i) => i));
      expect(indexes.length).toBeGreaterThan(20);
      const failed = asked.filter(({ output }) => output.error !== null);
      expect(failed.length).toBeGreaterThan(0);
      for (const { output } of failed) expect(output.error).toContain('before it was generated');

      await measured(url, ...told.slice(5), '--concurrency', '16');
      const generated = folder();
      await measured(url, ...argv, '--out', generated);
      const scores = (from: string) =>
        rowsIn(from)
          .map(({ index, score }) => [index, score?.outcome])
          .toSorted();
      expect(scores(out)).toEqual(scores(generated));
      const isFailed = new Set(failed.map(({ index }) => index));
      expect(
        rowsIn(out).filter(({ index, score }) => isFailed.has(index) && score?.outcome === 'right'),
      ).toEqual([]);
    },
    60_000,
  );

  it.each(['misspelt', 'pair', 'all', 'auto'])(
    'a task from a file has its prompt there: --prompt %s is refused with one line, and nothing is asked',
    async (prompt) => {
      const { url, seen } = await serve();
      const own = path.join(root, 'examples/tasks/next-stop.yaml');
      const { code, err } = await run(measureArgv(url, '--task', own, '--lengths', '5', '--prompt', prompt));
      expect([code, err]).toEqual([
        2,
        `lengthwise: --prompt ${prompt} has no use for tasks from files (${own}), which have prompts of their own: leave it out, or change 'prompt' in the file\n`,
      ]);
      expect(seen.requests).toBe(0);
    },
  );

  it('asks about a task of one’s own, and about one’s own lines', async () => {
    const { url, seen } = await serve();
    const own = path.join(root, 'examples/tasks/next-stop.yaml');
    const result = await measured(
      url,
      '--task',
      `${own},git-revert`,
      '--git',
      root,
      '--lengths',
      '5',
      '--n',
      '4',
    );
    expect(result.rows.map(({ task, n }) => [task, n])).toEqual([
      ['git-revert', 4],
      ['next-stop', 4],
    ]);
    expect(seen.bodies.some(({ prompt }) => String(prompt).includes('| after '))).toBe(true);
  });

  it('a preview asks nothing', async () => {
    const { url, seen } = await serve();
    const { out } = await run(
      measureArgv(url, '--task', 'UR', '--lengths', '8,9', '--n', '3', '--preview', '--json'),
    );
    // 6 questions, 20 requests of the probe, 2 that cut a prompt into tokens.
    expect(JSON.parse(out)).toMatchObject({ preview: { requests: 28 } });
    expect(seen.requests).toBe(0);
  });

  it.each([
    [['--task', 'UR,UF', '--lengths', '5,20', '--n', '4'], 40],
    [['--task', 'UR', '--lengths', '5', '--n', '4', '--repeat', '3'], 34],
    [['--task', 'UR,UL', '--max-length', '20', '--n', '4'], null],
    [['--task', 'UF', '--lengths', '5', '--n', '4', '--prompt', 'auto'], null],
  ])('%j takes no more than its preview says', async (argv, requests) => {
    const { url, seen } = await serve({ accuracy: () => 0.9 });
    const shown = await run(measureArgv(url, ...argv, '--preview', '--json'));
    const { preview } = JSON.parse(shown.out) as { preview: { requests: number; tokens: number } };
    if (requests !== null) expect(preview.requests).toBe(requests);
    const { respondent, run: ran } = await measured(url, ...argv);
    expect(respondent.kind).toBe('endpoint');
    expect(ran.answered).toBeGreaterThan(0);
    expect(seen.requests).toBeLessThanOrEqual(preview.requests);
    expect(ran.spent.tokens).toBeLessThanOrEqual(preview.tokens);
  });
});

describe.concurrent('mistakes', () => {
  it.each([
    [['--task', 'URR'], "unknown task 'URR', did you mean 'UR'?"],
    [['--task', 'UR', '--prompt', 'simple-rul'], "unknown prompt 'simple-rul', did you mean 'simple-rule'?"],
    [['--prompt', 'pear'], "unknown prompt 'pear', did you mean 'pair'?"],
    [['--prompt', 'pair,quotted'], "unknown prompt 'quotted', did you mean 'quoted'?"],
    [
      ['--task', 'UF', '--lengths', '100'],
      'UF admits lengths 1 to 62, not 100; a larger --alphabet, such as unicode, admits more\n',
    ],
    [['--task', 'UR', '--lengths', '1'], 'UR admits lengths from 2, not 1\n'],
    [['--task', 'UR', '--csv', '/no/such.csv'], 'UR has no use for --csv, which is for table-lookup-after, '],
    [
      ['--task', 'UR,text-copy', '--git', '.'],
      'UR, text-copy have no use for --git, which is for git-revert, git-cherrypick\n',
    ],
    [['--task', 'UR', '--budget', 'lots'], '--budget takes 500requests'],
    [
      ['--task', 'UR', '--budget', '5'],
      "--budget takes 500requests, 2000000tokens, 5usd or several with commas, not '5'",
    ],
    [['--task', 'UR', '--budget', '5usd'], '--budget in money needs --price'],
    [['--task', 'UR', '--body', '[]'], '--body takes a JSON object'],
    [['--task', 'UR', '--header', 'nonsense'], "--header takes 'Name: value'"],
    [['--task', 'UR', '--n', '3x'], '--n takes a whole number'],
    [['--task', 'git-revert', '--git', '/nowhere'], 'cannot read the log of /nowhere'],
    [['--task', 'UR', '--occurrences', '9'], "UR has no use for the option 'occurrences'"],
    [['--task', 'UR,UL', '--pool', '3'], "UR, UL have no use for the option 'pool'"],
    [['--task', 'UF,UB', '--place', 'stratified'], "UF, UB have no use for the option 'place'"],
    [['--task', 'text-copy', '--place', '0-0.5'], "text-copy has no use for the option 'place'"],
    [['--task', 'UF', '--alphabet', 'a,b'], 'UF admits lengths 1 to 2 with an alphabet of 2 symbols, not 5'],
    [['--task', 'UR,UF', '--alphabet', 'a,b', '--lengths', '2,5'], 'UF admits lengths 1 to 2, not 5'],
    [['--task', 'NLFirst', '--occurrences', '9', '--lengths', '5'], 'NLFirst admits lengths from 18, not 5'],
  ])('%j: one line, exit code 2', async (argv, message) => {
    const { code, err } = await run(measureArgv('http://127.0.0.1:9/v1', ...argv));
    expect(err).toContain(message);
    expect(code).toBe(2);
  });

  it('tasks that were not named, and have none of the lengths, are left out and said', async () => {
    const { url } = await serve();
    const argv = ['--alphabet', 'a,b', '--lengths', '5', '--n', '1'];
    const { code, err } = await run(measureArgv(url, ...argv));
    expect(code).toBe(0);
    expect(err).toContain('not asked, since they have other lengths: UF (1 to 2), UB (1 to 2)\n');
  });

  it('nobody there', async () => {
    const { code, err } = await run(
      measureArgv('http://127.0.0.1:9/v1', '--task', 'UR', '--max-retries', '1'),
    );
    expect(code).toBe(2);
    expect(err).toContain('the connection was refused: is the server running there?');
  });

  it('a folder with answers of another model', async () => {
    const { url } = await serve();
    const out = folder();
    const argv = ['--task', 'UR', '--lengths', '7', '--n', '2', '--out', out];
    await measured(url, ...argv);
    const { code, err } = await run(['measure', '--endpoint', url, '--model', 'other', ...argv]);
    expect(code).toBe(2);
    expect(err).toContain(
      'holds answers of another respondent, which differs in --model (test there, other here);',
    );
  });
});
