/** With how many tokens for their answers prompts were answered and refused: of what fits, and what doesn't, that says more. */
import type { Prompted } from '../respondent.ts';
import { promptSize, TakenPrompts } from '../taken-prompts.ts';

/** Of prompts of one task the one of more characters is the longer one in tokens, too, or nearly. */
export function promptCharacters({ prompt }: Pick<Prompted, 'prompt'>): number {
  return prompt.text.length;
}

interface Tried {
  readonly characters: number;
  readonly limit: number;
}

/** The prompts of a task that earlier runs have answers to; null: none. */
export type TakenBefore = (task: string) => TakenPrompts | null;

/** Limits are in tokens, thoughts included; null where no answer is generated. */
export class TriedRoom {
  private readonly refused = new Map<string, readonly Tried[]>();
  private readonly taken = new TakenPrompts();
  /** Those of earlier runs, by task. */
  private before: TakenBefore = () => null;

  /** From now on it is known, too, what was answered before. */
  recall(before: TakenBefore): void {
    this.before = before;
  }

  /** A prompt did not fit with so many tokens for its answer. */
  refuse(prompted: Prompted, limit: number | null): void {
    const { name } = prompted.task;
    const tried = triedOf(prompted, limit);
    const known = this.refused.get(name) ?? [];
    if (known.some((one) => isNoMore(one, tried))) return;
    this.refused.set(name, [...known.filter((one) => !isNoMore(tried, one)), tried]);
  }

  /** A prompt was answered with so many. */
  take(prompted: Prompted, limit: number | null): void {
    this.taken.take(prompted.task.name, promptSize(prompted, limit));
  }

  /** Whether a prompt of the task that is no longer did not fit with no more tokens. */
  isTooMuch(prompted: Prompted, limit: number | null): boolean {
    const wanted = triedOf(prompted, limit);
    return (this.refused.get(prompted.task.name) ?? []).some((one) => isNoMore(one, wanted));
  }

  /** Whether a prompt of the task that surely has more tokens was answered with as many: this one is not too long. */
  hasTakenLonger(prompted: Prompted, limit: number | null): boolean {
    const { name } = prompted.task;
    const size = promptSize(prompted, limit);
    return this.taken.hasLonger(name, size) || this.before(name)?.hasLonger(name, size) === true;
  }

  /** Whether a prompt of the task that has as many characters was answered with as many tokens: this one is hardly too long. */
  hasTakenAsLong(prompted: Prompted, limit: number | null): boolean {
    const { name } = prompted.task;
    const size = promptSize(prompted, limit);
    return this.taken.hasAsLong(name, size) || this.before(name)?.hasAsLong(name, size) === true;
  }
}

function triedOf(prompted: Prompted, limit: number | null): Tried {
  return { characters: promptCharacters(prompted), limit: limit ?? 0 };
}

function isNoMore(one: Tried, other: Tried): boolean {
  return one.characters <= other.characters && one.limit <= other.limit;
}
