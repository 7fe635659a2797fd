/** The model that is explained: a GGUF file, a Hugging Face folder, or a folder trained here. */
import path from 'node:path';
import { LocalModel } from '../model/index.ts';
import type { LocalModelOptions, ModelConfig, Tokenizer, Weights } from '../model/index.ts';
import { loadFolder } from '../model/files/folder.node.ts';
import { isTextFolder } from '../common/text-folder.node.ts';
import { isModelFile, loadTextModel, modelFiles } from '../model/files/text/text-model.node.ts';
import type { CheckedParity } from '../model/parity/remembered.node.ts';
import { rememberedParity } from '../model/parity/remembered.node.ts';
import type { TextTokenizer } from '../model/tokenizers/text.ts';
import { demonstratedShots } from './shots/demonstrated.ts';
import type { DemonstratedSample } from './shots/demonstrated.ts';
import { sequenceShots } from './shots/sequence.ts';
import type { ShotSet } from './shots/shot.ts';

export interface Subject extends Asked {
  readonly name: string;
  readonly config: ModelConfig;
  readonly model: LocalModel;
  readonly parity: CheckedParity;
}

/** How samples become what the model reads. */
interface Asked {
  /** The symbols of a model trained here, which asks without demonstrations; null for models of text. */
  readonly symbols: readonly string[] | null;
  shots(alphabet: readonly string[], samples: readonly DemonstratedSample[]): ShotSet;
}

/** @throws UserError in one line for something that is no model, one that is not read here, or one that is computed wrongly */
export async function openSubject(target: string, options: LocalModelOptions = {}): Promise<Subject> {
  const { model, asked } = await loaded(target);
  const parity = await rememberedParity(await modelFiles(target), model, target, options.threads ?? 1);
  return {
    name: path.basename(path.resolve(target)),
    config: model.config,
    model: new LocalModel(model, options),
    parity,
    ...asked,
  };
}

async function loaded(
  target: string,
): Promise<{ readonly model: { config: ModelConfig; weights: Weights }; readonly asked: Asked }> {
  if (isModelFile(target) || isTextFolder(target)) {
    const model = await loadTextModel(target);
    return { model, asked: ofText(model.tokenizer, model.config.vocabulary) };
  }
  const model = await loadFolder(target);
  return { model, asked: ofSequences(model.tokenizer) };
}

function ofText(tokenizer: TextTokenizer, vocabulary: number): Asked {
  const tokens = {
    begin: tokenizer.beginName,
    single: (text: string) => tokenizer.single(text),
    ordinary: tokenizer.ordinary(vocabulary),
  };
  return {
    symbols: null,
    shots: (alphabet, samples) => demonstratedShots(tokens, alphabet, samples),
  };
}

function ofSequences(tokenizer: Tokenizer): Asked {
  return {
    symbols: tokenizer.symbols,
    shots: (_, samples) =>
      sequenceShots(
        tokenizer,
        samples.map(({ sample }) => sample),
      ),
  };
}
