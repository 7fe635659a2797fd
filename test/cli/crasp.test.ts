import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { processorTimeUntilClosed } from '../processor-time.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-crasp-'));
symlinkSync(path.join(root, 'examples'), path.join(folder, 'examples'));

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in a folder that has the examples. */
function crasp(argv: readonly string[], input?: string): Outcome {
  const { status, stdout, stderr } = spawnSync(
    'node',
    [path.join(root, 'bin/lengthwise.js'), 'crasp', ...argv],
    {
      cwd: folder,
      encoding: 'utf8',
      input: input ?? '',
    },
  );
  return { code: status, out: stdout, err: stderr };
}

function write(name: string, text: string): string {
  writeFileSync(path.join(folder, name), text);
  return name;
}

const example = (name: string): string => `examples/crasp/${name}.crasp`;

/** The blocks of a page: programs with their file names, and consoles. */
function blocksOf(page: string): { info: string; text: string }[] {
  const text = readFileSync(path.join(root, 'docs', page), 'utf8');
  return [...text.matchAll(/^```(\w+.*)\n([\s\S]*?)^```$/gm)].map(([, info, body]) => ({ info, text: body }));
}

/** Commands of a console block, each with the output that follows it. */
function commandsOf(block: string): { argv: string[]; output: string }[] {
  return block
    .split(/^\$ lengthwise crasp /m)
    .slice(1)
    .map((part) => {
      const newline = part.indexOf('\n');
      const words = part.slice(0, newline).matchAll(/"([^"]*)"|(\S+)/g);
      return {
        argv: [...words].map(([, quoted, bare]) => quoted ?? bare),
        output: part.slice(newline + 1),
      };
    });
}

describe.each(['crasp.md', 'crasp-in-ten-minutes.md'])('docs/%s', (page) => {
  const blocks = blocksOf(page);
  for (const { info, text } of blocks) {
    const [language, file] = info.split(' ');
    if (language === 'crasp') write(file, text);
  }
  const commands = blocks.filter(({ info }) => info === 'console').flatMap(({ text }) => commandsOf(text));

  it('has commands to try', () => {
    expect(commands.length).toBeGreaterThan(5);
  });

  it.each(commands)('shows what comes of $argv', ({ argv, output }) => {
    const { out, err } = crasp(argv);
    expect(out + err).toBe(output);
  });
});

describe('crasp check', () => {
  it('gives the measures as JSON', () => {
    const { code, out } = crasp(['check', example('tomita4'), '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      errors: [],
      output: 'accept',
      read: 'eos',
      fragment: 'local',
      depth: 1,
      counters: 1,
      locality: 2,
      windowBits: 3,
      period: 1,
      layers: 3,
      heads: 3,
    });
  });

  it('counts one layer as one', () => {
    const { out } = crasp(['check', write('last.crasp', "alphabet { a b } read at last accept 'b'")]);
    expect(out).toContain('size          1 operation\n');
    expect(out).toContain('1 layer, 0 heads');
  });

  it('gives all errors as JSON, and exit code 2', () => {
    const file = write('two.crasp', "alphabet { a }\naccept P and Q['b']");
    const { code, out, err } = crasp(['check', file, '--json']);
    expect([code, err]).toEqual([2, '']);
    const report = JSON.parse(out) as {
      ok: boolean;
      errors: { line: number; column: number; source: string }[];
    };
    expect(report.ok).toBe(false);
    expect(report.errors.map(({ line, column }) => [line, column])).toEqual([
      [2, 8],
      [2, 16],
    ]);
    expect(report.errors[0].source).toBe("accept P and Q['b']");
  });

  it('says that there is no such file', () => {
    expect(crasp(['check', 'nowhere.crasp'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^lengthwise: cannot read the program nowhere\.crasp: /) as string,
    });
  });

  it('refuses a hostile program in no time', () => {
    const file = write('deep.crasp', `alphabet { a } accept ${'('.repeat(300_000)}`);
    const { code, err } = crasp(['check', file]);
    expect(code).toBe(2);
    expect(err).toContain('more than 200 brackets');
  });
});

describe('crasp run', () => {
  const rows = (out: string): unknown[] =>
    out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);

  it('answers standard input line by line, an empty line being the empty string', () => {
    const { code, out } = crasp(['run', example('dyck1'), '--json'], '( )\n\n) (\n');
    expect(code).toBe(0);
    expect(rows(out)).toEqual([
      { input: '( )', accept: true },
      { input: '', accept: true },
      { input: ') (', accept: false },
    ]);
  });

  it('answers many thousands of lines', () => {
    const lines = Array.from({ length: 10_000 }, (_, n) => (n % 2 === 0 ? 'a' : 'b'));
    const { out } = crasp(['run', example('majority'), '--json'], `${lines.join('\n')}\n`);
    const expected = lines.map((input) => ({ input, accept: input === 'a' }));
    expect(rows(out)).toEqual(expected);
  });

  it('generates', () => {
    const { out } = crasp(
      ['run', example('sort'), '--generate', '--json'],
      '<bos> 3 1 2 <sep>\n<bos> <sep>\n',
    );
    expect(rows(out)).toEqual([
      { input: '<bos> 3 1 2 <sep>', output: '1 2 3', stop: '<eos>' },
      { input: '<bos> <sep>', output: '', stop: '<eos>' },
    ]);
  });

  it('says where nothing can be read', () => {
    const { code, out } = crasp(['run', example('ends_b_last'), '--json'], '\nb\n');
    expect(code).toBe(0);
    expect(rows(out)).toEqual([
      { input: '', accept: null, reason: 'the empty string has no last symbol to read at' },
      { input: 'b', accept: true },
    ]);
  });

  it('generates nothing after the empty string, and goes on', () => {
    const { code, out } = crasp(['run', example('sort'), '--generate', '--json'], '\n<bos> <sep>\n');
    expect(code).toBe(0);
    expect(rows(out)).toEqual([
      { input: '', output: null, reason: 'the empty string has no last symbol to read at' },
      { input: '<bos> <sep>', output: '', stop: '<eos>' },
    ]);
  });

  it('names line, position and symbol of what it does not know, after the answers before it', () => {
    const { code, out, err } = crasp(['run', example('majority')], 'a\nb b x\n');
    expect(code).toBe(2);
    expect(out).toBe('a: accepted\n');
    expect(err).toContain("line 2: unknown symbol 'x' at position 3");
  });

  it('refuses to generate with a program that accepts', () => {
    const { code, err } = crasp(['run', example('majority'), '--generate', '--input', 'a']);
    expect([code, err]).toEqual([
      2,
      'lengthwise: --generate needs a program with next[…]; this one accepts\n',
    ]);
  });

  it('prints the errors of a broken program and answers nothing', () => {
    const file = write('unfinished.crasp', "alphabet { a } accept 'a' and");
    const { code, out, err } = crasp(['run', file, '--input', 'a']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('the expression breaks off');
  });
});

describe('crasp trace', () => {
  it('gives every row as JSON, and writes a page', () => {
    const argv = ['trace', example('tomita4'), '--input', '0 0 0', '--html', 'trace.html', '--json'];
    const { code, out } = crasp(argv);
    expect(code).toBe(0);
    const traced = JSON.parse(out) as {
      symbols: string[];
      result: string;
      rows: { names: string[]; values: number[] }[];
    };
    expect(traced.symbols).toEqual(['0', '0', '0', '<eos>']);
    expect(traced.rows.find(({ names }) => names.includes('hit'))?.values).toEqual([0, 0, 1, 0]);
    expect(traced.result).toBe('rejected');
    expect(readFileSync(path.join(folder, 'trace.html'), 'utf8')).toContain('<!doctype html>');
  });
});

describe('a program file', () => {
  it.skipIf(process.platform !== 'linux')('that never ends is no program', () => {
    const { code, err } = crasp(['check', '/dev/zero']);
    expect([code, err]).toEqual([
      2,
      'lengthwise: cannot read the program /dev/zero: it has more than 10000000 bytes, which is the most that is read\n',
    ]);
  });
});

describe('crasp fmt', () => {
  it('checks, writes, and then has nothing to do', () => {
    const file = write('loose.crasp', "alphabet{a}\naccept   'a'");
    expect(crasp(['fmt', file, '--check'])).toMatchObject({ code: 1, out: 'loose.crasp\n' });
    expect(crasp(['fmt', file, '--write'])).toMatchObject({ code: 0, out: 'loose.crasp\n' });
    expect(crasp(['fmt', file, '--check'])).toMatchObject({ code: 0, out: '' });
    expect(readFileSync(path.join(folder, file), 'utf8')).toBe("alphabet { a }\naccept 'a'\n");
  });
});

describe('crasp equal', () => {
  it('proves programs equal that follow one automaton', () => {
    const file = write(
      'other.crasp',
      "alphabet { '(' ')' } let L := # '(' let R := # ')' accept not (L < R) and not (L > R) and not exists (L < R or L >= R + 3)",
    );
    const { code, out } = crasp(['equal', example('dyck_depth2'), file, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ result: 'equal', equal: true, allLengths: true });
  });

  it('compares next symbols whatever their order in the alphabet, and whatever they are called', () => {
    const forth = write('forth.crasp', "alphabet { a b } next['a'] := true next['b'] := true");
    const back = write('back.crasp', "alphabet { b a } next['a'] := # 'a' >= 0 next['b'] := true");
    expect(crasp(['equal', forth, back]).out).toContain('equal on all strings up to 12');
    const always = write('always.crasp', "alphabet { a nothing } next['nothing'] := true");
    const never = write('never.crasp', "alphabet { a nothing } next['nothing'] := # 'a' < 0");
    const { out } = crasp(['equal', always, never, '--json']);
    expect(JSON.parse(out)).toMatchObject({ result: 'differ', string: 'a', verdicts: [['nothing'], []] });
    const text = crasp(['equal', always, never]).out;
    expect(text).toContain("always.crasp: next 'nothing'\n");
    expect(text).toContain('never.crasp: no next[…] holds\n');
  });

  it('says how far it went, and that all lengths are another matter', () => {
    const file = write('twice.crasp', "alphabet { a b } accept 2 * # 'a' > # 'b' + # 'b'");
    const { out } = crasp(['equal', example('majority'), file, '--up-to', '20', '--json']);
    expect(JSON.parse(out)).toMatchObject({ equal: true, upTo: 20, configurations: 231, allLengths: false });
    const text = crasp(['equal', example('majority'), file, '--up-to', '20']).out;
    expect(text).toContain('equal on all strings up to 20 (231 configurations)');
    expect(text).toContain('undecidable in general');
  });

  it('takes numbers strictly', () => {
    const { code, err } = crasp(['equal', example('majority'), example('majority'), '--up-to', '3x']);
    expect(code).toBe(2);
    expect(err).toContain("--up-to takes a whole number, not '3x'");
  });
});

describe('crasp refute', () => {
  it('goes beyond the length it was told by pumping', () => {
    const argv = ['refute', example('parity4'), '--regex', 'b*(ab*ab*)*', '--up-to', '5', '--json'];
    const found = JSON.parse(crasp(argv).out) as { refuted: boolean; argument: string; string: string };
    expect(found).toMatchObject({ refuted: true, argument: 'pumping' });
    const symbols = found.string.split(' ');
    const ones = symbols.filter((symbol) => symbol === 'a').length;
    expect(ones % 2).toBe(0);
    expect(ones).toBeGreaterThan(4);
  });

  it('points at a mistake in the expression', () => {
    const { code, err } = crasp(['refute', example('majority'), '--regex', '(a']);
    expect(code).toBe(2);
    expect(err).toContain('column 1');
  });

  it('needs a program that accepts', () => {
    expect(crasp(['refute', example('ur'), '--regex', 'a'])).toMatchObject({ code: 2 });
  });
});

describe('a command that computes', () => {
  /** A component of a thousand states whose equations take long, and a certificate whose sums do. */
  const states = Array.from({ length: 1999 }, (_, i) =>
    ['a', 'b'].map((symbol, k) => [i, symbol, (i * 7 + k * 3 + 1) % 1999]),
  );
  const dense = { start: 0, accepting: [3], transitions: states.flat() };
  const long = { verdict: 'in', evidence: Array.from({ length: 400_000 }, () => ({ a: [1, [2], 'x'] })) };
  it.each([
    ['predict --dfa', ['predict', '--dfa', write('dense.json', JSON.stringify(dense))], /deciding/],
    ['predict --regex', ['predict', '--fragment', 'pos', '--regex', '(a|b)*a(a|b){9}b'], /deciding/],
    [
      'certificate verify',
      [
        'certificate',
        'verify',
        write('long.json', JSON.stringify({ ...long, format: 'lengthwise certificate', version: 1 })),
      ],
      /checking/,
    ],
    [
      'crasp refute',
      [
        'crasp',
        'refute',
        write(
          'r.crasp',
          "alphabet { a b c }\naccept # 'a' + # 'c' > # 'b' or 2 * # 'b' >= 2 * # 'a' + 2 * # 'c'",
        ),
        '--regex',
        '(a|b|c)*',
        '--up-to',
        '100000',
        '--max-configurations',
        '10000000',
      ],
      /configurations/,
    ],
  ])('%s is ended by Ctrl-C within a second of its work', async (_, argv, begun) => {
    const child = spawn('node', [path.join(root, 'bin/lengthwise.js'), ...argv], { cwd: folder });
    let said = '';
    await new Promise<void>((resolve) => {
      child.stderr.on('data', (text: Buffer) => {
        said += text.toString();
        if (begun.test(said)) resolve();
      });
      child.on('close', () => resolve());
    });
    const used = processorTimeUntilClosed(child);
    child.kill('SIGINT');
    expect(await used).toBeLessThan(1_000);
    expect([child.exitCode, said]).toEqual([130, expect.stringContaining('lengthwise: interrupted')]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('is ended by %s while it does', async (signal) => {
    const left = write('left.crasp', "alphabet { a b c } accept # 'a' + # 'c' > # 'b'");
    const right = write('right.crasp', "alphabet { a b c } accept 2 * # 'a' + 2 * # 'c' > 2 * # 'b'");
    const argv = ['crasp', 'equal', left, right, '--up-to', '100000', '--max-configurations', '10000000'];
    const child = spawn('node', [path.join(root, 'bin/lengthwise.js'), ...argv], { cwd: folder });
    const closed = once(child, 'close');
    let said = '';
    await new Promise<void>((resolve) => {
      child.stderr.on('data', (text: Buffer) => {
        said += text.toString();
        if (said.includes('configurations')) resolve();
      });
      child.on('close', () => resolve());
    });
    child.kill(signal);
    const [code] = (await closed) as [number | null];
    expect(code).toBe(signal === 'SIGINT' ? 130 : 143);
    expect(said).toContain('lengthwise: interrupted');
  });
});
