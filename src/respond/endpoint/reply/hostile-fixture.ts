/** Replies that nobody should have to read, for tests: any value in any field, and bodies made to take long. */
import fc from 'fast-check';

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    null,
    '',
    'NaN',
    -1,
    1e308,
    [],
    {},
    [[]],
    [{}],
    [null],
    'stop',
    'error',
    '<think>',
  ),
);

const fields = <Names extends string>(...names: Names[]) =>
  fc.record(Object.fromEntries(names.map((name) => [name, anything])), { requiredKeys: [] });

const part = fc.oneof(anything, fields('type', 'text', 'thinking', 'refusal', 'parts', 'summary'));
const error = fc.oneof(
  anything,
  fields(
    'message',
    'code',
    'type',
    'status',
    'param',
    'metadata',
    'details',
    'innererror',
    'retryDelay',
    'retry_after',
  ),
);
const message = fc.oneof(
  anything,
  fc.record(
    { content: fc.oneof(anything, fc.array(part)), reasoning_content: anything, refusal: anything, error },
    { requiredKeys: [] },
  ),
  fields('tool_calls', 'function_call', 'thinking_blocks', 'reasoning', 'reasoning_details'),
);
const choice = fc.oneof(
  anything,
  fc.record(
    {
      index: anything,
      message,
      delta: message,
      text: anything,
      finish_reason: anything,
      error,
      logprobs: anything,
    },
    { requiredKeys: [] },
  ),
);

/** What looks like a reply, with anything in any place. */
export const replies: fc.Arbitrary<unknown> = fc.oneof(
  anything,
  fc.record(
    {
      choices: fc.oneof(anything, fc.array(choice)),
      usage: fc.oneof(
        anything,
        fields('prompt_tokens', 'completion_tokens', 'total_tokens', 'prompt_tokens_details'),
      ),
      error,
      errors: fc.oneof(anything, fc.array(error)),
      detail: fc.oneof(anything, fc.array(fields('loc', 'msg', 'message'))),
      model: anything,
      message: anything,
      object: fc.constantFrom('error', 'completion', 1),
    },
    { requiredKeys: [] },
  ),
);

const BYTES = 4 * 1024 * 1024;
const repeated = (piece: string): string => piece.repeat(Math.floor(BYTES / piece.length));
/** A reply that is read, of about 4 MB: every backslash of a text is two of the body. */
const saying = (piece: string): string =>
  JSON.stringify({
    choices: [{ text: piece.repeat(Math.floor(BYTES / (JSON.stringify(piece).length - 2))) }],
  });

/** A key as the server that is asked with it knows it: its characters are those of real ones, escapes and all. */
export const HOSTILE_KEY = 'sk-proj-ab/c+d\\\\e-0123456789';

export const hostileBodies: [name: string, make: () => string][] = [
  ['open brackets', () => repeated('[')],
  ['brackets within brackets', () => '['.repeat(BYTES / 2) + ']'.repeat(BYTES / 2)],
  ['objects within objects', () => repeated('{"a":')],
  ['one text', () => JSON.stringify({ choices: [{ text: 'a'.repeat(BYTES) }] })],
  ['one text of line breaks', () => JSON.stringify({ choices: [{ text: '\n'.repeat(BYTES / 2) }] })],
  ['quotation marks', () => repeated('"')],
  ['backslashes', () => `"${repeated('\\')}`],
  ['half a million keys', () => `{${Array.from({ length: 500_000 }, (_, i) => `"${i}":0`).join(',')}}`],
  ['numbers of Python’s', () => `[${repeated('NaN,')}1]`],
  ['numbers of Python’s and nothing else', () => repeated('-Infinity')],
  ['blanks', () => repeated(' ')],
  ['events', () => repeated('data: {}\n\n')],
  ['events with texts', () => repeated('data: {"choices":[{"text":"a"}]}\n\n')],
  [
    'parts',
    () =>
      JSON.stringify({
        choices: [
          { message: { content: Array.from({ length: 150_000 }, () => ({ type: 'text', text: 'a' })) } },
        ],
      }),
  ],
  ['waits', () => JSON.stringify({ error: { message: repeated('try again in 5 ') } })],
  ['angle brackets', () => repeated('<')],
  ['digits', () => repeated('9')],
  ['backslashes inside a text', () => saying('\\')],
  ['backslashes before a letter, inside a text', () => saying('\\\\\\\\x')],
  ['characters that nobody sees', () => saying('s\u200b')],
  ['the beginning of the key', () => saying(HOSTILE_KEY.slice(0, 9) + ' ')],
  ['the beginning of the key, masked', () => saying(HOSTILE_KEY.slice(0, 8) + '...')],
  ['the key up to its backslashes', () => saying(`\u200b${HOSTILE_KEY.slice(0, 14)}${'\\'.repeat(1000)}`)],
  ['the key but for its last character', () => saying(`${HOSTILE_KEY.slice(0, -1)}\u200b`)],
  ['the key', () => saying(HOSTILE_KEY)],
];
