import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileFault } from './errors.ts';
import { canonicalJson, parseJson, repeatedKey } from './json.ts';
import { nearest, unknownName } from './nearest.ts';
import { rng } from './random.ts';
import { sha256 } from './sha256.ts';
import { processorTime } from '../../test/processor-time.ts';

describe('sha256', () => {
  it("agrees with Node's on texts and bytes of every length around a block", () => {
    for (let length = 0; length < 200; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 255);
      expect(sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(sha256(text)).toBe(createHash('sha256').update(text).digest('hex'));
      }),
    );
  });
});

describe('rng', () => {
  it('gives the same stream for the same name, and another for another', () => {
    const first = rng('UR', 10, 'seed', 1);
    const drawn = Array.from({ length: 5 }, () => first.uint32());
    const again = rng('UR', 10, 'seed', 1);
    expect(Array.from({ length: 5 }, () => again.uint32())).toEqual(drawn);
    expect(rng('UR', 10, 'seed', 2).uint32()).not.toBe(drawn[0]);
    expect(rng('UR', '10', 'seed', 1).uint32()).not.toBe(drawn[0]);
  });

  it('draws uniformly: a chi-squared test on below(10), moments of normal()', () => {
    const stream = rng('uniform');
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) counts[stream.below(10)]++;
    const chi = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chi).toBeLessThan(33); // 1 in 10,000 with 9 degrees of freedom; the seed is fixed
    const normals = Array.from({ length: 100_000 }, () => stream.normal());
    const mean = normals.reduce((a, b) => a + b) / normals.length;
    expect(Math.abs(mean)).toBeLessThan(0.015);
    expect(normals.reduce((a, b) => a + (b - mean) ** 2) / normals.length).toBeCloseTo(1, 1);
  });

  it('draws different numbers', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(50), fc.nat(), (n, wanted, seed) => {
        const drawn = rng(seed).distinct(n, Math.min(n, wanted));
        expect(new Set(drawn).size).toBe(drawn.length);
        for (const value of drawn) expect(value).toBeLessThan(n);
      }),
    );
  });
});

describe('JSON as Python writes it', () => {
  it('reads what JSON.parse reads, and null for numbers that JSON does not have', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
    expect(parseJson('[NaN, -Infinity, {"NaN": Infinity, "a": "\\"NaN, Infinity"}]')).toEqual([
      null,
      null,
      { NaN: null, a: '"NaN, Infinity' },
    ]);
  });

  it.each(['nan', '[NaNs]', '{NaN: 1}', '"NaN', 'NaN NaN', '-NaN', '[Infinity'])('%s is none', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });

  it('with quotation marks without end takes no time', async () => {
    const text = `{"a": NaN, ${'"\\'.repeat(2_000_000)}`;
    const taken = await processorTime(() => expect(() => parseJson(text)).toThrow(SyntaxError));
    expect(taken).toBeLessThan(5_000);
  });
});

describe('a key that is there twice', () => {
  it.each([
    ['{"a": 1, "b": {"a": 2}}', undefined],
    ['{"a": 1, "b": "a", "c": ["a", "a"]}', undefined],
    ['{"a": 1, "\\u0061" : 2}', 'a'],
    ['[{"a": 1}, {"b": {"x": 1, "x": 2}}]', 'x'],
    [`{"a": "${'x'.repeat(12_000_000)}"}`, undefined],
  ])('%#', (text, key) => {
    expect(repeatedKey(text)).toBe(key);
  });
});

describe('canonicalJson', () => {
  it('does not depend on the order of keys', () => {
    expect(canonicalJson({ b: [1, { d: 1, c: undefined }], a: 'x' })).toBe('{"a":"x","b":[1,{"d":1}]}');
  });
});

describe('nearest', () => {
  it('suggests what was meant and nothing far-fetched', () => {
    expect(nearest('NRFrist', ['UL', 'UR', 'NRFirst', 'NRLast'])).toBe('NRFirst');
    expect(nearest('ur', ['UL', 'UR'])).toBe('UR');
    expect(nearest('zebra', ['UL', 'UR'])).toBeUndefined();
    expect(unknownName('task', 'URR', ['UL', 'UR'])).toBe(
      "unknown task 'URR', did you mean 'UR'? (known: UL, UR)",
    );
  });

  it('suggests nothing for names whose letters are too many to be compared', () => {
    const long = 'N'.repeat(400_000);
    expect(nearest(`${long}M`, [long])).toBeUndefined();
    expect(nearest(`${'N'.repeat(900)}M`, ['N'.repeat(900)])).toBe('N'.repeat(900));
  });
});

describe('what the system says of a file', () => {
  it.each<[code: string, how: 'read' | 'write', said: string]>([
    ['ENOENT', 'read', 'there is no such file or folder'],
    ['ENOENT', 'write', 'its folder does not exist'],
    ['EISDIR', 'read', 'it is a folder, not a file'],
    ['EACCES', 'read', 'permission denied'],
    ['EROFS', 'write', 'its disk is read-only'],
    ['EBUSY', 'read', "EBUSY: words of the system, open 'a'"],
  ])('%s, to %s', (code, how, said) => {
    const error = Object.assign(new Error(`${code}: words of the system, open 'a'`), { code });
    expect(fileFault(error, how)).toBe(said);
  });

  it('of other errors, their own words', () => {
    expect(fileFault(new Error('not\n text'))).toBe('not text');
    expect(fileFault(null)).toBe('null');
  });
});
