import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { programs } from '../../test/fixtures/crasp/arbitrary.ts';
import { processorTime } from '../../test/processor-time.ts';
import { compile, parse } from './compile.ts';
import { lint } from './explore/lint.ts';
import { CraspError, renderDiagnostic } from './text/diagnostics.ts';
import { metrics } from './core/metrics.ts';

/** The errors as `line:column message | expected | suggestion`. */
function errorsOf(text: string): string[] {
  return (parse(text).errors ?? []).map(({ line, column, message, expected, suggestion }) =>
    [`${line}:${column} ${message}`, expected, suggestion].filter((part) => part !== undefined).join(' | '),
  );
}

const warningsOf = (text: string): string[] =>
  parse(text).warnings.map(({ line, column, message }) => `${line}:${column} ${message}`);

/** Programs of one mistake, after `alphabet { a b }` on the first line; what is said, on which column. */
const mistakes: [what: string, rest: string, said: string][] = [
  [
    'an unknown name, with the one that was meant',
    "let Big := 'a'\naccept Bg",
    "3:8 unknown name 'Bg', did you mean 'Big'?",
  ],
  ['a symbol without quotes', 'accept a', "2:8 unknown name 'a' | the symbol is written in quotes: 'a'"],
  ['an unknown symbol', "accept 'c'", "2:8 unknown symbol 'c', did you mean 'a'?"],
  ['a count where a bool is due', "accept # 'a'", "2:8 'accept' takes a bool, and this is a count"],
  ['a bool where a count is due', "accept 'a' + 1 > 2", "2:8 '+' here takes a count, and this is a bool"],
  ['a count that is counted', "accept #(# 'a') > 1", "2:10 '#' here takes a bool, and this is a count"],
  ['a count compared with a bool', "accept # 'a' > 'b'", "2:8 '>' compares a count with a bool"],
  ['bools in order', "accept 'a' < 'b'", "2:8 '<' compares counts, and these are bools"],
  [
    'branches of different types',
    "accept ('a' ? 1 : 'b')",
    "2:9 the branches of '?' differ: one is a count, the other a bool",
  ],
  [
    'a product of counts',
    "accept # 'a' * # 'b' > 1",
    '2:8 the product is not linear: more than one factor depends on the input',
  ],
  ['too few symbols', 'let F[s] := Q[s]\naccept F', "3:8 'F' takes 1 symbol, and here are 0"],
  ['too many symbols', "let F := 'a'\naccept F[a]", "3:8 'F' takes 0 symbols, and here is 1"],
  [
    'a family outside its set',
    'let F[s in {a}] := Q[s]\naccept any t: F[t]',
    "3:17 'F' is not defined for s = 'b'",
  ],
  ['a definition by itself', 'let P := not P\naccept P', "2:5 'P' is defined by itself: P → P"],
  ['a circle', 'let P := R\nlet R := not P\naccept P', "2:5 'P' is defined by itself: P → R → P"],
  ['a name defined twice', "let P := 'a'\nlet P := 'b'\naccept P", "3:5 'P' is defined twice"],
  [
    'a reserved name',
    "let first := 'a'\naccept 'a'",
    "2:5 'first' is a word of the language and cannot be defined",
  ],
  [
    'a symbol variable as an expression',
    'accept any s: s',
    "2:15 's' is a variable for symbols, not an expression",
  ],
  ['no output', "let P := 'a'", '2:12 the program has no output'],
  ['two outputs', "accept 'a'\naccept 'b'", "3:1 a second 'accept'"],
  ['both kinds of output', "accept 'a'\nnext['a'] := 'b'", "2:1 the program has both 'accept' and 'next[…]'"],
  ['an unknown token', "accept 'a' $ 'b'", "2:12 unknown token '$'"],
  ["another language's and", "accept 'a' && 'b'", "2:12 unknown operator '&&' | write 'and'"],
  ["another language's not", "accept !'a'", "2:8 unknown operator '!' | write 'not'"],
  [
    'chained comparisons',
    "accept 0 < # 'a' < 2",
    "2:18 unexpected '<' | comparisons do not chain: write a < b and b < c",
  ],
  ['a missing operand', "accept 'a' and or 'b'", "2:16 unexpected 'or' | an expression"],
  [
    'an expression that breaks off',
    "let P := 'a' and\naccept 'b'",
    '2:17 the expression breaks off | an expression',
  ],
  ['an open bracket', "accept ('a' and 'b'", "2:8 the bracket is not closed | ')'"],
  ['a closed bracket too many', "accept 'a')", "2:11 unexpected ')' | an operator or the next statement"],
  ['= for :=', "let P = 'a'\naccept P", "2:7 unexpected '=' | ':='"],
  [
    'a definition without let',
    "P := 'a'\naccept 'a'",
    "2:1 unexpected 'P' | an operator or the next statement | a definition begins with let: let P := …",
  ],
  ['not in a count', "accept # not 'a' > 1", "2:10 unexpected 'not' | an expression | 'not' binds loosely"],
  ['an open quote', "accept 'a", '2:8 the quote is not closed on this line'],
  ['a huge integer', "accept # 'a' > 99999999999", '2:16 the integer is larger than 2147483647'],
  ['a product of huge integers', "accept 2000000000 * 2000000000 * # 'a' > 1", '2:8 this number can exceed'],
  ['a modulus of 0', 'accept mod(0, 1)', '2:8 the modulus is 0 | at least 1'],
  [
    'a far look-back',
    "accept prev(100000, 'a')",
    '2:8 a look-back of 100000 positions is more than the 65536 allowed',
  ],
  [
    'a period too long, where it becomes so',
    'accept mod(65537, 0) or mod(32749, 1) or mod(32719, 2)',
    '2:42 with this, the least common multiple of the moduli exceeds 2147483647',
  ],
  ['an unknown dialect', "dialect plane\naccept 'a'", "2:9 unknown dialect 'plane', did you mean 'plain'?"],
  ['an unknown read-out', "read at end\naccept 'a'", "2:9 unexpected 'end' | 'eos' or 'last'"],
  ['an unknown set', 'accept any s in {a d}: Q[s]', "2:20 unknown symbol 'd'"],
  ['a doubled variable', 'accept any s, s: Q[s]', "2:15 the variable 's' is bound twice"],
  [
    'a number with an exponent',
    "accept # 'a' > 1e300",
    "2:16 '1e300' is no whole number written with digits",
  ],
  ['a number with a point', "accept # 'a' > 1.5", "2:16 '1.5' is no whole number written with digits"],
  ['a division', "accept # 'a' > 3 / # 'b'", "2:18 unknown token '/' | C-RASP does not divide"],
  ['a word of the language in capitals', 'accept TRUE', "2:8 unknown name 'TRUE', did you mean 'true'?"],
  ['a second alphabet', "alphabet { c }\naccept 'a'", '2:1 the alphabet is declared twice'],
];

describe('errors', () => {
  it.each(mistakes)('%s', (_, rest, said) => {
    const errors = errorsOf(`alphabet { a b }\n${rest}`);
    expect(errors.length).toBe(1);
    expect(errors[0].startsWith(said), `${errors[0]}\nshould begin with\n${said}`).toBe(true);
  });

  it.each([
    ['no alphabet', "accept 'a'", '1:1 the program declares no alphabet'],
    ['an empty alphabet', 'alphabet { } accept true', '1:1 the alphabet is empty'],
    ['a symbol twice', 'alphabet { a b a } accept true', "1:16 the symbol 'a' is listed twice"],
    ['a sign in an alphabet', 'alphabet { a # } accept true', "1:14 unexpected '#' | a symbol or '}'"],
    [
      'a symbol that begins with a digit',
      'alphabet { 1a } accept true',
      "1:12 '1a' is neither a number nor a name",
    ],
    ['a symbol with a blank', "alphabet { 'a b' } accept true", '1:12 a symbol cannot contain blanks'],
    ['an empty program', '', '1:1 the program declares no alphabet'],
  ])('%s', (_, text, said) => {
    expect(
      errorsOf(text).some((error) => error.startsWith(said)),
      errorsOf(text).join('\n'),
    ).toBe(true);
  });

  it('are reported all at once, from every step, each at its place', () => {
    const text = `alphabet { a b }
let Big[s] := # Q[s]
let x := 5 +
let y := Bg > 1
let c := d
let d := not c
accept Big * 2 and 'z' $ x`;
    expect(errorsOf(text).map((error) => error.split(' ')[0])).toEqual([
      '3:13',
      '4:10',
      '5:5',
      '7:8',
      '7:20',
      '7:24',
    ]);
  });

  it('show the line with a caret, what was expected and a suggestion', () => {
    const [error] = parse("alphabet { a b }\n\tlet P := Bg and\t'a'\nlet Big := 'a'\naccept P").errors ?? [];
    expect(renderDiagnostic(error, 'copy.crasp')).toBe(
      [
        "error: unknown name 'Bg', did you mean 'Big'?",
        '  --> copy.crasp:2:11',
        '   |',
        "2  | \tlet P := Bg and\t'a'",
        '   | \t         ^^',
        '   = help: write Big',
      ].join('\n'),
    );
  });

  it.each(['', "\nlet P := 'a'\naccept P and Q", "\naccept 'a'\nread at last"])(
    'say at its opening that an alphabet is not closed, and take what follows for statements: %j',
    (rest) => {
      expect(errorsOf(`alphabet { a b${rest}`)[0]).toBe("1:10 the bracket is not closed | '}'");
      expect(errorsOf(`alphabet { a b${rest}`).length).toBeLessThanOrEqual(2);
    },
  );

  it('leave symbols alone that are words of the language', () => {
    expect(errorsOf("alphabet { let accept, next }\naccept 'let'")).toEqual([]);
  });

  it('show of a long line the part around the place, the caret under it', () => {
    const { errors = [] } = parse(
      `alphabet { a }\naccept ${"'a' or ".repeat(1000)}Foo or ${'a'.repeat(500)}`,
    );
    const [, , , source, caret] = renderDiagnostic(errors[0], 'long.crasp').split('\n');
    expect(errors[0].column).toBe(7008);
    expect(source.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('Foo');
    expect(source.length).toBeLessThan(180);
    expect(source).toMatch(/ …r 'a'.*…$/);
  });

  it('never split a character where a long line is cut', () => {
    const { errors = [] } = parse(`alphabet { a }\naccept ${'😀'.repeat(300)}`);
    for (const { source } of errors) expect(source).not.toMatch(/[\ud800-\udfff]/u);
  });

  it('do not hand on to a terminal what it would obey', () => {
    const { errors = [] } = parse("alphabet { a }\naccept \u001b[2J'a' \u202e or b");
    const shown = errors.map((error) => renderDiagnostic(error, 'x.crasp')).join('\n');
    for (const obeyed of ['\u001b', '\u202e']) expect(shown.includes(obeyed)).toBe(false);
  });

  it('are all in the one that compile throws', () => {
    const text = 'alphabet { a }\naccept Bg and Cg';
    expect(() => compile(text)).toThrow(CraspError);
    expect(() => compile(text)).toThrow(
      /^2 errors in the program: line 2, column 8: .*; line 2, column 15: /,
    );
  });

  it('say by which operation a dialect is exceeded', () => {
    const within = (dialect: string, rest: string): string =>
      errorsOf(`alphabet { a b }\ndialect ${dialect}\naccept ${rest}`).join();
    expect(within('plain', "exists ('a' and prev 'b')")).toContain(
      "3:24 dialect plain exceeded: 'prev' is local",
    );
    expect(within('plain', "#[i-2<=j] 'a' > 1")).toContain(
      "3:9 dialect plain exceeded: the guard of '#' is local",
    );
    expect(within('plain', 'mod(2, 1)')).toContain("3:8 dialect plain exceeded: 'mod' is periodic");
    expect(within('plain', "exists[j<i] 'a'")).toBe('');
    expect(within('local', "prev 'a' and mod(2, 1)")).toContain(
      "3:21 dialect local exceeded: 'mod' is periodic",
    );
    expect(within('local', 'mod(2, 1)')).toContain("or declare 'dialect pos'");
    expect(within('periodic', "prev 'a' and mod(2, 1)")).toContain('3:8 dialect periodic exceeded');
    expect(within('pos', "prev 'a' and mod(2, 1)")).toBe('');
    expect(within('star', "prev 'a'")).toBe('');
    expect(within('star', 'mod(2, 1)')).toContain('dialect star exceeded');
    expect(within('positive', "# 'a' > 2 and 2 * # 'a' + # 'b' <= 5")).toBe('');
    expect(within('positive', "# 'a' > # 'b'")).toContain(
      '3:8 dialect positive exceeded: the comparison has counts of both signs',
    );
    expect(within('positive', "exists[j<i] 'a'")).toContain("the guard of 'exists' is the strict past");
  });
});

describe('warnings', () => {
  it.each([
    ['a definition that nobody uses', "let P := 'a'\naccept 'b'", "2:5 'P' is never used"],
    [
      'a variable that hides a symbol',
      'accept any a: Q[a]',
      "2:12 the variable 'a' hides the symbol of that name",
    ],
    ['a rule for every symbol alike', "next[c] := 'a'", "2:6 the variable 'c' is not used"],
    ['a rule whose variable is a symbol', 'next[a] := Q[a]', "2:6 'a' is the symbol of that name here"],
    ['a guard that admits nothing', "accept #[i-1<=j<=i-3] 'a' = 0", '2:9 the guard admits no position'],
    ['a residue beyond the modulus', 'accept mod(2, 3)', '2:8 mod(2, 3) is mod(2, 1)'],
    ['read at with next', "read at last\nnext['a'] := 'b'", "2:1 'read at' has no meaning for next[…]"],
  ])('%s', (_, rest, said) => {
    const text = `alphabet { a b }\n${rest}`;
    expect(parse(text).errors).toBeUndefined();
    expect(warningsOf(text).some((warning) => warning.startsWith(said))).toBe(true);
  });
});

describe('families and macros', () => {
  it('share equal operations, whatever they are called', () => {
    const long = "alphabet { a b } let P := exists[j<=i] 'a' let R := # Q['a'] >= 1 accept P and R";
    expect(metrics(compile(long)).size).toBe(metrics(compile("alphabet { a b } accept exists 'a'")).size);
  });

  it('give next a variable over all symbols but the meta ones', () => {
    const { output, alphabet } = compile("alphabet { a b '<bos>' '<eos>' } next[t] := Q[t]");
    const symbols = output.kind === 'next' ? output.symbols.map(({ symbol }) => alphabet[symbol]) : [];
    expect(symbols).toEqual(['a', 'b']);
  });

  it('do not look into what a relation has ruled out', () => {
    const text =
      "alphabet { a b '<bos>' } let F[s in {a b}] := exists Q[s] accept all t: ne(t, '<bos>') => F[t]";
    expect(parse(text).errors).toBeUndefined();
  });

  it.each([
    ['and', 'accept any s: Never[s] and F[s]'],
    ['or', 'accept all s: Always[s] or F[s]'],
    ['=>', 'accept all s: Never[s] => F[s]'],
    ['?', 'accept all s: Never[s] ? F[s] : true'],
    ['a family that is not needed either', 'accept any s: Never[s] and G[s] let G[s] := F[s]'],
    ['a definition of its own', 'accept P let P := any s: Never[s] and F[s]'],
  ])('need not exist after what decides, in whatever order they are elaborated: %s', (_, rest) => {
    const families = 'let F[s in {a}] := exists Q[s] let Never[s] := not eq(s, s) let Always[s] := eq(s, s)';
    expect(errorsOf(`alphabet { a b } ${rest} ${families}`)).toEqual([]);
  });

  it('have to exist where nothing decides before them', () => {
    const rest =
      'accept any s: Some[s] and G[s]\nlet G[s] := F[s]\nlet Some[s] := Q[s]\nlet F[s in {a}] := Q[s]';
    expect(errorsOf(`alphabet { a b }\n${rest}`)).toEqual([
      "3:15 'F' is not defined for s = 'b' | a symbol of the set of 's' in the definition",
    ]);
  });

  it('may be defined after they are used', () => {
    expect(parse("alphabet { a } accept P let P := R let R := 'a'").errors).toBeUndefined();
  });
});

describe('rules about no symbol', () => {
  it.each(["alphabet { a } next[s in {}] := 'a'", "alphabet { '<sep>' } next[t] := Q[t]"])(
    'are refused where there is no other: %s',
    (text) => {
      expect(errorsOf(text)).toEqual([
        expect.stringContaining(
          "no 'next[…]' is about a symbol: there is none to be named | a rule for at least one symbol of the alphabet",
        ),
      ]);
      expect(parse(`${text} next['${text.includes('sep') ? '<sep>' : 'a'}'] := true`).errors).toBeUndefined();
    },
  );
});

describe('hostile programs', () => {
  it('have 100 errors at most, after which nothing is looked up', () => {
    const names = Array.from({ length: 25_000 }, (_, i) => `let Name${i} := Unknown${i}`);
    const symbols = Array.from({ length: 25_000 }, (_, i) => `'sym${i}x'`);
    const alphabet = Array.from({ length: 9_999 }, (_, i) => `symbol${i}`).join(' ');
    expect(errorsOf(`alphabet { a }\n${names.join('\n')}\naccept Name1`)).toHaveLength(100);
    expect(errorsOf(`alphabet { ${alphabet} }\naccept ${symbols.join(' or ')}`)).toHaveLength(100);
  });

  it('with a name of 400,000 letters are refused in a sentence that shows both of its ends', () => {
    const name = 'N'.repeat(400_000);
    const errors = errorsOf(`alphabet { a }\nlet ${name} := 'a'\naccept ${name}M`);
    expect(errors).toEqual([
      expect.stringMatching(/^3:8 unknown name 'N{800,1000}…N{50,100}M' \| define it/),
    ]);
    expect(errors[0].length).toBeLessThan(2_500);
  });

  const refusal = (text: string): string =>
    (parse(text).errors ?? []).map(({ message }) => message).join('; ');

  it('of any text are refused with errors or compile, and nothing else happens', () => {
    const words = fc.constantFrom(
      ...'alphabet { } a b \'a\' "b" let def := = accept next [ ] ( ) # exists forall prev first mod any all in Sigma : ? , + - * < <= > >= != and or not => true false 1 2 i j Q P s lt min read at eos last dialect plain // \n é 😀'.split(
        ' ',
      ),
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words, { maxLength: 60 }).map((parts) => parts.join(' ')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        for (const whole of [text, `alphabet { a b } ${text}`]) {
          const { program, errors } = parse(whole);
          expect(program === undefined).toBe(errors !== undefined);
          for (const error of errors ?? []) expect(renderDiagnostic(error, 'x')).toContain('error: ');
        }
      }),
      { numRuns: 800 },
    );
  });

  it('made from good ones by small changes never do anything else either', () => {
    fc.assert(
      fc.property(programs, fc.nat(), fc.nat(3), fc.string({ maxLength: 3 }), (text, at, cut, insert) => {
        const place = at % (text.length + 1);
        parse(text.slice(0, place) + insert + text.slice(place + cut));
      }),
      { numRuns: 600 },
    );
  });

  it.each([
    ['brackets', `${'('.repeat(50_000)}'a'${')'.repeat(50_000)}`],
    ['not', `${'not '.repeat(50_000)}'a'`],
    ['minus', `${'-'.repeat(50_000)}1 > 0`],
    ['arrows', `${"'a' => ".repeat(50_000)}'a'`],
    ['conditionals', `${"'a' ? 'b' : ".repeat(50_000)}'a'`],
    ['counts', `${'exists '.repeat(50_000)}'a'`],
    ['any', `${'any s: '.repeat(50_000)}'a'`],
  ])('nested too deeply with %s are refused by name', (_, expression) => {
    expect(refusal(`alphabet { a b } accept ${expression}`)).toContain(
      'more than 200 brackets and operators inside each other',
    );
  });

  it('just within the nesting allowed compile', () => {
    const inner = "(not ('a' => ((1 < 2 * (3 - -# ";
    const close = ')))))';
    const deep = `${inner.repeat(20)}'a'${`${close} and 'b'`.repeat(20)}`;
    expect(
      parse(`alphabet { a b } accept ${deep}`).program ?? refusal(`alphabet { a b } accept ${deep}`),
    ).toBeDefined();
    const brackets = `${'(not '.repeat(98)}'a'${')'.repeat(98)}`;
    expect(refusal(`alphabet { a b } accept ${brackets}`)).toBe('');
  });

  it('of long chains compile, or are refused by name', () => {
    expect(refusal(`alphabet { a b } accept ${"'a' or ".repeat(50_000)}'b'`)).toBe('');
    expect(refusal(`alphabet { a b } accept ${"# 'a' + ".repeat(50_000)}1 > 0`)).toBe('');
    const chain = Array.from({ length: 5_000 }, (_, n) => `let P${n + 1} := P${n} and prev P${n}`).join('\n');
    expect(refusal(`alphabet { a b }\naccept P5000\n${chain}\nlet P0 := 'a'`)).toBe('');
  });

  it.each([
    ['families', 'all s, t, u, v: le(s, s)', 'more than 1000000 steps'],
    [
      'variables',
      `any ${Array.from({ length: 1000 }, (_, n) => `v${n}`).join(', ')}: true`,
      '1000 variables at once',
    ],
    ['operations', 'any s, t: # Q[s] > # Q[t] + 2 and exists (Q[s] and prev Q[t])', 'operations'],
  ])('of huge %s are refused by name', (_, expression, said) => {
    const symbols = Array.from({ length: 200 }, (_, n) => `x${n}`).join(' ');
    expect(refusal(`alphabet { ${symbols} } accept ${expression}`)).toContain(said);
  });

  it('that put the same long sum together again and again are refused by name', async () => {
    const symbols = Array.from({ length: 300 }, (_, n) => `x${n}`).join(' ');
    const sum = Array.from({ length: 300 }, (_, n) => `# 'x${n}'`).join(' + ');
    const text = `alphabet { ${symbols} } let A := ${sum} accept any s, t: A > 0 - A`;
    const taken = await processorTime(() => {
      expect(refusal(text)).toContain('more than 10000000 operands');
    });
    expect(taken).toBeLessThan(6_000);
  });

  it('that look back as far as they may are looked at as quickly as others', async () => {
    const programs = [
      "alphabet { a b } accept prev(65536, 'a')",
      `alphabet { a b } accept ${Array.from({ length: 14 }, (_, n) => `prev(65536, exists ('a' and prev(${n + 1}, 'b')))`).join(' or ')}`,
    ];
    const taken = await processorTime(() => programs.forEach((text) => lint(compile(text))));
    expect(taken).toBeLessThan(4_000);
  });

  it('that are too long, or have too many symbols, are refused by name', () => {
    expect(refusal(' '.repeat(1_000_001))).toContain('1000001 characters, more than the 1000000 allowed');
    const symbols = Array.from({ length: 10_001 }, (_, n) => `x${n}`).join(' ');
    expect(refusal(`alphabet { ${symbols} } accept true`)).toContain(
      '10001 symbols, more than the 10000 allowed',
    );
  });

  it('with a circle through thousands of definitions are told its beginning', () => {
    const circle = Array.from({ length: 5_000 }, (_, n) => `let P${n} := P${(n + 1) % 5_000}`).join('\n');
    expect(refusal(`alphabet { a }\naccept P0\n${circle}`)).toContain("'P0' is defined by itself: P0 → P1 →");
  });

  it('have at most a hundred errors', () => {
    expect(parse(`alphabet { a }\n${'accept Q\n'.repeat(1000)}`).errors?.length).toBe(100);
  });
});
