/**
 * The memory that a model of 1.1 billion parameters takes (the sizes of TinyLlama, random weights in bfloat16, 2.2 GB on disk in
 * the folder for temporary files): `measure` and `explain` of a few samples, their peak beside 1.3 times the weights in
 * float32 and 0.5 GB. On Linux, with 6 GB free.
 */
import { spawn } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rng } from '../src/common/random.ts';
import { modelConfig, parameterCount, parameters } from '../src/model/index.ts';
import type { ModelConfig, ModelOptions } from '../src/model/index.ts';
import { writeConfigJson } from '../src/model/files/huggingface/config-file.ts';
import { writeTextFolder } from '../test/text-model.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const SIZES: ModelOptions = {
  architecture: 'llama',
  ...{ vocabulary: 32_000, layers: 22, heads: 32, keyValueHeads: 4 },
  ...{ width: 2048, mlpWidth: 5632, positions: 2048 },
};
const EVERY_MS = 100;

export async function bench(): Promise<void> {
  if (process.platform !== 'linux') throw new Error('the memory of processes is read from /proc: Linux only');
  const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-large-'));
  try {
    const config = modelConfig(SIZES);
    writeTextFolder(folder); // the tokenizer
    writeFileSync(path.join(folder, 'config.json'), writeConfigJson(config, undefined));
    writeWeights(config, path.join(folder, 'model.safetensors'));
    const limit = 1.3 * 4 * parameterCount(config) + 0.5e9;
    const samples = ['--task', 'UF', '--n', '4', '--json'];
    await show('measure', [...samples, '--lengths', '5', '--out', path.join(folder, 'rows')], folder, limit);
    await show('explain', [...samples, '--length', '5', '--only', 'behaviour,edges'], folder, limit);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function show(command: string, words: readonly string[], folder: string, limit: number): Promise<void> {
  const { peak, seconds } = await run([command, folder, ...words]);
  const [most, allowed] = [peak, limit].map((bytes) => (bytes / 1e9).toFixed(2));
  process.stdout.write(
    `${command}: ${most} GB at most (${allowed} allowed), ${seconds.toFixed(0)} s from start to exit\n`,
  );
}

async function run(words: readonly string[]): Promise<{ peak: number; seconds: number }> {
  const began = Date.now();
  const child = spawn(process.execPath, [path.join(ROOT, 'bin/lengthwise.js'), ...words], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const peaks = new Map<number, number>();
  const timer = setInterval(() => {
    for (const pid of familyOf(child.pid!)) peaks.set(pid, Math.max(peaks.get(pid) ?? 0, peakOf(pid)));
  }, EVERY_MS);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`${words[0]} ended with ${code}`);
  const peak = [...peaks.values()].reduce((sum, one) => sum + one, 0);
  return { peak, seconds: (Date.now() - began) / 1000 };
}

/** A process and all that it has started. */
function familyOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), Number(fieldOf(Number(name), 'PPid') ?? 0)] as const);
  const family = [pid];
  for (const member of family)
    family.push(...parents.filter(([, parent]) => parent === member).map(([own]) => own));
  return family;
}

/** The most bytes that a process has had in memory; the system remembers it. */
function peakOf(pid: number): number {
  return 1024 * Number.parseInt(fieldOf(pid, 'VmHWM') ?? '0', 10);
}

function fieldOf(pid: number, name: string): string | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1];
  } catch {
    return undefined; // it has ended
  }
}

/** Normal numbers, the same few million over and over, each tensor from another one on. */
function writeWeights(config: ModelConfig, file: string): void {
  const random = rng('large model');
  const numbers = Uint16Array.from({ length: 2 ** 22 }, () => brainFloat(0.02 * random.normal()));
  const ones = new Uint16Array(config.width).fill(brainFloat(1));
  let end = 0;
  const entries = parameters(config).map(({ name, shape }) => {
    const begin = end;
    end += 2 * shape.reduce((product, size) => product * size, 1);
    return [name, { dtype: 'BF16', shape, data_offsets: [begin, end] }] as const;
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const out = openSync(file, 'w');
  for (const bytes of [length, header]) writeSync(out, bytes);
  entries.forEach(
    (
      [
        ,
        {
          shape,
          data_offsets: [begin, past],
        },
      ],
      i,
    ) => {
      const isNorm = shape.length === 1;
      for (
        let left = (past - begin) / 2, from = isNorm ? 0 : (i * 7919) % numbers.length;
        left > 0;
        from = 0
      ) {
        const piece = (isNorm ? ones : numbers).subarray(from, from + left);
        writeSync(out, piece);
        left -= piece.length;
      }
    },
  );
  closeSync(out);
}

/** The upper half of the number in float32. */
function brainFloat(number: number): number {
  return new Uint32Array(Float32Array.of(number).buffer)[0] >>> 16;
}
