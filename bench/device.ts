/**
 * A graphics processor beside the processor, in one run:
 *
 *   npm run bench -- device --model SmolLM2-135M-Instruct.Q4_1.gguf [--device cuda] [--n 50] [--large]
 *
 * The logits of one prompt on both, and how far they are apart; the edge experiment of `explain` on UF at length 5 on both;
 * with `--large`, one pass with edges cut through a model of Llama-3.1-8B's shape with random bfloat16 weights, which takes
 * 32 GB on the device and up to 100 GB beside it.
 */
import { parseArgs } from 'node:util';
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { demonstratedSamples, explain, LETTERS } from '../src/explain/index.ts';
import type { Explanation } from '../src/explain/index.ts';
import { openSubject } from '../src/explain/subject.node.ts';
import type { Device } from '../src/graph/index.ts';
import { LocalModel } from '../src/model/index.ts';
import type { EdgeEdit } from '../src/model/index.ts';
import { readConfigJson } from '../src/model/files/huggingface/config-file.ts';
import { parameters } from '../src/model/forward/parameters.ts';

export async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      model: { type: 'string' },
      device: { type: 'string', default: 'cuda' },
      n: { type: 'string', default: '50' },
      large: { type: 'boolean', default: false },
    },
  });
  const device = values.device as Device;
  if (values.model !== undefined) await beside(values.model, device, Number(values.n));
  if (values.large) await large(device);
}

async function beside(file: string, device: Device, n: number): Promise<void> {
  const [ours, theirs] = [await measured(file, 'cpu', n), await measured(file, device, n)];
  const largest = ours.logits.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
  const apart = ours.logits.reduce((most, logit, i) => Math.max(most, Math.abs(logit - theirs.logits[i])), 0);
  say(`logits of ${ours.tokens} tokens: ${apart.toExponential(1)} apart, the largest ${largest.toFixed(1)}`);
  say('condition            cpu     ', device);
  for (const [i, { condition, crossEntropy }] of ours.explanation.edges!.entries()) {
    const there = theirs.explanation.edges![i].crossEntropy;
    say(`${condition.padEnd(20)} ${crossEntropy.toFixed(5)}  ${there.toFixed(5)}`);
  }
  for (const [where, { seconds, again }] of [['cpu', ours] as const, [device, theirs] as const])
    say(
      `${where}: the experiment ${seconds.toFixed(1)} s, and again with its sessions ${again.toFixed(1)} s`,
    );
}

async function measured(file: string, device: Device, n: number) {
  const subject = await openSubject(file, { threads: availableParallelism(), device, sessions: 32 });
  const samples = demonstratedSamples({ task: 'UF', length: 5, n, seed: 1, alphabet: LETTERS });
  const set = subject.shots(LETTERS, samples);
  const [{ prefix, tail }] = set.shots;
  const tokens = [...prefix, ...tail];
  const { logits } = await subject.model.run([tokens]);
  let explanation: Explanation | undefined;
  const once = async () => {
    const began = performance.now();
    explanation = await explain(subject.name, subject.model, set, { only: ['edges'] });
    return (performance.now() - began) / 1000;
  };
  const [seconds, again] = [await once(), await once()];
  await subject.model.release();
  return {
    logits: logits.data as Float32Array,
    tokens: tokens.length,
    explanation: explanation!,
    seconds,
    again,
  };
}

/** https://huggingface.co/meta-llama/Llama-3.1-8B: config.json, without its scaling of RoPE. */
const SHAPE = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_size: 4096,
  intermediate_size: 14336,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  vocab_size: 128256,
  max_position_embeddings: 131072,
  rope_theta: 500000,
  rms_norm_eps: 1e-5,
  hidden_act: 'silu',
  tie_word_embeddings: false,
};
const TOKENS = 128;

async function large(device: Device): Promise<void> {
  const config = readConfigJson(JSON.stringify(SHAPE), 'Llama-3.1-8B');
  let began = performance.now();
  const weights = new Map(parameters(config).map(({ name, shape }) => [name, randomHalves(shape)]));
  const count = [...weights.values()].reduce((sum, { length }) => sum + length, 0);
  say(`${(count / 1e9).toFixed(2)} billion random weights: ${since(began)}`);
  const model = new LocalModel({ config, weights }, { device, threads: availableParallelism(), sessions: 1 });
  const tokens = Array.from({ length: TOKENS }, (_, i) => (i * 7919) % config.vocabulary);
  const edges = Array.from({ length: config.layers }, (_, layer): EdgeEdit => {
    const mask = new Float32Array(config.heads * TOKENS * TOKENS);
    for (let head = 0; head < config.heads; head++)
      for (let at = 1; at < TOKENS; at++) mask[(head * TOKENS + at) * TOKENS + at - 1] = 1;
    return { layer, mask, how: 'zero' };
  });
  for (const what of ['with the weights brought there', 'again']) {
    began = performance.now();
    const { logits } = await model.run([tokens], { edges });
    const finite = (logits.data as Float32Array).every(Number.isFinite);
    say(
      `a pass of ${TOKENS} tokens, the edges to the token before cut in all layers, ${what}: ${since(began)}, logits ${finite ? 'finite' : 'NOT FINITE'}`,
    );
    say(memory());
  }
  await model.release();
}

/** Random bfloat16, between ±1/64 and ±1/32, widened. */
function randomHalves(shape: readonly number[]): Float32Array {
  const bits = new Uint32Array(shape.reduce((product, size) => product * size, 1));
  let state = 0x9e3779b9;
  for (let i = 0; i < bits.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bits[i] = 0x3c800000 | (state & 0x807f0000);
  }
  return new Float32Array(bits.buffer);
}

function memory(): string {
  const here = process.resourceUsage().maxRSS / 2 ** 20;
  const asked = spawnSync('nvidia-smi', ['--query-gpu=memory.used', '--format=csv,noheader'], {
    encoding: 'utf8',
  });
  return `memory: ${here.toFixed(1)} GiB at most here, ${asked.stdout?.trim() || 'unknown'} on the device`;
}

const since = (began: number): string => `${((performance.now() - began) / 1000).toFixed(1)} s`;
const say = (...parts: string[]): void => void process.stdout.write(`${parts.join(' ')}\n`);
