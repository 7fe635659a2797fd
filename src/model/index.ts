/**
 * Transformers as graphs: configurations, parameters, the forward pass with its sites, and models that answer.
 * docs/model.md says how it is used, what a saved model's folder holds, and how an architecture is added.
 */
export { rng } from '../common/random.ts';
export type { Rng } from '../common/random.ts';
export type { Activation, ArchitectureName, ModelConfig, ModelOptions, PositionEncoding } from './config.ts';
export { headSize } from './config.ts';
export { checkConfig, modelConfig } from './configure.ts';
export { checkWeights, initialise, parameterCount, parameters } from './parameters.ts';
export type { Initialiser, Parameter, Weights } from './parameters.ts';
export { arrange, forwardInputs, rowCount, tokenCount } from './layout.ts';
export type { ForwardInputs, Group, GroupSequences, Layout } from './layout.ts';
export { forward } from './forward.ts';
export type { ForwardOptions } from './forward.ts';
export { siteMask, siteNamed, sites } from './sites.ts';
export type { Axis, Selection, Site } from './sites.ts';
export { Tokenizer, specialTokens } from './tokenizer.ts';
export type { SpecialToken } from './tokenizer.ts';
export type { CutKind } from './hooks.ts';
export type { EdgeEdit, Edit, Interventions } from './interventions.ts';
export { LocalModel } from './local-model.ts';
export type { LocalModelOptions, RunOptions, RunResult } from './local-model.ts';
export { loadFolder, loadWeights, saveFolder } from './folder.ts';
export type { SaveOptions, SavedModel } from './folder.ts';
