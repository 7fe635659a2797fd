/**
 * The checker's own reading of regular expressions (docs/predict.md has the syntax), straight to terms whose
 * derivatives it takes. It is only asked about expressions that somebody else could read; it refuses what it can't.
 */
import type { Term, Terms } from './derivatives.ts';
import { must } from './refusal.ts';

/** The term of an expression over an alphabet. Throws where the text is no expression over it. */
export function readExpression(text: string, alphabet: readonly string[], terms: Terms): Term {
  const characters = [...text];
  let at = 0;

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
    if (take('~') || take('!')) return terms.complement(prefixed());
    let term = atom();
    for (;;) {
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
    const digits = /^[0-9]+/.exec(characters.slice(at, at + 5).join(''));
    must(digits !== null, `a number is missing at column ${at + 1}`);
    at += digits[0].length;
    return Number(digits[0]);
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
    const inner = union();
    must(take(')'), `a bracket is not closed before column ${at + 1}`);
    return inner;
  }

  /** One symbol: escaped, in quotes, or itself. */
  function symbol(): string {
    const c = characters[at++];
    if (c === '\\') return characters[at++];
    if (c !== "'" && c !== '"') return c;
    const end = characters.indexOf(c, at);
    must(end > at, `a quote is not closed before column ${at + 1}`);
    const name = characters.slice(at, end).join('');
    at = end + 1;
    return name;
  }

  function bracket(): Term {
    const negated = characters[at] === '^';
    if (negated) at++;
    const members = new Set<number>();
    while (!take(']')) {
      must(next() !== undefined, 'a [ is not closed');
      const first = symbol();
      if (next() !== '-' || characters[at + 1] === ']') {
        members.add(known(first));
        continue;
      }
      at++;
      space();
      const last = symbol();
      alphabet.forEach((name, letter) => {
        const single = [...name].length === 1;
        if (single && codeOf(first) <= codeOf(name) && codeOf(name) <= codeOf(last)) members.add(letter);
      });
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
