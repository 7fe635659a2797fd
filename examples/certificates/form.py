"""JSON that can be read in one way, what hashes are taken of, and the form of a certificate."""
import hashlib, json, math, re

from refusal import Unchecked, is_symbol, must

# JSON that can be read in one way only, and the one text of it that hashes are taken of ---------------------------------

def read_json(text):
    def no_key_twice(pairs):
        if len({key for key, _ in pairs}) < len(pairs):
            raise ValueError('a key stands twice in one object')
        return dict(pairs)

    def number(digits):  # as JavaScript reads them: 1.0 and 1e0 are 1
        value = float(digits)
        return int(value) if value.is_integer() else value

    def no_number(name):
        raise ValueError(f'{name} is not JSON')
    depth, place, inside = 0, 0, False  # sign by sign: a pattern for whole strings takes a hundred bytes for each character
    signs = [re.compile(r'["[\]{}]'), re.compile(r'["\\]')]  # outside and inside of strings
    while found := signs[inside].search(text, place):
        place = found.end() + (found[0] == '\\')
        inside ^= found[0] == '"'
        depth += (found[0] in '[{') - (found[0] in ']}')
        if depth > 1_000:
            raise ValueError('objects and lists stand in each other more than 1,000 deep')
    return json.loads(text, object_pairs_hook=no_key_twice, parse_float=number, parse_constant=no_number,
                      parse_int=lambda digits: int(digits) if len(digits) < 18 else number(digits))


def utf16(text):
    return text.encode('utf-16-be', 'surrogatepass')


def canonical(value):
    """Keys sorted by their UTF-16 code, no blanks, strings escaped as JSON.stringify does."""
    if isinstance(value, dict):
        return '{' + ','.join(f'{canonical(k)}:{canonical(value[k])}' for k in sorted(value, key=utf16)) + '}'
    if isinstance(value, list):
        return '[' + ','.join(map(canonical, value)) + ']'
    escaped = json.dumps(value, ensure_ascii=False)
    return re.sub('[\ud800-\udfff]', lambda lone: f'\\u{ord(lone[0]):04x}', escaped)


def sha256(value):
    return hashlib.sha256(canonical(value).encode()).hexdigest()


# The form: every field is known, none is missing ------------------------------------------------------------------------

def number(v):
    return isinstance(v, int) and not isinstance(v, bool) and 0 <= v <= 2**53 - 1


too_long = []  # what is beyond a cap in the certificate at hand: it counts where the form is right otherwise


def at_most(most, length):
    if length > most:
        too_long.append(f'something is longer than {most:,}')
    return True


def row(of, least=0, most=500_000):
    return lambda v: isinstance(v, list) and least <= len(v) and all(fits(of, one) for one in v) and at_most(most, len(v))


def exactly(*items):
    return lambda v: isinstance(v, list) and len(v) == len(items) and all(map(fits, items, v))


def text(most):
    return lambda v: isinstance(v, str) and at_most(most, len(v))


def symbol(v):
    return is_symbol(v) and text(1000)(v)


def fits(form, value):
    """Whether a value has a form: a test, a value, a list of possible forms, or a dictionary of fields."""
    if isinstance(form, dict):
        return isinstance(value, dict) and form.keys() == value.keys() and all(fits(form[k], value[k]) for k in form)
    if isinstance(form, list):
        return any(fits(one, value) for one in form)
    return form(value) if callable(form) else type(form) is type(value) and form == value


word, nonempty = row(symbol), row(symbol, 1)
digits = lambda v: isinstance(v, str) and re.fullmatch('-?[0-9]+', v) and at_most(4000, len(v))
AUTOMATON = {'alphabet': row(symbol, 1, 1000), 'start': number, 'accepting': row(number),
             'transitions': row(row(number, 0, math.inf), 1)}
INSEPARABLE = {
    'component': row(number), 'classes': row(number), 'pair': exactly(number, number), 'access': word, 'distinguishing': word,
    'combinations': row({'states': exactly(number, number), 'denominator': digits, 'edges': row(exactly(number, number, digits))})}
OUT = [{'kind': 'inseparable', 'automaton': AUTOMATON, 'inseparable': INSEPARABLE},
       {'kind': 'blocks', 'automaton': AUTOMATON, 'inseparable': INSEPARABLE,
        'blocks': {'idempotent': nonempty, 'words': row(word, 1, 1000)}}]
EVIDENCE = OUT + [
    {'kind': 'program', 'program': text(10**6), 'automaton': AUTOMATON, 'depth': number},
    {'kind': 'membership', 'depth': number},
    {'kind': 'task-program', 'schema': text(10**6), 'depth': number},
    {'kind': 'reduction', 'query': [None, symbol], 'prefix': word, 'suffix': word, 'answer': symbol,
     'blocks': lambda v: isinstance(v, dict) and all(symbol(k) and nonempty(v[k]) for k in v),
     'expression': text(10**6), 'evidence': OUT},
    {'kind': 'index-embedding', 'zero': symbol, 'one': symbol, 'direction': ['forward', 'backward'],
     'excluded': row({'length': number, 'counters': number}, 0, 1000)}]
ABOUT = [{'kind': 'expression', 'name': text(10**6), 'text': text(10**6), 'alphabet': row(symbol, 1, 1000)},
         {'kind': 'automaton', 'name': text(1000), 'automaton': AUTOMATON},
         {'kind': 'program', 'name': text(1000), 'text': text(10**6)},
         {'kind': 'task', 'name': text(1000), 'title': text(1000)}]
CERTIFICATE = {
    'verdict': ['in', 'out'], 'subject': text(10**6), 'fragment': ['plain', 'pos'], 'read': ['eos', 'last'],
    'scope': ['this alphabet', 'every alphabet'], 'format': 'lengthwise certificate', 'version': 2,
    'about': ABOUT, 'hash': text(math.inf), 'evidence': EVIDENCE, 'seal': text(math.inf)}


def without(record, *keys):
    return {key: record[key] for key in record if key not in keys}


def check_form(certificate):
    too_long.clear()
    must(fits(CERTIFICATE, certificate), 'the form is not that of a certificate')
    if too_long:
        raise Unchecked(too_long[0])
