/** What a mitigation is: a transformation of a task's samples, why it is right, and what theory says of what is asked. */
import type { Instance } from '../../tasks/task.ts';
import type { Asked, Transform } from '../transform/transform.ts';

export interface Mitigation {
  /** Such as `reverse+chunk`. */
  readonly name: string;
  /** A line for people: what is done. */
  readonly title: string;
  readonly transform: Transform;
  /** Why what is read back is the sample's answer where every ask is answered rightly. */
  readonly identity: string;
  readonly theory: Theory;
  /** Symbols of one ask, where sources are cut into parts; null: they are not. */
  readonly chunk: number | null;
  /** The mitigation whose length it has without what that does; null: it is none's placebo. */
  readonly placeboOf: string | null;
  /** The right answer to an ask, as symbols. */
  readonly expected: (
    sample: Pick<Instance, 'source' | 'query' | 'answer'>,
    asked: Asked,
  ) => readonly string[];
  /** How prompts are changed for what is asked: of each ask. */
  readonly prompting: readonly Prompting[];
}

/** What theory says of what is asked instead of the task. */
export interface Theory {
  /** Of the task that is asked, in C-RASP[pos]; null: there is none. */
  readonly verdict: 'in' | 'out' | null;
  /** The task that the verdict is about; null without one. */
  readonly task: string | null;
  /** proved: follows from a verdict and the identity; heuristic: nobody has proved that it helps; control: it is not to help. */
  readonly kind: 'proved' | 'heuristic' | 'control';
  readonly text: string;
}

/** How the prompt of what is asked differs from the task's own. */
export interface Prompting {
  /** The operation whose rule the prompt states. */
  readonly operation: string;
  /** A rule in other words, by what an answer is called in prompts; null: the prompt's own. */
  readonly rule: string | null;
  /** Whether the prompt is replaced where it is the user's own, although the same is asked. */
  readonly replaced?: true;
  /** What a prompt that states the rule says besides, since sources are not as its words have them; absent: nothing. */
  readonly besides?: string;
  /** Whether symbols carry numbers, which no mark may end. */
  readonly isNumbered?: true;
  /** Whether the answer is several symbols where the task's own is one: it is asked with a prompt that has room for them. */
  readonly isTrace: boolean;
}
