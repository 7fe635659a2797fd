import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharedSyntax, shortest, starred } from '../../../test/fixtures/predict/languages.ts';
import { compile, evaluator } from '../../crasp/index.ts';
import { automatonOf } from '../automata/build.ts';
import { acceptsLetters } from '../automata/dfa.ts';
import { parseRegex } from '../automata/regex.ts';
import { verifyCertificate } from '../checkers/verify.ts';
import { predictExpression } from '../subjects.ts';
import { machineOf } from './machine.ts';
import { decideWithPositions } from './positions.ts';

function verdictOf(regex: string, symbols: string): string {
  const dfa = automatonOf(parseRegex(regex, [...symbols]));
  return decideWithPositions(dfa, machineOf(dfa, 'eos')).verdict;
}

describe('C-RASP[pos]', () => {
  it.each([
    { name: 'Tomita 4, no 000', regex: '~(.*000.*)', symbols: '01', verdict: 'in' },
    { name: '(aa)*', regex: '(aa)*', symbols: 'a', verdict: 'in' },
    { name: '(aaaa)*', regex: '(aaaa)*', symbols: 'a', verdict: 'in' },
    { name: '(abab)*', regex: '(abab)*', symbols: 'ab', verdict: 'in' },
    { name: 'ends in b', regex: '.*b', symbols: 'ab', verdict: 'in' },
    { name: 'contains bb', regex: '.*bb.*', symbols: 'ab', verdict: 'in' },
    { name: '(a+b+)+', regex: '(a+b+)+', symbols: 'ab', verdict: 'in' },
    { name: '(ab|aabb)*', regex: '(ab|aabb)*', symbols: 'ab', verdict: 'in' },
    { name: 'b before the last', regex: '.*b.', symbols: 'ab', verdict: 'in' },
    { name: '(ab|bba)*', regex: '(ab|bba)*', symbols: 'ab', verdict: 'in' },
    { name: 'contains aba', regex: '.*aba.*', symbols: 'ab', verdict: 'in' },
    { name: '(a|bb)*', regex: '(a|bb)*', symbols: 'ab', verdict: 'in' },
    { name: 'a seven from the end', regex: '.*a.{6}', symbols: 'ab', verdict: 'in' },
    { name: 'ends in aabbababa', regex: '.*aabbababa', symbols: 'ab', verdict: 'in' },
    { name: 'ends in abcabca', regex: '.*abcabca', symbols: 'abc', verdict: 'in' },
    { name: 'a multiple of 30', regex: '(a{30})*', symbols: 'a', verdict: 'in' },
    { name: 'PARITY', regex: 'b*(ab*ab*)*', symbols: 'ab', verdict: 'out' },
    { name: 'flip-flop', regex: '.*be*', symbols: 'abe', verdict: 'out' },
    { name: '{0,1,2}*02*', regex: '.*02*', symbols: '012', verdict: 'out' },
    { name: 'Tomita 5', regex: '(b*(ab*ab*)*) & (a*(ba*ba*)*)', symbols: 'ab', verdict: 'out' },
    { name: 'Tomita 6', regex: '(ab|ba|(a|bb)(ba)*(b|aa))*', symbols: 'ab', verdict: 'out' },
    {
      name: 'Tomita 3, immediately followed',
      regex: '~(.*0(11)*1 0(00)*1.* | (11)*1 0(00)*1.* | .*0(11)*1 0(00)* | (11)*1 0(00)*)',
      symbols: '01',
      verdict: 'out',
    },
  ])('$name: $verdict', ({ regex, symbols, verdict }) => {
    expect(verdictOf(regex, symbols)).toBe(verdict);
  });

  it('is as plain C-RASP is for languages with a neutral letter', () => {
    fc.assert(
      fc.property(fc.oneof(starred('ab'), sharedSyntax()), (regex) => {
        const padded = `(${regex}) || e*`;
        const question = { alphabet: ['a', 'b', 'e'] };
        const plain = predictExpression(padded, question).verdict;
        expect([regex, predictExpression(padded, { ...question, fragment: 'pos' }).verdict]).toEqual([
          regex,
          plain,
        ]);
      }),
      { numRuns: 150 },
    );
  });

  it('has programs that agree with the automaton, and certificates that verify, for random expressions', () => {
    const verdicts = { in: 0, out: 0, unknown: 0 };
    fc.assert(
      fc.property(fc.oneof(starred('ab'), sharedSyntax()), fc.constantFrom('eos', 'last'), (regex, read) => {
        const prediction = predictExpression(regex, { alphabet: ['a', 'b'], fragment: 'pos', read });
        verdicts[prediction.verdict]++;
        if (prediction.certificate === null) return;
        expect([regex, verifyCertificate(prediction.certificate).failed]).toEqual([regex, null]);
        const { evidence } = prediction.certificate;
        if (evidence.kind !== 'program') return;
        const dfa = automatonOf(parseRegex(regex, ['a', 'b']));
        const inputs = shortest(['a', 'b'], 500)
          .slice(1)
          .map((text) => [...text]);
        const answers = evaluator(compile(evidence.program)).accepts(inputs);
        const wrong = inputs.find(
          (input, i) =>
            answers[i] !==
            acceptsLetters(
              dfa,
              input.map((s) => 'ab'.indexOf(s)),
            ),
        );
        expect([regex, read, wrong]).toEqual([regex, read, undefined]);
      }),
      { numRuns: 200 },
    );
    expect(verdicts.in).toBeGreaterThan(100);
  });

  it.each([
    { regex: '(a|b)*aabbababa', lookBack: 9 },
    { regex: '(a|b|c)*abcabca', lookBack: 7 },
    { regex: '(a|b)*b(a|b){9}', lookBack: 10 },
    { regex: '~((a|b)*(aababbabba|bbbbb))', lookBack: 10 },
    { regex: '(a|b)*abba|bbbb', lookBack: 5 },
    { regex: '(a|b)*abbabababbabbabb', lookBack: 16 },
  ])('$regex: the last $lookBack letters decide', ({ regex, lookBack }) => {
    const alphabet = regex.includes('c') ? ['a', 'b', 'c'] : ['a', 'b'];
    for (const read of ['eos', 'last'] as const) {
      const { argument, certificate } = predictExpression(regex, { alphabet, fragment: 'pos', read });
      expect(argument).toContain(`the ${read === 'eos' ? lookBack : lookBack - 1} symbols before`);
      expect(verifyCertificate(certificate)).toMatchObject({ outcome: 'holds' });
    }
  });

  it('says what was tried where it does not know', () => {
    // The first symbol and the last nine: more than is looked back, and no last letters decide.
    const { verdict, argument, certificate } = predictExpression('a(a|b)*aabbababa', { fragment: 'pos' });
    expect([verdict, certificate]).toEqual(['unknown', null]);
    expect(argument).toMatch(/look-back and period: \(0, 1\) \(1, 1\) .* No procedure is known/);
  });
});
