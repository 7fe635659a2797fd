/** What a configuration may say beyond sizes, and which architectures know of it. */
import type { Bias, ModelConfig } from '../config/config.ts';

/** Choices that most architectures do not leave. */
export type Choice =
  | 'headSize'
  | 'parallel'
  | 'logitCap'
  | 'biases'
  | 'attention.scale'
  | 'attention.cap'
  | 'attention.window'
  | 'attention.windowRope'
  | 'attention.unturnedLayers';

/** Problems, each with the way out, for what a configuration says and its architecture has no choice in. */
export function unheardOf(config: ModelConfig, known: readonly Choice[]): string[] {
  const { attention, headSize, logitCap, biases, parallel, architecture } = config;
  const said: readonly (readonly [Choice, unknown])[] = [
    ['headSize', headSize],
    ['parallel', parallel],
    ['logitCap', logitCap],
    ['biases', biases?.length === 0 ? undefined : biases],
    ['attention.scale', attention?.scale],
    ['attention.cap', attention?.cap],
    ['attention.window', attention?.window],
    ['attention.windowRope', attention?.windowRope],
    ['attention.unturnedLayers', attention?.unturnedLayers],
  ];
  return said
    .filter(([choice, value]) => value !== undefined && !known.includes(choice))
    .map(([choice]) => `${architecture} has no ${choice}: leave it out`);
}

/** The same for biases: each set is there as a whole or not at all. */
export function biasProblems(
  { architecture, biases = [] }: ModelConfig,
  sets: readonly (readonly Bias[])[],
): string[] {
  const strangers = biases.filter((bias) => !sets.flat().includes(bias));
  const parted = sets.filter((set) => {
    const present = set.filter((bias) => biases.includes(bias)).length;
    return present > 0 && present < set.length;
  });
  return [
    ...strangers.map((bias) => `${architecture} leaves no choice in the biases of ${bias}: leave them out`),
    ...parted.map(
      (set) => `${architecture} has biases for ${set.join(' and ')} together: take all of them or none`,
    ),
  ];
}
