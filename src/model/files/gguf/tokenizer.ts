/**
 * The tokenizer of a GGUF file as the tokenizer.json that Hugging Face would have for it, so that one library reads both.
 * Byte-level BPE has its merges in the file, but only the name of the expression that splits text beforehand: the names
 * that are known here stand in a table. SentencePiece has scores instead: of two neighbours whose union is a token, those
 * with the best score are merged first, which makes the list of merges.
 */
import type { Fact, GgufHeader } from './header.ts';
import { UserError } from '../../../common/errors.ts';
import type { TokenizerFiles } from '../../tokenizers/text.ts';

/** More than any tokenizer has; a list of so many takes a second. */
const TOKENS_CAP = 1_000_000;

const CONTRACTIONS = "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
const WORDS = String.raw`[^\r\n\p{L}\p{N}]?\p{L}+`;
const REST = String.raw` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const GPT_2 = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;
const DIGITS_APART = [String.raw`\p{N}`, GPT_2];
const LLAMA_3 = [String.raw`${CONTRACTIONS}|${WORDS}|\p{N}{1,3}|${REST}`];
const QWEN_2 = [String.raw`${CONTRACTIONS}|${WORDS}|\p{N}|${REST}`];
const TEKKEN = [
  String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
];

/** Which expressions split a text one after the other, by the name in `tokenizer.ggml.pre`. */
const splits: Readonly<Record<string, readonly string[]>> = {
  'gpt-2': [GPT_2], 'phi-2': [GPT_2], olmo: [GPT_2], mpt: [GPT_2],
  smollm: DIGITS_APART, starcoder: DIGITS_APART, refact: DIGITS_APART, 'command-r': DIGITS_APART, exaone: DIGITS_APART,
  default: LLAMA_3, 'llama-bpe': LLAMA_3, llama3: LLAMA_3, 'llama-v3': LLAMA_3, 'smaug-bpe': LLAMA_3, dbrx: LLAMA_3,
  qwen2: QWEN_2, stablelm2: QWEN_2, 'deepseek-r1-qwen': QWEN_2,
  tekken: TEKKEN,
}; // prettier-ignore

/** Of these, a word that is a token as a whole is not put together from its parts. */
const WHOLE_WORDS_FIRST = new Set(['llama-bpe', 'llama3', 'llama-v3', 'tekken']);

/** `tokenizer.ggml.token_type`: special tokens, and those that users added. */
const CONTROL = 3;
const USER_DEFINED = 4;
const UNKNOWN = 2;

/**
 * @param where what to call the file in errors
 * @throws UserError for a tokenizer of a kind or with a split that is not known here, or a damaged one
 */
export function tokenizerFilesOf(header: GgufHeader, where: string): TokenizerFiles {
  const fact = (key: string) => header.facts.get(`tokenizer.ggml.${key}`);
  const fail = (what: string) => new UserError(`${where}: ${what}`);
  const tokens = textsOf(fact('tokens'));
  if (tokens === undefined || tokens.length === 0 || tokens.length > TOKENS_CAP) {
    throw fail(`'tokenizer.ggml.tokens' is no list of 1 to ${TOKENS_CAP} texts`);
  }
  if (new Set(tokens).size < tokens.length) throw fail('a token stands twice in the tokenizer');
  const types = numbersOf(fact('token_type')) ?? [];
  const added = tokens
    .map((content, id) => ({ id, content, special: types[id] === CONTROL || types[id] === UNKNOWN }))
    .filter(({ id, special }) => special || types[id] === USER_DEFINED)
    .map((token) => ({ ...token, single_word: false, lstrip: false, rstrip: false, normalized: false }));
  const kind = fact('model');
  const parts =
    kind === 'gpt2'
      ? byteLevel(tokens, textsOf(fact('merges')), fact('pre') ?? 'default', fail)
      : kind === 'llama'
        ? sentencePiece(
            tokens,
            numbersOf(fact('scores')),
            fact('add_space_prefix') !== false,
            fact('unknown_token_id'),
            fail,
          )
        : undefined;
  if (parts === undefined) {
    throw fail(
      `a tokenizer of the kind '${String(kind).slice(0, 100)}' is not read; expected gpt2 (BPE) or llama (SentencePiece)`,
    );
  }
  const nameOf = (key: string) => {
    const id = fact(key);
    return typeof id === 'number' ? (tokens[id] ?? null) : null;
  };
  return {
    tokenizer: { version: '1.0', added_tokens: added, post_processor: null, ...parts },
    config: {
      bos_token: nameOf('bos_token_id'),
      eos_token: nameOf('eos_token_id'),
      unk_token: nameOf('unknown_token_id'),
      add_bos_token:
        fact('add_bos_token') === true || (fact('add_bos_token') === undefined && kind === 'llama'),
      clean_up_tokenization_spaces: false,
      chat_template: header.facts.get('tokenizer.chat_template') ?? null,
    },
  };
}

function byteLevel(
  tokens: readonly string[],
  merges: readonly string[] | undefined,
  pre: Fact,
  fail: (what: string) => UserError,
) {
  if (merges === undefined) throw fail("'tokenizer.ggml.merges' is no list of texts");
  const name = String(pre);
  if (!Object.hasOwn(splits, name)) {
    throw fail(
      `the tokenizer splits text as '${name.slice(0, 100)}', which is not known here; known: ${Object.keys(splits).join(', ')}`,
    );
  }
  const split = (Regex: string) => ({
    type: 'Split',
    pattern: { Regex },
    behavior: 'Isolated',
    invert: false,
  });
  const bytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
  return {
    normalizer: null,
    pre_tokenizer: { type: 'Sequence', pretokenizers: [...splits[name].map(split), bytes] },
    decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
    model: {
      type: 'BPE',
      vocab: vocabularyOf(tokens),
      merges,
      ignore_merges: WHOLE_WORDS_FIRST.has(name),
      byte_fallback: false,
      fuse_unk: false,
      unk_token: null,
    },
  };
}

function sentencePiece(
  tokens: readonly string[],
  scores: readonly number[] | undefined,
  addsSpace: boolean,
  unknown: Fact | undefined,
  fail: (what: string) => UserError,
) {
  if (scores?.length !== tokens.length) throw fail("'tokenizer.ggml.scores' is no number for each token");
  const prepend = addsSpace ? [{ type: 'Prepend', prepend: '▁' }] : [];
  return {
    normalizer: {
      type: 'Sequence',
      normalizers: [...prepend, { type: 'Replace', pattern: { String: ' ' }, content: '▁' }],
    },
    pre_tokenizer: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
      ],
    },
    model: {
      type: 'BPE',
      vocab: vocabularyOf(tokens),
      merges: mergesOf(tokens, scores),
      byte_fallback: true,
      fuse_unk: true,
      unk_token: typeof unknown === 'number' ? (tokens[unknown] ?? null) : null,
    },
  };
}

/** Every way to put a token together from two, the best token first. */
function mergesOf(tokens: readonly string[], scores: readonly number[]): [string, string][] {
  const known = new Set(tokens);
  const best = tokens.map((_, id) => id).sort((a, b) => scores[b] - scores[a] || a - b);
  return best.flatMap((id) => {
    const token = tokens[id];
    const ways: [string, string][] = [];
    for (let at = 1; at < token.length; at++) {
      const [left, right] = [token.slice(0, at), token.slice(at)];
      if (known.has(left) && known.has(right)) ways.push([left, right]);
    }
    return ways;
  });
}

/** Without a prototype, since a token may be called __proto__. */
function vocabularyOf(tokens: readonly string[]): Record<string, number> {
  const vocabulary = Object.create(null) as Record<string, number>;
  tokens.forEach((token, id) => {
    vocabulary[token] = id;
  });
  return vocabulary;
}

function textsOf(fact: Fact | undefined): readonly string[] | undefined {
  return Array.isArray(fact) && fact.every((one) => typeof one === 'string') ? fact : undefined;
}

function numbersOf(fact: Fact | undefined): readonly number[] | undefined {
  return Array.isArray(fact) && fact.every((one) => typeof one === 'number') ? fact : undefined;
}
