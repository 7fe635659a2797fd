/** How much memory there is for a process here. */
import { totalmem } from 'node:os';

export interface MachineMemory {
  /** Bytes of the machine, or of the container if that may have fewer. */
  readonly total: number;
  /** What of them is free now. */
  readonly available: number;
}

export function machineMemory(): MachineMemory {
  const allowed = process.constrainedMemory(); // 0, or more than there is, where nothing is set
  const total = allowed > 0 ? Math.min(allowed, totalmem()) : totalmem();
  return { total, available: Math.min(process.availableMemory(), total) };
}
