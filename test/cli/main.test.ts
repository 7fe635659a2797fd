/**
 * What holds for every command: help with an example that parses, `--json`, one line for what is wrong, exit codes,
 * signals and pipes; by itself and where an older Node has to start the one that npm has brought.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { createProgram, fullName, withSubcommands } from '../../src/cli/program.ts';
import type { Io } from '../../src/cli/shared/command.ts';
import { asOldNode, OLD_NODE } from '../old-node.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-main-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly said: string;
}

function lengthwise(words: string[], input = '', nodeOptions: readonly string[] = []): Ended {
  const run = spawnSync('node', [...nodeOptions, 'bin/lengthwise.js', ...words], { input, encoding: 'utf8' });
  return { code: run.status, out: run.stdout, said: run.stderr };
}

/** Runs a line of bash in which `lengthwise` is the command. */
function bash(line: string, nodeOptions: readonly string[] = []): Ended {
  const command = ['node', ...nodeOptions, 'bin/lengthwise.js'].map((word) => `"${word}"`).join(' ');
  const script = `set -o pipefail; lengthwise() { ${command} "$@"; }; ${line}`;
  const run = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  return { code: run.status, out: run.stdout, said: run.stderr };
}

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

/** Commands that do something, not those that only hold others. */
function leaves(program: Command): Command[] {
  return withSubcommands(program).filter((command) => command.commands.length === 0);
}

function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  return help;
}

/** The words of a line as a shell takes it apart, as far as examples go. */
function wordsOf(line: string): string[] {
  const words = line.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}

describe('every command', () => {
  const names = leaves(createProgram(silent)).map(fullName);

  it.each(names)('%s has help, --json, and examples that are commands', async (name) => {
    const command = leaves(createProgram(silent)).find((one) => fullName(one) === name)!;
    expect(command.description()).not.toBe('');
    expect(command.options.map(({ long }) => long)).toContain('--json');
    const examples = [...helpOf(command).matchAll(/^ *\$ lengthwise (.*)$/gm)].map(([, line]) => line);
    const called: string[] = [];
    for (const example of examples) {
      const program = createProgram(silent);
      for (const one of leaves(program)) one.action(() => void called.push(fullName(one)));
      await program.parseAsync(wordsOf(example), { from: 'user' });
    }
    expect(called).toHaveLength(examples.length);
    expect(called).toContain(name);
  });

  const groups = withSubcommands(createProgram(silent)).filter(
    (command) => command.commands.length > 0 && command.parent !== null,
  );

  it.each(groups.map(fullName))('%s, which holds others, has examples of them', async (name) => {
    const command = groups.find((one) => fullName(one) === name)!;
    const examples = [...helpOf(command).matchAll(/^ *\$ lengthwise (.*)$/gm)].map(([, line]) => line);
    expect(examples).not.toEqual([]);
    const called: string[] = [];
    for (const example of examples) {
      const program = createProgram(silent);
      for (const one of leaves(program)) one.action(() => void called.push(fullName(one)));
      await program.parseAsync(wordsOf(example), { from: 'user' });
    }
    expect(called).toHaveLength(examples.length);
  });

  it('is there, and there are many', () => {
    for (const known of ['tasks sample', 'crasp run', 'train', 'measure', 'study run', 'report', 'export']) {
      expect(names).toContain(`lengthwise ${known}`);
    }
  });
});

describe('compiled code', () => {
  it('is kept in one folder among the temporary files, for worker processes too', () => {
    const temporary = path.join(scratch, 'temporary');
    mkdirSync(temporary);
    const env = { ...process.env, TMPDIR: temporary, NODE_COMPILE_CACHE: undefined };
    const tiny = '--task UR --layers 1 --heads 1 --dim 4 --lengths 2-4 --steps 1 --batch 1';
    const argv = ['bin/lengthwise.js', 'train', ...tiny.split(' '), '--out', path.join(scratch, 'tiny')];
    expect(spawnSync('node', argv, { env }).status).toBe(0);
    const cache = path.join(temporary, 'node-compile-cache');
    const [version, ...others] = readdirSync(cache);
    expect(others).toEqual([]);
    expect(readdirSync(path.join(cache, version)).filter((name) => name === version)).toEqual([]);
  });
});

describe('a command line', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

  const answered: [words: string[], out: RegExp][] = [
    [[], /^Usage: lengthwise/],
    [['--help'], /^Usage: lengthwise/],
    [['help', 'tasks'], /^Usage: lengthwise tasks/],
    [['study'], /^Usage: lengthwise study/],
    [['tasks', 'sample', '--help'], /Example:\n {2}\$ lengthwise tasks sample/],
    [['--version'], new RegExp(`^${version}\n$`)],
  ];
  it.each(answered)('%j is answered on standard output', (words, out) => {
    expect(lengthwise(words)).toEqual({ code: 0, out: expect.stringMatching(out), said: '' });
  });

  it('loads no language and no model for its help', () => {
    const listing = `import { registerHooks } from 'node:module';
      registerHooks({ load: (url, context, next) => (console.error(url), next(url, context)) });`;
    const listed = ['--import', `data:text/javascript,${encodeURIComponent(listing)}`];
    const { said } = lengthwise(['measure', '--help'], '', listed);
    const rooms = [...said.matchAll(/\/src\/(\w+)\//g)].map(([, room]) => room);
    expect(rooms).toContain('cli');
    expect(rooms).not.toContain('crasp');
    expect(rooms).not.toContain('model');
  });

  const mistaken: [words: string[], says: RegExp][] = [
    [
      ['help', 'tsks'],
      /^lengthwise: unknown command 'tsks', did you mean tasks\? \(see lengthwise --help\)\n$/,
    ],
    [['tasks', 'help', 'x'], /^lengthwise: unknown command 'x' \(see lengthwise tasks --help\)\n$/],
    [['tsks'], /unknown command 'tsks', did you mean tasks\? \(see lengthwise --help\)/],
    [['zzzzzz'], /unknown command 'zzzzzz' \(see lengthwise --help\)/],
    [
      ['tasks', 'samples', 'UR', '--length', '5'],
      /unknown command 'samples', did you mean sample\? \(see lengthwise tasks --help\)/,
    ],
    [
      ['prompts', 'shw', 'UR'],
      /unknown command 'shw', did you mean show\? \(see lengthwise prompts --help\)/,
    ],
    [
      ['prompts', 'sample', 'UL', 'turns'],
      /'sample' takes a task alone: name the prompt with --prompt turns \(see/,
    ],
    [['study', 'rnu', 'x.yaml'], /unknown command 'rnu', did you mean run\? \(see lengthwise study --help\)/],
    [['--josn'], /unknown option '--josn'/],
    [
      ['tasks', 'list', '--josn'],
      /unknown option '--josn', did you mean --json\? \(see lengthwise tasks list --help\)/,
    ],
    [['tasks', 'sample', 'UR', '--lenght', '8'], /unknown option '--lenght', did you mean --length\?/],
    [['tasks', 'sample', 'UR'], /required option '--length <L>' not specified/],
    [['tasks', 'sample', '--length', '8'], /missing required argument 'task'/],
    [['tasks', 'sample', 'URR', '--length', '8'], /unknown task 'URR', did you mean 'UR'/],
    [['tasks', 'sample', 'UR', '--length', '8', '--n', '3x'], /--n takes a whole number, not '3x'/],
    [['tasks', 'sample', 'UR', 'UL', '--length', '8'], /too many arguments.* 1 argument but got 2/],
    [['measure', '', '--task', 'UR'], /the target takes a path, not ''/],
    [['report', ''], /the folder takes a path, not ''/],
    [['export', ''], /the folder takes a path, not ''/],
    [['study', 'status', ''], /the folder takes a path, not ''/],
    [['report', 'runs/is/not/there'], /runs\/is\/not\/there/],
  ];
  it.each(mistaken)('%j is refused in one line, with exit code 2', (words, says) => {
    const { code, out, said } = lengthwise(words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(said).toMatch(/^lengthwise: [^\n]+\n$/);
    expect(said).toMatch(says);
  });
});

const routes: [name: string, nodeOptions: readonly string[]][] = [
  ['as it is', []],
  ['started by an older Node', asOldNode],
];

describe.each(routes)('%s', (_, nodeOptions) => {
  it('gives results and exit codes', () => {
    const answer = lengthwise(
      ['tasks', 'answer', 'UR', '--source', 'a b c', '--query', 'b'],
      '',
      nodeOptions,
    );
    expect(answer).toEqual({ code: 0, out: 'c\n', said: '' });
    expect(lengthwise(['tasks', 'sample'], '', nodeOptions).code).toBe(2);
  });

  it('reads a pipe and writes into one', () => {
    const run = ['crasp', 'run', 'examples/crasp/majority.crasp', '--json'];
    const lines = 'a b a\n\nb\n'.repeat(3000);
    const { code, out } = lengthwise(run, lines, nodeOptions);
    expect(code).toBe(0);
    expect(out.split('\n')).toHaveLength(9001);
    expect(out.slice(0, 30)).toBe('{"input":"a b a","accept":true');
  });

  it('stops quietly when nobody reads any more', () => {
    const line = 'lengthwise tasks sample UR --length 20 --n 200000 --json | head -n 2';
    const { code, out, said } = bash(line, nodeOptions);
    expect({ code, said }).toEqual({ code: 0, said: '' });
    expect(out.split('\n')).toHaveLength(3);
  });

  it.runIf(existsSync('/dev/full'))('says so in one line when the output is full', () => {
    const { code, said } = bash('lengthwise tasks list > /dev/full', nodeOptions);
    expect(code).toBe(1);
    expect(said).toMatch(/^lengthwise: cannot write to standard output: [^\n]*ENOSPC[^\n]*\n$/);
  });

  /** A training that would go on for hours, as the leader of a process group, once it is under way. */
  async function training(name: string): Promise<{ child: ChildProcess; ended: Promise<Ended> }> {
    const line = `train --task UR --dim 16 --heads 2 --layers 1 --lengths 1-6 --steps 10000000 --lr 1e-9 --json`;
    const folder = path.join(scratch, `${name}-${nodeOptions.length}`);
    const words = [...nodeOptions, 'bin/lengthwise.js', ...line.split(' '), '--out', folder];
    const child = spawn('node', words, { detached: true });
    const texts = { out: '', said: '' };
    child.stdout.on('data', (data: Buffer) => (texts.out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (texts.said += data.toString()));
    const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...texts }));
    await once(child.stdout, 'data');
    return { child, ended };
  }

  const signals: [signal: 'SIGINT' | 'SIGTERM', whom: string, sign: 1 | -1, code: number][] = [
    ['SIGINT', 'the process', 1, 130],
    ['SIGINT', 'its whole group, as Ctrl-C does', -1, 130],
    ['SIGTERM', 'the process', 1, 143],
  ];
  it.each(signals)('%s to %s ends a training in one line', async (signal, _whom, sign, code) => {
    const { child, ended } = await training(`${signal}${sign}`);
    process.kill(sign * child.pid!, signal);
    const { code: got, said } = await ended;
    expect(said.match(/^lengthwise: .*$/gm)).toEqual([
      'lengthwise: interrupted; the same command goes on from here',
    ]);
    expect(got).toBe(code);
  });

  it('leaves nothing running when it is killed', async () => {
    const { child, ended } = await training('SIGKILL');
    process.kill(child.pid!, 'SIGKILL');
    expect((await ended).code).toBeNull(); // its output is closed only when the last process that has it is gone
  });

  it('ends at once where there is nothing to go on with', async () => {
    const run = ['bin/lengthwise.js', 'crasp', 'run', 'examples/crasp/majority.crasp'];
    const child = spawn('node', [...nodeOptions, ...run]);
    let said = '';
    child.stderr.on('data', (data: Buffer) => (said += data.toString()));
    // More than a pipe holds: it is taken only when the command is there and reads.
    await new Promise((resolve) => child.stdin.write('a '.repeat(200_000), resolve));
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    expect({ code, said }).toEqual({ code: 130, said: 'lengthwise: interrupted\n' });
  });
});

describe('where the Node that npm brings is not installed', () => {
  it('says in one line what is missing', () => {
    cpSync('bin', path.join(scratch, 'bin'), { recursive: true });
    mkdirSync(path.join(scratch, 'src')); // a checkout: a package asks for a newer Node and nothing else
    const words = [...asOldNode, path.join(scratch, 'bin/lengthwise.js'), '--help'];
    const { status, stdout, stderr } = spawnSync('node', words, { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(
      new RegExp(`^lengthwise needs Node 22.18 or newer, and this is ${OLD_NODE}, and [^\n]+\n$`),
    );
    expect(stderr).toContain('install Node 24');
  });
});
