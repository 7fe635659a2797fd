/** Which item is next: what is quick and already possible first, then the longest, so that all workers end together. */
import type { PlannedItem } from '../item.ts';

/** What takes long comes after what is quick; of one respondent, its own tasks come before what may make them hold. */
function rankOf({ kind }: PlannedItem): number {
  return kind === 'train' || kind === 'finetune' || kind === 'fix' ? 1 : 0;
}

export class Schedule {
  private readonly waiting: PlannedItem[];
  private readonly done: Set<string>;

  /** `cost` is any measure of how long an item takes. */
  constructor(items: readonly PlannedItem[], done: ReadonlySet<string>, cost: (item: PlannedItem) => number) {
    this.done = new Set(done);
    this.waiting = items
      .filter(({ hash }) => !done.has(hash))
      .map((item) => ({ item, rank: rankOf(item), cost: cost(item) }))
      .sort((a, b) => a.rank - b.rank || b.cost - a.cost)
      .map(({ item }) => item);
  }

  /** Takes the next item whose needs are done and that there is room for; undefined when there is none now. */
  next(hasRoom: (item: PlannedItem) => boolean): PlannedItem | undefined {
    const index = this.waiting.findIndex(
      (item) => item.needs.every((hash) => this.done.has(hash)) && hasRoom(item),
    );
    return index === -1 ? undefined : this.waiting.splice(index, 1)[0];
  }

  /** Takes all items that are so. */
  takeAll(are: (item: PlannedItem) => boolean): PlannedItem[] {
    const taken = this.waiting.filter(are);
    for (const item of taken) this.waiting.splice(this.waiting.indexOf(item), 1);
    return taken;
  }

  finished(item: PlannedItem): void {
    this.done.add(item.hash);
  }
}
