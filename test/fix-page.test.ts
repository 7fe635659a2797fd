/** docs/fix.md: each row of its table at the top is a command that runs. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandHere, workingDirectory } from './command-here.ts';
import { startServer } from './server/server.ts';

const root = path.resolve(import.meta.dirname, '..');
const page = readFileSync(path.join(root, 'docs/fix.md'), 'utf8');
const [, table = ''] = /## What do you have[^]*?\n((?:\|.*\n)+)/.exec(page) ?? [];
const commands = [...table.matchAll(/`npx lengthwise ([^`]+)`/g)].map(([, words]) => words);

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer({ model: 'NAME' });
});
afterAll(() => server.close());

it('stands in the first screen, with a command in every row but the last', () => {
  expect(page.slice(0, page.indexOf(table)).split('\n').length).toBeLessThan(20);
  const rows = table.trimEnd().split('\n').slice(2);
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows.slice(0, -1)) expect(row).toMatch(/`npx lengthwise (fix|measure|study) /);
});

/** The words of a command, with the files of the repository and the server that is there. */
function wordsOf(command: string): string[] {
  return command.split(' ').map((word) => {
    if (word === 'URL') return server.url;
    if (word === '.') return root;
    return word.startsWith('examples/') ? path.join(root, word) : word;
  });
}

it.each(commands)('npx lengthwise %s', async (command) => {
  const [verb, ...words] = wordsOf(command);
  const before = server.seen.answered.length;
  const { code, said, out } =
    verb === 'study' ? await planned(words[1]) : await commandHere([verb, ...words, '--preview']);
  expect([code, said]).toEqual([0, expect.not.stringContaining('too few')]);
  expect(out).toMatch(/at most [\d,]+/);
  expect(server.seen.answered.length).toBe(before);
});

/** A study is planned, with the address and the model put in. */
function planned(file: string) {
  const folder = mkdtempSync(path.join(workingDirectory, 'fix-page-'));
  const own = path.join(folder, path.basename(file));
  writeFileSync(own, readFileSync(file, 'utf8').replace('http://127.0.0.1:8000/v1', server.url));
  return commandHere(['study', 'plan', own, '--out', path.join(folder, 'out')]);
}
