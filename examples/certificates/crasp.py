"""
The language C-RASP (docs/crasp.md): from a program's text to a list of operations of nine kinds. Families, `any` and
`all` are written out, equal operations are one, constants are computed ("What is simplified" in docs/crasp.md).

An operation is a tuple; numbers in it are earlier operations, unless said otherwise:
truth values  ('Q', symbol) ('truth', value) ('not', a) ('and', (a, …)) ('mod', modulus, residue) ('ge0', count)
counts        ('integer', value) ('count', a, window or None) ('lin', ((count, factor), …), constant) ('cond', a, yes, no)
A symbol is its place in the alphabet. A window (near, far) is the positions i-far…i-near.
"""
import math

from program_text import DIALECTS, MAX_INTEGER, Program
from refusal import must, within

MAX_VALUE, MAX_INPUT = 2**53 - 1, 2**24


def exact(value):
    must(abs(value) <= MAX_VALUE, 'a number can leave the exact whole numbers')
    return value


class Operations:
    """Operations, equal ones shared, with what is simplified as they are made."""

    def __init__(self):
        self.nodes, self.numbers, self.largest, self.signs = [], {}, [], []
        self.operands = self.look_back = self.built = 0

    def make(self, node, largest=0, signs=frozenset(), width=1):
        if node not in self.numbers:
            self.operands += width
            exact(largest)
            within(len(self.nodes) + 1, 40_000, 'operations')
            within(self.operands, 500_000, 'operands of operations')
            self.numbers[node] = len(self.nodes)
            self.nodes.append(node)
            self.largest.append(largest)
            self.signs.append(signs)
        return self.numbers[node]

    def spend(self, operands):
        self.built += operands
        within(self.built, 10_000_000, 'operands that are put together')

    def truth(self, value):
        return self.make(('truth', value))

    def value(self, kind, node):
        """The value of a constant; None for any other operation."""
        return self.nodes[node][1] if self.nodes[node][0] == kind else None

    def not_(self, a):
        if self.value('truth', a) is not None:
            return self.truth(not self.nodes[a][1])
        return self.nodes[a][1] if self.nodes[a][0] == 'not' else self.make(('not', a))

    def and_(self, operands):
        self.spend(len(operands))
        parts = {a for a in operands if self.value('truth', a) is not True}
        if any(self.value('truth', a) is False or self.value('not', a) in parts for a in parts):
            return self.truth(False)
        if len(parts) < 2:
            return parts.pop() if parts else self.truth(True)
        return self.make(('and', tuple(sorted(parts))), width=len(parts))

    def or_(self, operands):
        return self.not_(self.and_([self.not_(a) for a in operands]))

    def ge0(self, a):
        value = self.value('integer', a)
        return self.make(('ge0', a)) if value is None else self.truth(value >= 0)

    def at_least(self, a, b):
        return self.ge0(self.linear([(a, 1), (b, -1)]))

    def integer(self, value):
        return self.make(('integer', value), abs(value), frozenset([value > 0] if value else []))

    def count(self, a, near=0, far=None):
        if self.value('truth', a) is False or far is not None and far < near:
            return self.integer(0)
        if far is None:
            all_of = self.make(('count', a, None), MAX_INPUT + 1, frozenset([True]))
            return all_of if near == 0 else self.linear([(all_of, 1), (self.count(a, 0, near - 1), -1)])
        if far == 0:
            return self.cond(a, self.integer(1), self.integer(0))
        if ('count', a, (near, far)) not in self.numbers:
            self.look_back += far
            within(self.look_back, 2**20, 'positions that all look-backs see together')
        return self.make(('count', a, (near, far)), far - near + 1, frozenset([True]))

    def exists(self, a, near, far):
        return self.ge0(self.linear([(self.count(a, near, far), 1)], -1))

    def linear(self, terms, constant=0):
        factors = {}
        self.spend(len(terms))
        for a, factor in terms:
            kind, *of = self.nodes[a]
            self.spend(len(of[0]) if kind == 'lin' else 0)
            constant = exact(constant + exact(factor * (of[0] if kind == 'integer' else of[1] if kind == 'lin' else 0)))
            for inner, times in {'integer': (), 'lin': of[0]}.get(kind, ((a, 1),)):
                factors[inner] = exact(factors.get(inner, 0) + exact(factor * times))
        kept = tuple(sorted((a, factor) for a, factor in factors.items() if factor))
        if not kept:
            return self.integer(constant)
        if len(kept) == 1 and kept[0][1] == 1 and constant == 0:
            return kept[0][0]
        largest = abs(constant) + sum(abs(factor) * self.largest[a] for a, factor in kept)
        signs = frozenset(sign == (factor > 0) for a, factor in kept for sign in self.signs[a])
        return self.make(('lin', kept, constant), largest, signs, len(kept))

    def cond(self, test, yes, no):
        decided = self.value('truth', test)
        if decided is not None or yes == no:
            return no if decided is False else yes
        return self.make(('cond', test, yes, no), max(self.largest[yes], self.largest[no]), self.signs[yes] | self.signs[no])

    def is_truth(self, a):
        return self.nodes[a][0] in ('Q', 'truth', 'not', 'and', 'mod', 'ge0')

    def again(self, node, places):
        """An operation made anew, with others in the places of those that it rests on."""
        kind, *of = node
        if kind == 'not':
            return self.not_(places[of[0]])
        if kind == 'and':
            return self.and_([places[a] for a in of[0]])
        if kind == 'ge0':
            return self.ge0(places[of[0]])
        if kind == 'count':
            return self.count(places[of[0]], *(of[1] or ()))
        if kind == 'lin':
            return self.linear([(places[a], factor) for a, factor in of[0]], of[1])
        if kind == 'cond':
            return self.cond(*(places[a] for a in of))
        return self.integer(of[0]) if kind == 'integer' else self.make(node)

    def behind(self, roots):
        """The operations that some rest on, ascending."""
        found, waiting = set(roots), list(roots)
        while waiting:
            new = set(operands_of(self.nodes[waiting.pop()])) - found
            found |= new
            waiting += new
        return sorted(found)


class Core(Operations):
    """A program, compiled: `outputs` are (symbol, operation), the symbol None for `accept`."""

    def __init__(self, text):
        super().__init__()
        self.program = program = Program(text)
        self.read = 'next' if program.accept is None else program.read or 'eos'
        alphabet = self.alphabet = program.alphabet
        must(alphabet and len(alphabet) <= 10_000, 'no alphabet, or too large a one')
        must(len(set(alphabet)) == len(alphabet), 'a symbol is listed twice')
        must((program.accept is None) == bool(program.rules), "either 'accept' or 'next[…]' is the output")
        self.places, self.allowed = {s: i for i, s in enumerate(alphabet)}, DIALECTS[program.dialect or 'pos']
        must(not program.repeated, 'a name is defined twice')
        self.types, self.instances, self.sets, self.steps, self.period = {}, {}, {}, 0, 1
        for name in program.definitions:
            self.type_of_definition(name)
        if program.accept:
            must(self.type_of(program.accept, set())[0] == 'truth', "'accept' takes a truth value")
        rules = [(None, None, program.accept)] if program.accept else [
            (symbol, variable, body) for rule in program.rules for symbol, variable, body in self.expanded(*rule)]
        must(rules, "no 'next[…]' is about a symbol")
        for name, (variables, body) in program.definitions.items():
            if not variables:
                self.instance(name, ())
        found = {}
        for symbol, variable, body in rules:
            found.setdefault(symbol, []).append(self.build(body, {variable: symbol} if variable else {}))
        self.outputs = [(symbol, nodes[0] if symbol is None else self.or_(nodes)) for symbol, nodes in sorted(
            found.items(), key=lambda one: one[0] or 0)]

    def expanded(self, target, variables, body):
        """A rule for each symbol that `next[target]` speaks of."""
        (variable, bare), is_meta = target, lambda s: len(s) > 2 and s[0] == '<' and s[-1] == '>'
        if variables:
            self.bind(variables, set())
            symbols = self.members(variables[0][1])
        elif bare and variable not in self.places:
            symbols = [place for symbol, place in self.places.items() if not is_meta(symbol)]
        else:
            symbols, variable = [self.place(target, {})], None
        must(self.type_of(body, {variable})[0] == 'truth', "'next' takes a truth value")
        return [(symbol, variable, body) for symbol in symbols]

    # Types: every definition is checked once, whatever it expands to

    def type_of_definition(self, name):
        must(self.types.get(name) != 'open', f'{name} is defined by itself')
        if name not in self.types:
            self.types[name] = 'open'
            variables, body = self.program.definitions[name]
            self.types[name] = self.type_of(body, self.bind(variables, set()))
        return self.types[name]

    def bind(self, variables, bound):
        names = [name for name, _ in variables]
        must(len(set(names)) == len(names) <= 16, 'a variable is bound twice, or there are more than 16')
        for _, members in variables:
            must(all(one in self.places for one in members or []), 'a set has an unknown symbol')
        return bound | set(names)

    def type_of(self, expression, bound):
        """('truth' or 'count', whether it is the same for all inputs and positions)"""
        operator, data, operands = expression
        if operator in ('any', 'all'):
            bound = self.bind(data, bound)
        kinds = [self.type_of(one, bound) for one in operands]
        types, constant = {kind for kind, _ in kinds}, all(fixed for _, fixed in kinds)
        if operator in ('Q', 'lt', 'le', 'eq', 'ne', 'name'):
            for symbol, bare in [data] if operator == 'Q' else data[1] if operator == 'name' else data:
                must(bare and symbol in bound or symbol in self.places, f'unknown symbol {symbol!r}')
        if operator in ('count', 'exists', 'forall'):
            near, far = data
            local = near > 1 if far is None else far > 0
            must(not local or 'local' in self.allowed, 'the dialect allows no look-back')
            must(local or near == 0 or far is not None or 'past' in self.allowed, 'the dialect has no strict past')
            must(max(near, far or 0) <= 65_536, 'a look-back is too long')
        must(operator != 'mod' or 'periodic' in self.allowed, "the dialect has no 'mod'")
        if operator == 'name':
            name, arguments = data
            must(name in self.program.definitions, f'unknown name {name!r}')
            must(len(self.program.definitions[name][0]) == len(arguments), f'{name} takes another number of symbols')
            return self.type_of_definition(name)
        if operator == '?':
            must(kinds[0][0] == 'truth' and kinds[1][0] == kinds[2][0], "the branches of '?' differ")
            return kinds[1][0], constant
        if operator in ('=', '!='):
            must(len(types) == 1, 'a count is compared with a truth value')
            return 'truth', constant
        must(operator != '*' or sum(not fixed for _, fixed in kinds) < 2, 'the product is not linear')
        takes = 'count' if operator in ('<', '<=', '>', '>=', 'sum', '*', 'min', 'max') else 'truth'
        must(types <= {takes}, f'{operator!r} takes a {takes}')
        constant = constant and operator not in ('Q', 'mod', 'count', 'exists', 'forall', 'first', 'here')
        return 'count' if operator in ('integer', 'count', 'sum', '*', 'min', 'max') else 'truth', constant

    # Expansion

    def place(self, symbol, bindings):
        name, bare = symbol
        if bare and name in bindings:
            return bindings[name]
        must(name in self.places, f'unknown symbol {name!r}')
        return self.places[name]

    def instance(self, name, symbols):
        """A definition with symbols for its variables."""
        if (name, symbols) not in self.instances:
            variables, body = self.program.definitions[name]
            for (variable, members), symbol in zip(variables, symbols):
                must(symbol in self.members(members), f'{name} is not defined for this {variable}')
            bindings = {variable: symbol for (variable, _), symbol in zip(variables, symbols)}
            self.instances[name, symbols] = self.build(body, bindings)
        return self.instances[name, symbols]

    def members(self, names):
        """The places of a set's symbols; None: of the whole alphabet."""
        if names is None:
            return range(len(self.alphabet))
        if id(names) not in self.sets:
            self.sets[id(names)] = dict.fromkeys(self.places[name] for name in names)
        return self.sets[id(names)]

    def assignments(self, variables, bindings):
        if not variables:
            yield bindings
            return
        (variable, members), *others = variables
        for symbol in self.members(members):
            self.steps += len(bindings) >> 3  # the copy is work, too
            yield from self.assignments(others, {**bindings, variable: symbol})

    def joined(self, which, operands):
        """`and`, `or` of operands up to the first that decides; the others need not even exist."""
        nodes = []
        for node in operands:
            nodes.append(node)
            if self.value('truth', node) is (which == 'or'):
                break
        return self.or_(nodes) if which == 'or' else self.and_(nodes)

    def build(self, expression, bindings):
        self.steps += 1
        within(self.steps, 1_000_000, 'steps to expand families, any and all')
        operator, data, operands = expression
        if operator in ('and', 'or'):
            return self.joined(operator, (self.build(one, bindings) for one in operands))
        if operator in ('any', 'all'):
            return self.joined('or' if operator == 'any' else 'and', (
                self.build(operands[0], inner) for inner in self.assignments(data, bindings)))
        if operator == 'name':
            return self.instance(data[0], tuple(self.place(one, bindings) for one in data[1]))
        if operator == 'Q':
            return self.make(('Q', self.place(data, bindings)))
        if operator in ('lt', 'le', 'eq', 'ne'):
            a, b = (self.place(one, bindings) for one in data)
            return self.truth({'lt': a < b, 'le': a <= b, 'eq': a == b, 'ne': a != b}[operator])
        if operator in ('integer', 'truth'):
            return self.integer(data) if operator == 'integer' else self.truth(data)
        if operator == 'mod':
            modulus, residue = data
            self.period = math.lcm(self.period, modulus)
            within(self.period, MAX_INTEGER, 'residues of a position')
            return self.truth(True) if modulus == 1 else self.make(('mod', modulus, residue % modulus))
        if operator == '*':
            factor, varying = 1, None
            for one in operands:
                node = self.build(one, bindings)
                value = self.value('integer', node)
                factor, varying = (factor, node) if value is None else (exact(factor * value), varying)
            return self.integer(factor) if varying is None else self.linear([(varying, factor)])
        a = self.build(operands[0], bindings)
        if operator == 'here':
            return a
        if operator == '=>':
            premise = self.not_(a)
            return premise if self.value('truth', premise) else self.or_([premise, self.build(operands[1], bindings)])
        if operator == '?':
            decided = self.value('truth', a)
            if decided is not None:
                return self.build(operands[1 if decided else 2], bindings)
            yes, no = (self.build(one, bindings) for one in operands[1:])
            if not self.is_truth(yes):
                return self.cond(a, yes, no)
            return self.or_([self.and_([a, yes]), self.and_([self.not_(a), no])])
        if operator == 'not':
            return self.not_(a)
        if operator == 'count':
            return self.count(a, *data)
        if operator == 'exists':
            return self.exists(a, *data)
        if operator == 'forall':
            return self.not_(self.exists(self.not_(a), *data))
        if operator == 'first':
            return self.and_([a, self.ge0(self.linear([(self.count(a), -1)], 1))])
        nodes = [a] + [self.build(one, bindings) for one in operands[1:]]
        if operator == 'sum':
            return self.linear(list(zip(nodes, data)))
        a, b = nodes
        if operator in ('min', 'max'):
            return self.cond(self.at_least(b, a), *((a, b) if operator == 'min' else (b, a)))
        if self.is_truth(a):
            same = self.or_([self.and_([a, b]), self.and_([self.not_(a), self.not_(b)])])
            return same if operator == '=' else self.not_(same)
        must('signs' in self.allowed or len(self.signs[self.linear([(a, 1), (b, -1)])]) < 2,
             'the dialect allows no counts of both signs in a comparison')
        if operator in ('>=', '<='):
            return self.at_least(*((a, b) if operator == '>=' else (b, a)))
        if operator in ('<', '>'):
            return self.not_(self.at_least(*((a, b) if operator == '<' else (b, a))))
        equal = self.and_([self.at_least(a, b), self.at_least(b, a)])
        return equal if operator == '=' else self.not_(equal)

    def shape(self):
        """The depth of counts over all positions, and whether it looks at positions."""
        nodes = [self.nodes[a] for a in self.behind([node for _, node in self.outputs])]
        depth = {}
        for a in self.behind([node for _, node in self.outputs]):
            node = self.nodes[a]
            depth[a] = max((depth[b] for b in operands_of(node)), default=0) + (node[0] == 'count' and node[2] is None)
        looks = any(node[0] == 'mod' or node[0] == 'count' and node[2] is not None for node in nodes)
        return max(depth[node] for _, node in self.outputs), looks


def operands_of(node):
    kind, *of = node
    if kind in ('not', 'ge0', 'count'):
        return of[:1]
    return of[0] if kind == 'and' else [a for a, _ in of[0]] if kind == 'lin' else of if kind == 'cond' else []
