/**
 * What rows say of the lengths of each task: where the model takes no longer prompts, and how the search for the horizon goes.
 * Every row is told once, as it comes or as it is read from a store, by the one who counts it. The plan and the tables go by the same
 * object, so that a run and a report of its folder say the same.
 */
import type { ScoredRow } from '../scoring/scoring.ts';
import { ContextEnds } from './context-ends.ts';
import { Repeats } from './repeats.ts';
import type { HorizonSearch } from './search.ts';

export class AskedLengths {
  private readonly repeats: Repeats;
  private readonly ends = new ContextEnds();
  private readonly searches = new Map<string, HorizonSearch>();

  /** @param repeats how often each sample is asked */
  constructor(repeats = 1) {
    this.repeats = new Repeats(repeats);
  }

  /** The lengths of a task are chosen by a search, which is told of the rows from now on. */
  begin(task: string, search: HorizonSearch): void {
    this.searches.set(task, search);
  }

  record({ task, length, index, score, output }: ScoredRow): void {
    const search = this.searches.get(task);
    this.ends.record(task, length, output);
    if (this.ends.at(task) === length) search?.contextEnds(length);
    const worth = this.repeats.add(`${task} ${length} ${index}`, score.outcome, output);
    if (worth !== undefined) search?.record(length, index, worth);
  }

  /** The search of a task, where the answers choose its lengths. */
  search(task: string): HorizonSearch | undefined {
    return this.searches.get(task);
  }

  /** Whether the answers choose the lengths of any task. */
  get searched(): boolean {
    return this.searches.size > 0;
  }

  /** The length at which the model's context ended a task, where it did. */
  contextEnds(task: string): number | null {
    return this.ends.at(task);
  }

  /** Whether no prompt of that length fits the context. */
  isBeyond(task: string, length: number): boolean {
    return this.ends.isBeyond(task, length);
  }
}
