/**
 * What rows say of the lengths of each task: where prompts are taken no longer, and how the search for the horizon goes.
 * Every row is told once, as it comes or as it is read from a store, by the one who counts it. The plan and the tables go by the same
 * object, so that a run and a report of its folder say the same.
 */
import { TakenPrompts } from '../../respond/taken-prompts.ts';
import type { PromptSize } from '../../score/output.ts';
import type { ScoredRow } from '../scoring/scoring.ts';
import type { LengthLimit } from '../../score/tables/rows.ts';
import type { StoredRow } from '../store/row-store.ts';
import type { ChosenLength } from '../store/rows.ts';
import type { Looks } from './looks.ts';
import { FIRST_SAMPLES, PromptLimits } from './prompt-limits.ts';
import type { Came } from './prompt-limits.ts';
import { Repeats } from './repeats.ts';
import type { HorizonSearch } from './search.ts';

/** How samples of a task are asked. */
export interface Asking {
  /** How often each. */
  readonly repeats: number;
  /** How many of a length at most. */
  readonly mostAt: (length: number) => number;
}

export class AskedLengths {
  private readonly usual: Asking;
  private readonly asking = new Map<string, Asking>();
  private readonly repeats = new Map<string, Repeats>();
  private readonly limits = new PromptLimits((task, length) => this.askingOf(task).mostAt(length));
  private readonly taken = new TakenPrompts();
  /** By task, in the order in which they began. */
  private readonly searches = new Map<string, readonly HorizonSearch[]>();
  private readonly looks = new Map<string, Looks>();
  /** By task, of earlier runs that searched, while given lengths are asked. */
  private readonly earlier = new Map<string, AskedLengths>();
  private readonly recorded = new Map<string, readonly ChosenLength[]>();

  /** How often each sample is asked, and how many samples of a length at most, of all tasks but those that are noted by `asks`. */
  constructor({ repeats = 1, n = Infinity }: { readonly repeats?: number; readonly n?: number } = {}) {
    this.usual = { repeats, mostAt: () => n };
  }

  /** Notes how a task is asked, before its rows: other commands asked the others. */
  asks(task: string, asking: Asking): void {
    this.asking.set(task, asking);
  }

  private askingOf(task: string): Asking {
    return this.asking.get(task) ?? this.usual;
  }

  /**
   * The lengths of a task are chosen by a search, which is told of the rows from now on. If there are several, the last is the one that
   * goes on, and a length has the level of the last that chose it.
   */
  begin(task: string, search: HorizonSearch): void {
    this.searches.set(task, [...(this.searches.get(task) ?? []), search]);
  }

  /** The lengths of a task are given, and it was searched before: those searches are told of the rows, too. */
  goOnFrom(task: string, earlier: AskedLengths): void {
    this.earlier.set(task, earlier);
  }

  /** Notes at which lengths of a task the number of samples was decided after answers had come. */
  look(task: string, looks: Looks): void {
    this.looks.set(task, looks);
  }

  /** Notes what a recording says of how its lengths were chosen. */
  chosen(task: string, lengths: readonly ChosenLength[]): void {
    if (lengths.length > 0) this.recorded.set(task, lengths);
  }

  /** What a recording says of a length: undefined where its samples were a fixed number, or it says nothing. */
  chosenAt(task: string, length: number): ChosenLength | undefined {
    return this.recorded.get(task)?.find((one) => one.length === length);
  }

  record(row: ScoredRow): void {
    const { task, length, index, score, output } = row;
    this.earlier.get(task)?.record(row);
    this.limits.record(task, length, index, output);
    if (isTaken(output)) this.taken.take(task, promptSizeOf(row));
    const repeats = this.repeats.get(task) ?? new Repeats(this.askingOf(task).repeats);
    this.repeats.set(task, repeats);
    const worth = repeats.add(`${length} ${index}`, score.outcome, output);
    if (worth === undefined) return;
    for (const search of this.searches.get(task) ?? []) search.record(length, index, worth);
  }

  /** The searches of a task, which are told where prompts are taken no longer once all that they asked there has come. */
  private searchesOf(task: string): readonly HorizonSearch[] {
    const searches = this.searches.get(task) ?? [];
    if (searches.length === 0) return searches;
    const { repeats } = this.askingOf(task);
    for (const { length } of this.limits.ends(task)) {
      const outputs = this.limits.outputsAt(task, length);
      for (const search of searches) if (outputs >= search.askedAt(length) * repeats) search.endsAt(length);
    }
    return searches;
  }

  /** The search of a task, where the answers choose its lengths. */
  search(task: string): HorizonSearch | undefined {
    return this.searchesOf(task).at(-1);
  }

  /** Whether a search chose a length, now or in an earlier run. */
  isSearched(task: string, length: number): boolean {
    return this.searchedLevel(task, length) !== undefined || this.chosenAt(task, length)?.why === 'search';
  }

  /**
   * The level of a length's interval, where the answers decided how many samples there are; undefined where that is not known, or not
   * so.
   */
  levelAt(task: string, length: number): number | undefined {
    return this.chosenAt(task, length)?.confidence ?? this.searchedLevel(task, length);
  }

  private searchedLevel(task: string, length: number): number | undefined {
    const levels = this.searchesOf(task).map((search) => search.levelAt(length));
    return (
      levels.findLast((level) => level !== undefined) ?? this.earlier.get(task)?.searchedLevel(task, length)
    );
  }

  /** Whether a search chose lengths of a task. */
  isSearchedTask(task: string): boolean {
    return this.searches.has(task) || this.recorded.get(task)?.some(({ why }) => why === 'search') === true;
  }

  /** Whether a search asks no more about a length, and all that it asked has come. */
  isOver(task: string, length: number): boolean {
    return this.search(task)?.isOver(length) === true;
  }

  /** Whether the number of samples of a length was decided after answers had come, other than by a search alone. */
  isLookedAgain(task: string, length: number): boolean {
    const isChosen = this.searchedLevel(task, length) !== undefined;
    return this.looks.get(task)?.at(length, isChosen) === true || this.chosenAt(task, length)?.why === 'more';
  }

  /** Whether the answers decided how many samples of a task were asked: by a search, or because somebody asked for more. */
  isSequential(task: string): boolean {
    return this.searches.has(task) || this.looks.get(task)?.any === true || this.recorded.has(task);
  }

  /** Whether the answers choose the lengths of any task. */
  get searched(): boolean {
    return this.searches.size > 0 || [...this.recorded.values()].flat().some(({ why }) => why === 'search');
  }

  /** Whether a prompt of the length or of a longer one was taken. */
  hasTaken(task: string, length: number): boolean {
    return !this.limits.isUncertain(task, length);
  }

  /** How many outputs of a length have come. */
  outputsAt(task: string, length: number): number {
    return this.limits.outputsAt(task, length);
  }

  /** The shortest length from which on prompts are taken no longer; null: none is known. */
  limit(task: string): LengthLimit | null {
    return this.limits.of(task);
  }

  /** Whether prompts of that size are not too long, whatever was said of them: one that surely has more tokens was answered. */
  fits(task: string, size: PromptSize): boolean {
    return this.taken.hasLonger(task, size);
  }

  /**
   * Whether to ask about a length: `wait` for outputs first, where no prompt as long was taken yet and enough to see that are under way;
   * `beyond`: prompts are taken no longer. It does not depend on how many are under way: the first few samples of a length are all asked, and
   * if any of them is taken, so are all the others.
   * @param asked how many questions of the length were asked
   */
  standing(task: string, length: number, asked: number): 'ask' | 'wait' | 'beyond' {
    if (!this.limits.isUncertain(task, length)) return 'ask';
    const { repeats, mostAt } = this.askingOf(task);
    const first = Math.min(FIRST_SAMPLES, mostAt(length)) * repeats;
    const end = this.limits.of(task)?.length ?? Infinity;
    if (length > end) return 'beyond';
    if (asked < first) return 'ask';
    const outputs = this.limits.outputsAt(task, length);
    if (length === end) return outputs < asked ? 'wait' : 'beyond';
    return outputs < first || asked - outputs >= FEW_UNDER_WAY ? 'wait' : 'ask';
  }

  /** Whether a length would be one of these with outputs of an earlier run: those of its first samples, in their order. */
  wouldEndAt(task: string, length: number, outputs: Iterable<readonly Came[]>): boolean {
    return this.limits.wouldEndAt(task, length, outputs);
  }
}

/** With so many outputs it is seen whether a length is too long. */
const FEW_UNDER_WAY = 5;

/** How long the prompt of a row is, and what room its answer had. */
export function promptSizeOf({
  length,
  prompt,
  output: { tokenLimit },
}: Pick<StoredRow, 'length' | 'prompt' | 'output'>): PromptSize {
  return { symbols: length, characters: prompt.length, limit: tokenLimit ?? 0 };
}

/** Whether a prompt was taken, whatever was said to it. */
export function isTaken({ error, failure }: Came): boolean {
  return error === null || failure === 'content';
}
