import { describe, expect, it } from 'vitest';
import { taskNamed } from '../../tasks/index.ts';
import { SCHEMAS } from '../tasks/schemas.ts';
import { checkTaskProgram } from './task-program.ts';

function check(task: string, schema: string, depth: number, fragment: 'plain' | 'pos' = 'pos') {
  const { name, title } = taskNamed(task);
  return checkTaskProgram({ kind: 'task', name, title }, { kind: 'task-program', schema, depth }, fragment);
}

describe('programs of tasks', () => {
  it.each([
    ['UR', SCHEMAS.UNIQUE_RIGHT, 1, 'pos'],
    ['UR', SCHEMAS.RIGHT_OF_FIRST, 3, 'plain'],
    ['UL', SCHEMAS.UNIQUE_LEFT, 1, 'pos'],
    ['NRFirst', SCHEMAS.RIGHT_OF_FIRST, 3, 'plain'],
    ['NRFirst', SCHEMAS.RIGHT_OF_FIRST_BY_PREVIOUS, 2, 'pos'],
    ['NLFirst', SCHEMAS.LEFT_OF_FIRST, 2, 'pos'],
    ['UF', SCHEMAS.COPY_FORWARD, 2, 'plain'],
    ['UB', SCHEMAS.COPY_BACKWARD, 2, 'plain'],
  ] as const)('%s: proved at every length and for every alphabet', (task, schema, depth, fragment) => {
    expect(check(task, schema, depth, fragment)).toMatchObject({
      upTo: null,
      compared: expect.stringContaining('every length') as string,
    });
  });

  it.each([
    // right for every source in which the query is not the last symbol but one of five
    ['UR', `${SCHEMAS.UNIQUE_RIGHT}next['<eos>'] := # true = 40\n`, 1, /names <eos>/],
    // the last occurrence instead of the first
    [
      'NRFirst',
      'let Pair[s, t] := exists (Q[t] and prev Q[s])\nnext[t] := any s: Q[s] and Pair[s, t]\n',
      1,
      /names/,
    ],
    ['UL', SCHEMAS.UNIQUE_RIGHT, 1, /names|does not name/],
    ['UF', SCHEMAS.COPY_BACKWARD, 2, /names/],
    ['NF', SCHEMAS.COPY_FORWARD, 2, /names/],
  ] as const)('%s: a program that is wrong somewhere is refused', (task, schema, depth, problem) => {
    expect(() => check(task, schema, depth)).toThrow(problem);
  });

  it('a program that is wrong only in sources of 90 symbols is refused, with the source', () => {
    const late = `${SCHEMAS.UNIQUE_RIGHT}next['<eos>'] := # true = 90\n`;
    expect(() => check('UR', late, 1)).toThrow(
      /after '<bos> (sym\d ){87}<sep> sym\d' the program names <eos>/,
    );
  });

  it('what no proof is found for holds up to a length, and no further', () => {
    // Counts against each other, though it does not matter: a count is never more than itself and one.
    const odd = `let Pair[s, t] := exists (Q[t] and prev Q[s])
next[t] := any s: Q[s] and Pair[s, t] and (all u, v: # (Q[u] or Q[v]) <= # Q[u] + # Q[v])
`;
    expect(check('UR', odd, 1)).toMatchObject({ upTo: 6 });
  });

  it.each([
    // From 30 symbols on, <eos> is named; until then, nothing is wrong.
    '# true - # (not $bos) = 1 and # (not $bos) >= 30',
    '(prev $bos ? 0 : # true) >= 30',
  ])('counts that are weighed against each other, or chosen between, do not saturate: %s', (late) => {
    const rule = `next['<eos>'] := ${late.replaceAll('$bos', "'<bos>'")}\n`;
    expect(check('UR', `${SCHEMAS.UNIQUE_RIGHT}${rule}`, 1)).toMatchObject({ upTo: 6 });
  });

  it('symbols that are counted by their number are not taken for one', () => {
    // Eight different symbols and marks in the prompt: over alphabets of up to four symbols there are no more than six.
    const different = '# (any u: Q[u] and # Q[u] = 1)';
    const few = SCHEMAS.UNIQUE_RIGHT.replace(/^next.*$/m, `$& and ${different} < 8`);
    expect(check('UR', few, 2)).toMatchObject({ upTo: 6 });
  });

  it('a copy is not refused for what it says after prompts that are none', () => {
    const thrice = `next['<bos>'] := any u: # Q[u] >= 3\n`;
    expect(check('UF', `${SCHEMAS.COPY_FORWARD}${thrice}`, 2)).toMatchObject({ upTo: 6 });
  });

  it('a program that says nothing, or says something else than what comes next, is no program of a task', () => {
    expect(() => check('NRLast', "next['<bos>'] := '<eos>'\n", 0, 'plain')).toThrow('names nothing');
    expect(() => check('UR', "accept '<eos>'\n", 0)).toThrow('does not say what comes next');
  });

  it('rules for other symbols, with periods and look-backs of their own, make none harder to prove', () => {
    // Each rule is read for itself: what the one for <bos> looks at is nothing to the others.
    const late = `${SCHEMAS.UNIQUE_RIGHT}next['<bos>'] := '<eos>' and (mod(4999, 1) or prev(60, '<bos>'))\n`;
    expect(check('UR', late, 1)).toMatchObject({ upTo: null });
  });

  it('a program that uses the order of symbols is not taken for one of every alphabet', () => {
    const ordered = SCHEMAS.UNIQUE_RIGHT.replace('any s: Q[s]', 'any s: (le(s, t) or le(t, s)) and Q[s]');
    expect(check('UR', ordered, 1)).toMatchObject({ upTo: 6 });
  });

  it('a program that is wrong only where five symbols or more are in the source is not proved', () => {
    const few = `let Pair[s, t] := exists (Q[t] and prev Q[s])
let Many := any a, b, c, d, e: ne(a,b) and ne(a,c) and ne(a,d) and ne(a,e) and ne(b,c) and ne(b,d) and ne(b,e) and ne(c,d) and ne(c,e) and ne(d,e) and exists Q[a] and exists Q[b] and exists Q[c] and exists Q[d] and exists Q[e] and ne(a,'<bos>') and ne(b,'<bos>') and ne(c,'<bos>') and ne(d,'<bos>') and ne(e,'<bos>') and ne(a,'<sep>') and ne(b,'<sep>') and ne(c,'<sep>') and ne(d,'<sep>') and ne(e,'<sep>')
next[t] := any s: Q[s] and Pair[s, t] and not Many
`;
    expect(check('UR', few, 1)).toMatchObject({ upTo: 6 });
  });

  it('a large program that is not proved is tried as far as the budget goes, at least to sources of four symbols', () => {
    // 'Wide' is true of sources this short; the order of symbols is looked at, so no proof is sought.
    const large = (schema: string, comparisons: number, least = 3000): string => {
      const wide = Array.from(
        { length: comparisons },
        (_, i) => `(all a, b, c, d: ${least + i} >= # Q[a] + ${3 + i} * # Q[b] + 17 * # Q[c] + 40 * # Q[d])`,
      );
      const ordered = 'not (any s: any t: lt(s, t) and Q[s] and Q[t])';
      return `let Wide := ${[ordered, ...wide].join(' and ')}\n${schema.replace(/^next.*$/gm, '$& and Wide')}`;
    };
    expect(check('UR', large(SCHEMAS.UNIQUE_RIGHT, 1), 1)).toMatchObject({ upTo: 5 });
    expect(check('UR', large(SCHEMAS.UNIQUE_RIGHT, 4), 1)).toMatchObject({
      upTo: 4,
      compared: expect.stringContaining('longer sources are beyond the caps') as string,
    });
    expect(() => check('UF', large(SCHEMAS.COPY_FORWARD, 2), 2)).toThrow(
      'too large to check: more than 3,000,000,000 operands in situations and prompts, and bounds of counts',
    );
    // What is false is found before the budget ends.
    expect(() => check('UF', large(SCHEMAS.COPY_FORWARD, 1, 40), 2)).toThrow('the program names nothing');
  });

  it('an alphabet of its own, another depth, and positions in plain are refused', () => {
    expect(() => check('UR', `alphabet { a }\n${SCHEMAS.UNIQUE_RIGHT}`, 1)).toThrow(
      'the alphabet is declared twice',
    );
    expect(() => check('UR', SCHEMAS.UNIQUE_RIGHT, 2)).toThrow("the program's depth is 1, not 2");
    expect(() => check('UR', SCHEMAS.UNIQUE_RIGHT, 1, 'plain')).toThrow('it looks at positions');
  });
});
