/**
 * What each operation on lists of symbols means, and how it is written in TypeScript and Python: one entry each. Numbers are
 * compared as text and never parsed, so that both languages take the same ones: Python's `int` reads `' 3'`, `'3_0'` and
 * Arabic digits as well, and refuses 5,000 digits.
 */
import type { ListExpression, ListsExpression } from './transform.ts';

export type Symbols = readonly string[];

/** A function of a few lines in a generated file. */
export interface Helper {
  readonly name: string;
  readonly lines: readonly string[];
}

/** A function with the same meaning in every language, and what it is given after the lists. */
interface Written<E> {
  /** What a variable with its result is called; only of what may be null. */
  readonly result?: string;
  readonly typescript: Helper;
  readonly python: Helper;
  readonly literals?: (expression: E) => readonly (string | number)[];
}

/** From lists to a list. */
export interface ListOperation<E> extends Written<E> {
  readonly lists: (expression: E) => readonly ListExpression[];
  /** Without `result`, never null. */
  readonly run: (lists: readonly Symbols[], expression: E) => Symbols | null;
}

/** The operations of a table like this: all but what is given (`source`, `answer`), what cuts, and what joins. */
type ListOperations = {
  readonly [Op in Exclude<ListExpression['op'], 'source' | 'answer' | 'join'>]: ListOperation<
    Extract<ListExpression, { readonly op: Op }>
  >;
};

type OtherOperations = {
  readonly chunks: Written<ListsExpression> & {
    readonly run: (of: Symbols, expression: ListsExpression) => readonly Symbols[];
  };
  readonly join: Written<never> & {
    readonly result: string;
    /** @param answers as many as parts */
    readonly run: (answers: readonly (Symbols | null)[], parts: readonly Symbols[]) => Symbols | null;
  };
};

/** `at` and `neighbour` in one function: the step is 0, -1 or 1. */
const symbolAt = {
  result: 'found',
  run: (cited: Symbols, among: Symbols, step: number): Symbols | null => {
    const number = cited.length === 1 ? cited[0].split(':')[0] : '';
    const place = among.findIndex((_, i) => String(i + 1) === number);
    const there = place >= 0 && place + step >= 0 && place + step < among.length;
    return there ? [among[place + step]] : null;
  },
  typescript: {
    name: 'symbolAt',
    lines: [
      '/**',
      ' * The symbol at the place that `3` or `3:c` names, counted from 1, or `step`',
      ' * places to the right of it; null if there is none.',
      ' */',
      'function symbolAt(cited: Symbols, among: Symbols, step = 0): Symbols | null {',
      '  const number = cited.length === 1 ? cited[0]?.split(":")[0] : undefined;',
      '  const place = among.findIndex((_, i) => String(i + 1) === number);',
      '  const symbol = place < 0 ? undefined : among[place + step];',
      '  return symbol === undefined ? null : [symbol];',
      '}',
    ],
  },
  python: {
    name: 'symbol_at',
    lines: [
      'def symbol_at(cited, among, step=0):',
      '    """The symbol at the place that `3` or `3:c` names, counted from 1, or `step` places',
      '    to the right of it; None if there is none.',
      '    """',
      '    number = cited[0].split(":")[0] if len(cited) == 1 else None',
      '    numbers = [str(i) for i in range(1, len(among) + 1)]',
      '    place = numbers.index(number) + step if number in numbers else -1',
      '    return [among[place]] if 0 <= place < len(among) else None',
    ],
  },
};

export const operations: ListOperations & OtherOperations = {
  reverse: {
    lists: ({ of }) => [of],
    run: ([of]) => of.toReversed(),
    typescript: {
      name: 'reverse',
      lines: [
        '/** From the last symbol to the first. */',
        'function reverse(symbols: Symbols): Symbols {',
        '  return [...symbols].reverse();',
        '}',
      ],
    },
    python: {
      name: 'reverse',
      lines: [
        'def reverse(symbols):',
        '    """From the last symbol to the first."""',
        '    return list(reversed(symbols))',
      ],
    },
  },

  number: {
    lists: ({ of }) => [of],
    run: ([of]) => of.map((symbol, i) => `${i + 1}:${symbol}`),
    typescript: {
      name: 'addNumbers',
      lines: [
        '/** `a b` becomes `1:a 2:b`. */',
        'function addNumbers(symbols: Symbols): Symbols {',
        '  return symbols.map((symbol, i) => `${i + 1}:${symbol}`);',
        '}',
      ],
    },
    python: {
      name: 'add_numbers',
      lines: [
        'def add_numbers(symbols):',
        '    """`a b` becomes `1:a 2:b`."""',
        '    return [f"{i}:{symbol}" for i, symbol in enumerate(symbols, 1)]',
      ],
    },
  },

  unnumber: {
    lists: ({ of }) => [of],
    result: 'plain',
    run: ([of]) =>
      of.every((symbol, i) => symbol.startsWith(`${i + 1}:`))
        ? of.map((symbol) => symbol.slice(symbol.indexOf(':') + 1))
        : null,
    typescript: {
      name: 'removeNumbers',
      lines: [
        '/** `1:a 2:b` becomes `a b`; null unless the numbers are 1, 2, 3, ... in order. */',
        'function removeNumbers(symbols: Symbols): Symbols | null {',
        '  const inOrder = symbols.every((symbol, i) => symbol.startsWith(`${i + 1}:`));',
        '  if (!inOrder) return null;',
        '  return symbols.map((symbol) => symbol.slice(symbol.indexOf(":") + 1));',
        '}',
      ],
    },
    python: {
      name: 'remove_numbers',
      lines: [
        'def remove_numbers(symbols):',
        '    """`1:a 2:b` becomes `a b`; None unless the numbers are 1, 2, 3, ... in order."""',
        '    if not all(s.startswith(f"{i}:") for i, s in enumerate(symbols, 1)):',
        '        return None',
        '    return [symbol.split(":", 1)[1] for symbol in symbols]',
      ],
    },
  },

  twice: {
    lists: ({ of }) => [of],
    literals: ({ mark }) => [mark],
    run: ([of], { mark }) => [...of, mark, ...of],
    typescript: {
      name: 'twice',
      lines: [
        '/** The symbols, the mark, and the symbols again. */',
        'function twice(symbols: Symbols, mark: string): Symbols {',
        '  return [...symbols, mark, ...symbols];',
        '}',
      ],
    },
    python: {
      name: 'twice',
      lines: [
        'def twice(symbols, mark):',
        '    """The symbols, the mark, and the symbols again."""',
        '    return [*symbols, mark, *symbols]',
      ],
    },
  },

  padded: {
    lists: ({ of }) => [of],
    literals: ({ mark, filler }) => [mark, filler],
    run: ([of], { mark, filler }) => [...of, mark, ...of.map(() => filler)],
    typescript: {
      name: 'padded',
      lines: [
        '/** The symbols, the mark, and as many fillers as there are symbols. */',
        'function padded(symbols: Symbols, mark: string, filler: string): Symbols {',
        '  return [...symbols, mark, ...symbols.map(() => filler)];',
        '}',
      ],
    },
    python: {
      name: 'padded',
      lines: [
        'def padded(symbols, mark, filler):',
        '    """The symbols, the mark, and as many fillers as there are symbols."""',
        '    return [*symbols, mark] + [filler] * len(symbols)',
      ],
    },
  },

  neighbour: {
    ...symbolAt,
    lists: ({ of, among }) => [of, among],
    literals: ({ side }) => [stepTo(side)],
    run: ([of, among], { side }) => symbolAt.run(of, among, stepTo(side)),
  },

  at: {
    ...symbolAt,
    lists: ({ of, among }) => [of, among],
    run: ([of, among]) => symbolAt.run(of, among, 0),
  },

  last: {
    lists: ({ of }) => [of],
    result: 'end',
    run: ([of]) => (of.length === 0 ? null : of.slice(-1)),
    typescript: {
      name: 'last',
      lines: [
        '/** The last symbol, alone; null if there is none. */',
        'function last(symbols: Symbols): Symbols | null {',
        '  return symbols.length === 0 ? null : symbols.slice(-1);',
        '}',
      ],
    },
    python: {
      name: 'last',
      lines: [
        'def last(symbols):',
        '    """The last symbol, alone; None if there is none."""',
        '    return list(symbols[-1:]) or None',
      ],
    },
  },

  agree: {
    lists: (expression) => [expression.of, expression.with],
    result: 'agreed',
    run: ([one, other]) =>
      one.length === other.length && one.every((symbol, i) => symbol === other[i]) ? one : null,
    typescript: {
      name: 'agree',
      lines: [
        '/** The symbols where the others are the same; else null. */',
        'function agree(symbols: Symbols, others: Symbols): Symbols | null {',
        '  if (symbols.length !== others.length) return null;',
        '  return symbols.every((symbol, i) => symbol === others[i]) ? symbols : null;',
        '}',
      ],
    },
    python: {
      name: 'agree',
      lines: [
        'def agree(symbols, others):',
        '    """The symbols where the others are the same; else None."""',
        '    return symbols if list(symbols) == list(others) else None',
      ],
    },
  },

  chunks: {
    literals: ({ size }) => [size],
    run: (of, { size }) =>
      Array.from({ length: Math.ceil(of.length / size) }, (_, i) => of.slice(i * size, (i + 1) * size)),
    typescript: {
      name: 'chunks',
      lines: [
        '/** Parts of so many symbols each; the last one may be shorter. */',
        'function chunks(symbols: Symbols, size: number): Symbols[] {',
        '  return Array.from({ length: Math.ceil(symbols.length / size) }, (_, i) =>',
        '    symbols.slice(i * size, (i + 1) * size),',
        '  );',
        '}',
      ],
    },
    python: {
      name: 'chunks',
      lines: [
        'def chunks(symbols, size):',
        '    """Parts of so many symbols each; the last one may be shorter."""',
        '    return [symbols[i : i + size] for i in range(0, len(symbols), size)]',
      ],
    },
  },

  join: {
    result: 'joined',
    run: (answers, parts) =>
      parts.every((part, i) => answers[i]?.length === part.length)
        ? answers.flatMap((answer) => answer ?? [])
        : null,
    typescript: {
      name: 'join',
      lines: [
        '/** The answers one after the other; null unless each is as long as its part. */',
        'function join(',
        '  answers: readonly (Symbols | null)[],',
        '  parts: readonly Symbols[],',
        '): Symbols | null {',
        '  if (parts.some((part, i) => answers[i]?.length !== part.length)) return null;',
        '  return answers.flatMap((answer) => answer ?? []);',
        '}',
      ],
    },
    python: {
      name: 'join',
      lines: [
        'def join(answers, parts):',
        '    """The answers one after the other; None unless each is as long as its part."""',
        '    if any(a is None or len(a) != len(p) for a, p in zip(answers, parts)):',
        '        return None',
        '    return [symbol for answer in answers for symbol in answer]',
      ],
    },
  },
};

function stepTo(side: 'left' | 'right'): number {
  return side === 'left' ? -1 : 1;
}
