/**
 * Running programs beside coli-saar/c-rasp (Python): the same programs, the same inputs, the same answers.
 *
 *   npm run bench -- crasp [--peer FOLDER] [--python PATH] [--rounds 5]
 *
 * FOLDER is a checkout of https://github.com/coli-saar/c-rasp; the Python needs antlr4-python3-runtime. Both sides
 * get inputs that are split into symbols already, and only the running is timed: not start-up, not parsing.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { rng } from '../src/common/random.ts';
import { compile, evaluator } from '../src/crasp/index.ts';

interface Contest {
  readonly name: string;
  readonly ours: string;
  readonly theirs: string;
  readonly lengths: readonly number[];
  /** How many times as fast we mean to be. */
  readonly aim: number;
  /** A string of that length, likely to be near the border of the language. */
  readonly draw: (length: number, seed: number) => string[];
}

/** Symbols that an input of each length is made of, together; the peer needs seconds for a million. */
const SYMBOLS_EACH = 20_000;

const contests: readonly Contest[] = [
  {
    name: 'majority',
    ours: "alphabet { a b } read at last accept # 'a' > # 'b'",
    theirs: 'A = # "a"\nB = # "b"\nM = A > B\n',
    lengths: [10, 100, 1000],
    aim: 10,
    draw: (length, seed) => uniform(['a', 'b'], length, seed),
  },
  {
    name: 'bounded Dyck (depth 3)',
    ours: `alphabet { '(' ')' } read at last
           let D := # '(' - # ')'
           accept D = 0 and not exists (D < 0 or D > 3)`,
    theirs:
      'L = # "("\nR = # ")"\nD = L - R\nBad = (D < 0) || (D > 3)\nN = # Bad\nF = (D == 0) && (N == 0)\n',
    lengths: [10, 100, 1000],
    aim: 10,
    draw: brackets,
  },
  {
    name: 'a^n b^n c^n',
    ours: `alphabet { a b c } read at last
           let misplaced := ('a' and (# 'b' + # 'c' > 0)) or ('b' and # 'c' > 0)
           accept # 'a' = # 'b' and # 'b' = # 'c' and not exists misplaced`,
    theirs:
      'A = # "a"\nB = # "b"\nC = # "c"\nM = ("a" && ((B + C) > 0)) || ("b" && (C > 0))\nN = # M\n' +
      'F = ((A == B) && (B == C)) && (N == 0)\n',
    lengths: [10, 100, 1000],
    aim: 10,
    draw: (length) =>
      ['a', 'b', 'c']
        .flatMap((symbol) => Array.from({ length: Math.ceil(length / 3) }, () => symbol))
        .slice(0, length),
  },
  {
    name: 'retrieval (is the answer a?)',
    ours: `alphabet { a b c '<bos>' '<sep>' } read at last
           accept any s in {a b c}: Q[s] and exists ('a' and prev Q[s])`,
    theirs:
      '#import pred\n' +
      ['a', 'b', 'c']
        .map(
          (s) =>
            `P${s} = #[pred] "${s}"\nH${s} = "a" && (P${s} >= 1)\nN${s} = # H${s}\nW${s} = "${s}" && (N${s} >= 1)\n`,
        )
        .join('') +
      'F = Wa || (Wb || Wc)\n',
    lengths: [10, 100, 1000],
    aim: 1000, // at length 1000; their guarded counts are quadratic
    draw: (length, seed) => ['<bos>', ...uniform(['a', 'b', 'c'], length - 3, seed), '<sep>', 'b'],
  },
];

export async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      peer: { type: 'string' },
      python: { type: 'string', default: 'python3' },
      rounds: { type: 'string', default: '5' },
    },
  });
  const rounds = Number(values.rounds);
  const heats = contests.flatMap((contest) =>
    contest.lengths.map((length) => ({ contest, length, inputs: inputsOf(contest, length) })),
  );
  const theirs = values.peer === undefined ? undefined : runPeer(values.peer, values.python, rounds, heats);
  if (theirs === undefined) print('coli-saar/c-rasp is not measured: name a checkout with --peer FOLDER');
  print(`${'program'.padEnd(30)} length   ours, symbols/s   theirs, symbols/s   ratio`);
  for (const [place, { contest, length, inputs }] of heats.entries()) {
    const ours = runOurs(contest.ours, inputs, rounds);
    const symbols = inputs.length * length;
    const row = [
      contest.name.padEnd(30),
      String(length).padStart(6),
      perSecond(symbols, ours.seconds).padStart(17),
    ];
    const peer = theirs?.[place];
    if (peer !== undefined) {
      const wrong = peer.answers.filter((answer, index) => answer !== ours.answers[index]).length;
      if (wrong > 0) throw new Error(`${contest.name}, length ${length}: ${wrong} answers differ`);
      const ratio = peer.seconds / ours.seconds;
      const wanted = contest.aim === 1000 && length < 1000 ? 10 : contest.aim;
      row.push(
        perSecond(symbols, peer.seconds).padStart(19),
        `${ratio.toFixed(0)}x${ratio < wanted ? ` (aim: ${wanted}x)` : ''}`.padStart(7),
      );
    }
    print(row.join('  '));
  }
  if (theirs !== undefined) print('all answers agree');
}

interface Timed {
  readonly seconds: number;
  readonly answers: readonly boolean[];
}

function inputsOf(contest: Contest, length: number): string[][] {
  return Array.from({ length: Math.ceil(SYMBOLS_EACH / length) }, (_, seed) => contest.draw(length, seed));
}

/** The quickest of some rounds; each repeats the inputs until the clock can tell. */
function runOurs(text: string, inputs: string[][], rounds: number): Timed {
  const made = evaluator(compile(text));
  const answers = made.accepts(inputs);
  const repeats = 20;
  let seconds = Infinity;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (let i = 0; i < repeats; i++) made.accepts(inputs);
    seconds = Math.min(seconds, (performance.now() - start) / 1000 / repeats);
  }
  return { seconds, answers };
}

function runPeer(
  folder: string,
  python: string,
  rounds: number,
  heats: readonly { contest: Contest; inputs: string[][] }[],
): Timed[] {
  const cases = heats.map(({ contest, inputs }) => ({
    program: contest.theirs,
    inputs: inputs.map((input) => input.join(' ')),
  }));
  const script = fileURLToPath(new URL('crasp_peer.py', import.meta.url));
  const { status, stdout, stderr } = spawnSync(python, [script], {
    input: JSON.stringify({ folder, rounds: Math.min(rounds, 3), cases }),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`the peer failed: ${stderr}`);
  return JSON.parse(stdout) as Timed[];
}

function uniform(symbols: readonly string[], length: number, seed: number): string[] {
  const random = rng('bench crasp', length, seed);
  return Array.from({ length }, () => random.choice(symbols));
}

/** Balanced brackets within depth 3; every other string has one bracket turned. */
function brackets(length: number, seed: number): string[] {
  const random = rng('bench crasp brackets', length, seed);
  const string: string[] = [];
  let depth = 0;
  for (let left = length; left > 0; left--) {
    const opens = depth === 0 || (depth < 3 && depth < left && random.below(2) === 0);
    string.push(opens ? '(' : ')');
    depth += opens ? 1 : -1;
  }
  if (seed % 2 === 1) {
    const at = random.below(length);
    string[at] = string[at] === '(' ? ')' : '(';
  }
  return string;
}

function perSecond(symbols: number, seconds: number): string {
  return Math.round(symbols / seconds).toLocaleString('en');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
