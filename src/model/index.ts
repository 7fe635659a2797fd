/**
 * Transformers as graphs: configurations, parameters, the forward pass with its sites, and models that answer.
 * docs/model.md says how it is used, what a saved model's folder holds, and how an architecture is added.
 */
export { rng } from '../common/random.ts';
export type { Rng } from '../common/random.ts';
export type {
  Activation,
  ArchitectureName,
  ModelConfig,
  ModelOptions,
  PositionEncoding,
} from './config/config.ts';
export { headSize } from './config/config.ts';
export { checkConfig, modelConfig } from './config/configure.ts';
export { checkWeights, initialise, parameterCount, parameters } from './forward/parameters.ts';
export type { Initialiser, Parameter, Weights } from './forward/parameters.ts';
export { arrange, forwardInputs, rowCount, tokenCount } from './forward/layout.ts';
export type { ForwardInputs, Group, GroupSequences, Layout } from './forward/layout.ts';
export { forward } from './forward/forward.ts';
export type { ForwardOptions } from './forward/forward.ts';
export { siteMask, siteNamed, sites } from './sites/sites.ts';
export type { Axis, Selection, Site } from './sites/sites.ts';
export { Tokenizer, specialTokens } from './files/tokenizer.ts';
export type { SpecialToken } from './files/tokenizer.ts';
export type { CutKind } from './sites/hooks.ts';
export type { EdgeEdit, Edit, Interventions } from './sites/edits.ts';
export { LocalModel } from './answers/local-model.ts';
export type {
  DerivativeOptions,
  DerivativeResult,
  LocalModelOptions,
  RunOptions,
  RunResult,
  ScoreOptions,
  ScoreResult,
} from './answers/runs.ts';
export type { Metric } from './answers/pass-graph.ts';
export { prefixLength } from './answers/prefix.ts';
export type { KeysValues, Prefix, Segment } from './answers/prefix.ts';
export { loadFolder, loadWeights, saveFolder } from './files/folder.ts';
export type { LoadedModel, LoadOptions, SaveOptions, SavedModel } from './files/folder.ts';
export { withAdapter } from './parity/adapted.ts';
export { loadGguf, loadGgufTokenizer } from './files/gguf/load.ts';
export type { GgufModel } from './files/gguf/load.ts';
export type { TextTokenizer } from './tokenizers/text.ts';
