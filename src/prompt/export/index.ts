/** Every format of export, by the name that it has on the command line. */
import type { ExportFormat } from './format.ts';
import { inspect } from './inspect.ts';
import { lmEval } from './lm-eval.ts';
import { promptfoo } from './promptfoo.ts';

export const exportFormats = { 'lm-eval': lmEval, inspect, promptfoo } as const satisfies Readonly<
  Record<string, ExportFormat>
>;

export type ExportFormatName = keyof typeof exportFormats;

export type { ExportFormat, Files } from './format.ts';
export { exportedSamples } from './samples.ts';
export type { ExportApi, ExportedSample, ExportedTask } from './samples.ts';
