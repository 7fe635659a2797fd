/** Where in the source a model breaks: by the place of a look-up's evidence, or of a copy's first error. */
export { binOf, CopyTally, EvidenceTally, failedPartOf } from './bins.ts';
export { firstErrorPlace } from './copies.ts';
export { evidenceOf } from './evidence.ts';
export type { EvidencePlace } from './evidence.ts';
export { horizonTokens, tokensBetween, tokensPerSymbol, tokensPerSymbolOfPrompts } from './tokens.ts';
export { placesBelow } from './weak-places.ts';
