/** `--device`: what a model that runs here is computed on. */
import type { Device } from '../../graph/index.ts';

export const DEVICES = ['cpu', 'cuda'] as const satisfies readonly Device[];
export const DEVICE_HELP = 'what computes: cpu, or cuda (an NVIDIA GPU; docs/graph.md says what to install)';

/** @throws UserError where what computes there is not installed */
export async function checkDevice(device: Device): Promise<void> {
  const { requireDevice } = await import('../../graph/runtime.node.ts');
  requireDevice(device);
}
