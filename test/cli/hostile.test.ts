/** Text of servers and files that would take over a terminal, or say what nobody sees: through the command itself. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from './measuring.ts';
import type { Ended } from './measuring.ts';

/** Clears the screen, sets the window's title, turns the writing round; C1 and DEL; a zero-width blank and a tag. */
const HOSTILE = '\u001b[2J\u001b]0;pwned\u0007\u202erev\u009b31m\u007f a\u200bb\u{e0041}';

/** The same kinds of characters, by a list of their own: what no terminal and no pipe gets from us. */
function obeyed(text: string): string[] {
  return Array.from(text).filter((character) => {
    const code = character.codePointAt(0) ?? 0;
    const control =
      (code < 0x20 && character !== '\n' && character !== '\t') || (code >= 0x7f && code < 0xa0);
    return control || ['\u200b', '\u202e', '\u{e0041}'].includes(character);
  });
}

const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-hostile-'));

function file(name: string, content: string): string {
  const at = path.join(folder, name);
  writeFileSync(at, content);
  return at;
}

function expectHarmless({ out, err }: Ended): void {
  expect(obeyed(out + err)).toEqual([]);
}

describe('hostile text never reaches the terminal as it is', () => {
  it('from a server: its errors, and the name of its model', async () => {
    const server = createServer((request, response) => {
      const models = request.url?.endsWith('/models') === true;
      const body = models ? { data: [{ id: `model ${HOSTILE}` }] } : { error: { message: HOSTILE } };
      response.writeHead(models ? 200 : 400, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    try {
      for (const more of [['--model', 'm'], [], ['--json']]) {
        const ended = await run(['measure', '--endpoint', url, '--task', 'UR', '--n', '2', ...more]);
        expectHarmless(ended);
        expect(ended.code).not.toBe(0);
        expect(ended.err).toMatch(/⟨U\+001B⟩|model/);
      }
    } finally {
      server.close();
    }
  });

  it('from a recording: outputs and right answers, and in JSON they come back', async () => {
    const record = { input: 'a b c|b', answer: HOSTILE.replace(' ', ''), output: `x${HOSTILE}` };
    const recording = file('recording.jsonl', `${JSON.stringify(record)}\nnot ${HOSTILE} JSON\n`);
    const text = await run(['replay', recording, '--task', 'UR']);
    expectHarmless(text);
    expect(text.out).toContain('⟨U+200B⟩');
    const json = await run(['replay', recording, '--task', 'UR', '--json']);
    expectHarmless(json);
    expect(JSON.stringify(JSON.parse(json.out))).toContain('\u202e');
  });

  it('from YAML, from a folder’s name, from an argument', async () => {
    const own = file(
      'own.yaml',
      `name: x\noperation: ${JSON.stringify(HOSTILE)}\nitems: [a, b]\nprompt: bare`,
    );
    const ended = await run(['prompts', 'sample', 'UR', '--prompt', own]);
    expectHarmless(ended);
    const study = file('study.yaml', `name: ${JSON.stringify(HOSTILE)}\n`);
    expectHarmless(await run(['study', 'plan', study]));
    const place = path.join(folder, HOSTILE.replaceAll('/', ''));
    mkdirSync(place);
    const report = await run(['report', place]);
    expectHarmless(report);
    expect(report.err).toContain('⟨U+001B⟩[2J');
    expectHarmless(await run(['tasks', 'list', HOSTILE]));
  });

  it('a document keeps its bytes in a pipe', async () => {
    const program = "// \u200d\nalphabet { a b }\nlet A := # 'a'\naccept A > 1\n";
    const { out } = await run(['crasp', 'fmt', file('program.crasp', program)], {});
    expect(out).toContain('// \u200d\n');
  });
});

describe('hostile files are refused in one line, soon', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const dfa = (accepting: string, transitions: string): string =>
    `{"start": 0, "accepting": ${accepting}, "transitions": ${transitions}}`;
  const oneLine = `alphabet { a b }\naccept ${"'a' or ".repeat(500_000)}'b'\n`;

  it.each([
    [
      'an automaton with deep lists',
      ['predict', '--dfa', file('deep.json', dfa(deep, '[]'))],
      'nested too deep',
    ],
    [
      'an automaton with a deep state',
      ['predict', '--dfa', file('deep-state.json', dfa('[0]', `[[0, "a", ${deep}]]`))],
      'nested too deep',
    ],
    [
      'a program of one line of 4 MB, to format',
      ['crasp', 'fmt', file('long.crasp', oneLine)],
      'more than the 1000000 allowed',
    ],
  ])('%s', async (_, args, problem) => {
    const { code, err } = await run(args, {});
    expect([code, err]).toEqual([2, expect.stringContaining(problem)]);
    expect(err.length).toBeLessThan(2_000);
  });
});
