/** Files for tests, made at random: nearly right ones, wrong in every way that files have. */
import fc from 'fast-check';

const text = fc.oneof(
  fc.constantFrom(
    'a b c|b',
    'a b|a',
    '',
    ' ',
    '<think>',
    'c',
    '\u200b',
    '\ud800',
    '\u0000',
    '=1+1',
    '</think>b',
  ),
  fc.string({ maxLength: 12 }),
);

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.constantFrom(null, true, 0, -1, 1e308, 2 ** 60),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.constantFrom(
        ...[
          'content',
          'text',
          'type',
          'role',
          'message',
          'choices',
          'parts',
          'thinking',
          'tool_calls',
          'usage',
        ],
        ...[
          'finish_reason',
          'error',
          'refusal',
          'results',
          'input',
          'output',
          '__proto__',
          'constructor',
          '',
        ],
      ),
      tie('value'),
      { maxKeys: 5 },
    ),
    fc.constantFrom(
      { type: 'text', text: 'c' },
      { role: 'assistant', content: 'c' },
      { type: 'thinking', thinking: 'x' },
    ),
  ),
}));

const record = fc.record(
  {
    input: fc.oneof(text, value),
    output: value,
    answer: fc.oneof(text, value),
    error: value,
    query: value,
    finish_reason: value,
    usage: value,
  },
  { requiredKeys: ['input'] },
);

const line = fc.oneof(
  { weight: 6, arbitrary: record.map((each) => JSON.stringify(each)) },
  { weight: 1, arbitrary: value.map((each) => JSON.stringify(each)) },
  { weight: 1, arbitrary: fc.string({ maxLength: 30 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...[
        '{',
        '[',
        '}',
        '"',
        '{"input": NaN}',
        '{"a": [Infinity, -Infinity]',
        '[1]',
        'NaN',
        '{"input": "\\',
        '',
      ],
      ...[
        '['.repeat(2_000),
        '{"a":'.repeat(2_000),
        '"\\"'.repeat(2_000),
        '\uFEFF',
        '\r',
        '{"input":"a b|a","output":NaN}',
      ],
    ),
  },
);

const joinedBy = fc.constantFrom('\n', '\r\n', '\n\n', ',\n', '\r', '');

const whole = fc
  .tuple(fc.array(record, { maxLength: 4 }), value, fc.constantFrom(undefined, 1, 2))
  .map(([records, other, indent]) => JSON.stringify({ other, results: { results: records } }, null, indent));

const content = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(fc.array(line, { maxLength: 6 }), joinedBy).map(([all, by]) => all.join(by)),
  },
  { weight: 2, arbitrary: whole },
  { weight: 1, arbitrary: fc.tuple(fc.array(line, { maxLength: 4 })).map(([all]) => `[${all.join(',')}]`) },
);

/** What befalls its bytes: nothing, mostly; or cut off, one byte changed, in UTF-16, no text at all. */
export const hostileFile: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 8, arbitrary: content.map((each): Uint8Array => Buffer.from(each)) },
  {
    weight: 2,
    arbitrary: fc.tuple(content, fc.nat()).map(([each, cut]): Uint8Array => {
      const bytes = Buffer.from(each);
      return bytes.subarray(0, cut % (bytes.length + 1));
    }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(content, fc.nat(), fc.nat(255)).map(([each, place, byte]): Uint8Array => {
      const bytes = Buffer.from(each);
      if (bytes.length > 0) bytes[place % bytes.length] = byte;
      return bytes;
    }),
  },
  { weight: 1, arbitrary: content.map((each): Uint8Array => Buffer.from(`\uFEFF${each}`, 'utf16le')) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
);
