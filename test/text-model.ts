/** A tiny model of text with random weights, as a Hugging Face folder and as a GGUF file: byte-level BPE, with a chat template. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rng } from '../src/common/random.ts';
import { headSize, modelConfig } from '../src/model/index.ts';
import { initialise, parameters } from '../src/model/forward/parameters.ts';
import { sourceOf } from '../src/model/files/gguf/weights.ts';
import { writeConfigJson } from '../src/model/files/huggingface/config-file.ts';
import { writeTensors } from '../src/model/files/huggingface/tensors.ts';
import { ggufFile } from './gguf-file.ts';

export const SPECIAL = ['<|begin|>', '<|im_start|>', '<|im_end|>', '<|endoftext|>'];

/** As byte-level BPE writes bytes: printable ones as themselves, the others from U+0100 on. */
const isPrintable = (byte: number): boolean => (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
const others = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !isPrintable(byte));
const letters = Array.from({ length: 256 }, (_, byte) =>
  String.fromCodePoint(isPrintable(byte) ? byte : 0x100 + others.indexOf(byte)),
);
const small = [...'abcdefghijklmnopqrstuvwxyz'];
const pieces = [...letters, ...small.map((letter) => `Ġ${letter}`)];
export const tokens = [...pieces, ...SPECIAL];
const merges = small.map((letter) => `Ġ ${letter}`);
const idOf = (token: string): number => tokens.indexOf(token);

export const CHAT_TEMPLATE =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/** What may differ from model to model. */
export interface TextModelOptions {
  readonly seed?: number;
  /** null: none. */
  readonly template?: string | null;
  readonly positions?: number;
}

function modelOf({ seed = 1, positions = 2048 }: TextModelOptions) {
  const sizes = { layers: 2, heads: 2, keyValueHeads: 1, width: 16, mlpWidth: 24, positions };
  const config = modelConfig({ architecture: 'qwen2', vocabulary: tokens.length, ...sizes });
  const random = rng('text model', seed);
  const weights = new Map(
    [...initialise(config, random)].map(([name, numbers]) => [
      name,
      numbers.map((number) => number + 0.5 * random.normal()),
    ]),
  );
  return { config, weights };
}

export function writeTextFolder(folder: string, options: TextModelOptions = {}): string {
  const { config, weights } = modelOf(options);
  const { template = CHAT_TEMPLATE } = options;
  const added = SPECIAL.map((content) => ({
    ...{ id: idOf(content), content, single_word: false, lstrip: false, rstrip: false },
    ...{ normalized: false, special: true },
  }));
  const split = {
    type: 'Split',
    pattern: {
      Regex: String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
    },
    ...{ behavior: 'Isolated', invert: false },
  };
  const bytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
  const tokenizer = {
    ...{ version: '1.0', added_tokens: added, normalizer: null, post_processor: null },
    pre_tokenizer: { type: 'Sequence', pretokenizers: [split, bytes] },
    decoder: bytes,
    model: {
      ...{ type: 'BPE', vocab: Object.fromEntries(pieces.map((token, id) => [token, id])), merges },
      ...{ ignore_merges: false, byte_fallback: false, fuse_unk: false, unk_token: null },
    },
  };
  const settings = {
    ...{ bos_token: '<|begin|>', eos_token: '<|endoftext|>', add_bos_token: true },
    ...{ clean_up_tokenization_spaces: false },
    ...(template === null ? {} : { chat_template: template }),
  };
  mkdirSync(folder, { recursive: true });
  const write = (name: string, content: string | Uint8Array): void =>
    writeFileSync(path.join(folder, name), content);
  write('config.json', writeConfigJson(config, undefined));
  write('model.safetensors', writeTensors(config, weights));
  write('tokenizer.json', JSON.stringify(tokenizer));
  write('tokenizer_config.json', JSON.stringify(settings));
  write(
    'generation_config.json',
    JSON.stringify({ eos_token_id: [idOf('<|endoftext|>'), idOf('<|im_end|>')] }),
  );
  return folder;
}

export function writeTextGguf(file: string, options: TextModelOptions = {}): string {
  const { config, weights } = modelOf(options);
  const { template = CHAT_TEMPLATE } = options;
  const facts = {
    'general.architecture': 'qwen2',
    'qwen2.block_count': config.layers,
    'qwen2.embedding_length': config.width,
    'qwen2.feed_forward_length': config.mlpWidth,
    'qwen2.context_length': config.positions,
    'qwen2.attention.head_count': config.heads,
    'qwen2.attention.head_count_kv': config.keyValueHeads,
    'qwen2.attention.key_length': headSize(config),
    'qwen2.attention.layer_norm_rms_epsilon': config.epsilon,
    'qwen2.rope.freq_base': 10_000,
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'gpt-2',
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.token_type': tokens.map((token) => (SPECIAL.includes(token) ? 3 : 1)),
    'tokenizer.ggml.merges': merges,
    'tokenizer.ggml.bos_token_id': idOf('<|begin|>'),
    'tokenizer.ggml.eos_token_id': idOf('<|endoftext|>'),
    'tokenizer.ggml.add_bos_token': true,
    ...(template === null ? {} : { 'tokenizer.chat_template': template }),
  };
  const tensors = parameters(config).map(({ name, shape }) => {
    const source = sourceOf(config, 'qwen2', name, shape);
    return { name: source.tensor, shape: source.shape, data: weights.get(name)! };
  });
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, ggufFile(facts, tensors));
  return file;
}
