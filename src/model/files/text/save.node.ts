/** Text models as Hugging Face folders that Python's `AutoModelForCausalLM` and `AutoTokenizer` open as they are. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '../../../common/json.ts';
import type { ModelConfig } from '../../config/config.ts';
import type { Weights } from '../../forward/parameters.ts';
import type { TokenizerFiles } from '../../tokenizers/text.ts';
import { TextTokenizer } from '../../tokenizers/text.ts';
import { decodeText, readCapped, WEIGHTS_FILE, writeFolder } from '../folder.node.ts';
import type { SaveOptions } from '../folder.node.ts';
import { withGguf } from '../gguf/file.node.ts';
import { tokenizerFilesOf } from '../gguf/tokenizer.ts';
import { jsonText, writeConfigJson, writeGenerationConfigJson } from '../huggingface/config-file.ts';
import type { TokenIds } from '../huggingface/config-file.ts';
import { parseJsonObject } from '../huggingface/fields.ts';
import { tensorParts } from '../huggingface/tensors.ts';
import { isModelFile, loadTextFormat, TEXT_FILES, TOKENIZER_CAP } from './text-model.node.ts';

/** What a folder may have of a tokenizer beside the files that are read here: transformers opens some by these. */
const TOKENIZER_FILES = [
  ...Object.values(TEXT_FILES),
  ...['special_tokens_map.json', 'added_tokens.json', 'vocab.json', 'merges.txt', 'tokenizer.model'],
];

/**
 * Saves a model whose text is cut as that of `source`: its base, with or without an adapter in the weights. Weights are written in
 * float32, one after the other into one file of any size. The tokenizer's files of a folder are copied as they are; those
 * of a GGUF file are made from its header.
 * @param source the GGUF file or the folder that the model comes from
 * @throws UserError if the folder is there already and not empty (unless `replace`), or cannot be written; DiskFullError
 */
export async function saveTextFolder(
  folder: string,
  { config, weights }: { readonly config: ModelConfig; readonly weights: Weights },
  source: string,
  options: SaveOptions = {},
): Promise<void> {
  const { files, ids } = await (isModelFile(source) ? ofGguf(source, config) : ofFolder(source));
  await writeFolder(
    folder,
    {
      ...options.extraFiles,
      ...files,
      'config.json': writeConfigJson(config, ids),
      [WEIGHTS_FILE]: tensorParts(config, weights),
    },
    options,
  );
}

/** The tokenizer's files, and what config.json says of its tokens. */
interface Text {
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly ids: TokenIds;
}

async function ofFolder(folder: string): Promise<Text> {
  const files: Record<string, Uint8Array> = {};
  for (const name of TOKENIZER_FILES) {
    const file = path.join(folder, name);
    if (existsSync(file)) files[name] = await readCapped(file, TOKENIZER_CAP);
  }
  const file = path.join(folder, 'config.json');
  const said = parseJsonObject(decodeText(await readCapped(file, TOKENIZER_CAP), file), file);
  // In a model of images they may stand with the decoder's fields.
  const fields = { ...(isRecord(said.text_config) ? said.text_config : {}), ...said };
  const { bos_token_id: bos, eos_token_id: eos, pad_token_id: pad } = fields as Record<string, never>;
  return { files, ids: { bos, eos, pad } };
}

async function ofGguf(file: string, { positions }: ModelConfig): Promise<Text> {
  const header = await withGguf(file, (open) => Promise.resolve(open.header));
  const { tokenizer, config } = tokenizerFilesOf(header, file);
  const { begin, beginName, end } = new TextTokenizer({ tokenizer, config }, file);
  const { ends } = await loadTextFormat(file);
  // Python's own class begins texts where tokenizer.json says so, and not by this field.
  const given = Object.entries(config).filter(([name, value]) => value !== null && name !== 'add_bos_token');
  const padding = header.facts.get('tokenizer.ggml.padding_token_id');
  const ids = { bos: beginName, eos: end, pad: typeof padding === 'number' ? padding : null };
  return {
    files: {
      [TEXT_FILES.tokenizer]: jsonText(
        begin === undefined ? tokenizer : begunBy(tokenizer, { id: begin, name: String(config.bos_token) }),
      ),
      [TEXT_FILES.settings]: jsonText({
        tokenizer_class: 'PreTrainedTokenizerFast',
        ...Object.fromEntries(given),
        model_max_length: positions,
      }),
      [TEXT_FILES.generation]: writeGenerationConfigJson({ ...ids, eos: [...ends] }),
    },
    ids,
  };
}

/** The same tokenizer, which puts a token before every text. */
function begunBy(
  tokenizer: TokenizerFiles['tokenizer'],
  { id, name }: { readonly id: number; readonly name: string },
): TokenizerFiles['tokenizer'] {
  const special = (type: number) => ({ SpecialToken: { id: name, type_id: type } });
  const text = (letter: string, type: number) => ({ Sequence: { id: letter, type_id: type } });
  const template = {
    type: 'TemplateProcessing',
    single: [special(0), text('A', 0)],
    pair: [special(0), text('A', 0), special(1), text('B', 1)],
    special_tokens: { [name]: { id: name, ids: [id], tokens: [name] } },
  };
  return { ...tokenizer, post_processor: template };
}
