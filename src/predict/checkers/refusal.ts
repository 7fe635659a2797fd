/** How a checker says no: the step that does not come to a good end, how it ends, and why. */
import { CraspError } from '../../crasp/index.ts';

/**
 * How a check ends that does not end well. Something in the certificate is false, and it is shown what; nothing false was
 * found, and what is claimed was not shown either; or a cap of the checker is exceeded. The last two say nothing
 * about the claim.
 */
export type Ending = 'does not hold' | 'not proved' | 'not checked';

export class Refusal extends Error {
  readonly step: string;
  readonly ending: Ending;

  constructor(step: string, problem: string, ending: Ending = 'does not hold') {
    super(problem);
    this.step = step;
    this.ending = ending;
  }
}

/** No proof was found, and no counterexample. */
export class NotProved extends Error {}

/** A cap of the checker is exceeded: that says nothing about the certificate. */
export class BeyondCaps extends Error {}

/** Runs one named step; what it throws becomes a refusal of that step. */
export function step<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (error instanceof NotProved) throw new Refusal(name, error.message, 'not proved');
    if (error instanceof BeyondCaps) throw new Refusal(name, error.message, 'not checked');
    if (error instanceof CraspError && error.isTooLarge)
      throw new Refusal(name, error.message, 'not checked');
    // The engine's stack ends before any cap of ours does: that says nothing about the certificate.
    if (error instanceof RangeError)
      throw new Refusal(name, `too deep to check: ${error.message}`, 'not checked');
    throw new Refusal(name, error instanceof Error ? error.message : String(error));
  }
}

/** Refuses unless the condition holds. Inside `step`, the step is named by it. */
export function must(condition: boolean, problem: string): asserts condition {
  if (!condition) throw new Error(problem);
}

/** What a check may take of something, over all that spends it: each before it does what it pays for. */
export class Budget {
  private spent = 0;
  private readonly cap: number;
  private readonly what: string;

  constructor(cap: number, what: string) {
    this.cap = cap;
    this.what = what;
  }

  /** @throws BeyondCaps where no more is left */
  spend(amount: number): void {
    this.spent += amount;
    withinCap(this.spent, this.cap, this.what);
  }
}

/** Refuses to go on beyond a cap of the checker. `what` is what there is too much of. */
export function withinCap(value: number, cap: number, what: string): void {
  if (value <= cap) return;
  throw new BeyondCaps(`too large to check: more than ${cap.toLocaleString('en-US')} ${what}`);
}
