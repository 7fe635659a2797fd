import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, isRecord, nestingOf, parseJson, parseJsonAsWritten, saysNothing } from './json.ts';
import { numberIn, numberText, WrittenNumber } from './written-number.ts';

describe('how deep a text of JSON is', () => {
  it.each([
    ['3', 0],
    ['"[[["', 0],
    ['[]', 1],
    ['[{}]', 2],
    ['[[1], [2, {"a": []}], "]]\\"[["]', 4],
    [`${'['.repeat(200_000)}${']'.repeat(200_000)}`, 200_000],
  ])('%#', (text, depth) => {
    expect(nestingOf(text)).toBe(depth);
  });
});

describe('numbers as they are written', () => {
  it.each([
    ...[
      '3.0',
      '1.50',
      '-0',
      '-0.0',
      '1e5',
      '1E+05',
      '2e-07',
      '0.0000001',
      '1e400',
      '-12.5e3',
      '100000000000000000000000',
    ],
    ...['12345678901234567891', '123456789012345678', '0.1234567890123456789', '0.10000000000000001'],
  ])('%s is that text, and its value', (text) => {
    for (const value of [
      (parseJsonAsWritten(`[${text}]`) as unknown[])[0],
      (parseJsonAsWritten(`{"a": {"b":${text}}}`) as { a: { b: unknown } }).a.b,
      (parseJsonAsWritten(`[NaN,\n${text}]`) as unknown[])[1],
    ]) {
      expect(value).toBeInstanceOf(WrittenNumber);
      expect(String(value)).toBe(text);
      expect(numberText(value)).toBe(text);
      expect(numberIn(value)).toBe(Number(text));
    }
  });

  it('are numbers where JavaScript writes them in the same way, and all else is as it was', () => {
    const texts = fc.oneof(
      fc.json(),
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .map((value) => JSON.stringify([value, { 'a 3.0': ', 1e5' }])),
    );
    fc.assert(
      fc.property(texts, (text) => {
        // JSON has no -0 of its own: JavaScript writes 0.
        if (!/-0(?![.\d])/.test(text)) expect(parseJsonAsWritten(text)).toEqual(parseJson(text));
      }),
    );
  });

  it('whatever the form, their text is what stands there', () => {
    const part = fc.stringMatching(/^\d{1,20}$/);
    const number = fc
      .tuple(
        fc.constantFrom('', '-'),
        fc.oneof(fc.constant('0'), fc.stringMatching(/^[1-9]\d{0,19}$/)),
        fc.option(part),
        fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e+', 'e-'), part)),
      )
      .map(([sign, whole, fraction, exponent]) =>
        [sign, whole, fraction === null ? '' : `.${fraction}`, exponent?.join('') ?? ''].join(''),
      );
    fc.assert(
      fc.property(number, (text) => {
        const { a, b } = parseJsonAsWritten(`{"a":${text},"b":[${text}]}`) as { a: unknown; b: unknown[] };
        expect([numberText(a), ...b.map(numberText)]).toEqual([text, text]);
      }),
    );
  });

  it('are no objects with fields, differ by their text, and say nothing where they are 0', () => {
    const value = parseJsonAsWritten(
      '[1.0, 1.00, 0.0, 12345678901234567891, 12345678901234567899]',
    ) as unknown[];
    expect(value.map((each) => isRecord(each))).toEqual(value.map(() => false));
    expect(value.map((each) => saysNothing(each))).toEqual([false, false, true, false, false]);
    expect(new Set(value.map(canonicalJson)).size).toBe(value.length);
  });

  it('in a text that is nested without end are read as ever', () => {
    const text = `${'['.repeat(200_000)}3.0${']'.repeat(200_000)}`;
    expect(() => parseJsonAsWritten(text)).not.toThrow();
    expect(() => parseJsonAsWritten('{"a": 3.0, "b')).toThrow(SyntaxError);
  });
});
