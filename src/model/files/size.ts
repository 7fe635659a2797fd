/** What a model takes that is computed here: memory and time, known before its weights are read. */
import { UserError } from '../../common/errors.ts';
import type { ModelConfig } from '../config/config.ts';
import { parameterCount } from '../forward/parameters.ts';

/** Whatever the file has, a model computes in float32. */
const BYTES = 4;
/** Beside the weights: Node and ONNX Runtime. */
const PROGRAM = 300_000_000;
/** What passes over usual prompts take beside: as measured with SmolLM2 and TinyLlama's sizes, a byte a parameter more. */
const PASSES = 350_000_000;
/** Operations a second of one processor in float32, in batches. */
const SPEED = 50e9;

export interface ModelSize {
  readonly parameters: number;
  /** Bytes of the weights and the program: with less, nothing can be computed. Passes need more. */
  readonly least: number;
}

export function modelSize(config: ModelConfig): ModelSize {
  const parameters = parameterCount(config);
  return { parameters, least: BYTES * parameters + PROGRAM };
}

/** Bytes that usual work takes. */
export function usualMemory({ parameters, least }: ModelSize): number {
  return least + parameters + PASSES;
}

/**
 * Roughly, the seconds in which a model reads tokens: a product and a sum for each parameter.
 * @param threads that compute at once
 */
export function secondsToRead({ parameters }: ModelSize, tokens: number, threads: number): number {
  return (2 * parameters * tokens) / (SPEED * threads);
}

/** @throws UserError for a model that does not fit into so many bytes, before its weights are read */
export function checkSize(config: ModelConfig, total: number, where: string): void {
  const { parameters, least } = modelSize(config);
  if (least <= total) return;
  throw new UserError(
    `${where}: ${parametersText(parameters)} need ${gigabytes(least)} of memory in float32, and this machine has ${gigabytes(total)}; take a smaller model or a machine with more memory`,
  );
}

export function parametersText(parameters: number): string {
  return `${parameters.toLocaleString('en-US')} parameters`;
}

/** `4.7 GB`. */
export function gigabytes(bytes: number): string {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return `${(bytes / 1e9).toLocaleString('en-US', digits)} GB`;
}
