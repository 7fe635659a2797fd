/**
 * Text to tokens and back for models that others trained, with the place of each token in the text: which tokens a
 * symbol of a sample has become decides what can be asked of the model and where one has to look.
 */
import * as library from '@huggingface/tokenizers';
import { UserError, messageOf } from '../../common/errors.ts';

/** The objects in tokenizer.json and tokenizer_config.json. */
export interface TokenizerFiles {
  readonly tokenizer: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
}

/** A text in tokens. */
export interface Encoded {
  readonly ids: readonly number[];
  /** Where each token ends in the text, in UTF-16 units: it begins where the one before ends. */
  readonly ends: readonly number[];
}

/** What is used of the library, whose own types TypeScript can't resolve (imports without file endings). */
interface Library {
  encode(text: string, options?: { add_special_tokens: boolean }): { readonly ids: number[] };
  decode(
    ids: number[],
    options: { skip_special_tokens: boolean; clean_up_tokenization_spaces: boolean },
  ): string;
  token_to_id(token: string): number | undefined;
  id_to_token(id: number): string | undefined;
  get_added_tokens_decoder(): ReadonlyMap<number, { readonly content: string; readonly special?: boolean }>;
  readonly decoder: { readonly config: { readonly type?: string } } | null;
}
const { Tokenizer } = library as unknown as {
  readonly Tokenizer: new (tokenizer: object, config: object) => Library;
};

/** From text to tokens and back, as `@huggingface/tokenizers` does it (kept by Hugging Face, checked there against Python's). */
export class TextTokenizer {
  /** The token that begins every text, where the tokenizer has one and the model was trained with it. */
  readonly begin: number | undefined;
  /** The token named as the one that begins texts, whether or not texts are begun with it. */
  readonly beginName: number | undefined;
  /** The token that ends an answer. */
  readonly end: number | undefined;
  private readonly library: Library;
  /** Tokens that are found in a text before it is split, by id: special ones, and others such as runs of line ends. */
  private readonly added: ReadonlyMap<number, string>;
  private readonly special: ReadonlySet<number>;

  /**
   * @param where what to call the files in errors
   * @throws UserError for files that the library can't read
   */
  constructor({ tokenizer, config }: TokenizerFiles, where: string) {
    try {
      this.library = new Tokenizer(tokenizer, config);
    } catch (error) {
      throw new UserError(`${where}: the tokenizer can't be read: ${messageOf(error).slice(0, 200)}`);
    }
    const added = [...this.library.get_added_tokens_decoder()];
    this.added = new Map(added.map(([id, { content }]) => [id, content]));
    this.special = new Set(added.flatMap(([id, { special }]) => (special === true ? [id] : [])));
    const begin = this.idOf(config.bos_token);
    // Llama's own tokenizers begin every text; others say so, or let a template in tokenizer.json do it.
    const starts = this.library.encode('a').ids[0];
    this.beginName = begin;
    this.begin = config.add_bos_token === true || starts === begin ? begin : undefined;
    this.end = this.idOf(config.eos_token);
  }

  /** Tokens of a text, without those that begin or end it. Names of special tokens in it are read as these. */
  encode(text: string): number[] {
    return this.library.encode(text, { add_special_tokens: false }).ids;
  }

  /**
   * The same with places.
   * @throws UserError where the tokens do not spell the text (a tokenizer that changes it)
   */
  encodeWithPlaces(text: string): Encoded {
    const ids = this.encode(text);
    const bytes = new TextEncoder().encode(text);
    const ends = endsIn(
      bytes,
      ids.map((id) => this.bytesOf(id)),
    );
    if (ends === undefined) {
      throw new UserError(
        `the tokenizer does not spell out ${JSON.stringify(text.slice(0, 60))}: its tokens have no places`,
      );
    }
    return { ids, ends };
  }

  /** The text of tokens, special ones included. */
  decode(ids: readonly number[]): string {
    return ids.length === 0
      ? ''
      : this.library.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false });
  }

  /**
   * The token that is this text as a whole, for instance ' a'; none where there are several, or none, or where the one leaves
   * something out that the tokenizer does not know.
   */
  single(text: string): number | undefined {
    const [id, ...more] = this.encode(text);
    if (id === undefined || more.length > 0 || this.added.has(id)) return undefined;
    const spelled = new TextDecoder().decode(this.bytesOf(id));
    return spelled === text || spelled === ` ${text}` ? id : undefined;
  }

  /** Names of special tokens that stand in a text, and would be read as these. */
  specialIn(text: string): string[] {
    return this.specialNames.filter((name) => text.includes(name));
  }

  get specialNames(): string[] {
    return [...this.special].map((id) => this.added.get(id)!);
  }

  /** Whether a token stands for no text: it begins or ends one, or says who speaks. */
  isSpecial(id: number): boolean {
    return this.special.has(id);
  }

  /**
   * Tokens below `count` that stand for text and nothing else: neither special, nor found in a text before it is split, nor
   * beyond what the tokenizer knows, where a model has room for more.
   */
  ordinary(count: number): number[] {
    return Array.from({ length: count }, (_, id) => id).filter(
      (id) => !this.added.has(id) && this.library.id_to_token(id) !== undefined,
    );
  }

  /** The token of this name, where there is one. */
  named(name: string): number | undefined {
    return this.library.token_to_id(name);
  }

  private idOf(token: unknown): number | undefined {
    const name = typeof token === 'object' && token !== null && 'content' in token ? token.content : token;
    return typeof name === 'string' ? this.library.token_to_id(name) : undefined;
  }

  /** What a token stands for in a text. */
  private bytesOf(id: number): Uint8Array {
    const token = this.added.get(id) ?? this.library.id_to_token(id) ?? '';
    const encoder = new TextEncoder();
    if (this.added.has(id)) return encoder.encode(token);
    const byte = /^<0x([0-9A-F]{2})>$/.exec(token);
    if (byte !== null) return Uint8Array.of(Number.parseInt(byte[1], 16));
    const letters = [...token];
    if (this.isByteLevel && letters.every((letter) => byteOf.has(letter))) {
      return Uint8Array.from(letters, (letter) => byteOf.get(letter)!);
    }
    return encoder.encode(token.replaceAll('▁', ' '));
  }

  private get isByteLevel(): boolean {
    return this.library.decoder?.config.type === 'ByteLevel';
  }
}

/** Where each token ends in a text; a blank that the tokenizer puts in front of it has no place. */
function endsIn(text: Uint8Array, tokens: readonly Uint8Array[]): number[] | undefined {
  const spelled = tokens.reduce((sum, token) => sum + token.length, 0);
  let at = text.length - spelled === -1 && tokens[0]?.[0] === 0x20 ? -1 : 0;
  const ends: number[] = [];
  const units = unitsOf(text);
  for (const token of tokens) {
    for (const byte of token) {
      if (at >= 0 && text[at] !== byte) return undefined;
      at++;
    }
    ends.push(units[Math.max(0, at)]);
  }
  return at === text.length ? ends : undefined;
}

/** UTF-16 units before each byte of a UTF-8 text; bytes inside of a character count it as not yet there. */
function unitsOf(text: Uint8Array): number[] {
  const units = [0];
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const lead = text[at];
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    for (let i = 1; i < length; i++) units.push(count);
    count += length === 4 ? 2 : 1;
    units.push(count);
    at += length - 1;
  }
  return units;
}

/** Byte-level BPE writes bytes as printable letters: those that are printable as themselves, the others from U+0100 on. */
const byteOf: ReadonlyMap<string, number> = new Map(
  (() => {
    const printable = (byte: number) =>
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    let next = 0x100;
    return Array.from({ length: 256 }, (_, byte): [string, number] => [
      String.fromCodePoint(printable(byte) ? byte : next++),
      byte,
    ]);
  })(),
);
