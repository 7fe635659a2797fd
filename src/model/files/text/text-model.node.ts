/**
 * Models of text that others trained: a GGUF file or a Hugging Face folder, with the tokenizer, the chat template, and the
 * tokens that end an answer.
 */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../../common/errors.ts';
import { machineMemory } from '../../../common/memory.node.ts';
import type { ModelConfig } from '../../config/config.ts';
import { putAdapter } from '../../parity/adapted.node.ts';
import type { Weights } from '../../forward/parameters.ts';
import { ChatTemplate } from '../../tokenizers/chat-template.ts';
import { TextTokenizer } from '../../tokenizers/text.ts';
import type { TokenizerFiles } from '../../tokenizers/text.ts';
import {
  checkTokenizerFile,
  decodeText,
  loadConfig,
  loadWeights,
  readCapped,
  weightFiles,
} from '../folder.node.ts';
import { withGguf } from '../gguf/file.node.ts';
import { loadGguf, loadGgufConfig } from '../gguf/load.node.ts';
import { tokenizerFilesOf } from '../gguf/tokenizer.ts';
import { adapterFilesIn } from '../peft/adapter.node.ts';
import { parseJsonObject } from '../huggingface/fields.ts';
import { checkSize } from '../size.ts';

/** How a model's text is cut into tokens, written and ended. */
export interface TextFormat {
  readonly tokenizer: TextTokenizer;
  /** null: it has none, and can't be asked by chat. */
  readonly template: ChatTemplate | null;
  /** Tokens that end an answer. */
  readonly ends: ReadonlySet<number>;
}

export interface TextModel extends TextFormat {
  readonly config: ModelConfig;
  readonly weights: Weights;
}

/** Gemma 3's tokenizer.json has 33 MB. */
export const TOKENIZER_CAP = 128_000_000;
/** Of texts and settings beside it. */
const SETTINGS_CAP = 16_000_000;

/** Files of a folder that say how text is asked and answers end, beside config.json. */
export const TEXT_FILES = {
  tokenizer: 'tokenizer.json',
  settings: 'tokenizer_config.json',
  /** Newer versions of transformers keep the chat template apart. */
  template: 'chat_template.jinja',
  generation: 'generation_config.json',
} as const;

/** Whether it is a file; a folder otherwise. */
export function isModelFile(target: string): boolean {
  return statSync(target, { throwIfNoEntry: false })?.isFile() === true;
}

/**
 * @param options `adapter`: the folder of one that is put into the weights
 * @throws UserError in one line for something that is no model, a damaged one, or one that is not supported or too large;
 *   for an adapter as `withAdapter` does
 */
export async function loadTextModel(
  target: string,
  { adapter }: { readonly adapter?: string } = {},
): Promise<TextModel> {
  const config = await loadModelConfig(target);
  checkSize(config, machineMemory().total, target);
  const format = await loadTextFormat(target);
  const weights = new Map((await (isModelFile(target) ? loadGguf(target) : loadWeights(target))).weights);
  if (adapter !== undefined) await putAdapter(config, weights, adapter, await modelFiles(target));
  return { config, weights, ...format };
}

/** The same without its weights. */
export async function loadTextFormat(target: string): Promise<TextFormat> {
  return isModelFile(target) ? ggufFormat(target) : folderFormat(target);
}

/** What is known of a model before its weights are read. @throws UserError as `loadTextModel` does, but for its size */
export async function loadModelConfig(target: string): Promise<ModelConfig> {
  if (!existsSync(target))
    throw new UserError(`${target}: no such file or folder; a GGUF file or a model folder was expected`);
  return isModelFile(target) ? loadGgufConfig(target) : loadConfig(target);
}

/** The files that hold a model's weights and sizes, those of an adapter in it included. */
export async function modelFiles(target: string, adapter?: string): Promise<string[]> {
  const own = isModelFile(target)
    ? [target]
    : [path.join(target, 'config.json'), ...(await weightFiles(target))];
  return adapter === undefined ? own : [...own, ...adapterFilesIn(adapter)];
}

/** Names of tokens that end an answer or a turn, whatever a GGUF file says: llama.cpp knows them by name, too. */
const ENDS = [
  ...['<|endoftext|>', '<|end_of_text|>', '<|eot_id|>', '<|eom_id|>', '<|im_end|>', '<|end|>'],
  ...['<end_of_turn>', '<EOT>', '_<EOT>', '<｜end▁of▁sentence｜>'],
];

async function ggufFormat(file: string): Promise<TextFormat> {
  const header = await withGguf(file, (open) => Promise.resolve(open.header));
  const files = tokenizerFilesOf(header, file);
  const tokenizer = new TextTokenizer(files, file);
  const ids = ['eos_token_id', 'eot_token_id', 'eom_token_id'].map((name) =>
    header.facts.get(`tokenizer.ggml.${name}`),
  );
  const named = ENDS.flatMap((name) => tokenizer.named(name) ?? []).filter((id) => tokenizer.isSpecial(id));
  return formatOf(tokenizer, files.config, files.config.chat_template, [...ids, ...named], file);
}

async function folderFormat(folder: string): Promise<TextFormat> {
  await checkTokenizerFile(folder);
  const tokenizer = await jsonIn(folder, TEXT_FILES.tokenizer, TOKENIZER_CAP);
  const config = await optionalJson(folder, TEXT_FILES.settings);
  const where = path.join(folder, TEXT_FILES.tokenizer);
  const generation = await optionalJson(folder, TEXT_FILES.generation);
  const model = await optionalJson(folder, 'config.json');
  const apart = path.join(folder, TEXT_FILES.template);
  const template = existsSync(apart)
    ? decodeText(await readCapped(apart, SETTINGS_CAP), apart)
    : config.chat_template;
  const ids = [generation.eos_token_id ?? model.eos_token_id].flat();
  return formatOf(new TextTokenizer({ tokenizer, config }, where), config, template, ids, folder);
}

function formatOf(
  tokenizer: TextTokenizer,
  config: TokenizerFiles['config'],
  template: unknown,
  ids: readonly unknown[],
  where: string,
): TextFormat {
  const all = [...ids, tokenizer.end].filter((id) => typeof id === 'number');
  const text = usualTemplate(template);
  return {
    tokenizer,
    template: text === null ? null : new ChatTemplate(text, namesOf(config), where),
    ends: new Set(all),
  };
}

/** Of several templates, the one for conversations. */
function usualTemplate(template: unknown): string | null {
  if (typeof template === 'string') return template;
  if (!Array.isArray(template)) return null;
  const all = template as readonly { readonly name?: unknown; readonly template?: unknown }[];
  const found = all.find(({ name }) => name === 'default')?.template;
  return typeof found === 'string' ? found : null;
}

/** The special tokens that a template may write: `bos_token` and others. */
function namesOf(config: TokenizerFiles['config']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) => {
      const name: unknown =
        typeof value === 'object' && value !== null && 'content' in value ? value.content : value;
      return key.endsWith('_token') && typeof name === 'string' ? [[key, name]] : [];
    }),
  );
}

async function jsonIn(folder: string, name: string, cap: number): Promise<Readonly<Record<string, unknown>>> {
  const file = path.join(folder, name);
  return parseJsonObject(decodeText(await readCapped(file, cap), file), file);
}

async function optionalJson(folder: string, name: string): Promise<Readonly<Record<string, unknown>>> {
  return existsSync(path.join(folder, name)) ? jsonIn(folder, name, SETTINGS_CAP) : {};
}
