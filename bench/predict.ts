/**
 * Deciding plain C-RASP: ours, and the two public deciders where a Python has what they need.
 *
 *   npm run bench -- predict [--count 1000] [--python python3] [--crasp-reg DIR] [--state-tracking DIR]
 *
 * --crasp-reg: a checkout of github.com/pentagonalize/crasp_reg (needs automata-lib, networkx, sympy)
 * --state-tracking: src/regex_generation of a checkout of github.com/bveseli/state-tracking-crasp (the same)
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { rng, type Rng } from '../src/common/random.ts';
import { automatonOf, parseRegex, predictExpression, verifyCertificate } from '../src/predict/index.ts';
import { machineOf } from '../src/predict/decide/machine.ts';
import { decide } from '../src/predict/decide/plain.ts';

export async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      count: { type: 'string', default: '1000' },
      python: { type: 'string', default: 'python3' },
      'crasp-reg': { type: 'string' },
      'state-tracking': { type: 'string' },
    },
  });
  const regexes = randomExpressions(Number(values.count));
  decideAll(regexes); // once for the compiler: what is measured is warm
  const ours = timed(() => decideAll(regexes));
  print(`${regexes.length} random expressions, decided`, ours.ms, `${ours.result.filter(Boolean).length} in`);
  const proofs = timed(() => regexes.map((regex) => predictExpression(regex, { alphabet: ['a', 'b', 'c'] })));
  print('… each with its certificate', proofs.ms);
  const checks = timed(
    () =>
      proofs.result.filter(({ certificate }) => verifyCertificate(certificate).outcome === 'holds').length,
  );
  print('… each certificate verified', checks.ms, `${checks.result} hold`);
  print('bounded Dyck of depth 40', timed(() => decideAll([dyck(40)])).ms);
  const shuffled = `${dyck(4)} || ${dyck(4).replaceAll('a', 'c').replaceAll('b', 'd')}`;
  print('the shuffle of two bounded Dyck languages of depth 4', timed(() => decideAll([shuffled])).ms);
  for (const peer of PEERS) runPeer(peer, values[peer.option], values.python, regexes, ours);
}

function decideAll(regexes: readonly string[]): boolean[] {
  return regexes.map((regex) => {
    const { dfa } = machineOf(automatonOf(parseRegex(regex)), 'eos');
    return decide(dfa).stuck === undefined;
  });
}

interface Peer {
  readonly title: string;
  readonly option: 'crasp-reg' | 'state-tracking';
}

const PEERS: readonly Peer[] = [
  {
    title: 'pentagonalize/crasp_reg',
    option: 'crasp-reg',
  },
  {
    title: 'bveseli/state-tracking-crasp',
    option: 'state-tracking',
  },
];

/** Runs a peer over the same expressions in one Python process, and says how its answers compare. */
function runPeer(
  { title, option }: Peer,
  folder: string | undefined,
  python: string,
  regexes: readonly string[],
  ours: { result: readonly boolean[]; ms: number },
): void {
  if (folder === undefined || !existsSync(folder)) {
    process.stdout.write(`${title}: not installed (--${option} DIR)\n`);
    return;
  }
  const script = `
import json, sys, time
sys.path.insert(0, ${JSON.stringify(folder)})
import decider
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA
regexes = json.load(sys.stdin)
start = time.time()
verdicts = []
for regex in regexes:
    dfa = DFA.from_nfa(NFA.from_regex(regex), minify=True)
    verdicts.append(bool(decider.decide_CRASP_membership(dfa)))
print(json.dumps({"verdicts": verdicts, "ms": 1000 * (time.time() - start)}))
`;
  const { stdout, stderr, status } = spawnSync(python, ['-c', script], {
    input: JSON.stringify(regexes),
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0) {
    process.stdout.write(`${title}: did not run: ${stderr.trim().split('\n').at(-1) ?? ''}\n`);
    return;
  }
  const { verdicts, ms } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
    verdicts: boolean[];
    ms: number;
  };
  const different = verdicts.filter((verdict, i) => verdict !== ours.result[i]).length;
  print(title, ms, `${(ms / ours.ms).toFixed(0)} times ours; another verdict on ${different}`);
}

/** Like the published test languages: words, and stars over a few words, one after the other. */
function randomExpressions(count: number): string[] {
  const stream = rng('bench predict');
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + stream.below(3) }, () => part(stream)).join(''),
  );
}

function part(stream: Rng): string {
  const word = (): string =>
    Array.from({ length: 1 + stream.below(4) }, () => stream.choice(['a', 'b', 'c'])).join('');
  if (stream.below(3) === 0) return word();
  return `(${Array.from({ length: 1 + stream.below(3) }, word).join('|')})*`;
}

function dyck(depth: number): string {
  return Array.from({ length: depth - 1 }).reduce<string>((nested) => `(a${nested}b)*`, '(ab)*');
}

function timed<T>(work: () => T): { result: T; ms: number } {
  const start = performance.now();
  const result = work();
  return { result, ms: performance.now() - start };
}

function print(what: string, ms: number, note = ''): void {
  process.stdout.write(`${what.padEnd(56)} ${ms.toFixed(1).padStart(10)} ms  ${note}\n`);
}
