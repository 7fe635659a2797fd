/** How a checker says no: the step that fails, and what is wrong there. */

export class Refusal extends Error {
  readonly step: string;

  constructor(step: string, problem: string) {
    super(problem);
    this.step = step;
  }
}

/** A step that the checker did not finish, because of a cap. */
export class Unchecked extends Refusal {}

/** A cap of the checker is exceeded: that says nothing about the certificate. */
export class BeyondCaps extends Error {}

/** Runs one named step; what it throws becomes a refusal of that step, or says that it is beyond the caps. */
export function step<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (error instanceof BeyondCaps) throw new Unchecked(name, error.message);
    // The engine's stack ends before any cap of ours does: that says nothing about the certificate.
    if (error instanceof RangeError) throw new Unchecked(name, `too deep to check: ${error.message}`);
    throw new Refusal(name, error instanceof Error ? error.message : String(error));
  }
}

/** Refuses unless the condition holds. Inside `step`, the step is named by it. */
export function must(condition: boolean, problem: string): asserts condition {
  if (!condition) throw new Error(problem);
}

/** Refuses to go on beyond a cap of the checker. `what` is what there is too much of. */
export function withinCap(value: number, cap: number, what: string): void {
  if (value <= cap) return;
  throw new BeyondCaps(`too large to check: more than ${cap.toLocaleString('en-US')} ${what}`);
}
