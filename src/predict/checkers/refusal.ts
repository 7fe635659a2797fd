/** How a checker says no: the step that fails, and what is wrong there. */

export class Refusal extends Error {
  readonly step: string;

  constructor(step: string, problem: string) {
    super(problem);
    this.step = step;
  }
}

/** Runs one named step; what it throws becomes a refusal of that step. */
export function step<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(name, error instanceof Error ? error.message : String(error));
  }
}

/** Refuses unless the condition holds. Inside `step`, the step is named by it. */
export function must(condition: boolean, problem: string): asserts condition {
  if (!condition) throw new Error(problem);
}
