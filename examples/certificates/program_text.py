"""
The text of a C-RASP program (docs/crasp.md): tokens and syntax. Expressions are (operator, data, operands), without names
resolved.
"""
import re, unicodedata

from refusal import SPACE, Refused, Unchecked, must, within

STATEMENTS = set('alphabet read dialect let def accept next'.split())
RESERVED = STATEMENTS | set('true false Q exists forall prev first mod any all lt le eq ne min max not and or in Sigma'.split())
DIALECTS = {  # what each allows: look-backs, residues, the strict past, counts of both signs in one comparison
    'plain': {'past', 'signs'}, 'local': {'local', 'past', 'signs'}, 'periodic': {'periodic', 'past', 'signs'},
    'pos': {'local', 'periodic', 'past', 'signs'}, 'star': {'local', 'past', 'signs'}, 'positive': set()}
MAX_INTEGER = 2**31 - 1

TOKEN = re.compile('|'.join([
    f'[{SPACE}]+', r'//[^\n]*', r'(?P<foreign>&&|\|\||<>|->|!(?!=))', r'(?P<word>[^\W\d]\w*)', r'(?P<integer>[0-9]+)(?![\w.])',
    f"'(?P<single>[^'{SPACE}]+)'", f'"(?P<double>[^"{SPACE}]+)"', r'(?P<sign>:=|=>|<=|>=|!=|==|[=<>+\-*?:#()[\]{},|&])']))


class Program:
    """A program as it is written; the first error is raised."""

    def __init__(self, text):
        within(len(text.encode('utf-16-le', 'surrogatepass')) // 2, 1_000_000, 'characters of a program')
        self.tokens, self.at, self.depth = list(tokens(text)), 0, 0
        self.alphabet = self.read = self.dialect = self.accept = None
        self.definitions, self.repeated, self.rules = {}, False, []
        self.chosen, self.ordered = 0, False  # variables of any and all; whether lt or le is used
        while self.peek() != ('end', ''):
            self.statement()
            must(self.at_statement(), f'unexpected {self.peek()[1]!r}')

    # Tokens

    def peek(self, ahead=0):
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def next_is(self, text, ahead=0):
        kind, found = self.peek(ahead)
        return kind in ('sign', 'word') and found == text

    def take(self, text):
        found = self.next_is(text)
        self.at += found
        return found

    def expect(self, text):
        must(self.take(text), f'expected {text!r}, found {self.peek()[1]!r}')

    def one_of(self, *kinds):
        kind, text = self.peek()
        must(kind in kinds, f'unexpected {text!r}')
        self.at += 1
        return text

    def at_statement(self):
        kind, text = self.peek()
        return kind == 'end' or kind == 'word' and text in STATEMENTS

    def nested(self, parse, *arguments):
        self.depth += 1
        within(self.depth, 200, 'brackets and operators inside each other')
        result = parse(*arguments)
        self.depth -= 1
        return result

    # Statements

    def statement(self):
        keyword = self.one_of('word')
        if keyword == 'alphabet':
            must(self.alphabet is None, 'the alphabet is declared twice')
            self.expect('{')
            self.alphabet = [name for name, _ in self.symbols('}')]
        elif keyword == 'read':
            must(self.read is None, "'read at' is declared twice")
            self.expect('at')
            self.read = self.one_of('word')
            must(self.read in ('eos', 'last'), "expected 'eos' or 'last'")
        elif keyword == 'dialect':
            must(self.dialect is None, 'the dialect is declared twice')
            self.dialect = self.one_of('word')
            must(self.dialect in DIALECTS, 'unknown dialect')
        elif keyword in ('let', 'def'):
            name = self.one_of('word')
            must(name not in RESERVED, f'{name} cannot be defined')
            self.repeated |= name in self.definitions
            variables = []
            if self.take('['):
                variables = self.variables()
                self.expect(']')
            self.expect(':=')
            self.definitions[name] = variables, self.expression()
        elif keyword == 'accept':
            must(self.accept is None, "a second 'accept'")
            self.take(':=')
            self.accept = self.expression()
        elif keyword == 'next':
            self.expect('[')
            target = self.symbol()
            variables = [(target[0], self.member_set())] if self.take('in') else None
            self.expect(']')
            self.expect(':=')
            self.rules.append((target, variables, self.expression()))
        else:
            must(False, f'{keyword!r} begins no statement')

    def symbol(self):
        """A symbol where it is used, and whether a bare word, which may be a variable."""
        kind = self.peek()[0]
        return self.one_of('word', 'integer', 'quoted'), kind == 'word'

    def integer(self):
        return int(self.one_of('integer'))

    def symbols(self, end):
        found = []
        while not self.take(end):
            if not self.take(','):
                found.append(self.symbol())
        return found

    def member_set(self):
        """None: the whole alphabet."""
        if self.take('Sigma'):
            return None
        self.expect('{')
        return [name for name, _ in self.symbols('}')]

    def variables(self):
        found = []
        while True:
            name = self.one_of('word')
            must(name not in RESERVED, f'{name} cannot be a variable')
            found.append((name, self.member_set() if self.take('in') else None))
            if not self.take(','):
                return found

    # Expressions, loosest first

    def expression(self):
        return self.nested(self.conditional)

    def conditional(self):
        test = self.implication()
        if not self.take('?'):
            return test
        yes = self.expression()
        self.expect(':')
        return '?', None, (test, yes, self.expression())

    def implication(self):
        left = self.junction('or')
        if not self.take('=>'):
            return left
        return '=>', None, (left, self.nested(self.implication))

    def junction(self, which):
        operand = (lambda: self.junction('and')) if which == 'or' else self.negation
        operands = [operand()]
        while self.take(which):
            operands.append(operand())
        return (which, None, tuple(operands)) if len(operands) > 1 else operands[0]

    def negation(self):
        return ('not', None, (self.nested(self.negation),)) if self.take('not') else self.comparison()

    def comparison(self):
        left = self.sum()
        for operator in ('<', '<=', '>', '>=', '=', '!='):
            if self.take(operator):
                return operator, None, (left, self.sum())
        return left

    def sum(self):
        terms, signs = [self.product()], [1]
        while self.next_is('+') or self.next_is('-'):
            signs.append(1 if self.one_of('sign') == '+' else -1)
            terms.append(self.product())
        return ('sum', tuple(signs), tuple(terms)) if len(terms) > 1 else terms[0]

    def product(self):
        factors = [self.minus()]
        while self.take('*'):
            factors.append(self.minus())
        return ('*', None, tuple(factors)) if len(factors) > 1 else factors[0]

    def minus(self):
        return ('sum', (-1,), (self.nested(self.minus),)) if self.take('-') else self.primary()

    def primary(self):
        kind, text = self.peek()
        must(kind in ('quoted', 'integer', 'word') or text in ('(', '#'), f'an expression is missing at {text!r}')
        if kind == 'quoted':
            return 'Q', self.symbol(), ()
        must(not self.at_statement(), 'the expression breaks off')
        self.at += 1
        if kind == 'integer':
            return 'integer', int(text), ()
        if text == '(':
            inner = self.expression()
            self.expect(')')
            return inner
        if text in ('true', 'false'):
            return 'truth', text == 'true', ()
        if text == 'Q':
            self.expect('[')
            symbol = self.symbol()
            self.expect(']')
            return 'Q', symbol, ()
        if text in ('#', 'exists', 'forall'):
            window = self.guard()
            of = self.nested(self.primary)
            return 'count' if text == '#' else text, window, (of,)
        if text == 'first':
            return 'first', None, (self.nested(self.primary),)
        if text == 'prev':
            return self.previous()
        if text in ('any', 'all'):
            variables = self.variables()
            self.chosen += len(variables)
            self.expect(':')
            return text, variables, (self.expression(),)
        if text in ('mod', 'lt', 'le', 'eq', 'ne', 'min', 'max'):
            parse = self.expression if text in ('min', 'max') else self.integer if text == 'mod' else self.symbol
            self.expect('(')
            first = parse()
            self.expect(',')
            second = parse()
            self.expect(')')
            self.ordered |= text in ('lt', 'le')
            must(text != 'mod' or first > 0, 'the modulus is 0')
            return (text, None, (first, second)) if text in ('min', 'max') else (text, (first, second), ())
        must(text not in RESERVED, f'an expression is missing at {text!r}')
        arguments = []
        if self.take('['):
            arguments.append(self.symbol())
            while self.take(','):
                arguments.append(self.symbol())
            self.expect(']')
        return 'name', (text, arguments), ()

    def previous(self):
        distance = 1
        if self.next_is('(') and self.peek(1)[0] == 'integer' and self.next_is(',', 2):
            self.at += 1
            distance = self.integer()
            self.at += 1
            of = self.expression()
            self.expect(')')
        else:
            of = self.nested(self.primary)
        return ('exists', (distance, distance), (of,)) if distance > 0 else ('here', None, (of,))

    def guard(self):
        """(near, far) in positions back; far None: to the start."""
        near, far = 0, None
        if not self.take('['):
            return near, far
        if self.take('i'):
            self.expect('-')
            far = self.integer()
            far -= self.strict()
        self.expect('j')
        exact = far is None and self.take('=')
        if exact or far is None or not self.next_is(']'):
            strict = not exact and self.strict()
            self.expect('i')
            near = (self.integer() if self.take('-') else 0) + strict
        self.expect(']')
        return near, near if exact else far

    def strict(self):
        if self.take('<'):
            return 1
        self.expect('<=')
        return 0


def unknown_sign(sign):
    if unicodedata.category(sign) == 'Cn':  # it may be a letter by now
        raise Unchecked(f'U+{ord(sign):04X} is not in the Unicode {unicodedata.unidata_version} of this Python')
    raise Refused(f'unknown token at {sign!r}')


def tokens(text):
    place = 0
    while place < len(text):
        found = TOKEN.match(text, place)
        if not found or found['foreign']:
            unknown_sign(text[place])
        place, kind = found.end(), found.lastgroup
        if kind == 'word':
            if not (found[kind][0].isalpha() or found[kind][0] == '_'):
                unknown_sign(found[kind][0])
            yield kind, found[kind]
        elif kind == 'sign':
            sign = {'==': '=', '|': 'or', '&': 'and'}.get(found[kind], found[kind])
            yield 'word' if sign.isalpha() else 'sign', sign
        elif kind == 'integer':
            must(len(found[kind].lstrip('0')) < 11 and int(found[kind]) <= MAX_INTEGER, 'the integer is too large')
            yield kind, found[kind]
        elif kind:
            yield 'quoted', found[kind]
    yield 'end', ''
