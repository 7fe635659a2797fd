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


def spelled(word, alphabet):
    """A word as numbers of letters."""
    places = {one: letter for letter, one in enumerate(alphabet)}
    must(all(one in places for one in word), 'a word has a symbol that is not in the alphabet')
    return [places[one] for one in word]


def walk(transitions, state, letters):
    for letter in letters:
        state = transitions[state][letter]
    return state


def check_inseparable(transitions, evidence, accepted):
    """arXiv 2608.13433, Theorem 89: in a strongly connected component, counts that stay bounded are potentials V of the
    state with V(to) = V(from) + E(label). If with labels (class, letter) all potentials are equal on classes, no program
    tells the states of a class apart; and after the distinguishing word, `accepted` does."""
    component, (first, second) = evidence['component'], evidence['pair']
    classes, back = dict(zip(component, evidence['classes'])), {state: [] for state in component}
    for state in component:
        for to in set(transitions[state]) & back.keys():
            back[to].append(state)
    for leads in (transitions, back):
        waiting, reached = component[:1], set(component[:1])
        for state in waiting:
            new = {to for to in leads[state] if to in classes and to not in reached}
            reached |= new
            waiting += new
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
    must(accepted(first) != accepted(second), 'the distinguishing word does not distinguish the pair')


def check_out(evidence, read):
    automaton, inseparable = evidence['automaton'], evidence['inseparable']
    transitions, alphabet, accepting = automaton['transitions'], automaton['alphabet'], set(automaton['accepting'])
    access, last_word = (spelled(inseparable[word], alphabet) for word in ('access', 'distinguishing'))
    component = inseparable['component']
    must(walk(transitions, automaton['start'], access) == inseparable['pair'][0], 'the access word does not lead to the pair')
    must(len(component) == len(set(component)) == len(inseparable['classes']), 'each state of the component has one class')
    must(all(state < len(transitions) for state in component), 'the component has a state that does not exist')
    within_component, accepted = transitions, lambda state: walk(transitions, state, last_word) in accepting
    if evidence['kind'] == 'blocks':  # C-RASP[pos]: in strings of blocks, positions and look-backs tell nothing more
        idempotent, *words = (spelled(word, alphabet) for word in [evidence['blocks']['idempotent'], *evidence['blocks']['words']])
        must(all(w and len(w) % len(idempotent) == 0 for w in words), "a length is no multiple of the idempotent's")
        within(len(transitions) * len(idempotent) + len(component) * sum(map(len, words)), 100_000_000, 'states times symbols of blocks')
        once = [walk(transitions, state, idempotent) for state in range(len(transitions))]
        must(all(once[state] == state for state in once), 'the idempotent word does something else twice')
        must(all(once[state] == state for state in component), 'the idempotent moves a state of the component')
        within_component = {state: [once[walk(transitions, state, w)] for w in words] for state in component}
    elif read == 'last':
        must(last_word, 'at the last symbol, the distinguishing word cannot be empty')

        def accepted(state):
            return walk(transitions, state, last_word[:-1]) * len(alphabet) + last_word[-1] in accepting
    check_inseparable(within_component, inseparable, accepted)
