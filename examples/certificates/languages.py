"""Whether an automaton accepts a language, and what shows that no program does."""
from expressions import Terms, read_expression
from refusal import NotProved, is_symbol, must, within


def check_alphabet(alphabet):
    must(all(is_symbol(one) and one != '<eos>' for one in alphabet), 'a symbol has white space in it, or is <eos>')
    must(len(set(alphabet)) == len(alphabet), 'a symbol stands twice in the alphabet')


def check_complete(automaton, read='eos'):
    alphabet, transitions = automaton['alphabet'], automaton['transitions']
    check_alphabet(alphabet)
    answers = len(transitions) * (1 if read == 'eos' else len(alphabet))
    must(automaton['start'] < len(transitions), 'the start is no state')
    must(all(len(states) == len(alphabet) for states in transitions), 'a state lacks a transition')
    must(all(to < len(transitions) for states in transitions for to in states), 'a transition leads nowhere')
    must(all(one < answers for one in automaton['accepting']), 'what accepts is no state')
    must(len(set(automaton['accepting'])) == len(automaton['accepting']), 'something accepts twice')


def check_language(about, automaton, read):
    """The automaton and what the certificate speaks of go side by side over every pair that some string leads to. Read
    at the last symbol, `accepting` has numbers of transitions (state times letters plus letter) instead of states."""
    check_complete(automaton, read)
    letters, accepting = automaton['alphabet'], set(automaton['accepting'])
    must(about['kind'] in ('expression', 'automaton'), 'the subject is no regular language')
    if about['kind'] == 'expression':
        must(about['alphabet'] == letters, 'the automaton has another alphabet than the expression')
        terms = Terms()
        start, after, accepts = read_expression(about['text'], letters, terms), terms.after, terms.has_empty.__getitem__
    else:
        other = about['automaton']
        check_complete(other)
        must(other['alphabet'] == letters, 'the two automata have different alphabets')
        start, after = other['start'], lambda state, letter: other['transitions'][state][letter]
        accepts = set(other['accepting']).__contains__
    pairs = {(start, automaton['start']): None}  # with the pair and the letter by which each was reached
    waiting = list(pairs)

    def agree(is_in, accepted, pair, *word):
        while is_in != accepted and pairs[pair]:
            pair, letter = pairs[pair]
            word = letter, *word
        must(is_in == accepted, f"automaton and language differ on '{' '.join(letters[one] for one in word)}'")
    for place, state in waiting:
        if read == 'eos':
            agree(accepts(place), state in accepting, (place, state))
        for letter, to in enumerate(automaton['transitions'][state]):
            pair = after(place, letter), to
            if read == 'last':
                agree(accepts(pair[0]), state * len(letters) + letter in accepting, (place, state), letter)
            if pair not in pairs:
                within(len(pairs) + 1, 500_000, 'pairs of places and states')
                within((len(pairs) + 1) * len(letters), 10_000_000, 'pairs of places and states times symbols')
                pairs[pair] = (place, state), letter
                waiting.append(pair)


def walk(automaton, state, word):
    for one in word:
        must(one in automaton['alphabet'], f'{one!r} is not in the alphabet')
        state = automaton['transitions'][state][automaton['alphabet'].index(one)]
    return state


def check_inseparable(transitions, evidence, accepted):
    """arXiv 2608.13433, Theorem 89: in a strongly connected component, counts that stay bounded are potentials V of the
    state with V(to) = V(from) + E(label). If with labels (class, letter) all potentials are equal on classes, no program
    tells the states of a class apart; and `accepted` does, after the distinguishing word."""
    component, (first, second) = evidence['component'], evidence['pair']
    must(len(component) == len(set(component)) == len(evidence['classes']), 'each state of the component has one class')
    must(all(state < len(transitions) for state in component), 'the component has a state that does not exist')
    classes = dict(zip(component, evidence['classes']))
    edges = [(a, b) for a in component for b in transitions[a] if b in classes]
    for pairs in (edges, [(b, a) for a, b in edges]):
        leads, reached = {}, component[:1]
        for a, b in pairs:
            leads.setdefault(a, set()).add(b)
        for state in reached:
            reached += leads.get(state, set()) - set(reached)
        must(len(reached) == len(component), 'the component is not strongly connected')
    group = {state: {state} for state in component}
    for combination in evidence['combinations']:
        (a, b), denominator, total = combination['states'], int(combination['denominator']), {}
        must(a in classes and classes[a] == classes.get(b), 'a combination is not about one class of the component')
        must(denominator > 0, 'a denominator is not positive')
        terms = [(('V', a), -denominator), (('V', b), denominator)]
        for state, letter, numerator in combination['edges']:
            must(state in classes and letter < len(transitions[state]) and transitions[state][letter] in classes,
                 'an edge is not inside the component')
            factor = int(numerator)
            terms += [(('V', transitions[state][letter]), factor), (('V', state), -factor),
                      (('E', classes[state], letter), -factor)]
        for unknown, factor in terms:
            total[unknown] = total.get(unknown, 0) + factor
        must(not any(total.values()), f'the combination for states {a} and {b} does not add up')
        if a != b and group[a] is not group[b]:
            small, large = sorted((group[a], group[b]), key=len)  # so that a state moves at most log n times
            large |= small
            group.update((state, large) for state in small)
    first_of = {}
    for state in component:
        if group[first_of.setdefault(classes[state], state)] is not group[state]:
            raise NotProved(f'no combination makes state {state} equal to the others of its class')
    must(first != second and first in classes and classes[first] == classes.get(second), 'the pair is not in one class')
    must(accepted(first, evidence['distinguishing']) != accepted(second, evidence['distinguishing']),
         'the distinguishing word does not distinguish the pair')


def check_out(evidence, read):
    automaton, inseparable = evidence['automaton'], evidence['inseparable']
    accepting, letters = set(automaton['accepting']), automaton['alphabet']
    must(walk(automaton, automaton['start'], inseparable['access']) == inseparable['pair'][0],
         'the access word does not lead to the pair')
    transitions, accepted = automaton['transitions'], lambda state, word: walk(automaton, state, word) in accepting
    if evidence['kind'] == 'blocks':  # C-RASP[pos]: in strings of blocks, positions and look-backs tell nothing more
        idempotent, words = evidence['blocks']['idempotent'], evidence['blocks']['words']
        once = [walk(automaton, state, idempotent) for state in range(len(transitions))]
        must(all(once[state] == state for state in once), 'the idempotent word does something else twice')
        must(all(w and len(w) % len(idempotent) == 0 for w in words), "a length is no multiple of the idempotent's")
        transitions = [[once[walk(automaton, state, w)] for w in words] for state in range(len(transitions))]
        must(all(state < len(once) and once[state] == state for state in inseparable['component']),
             'the idempotent moves a state of the component')
    elif read == 'last':
        must(inseparable['distinguishing'], 'at the last symbol, the distinguishing word cannot be empty')

        def accepted(state, word):
            must(word[-1] in letters, 'the distinguishing word has an unknown symbol')
            return walk(automaton, state, word[:-1]) * len(letters) + letters.index(word[-1]) in accepting
    check_inseparable(transitions, inseparable, accepted)
