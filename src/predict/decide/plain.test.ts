import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inPlainSlowly } from '../../../test/fixtures/predict/slow-decider.ts';
import { firstDifference } from '../../../test/fixtures/predict/agreement.ts';
import { labelledLanguages, sharedSyntax, starred } from '../../../test/fixtures/predict/languages.ts';
import { accepts, compile } from '../../crasp/index.ts';
import { automatonOf, intersect, unite } from '../automata/build.ts';
import { complementOf, type Dfa } from '../automata/dfa.ts';
import { minimise } from '../automata/minimise.ts';
import { parseRegex } from '../automata/regex.ts';
import { automatonJson } from '../certificates/out.ts';
import { machineOf } from './machine.ts';
import { decide } from './plain.ts';
import { synthesise } from './synthesise.ts';

function automaton(regex: string, symbols?: string): Dfa {
  return automatonOf(parseRegex(regex, symbols === undefined ? undefined : [...symbols]));
}

function isIn(dfa: Dfa, read: 'eos' | 'last' = 'eos'): boolean {
  return decide(machineOf(dfa, read).dfa).stuck === undefined;
}

const labelled = labelledLanguages();
const expressions = fc.oneof(starred(), sharedSyntax('abc'));

describe('plain C-RASP, read at <eos>', () => {
  it('agrees with every published label, and where a public tool errs', () => {
    expect(labelled.length).toBe(208);
    for (const { regex, inPlain } of labelled)
      expect([regex, isIn(automaton(regex))]).toEqual([regex, inPlain]);
  });

  it('agrees with a slow decider that shares nothing with it', () => {
    let out = 0;
    fc.assert(
      fc.property(expressions, (regex) => {
        const dfa = automaton(regex, 'abc');
        fc.pre(dfa.states <= 14);
        const verdict = isIn(dfa);
        if (!verdict) out++;
        expect([regex, verdict]).toEqual([
          regex,
          inPlainSlowly(automatonJson({ dfa, accepts: dfa.accepting }).transitions),
        ]);
      }),
      { numRuns: 400 },
    );
    expect(out).toBeGreaterThan(50);
  });

  it('is closed: under complement, intersection, union, quotients, and substituting words for letters', () => {
    fc.assert(
      fc.property(
        expressions,
        expressions,
        fc.array(fc.array(fc.nat(2), { maxLength: 3 }), { minLength: 3, maxLength: 3 }),
        (r, s, images) => {
          const [a, b] = [automaton(r, 'abc'), automaton(s, 'abc')];
          fc.pre(a.states * b.states <= 400);
          expect([r, isIn(complementOf(a))]).toEqual([r, isIn(a)]);
          if (!isIn(a)) return;
          for (let letter = 0; letter < 3; letter++)
            expect([r, letter, isIn(minimise({ ...a, start: a.next[letter] }))]).toEqual([r, letter, true]);
          const next = Int32Array.from({ length: a.states * 3 }, (_, i) =>
            images[i % 3].reduce((state, letter) => a.next[state * 3 + letter], Math.floor(i / 3)),
          );
          expect([r, images, isIn(minimise({ ...a, next }))]).toEqual([r, images, true]);
          if (!isIn(b)) return;
          expect([r, s, isIn(minimise(intersect(a, b)))]).toEqual([r, s, true]);
          expect([r, s, isIn(minimise(unite(a, b)))]).toEqual([r, s, true]);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('is not closed under reversal: b(a|b)* is in, (a|b)*b is out', () => {
    expect([isIn(automaton('b(a|b)*')), isIn(automaton('(a|b)*b'))]).toEqual([true, false]);
  });

  it.each([
    { name: 'bounded Dyck of depth 40', regex: dyck(40), verdict: true },
    {
      name: 'the shuffle of two of depth 4',
      regex: `${dyck(4)} || ${dyck(4).replaceAll('a', 'c').replaceAll('b', 'd')}`,
      verdict: true,
    },
    { name: 'PARITY', regex: 'b*(ab*ab*)*', verdict: false },
    { name: 'flip-flop', regex: '(a|b|e)*be*', verdict: false },
    { name: '(ab|bbaa)*', regex: '(ab|bbaa)*', verdict: true },
    { name: '(ab|aabb)*', regex: '(ab|aabb)*', verdict: false },
  ])('$name', ({ regex, verdict }) => {
    expect(isIn(automaton(regex))).toBe(verdict);
  });
});

describe('plain C-RASP, read at the last symbol', () => {
  it.each([
    { regex: '(a|b)*b', eos: false, last: true },
    { regex: '(a|b)*bb', eos: false, last: false },
    { regex: '(a|b)*b(a|b)', eos: false, last: false },
    { regex: '(ab)*', eos: true, last: true },
    { regex: '(aa)*', eos: false, last: false },
    { regex: '(a|b)*c', eos: true, last: true },
  ])('$regex', ({ regex, eos, last }) => {
    expect([isIn(automaton(regex), 'eos'), isIn(automaton(regex), 'last')]).toEqual([eos, last]);
  });

  it('is what all quotients by a last letter are at <eos>', () => {
    fc.assert(
      fc.property(expressions, (regex) => {
        const dfa = automaton(regex, 'abc');
        const quotients = [0, 1, 2].map((letter) =>
          minimise({
            ...dfa,
            accepting: dfa.accepting.map((_, state) => dfa.accepting[dfa.next[state * 3 + letter]]),
          }),
        );
        expect([regex, isIn(dfa, 'last')]).toEqual([regex, quotients.every((quotient) => isIn(quotient))]);
      }),
      { numRuns: 800 },
    );
  });
});

describe('synthesised programs', () => {
  const positive = labelled.filter(({ inPlain }) => inPlain);

  it.each(['eos', 'last'] as const)(
    'agree with the automaton at %s: all short strings, and random ones up to 200',
    (read) => {
      for (const { regex } of positive) {
        expect([regex, firstDifference(regex, read, 1500)]).toEqual([regex, undefined]);
      }
    },
  );

  it('accepts members far longer than it was tried on: pumped ones', () => {
    const program = compile(
      synthesise(machineOf(automaton('(ab|bbaa)*'), 'eos'), decide(automaton('(ab|bbaa)*'))),
    );
    const long = Array.from({ length: 3000 }, (_, i) => (i % 3 === 0 ? [...'bbaa'] : [...'ab'])).flat();
    expect(accepts(program, long)).toBe(true);
    expect(accepts(program, [...long, 'b'])).toBe(false);
  });
});

function dyck(depth: number): string {
  return Array.from({ length: depth - 1 }).reduce<string>((inner) => `(a${inner}b)*`, '(ab)*');
}
