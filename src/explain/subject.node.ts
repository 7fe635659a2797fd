/** The model that is explained: a GGUF file, a Hugging Face folder, or a folder trained here. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileFault, UserError } from '../common/errors.ts';
import { loadFolder, loadGguf, loadGgufTokenizer, LocalModel, loadWeights } from '../model/index.ts';
import type { LocalModelOptions, ModelConfig, Tokenizer } from '../model/index.ts';
import { isWordLevel } from '../common/word-level.ts';
import { TextTokenizer } from '../model/tokenizers/text.ts';
import { demonstratedShots } from './shots/demonstrated.ts';
import type { DemonstratedSample } from './shots/demonstrated.ts';
import { sequenceShots } from './shots/sequence.ts';
import type { ShotSet } from './shots/shot.ts';

export interface Subject {
  readonly name: string;
  readonly config: ModelConfig;
  readonly model: LocalModel;
  /** The symbols of a model trained here, which asks without demonstrations; null for models of text. */
  readonly symbols: readonly string[] | null;
  shots(alphabet: readonly string[], samples: readonly DemonstratedSample[]): ShotSet;
}

/** @throws UserError in one line for something that is no model, or not one that is read here */
export async function openSubject(target: string, options: LocalModelOptions = {}): Promise<Subject> {
  if (!existsSync(target))
    throw new UserError(`${target}: no such file or folder; a GGUF file or a model folder was expected`);
  const name = path.basename(path.resolve(target));
  if (!statSync(target).isDirectory()) {
    const { config, weights } = await loadGguf(target);
    return ofText(name, new LocalModel({ config, weights }, options), await loadGgufTokenizer(target));
  }
  const tokenizer = jsonIn(target, 'tokenizer.json');
  if (isWordLevel(tokenizer)) {
    const saved = await loadFolder(target);
    return ofSequences(name, new LocalModel(saved, options), saved.tokenizer);
  }
  const model = new LocalModel(await loadWeights(target), options);
  const config = existsSync(path.join(target, 'tokenizer_config.json'))
    ? jsonIn(target, 'tokenizer_config.json')
    : {};
  return ofText(name, model, new TextTokenizer({ tokenizer, config }, target));
}

function ofText(name: string, model: LocalModel, tokenizer: TextTokenizer): Subject {
  const tokens = {
    begin: tokenizer.beginName,
    single: (text: string) => tokenizer.single(text),
    ordinary: tokenizer.ordinary(model.config.vocabulary),
  };
  return {
    name,
    config: model.config,
    model,
    symbols: null,
    shots: (alphabet, samples) => demonstratedShots(tokens, alphabet, samples),
  };
}

function ofSequences(name: string, model: LocalModel, tokenizer: Tokenizer): Subject {
  return {
    name,
    config: model.config,
    model,
    symbols: tokenizer.symbols,
    shots: (_, samples) =>
      sequenceShots(
        tokenizer,
        samples.map(({ sample }) => sample),
      ),
  };
}

function jsonIn(folder: string, file: string): Readonly<Record<string, unknown>> {
  const where = path.join(folder, file);
  let text: string;
  try {
    if (statSync(where).size > MAX_TOKENIZER_BYTES)
      throw new UserError(`${where}: larger than ${MAX_TOKENIZER_BYTES} bytes`);
    text = readFileSync(where, 'utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `${where}: ${fileFault(error)}; the tokenizer's file was expected beside the weights`,
    );
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>;
  } catch {
    // said below
  }
  throw new UserError(`${where}: no JSON object; a tokenizer's file was expected`);
}

/** A vocabulary of 262,144 tokens with its merges has 33 MB. */
const MAX_TOKENIZER_BYTES = 128_000_000;
