/**
 * A word-level tokenizer as the files that `AutoTokenizer` opens: tokenizer.json (Hugging Face's `tokenizers`: split
 * at white space, look every word up), tokenizer_config.json and special_tokens_map.json.
 */
import { z } from 'zod';
import { messageOf, UserError } from '../../../common/errors.ts';
import { Tokenizer, specialTokens } from '../tokenizer.ts';
import { jsonText } from './config-file.ts';
import { parseJsonObject, readFields } from './fields.ts';

/** The texts of the files, by name. `positions` is the longest sequence of the model that it belongs to. */
export function writeTokenizerFiles(tokenizer: Tokenizer, positions: number): Record<string, string> {
  const { pad, bos, sep, eos } = specialTokens;
  const special = { bos_token: bos, eos_token: eos, sep_token: sep, pad_token: pad };
  const added = Object.values(specialTokens).map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  return {
    'tokenizer.json': jsonText({
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: added,
      normalizer: null,
      pre_tokenizer: { type: 'WhitespaceSplit' },
      post_processor: null,
      decoder: null,
      model: {
        type: 'WordLevel',
        vocab: Object.fromEntries(tokenizer.tokens.map((token, id) => [token, id])),
        unk_token: '<unk>', // in no vocabulary: an unknown word is an error, not a token
      },
    }),
    'tokenizer_config.json': jsonText({
      tokenizer_class: 'PreTrainedTokenizerFast',
      ...special,
      model_max_length: positions,
      clean_up_tokenization_spaces: false,
      padding_side: 'left',
    }),
    'special_tokens_map.json': jsonText(special),
  };
}

/** @throws UserError for a tokenizer of another kind, or one that is damaged */
export function readTokenizerJson(text: string, where: string): Tokenizer {
  const fields = readFields(tokenizerJson, parseJsonObject(text, where), where);
  const tokens: string[] = [];
  const vocabulary = Object.entries(fields.model.vocab);
  for (const [token, id] of vocabulary) {
    if (
      !Number.isInteger(id) ||
      Number(id) < 0 ||
      Number(id) >= vocabulary.length ||
      tokens[Number(id)] !== undefined
    ) {
      throw new UserError(
        `${where}: the ids of ${vocabulary.length} tokens are not 0 to ${vocabulary.length - 1}, each once`,
      );
    }
    tokens[Number(id)] = token;
  }
  const special = Object.values(specialTokens);
  if (special.some((token, id) => tokens[id] !== token)) {
    throw new UserError(
      `${where}: the first tokens are ${tokens.slice(0, 4).join(' ').slice(0, 100)}; expected ${special.join(' ')}`,
    );
  }
  try {
    return new Tokenizer(tokens.slice(special.length));
  } catch (error) {
    throw new UserError(`${where}: ${messageOf(error)}`);
  }
}

const tokenizerJson = z.object({
  normalizer: z.null().optional(),
  pre_tokenizer: z.object({ type: z.literal('WhitespaceSplit') }),
  model: z.object({
    type: z.literal('WordLevel', { error: 'only word-level tokenizers (WordLevel) are read here' }),
    // Not z.record: a symbol may be called __proto__.
    vocab: z.custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
      error: 'expected an object of tokens and ids',
    }),
  }),
});
