import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharedSyntax, starred } from '../../../test/fixtures/predict/languages.ts';
import { processorTime } from '../../../test/processor-time.ts';
import { accepts, compile } from '../../crasp/index.ts';
import { automatonOf } from '../automata/build.ts';
import { acceptsLetters } from '../automata/dfa.ts';
import { parseRegex } from '../automata/regex.ts';
import { predictExpression } from '../subjects.ts';
import { refute } from './refute.ts';

function refuted(regex: string, symbols: string, body: string): boolean {
  const dfa = automatonOf(parseRegex(regex, [...symbols]));
  const program = compile(`alphabet { ${[...symbols].map((s) => `'${s}'`).join(' ')} }\n${body}`);
  const found = refute(program, dfa);
  if (found === undefined) return false;
  expect(accepts(program, found.input)).toBe(!found.inLanguage);
  expect(
    acceptsLetters(
      dfa,
      found.input.map((symbol) => dfa.alphabet.indexOf(symbol)),
    ),
  ).toBe(found.inLanguage);
  return true;
}

describe('the pumping refuter finds a wrong string for', () => {
  it.each([
    { claim: '#b > #a for flip-flop', regex: '.*be*', symbols: 'abe', body: "accept # 'b' > # 'a'" },
    {
      claim: 'a few even numbers for PARITY',
      regex: 'b*(ab*ab*)*',
      symbols: 'ab',
      body: "let c := # 'a'\naccept c = 0 or c = 2 or c = 4 or c = 6 or c = 8",
    },
    {
      claim: 'Dyck of depth 2 for (ab|aabb)*',
      regex: '(ab|aabb)*',
      symbols: 'ab',
      body: "let d := # 'a' - # 'b'\naccept d = 0 and not exists (d < 0 or d > 2)",
    },
    {
      claim: 'nested counts for ends in b',
      regex: '.*b',
      symbols: 'ab',
      body: "let m := # 'b' > # 'a'\naccept # (m and 'b') > # (not m and 'a')",
    },
    {
      claim: 'look-backs for flip-flop',
      regex: '.*be*',
      symbols: 'abe',
      body: "accept prev 'b' or (prev 'e' and prev(2, 'b'))",
    },
    {
      claim: 'residues for PARITY',
      regex: 'b*(ab*ab*)*',
      symbols: 'ab',
      body: "accept mod(2, 1) and # 'b' < 9",
    },
    {
      claim: 'a guess for contains bb, read at last',
      regex: '.*bb',
      symbols: 'ab',
      body: "read at last\naccept 'b' and # 'b' >= 2",
    },
  ])('$claim', ({ regex, symbols, body }) => {
    expect(refuted(regex, symbols, body)).toBe(true);
  });

  it('programs of other languages that are in, whatever language that is out they are taken for', () => {
    let tried = 0;
    fc.assert(
      fc.property(starred('ab'), fc.oneof(starred('ab'), sharedSyntax()), (regex, other) => {
        const question = { alphabet: ['a', 'b'] };
        const { certificate } = predictExpression(other, question);
        fc.pre(
          predictExpression(regex, question).verdict === 'out' && certificate?.evidence.kind === 'program',
        );
        if (certificate?.evidence.kind !== 'program') return;
        tried++;
        const found = refute(
          compile(certificate.evidence.program),
          automatonOf(parseRegex(regex, ['a', 'b'])),
        );
        expect([regex, other, found === undefined]).toEqual([regex, other, false]);
      }),
      { numRuns: 150 },
    );
    expect(tried).toBeGreaterThan(50);
  });

  it.each([
    ['a period', 'mod(65521, 65520)'],
    ['a look-back', "prev(65536, 'a')"],
  ])('a program with %s of tens of thousands', (_, cheat) => {
    const body = `let c := # 'a'\naccept c = 0 or c = 2 or c = 4 or c = 6 or ${cheat}`;
    expect(refuted('b*(ab*ab*)*', 'ab', body)).toBe(true);
  });

  it('nothing, soon, where the period of the program is longer than any string', async () => {
    const body = "let c := # 'a'\naccept c = 0 or c = 2 or c = 4 or mod(2147483647, 2147483640)";
    const taken = await processorTime(() => expect(refuted('b*(ab*ab*)*', 'ab', body)).toBe(false));
    expect(taken).toBeLessThan(10_000);
  });

  it('a component of a thousand states, soon', async () => {
    const body = "let c := # 'a'\naccept c = 0 or c = 1000 or # 'b' < 3";
    const taken = await processorTime(() => expect(refuted('(a{1000}|b{3})*', 'ab', body)).toBe(true));
    expect(taken).toBeLessThan(15_000);
  });

  it('finds nothing where the language is in', () => {
    expect(refuted('(ab)*', 'ab', "accept # 'a' = # 'b'")).toBe(false);
  });
});
