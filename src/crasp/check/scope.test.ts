import { describe, expect, it } from 'vitest';
import { Report } from '../text/diagnostics.ts';
import { parseProgram } from '../text/parser.ts';
import { tokenize } from '../text/tokens.ts';
import { checkProgram } from './check.ts';

describe('rules for every symbol', () => {
  /** The resolved rules of a program text. */
  const resolved = (text: string) => {
    const report = new Report(text);
    return checkProgram(parseProgram(tokenize(text, report).tokens, report), report).next;
  };

  it('range over the symbols that are not meta symbols, or over all of a set', () => {
    const [bare, all, named] = resolved(
      "alphabet { a b '<sep>' } next[s] := Q[s] next[t in Sigma] := Q[t] next[u in {b}] := Q[u]",
    );
    expect([bare.symbols, all.symbols, named.symbols]).toEqual([[0, 1], [0, 1, 2], [1]]);
  });

  it('share one list of symbols: 30,000 of them over 3,000 symbols would be 90 million numbers', () => {
    const rules = resolved('alphabet { a b } next[s] := Q[s] next[t] := Q[t]');
    expect(rules[0].symbols).toBe(rules[1].symbols);
    const sets = resolved('alphabet { a b } next[s in Sigma] := Q[s] next[t in Sigma] := Q[t]');
    expect(sets[0].symbols).toBe(sets[1].symbols);
  });
});
