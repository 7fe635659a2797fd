/** An adversary states the right depth, so that its program is looked at. */
import { compile, metrics } from '../../src/crasp/index.ts';

/** The depth that certificates state; 0 for what is no program. */
export function depthOf(program: string): number {
  try {
    return metrics(compile(program)).depth;
  } catch {
    return 0;
  }
}
