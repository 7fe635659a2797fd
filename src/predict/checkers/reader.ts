/**
 * The checker's own reading of regular expressions (docs/predict.md has the syntax), straight to terms whose
 * derivatives it takes. It is only asked about expressions that somebody else could read; it refuses what it can't.
 */
import type { Term, Terms } from './derivatives.ts';
import { must, withinCap } from './refusal.ts';

/** The caps of the language's own reader: what is beyond them is not checked. */
const MAX_CHARACTERS = 10_000;
const MAX_NESTING = 200;
const MAX_REPETITIONS = 1_000;

/** The term of an expression over an alphabet. Throws where the text is no expression over it. */
export function readExpression(text: string, alphabet: readonly string[], terms: Terms): Term {
  const characters = [...text];
  withinCap(characters.length, MAX_CHARACTERS, 'characters of an expression');
  let at = 0;
  let nesting = 0;

  const deeper = <T>(read: () => T): T => {
    withinCap(++nesting, MAX_NESTING, 'brackets and complements inside each other');
    const result = read();
    nesting--;
    return result;
  };
  const space = (): void => {
    while (at < characters.length && /\s/.test(characters[at])) at++;
  };
  const next = (): string | undefined => {
    space();
    return characters[at];
  };
  const take = (wanted: string): boolean => {
    if (next() !== wanted) return false;
    at++;
    return true;
  };
  const known = (name: string): number => {
    const letter = alphabet.indexOf(name);
    must(letter >= 0, `'${name}' is not in the alphabet`);
    return letter;
  };
  const everyLetter = [...alphabet.keys()];
  /** By letter, the code point of a symbol of one character; what ranges range over. */
  const codes = alphabet.map((name) => ([...name].length === 1 ? codeOf(name) : NaN));

  function union(): Term {
    const parts = [shuffle()];
    while (next() === '|' && characters[at + 1] !== '|') {
      at++;
      parts.push(shuffle());
    }
    return terms.union(parts);
  }

  function shuffle(): Term {
    let term = intersection();
    while (next() === '|' && characters[at + 1] === '|') {
      at += 2;
      term = terms.shuffle(term, intersection());
    }
    return term;
  }

  function intersection(): Term {
    const parts = [concatenation()];
    while (take('&')) parts.push(concatenation());
    return terms.intersection(parts);
  }

  function concatenation(): Term {
    const parts: Term[] = [];
    for (let c = next(); c !== undefined && !'|&)'.includes(c); c = next()) parts.push(prefixed());
    must(parts.length > 0, `an expression is missing at column ${at + 1}`);
    return parts.reduceRight((rest, part) => terms.concat(part, rest));
  }

  function prefixed(): Term {
    if (take('~') || take('!')) return terms.complement(deeper(prefixed));
    let term = atom();
    for (let before = ''; ; before = characters[at - 1]) {
      const operator = next();
      must(
        before === '' || (operator !== '+' && operator !== '?'),
        `'${before}${operator ?? ''}' before column ${at + 2} is no repetition; in a group it would be one`,
      );
      if (take('*')) term = terms.repeat(term, 0, Infinity);
      else if (take('+')) term = terms.repeat(term, 1, Infinity);
      else if (take('?')) term = terms.repeat(term, 0, 1);
      else if (take('{')) {
        const min = number();
        const max = take(',') ? (next() === '}' ? Infinity : number()) : min;
        must(take('}') && min <= max, `a wrong repetition before column ${at + 1}`);
        term = terms.repeat(term, min, max);
      } else return term;
    }
  }

  function number(): number {
    space();
    const from = at;
    while (/^[0-9]$/.test(characters[at] ?? '')) at++;
    must(at > from, `a number is missing at column ${from + 1}`);
    const value = Number(characters.slice(from, at).join(''));
    withinCap(value, MAX_REPETITIONS, 'repetitions');
    return value;
  }

  function atom(): Term {
    const c = next();
    must(c !== undefined && !'*+?{}])^$'.includes(c), `nothing readable at column ${at + 1}`);
    if (take('.')) return terms.letters(everyLetter);
    if (take('ε')) return terms.empty;
    if (take('∅')) return terms.nothing;
    if (take('[')) return bracket();
    if (!take('(')) return terms.letters([known(symbol())]);
    if (take(')')) return terms.empty;
    const inner = deeper(union);
    must(take(')'), `a bracket is not closed before column ${at + 1}`);
    return inner;
  }

  /** One symbol: escaped, in quotes, or itself. */
  function symbol(): string {
    const c = characters[at++];
    if (c === '\\') {
      const escaped = characters.at(at++);
      must(
        escaped !== undefined && !/^[A-Za-z0-9]$/.test(escaped),
        `\\${escaped ?? ''} is no symbol: letters and digits are not escaped`,
      );
      return escaped;
    }
    if (c !== "'" && c !== '"') return c;
    const end = characters.indexOf(c, at);
    must(end > at, `a quote is empty, or not closed, before column ${at + 1}`);
    const name = characters.slice(at, end).join('');
    at = end + 1;
    return name;
  }

  function member(): string {
    must(characters[at] !== '[', 'inside [ ] a [ is escaped');
    return symbol();
  }

  function bracket(): Term {
    const negated = characters[at] === '^';
    if (negated) at++;
    const members = new Set<number>();
    while (!take(']')) {
      must(next() !== undefined, 'a [ is not closed');
      const first = member();
      if (next() !== '-' || characters[at + 1] === ']') {
        members.add(known(first));
        continue;
      }
      at++;
      must(next() !== undefined, 'a range has no end');
      const last = member();
      must([...first].length === 1 && [...last].length === 1, 'a range goes from one character to another');
      withinCap(codeOf(last) - codeOf(first), MAX_REPETITIONS, 'symbols in a range');
      const between = everyLetter.filter(
        (letter) => codeOf(first) <= codes[letter] && codes[letter] <= codeOf(last),
      );
      must(between.length > 0, `no symbol of the alphabet lies between '${first}' and '${last}'`);
      for (const letter of between) members.add(letter);
    }
    return terms.letters(everyLetter.filter((letter) => members.has(letter) !== negated));
  }

  const term = union();
  must(next() === undefined, `nothing may follow column ${at}`);
  return term;
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
