import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { UserError } from '../../common/errors.ts';
import { automatonOf } from './build.ts';
import { parseAutomaton } from './files.ts';
import { parseRegex } from './regex.ts';

const endsInB = automatonOf(parseRegex('(a|b)*b'));

/** A table of one state and one symbol, with something wrong in it. */
function table(wrong: Record<string, unknown>): string {
  return JSON.stringify({ alphabet: ['a'], start: 0, accepting: [0], transitions: [[0]], ...wrong });
}

describe('automaton files', () => {
  it.each([
    {
      form: 'a list',
      text: '{"start": 0, "accepting": [1], "transitions": [[0,"a",0],[0,"b",1],[1,"a",0],[1,"b",1]]}',
    },
    {
      form: 'objects',
      text: '{"initial": "p", "final": ["q"], "transitions": {"p": {"a": "p", "b": "q"}, "q": {"a": "p", "b": "q"}}}',
    },
    {
      form: 'a table',
      text: '{"alphabet": ["a","b"], "start": 0, "accepting": [1], "transitions": [[0,1],[0,1]]}',
    },
    { form: 'choices', text: '{"start": 0, "accepting": [1], "transitions": {"0": {"a": 0, "b": [0, 1]}}}' },
    { form: 'lines', text: '0 0 a\n0 1 b\n1 0 a\n1 1 b\n1\n' },
    {
      form: 'lines with outputs and weights',
      text: '# a comment\n0\t0\ta\ta\n0\t1\tb\tb\t0\n1\t0\ta\ta\n1\t1\tb\tb\n1\t0.0\n',
    },
    { form: 'lines with comments', text: '#comment\n0 0 a\n  # 1 2 c\n0 1 b\n// 7\n1 0 a\n1 1 b\n1\n' },
    { form: 'lines with silent steps', text: 's s a\ns s b\ns t b\nt u <eps>\nu\n' },
  ])('reads $form', ({ text }) => {
    expect(parseAutomaton(text, 'file')).toEqual(endsInB);
  });

  it('takes symbols that no transition has from the alphabet', () => {
    const text = '{"start": 0, "accepting": [0], "transitions": [[0,"a",0]], "alphabet": ["a","b"]}';
    expect(parseAutomaton(text, 'file')).toEqual(automatonOf(parseRegex('a*', ['a', 'b'])));
    expect(parseAutomaton('0 0 a\n0\n', 'file', ['a', 'b'])).toEqual(
      automatonOf(parseRegex('a*', ['a', 'b'])),
    );
  });

  it.each([
    { text: '', says: 'no automaton is in it' },
    { text: '{"start": 0', says: 'no JSON' },
    { text: '{"start": 0, "transitions": []}', says: "'accepting' is missing" },
    { text: '{"start": 0, "acepting": [], "transitions": []}', says: "did you mean 'accepting'?" },
    {
      text: '{"start": 0, "accepting": [0], "transitions": [[0,"a"]]}',
      says: 'transitions[0]: [from, symbol, to]',
    },
    {
      text: '{"start": 0, "accepting": [0], "transitions": [[0,"a",{}]]}',
      says: 'a name without white space',
    },
    { text: '{"start": 0, "accepting": [0], "transitions": [], "states": 1}', says: 'no symbol occurs' },
    {
      text: '{"start": 2, "accepting": [0], "transitions": [[0,"a",0]], "states": 1}',
      says: "start: the state '2' is not among the states 0 to 0",
    },
    { text: table({ transitions: [[5]] }), says: 'transitions[0][0]: a state (0 to 0) or null' },
    { text: table({ transitions: [[-1]] }), says: 'transitions[0][0]: a state (0 to 0) or null' },
    { text: table({ transitions: [[0.5]] }), says: 'transitions[0][0]: a state (0 to 0) or null' },
    { text: table({ transitions: [[0], []] }), says: 'transitions[1]: 0 states' },
    { text: table({ transitions: [[0, 0]] }), says: 'transitions[0]: 2 states' },
    { text: table({ transitions: [['0']] }), says: 'transitions[0]: [from, symbol, to]' },
    {
      text: table({ accepting: [0, 9] }),
      says: "accepting[1]: the state '9' is not among the states 0 to 0",
    },
    { text: table({ accepting: [0.5] }), says: 'accepting[0]: a name' },
    { text: table({ start: -1 }), says: 'start: a name' },
    { text: table({ start: 1 }), says: "start: the state '1'" },
    { text: table({ states: 2 }), says: 'transitions: 1 rows' },
    { text: table({ states: 0.5 }), says: 'states: a whole number' },
    { text: table({ alphabet: [''] }), says: 'alphabet[0]: a symbol has no name' },
    {
      text: '{"start": 0, "accepting": [9], "transitions": [[0,"a",1]]}',
      says: "accepting[0]: the state '9' is in no transition",
    },
    {
      text: '{"start": 7, "accepting": [1], "transitions": [[0,"a",1]]}',
      says: "start: the state '7' is in no transition",
    },
    { text: '0 1 a b\n1\n', says: 'line 1: an acceptor' },
    { text: '0 1 a 0.5\n1\n', says: 'line 1: an acceptor' },
    { text: '0 1 a a 0 0\n1\n', says: '6 columns' },
    { text: '[1,2]', says: 'an object' },
    {
      text: '{"start": 0, "start": 1, "accepting": [0], "transitions": [[0,"a",1]]}',
      says: 'the key "start" stands twice in one object',
    },
    { text: '{"start": 0, "accepting": [0], "transitions": {"0": {"a": 0, "a": 1}}}', says: 'stands twice' },
    { text: table({ alphabet: ['<eos>'] }), says: 'the symbol "<eos>" is reserved' },
    { text: '0 0 <eos>\n0\n', says: 'the symbol "<eos>" is reserved' },
    { text: `0 0 '"\n0\n`, says: 'both kinds of quotes' },
    { text: '0 1 a\n1\nremark\n', says: "the state 'remark' is in no transition; if it is a comment" },
  ])('refuses $text', ({ text, says }) => {
    expect(() => parseAutomaton(text, 'my.fst')).toThrow(says);
    expect(() => parseAutomaton(text, 'my.fst')).toThrow(/^my\.fst: /);
  });

  it('takes any text without more than a UserError', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom('0', '1', 'a', ' ', '\n', '\t', '<eps>')).map((parts) => parts.join('')),
      fc.json(),
      fc
        .record({ start: fc.jsonValue(), accepting: fc.jsonValue(), transitions: fc.jsonValue() })
        .map((v) => JSON.stringify(v)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          parseAutomaton(text, 'file');
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
