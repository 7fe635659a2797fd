/** The longest prompts that were answered, by task. */
import type { Prompted } from './respondent.ts';

interface Size {
  /** Symbols of the source. */
  readonly symbols: number;
  /** Of the prompt. */
  readonly characters: number;
}

export class LongestTaken {
  private readonly byTask = new Map<string, Size>();

  /** A prompt was answered. */
  take(prompted: Pick<Prompted, 'task' | 'sample' | 'prompt'>): void {
    const { symbols, characters } = sizeOf(prompted);
    const longest = this.of(prompted.task.name);
    this.byTask.set(prompted.task.name, {
      symbols: Math.max(symbols, longest.symbols),
      characters: Math.max(characters, longest.characters),
    });
  }

  /** Whether none was. */
  get isEmpty(): boolean {
    return this.byTask.size === 0;
  }

  /** Whether a prompt is longer than all of its task that were answered, here or in `others`, of which there are some. */
  isExceededBy(
    prompted: Pick<Prompted, 'task' | 'sample' | 'prompt'>,
    others: LongestTaken | undefined,
  ): boolean {
    const { name } = prompted.task;
    const { symbols, characters } = sizeOf(prompted);
    const [one, other] = [this.of(name), others?.of(name) ?? NONE];
    const longest = Math.max(one.symbols, other.symbols);
    return longest > 0 && (symbols > longest || characters > Math.max(one.characters, other.characters));
  }

  private of(task: string): Size {
    return this.byTask.get(task) ?? NONE;
  }
}

const NONE: Size = { symbols: 0, characters: 0 };

function sizeOf({ sample, prompt }: Pick<Prompted, 'sample' | 'prompt'>): Size {
  return { symbols: sample.length, characters: prompt.text.length };
}
