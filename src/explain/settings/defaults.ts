/** What is explained where nobody says otherwise: on the command line and in studies. */

/** Symbols in the source. */
export const LENGTH = 5;
/** Samples a task. */
export const SAMPLES = 100;
/** Control sets beside each joint ablation, at most. */
export const DRAWS = 100;
export const ABLATION = 'resample';
/** Of samples and control sets. */
export const SEED = 1;
