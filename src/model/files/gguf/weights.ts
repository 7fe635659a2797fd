/**
 * Where the parameters of a model stand in a GGUF file. llama.cpp stores some in another order than Hugging Face; a
 * wrong order loads without an error and computes nonsense, so each architecture says what it changes.
 */
import type { ModelConfig } from '../../config/config.ts';
import { headSize } from '../../config/config.ts';

/** Where a parameter is, and how its numbers become Hugging Face's. */
export interface GgufSource {
  readonly tensor: string;
  /** Of the tensor in the file, rows first. */
  readonly shape: readonly number[];
  /** In place of the file's numbers; the same ones where nothing is said. */
  readonly change?: (numbers: Float32Array) => Float32Array;
}

/** Hugging Face's names behind the layer, and llama.cpp's. The first that fits counts. */
const layerNames: readonly (readonly [RegExp, string])[] = [
  [/^self_attn\.([qkv])_proj$/, 'attn_$1'],
  [/^self_attn\.([qk])_norm$/, 'attn_$1_norm'],
  [/^(?:self_attn\.qkv_proj|attention\.query_key_value|attn\.c_attn)$/, 'attn_qkv'],
  [/^(?:self_attn\.(?:o_proj|dense)|attention\.dense|attn\.c_proj)$/, 'attn_output'],
  [/^mlp\.gate_proj$/, 'ffn_gate'],
  [/^mlp\.(?:up_proj|gate_up_proj|fc1|dense_h_to_4h|c_fc)$/, 'ffn_up'],
  [/^mlp\.(?:down_proj|fc2|dense_4h_to_h|c_proj)$/, 'ffn_down'],
  [/^(?:input_layernorm|ln_1)$/, 'attn_norm'],
  [/^(?:pre_feedforward_layernorm|ln_2)$/, 'ffn_norm'],
  [/^post_feedforward_layernorm$/, 'post_ffw_norm'],
];

const otherNames: readonly (readonly [RegExp, string])[] = [
  [/^(?:model\.embed_tokens|transformer\.wte|gpt_neox\.embed_in)$/, 'token_embd'],
  [/^transformer\.wpe$/, 'position_embd'],
  [/^(?:model\.(?:norm|final_layernorm)|transformer\.ln_f|gpt_neox\.final_layer_norm)$/, 'output_norm'],
  [/^(?:lm_head|embed_out)$/, 'output'],
];

const LAYER = /^(?:model\.layers|transformer\.h|gpt_neox\.layers)\.(\d+)\.(.+)$/;

/** Where the parameter of this Hugging Face name and shape is in a file of the model. */
export function sourceOf(
  config: ModelConfig,
  architecture: string,
  name: string,
  shape: readonly number[],
): GgufSource {
  const [, path, kind] = /^(.+)\.(weight|bias)$/.exec(name)!;
  const tensor = `${tensorOf(architecture, path)}.${kind}`;
  const rows = (size: number) => (order: (row: number) => number) => (numbers: Float32Array) =>
    reordered(numbers, size, order);
  const width = shape.length === 1 ? 1 : shape[1];
  if (architecture === 'llama' && /self_attn\.[qk]_proj$/.test(path)) {
    return { tensor, shape, change: rows(width)(halvesOfPairs(headSize(config))) };
  }
  if (architecture === 'gptneox' && path.endsWith('query_key_value')) {
    return { tensor, shape, change: rows(width)(byHead(config.heads, headSize(config))) };
  }
  if (architecture === 'gpt2' && kind === 'weight' && /\.(?:c_attn|c_proj|c_fc)$/.test(path)) {
    const [inputs, outputs] = shape;
    return { tensor, shape: [outputs, inputs], change: (numbers) => transposed(numbers, outputs, inputs) };
  }
  if (architecture.startsWith('gemma') && path.endsWith('norm')) {
    return { tensor, shape, change: (numbers) => numbers.map((number) => number - 1) };
  }
  return { tensor, shape };
}

function tensorOf(architecture: string, path: string): string {
  const inLayer = LAYER.exec(path);
  if (inLayer === null) return renamed(otherNames, path);
  const [, layer, part] = inLayer;
  if (part === 'post_attention_layernorm') {
    // Gemma's comes after attention; everywhere else it is what stands before the MLP.
    return `blk.${layer}.${architecture.startsWith('gemma') ? 'post_attention_norm' : 'ffn_norm'}`;
  }
  return `blk.${layer}.${renamed(layerNames, part)}`;
}

function renamed(names: readonly (readonly [RegExp, string])[], part: string): string {
  const found = names.find(([pattern]) => pattern.test(part));
  if (found === undefined) throw new TypeError(`no tensor of a GGUF file is known for '${part}'`);
  return part.replace(...found);
}

/**
 * llama.cpp turns neighbours as pairs in files of Llama, Hugging Face number i and number i + d/2 of a head: row i of a
 * head is at 2i there, row i + d/2 at 2i + 1.
 */
function halvesOfPairs(size: number): (row: number) => number {
  return (row) => {
    const within = row % size;
    return row - within + 2 * (within % (size / 2)) + (within < size / 2 ? 0 : 1);
  };
}

/** NeoX has query, key and value of one head beside each other; the file all queries, all keys, all values. */
function byHead(heads: number, size: number): (row: number) => number {
  return (row) => {
    const head = Math.floor(row / (3 * size));
    const which = Math.floor(row / size) % 3;
    return (which * heads + head) * size + (row % size);
  };
}

/** Row r of the result is row `order(r)` of the numbers. */
function reordered(numbers: Float32Array, width: number, order: (row: number) => number): Float32Array {
  const out = new Float32Array(numbers.length);
  for (let row = 0; row < numbers.length / width; row++) {
    const from = order(row) * width;
    out.set(numbers.subarray(from, from + width), row * width);
  }
  return out;
}

function transposed(numbers: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(numbers.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      out[column * rows + row] = numbers[row * columns + column];
  }
  return out;
}
