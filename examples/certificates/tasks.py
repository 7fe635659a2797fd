"""
Evidence about tasks. A prompt is `<bos> source <sep> query` for a look-up, `<bos> source <sep>` for flip-flop, and
`<bos> source <sep>` with the copy so far for copying. Whether a candidate is the right next symbol depends on where it and
the symbol read last (`at`) stand and on nothing else, so the prompts of such a pair are an automaton of a few states.
"""
import itertools, math

from crasp import Core, Operations, operands_of
from languages import check_language, check_out
from proof import Proof, Run, check_shape, proof_work
from refusal import Budget, NotProved, Unchecked, must, within

AROUND = ['<bos>', '<sep>', '<eos>']


class LookUp:
    """The neighbour of the only, first or last occurrence of the query."""
    kind, own = 'look-up', None

    def __init__(self, which, side):
        self.which, self.left, self.title = which, side == 'left', f'the symbol to the {side} of the {which} occurrence of the query'

    def answer(self, source, query):
        places = [place for place, one in enumerate(source) if one == query]
        if len(places) != 1 if self.which == 'only' else len(places) < 2:
            return None
        place = places[-1 if self.which == 'last' else 0] + (-1 if self.left else 1)
        return [source[place]] if 0 <= place < len(source) else None

    # An automaton of sources: how often the query came (2: or more), whether its neighbour is the candidate (None: it has
    # none yet), whether the next symbol is that neighbour, whether the last symbol was the candidate (None: none).
    start = 0, None, False, None

    def after(self, state, one, query, candidate):
        times, neighbour, pending, last = state
        neighbour = one == candidate if pending else neighbour
        counts = one == query and (self.which == 'last' or times == 0)
        if counts:
            neighbour = last if self.left else None
        return min(2, times + (one == query)), neighbour, counts and not self.left, one == candidate

    def right(self, state):
        """Whether the candidate is the answer; None: no instance."""
        return state[1] if state[0] == (1 if self.which == 'only' else 2) else None


class FlipFlop:
    """The bit behind the last w; a bit behind r is the one that was last written."""
    kind, own, title = 'flip-flop', ['w', 'r', 'i', '0', '1'], 'the bit that was last written: the symbol to the right of the last w'
    start = None, None  # the instruction that waits for its bit, the bit that was written

    def after(self, state, one, query, candidate):
        instruction, bit = state
        if instruction is None:
            return (one, bit) if one in ('w', 'r', 'i') else None
        if one not in ('0', '1') or instruction == 'r' and one != bit:
            return None
        return None, one if instruction == 'w' else bit

    def right(self, state, candidate=None):
        instruction, bit = state
        return None if bit is None or instruction in ('w', 'i') else bit == candidate

    def answer(self, source, query):
        state = self.start
        for one in source:
            state = state and self.after(state, one, None, None)
        return [state[1]] if state and self.right(state) is not None else None


class Copying:
    """The source again, forward or backward."""
    kind, own = 'copying', None

    def __init__(self, direction, distinct):
        self.direction, self.distinct = direction, distinct
        how, what = ('again', 'in reverse order')[direction == 'backward'], ('symbols that may repeat', 'different symbols')[distinct]
        self.title = f'the source {how}, {what}'

    def answer(self, source, query):
        if not source or self.distinct and len(set(source)) < len(source):
            return None
        return source if self.direction == 'forward' else source[::-1]


TASKS = {'flip-flop': FlipFlop()}
for which, short in ('only', ''), ('first', 'First'), ('last', 'Last'):
    for side in 'left', 'right':
        TASKS[f"{'N' if short else 'U'}{side[0].upper()}{short}"] = LookUp(which, side)
for direction in 'forward', 'backward':
    TASKS.update({f'{letter}{direction[0].upper()}': Copying(direction, letter == 'U') for letter in 'UN'})


def definition_of(about):
    must(about['name'] in TASKS, f"no task is called {about['name']!r}")
    must(about['title'] == TASKS[about['name']].title, 'the task is defined otherwise')
    return TASKS[about['name']]


# Prompts as automata ----------------------------------------------------------------------------------------------------

def answer_prompts(task, symbols, at, candidate):
    """Prompts of look-ups and flip-flop. State None: no prompt. Returns start, after, and wanted: whether the candidate is
    to be named once a symbol was read in a state; None where the prompt does not end there."""
    asks = task.kind == 'look-up'

    def right(state):
        return task.right(state) if asks else task.right(state, candidate)

    def after(state, one):
        if state == 'before':
            return ('source', task.start) if one == '<bos>' else None
        if state is None or state[0] == 'asked':
            return None
        if one == '<sep>':
            return ('asked', right(state[1])) if asks else None
        source = task.after(state[1], one, at, candidate) if one in symbols else None
        return None if source is None else ('source', source)

    def wanted(state, one):
        if one != at or state in ('before', None):
            return None
        if state[0] == 'asked':
            return state[1]
        return None if asks else right(state[1])
    return 'before', after, wanted


def copy_prompts(task, symbols, at, candidate):
    """Prompts of copying with different symbols. Written with its ends, `<sep> source <eos>` (`<eos> source <sep>`, when it
    is copied backward), the candidate is right where it stands directly behind (before) `at`. Other symbols may repeat
    here: what is right for more prompts is right for the instances."""
    forward = task.direction == 'forward'
    first, end = ('<sep>', '<eos>') if forward else ('<eos>', '<sep>')

    def adjacent(before, one):
        return (before, one) == ((at, candidate) if forward else (candidate, at))

    def after(state, one):
        if state == 'before':
            return ('source', first, (), False) if one == '<bos>' else None
        if state is None:
            return None
        part, last, seen, right = state
        if part == 'source':
            if one == '<sep>':
                return None if last == first else ('copy', None, seen, right or adjacent(last, end))
            if one not in symbols or one in seen:
                return None
            known = one in (at, candidate)
            return part, one if known else 'another', seen + (one,) if known else seen, right or adjacent(last, one)
        copied = one in symbols and at != '<sep>' and one != at and (
            one != candidate or seen == ((candidate, at) if forward else (at, candidate)))
        return state if copied else None

    def wanted(state, one):
        if one != at or state in ('before', None):
            return None
        part, last, seen, right = state
        if at == '<sep>':
            return None if part == 'copy' or last == first else right or adjacent(last, end)
        return right if part == 'copy' and at in seen else None
    return 'before', after, wanted


def prompts_of(task, symbols, at, candidate):
    """The alphabet's transitions from each state, and what is wanted in each state after each symbol."""
    alphabet = symbols + AROUND
    start, after, wanted = (copy_prompts if task.kind == 'copying' else answer_prompts)(task, symbols, at, candidate)
    states, transitions = {start: 0}, []
    waiting = [start]
    for state in waiting:
        for one in alphabet:
            to = after(state, one)
            if to not in states:
                states[to] = len(states)
                waiting.append(to)
        transitions.append([states[after(state, one)] for one in alphabet])
    return transitions, [[wanted(state, one) for one in alphabet] for state in waiting]


# Programs of tasks ------------------------------------------------------------------------------------------------------

def check_task_program(task, schema, depth, fragment):
    """Returns None where every length and alphabet is proved, otherwise the length of the sources that were tried."""
    core = instantiated(schema, task.own or fresh(schema, 2))
    check_shape(core, depth, fragment)
    must(core.read == 'next', 'the program does not say what comes next')
    spent = {'situations': 0, 'work': proof_work(),
             'finite': Budget(5_000_000, 'operands over all prompts and all that the program remembers')}
    try:
        if task.kind == 'copying' and not task.distinct:
            raise NotProved()
        if task.own:
            prove_for(task, core, task.own, False, spent)
            return None
        if core.program.ordered:
            raise NotProved()
        # From alphabets of up to k + 2 symbols to all: docs/certificates.md, "Programs of tasks".
        within(core.program.chosen + 2, 7, 'symbols of an alphabet')
        sizes = max(4, core.program.chosen + 2)
        for size in range(1, sizes + 1):
            core = instantiated(schema, fresh(schema, size))
            if size > 1:
                check_shape(core, depth, fragment)
            prove_for(task, core, fresh(schema, size), size == sizes, spent)
        return None
    except (NotProved, Unchecked):
        return try_all(task, schema, spent['work']['steps'])


def fresh(schema, size):
    """Symbols that the schema cannot name."""
    names = (f'sym{number}' for number in itertools.count(1))
    return list(itertools.islice((name for name in names if name not in schema), size))


def instantiated(schema, symbols):
    return Core('alphabet { ' + ' '.join(f"'{one}'" for one in symbols + AROUND) + ' }\n' + schema)


def prove_for(task, core, symbols, alone, spent):
    rules, alphabet = dict(core.outputs), core.alphabet
    ends = symbols if task.kind == 'look-up' else ['<sep>'] if task.own else symbols + ['<sep>']
    for at, candidate in itertools.product(ends, symbols + AROUND):
        transitions, wanted = prompts_of(task, symbols, at, candidate)
        rule, number = rules.get(core.places[candidate]), core.places[at]
        if rule is None:
            if any(one is True for row in wanted for one in row):
                raise NotProved()
            continue
        left, rule = specialised(core, rule, number, spent['work']['steps'])
        if alone:
            counted = [left.nodes[a][1] for a in left.behind([rule]) if left.nodes[a][0] == 'count']
            named = {alphabet[left.nodes[a][1]] for a in left.behind(counted) if left.nodes[a][0] == 'Q'}
            if named & set(symbols) - {at, candidate}:
                raise NotProved()
        proof = Proof(left, rule, 0, transitions, spent['work'])
        spent['situations'] += proof.situations
        within(spent['situations'], 400_000, 'situations over all prompts')
        if all(answer is wanted[state][letter] for (place, letter), answer in proof.answers() for state in [proof.places[place][0]]
               if letter is not None and wanted[state][letter] is not None):
            continue
        wrong = wrong_prompt(left, rule, number, transitions, wanted, spent)
        if wrong is not None and task.kind == 'copying':  # it may be no instance
            raise NotProved()
        must(wrong is None, f"after {' '.join(alphabet[one] for one in wrong or [])!r} the program is wrong about {candidate}")


def specialised(core, rule, at, work):
    """What is left of a rule where the symbol is `at`. Counts stay: they speak of other positions, too. To build an operand
    anew counts as 300 in a proof."""
    left, whole, now, needed = Operations(), {}, {}, core.behind([rule])
    work.spend(300 * sum(1 + len(operands_of(core.nodes[a])) for a in needed))
    for a in needed:
        kind, *of = core.nodes[a]
        whole[a] = left.again(core.nodes[a], whole)
        now[a] = whole[a] if kind == 'count' else left.truth(of[0] == at) if kind == 'Q' else left.again(core.nodes[a], now)
    return left, now[rule]


def wrong_prompt(core, rule, at, transitions, wanted, spent):
    """A prompt at whose end the rule is wrong, at any length; None: there is none. Where each comparison is of counts of one
    sign with a constant, counts beyond it are not told apart: program and prompts go side by side."""
    limits, parts = {}, {}
    for a in core.behind([rule]):
        if core.nodes[a][0] == 'ge0':
            counts, most = parts[core.nodes[a][1]]
            if len({factor > 0 for _, factor in counts}) > 1:
                raise NotProved()
            for count, factor in counts:
                limits[count] = max(limits.get(count, 0), most // abs(factor) + 1)
        elif not core.is_truth(a):
            parts[a] = parts_of_sum(a, *core.nodes[a], parts)
    run = Run(core, [rule], limits)
    within(max((window[1] for _, _, window in run.counts if window), default=0), 64, 'symbols back in a window')
    within(run.period, 5_040, 'residues of a position')
    useful = {state for state, row in enumerate(wanted) if any(one is not None for one in row)}
    while more := {state for state, row in enumerate(transitions) if useful & set(row)} - useful:
        useful |= more
    pairs, waiting = {(0, run.start): ()}, [(0, run.start)]
    operands = run.operands + sum(window[1] for _, _, window in run.counts if window)
    for state, memory in waiting:
        want = wanted[state][at]
        if want is not None and run.values(memory, at, run.end)[rule] is not want:
            word, pair = [at], (state, memory)
            while pairs[pair]:
                pair, symbol = pairs[pair]
                word.insert(0, symbol)
            return word
        for symbol, to in enumerate(transitions[state]):
            if to in useful:
                pair = to, run.after(memory, symbol)
                if pair not in pairs:
                    spent['finite'].spend(operands)
                    pairs[pair] = (state, memory), symbol
                    waiting.append(pair)
    return None


def parts_of_sum(a, kind, *of):
    """The counts over all positions in a sum, with factors, and the most that all the rest can be; `parts` has those of the
    sums that it rests on."""
    *of, parts = of
    if kind == 'integer':
        return [], abs(of[0])
    if kind == 'count':
        return ([(a, 1)], 0) if of[1] is None else ([], of[1][1] - of[1][0] + 1)
    if kind == 'lin':
        return ([(count, factor * times) for b, factor in of[0] for count, times in parts[b][0]],
                abs(of[1]) + sum(abs(factor) * parts[b][1] for b, factor in of[0]))
    (yes, most), (no, other) = parts[of[1]], parts[of[2]]
    if yes or no:
        raise NotProved()
    return [], max(most, other)


def try_all(task, schema, budget):
    """Runs the program on every source of up to 6 symbols over a few alphabets, the shortest first, as far as what is left of
    the budget goes (an operand of an operation counts as 10 in each position of a prompt); returns the length that was
    reached, 4 or more. Where symbols are interchangeable in the program, only sources in which they come for the first time
    in the order of the alphabet: others differ in names only."""
    distinct = task.kind == 'copying' and task.distinct
    alphabets = [task.own] if task.own else [fresh(schema, size) for size in ((4, 5, 6) if distinct else (2, 3, 4))]
    trials = [Trial(task, symbols, instantiated(schema, symbols), budget) for symbols in alphabets]
    for length in range(1, 7):
        try:
            for trial in trials:
                trial.longer()
        except Unchecked:
            if length <= 4:
                raise
            return length - 1
    return 6


class Trial:
    """A program over one alphabet, and all sources of a length: each with what the program remembers and the task's state."""

    def __init__(self, task, symbols, core, budget):
        self.task, self.symbols, self.core, self.budget = task, symbols, core, budget
        self.run = Run(core, [rule for _, rule in core.outputs])
        self.cost = 10 * self.run.operands
        self.sources = [([], self.read(self.run.start, ['<bos>']), task.start if task.own else ())]

    def read(self, memory, prompt):
        for one in prompt:
            memory = self.run.after(memory, self.core.places[one])
        return memory

    def longer(self):
        """Goes on to the sources with one more symbol, and tries each."""
        shorter, self.sources = self.sources, []
        for source, memory, state in shorter:
            in_order = self.symbols if self.task.own or self.core.program.ordered else self.symbols[:len(set(source)) + 1]
            for one in in_order:
                after = self.task.after(state, one, None, None) if self.task.own else state
                if after is not None and not (self.task.kind == 'copying' and self.task.distinct and one in source):
                    self.sources.append((source + [one], self.read(memory, [one]), after))
                    self.answers(*self.sources[-1][:2])

    def answers(self, source, memory):
        for query in self.symbols if self.task.kind == 'look-up' else [None]:
            answer = self.task.answer(source, query)
            copy = (answer or []) + (['<eos>'] if answer and self.task.kind == 'copying' else [])
            last, so_far = ('<sep>', memory) if query is None or not copy else (query, self.read(memory, ['<sep>']))
            for place, right in enumerate(copy):
                self.budget.spend(self.cost * (2 + len(source) + (query is not None) + place))
                value = self.run.values(so_far, self.core.places[last], self.run.end)
                must([self.core.alphabet[symbol] for symbol, rule in self.core.outputs if value[rule]] == [right],
                     f"for {' '.join(source)} {query or ''} the program does not name {right}")
                last, so_far = right, self.read(so_far, [last])


# Tasks that are out -----------------------------------------------------------------------------------------------------

def check_reduction(task, evidence, fragment):
    """Strings over a language's letters are turned into instances, block by block, so that one answer means "in the
    language"; the language's automaton and one that reads the instances go side by side, at every length."""
    must(task.kind != 'copying', 'the answer to a copy is more than one symbol')
    query, answer, out = evidence['query'], evidence['answer'], evidence['evidence']
    automaton, blocks, prefix, suffix = out['automaton'], evidence['blocks'], evidence['prefix'], evidence['suffix']
    letters = automaton['alphabet']
    must(len(blocks) == len(letters) and set(blocks) == set(letters), 'blocks and language have different letters')
    written = [blocks[letter] for letter in letters]
    must(fragment == 'plain' or len(set(map(len, written))) == 1, 'the blocks are not equally long')
    used = [*prefix, *itertools.chain(*written), *suffix, answer, query]
    must(not set(used) & set(AROUND), 'an instance has a reserved symbol in it')
    must(out['kind'] == ('inseparable' if fragment == 'plain' else 'blocks'), 'the evidence is of another fragment')
    check_language({'kind': 'expression', 'text': evidence['expression'], 'alphabet': letters}, automaton, 'eos')
    check_out(out, 'eos')
    must((query is None) == (task.kind == 'flip-flop'), 'a look-up has a query, flip-flop has none')

    work = Budget(10_000_000, 'symbols of instances')

    def read(state, symbols):
        work.spend(len(symbols))
        for one in symbols:
            state = task.after(state, one, query, answer)
            must(state is not None, 'a string makes no instance of the task')
        return state
    accepting = set(automaton['accepting'])
    waiting = [(read(task.start, prefix), automaton['start'])]
    pairs = set(waiting)
    for source, state in waiting:
        ending = read(source, suffix)
        right = task.right(ending, answer) if query is None else task.right(ending)
        must(right is not None, 'a string makes no instance of the task')
        must(right == (state in accepting), 'the answer does not say whether a string is in the language')
        for letter, block in enumerate(written):
            pair = read(source, block), automaton['transitions'][state][letter]
            if pair not in pairs:
                within(len(pairs) + 1, 100_000, 'pairs of sources and states')
                pairs.add(pair)
                waiting.append(pair)


def check_index_embedding(task, evidence):
    """The 2^n sources over two symbols have 2^n answers; a program with K counters, D bits of look-back and period P can be
    in at most (n+1)^K · 2^D · P situations after n symbols. The evidence has the largest K for D = 0, P = 1."""
    must(task.kind == 'copying' and not task.distinct, 'only where symbols may repeat is every source a source')
    must(task.direction == evidence['direction'], 'the source is copied in the other direction')
    must(evidence['zero'] != evidence['one'] and evidence['excluded'], 'one symbol only, or nothing is excluded')
    for bound in evidence['excluded']:
        length, counters = bound['length'], bound['counters']
        within(length, 1_000, 'symbols of a source')
        must(counters <= length and (length + 1) ** counters < 2 ** length <= (length + 1) ** (counters + 1),
             f'at length {length}, {counters} is not the most counters that are too few')
