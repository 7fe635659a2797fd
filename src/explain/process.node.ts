/** A model that is explained in a process of its own: matrix products block only it, and Ctrl-C ends it at once. */
import { openService } from '../common/service.node.ts';
import type { Service } from '../common/service.node.ts';
import type { WorkKind } from '../common/process.node.ts';
import type { Device } from '../graph/index.ts';
import type { CheckedParity } from '../model/parity/remembered.node.ts';
import type { ExplainOptions, ExplainProgress } from './explain.ts';
import type { Explanation } from './explanation.ts';
import type { PromptTemplate } from '../prompt/template.ts';
import type { DemonstratedSample } from './shots/demonstrated.ts';

export interface Opening {
  /** A GGUF file or a model folder. */
  readonly target: string;
  /** The folder of an adapter that is put into its weights. */
  readonly adapter?: string;
  readonly threads: number;
  readonly device: Device;
  /** Position id of a sequence's first token. */
  readonly offset: number;
  /** Names of the symbols of a model without a tokenizer. */
  readonly symbols?: readonly string[];
}

/** What is known of the model once it is loaded. */
export interface Opened {
  readonly name: string;
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly positions: number;
  /** Whether the model is computed as its weights say, and a checksum of its logits. */
  readonly parity: CheckedParity;
  /** The symbols of a symbol model; null for models of text. */
  readonly symbols: readonly string[] | null;
}

/** Samples of one task and length to explain. */
export interface Question {
  readonly alphabet: readonly string[];
  readonly samples: readonly DemonstratedSample[];
  /** How a model of text is asked, where it is not `demonstrated`. */
  readonly prompt?: PromptTemplate;
  readonly options: ExplainOptions;
}

export type Explainer = Service<Opened, Question, Explanation, ExplainProgress>;

const EXPLAINING: WorkKind = {
  name: 'the explaining process',
  module: './worker.node',
  from: import.meta.url,
  stops: 'at-once',
  afterDeath: '',
};

/** @throws UserError in one line for something that is no model, or a damaged one */
export function openExplainer(opening: Opening, signal: AbortSignal): Promise<Explainer> {
  return openService(EXPLAINING, opening, signal);
}
