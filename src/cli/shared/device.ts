/** `--device`: what a model that runs here is computed on. */
import type { Device } from '../../graph/index.ts';

export const DEVICES = ['cpu', 'cuda'] as const satisfies readonly Device[];
export const DEVICE_HELP = 'what computes: cpu, or cuda (an NVIDIA GPU; docs/graph.md says what to install)';
