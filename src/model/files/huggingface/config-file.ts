/** config.json and generation_config.json, as Python `transformers` 4 and 5 read and write them. */
import { UserError } from '../../../common/errors.ts';
import { isRecord } from '../../../common/json.ts';
import { unknownName } from '../../../common/nearest.ts';
import type { Architecture } from '../../architectures/architecture.ts';
import { architectures } from '../../architectures/table.ts';
import type { ModelConfig } from '../../config/config.ts';
import { checkConfig } from '../../config/configure.ts';
import { parseJsonObject } from './fields.ts';

/** The ids of tokens that begin, end and fill; some models have several that end. */
export interface TokenIds {
  readonly bos?: number | null;
  readonly eos?: number | readonly number[] | null;
  readonly pad?: number | null;
}

/**
 * The text of config.json. What Hugging Face has no field for stands under `lengthwise`: the kind of positions, since
 * GPT2LMHeadModel has no switch for having none (its position vectors are zero then).
 */
export function writeConfigJson(config: ModelConfig, tokenizer: TokenIds | undefined): string {
  const format = architectures[config.architecture].huggingFace;
  const text = jsonText({
    architectures: [format.className],
    model_type: format.modelType,
    ...format.write(config),
    ...tokenIdFields(tokenizer),
    use_cache: true,
    torch_dtype: 'float32', // its name in transformers 4
    dtype: 'float32', // and in 5
    lengthwise: { positions: config.positionEncoding.kind },
  });
  // transformers 4 warns of a factor that is not written as a float, 5 refuses a cap.
  return text.replace(/("(?:\w*factor|\w+_softcapping|rope_theta|beta_\w+)": \d+)(?=\s*[,\n])/g, '$1.0');
}

/** The text of generation_config.json: greedy, and which tokens begin, end and fill. */
export function writeGenerationConfigJson(tokenizer: TokenIds | undefined): string {
  return jsonText({ ...tokenIdFields(tokenizer), do_sample: false });
}

/** Fields that say how weights are quantized; the second is compressed-tensors' own. */
const QUANTIZED = ['quantization_config', 'compression_config'] as const;

/** @throws UserError for a model that is not supported here, with every reason at once */
export function readConfigJson(text: string, where: string): ModelConfig {
  return readConfig(parseJsonObject(text, where), where);
}

/** The same from the fields of a config.json. */
export function readConfig(json: Readonly<Record<string, unknown>>, where: string): ModelConfig {
  const { model_type: type, text_config: text } = json;
  const all = Object.values(architectures);
  const typesOf = ({ huggingFace: { modelType, otherModelTypes = [] } }: Architecture) => [
    modelType,
    ...otherModelTypes,
  ];
  const architecture = all.find((candidate) => typesOf(candidate).some((own) => own === type));
  if (architecture === undefined) {
    const known = all.flatMap(typesOf);
    if (typeof type !== 'string') throw new UserError(`${where}: no model_type (known: ${known.join(', ')})`);
    throw new UserError(`${where}: ${unknownName('model_type', type.slice(0, 100), known)}`);
  }
  // In models of text and images it may stand with the decoder's fields.
  for (const fields of [json, text].filter(isRecord)) {
    const said = QUANTIZED.find((name) => fields[name] !== undefined && fields[name] !== null);
    if (said === undefined) continue;
    throw new UserError(
      `${where}: ${said}: quantized weights are not supported; take the model in float32 or bfloat16`,
    );
  }
  return checkConfig(architecture.huggingFace.read(json, where), where);
}

/** Whether a model of this config.json was trained to tell all tokens that may come next, by the class that it was saved as. */
export function isOfSets({ architectures: classes }: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(classes) && classes.includes('GPT2BCELMHeadModel');
}

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** A model without a tokenizer has none of them: the classes' own defaults may lie beyond its vocabulary. */
function tokenIdFields(tokenizer: TokenIds | undefined) {
  return {
    bos_token_id: tokenizer?.bos ?? null,
    eos_token_id: tokenizer?.eos ?? null,
    pad_token_id: tokenizer?.pad ?? null,
  };
}
