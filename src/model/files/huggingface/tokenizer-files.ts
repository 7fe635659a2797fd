/**
 * A word-level tokenizer as the files that `AutoTokenizer` opens: tokenizer.json (Hugging Face's `tokenizers`: split
 * at white space, look every word up), tokenizer_config.json and special_tokens_map.json.
 */
import { z } from 'zod';
import { messageOf, UserError } from '../../../common/errors.ts';
import { Tokenizer, specialOrder, specialTokens } from '../tokenizer.ts';
import type { TokenOrder } from '../tokenizer.ts';
import { jsonText } from './config-file.ts';
import { parseJsonObject, readFields } from './fields.ts';

/** The texts of the files, by name. `positions` is the longest sequence of the model that it belongs to. */
export function writeTokenizerFiles(tokenizer: Tokenizer, positions: number): Record<string, string> {
  const { pad, bos, sep, eos } = specialTokens;
  const special = { bos_token: bos, eos_token: eos, sep_token: sep, pad_token: pad };
  const added = [tokenizer.pad, tokenizer.bos, tokenizer.sep, tokenizer.eos].map((id) => ({
    id,
    content: tokenizer.tokens[id],
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
  const [first, last] = [tokens.slice(0, SPECIAL), tokens.slice(-SPECIAL)];
  const isIn = (order: TokenOrder, found: readonly string[]) =>
    specialOrder[order].every((token, i) => found[i] === token);
  try {
    if (isIn('special-first', first)) return new Tokenizer(tokens.slice(SPECIAL));
    if (isIn('symbols-first', last)) return new Tokenizer(tokens.slice(0, -SPECIAL), 'symbols-first');
  } catch (error) {
    throw new UserError(`${where}: ${messageOf(error)}`);
  }
  throw new UserError(
    `${where}: the first tokens are ${first.join(' ').slice(0, 100)}; expected ${specialOrder['special-first'].join(' ')} (or ${specialOrder['symbols-first'].join(' ')} as the last ones)`,
  );
}

/**
 * The tokenizer of a folder that has none: where config.json says that `<bos>` `<sep>` `<eos>` `<pad>` are the last four
 * tokens, all before them are symbols. (The models of arXiv 2602.08857 are saved so.) Null where it says something else.
 * @param symbols their names in the order of their ids; those that have none given are called by their ids: 0, 1, 2 …
 * @throws UserError for another number of symbols than the model has
 */
export function tokenizerOfConfig(
  json: Readonly<Record<string, unknown>>,
  symbols: readonly string[] | undefined,
  where: string,
): Tokenizer | null {
  const count = Number(json.vocab_size) - SPECIAL;
  const { bos_token_id: bos, eos_token_id: eos, pad_token_id: pad } = json;
  const isSymbolsFirst = count > 0 && bos === count && eos === count + 2 && pad === count + 3;
  if (!isSymbolsFirst) return null;
  if (symbols !== undefined && symbols.length !== count)
    throw new UserError(
      `${where}: a model of ${count} symbols, and ${symbols.length} are named (${symbols.slice(0, 5).join(' ')}${symbols.length > 5 ? ' …' : ''}): name all of them in the order of their ids`,
    );
  return new Tokenizer(symbols ?? Array.from({ length: count }, (_, id) => String(id)), 'symbols-first');
}

const SPECIAL = Object.keys(specialTokens).length;

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
