"""
Regular expressions of lengthwise (docs/predict.md has the syntax) as terms, and the derivatives of terms: what two
languages are compared by.
"""
import math, re

from refusal import SPACE, Budget, must, within


class Terms:
    """Expressions as numbers, and their derivatives (Brzozowski 1964); equal ones have one number, so they are finitely
    many. The derivative by a letter stands for what may follow that letter."""

    def __init__(self):
        self.shapes, self.has_empty, self.numbers, self.derivatives = [], [], {}, {}
        self.work = Budget(10_000_000, 'parts of derivatives of the expression')
        self.nothing = self.letters(())
        self.empty = self.make('repeat', (self.nothing, 0, 0), True)
        self.everything = self.make('~', (self.nothing,), True)

    def make(self, kind, of, has_empty):
        self.work.spend(1 + len(of))
        if (kind, of) not in self.numbers:
            within(len(self.shapes) + 1, 300_000, 'derivatives of the expression')
            self.numbers[kind, of] = len(self.shapes)
            self.shapes.append((kind, of))
            self.has_empty.append(has_empty)
        return self.numbers[kind, of]

    def letters(self, letters):
        return self.make('letters', frozenset(letters), False)

    def join(self, kind, parts):
        """Union (|) or intersection (&)."""
        nothing, everything = (self.nothing, self.everything) if kind == '|' else (self.everything, self.nothing)
        members = [m for p in parts for m in (self.shapes[p][1] if self.shapes[p][0] == kind else (p,))]
        self.work.spend(len(members))
        members = set(members) - {nothing}
        if everything in members or len(members) < 2:
            return everything if everything in members else members.pop() if members else nothing
        return self.make(kind, tuple(sorted(members)), (any if kind == '|' else all)(self.has_empty[m] for m in members))

    def concat(self, a, b):
        if self.nothing in (a, b):
            return self.nothing
        if self.empty in (a, b):
            return b if a == self.empty else a
        kind, of = self.shapes[a]
        if kind == '|':
            return self.join('|', [self.concat(part, b) for part in of])
        if kind == '.':
            return self.concat(of[0], self.concat(of[1], b))
        return self.make('.', (a, b), self.has_empty[a] and self.has_empty[b])

    def shuffle(self, a, b):
        if self.nothing in (a, b):
            return self.nothing
        if self.empty in (a, b):
            return b if a == self.empty else a
        return self.make('||', (min(a, b), max(a, b)), self.has_empty[a] and self.has_empty[b])

    def complement(self, a):
        kind, of = self.shapes[a]
        return of[0] if kind == '~' else self.make('~', (a,), not self.has_empty[a])

    def repeat(self, a, least, most):
        if most == 0 or a == self.empty or a == self.nothing:
            return self.empty if least == 0 or a == self.empty else self.nothing
        if (least, most) == (1, 1):
            return a
        return self.make('repeat', (a, least, most), least == 0 or self.has_empty[a])

    def after(self, term, letter):
        if (term, letter) not in self.derivatives:
            self.derivatives[term, letter] = self.derive(*self.shapes[term], letter)
        return self.derivatives[term, letter]

    def derive(self, kind, of, letter):
        if kind == 'letters':
            return self.empty if letter in of else self.nothing
        if kind in '|&':
            return self.join(kind, [self.after(part, letter) for part in of])
        if kind == '~':
            return self.complement(self.after(of[0], letter))
        if kind == 'repeat':
            return self.concat(self.after(of[0], letter), self.repeat(of[0], max(0, of[1] - 1), of[2] - 1))
        a, b = of
        if kind == '||':
            return self.join('|', [self.shuffle(self.after(a, letter), b), self.shuffle(a, self.after(b, letter))])
        rest = self.concat(self.after(a, letter), b)
        return self.join('|', [rest, self.after(b, letter)]) if self.has_empty[a] else rest


def read_expression(source, alphabet, terms):
    """The term of an expression; docs/predict.md has the syntax, from what binds most to what binds least."""
    within(len(source), 10_000, 'characters of an expression')
    at, nesting, is_space = 0, 0, re.compile(f'[{SPACE}]').match

    def look(skip=True):
        nonlocal at
        while skip and at < len(source) and is_space(source[at]):
            at += 1
        return source[at] if at < len(source) else ''

    def take(wanted):
        nonlocal at
        found = look() == wanted
        at += found
        return found

    def deeper(read):
        nonlocal nesting
        nesting += 1
        within(nesting, 200, 'brackets and complements inside each other')
        term = read()
        nesting -= 1
        return term

    def chain(read, more):
        parts = [read()]
        while more():
            parts.append(read())
        return parts

    def bar(double):
        nonlocal at
        if look() != '|' or (source[at + 1:at + 2] == '|') != double:
            return False
        at += 2 if double else 1
        return True

    def union():
        return terms.join('|', chain(shuffle, lambda: bar(False)))

    def shuffle():
        term, *others = chain(lambda: terms.join('&', chain(concatenation, lambda: take('&'))), lambda: bar(True))
        for other in others:
            term = terms.shuffle(term, other)
        return term

    def concatenation():
        parts = chain(prefixed, lambda: look() not in ('', '|', '&', ')'))
        for part in parts[-2::-1]:
            parts[-1] = terms.concat(part, parts[-1])
        return parts[-1]

    def prefixed():
        if take('~') or take('!'):
            return terms.complement(deeper(prefixed))
        term, before = atom(), ''
        while look() in ('*', '+', '?', '{'):
            must(before == '' or look() not in ('+', '?'), f'{before}{look()} is no repetition')
            before = look()
            take(before)
            least, most = {'*': (0, math.inf), '+': (1, math.inf), '?': (0, 1)}.get(before, (0, 0))
            if before == '{':
                before, least = '}', integer()
                most = least if not take(',') else math.inf if look() == '}' else integer()
                must(take('}') and least <= most, 'a wrong repetition')
            term = terms.repeat(term, least, most)
        return term

    def integer():
        nonlocal at
        look()
        found = re.compile('[0-9]+').match(source, at)
        must(found, f'a number is missing at column {at + 1}')
        at = found.end()
        within(len(found[0].lstrip('0')), 4, 'digits of a repetition')
        within(int(found[0]), 1_000, 'repetitions')
        return int(found[0])

    def atom():
        must(look() not in ('', *'*+?{}])^$|&'), f'nothing readable at column {at + 1}')
        if take('.'):
            return terms.letters(range(len(alphabet)))
        if take('ε') or take('∅'):
            return terms.empty if source[at - 1] == 'ε' else terms.nothing
        if take('['):
            return bracket()
        if not take('('):
            return terms.letters([known(name())])
        if take(')'):
            return terms.empty
        term = deeper(union)
        must(take(')'), 'a bracket is not closed')
        return term

    def known(one):
        must(one in alphabet, f'{one!r} is not in the alphabet')
        return alphabet.index(one)

    def name():
        """One symbol: escaped, in quotes, or itself."""
        nonlocal at
        found = re.compile(r"""\\([^A-Za-z0-9])|'([^']+)'|"([^"]+)"|([^\\'"])""", re.S).match(source, at)
        must(found and not re.search(f'[{SPACE}]', found[2] or found[3] or ''), f'no symbol at column {at + 1}')
        at = found.end()
        return found[found.lastindex]

    def bracket():
        nonlocal at
        negated = look(False) == '^'
        at += negated
        members = set()
        while not take(']'):
            must(look() not in ('', '['), 'a [ is not closed or not escaped')
            first = name()
            if look() != '-' or source[at + 1:at + 2] == ']':
                members.add(known(first))
                continue
            at += 1
            must(look() not in ('', '['), 'a range has no end')
            last = name()
            must(len(first) == len(last) == 1, 'a range goes from one character to another')
            within(ord(last) - ord(first), 1_000, 'symbols in a range')
            between = [i for i, one in enumerate(alphabet) if len(one) == 1 and first <= one <= last]
            must(between, 'no symbol of the alphabet lies in the range')
            members.update(between)
        return terms.letters(i for i in range(len(alphabet)) if (i in members) != negated)

    term = union()
    must(look() == '', f'nothing may follow column {at}')
    return term
