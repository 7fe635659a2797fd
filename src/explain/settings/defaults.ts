/** What can be asked for, and what is explained where nobody says otherwise: on the command line and in studies. */

/** The experiments, in the order in which they are made. */
export const experiments = [
  'behaviour',
  'heads',
  'ablations',
  'edges',
  'layers',
  'circuit',
  'paths',
] as const;
export type Experiment = (typeof experiments)[number];

/**
 * What stands in the place of a head's output. `resample`: that of another sample; `mean`: the mean over samples at the same
 * position; `zero`: nothing, which takes away constant parts as well and may do damage of its own.
 */
export const ablationKinds = ['resample', 'mean', 'zero'] as const;
export type AblationKind = (typeof ablationKinds)[number];

/** Symbols in the source. */
export const LENGTH = 5;
/** Samples a task. */
export const SAMPLES = 100;
/** Control sets beside each joint ablation, at most. */
export const DRAWS = 100;
export const ABLATION = 'resample';
/** Of samples and control sets. */
export const SEED = 1;
