/** Certificates as text: what can be read in two ways is none. */
import { repeatedKey } from '../../common/json.ts';
import { must } from './refusal.ts';

/**
 * The JSON of a certificate's text, to be verified.
 * @throws Error where the text is no JSON, or an object in it has a key twice
 */
export function parseCertificate(text: string): unknown {
  const json: unknown = JSON.parse(text);
  const twice = repeatedKey(text);
  must(
    twice === undefined,
    `the key ${JSON.stringify(twice)} stands twice in one object: it can be read in two ways`,
  );
  return json;
}
