/**
 * What prompts that are refused with the least limit, too, say of others. One may be refused for what it says; several in a row, and no
 * answer to one that is as long, show that such prompts are refused whatever the limit.
 */

/** So many have to be refused before nobody asks the others with the least limit. */
const SEVERAL = 3;

export class RefusedWithLeast {
  /** By task, the sizes in characters of those that were refused since one that is as long was answered. */
  private readonly refused = new Map<string, readonly number[]>();
  /** By task, the size of the longest prompt that was answered with any limit. */
  private readonly longest = new Map<string, number>();

  /** A prompt was answered: shorter ones were refused for themselves. */
  answered(task: string, size: number): void {
    this.longest.set(task, Math.max(size, this.longest.get(task) ?? 0));
    const left = this.refused.get(task)?.filter((refused) => refused > size);
    if (left !== undefined) this.refused.set(task, left);
  }

  add(task: string, size: number): void {
    this.refused.set(task, [...(this.refused.get(task) ?? []), size]);
  }

  /** Whether a prompt of the task would be refused with the least limit, too, as far as is known. */
  tellsOf(task: string, size: number): boolean {
    const longest = this.longest.get(task) ?? 0;
    // Of a prompt that is longer than any that was answered, those say nothing that were refused among these.
    const alike = (this.refused.get(task) ?? []).filter(
      (refused) => refused <= size && (size <= longest || refused > longest),
    );
    return alike.length >= SEVERAL;
  }
}
