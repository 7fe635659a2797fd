import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { programs } from '../../../test/fixtures/crasp/arbitrary.ts';
import { compile } from '../compile.ts';
import { CraspError } from './diagnostics.ts';
import { format } from './format.ts';

describe('the formatter', () => {
  it.each([
    ['alphabet{a,b,"<bos>"}accept   "a"', "alphabet { a b '<bos>' }\naccept 'a'\n"],
    ['def F[s,t in{a,b}]:=Q[s]&Q[t]|not Q[s]', 'let F[s, t in {a b}] := Q[s] and Q[t] or not Q[s]\n'],
    ["accept := #[ j <= i - 2 ]'a' == 3", "accept #[j<=i-2] 'a' = 3\n"],
    ["accept # 'a'>=1 and exists[i-3<=j<i]('b')", "accept # 'a' >= 1 and exists[i-3<=j<i] ('b')\n"],
    ["accept prev( 2,'a' )and prev('b')and prev 'b'", "accept prev(2, 'a') and prev ('b') and prev 'b'\n"],
    ['accept -1- -2+(-3)<min( 1,2 )*-4', 'accept -1 - -2 + (-3) < min(1, 2) * -4\n'],
    ['accept any s,t in{a}:ne(s,t)', 'accept any s, t in {a}: ne(s, t)\n'],
    ["accept 'a'?any s:Q[s]:'b'", "accept 'a' ? any s: Q[s] : 'b'\n"],
    ["next[ 'a' ]:=mod( 2,1 )", "next['a'] := mod(2, 1)\n"],
    ['accept "\'"', 'accept "\'"\n'],
    ['', ''],
    ['// only a comment', '// only a comment\n'],
  ])('writes %s in one way', (before, after) => {
    expect(format(before)).toBe(after);
  });

  it('keeps comments, single blank lines, and line breaks inside statements', () => {
    const text = `// a program
alphabet { a b }   // letters


let P := 'a' and     // here
   'b'
     // there
   or 'a'
accept P // last`;
    expect(format(text)).toBe(`// a program
alphabet { a b }  // letters

let P := 'a' and  // here
    'b'
    // there
    or 'a'
accept P  // last
`);
  });

  it('changes nothing the second time, and never the program', () => {
    fc.assert(
      fc.property(
        programs,
        fc.infiniteStream(fc.constantFrom('', '', ' ', '\n', ' // note\n', '\t')),
        (text, blanks) => {
          const stream = blanks[Symbol.iterator]();
          const spread = text.replace(/(?<=[\s)\]])(?=[\s(])/g, () => String(stream.next().value));
          const formatted = format(spread);
          expect(format(formatted)).toBe(formatted);
          expect(compile(formatted)).toEqual(compile(text));
          expect(formatted.split('// note').length).toBe(spread.split('// note').length);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('formats what has a meaning yet to be found, but refuses what does not parse', () => {
    expect(format('accept Unknown')).toBe('accept Unknown\n');
    expect(() => format("accept 'a' and")).toThrow(CraspError);
  });
});
