"""In: what a program does in every state of an automaton, at every length."""
import math

from crasp import operands_of
from refusal import must, within


def components(next_places):
    """Places that lead to each other, each group before those that it leads to (Tarjan 1972)."""
    number, low, path, found = {}, {}, [], []

    def visit(place):
        number[place] = low[place] = len(number)
        path.append(place)
        for to in next_places[place]:
            if to not in number:
                visit(to)
            low[place] = min(low[place], low.get(to, math.inf))
        if low[place] == number[place]:
            group = path[path.index(place):]
            del path[-len(group):]
            low.update((one, math.inf) for one in group)
            found.append(sorted(group))
    visit(0)
    return found[::-1]


class Proof:
    """What operations are at every length. A place is a state of an automaton with the residue of the next position and
    the last symbols, as far as the program looks at them; a situation is a place and the letter that is read there, or
    the end (None). In a situation an operation is True, False or None: not known. Counts lie in intervals, per place:
    found by carrying them along all transitions from 0 until nothing changes, so that they hold whatever the string."""

    def __init__(self, core, root, start, transitions):
        self.nodes, needed = core.nodes, core.behind([root])
        used = [self.nodes[a] for a in needed]
        period = math.lcm(*(node[1] for node in used if node[0] == 'mod'))
        back = max((node[2][1] for node in used if node[0] == 'count' and node[2]), default=0)
        letters, truths = range(len(transitions[0])), sum(core.is_truth(a) for a in needed)
        self.places, numbers, self.next = [(start, 1 % period, ())], {}, []
        numbers[self.places[0]] = 0
        for state, residue, past in self.places:
            after = [(transitions[state][letter], (residue + 1) % period, ((letter,) + past)[:back]) for letter in letters]
            for place in after:
                if place not in numbers:
                    numbers[place] = len(self.places)
                    self.places.append(place)
                    situations = len(self.places) * (len(letters) + 1)
                    within(situations, 2_000_000, 'situations')
                    within(situations * truths, 10**9, 'situations times operations of the program')
            self.next.append([numbers[place] for place in after])
        self.situations = [(place, letter) for place in range(len(self.places)) for letter in [*letters, None]]
        self.width, self.components = len(letters) + 1, components(self.next)
        self.truth, self.invariants = {}, {}
        self.before = {}  # values some positions back: operations are shared
        for a in needed:
            if core.is_truth(a):
                self.truth[a] = self.values(*self.nodes[a])
        self.answers = [(self.places[place][0], letter, answer) for (place, letter), answer in zip(
            self.situations, self.truth[root])]

    def values(self, kind, *of):
        if kind == 'Q':
            return [letter == of[0] for _, letter in self.situations]
        if kind == 'truth':
            return [of[0]] * len(self.situations)
        if kind == 'not':
            return [None if value is None else not value for value in self.truth[of[0]]]
        if kind == 'and':
            return [all_of(values) for values in zip(*(self.truth[a] for a in of[0]))]
        if kind == 'mod':
            return [self.places[place][1] % of[0] == of[1] for place, _ in self.situations]
        before, here, windows = {}, {}, []
        constant = self.take_apart(of[0], 1, before, here, windows)
        if constant is None:
            return [None] * len(self.situations)
        sums, counted = self.sums(here, constant, windows), self.invariant(before)
        return [True if low + counted[place][0] >= 0 else False if high + counted[place][1] < 0 else None
                for (place, _), (low, high) in zip(self.situations, sums)]

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
        else:
            for counted in (before, here):
                counted[of[0]] = counted.get(of[0], 0) + factor
        return 0

    def sums(self, factors, constant=0, windows=()):
        """In every situation, an interval for constant + the factors of what holds there + what is seen in windows."""
        found = []
        for number, (place, _) in enumerate(self.situations):
            seen = [(self.truth[a][number], factor) for a, factor in factors.items()]
            past = self.places[place][2]
            for a, (near, far), factor in windows:
                seen += [(self.truth[a][number] if back == 0 else self.earlier(a, place, back), factor)
                         for back in range(near, min(far, len(past)) + 1)]
            known = constant + sum(factor for value, factor in seen if value)
            maybe = [factor for value, factor in seen if value is None]
            found.append((known + sum(min(one, 0) for one in maybe), known + sum(max(one, 0) for one in maybe)))
        return found

    def earlier(self, a, place, back):
        """The value of an operation some positions back; what depends on counts is not followed."""
        if (a, place, back) not in self.before:
            self.before[a, place, back] = self.found_earlier(a, place, back)
        return self.before[a, place, back]

    def found_earlier(self, a, place, back):
        kind, *of = self.nodes[a]
        if kind in ('Q', 'truth'):
            return self.places[place][2][back - 1] == of[0] if kind == 'Q' else of[0]
        if kind == 'mod':
            return (self.places[place][1] - back) % of[0] == of[1]
        if kind not in ('not', 'and'):
            return None
        values = [self.earlier(b, place, back) for b in operands_of(self.nodes[a])]
        return all_of(values) if kind == 'and' else None if None in values else not values[0]

    def invariant(self, factors):
        """For each place an interval in which the sum of factors times counts always lies there, (low, high)."""
        key = tuple(sorted(factors.items()))
        if key not in self.invariants:
            steps = self.sums(factors)
            lows = self.least([-low for low, _ in steps])
            highs = self.least([high for _, high in steps])
            self.invariants[key] = [(-low, high) for low, high in zip(lows, highs)]
        return self.invariants[key]

    def least(self, steps):
        """The least upper bounds, one component after the other; a bound that keeps growing has no end."""
        bound, changes = [-math.inf] * len(self.places), [0] * len(self.places)
        bound[0] = 0
        for component in self.components:
            waiting, inside = dict.fromkeys(component), set(component)
            while waiting:
                place = next(iter(waiting))  # first in, first out: short ways first
                del waiting[place]
                waiting.update((to, None) for to in self.carry(place, bound, changes, steps, inside.__contains__))
            for place in component:
                self.carry(place, bound, changes, steps, lambda to: to not in inside)
        return bound

    def carry(self, place, bound, changes, steps, wanted):
        """Carries the bound of a place along its transitions; returns the places whose bounds that changed."""
        changed = []
        for letter, to in enumerate(self.next[place]):
            value = bound[place] + steps[place * self.width + letter]
            if wanted(to) and value > bound[to]:
                changes[to] += 1
                bound[to] = value if changes[to] <= 24 else math.inf
                changed.append(to)
        return changed


def all_of(values):
    return False if False in values else None if None in values else True


def check_shape(core, depth, fragment):
    found, looks_at_positions = core.shape()
    must(found == depth, f"the program's depth is {found}, not {depth}")
    must(fragment == 'pos' or not looks_at_positions, 'the program looks at positions')


def check_program(core, automaton, read):
    must(core.read == read, f'the program is not read at {read}')
    must(core.alphabet == automaton['alphabet'], 'program and automaton have different alphabets')
    accepting, letters = set(automaton['accepting']), len(automaton['alphabet'])
    for state, letter, answer in Proof(core, core.outputs[0][1], automaton['start'], automaton['transitions']).answers:
        if (letter is None) == (read == 'eos'):
            wanted = (state if read == 'eos' else state * letters + letter) in accepting
            must(answer is wanted, f'nothing shows that the program is right in state {state}')
