import { expect, it } from 'vitest';
import { predictAutomaton } from '../subjects.ts';
import { verifyCertificate } from './verify.ts';

it('the certificate of an automaton of 1,000 states and 50 symbols holds', { timeout: 120_000 }, () => {
  const alphabet = Array.from({ length: 50 }, (_, letter) => `s${letter}`);
  const transitions = Array.from({ length: 1000 }, (_, state) =>
    alphabet.map((_, letter) => Math.min(999, state + (letter <= state % 50 ? 1 : 0))),
  );
  const chain = JSON.stringify({ alphabet, start: 0, accepting: [999], transitions });
  const { certificate } = predictAutomaton(chain, 'chain');
  expect(verifyCertificate(certificate)).toMatchObject({ outcome: 'holds', failed: null, unchecked: null });
});
