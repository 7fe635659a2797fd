/** The model that a fine-tuning begins with. */
import type { ModelConfig, Tokenizer, Weights } from '../../model/index.ts';
import type { TextTokenizer } from '../../model/tokenizers/text.ts';
import type { TaskOptions } from '../../tasks/index.ts';

interface AnyBase {
  /** For people: the last part of its path. */
  readonly name: string;
  /** SHA-256 of all that determines what it says (`hashOfModel`). */
  readonly hash: string;
  readonly config: ModelConfig;
}

/** A model of text, which reads samples as a prompt writes them. */
interface TextFacts extends AnyBase {
  readonly kind: 'text';
  readonly tokenizer: TextTokenizer;
}

/** A model that reads a task's symbols, one token each. */
interface SymbolFacts extends AnyBase {
  readonly kind: 'symbols';
  readonly tokenizer: Tokenizer;
  /** How the samples were drawn that it was trained on; {} where its folder does not say. */
  readonly trainedWith: TaskOptions;
}

/** What is known of a base without its weights. */
export type BaseFacts = TextFacts | SymbolFacts;

export type Base = BaseFacts & { readonly weights: Weights };
