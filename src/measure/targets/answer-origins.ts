/**
 * Where the answers to a task come from: the file, and the model that its record names. Answers to one sample are answers of
 * one model; nobody sees where they are not, if no record says of whom it is.
 */

/** A file, and the model that its records name; null where they name none. */
export interface Origin {
  readonly file: string;
  readonly model: string | null;
}

/** A task whose answers come from several origins, as far as that has to be said. */
export interface MixedAnswers {
  readonly task: string;
  /** Samples that have answers from more than one of them. */
  readonly samples: number;
  /** In the order in which they were read. */
  readonly origins: readonly Origin[];
}

interface TaskOrigins {
  readonly origins: Map<string, Origin>;
  /** By the sample, where its first answer comes from. */
  readonly first: Map<string, string>;
  /** Samples with answers from elsewhere, too, and where all of these come from. */
  readonly shared: Set<string>;
  readonly sharing: Set<string>;
}

export class AnswerOrigins {
  private readonly tasks = new Map<string, TaskOrigins>();

  /** @param sample names it among those of the task */
  take(task: string, sample: string, origin: Origin): void {
    const { origins, first, shared, sharing } = this.of(task);
    const name = JSON.stringify([origin.file, origin.model]);
    if (!origins.has(name)) origins.set(name, origin);
    const before = first.get(sample);
    if (before === undefined) first.set(sample, name);
    else if (before !== name) {
      shared.add(sample);
      sharing.add(before).add(name);
    }
  }

  private of(task: string): TaskOrigins {
    const known = this.tasks.get(task);
    if (known !== undefined) return known;
    const own: TaskOrigins = {
      ...{ origins: new Map(), first: new Map() },
      ...{ shared: new Set(), sharing: new Set() },
    };
    this.tasks.set(task, own);
    return own;
  }

  /** Tasks with samples whose answers come from several origins, and those of which some records name a model and others another or none. */
  mixed(): MixedAnswers[] {
    return [...this.tasks].flatMap(([task, { origins, shared, sharing }]) => {
      const all = [...origins];
      const isOneModel = all.every(([, { model }]) => model === all[0][1].model);
      if (isOneModel && shared.size === 0) return [];
      const told = isOneModel ? all.filter(([name]) => sharing.has(name)) : all;
      return [{ task, samples: shared.size, origins: told.map(([, origin]) => origin) }];
    });
  }
}
