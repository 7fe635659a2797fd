/** The fields of a recorded line: found by the names that are known, or by one that was given, and read as texts. */

export type Fields = Readonly<Record<string, unknown>>;

/** A text, or a list of them, symbol by symbol. Numbers are taken as they are written. */
export type Text = string | readonly string[];

/** A line of JSON as fields, or why it is none. */
export function fieldsOf(line: string): { readonly fields: Fields } | { readonly reason: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { reason: `no JSON: ${(error as Error).message}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { reason: 'JSON, but no object with fields' };
  }
  return { fields: value as Fields };
}

/** The name of the field with a value: the given one, else the first known one; of fields that are null only, the first. */
export function pick(
  fields: Fields,
  given: string | undefined,
  known: readonly string[],
): string | undefined {
  const there = (given === undefined ? known : [given]).filter((name) => at(fields, name) !== undefined);
  return there.find((name) => at(fields, name) !== null) ?? there.at(0);
}

/** The value of a field; `response.text` and `choices.0` reach into others, where no field has that very name. */
export function at(fields: Fields, name: string): unknown {
  if (Object.hasOwn(fields, name)) return fields[name];
  let value: unknown = fields;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Fields)[part];
  }
  return value;
}

/** The value as a text or a list of them, or null where it is neither. */
export function asText(value: unknown): Text | null {
  if (Array.isArray(value)) {
    const parts = value.map(asOneText);
    return parts.some((part) => part === null) ? null : (parts as string[]);
  }
  return asOneText(value);
}

/** The value of a field that is one text, else null. */
export function oneTextAt(fields: Fields, name: string): string | null {
  return asOneText(at(fields, name));
}

function asOneText(value: unknown): string | null {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;
}
