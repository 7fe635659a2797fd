"""In: what a program does in every state of an automaton, at every length."""
import functools, itertools, math, operator
from array import array
from collections import OrderedDict

from crasp import operands_of
from refusal import Budget, NotProved, Refused, must, within


def components(edges):
    """Places that lead to each other, each group before those that it leads to (Kosaraju: Sharir 1981)."""
    def finished(edges, start, seen):
        order, path = [], [(start, iter(edges[start]))]
        seen.add(start)
        while path:
            to = next((to for to in path[-1][1] if to not in seen), None)
            if to is None:
                order.append(path.pop()[0])
            else:
                seen.add(to)
                path.append((to, iter(edges[to])))
        return order
    back, seen = [[] for _ in edges], set()
    for place, row in enumerate(edges):
        for to in row:
            back[to].append(place)
    return [sorted(finished(back, place, seen)) for place in reversed(finished(edges, 0, set())) if place not in seen]


NO, MAYBE, YES = 0, 1, 3  # so that bit by bit, `and` is and
NOT = bytes([YES, MAYBE, MAYBE, NO])


def proof_work():
    """What the proofs of one certificate may take together. To carry a bound along a transition counts as four operands,
    and a place as four transitions."""
    return {'steps': Budget(3_000_000_000, 'operands in situations and prompts, and bounds of counts'),
            'look-backs': Budget(10_000_000, 'places of an automaton times local counts')}


class Proof:
    """What operations are at every length. A place is a state of an automaton with the residue of the next position and
    the last symbols, as far as the operations behind the root look at them; a situation is a place and the letter that is
    read there, or the end. In a situation an operation is YES, NO or MAYBE: not known. Counts lie in intervals, per place:
    found by carrying them along all transitions from 0 until nothing changes, so that they hold whatever the string."""

    def __init__(self, core, root, start, transitions, work):
        self.nodes, self.root, self.work, needed = core.nodes, root, work, core.behind([root])
        used = [self.nodes[a] for a in needed]
        self.period = math.lcm(*(node[1] for node in used if node[0] == 'mod'))
        back = max((node[2][1] for node in used if node[0] == 'count' and node[2]), default=0)
        self.letters, truths = len(transitions[0]), sum(core.is_truth(a) for a in needed)
        self.width, most = self.letters + 1, self.letters ** min(back, 30)
        # A place: state, residue, how many of the last symbols are known, and these as digits of a number, the latest lowest.
        self.places, numbers, self.next, self.reached = [(start, 1 % self.period, 0, 0)], {}, [], [None]
        numbers[self.places[0]] = 0
        for number, (state, residue, known, past) in enumerate(self.places):
            residue, known, past = (residue + 1) % self.period, min(known + 1, back), past * self.letters
            after = [(transitions[state][letter], residue, known, (past + letter) % most) for letter in range(self.letters)]
            for letter, place in enumerate(after):
                if place not in numbers:
                    self.reached.append((number, letter))
                    numbers[place] = len(self.places)
                    self.places.append(place)
                    situations = len(self.places) * self.width
                    within(situations, 500_000, 'situations')
                    within(situations * truths, 400_000_000, 'situations times operations of the program')
            self.next.append([numbers[place] for place in after])
        self.situations = len(self.places) * self.width
        self.components, self.invariants = components(self.next), {}
        seen = core.behind([node[1] for node in used if node[0] == 'count' and node[2]])
        self.earlier = {}  # per operation that a local count rests on, its value by residue * letters + letter
        for a in seen:
            self.spend(self.period * self.letters * (1 + len(operands_of(self.nodes[a]))))
            self.earlier[a] = self.values_earlier(*self.nodes[a])
        self.truth = {}
        for a in needed:
            if core.is_truth(a):
                self.spend(self.situations * (1 + len(operands_of(self.nodes[a]))))
                self.truth[a] = self.values(*self.nodes[a])

    def spend(self, steps):
        self.work['steps'].spend(steps)

    def answers(self):
        """Every place and letter (None: the end) with what the root is there: True, False, or None where it is not known."""
        answer = {YES: True, NO: False, MAYBE: None}
        for situation, value in enumerate(self.truth[self.root]):
            place, letter = divmod(situation, self.width)
            yield (place, letter if letter < self.letters else None), answer[value]

    def word_to(self, place):
        """A shortest string that leads to a place."""
        word = []
        while self.reached[place]:
            place, letter = self.reached[place]
            word.append(letter)
        return word[::-1]

    def values(self, kind, *of):
        if kind == 'Q':
            return bytes(YES if letter == of[0] else NO for letter in range(self.width)) * len(self.places)
        if kind == 'mod':
            return b''.join(bytes([YES if residue % of[0] == of[1] else NO]) * self.width for _, residue, _, _ in self.places)
        if kind != 'ge0':
            return self.combined(kind, of, self.truth, self.situations)
        before, here, windows = {}, {}, []
        constant = self.take_apart(of[0], 1, before, here, windows)
        if constant is None:
            return bytes([MAYBE]) * self.situations
        lows, highs = self.invariant(before)
        for a, window, factor in windows:
            self.work['look-backs'].spend(len(self.places))
            lows, highs = ([bound + factor * one for bound, one in zip(bounds, counts)] for bounds, counts in zip(
                (lows, highs), self.in_window(a, *window)[::1 if factor > 0 else -1]))
        sums, found = self.sums(here, constant), {}

        def answers(place):
            low, high, added = place
            return bytes(YES if low + least >= 0 else NO if high + most < 0 else MAYBE for least, most in zip(*added))
        return b''.join(found.get(place) or found.setdefault(place, answers(place)) for place in zip(lows, highs, sums))

    def combined(self, kind, of, values, length):
        if kind == 'truth':
            return bytes([YES if of[0] else NO]) * length
        if kind == 'not':
            return values[of[0]].translate(NOT + bytes(252))
        both = functools.reduce(operator.and_, (int.from_bytes(values[a], 'big') for a in of[0]))
        return both.to_bytes(length, 'big')

    def values_earlier(self, kind, *of):
        """What depends on counts is not followed."""
        if kind in ('truth', 'not', 'and'):
            return self.combined(kind, of, self.earlier, self.period * self.letters)
        places = itertools.product(range(self.period), range(self.letters))
        return bytes((YES if letter == of[0] else NO) if kind == 'Q' else (YES if residue % of[0] == of[1] else NO)
                     if kind == 'mod' else MAYBE for residue, letter in places)

    def take_apart(self, a, factor, before, here, windows):
        """Writes factor times a count as a constant (returned), what is counted before and here, and windows. None where a
        count chooses between counts: that is not followed."""
        kind, *of = self.nodes[a]
        if kind == 'integer':
            return factor * of[0]
        if kind == 'lin':
            parts = [self.take_apart(inner, factor * times, before, here, windows) for inner, times in of[0]]
            return None if None in parts else factor * of[1] + sum(parts)
        if kind == 'cond':
            (yes, *one), (no, *other) = self.nodes[of[1]], self.nodes[of[2]]
            if (yes, no) != ('integer', 'integer'):
                return None
            here[of[0]] = here.get(of[0], 0) + factor * (one[0] - other[0])
            return factor * other[0]
        if of[1]:
            windows.append((of[0], of[1], factor))
        for counted in [before, here] if not of[1] else [here] if of[1][0] == 0 else []:
            counted[of[0]] = counted.get(of[0], 0) + factor
        return 0

    def sums(self, factors, constant=0):
        """Per place, by letter, the least and the most of constant + the factors of what holds there."""
        self.spend(self.situations * len(factors))
        found, width = {}, self.width
        adds = [{NO: (0, 0), YES: (factor, factor), MAYBE: (min(factor, 0), max(factor, 0))} for factor in factors.values()]

        def add(truths):
            seen = [[one[value] for one, value in zip(adds, values)] for values in zip(*truths)] or [[]] * width
            return tuple(tuple(constant + sum(one[side] for one in ones) for ones in seen) for side in (0, 1))
        rows = zip(*([self.truth[a][at:at + width] for at in range(0, self.situations, width)] for a in factors))
        return [found.get(row) or found.setdefault(row, add(row)) for row in (rows if factors else [()] * len(self.places))]

    def in_window(self, a, near, far):
        """Per place, how often an operation holds in the window before it, the least and the most: as for the place before,
        with the position that comes into the window and without the one that leaves it."""
        ones = {NO: (0, 0), YES: (1, 1), MAYBE: (0, 1)}
        lows, highs, near, nearest, farthest = [0], [0], max(near, 1), self.letters ** (max(near, 1) - 1), self.letters ** (far - 1)

        def value(place, back, power):
            _, residue, known, past = self.places[place]
            if back > known:
                return 0, 0
            return ones[self.earlier[a][(residue - back) % self.period * self.letters + past // power % self.letters]]
        for place in range(1, len(self.places)):
            before = self.reached[place][0]
            comes, leaves = value(place, near, nearest), value(before, far, farthest)
            lows.append(lows[before] + comes[0] - leaves[0])
            highs.append(highs[before] + comes[1] - leaves[1])
        return lows, highs

    def invariant(self, factors):
        """For each place an interval in which the sum of factors times counts always lies: (lows, highs)."""
        key = tuple(sorted(factors.items()))
        if key not in self.invariants:
            steps = self.sums(factors)
            lows = self.least([[-low for low in row] for row, _ in steps])
            highs = self.least([row for _, row in steps])
            if len(self.places) * (len(self.invariants) + 1) > 2_000_000:
                self.invariants.clear()
            self.invariants[key] = array('d', (-low for low in lows)), array('d', highs)
        return self.invariants[key]

    def least(self, steps):
        """The least upper bounds, one component after the other; a bound that keeps growing has no end."""
        bound, changes = [-math.inf] * len(self.places), [0] * len(self.places)
        bound[0] = 0
        for component in self.components:
            inside = set(component)
            waiting = OrderedDict.fromkeys(place for place in component if bound[place] > -math.inf)
            while waiting:
                place, _ = waiting.popitem(last=False)  # first in, first out: short ways first
                waiting.update((to, None) for to in self.carry(place, bound, changes, steps, inside.__contains__))
            for place in component:
                self.carry(place, bound, changes, steps, lambda to: to not in inside)
        return bound

    def carry(self, place, bound, changes, steps, wanted):
        """Carries the bound of a place along its transitions; returns the places whose bounds that changed."""
        changed = []
        self.spend(4 * (self.letters + 4))
        for to, step in zip(self.next[place], steps[place]):
            value = bound[place] + step
            if value > bound[to] and wanted(to):
                changes[to] += 1
                bound[to] = value if changes[to] <= 24 else math.inf
                changed.append(to)
        return changed


def check_shape(core, depth, fragment):
    found, looks_at_positions = core.shape()
    must(found == depth, f"the program's depth is {found}, not {depth}")
    must(fragment == 'pos' or not looks_at_positions, 'the program looks at positions')


class Run:
    """A program that reads symbol by symbol. Its memory: counts so far (up to a limit), what windows see (the latest first)
    and the residue of the next position."""

    def __init__(self, core, roots, limits=None):
        self.core, self.limits, self.end = core, limits, core.behind(roots)
        self.operands = sum(1 + len(operands_of(core.nodes[a])) for a in self.end)  # that one position takes
        nodes = [(a, core.nodes[a]) for a in self.end]
        self.counts = [(a, *node[1:]) for a, node in nodes if node[0] == 'count']
        self.before = core.behind([of for _, of, _ in self.counts])
        self.period = math.lcm(*(node[1] for _, node in nodes if node[0] == 'mod'))
        self.start = tuple(0 if window is None else () for _, _, window in self.counts), 1 % self.period

    def values(self, memory, symbol, wanted):
        remembered, value = dict(zip((a for a, _, _ in self.counts), memory[0])), {}
        for a in wanted:
            kind, *of = self.core.nodes[a]
            if kind == 'Q':
                value[a] = of[0] == symbol
            elif kind in ('truth', 'integer'):
                value[a] = of[0]
            elif kind == 'not':
                value[a] = not value[of[0]]
            elif kind == 'and':
                value[a] = all(value[b] for b in of[0])
            elif kind == 'mod':
                value[a] = memory[1] % of[0] == of[1]
            elif kind == 'ge0':
                value[a] = value[of[0]] >= 0
            elif kind == 'lin':
                value[a] = of[1] + sum(factor * value[b] for b, factor in of[0])
            elif kind == 'cond':
                value[a] = value[of[1] if value[of[0]] else of[2]]
            elif of[1] is None:
                value[a] = remembered[a] + value[of[0]]
            else:
                value[a] = sum(((value[of[0]],) + remembered[a])[of[1][0]:of[1][1] + 1])
        return value

    def after(self, memory, symbol):
        value = self.values(memory, symbol, self.before)
        return tuple(
            min(self.limits[a] if self.limits else math.inf, old + value[of]) if window is None
            else ((value[of],) + old)[:window[1]]
            for (a, of, window), old in zip(self.counts, memory[0])), (memory[1] + 1) % self.period


def check_program(core, automaton, read):
    must(core.read == read, f'the program is not read at {read}')
    must(core.alphabet == automaton['alphabet'], 'program and automaton have different alphabets')
    accepting, alphabet, transitions = set(automaton['accepting']), core.alphabet, automaton['transitions']
    root, undecided = core.outputs[0][1], None
    proof = Proof(core, root, automaton['start'], transitions, proof_work())

    def right(answer, state, letter, word):
        wanted = (state if read == 'eos' else state * len(alphabet) + letter) in accepting
        if answer is not None and answer is not wanted:  # words may be long: only where one is wanted
            raise Refused(f"the program is wrong on '{' '.join(alphabet[one] for one in word())}'")
    for (place, letter), answer in proof.answers():
        if (letter is None) == (read == 'eos'):
            state = proof.places[place][0]
            right(answer, state, letter, lambda: proof.word_to(place) + ([] if letter is None else [letter]))
            undecided = state if undecided is None and answer is None else undecided
    if undecided is None:
        return
    run, strings = Run(core, [root]), 1
    words = [([], run.start, automaton['start'])]
    for length in itertools.count():  # all strings of up to so many symbols
        for word, memory, state in words:
            if read == 'eos':
                right(run.values(memory, None, run.end)[root], state, None, lambda: word)
            for letter in range(len(alphabet)) if read == 'last' else []:
                right(run.values(memory, letter, run.end)[root], state, letter, lambda: word + [letter])
        strings += len(alphabet) ** (length + 1 + (read == 'last'))
        if strings > 500:
            break
        words = [(word + [letter], run.after(memory, letter), transitions[state][letter])
                 for word, memory, state in words for letter in range(len(alphabet))]
    raise NotProved(f'bounds on its counts do not decide what the program answers in state {undecided}; it is right on all '
                    f"strings of up to {length + (read == 'last')} symbols")
