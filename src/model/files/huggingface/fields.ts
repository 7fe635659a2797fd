/** Reading the fields of a JSON file that somebody else wrote. */
import type { z } from 'zod';
import { UserError } from '../../../common/errors.ts';

/**
 * The fields that `schema` knows, others left aside.
 * @throws UserError with every fault in one line, after `where`
 */
export function readFields<T>(schema: z.ZodType<T>, json: unknown, where: string): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`,
  );
  throw new UserError(`${where}: ${faults.join('; ')}`);
}

/** @throws UserError for what is no JSON object */
export function parseJsonObject(text: string, where: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(
      `${where}: no JSON (${error instanceof Error ? error.message.replace(/\s+/g, ' ') : 'unreadable'})`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError(`${where}: a JSON object was expected`);
  }
  return value as Readonly<Record<string, unknown>>;
}
