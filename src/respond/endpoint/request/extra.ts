/** Fields of the user's own (`--body`): which of them are ours to say, and which hold a key. */
import { UserError } from '../../../common/errors.ts';
import type { Json } from '../../../common/json.ts';
import type { Credentials } from '../transport/secrets.ts';
import { KEY_NAME, KEY_TEXT } from '../transport/key-look.ts';
import { LIMIT_FIELDS, limitFields } from './limits.ts';

type Extra = Readonly<Record<string, Json>>;

const WHOLE = 'answers are read whole, never streamed: leave it out';
const ONE = 'a request has one answer, or budgets would not hold: --repeat K asks everything K times';
const PROMPT = 'what is asked is in the prompt: --prompt FILE changes it';
const TEXT = 'answers are text, read as they come: leave it out';
const ADDED = 'it adds to the prompt what nobody has counted: leave it out';

/** Fields that would break what is counted, with the way out. */
const OURS: Readonly<Record<string, string>> = {
  stream: WHOLE,
  stream_options: WHOLE,
  background: WHOLE,
  n: ONE,
  best_of: ONE,
  num_beams: ONE,
  beam_width: ONE,
  use_beam_search: ONE,
  num_return_sequences: ONE,
  num_completions: ONE,
  num_generations: ONE,
  candidate_count: ONE,
  candidateCount: ONE,
  messages: PROMPT,
  prompt: PROMPT,
  input: PROMPT,
  inputs: PROMPT,
  suffix: PROMPT,
  prefix: PROMPT,
  prompt_embeds: PROMPT,
  model: 'the model is named by --model',
  models: 'one model is asked, the one that --model names',
  route: 'one model is asked, the one that --model names',
  fallbacks: 'one model is asked, the one that --model names',
  echo: 'answers are read without the prompt; --decide likelihood uses it where it can',
  tools: TEXT,
  tool_choice: TEXT,
  functions: TEXT,
  function_call: TEXT,
  modalities: TEXT,
  audio: TEXT,
  plugins: ADDED,
  web_search_options: ADDED,
  data_sources: ADDED,
  conversation: ADDED,
  previous_response_id: ADDED,
};

/** Where a field that holds a key belongs. */
const HEADER = "keys are sent as headers: LENGTHWISE_API_KEY, or --header 'Name: env:VARIABLE'";

/** Deeper than this nobody's fields go; what does is refused, since nothing in it was looked at. */
const DEEPEST = 16;

/**
 * Refuses fields that would break what is counted, and keys. `option` is what gave them.
 * @throws UserError of one line that says which, why, and the way out; a key is not repeated
 */
export function checkExtra(
  extra: Extra,
  credentials: Pick<Credentials, 'holdsKey'>,
  option = '--body',
): void {
  for (const name of Object.keys(extra)) {
    if (Object.hasOwn(OURS, name)) throw new UserError(`${option}: '${name}' is not taken: ${OURS[name]}`);
  }
  for (const inside of ['options', 'parameters', 'extra_body', 'generation_config']) {
    const fields = extra[inside];
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) continue;
    const name = Object.keys(fields).find((field) => Object.hasOwn(OURS, field));
    if (name !== undefined) {
      throw new UserError(`${option}: '${inside}.${name}' is not taken: ${OURS[name]}`);
    }
  }
  for (const name of LIMIT_FIELDS) {
    const limit = extra[name];
    if (limit === undefined || limit === null) continue;
    if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1) {
      throw new UserError(
        `${option}: ${name} is a whole number from 1, not ${shown(limit)}: without a limit no budget would hold`,
      );
    }
  }
  if (limitFields(extra).length === 0) {
    throw new UserError(
      `${option}: one of max_tokens and max_completion_tokens has to be sent: without a limit no budget would hold`,
    );
  }
  refuseKeys(extra, [], credentials, option);
}

function refuseKeys(
  value: Json,
  path: readonly string[],
  credentials: Pick<Credentials, 'holdsKey'>,
  option: string,
): void {
  if (path.length > DEEPEST) throw new UserError(`${option}: more than ${DEEPEST} levels of fields`);
  if (typeof value === 'string') {
    const at = path.join('.');
    if (credentials.holdsKey(value))
      throw new UserError(`${option}: the key stands in '${at}', which is stored; ${HEADER}`);
    const named = KEY_NAME.test(path.findLast((name) => !/^\d+$/.test(name)) ?? '');
    if (value !== '' && (named || KEY_TEXT.test(value))) {
      throw new UserError(`${option}: '${at}' looks like a key, and fields are stored; ${HEADER}`);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value as Extra)) {
      if (credentials.holdsKey({ [name]: null }) || KEY_TEXT.test(name)) {
        throw new UserError(`${option}: the name of a field looks like a key; ${HEADER}`);
      }
      refuseKeys(inner, [...path, name], credentials, option);
    }
  }
}

function shown(value: Json): string {
  return JSON.stringify(value).slice(0, 40);
}
