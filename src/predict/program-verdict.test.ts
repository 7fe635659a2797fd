import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { programs } from '../../test/fixtures/crasp/arbitrary.ts';
import { compile, metrics } from '../crasp/index.ts';
import { verifyCertificate } from './checkers/verify.ts';
import { predictExpression, predictProgram } from './subjects.ts';

describe('the verdict on a program', () => {
  it('has the fragment and the depth of `crasp check`, and a certificate that holds', () => {
    fc.assert(
      fc.property(programs, (text) => {
        const measured = metrics(compile(text));
        const { fragment, certificate } = predictProgram(text, 'random.crasp');
        expect(fragment).toBe(measured.fragment === 'plain' ? 'plain' : 'pos');
        expect(certificate?.evidence).toEqual({ kind: 'membership', depth: measured.depth });
        expect(verifyCertificate(certificate).outcome).toBe('holds');
      }),
      { numRuns: 100 },
    );
  });

  it('leaves out of account what the output does not depend on', () => {
    const text = "alphabet { a b } let Unused := # (# 'a' > # 'b') > 1 and mod(2, 1) accept # 'a' > # 'b'";
    expect(predictProgram(text, 'x')).toMatchObject({
      fragment: 'plain',
      certificate: { evidence: { depth: 1 } },
      residues: 'none',
    });
  });
});

describe('residues', () => {
  it('are absolute in programs for languages that need a period', () => {
    const { verdict, residues } = predictExpression('(aa)*', { fragment: 'pos' });
    expect([verdict, residues]).toEqual(['in', 'absolute']);
  });

  it('are none where a program does without, and null where there is no program', () => {
    expect(predictExpression('(ab)*', { fragment: 'pos' }).residues).toBe('none');
    expect(predictExpression('(aa)*', { fragment: 'plain' }).residues).toBeNull();
  });

  it('are anchored where only those of <bos> are asked for', () => {
    const over = (accept: string): string => `alphabet { '<bos>' a } accept ${accept}`;
    expect(predictProgram(over("exists ('<bos>' and mod(2, 1))"), 'x').residues).toBe('anchored');
    expect(predictProgram(over("exists ('a' and mod(2, 1))"), 'x').residues).toBe('absolute');
  });
});
