/**
 * The edge experiment of `explain` on UF at length 5, beside TransformerLens as its users do it (one forward pass an instance
 * and condition) and beside PyTorch scripts that read shared demonstrations once. Processor seconds, one thread each:
 *
 *   npm run bench -- explain --model SmolLM2-135M-Instruct.Q4_1.gguf [--python PYTHON] [--instances 4] [--reference DIR] [--n 50]
 *
 * PYTHON has torch, gguf and transformer_lens 3.9. DIR is a folder in which `PYTHON t2.py smol UF 5 10` runs; the samples are
 * then those of its lib.py, else drawn. A sweep over all heads follows, beside as many whole passes.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { demonstratedSamples, edgeExperiment, LETTERS, nextPositions, Passes } from '../src/explain/index.ts';
import { otherPositions, readSamples, samePositions } from '../src/explain/index.ts';
import type { DemonstratedSample, EdgeCondition, ShotSet } from '../src/explain/index.ts';
import { Ablation } from '../src/explain/index.ts';
import { openSubject } from '../src/explain/subject.node.ts';
import type { Subject } from '../src/explain/subject.node.ts';
import { rng } from '../src/common/random.ts';

const LENGTH = 5;

export async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      model: { type: 'string' },
      python: { type: 'string' },
      instances: { type: 'string', default: '4' },
      reference: { type: 'string' },
      n: { type: 'string', default: '50' },
      heads: { type: 'boolean', default: false },
    },
  });
  const { model, python, reference } = values;
  if (model === undefined) throw new Error('--model: a GGUF file of SmolLM2-135M-Instruct');
  if (reference !== undefined && python === undefined) throw new Error('--reference needs --python');
  const subject = await openSubject(model);
  const samples =
    reference === undefined
      ? demonstratedSamples({ task: 'UF', length: LENGTH, n: Number(values.n), seed: 1, alphabet: LETTERS })
      : samplesOf(python!, reference);
  const set = subject.shots(LETTERS, samples);
  const n = set.shots.length;
  say(`UF at length ${LENGTH}, ${n} samples, one thread, processor seconds`);

  const ours = await ourExperiment(subject, set);
  const more = (process.resourceUsage().maxRSS / 2 ** 20).toFixed(1);
  say(`lengthwise          ${ours.seconds.toFixed(1)} s for base and 5 conditions; ${more} GiB at most`);
  for (const [condition, crossEntropy] of ours.crossEntropies)
    say(`  ${condition.padEnd(18)}${crossEntropy.toFixed(5)}`);
  if (reference !== undefined) besideReference(python!, reference, ours.seconds);
  if (python !== undefined) await besideLens(python, model, subject, set, Number(values.instances), ours);
  if (values.heads) await sweep(subject, set);
  await subject.model.release();
}

interface OurExperiment {
  readonly seconds: number;
  readonly crossEntropies: ReadonlyMap<string, number>;
}

async function ourExperiment(subject: Subject, set: ShotSet): Promise<OurExperiment> {
  const others = otherPositions(set.shots, rng('control edges', 0));
  const cut = (
    name: string,
    keys?: EdgeCondition['keys'],
    values?: EdgeCondition['values'],
  ): EdgeCondition => ({
    name,
    keys,
    values,
    donor: 'no-previous-token',
  });
  const conditions = [
    cut('induction', nextPositions),
    cut('anti-induction', undefined, samePositions),
    cut('both', nextPositions, samePositions),
    cut('control-keys', others),
    cut('control-values', undefined, others),
  ];
  const began = process.cpuUsage();
  const results = await edgeExperiment(await Passes.over(subject.model, set), conditions);
  const { user, system } = process.cpuUsage(began);
  const crossEntropies = new Map(
    results.map(({ condition, behaviour }) => [condition, behaviour.crossEntropy]),
  );
  return { seconds: (user + system) / 1e6, crossEntropies };
}

/** The first ten samples of each of the reference's five sets of demonstrations. */
function samplesOf(python: string, reference: string): DemonstratedSample[] {
  const script = `import json; from lib import strings; print(json.dumps(strings(${LENGTH})[:2]))`;
  const [demonstrations, queries] = JSON.parse(ran(python, ['-c', script], reference)) as string[][][][];
  const copied = (source: string[]) => ({ source, query: null, answer: source });
  const lines = queries.flatMap((sources, set) =>
    sources
      .slice(0, 10)
      .map((source) =>
        JSON.stringify({ task: 'UF', source, query: null, demonstrations: demonstrations[set].map(copied) }),
      ),
  );
  return readSamples(lines.join('\n'), 'the reference’s samples').flat();
}

function besideReference(python: string, reference: string, seconds: number): void {
  const printed = ran(python, ['t2.py', 'smol', 'UF', String(LENGTH), '10'], reference);
  const theirs = Number(/total_cpu_s ([\d.]+)/.exec(printed)?.[1]);
  say(`reference           ${theirs.toFixed(1)} s, ${(theirs / seconds).toFixed(1)} times as much`);
  for (const [line] of printed.matchAll(/^ {2}.*'ce':.*$/gm)) say(line);
}

async function besideLens(
  python: string,
  model: string,
  subject: Subject,
  set: ShotSet,
  instances: number,
  ours: OurExperiment,
): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-bench-'));
  try {
    const some = { ...set, shots: set.shots.slice(0, instances) };
    const question = path.join(folder, 'question.json');
    const next = some.shots.map(nextPositions);
    const same = some.shots.map(samePositions);
    writeFileSync(question, JSON.stringify({ model, shots: some.shots, next, same }));
    const peers = path.join(import.meta.dirname, 'explain_peers.py');
    const answer = JSON.parse(ran(python, [peers, question], folder)) as Record<string, PeerResult>;
    const few = await ourExperiment(subject, some);
    // Base once, and the five conditions at what the two cuts took on average.
    const each =
      answer.base.seconds + (5 * (answer.induction.seconds + answer['anti-induction'].seconds)) / 2;
    const theirs = (each / instances) * set.shots.length;
    say(
      `TransformerLens     ${(each / instances).toFixed(2)} s an instance (${instances} of them), ` +
        `${theirs.toFixed(0)} s for all: ${(theirs / ours.seconds).toFixed(0)} times as much`,
    );
    for (const [condition, { crossEntropy }] of Object.entries(answer)) {
      const here = few.crossEntropies.get(condition)!;
      say(`  ${condition.padEnd(18)}${crossEntropy.toFixed(5)}, ours ${here.toFixed(5)}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface PeerResult {
  readonly seconds: number;
  readonly crossEntropy: number;
}

/** Every head ablated, beside one whole pass over the samples and their demonstrations for each. */
async function sweep(subject: Subject, set: ShotSet): Promise<void> {
  const { layers, heads } = subject.config;
  const passes = await Passes.over(subject.model, set);
  const ablation = await Ablation.of(passes, 'mean');
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const began = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1e6;
  };
  const all = await timed(async () => {
    for (let layer = 0; layer < layers; layer++)
      for (let head = 0; head < heads; head++) await ablation.without([{ layer, head }]);
  });
  const whole = await timed(async () => {
    for (const { prefix, tail } of set.shots)
      await subject.model.score([[...prefix, ...tail]], { rows: LENGTH });
  });
  say(
    `all ${layers * heads} heads      ${all.toFixed(1)} s; a whole pass each ${(whole * layers * heads).toFixed(0)} s: ` +
      `${((whole * layers * heads) / all).toFixed(1)} times as much`,
  );
}

function ran(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.slice(-2000)}`);
  return stdout;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
