import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../common/errors.ts';
import {
  bigWholeNumber,
  filePath,
  oneOf,
  outputFile,
  range,
  realNumber,
  wholeNumber,
  wholeNumbers,
} from './options.ts';
import type { Parser } from './options.ts';

const good: [Parser<unknown>, string, unknown][] = [
  [wholeNumber('--n'), '42', 42],
  [wholeNumber('--n'), '-7', -7],
  [wholeNumber('--n', { min: 1 }), '1', 1],
  [realNumber('--lr'), '1e-3', 0.001],
  [realNumber('--lr'), '.5', 0.5],
  [bigWholeNumber('--seed'), '-123456789012345678901234567890', -123456789012345678901234567890n],
  [range('--lengths'), '1-50', { min: 1, max: 50 }],
  [range('--lengths'), '1..50', { min: 1, max: 50 }],
  [range('--lengths'), '7', { min: 7, max: 7 }],
  [wholeNumbers('--lengths'), '10,20, 5', [10, 20, 5]],
  [wholeNumbers('--seeds'), '1..3', [1, 2, 3]],
  [wholeNumbers('--seeds'), '1..3,7', [1, 2, 3, 7]],
  [wholeNumbers('--lengths'), '1-3,7', [1, 2, 3, 7]],
  [filePath('--out'), 'runs/a b', 'runs/a b'],
  [outputFile('--junit'), 'no-such.xml', 'no-such.xml'],
  [outputFile('--out'), 'package.json', 'package.json'],
  [oneOf('colour', ['red', 'green']), 'green', 'green'],
];

const bad: [Parser<unknown>, string, string][] = [
  [wholeNumber('--n'), '3x', "--n takes a whole number, not '3x'"],
  [wholeNumber('--n'), '', "--n takes a whole number, not ''"],
  [wholeNumber('--n'), '1.0', "--n takes a whole number, not '1.0'"],
  [wholeNumber('--n'), '1e3', "--n takes a whole number, not '1e3'"],
  [wholeNumber('--n'), '0x10', "--n takes a whole number, not '0x10'"],
  [wholeNumber('--n'), '99999999999999999', '--n takes a whole number below 2^53, not 99999999999999999'],
  [wholeNumber('--n', { min: 1 }), '0', '--n must be at least 1, not 0'],
  [wholeNumber('--n', { max: 9 }), '10', '--n must be at most 9, not 10'],
  [realNumber('--lr'), 'NaN', "--lr takes a number, not 'NaN'"],
  [realNumber('--lr'), '1e999', '--lr: Infinity is too large'],
  [realNumber('--lr', { min: 0 }), '-1', '--lr must be at least 0, not -1'],
  [bigWholeNumber('--seed'), '1e9', "--seed takes a whole number, not '1e9'"],
  [range('--lengths'), '50-1', '--lengths: 50-1 runs backwards; write 1-50'],
  [range('--lengths'), '1-', "--lengths takes a range such as 1-50, not '1-'"],
  [range('--lengths', { min: 1 }), '0-5', '--lengths must be at least 1, not 0'],
  [wholeNumbers('--lengths'), '1,,2', "--lengths takes whole numbers such as 10,20,30 or 1-3, not ''"],
  [wholeNumbers('--lengths'), '10,20,10', '--lengths names 10 twice'],
  [wholeNumbers('--seeds'), '3..1', '--seeds: 3..1 runs backwards; write 1-3'],
  [wholeNumbers('--seeds'), '1..10000000', '--seeds: 1..10000000 names more than 10000 numbers'],
  [filePath('--out'), '', "--out takes a path, not ''"],
  [outputFile('--out'), '', "--out takes a path, not ''"],
  [outputFile('--junit'), 'src', '--junit: cannot write src: it is a folder; name a file'],
  [
    outputFile('--junit'),
    'no/such.xml',
    '--junit: cannot write no/such.xml: its folder does not exist; make it, or name another file',
  ],
  [
    oneOf('colour', ['red', 'green']),
    'gren',
    "unknown colour 'gren', did you mean 'green'? (known: red, green)",
  ],
];

describe('option parsers', () => {
  it.each(good)('%# reads %j as it stands', (parse, text, value) => {
    expect(parse(text)).toEqual(value);
  });

  it.each(bad)('%# refuses %j and says why', (parse, text, message) => {
    expect(() => parse(text)).toThrow(new UserError(message));
  });

  it('give a value or a UserError whatever the text is, and read back every whole number', () => {
    const parsers = [
      wholeNumber('--x'),
      realNumber('--x'),
      bigWholeNumber('--x'),
      range('--x'),
      wholeNumbers('--x'),
    ];
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-0-9.,e]*$/)), (text) => {
        for (const parse of parsers) {
          try {
            parse(text);
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
          }
        }
      }),
    );
    fc.assert(
      fc.property(fc.maxSafeInteger(), (number) => {
        expect(wholeNumber('--x')(String(number))).toBe(number);
      }),
    );
  });
});
