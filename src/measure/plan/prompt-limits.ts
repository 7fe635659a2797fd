/**
 * Notices from which length on prompts are taken no longer: none of the length or of a longer one was taken, and its first samples are all refused for
 * their size, or all alike where shorter ones were answered. It goes by the samples in their order, not by that in which outputs come: rows of a
 * store say the same.
 */
import { refusedPrompt } from '../../respond/endpoint/reply/refusals.ts';
import type { Output } from '../../score/output.ts';
import type { LengthLimit } from '../../score/tables/rows.ts';

/** So many samples of a length that don't fit, and there is no use in asking for more; or so many that are refused alike. */
const FEW_TOO_LONG = 3;
const FEW_ALIKE = 5;

/** So many samples of a length are asked before others, where none of it or of a longer one was taken yet. */
export const FIRST_SAMPLES = FEW_ALIKE;

/**
 * What became of a prompt: `taken` by a model, refused for its size, refused for its form (whether that speaks of the size, and
 * which words are the same for other prompts; null: it is no prompt that is refused), or it never came there.
 */
type Fate =
  | { readonly kind: 'taken' | 'too-long' | 'lost' }
  | { readonly kind: 'form'; readonly ofSize: boolean; readonly words: string | null };

/** What came of a prompt. */
export type Came = Pick<Output, 'failure' | 'error'>;

/** Of several fates of one prompt the first says most. */
const TELLING: readonly Fate['kind'][] = ['taken', 'too-long', 'form', 'lost'];

export class PromptLimits {
  private readonly mostAt: (task: string, length: number) => number;
  private readonly tasks = new Map<string, TaskPrompts>();

  /** @param mostAt samples of a task that are asked at a length at most */
  constructor(mostAt: (task: string, length: number) => number = () => Infinity) {
    this.mostAt = mostAt;
  }

  /** What came of a sample of a task at a length. */
  record(task: string, length: number, index: number, output: Came): void {
    const prompts = this.tasks.get(task) ?? { refused: false, lengths: new Map<number, PromptsAt>() };
    this.tasks.set(task, prompts);
    const at = prompts.lengths.get(length) ?? new PromptsAt();
    prompts.lengths.set(length, at);
    const fate = fateOf(output);
    at.add(index, fate);
    if (isRefusal(fate)) prompts.refused = true;
  }

  /** The shortest length from which on prompts are taken no longer; null: none is known. */
  of(task: string): LengthLimit | null {
    const ends = this.ends(task);
    return ends.reduce<LengthLimit | null>(
      (least, one) => (least && least.length < one.length ? least : one),
      null,
    );
  }

  /** All lengths of which the outputs show that they are too long. */
  ends(task: string): readonly LengthLimit[] {
    const { lengths } = this.refusing(task);
    return [...lengths.keys()].flatMap((length) => this.endAt(task, length, lengths) ?? []);
  }

  /**
   * Whether a length would be one of these with these outputs of an earlier run, which are in the order of their samples, from the first on. No more of them are
   * taken than it takes to tell.
   */
  wouldEndAt(task: string, length: number, outputs: Iterable<readonly Came[]>): boolean {
    const at = new PromptsAt();
    let index = 0;
    for (const ofSample of outputs) {
      for (const output of ofSample) at.add(index, fateOf(output));
      if (at.isSettled) break;
      index += 1;
    }
    const lengths = this.tasks.get(task)?.lengths ?? NONE_REFUSED.lengths;
    return this.endAt(task, length, new Map([...lengths, [length, at]])) !== null;
  }

  /** Whether a length, or a shorter one, is too long. */
  isBeyond(task: string, length: number): boolean {
    return length >= (this.of(task)?.length ?? Infinity);
  }

  /** Whether no prompt of this length or of a longer one was taken. */
  isUncertain(task: string, length: number): boolean {
    return [...(this.tasks.get(task)?.lengths ?? [])].every(([at, { taken }]) => at < length || !taken);
  }

  /** How many outputs of the length have come. */
  outputsAt(task: string, length: number): number {
    return this.tasks.get(task)?.lengths.get(length)?.outputs ?? 0;
  }

  /** What is known of a task, where prompts of it were refused; nothing where none was. */
  private refusing(task: string): TaskPrompts {
    const prompts = this.tasks.get(task);
    return prompts?.refused === true ? prompts : NONE_REFUSED;
  }

  private endAt(task: string, length: number, lengths: TaskPrompts['lengths']): LengthLimit | null {
    const { first = [], taken = false } = lengths.get(length) ?? {};
    if (taken || [...lengths].some(([at, { taken: isLongerTaken }]) => at > length && isLongerTaken))
      return null;
    const isShorterTaken = (): boolean => [...lengths].some(([at, { taken }]) => at < length && taken);
    const few = Math.min(FEW_TOO_LONG, this.mostAt(task, length));
    const tooLong = first.slice(0, few);
    if (tooLong.length === few) {
      if (tooLong.every(({ kind }) => kind === 'too-long')) return { length, why: 'context' };
      // A refusal of the form that speaks of the size says so where shorter ones were taken.
      const ofSize = tooLong.every(
        (fate) => fate.kind === 'too-long' || (fate.kind === 'form' && fate.ofSize),
      );
      if (ofSize && isShorterTaken()) return { length, why: 'context' };
    }
    const alike = new Set(first.map((fate) => (fate.kind === 'form' ? fate.words : null)));
    const isRefused = first.length === FEW_ALIKE && alike.size === 1 && !alike.has(null);
    return isRefused && isShorterTaken() ? { length, why: 'refused' } : null;
  }
}

interface TaskPrompts {
  /** Whether any prompt was refused for what it is. */
  refused: boolean;
  readonly lengths: Map<number, PromptsAt>;
}

const NONE_REFUSED: TaskPrompts = { refused: false, lengths: new Map() };

/** The prompts of one task and length. */
class PromptsAt {
  outputs = 0;
  /** Whether any was taken. */
  taken = false;
  /** The first few in their order, as far as all before them are known; without those that never came there. */
  first: Fate[] = [];
  /** So many of the first samples are known. */
  private known = 0;
  /** By index; forgotten once the first few are known. */
  private readonly fates = new Map<number, Fate>();
  /** Whether the first few are known, or that one of them was taken. */
  isSettled = false;

  add(index: number, fate: Fate): void {
    this.outputs += 1;
    this.taken ||= fate.kind === 'taken';
    const before = this.fates.get(index);
    if (this.isSettled || (before && TELLING.indexOf(before.kind) <= TELLING.indexOf(fate.kind))) return;
    this.fates.set(index, fate);
    if (index < this.known) [this.known, this.first] = [0, []];
    for (let known = this.fates.get(this.known); known !== undefined; known = this.fates.get(this.known)) {
      if (this.first.length === FEW_ALIKE) break;
      if (known.kind !== 'lost') this.first.push(known);
      this.known += 1;
    }
    this.isSettled = this.first.length === FEW_ALIKE || this.first.some(({ kind }) => kind === 'taken');
    if (this.isSettled) this.fates.clear();
  }
}

function isRefusal({ kind }: Fate): boolean {
  return kind === 'too-long' || kind === 'form';
}

function fateOf({ failure, error }: Came): Fate {
  if (failure === 'too-long') return TOO_LONG;
  if (failure === 'form') {
    const { ofPrompt, ofSize } = refusedPrompt(error ?? '');
    // Numbers differ from prompt to prompt.
    return { kind: 'form', ofSize, words: ofPrompt ? (error ?? '').replace(/\d+/g, '#') : null };
  }
  return failure === null || failure === 'content' ? TAKEN : LOST;
}

/** Whether an output was refused for its form in words that speak of how much was sent. */
export function speaksOfSize({ failure, error }: Pick<Output, 'failure' | 'error'>): boolean {
  return failure === 'form' && refusedPrompt(error ?? '').ofSize;
}

const TOO_LONG: Fate = { kind: 'too-long' };
const TAKEN: Fate = { kind: 'taken' };
const LOST: Fate = { kind: 'lost' };
