/** Certificates as text: what can be read in two ways is none. */
import { nestingOf, repeatedKey } from '../../common/json.ts';
import { must } from './refusal.ts';

/** Certificates have a dozen levels; a text of a million would be more than a stack holds wherever it is walked. */
const NESTING_CAP = 1_000;

/**
 * The JSON of a certificate's text, to be verified.
 * @throws Error where the text is no JSON or too deep, or an object in it has a key twice
 */
export function parseCertificate(text: string): unknown {
  const json: unknown = JSON.parse(text);
  if (nestingOf(text) > NESTING_CAP) {
    throw new RangeError(`objects and lists stand in each other more than ${NESTING_CAP} deep`);
  }
  const twice = repeatedKey(text);
  must(
    twice === undefined,
    `the key ${JSON.stringify(twice)} stands twice in one object: it can be read in two ways`,
  );
  return json;
}
