/** Which prompts were answered, by their size: a prompt is not too long where one that surely has more tokens was answered, whenever that was. */
import { isText } from '../score/errors/index.ts';
import type { PromptSize } from '../score/output.ts';
import type { Prompted } from './respondent.ts';

/** So many times the characters, or the symbols where no character is lacking, are more tokens, where both prompts are made of one alphabet. */
const SURELY_LONGER = 1.25;

export class TakenPrompts {
  /** By task, those that say more than others. */
  private readonly taken = new Map<string, readonly PromptSize[]>();

  /** A prompt was answered. */
  take(task: string, size: PromptSize): void {
    const known = this.taken.get(task) ?? [];
    if (known.some((one) => isNoMore(size, one))) return;
    this.taken.set(task, [...known.filter((one) => !isNoMore(one, size)), size]);
  }

  /** Whether a prompt of the task that surely has more tokens was answered with as many for its answer. */
  hasLonger(task: string, { symbols, characters, limit }: PromptSize): boolean {
    return this.has(task, (one) => {
      if (one.limit < limit || one.characters < characters) return false;
      return one.characters >= SURELY_LONGER * characters || one.symbols >= SURELY_LONGER * symbols;
    });
  }

  /** Whether a prompt of the task that has as many characters was answered with as many tokens: one of that size is hardly too long. */
  hasAsLong(task: string, { characters, limit }: PromptSize): boolean {
    return this.has(task, (one) => one.characters >= characters && one.limit >= limit);
  }

  private has(task: string, so: (one: PromptSize) => boolean): boolean {
    // Of texts, one of fewer characters may have more tokens: another language, or code.
    return !isText(task) && (this.taken.get(task) ?? []).some(so);
  }
}

function isNoMore(one: PromptSize, other: PromptSize): boolean {
  return one.symbols <= other.symbols && one.characters <= other.characters && one.limit <= other.limit;
}

/** @param limit tokens for its answer; null where none is generated */
export function promptSize(
  { sample, prompt }: Pick<Prompted, 'sample' | 'prompt'>,
  limit: number | null,
): PromptSize {
  return { symbols: sample.length, characters: prompt.text.length, limit: limit ?? 0 };
}
