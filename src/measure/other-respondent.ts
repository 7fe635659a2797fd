/** Why answers of a folder can't stand beside new ones: what differs between the two respondents, in a user's words. */
import { canonicalJson, isRecord } from '../common/json.ts';
import type { Json } from '../common/json.ts';

type Identity = Readonly<Record<string, Json>>;

/** The parts of an identity, in the order in which they are told, as a user names them. */
const NAMES: Readonly<Record<string, string>> = {
  kind: 'the kind of respondent',
  endpoint: 'the endpoint',
  model: '--model',
  api: '--api',
  seed: '--seed',
  temperature: '--temperature',
  decide: '--decide',
  thinkTokens: '--think-tokens',
  leastTokens: 'the fewest tokens that the server writes',
  stop: 'stop sequences',
  weights: "the model's weights",
  setup: "the model's configuration or tokenizer files",
  adapter: '--adapter',
  symbols: "the tokenizer's symbols",
};

/** Hashes: their values tell nobody anything. */
const HASHES = ['weights', 'setup', 'adapter', 'symbols'];

/** A value is told in a part of a line. */
const LONGEST_VALUE = 80;

/** `--seed (1 there, 2 here)`: each part in which two different identities differ. */
export function differencesBetween(there: Identity, here: Identity): string {
  // Of another kind nothing can be compared.
  if (there.kind !== here.kind) return differenceIn('kind', there, here, NAMES.kind);
  const body = [there.extra, here.extra].map((extra) => (isRecord(extra) ? (extra as Identity) : {}));
  return [
    ...differing(there, here)
      .filter((name) => name !== 'extra')
      .map((name) => differenceIn(name, there, here, NAMES[name] ?? name)),
    ...differing(body[0], body[1]).map((name) => differenceIn(name, body[0], body[1], `${name} in --body`)),
  ].join(', ');
}

/** The names of the parts that differ, known ones first. */
function differing(there: Identity, here: Identity): string[] {
  const names = new Set([...Object.keys(NAMES), ...Object.keys(there), ...Object.keys(here)]);
  return [...names].filter(
    (name) => canonicalJson(there[name] ?? null) !== canonicalJson(here[name] ?? null),
  );
}

function differenceIn(name: string, there: Identity, here: Identity, title: string): string {
  return HASHES.includes(name)
    ? title
    : `${title} (${valueIn(there, name)} there, ${valueIn(here, name)} here)`;
}

/** What a part is where an identity does not name it. */
const USUAL: Identity = { decide: 'generation' };

function valueIn(identity: Identity, name: string): string {
  const value = identity[name] ?? USUAL[name] ?? null;
  if (value === null) return 'none';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
