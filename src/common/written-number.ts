/** Numbers of a JSON text that JavaScript writes in another way, or can't hold: 3.0, 1e5, integers beyond 2^53. */

/** Such a number: the text that stands in the file, and the nearest value. Its fields are private, so that it is no object with fields. */
export class WrittenNumber {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get value(): number {
    return Number(this.#text);
  }

  toString(): string {
    return this.#text;
  }
}

/** The value of a number, whichever way it was read; null where a value is none. */
export function numberIn(value: unknown): number | null {
  if (value instanceof WrittenNumber) return value.value;
  return typeof value === 'number' ? value : null;
}

/** The text of a number as it stood in the file; null where a value is none. */
export function numberText(value: unknown): string | null {
  return typeof value === 'number' || value instanceof WrittenNumber ? String(value) : null;
}

/**
 * A number as the symbol that it is: 9.0, `9.` and 9 are the same where only one of them is a symbol. null where none is. Of digits, which are
 * copied as one number, none has a fraction.
 */
export function numberAsSymbol(text: string, symbols: readonly string[]): string | null {
  const whole = text.replace(/\.0*$/, '');
  const found = [text, whole, `${whole}.0`, `${whole}.`].find((each) => symbols.includes(each));
  return found ?? (symbols.length > 0 && symbols.every((each) => /^\d$/.test(each)) ? whole : null);
}
