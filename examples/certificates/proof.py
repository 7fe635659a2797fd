"""In: what a program does in every state of an automaton, at every length."""
import itertools, math
from collections import OrderedDict

from crasp import operands_of
from refusal import NotProved, must, within


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


class Proof:
    """What operations are at every length. A place is a state of an automaton with the residue of the next position and
    the last symbols, as far as the operations behind the root look at them; a situation is a place and the letter that is read there, or
    the end (None). In a situation an operation is True, False or None: not known. Counts lie in intervals, per place:
    found by carrying them along all transitions from 0 until nothing changes, so that they hold whatever the string."""

    def __init__(self, core, root, start, transitions):
        self.nodes, self.root, needed = core.nodes, root, core.behind([root])
        used = [self.nodes[a] for a in needed]
        period = math.lcm(*(node[1] for node in used if node[0] == 'mod'))
        back = max((node[2][1] for node in used if node[0] == 'count' and node[2]), default=0)
        letters, truths = range(len(transitions[0])), sum(core.is_truth(a) for a in needed)
        self.places, numbers, self.next, self.reached = [(start, 1 % period, ())], {}, [], [None]
        numbers[self.places[0]] = 0
        for number, (state, residue, past) in enumerate(self.places):
            after = [(transitions[state][letter], (residue + 1) % period, ((letter,) + past)[:back]) for letter in letters]
            for letter, place in enumerate(after):
                if place not in numbers:
                    self.reached.append((number, letter))
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

    def answers(self):
        """Every situation with what the root is there."""
        return zip(self.situations, self.truth[self.root])

    def word_to(self, place):
        """A shortest string that leads to a place."""
        word = []
        while self.reached[place]:
            place, letter = self.reached[place]
            word.insert(0, letter)
        return word

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
            waiting, inside = OrderedDict.fromkeys(component), set(component)
            while waiting:
                place, _ = waiting.popitem(last=False)  # first in, first out: short ways first
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


class Run:
    """A program that reads symbol by symbol. Its memory: counts so far (up to a limit), what windows see (the latest first)
    and the residue of the next position."""

    def __init__(self, core, roots, limits=None):
        self.core, self.limits, self.end = core, limits, core.behind(roots)
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
    proof = Proof(core, root, automaton['start'], transitions)

    def right(answer, state, letter, word):
        wanted = (state if read == 'eos' else state * len(alphabet) + letter) in accepting
        must(answer is None or answer is wanted,
             f"the program is wrong on '{' '.join(alphabet[one] for one in word())}'")
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
