/** The model that is explained: a GGUF file, a Hugging Face folder, or the folder of a symbol model. */
import { modelLabel } from '../common/model-label.node.ts';
import { UserError } from '../common/errors.ts';
import { LocalModel } from '../model/index.ts';
import type { LocalModelOptions, ModelConfig, Tokenizer, Weights } from '../model/index.ts';
import type { LoadedModel } from '../model/files/folder.node.ts';
import { isTextFolder } from '../common/text-folder.node.ts';
import { isModelFile, loadTextModel, modelFiles } from '../model/files/text/text-model.node.ts';
import { loadSymbolModel } from '../model/parity/adapted.node.ts';
import type { CheckedParity } from '../model/parity/remembered.node.ts';
import { rememberedParity } from '../model/parity/remembered.node.ts';
import type { TextTokenizer } from '../model/tokenizers/text.ts';
import { explain } from './explain.ts';
import type { ExplainProgress } from './explain.ts';
import type { Explanation } from './explanation.ts';
import type { Question } from './process.node.ts';
import type { PromptTemplate } from '../prompt/template.ts';
import { demonstratedShots } from './shots/demonstrated.ts';
import { promptedShots } from './shots/prompted.ts';
import type { DemonstratedSample } from './shots/demonstrated.ts';
import { sequenceShots, setShots } from './shots/sequence.ts';
import type { ShotSet } from './shots/shot.ts';

export interface Subject extends Asked {
  readonly name: string;
  readonly config: ModelConfig;
  readonly model: LocalModel;
  readonly parity: CheckedParity;
}

/** How samples become what the model reads. */
interface Asked {
  /** The symbols of a symbol model, which is asked without demonstrations; null for models of text. */
  readonly symbols: readonly string[] | null;
  shots(
    alphabet: readonly string[],
    samples: readonly DemonstratedSample[],
    prompt?: PromptTemplate,
  ): ShotSet;
}

export interface SubjectOptions extends LocalModelOptions {
  /** The folder of an adapter that is put into the weights. */
  readonly adapter?: string;
  /** Names of the symbols of a model without a tokenizer, in the order of their ids. */
  readonly symbols?: readonly string[];
}

/** @throws UserError in one line for something that is no model, one that is not read here, or one that is computed wrongly */
export async function openSubject(target: string, options: SubjectOptions = {}): Promise<Subject> {
  const { adapter, threads = 1 } = options;
  const { model, asked } = await loaded(target, options);
  const parity = await rememberedParity(await modelFiles(target, adapter), model, target, threads);
  return {
    name: modelLabel(target, adapter),
    config: model.config,
    model: new LocalModel(model, options),
    parity,
    ...asked,
  };
}

/**
 * What is found of a model that was opened, with the checksum of its logits.
 * @throws UserError as `explain` does
 */
export async function explainSubject(
  subject: Subject,
  { alphabet, samples, prompt, options }: Question,
  onProgress?: (progress: ExplainProgress) => void,
): Promise<Explanation> {
  const { name, model, parity } = subject;
  const set = subject.shots(alphabet, samples, prompt);
  const { target, ...found } = await explain(name, model, set, options, onProgress);
  return { target, checksum: parity.checksum, ...found };
}

async function loaded(
  target: string,
  options: SubjectOptions,
): Promise<{ readonly model: { config: ModelConfig; weights: Weights }; readonly asked: Asked }> {
  if (isModelFile(target) || isTextFolder(target)) {
    checkOfText(target, options);
    const model = await loadTextModel(target, options);
    return { model, asked: ofText(model.tokenizer, model.config.vocabulary) };
  }
  const model = await loadSymbolModel(target, options);
  return { model, asked: ofSymbols(modelLabel(target, options.adapter), model, options) };
}

/** @throws UserError for options that only symbol models have */
function checkOfText(target: string, { symbols, offset = 0 }: SubjectOptions): void {
  if (symbols !== undefined)
    throw new UserError(`${target}: it has a tokenizer, so its symbols have names; leave --symbols out`);
  if (offset > 0)
    throw new UserError(`${target}: a text model begins at its first position; leave --offset out`);
}

function ofText(tokenizer: TextTokenizer, vocabulary: number): Asked {
  const tokens = {
    begin: tokenizer.beginName,
    single: (text: string) => tokenizer.single(text),
    ordinary: tokenizer.ordinary(vocabulary),
  };
  return {
    symbols: null,
    shots: (alphabet, samples, prompt) =>
      prompt === undefined
        ? demonstratedShots(tokens, alphabet, samples)
        : promptedShots(tokenizer, prompt, alphabet, samples, {
            begin: tokens.begin,
            tokens: tokens.ordinary,
          }),
  };
}

/** A model of symbols: it says the one that comes next, or all that may come. */
function ofSymbols(
  name: string,
  { tokenizer, ofSets, hasTokenizer }: LoadedModel,
  { offset = 0, symbols }: SubjectOptions,
): Asked {
  return {
    symbols: tokenizer.symbols,
    shots(_, samples, prompt) {
      if (prompt !== undefined)
        throw new UserError(`${name}: a symbol model reads symbols and no prompt; leave --prompt out`);
      if (!hasTokenizer && symbols === undefined) checkNumbered(tokenizer, samples);
      const asked = samples.map(({ sample }) => sample);
      if (ofSets && samples.every(({ next }) => next === undefined)) {
        throw new UserError(
          `${name}: this model says which symbols may come next, not which one comes: give --samples with "next"`,
        );
      }
      if (!ofSets && samples.some(({ next }) => next !== undefined))
        throw new UserError(
          `${name}: "next": this model says one symbol, not all that may come; give "answer"`,
        );
      return from(offset, ofSets ? setShots(tokenizer, samples) : sequenceShots(tokenizer, asked));
    },
  };
}

/** @throws UserError for a symbol that is no id, with the way to name them */
function checkNumbered({ symbols }: Tokenizer, samples: readonly DemonstratedSample[]): void {
  const known = new Set(symbols);
  const stranger = samples.flatMap(({ sample }) => sample.source).find((symbol) => !known.has(symbol));
  if (stranger !== undefined)
    throw new UserError(
      `'${stranger}' is not among the model's symbols 0 to ${symbols.length - 1}: its folder has no tokenizer, so they are called by their ids; --symbols names them`,
    );
}

/** The same samples; their prompt's name says where they begin. */
function from(offset: number, set: ShotSet): ShotSet {
  return offset === 0 ? set : { ...set, prompt: `${set.prompt} from position ${offset}` };
}
