/** Tasks of one's own, from files: two of one name, options that they have no use for, and their ways of being asked. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, measureArgv, run, serve } from './measuring.ts';

const scratch = folder();

/** A file of the task next-stop. */
function fileOf(
  name: string,
  operation: string,
  head = 'Stops.',
  items = '[a, b, c, d, e, f, g, h]',
): string {
  const file = path.join(scratch, name);
  const prompt = `{head: "${head}", demonstration: "{source} | {query}: {answer}", question: "{source} | {query}:", between: "\\n", symbols: ", ", stop: ["\\n"], shots: 2, demonstration-length: 4}`;
  writeFileSync(file, `name: next-stop\noperation: ${operation}\nitems: ${items}\nprompt: ${prompt}\n`);
  return file;
}

const right = fileOf('right.yaml', 'UR');
const left = fileOf('left.yaml', 'UL');

const exporting = (...more: string[]) =>
  run(['tasks', 'export', '--for', 'lm-eval', '--lengths', '5', '--out', path.join(folder(), 'x'), ...more]);

describe('two tasks of one name in a command', () => {
  const refusal = `lengthwise: ${right} and ${left} are both called 'next-stop', and tasks of one name would be counted as one: change 'name' in one of them, or ask them in two commands\n`;

  it('are refused where models are asked, before anything is', async () => {
    const { url, seen } = await serve();
    const { code, err } = await run(measureArgv(url, '--task', `${right},UR,${left}`, '--lengths', '5'));
    expect([code, err, seen.requests]).toEqual([2, refusal, 0]);
  });

  it('are refused where samples are exported', async () => {
    expect(await exporting('--task', `${right},${left}`)).toMatchObject({ code: 2, err: refusal });
  });
});

describe('options that none of the tasks has a use for', () => {
  it.each([
    [
      ['--task', right, '--prompt', 'pair'],
      `--prompt pair has no use for tasks from files (${right}), which have prompts of their own: leave it out, or change 'prompt' in the file`,
    ],
    [
      ['--task', right, '--alphabet', 'lower'],
      "next-stop has no use for the option 'alphabet', which is for every task but flip-flop",
    ],
    [
      ['--task', `UR,${right}`, '--pool', '3'],
      "UR, next-stop have no use for the option 'pool', which is for non-unique copying (NF, NB)",
    ],
  ])('are refused in an export: %j', async (argv, message) => {
    expect(await exporting(...argv)).toMatchObject({ code: 2, err: `lengthwise: ${message}\n` });
  });

  it('are taken where one of the tasks has', async () => {
    expect(await exporting('--task', `UR,${right}`, '--alphabet', 'lower', '--prompt', 'pair')).toMatchObject(
      {
        code: 0,
      },
    );
  });
});
