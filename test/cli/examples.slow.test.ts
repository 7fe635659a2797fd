/**
 * The examples in every command's help, run one after the other as somebody would who reads it, in an empty folder
 * beside `examples/`. What needs a server is left out.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Io } from '../../src/cli/shared/command.ts';
import { createProgram, withSubcommands } from '../../src/cli/program.ts';

const silent: Io = {
  out: async () => undefined,
  document: async () => undefined,
  stdout: process.stdout,
  say: () => undefined,
  progress: () => undefined,
  keeps: () => undefined,
  write: async () => undefined,
  input: () => process.stdin,
  inputIsTerminal: false,
  columns: undefined,
  signal: new AbortController().signal,
};

const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-examples-'));
symlinkSync(path.resolve('examples'), path.join(folder, 'examples'));
afterAll(() => rmSync(folder, { recursive: true }));

const examples = withSubcommands(createProgram(silent)).flatMap((command) => {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  return [...help.matchAll(/^ *\$ (lengthwise .*)$/gm)].map(([, line]) => line);
});

/** They ask a server, or compare what was asked of one. */
const NEEDS_A_SERVER = /http:\/\/|--endpoint|runs\/monday|results\/\*/;

it.each(examples.filter((line) => !NEEDS_A_SERVER.test(line)))('%s', (line) => {
  const command = path.resolve('bin/lengthwise.js');
  const script = `lengthwise() { node "${command}" "$@"; }; ${line}`;
  const run = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
  expect([run.status, run.stderr.match(/^lengthwise: .*$/m)]).toEqual([0, null]);
  expect(run.stdout).not.toBe('');
});
