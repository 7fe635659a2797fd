/** With how many tokens for their answers prompts were answered and refused: of what fits, and what doesn't, that says more. */
import { isText } from '../../score/errors/index.ts';
import type { Prompted } from '../respondent.ts';

/** A prompt of so many times the characters of another one of its task has more tokens, where both are made of one alphabet. */
const SURELY_LONGER = 1.25;

/** Of prompts of one task the one of more characters is the longer one in tokens, too, or nearly. */
export function promptCharacters({ prompt }: Pick<Prompted, 'prompt'>): number {
  return prompt.text.length;
}

interface Tried {
  readonly characters: number;
  readonly limit: number;
}

/** Limits are in tokens, thoughts included; null where no answer is generated. */
export class TriedRoom {
  private readonly refused = new Map<string, readonly Tried[]>();
  private readonly taken = new Map<string, readonly Tried[]>();

  /** A prompt did not fit with so many tokens for its answer. */
  refuse(prompted: Prompted, limit: number | null): void {
    add(this.refused, prompted, limit, (one, other) => isNoMore(other, one));
  }

  /** A prompt was answered with so many. */
  take(prompted: Prompted, limit: number | null): void {
    add(this.taken, prompted, limit, isNoMore);
  }

  /** Whether a prompt of the task that is no longer did not fit with no more tokens. */
  isTooMuch(prompted: Prompted, limit: number | null): boolean {
    const wanted = triedOf(prompted, limit);
    return (this.refused.get(prompted.task.name) ?? []).some((one) => isNoMore(one, wanted));
  }

  /** Whether a prompt of the task that surely has more tokens was answered with as many: this one is not too long. */
  hasTakenLonger(prompted: Prompted, limit: number | null): boolean {
    return this.hasTaken(prompted, limit, SURELY_LONGER);
  }

  /** Whether a prompt of the task that has as many characters was answered with as many tokens: this one is hardly too long. */
  hasTakenAsLong(prompted: Prompted, limit: number | null): boolean {
    return this.hasTaken(prompted, limit, 1);
  }

  private hasTaken(prompted: Prompted, limit: number | null, timesAsLong: number): boolean {
    // Of texts, one of fewer characters may have more tokens: another language, or code.
    if (isText(prompted.task.name)) return false;
    const { characters, ...wanted } = triedOf(prompted, limit);
    const longer = { ...wanted, characters: timesAsLong * characters };
    return (this.taken.get(prompted.task.name) ?? []).some((one) => isNoMore(longer, one));
  }
}

/** Keeps those that say more than others: `isSaidBy` tells whether one says nothing beside another. */
function add(
  all: Map<string, readonly Tried[]>,
  prompted: Prompted,
  limit: number | null,
  isSaidBy: (one: Tried, other: Tried) => boolean,
): void {
  const { name } = prompted.task;
  const tried = triedOf(prompted, limit);
  const known = all.get(name) ?? [];
  if (known.some((one) => isSaidBy(tried, one))) return;
  all.set(name, [...known.filter((one) => !isSaidBy(one, tried)), tried]);
}

function triedOf(prompted: Prompted, limit: number | null): Tried {
  return { characters: promptCharacters(prompted), limit: limit ?? 0 };
}

function isNoMore(one: Tried, other: Tried): boolean {
  return one.characters <= other.characters && one.limit <= other.limit;
}
