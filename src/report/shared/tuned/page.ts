/** What a page knows of the tasks besides what was fine-tuned. */
import type { Content } from '../html.ts';

export interface TaskNotes {
  /** The task's name, as a link where there is more about it. */
  readonly name: (task: string) => Content;
  /** What theory says of it; null where nobody asked. */
  readonly theory: ((task: string) => Content) | null;
  /** The task that is asked under a name. */
  readonly taskOf: (name: string) => string;
}
