import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { junitXml } from './junit.ts';
import type { JunitCase, JunitSuite } from './junit.ts';

const started = new Date('2026-11-27T07:00:00.123Z');

function suiteOf(...cases: readonly JunitCase[]): JunitSuite {
  return { name: 'lengthwise', started, seconds: 3.5, cases };
}

describe('results as JUnit XML', () => {
  it('count what passed, failed, broke and was skipped, and time the whole alone', () => {
    const xml = junitXml(
      suiteOf(
        { name: 'UR', group: 'gpt', outcome: { kind: 'passed' }, output: 'horizon ≥ 40' },
        {
          name: 'UL',
          group: 'gpt',

          outcome: { kind: 'failed', message: '< 5 & "no" 40', details: 'a < b' },
        },
        { name: 'UF', group: 'gpt', outcome: { kind: 'error', message: 'no answer' } },
        { name: 'UB', group: 'gpt', outcome: { kind: 'skipped', message: 'not asked' } },
      ),
    );
    const totals = 'tests="4" failures="1" errors="1" skipped="1" time="3.500"';
    expect(xml).toBe(
      [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        `<testsuites name="lengthwise" ${totals}>`,
        `<testsuite name="lengthwise" ${totals} timestamp="2026-11-27T07:00:00">`,
        '<testcase name="UR" classname="gpt"><system-out>horizon ≥ 40</system-out></testcase>',
        '<testcase name="UL" classname="gpt"><failure message="&lt; 5 &amp; &quot;no&quot; 40">a &lt; b</failure></testcase>',
        '<testcase name="UF" classname="gpt"><error message="no answer">no answer</error></testcase>',
        '<testcase name="UB" classname="gpt"><skipped message="not asked"/></testcase>',
        '</testsuite></testsuites>\n',
      ].join(''),
    );
  });

  it('have no character that XML forbids', () => {
    const outcome = {
      kind: 'failed',
      message: 'a\u0000\u001b[2Jb\ufffe\ud800',
      details: ']]>\u0007',
    } as const;
    const xml = junitXml(suiteOf({ name: 'x', group: '', outcome }));
    expect(xml).toContain('message="a\ufffd\ufffd[2Jb\ufffd\ufffd"');
    expect(xml).toContain(']]&gt;\ufffd');
  });
});

const python = 'python3';
const hasPython = spawnSync(python, ['-c', 'import xml.etree.ElementTree']).status === 0;

/** Reads XML from lines of JSON, and gives name, message and text of every test case as its own parser sees them. */
const READER = `
import json, sys, xml.etree.ElementTree as tree
for line in sys.stdin:
    case = tree.fromstring(json.loads(line).encode('utf-8')).find('testsuite').find('testcase')
    failure = case.find('failure')
    print(json.dumps([case.get('name'), case.get('classname'), failure.get('message'), failure.text]))
`;

describe.skipIf(!hasPython)('Python’s XML parser', () => {
  it('reads back what was written, whatever it is', () => {
    const code = fc.oneof(fc.nat(0x10ffff), fc.nat(0x7f), fc.nat(0xffff));
    const text = fc
      .array(code, { minLength: 1, maxLength: 20 })
      .map((codes) => String.fromCodePoint(...codes));
    const texts = fc.sample(fc.tuple(text, text, text, text), 500);
    texts.push(['\r\n\t', '"&<>\'', ']]>', '\r'], ['\ud800', '\ufffe', '\u0085', '\u2028']);
    const files = texts.map(([name, group, message, details]) =>
      junitXml(suiteOf({ name, group, outcome: { kind: 'failed', message, details } })),
    );
    const read = spawnSync(python, ['-c', READER], {
      input: files.map((xml) => JSON.stringify(xml)).join('\n'),
      encoding: 'utf8',
    });
    expect(read.stderr).toBe('');
    const found = read.stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(found).toEqual(texts.map((each) => each.map(allowed)));
  });
});

/** What XML can't hold, replaced one code point at a time. */
function allowed(text: string): string {
  return Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const fine =
      code >= 0x20
        ? !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff
        : [9, 10, 13].includes(code);
    return fine ? character : '\ufffd';
  }).join('');
}
