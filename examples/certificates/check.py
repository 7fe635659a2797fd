#!/usr/bin/env python3
"""
Checks certificates of `lengthwise predict` with nothing but Python's standard library, sharing no code with lengthwise.

    python3 check.py [--json] FILE...

Written from docs/certificates.md and docs/crasp.md. Read this file first (JSON, form, seal, and what is checked in which
order), then languages.py and expressions.py (which language an automaton accepts; evidence for "out"), program_text.py
and crasp.py (programs), proof.py (evidence for "in"), tasks.py (evidence about tasks).

Exit status: 0 all hold, 1 something in one is false, 5 no proof of one is found, 2 one cannot be read or is too large to
check, 3 one holds up to a length. Of several files the first of these that is so counts.
"""
import hashlib, itertools, json, math, re, sys, threading

sys.dont_write_bytecode = True  # leaves no files beside these

from crasp import Core
from languages import check_alphabet, check_language, check_out
from proof import check_program, check_shape
from refusal import NotProved, Refused, Unchecked, is_symbol, must
from tasks import check_index_embedding, check_reduction, check_task_program, definition_of

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


def from_version_1(old):
    """The same claim and evidence in version 2. What version 1 says of publications and trials is not believed."""
    must(old.get('seal') == sha256(without(old, 'seal')), 'something was changed after the certificate was made')
    must(old.get('status') in ('published', 'derived'), 'the status is unknown')
    must('published' in old and isinstance(old['published'], (str, type(None))), 'published is a text or null')
    about = old.get('about')
    defined = about
    if isinstance(about, dict) and about.get('kind') == 'task':  # hashed with its answers to short sources
        must(fits(ABOUT, about), 'the form of what the certificate speaks of')
        task = definition_of(about)
        symbols = task.own or ['a', 'b', 'c']
        queries = symbols if task.kind == 'look-up' else [None]
        sources = [list(s) for n in range(1, 5) for s in itertools.product(symbols, repeat=n)]
        answers = [(s, q, task.answer(s, q)) for s in sources for q in queries]
        defined = {**about, 'oracle': [f"{' '.join(s)} | {q or ''} | {' '.join(a)}" for s, q, a in answers if a]}
    must(old.get('hash') == sha256(defined), 'what the certificate speaks of has another hash')

    def evidence_from(evidence):
        gone = {'task-program': ['checked'], 'reduction': ['upTo', 'instances'],
                'index-embedding': ['upTo', 'residuals']}.get(evidence.get('kind'), [])
        must(all(field in evidence for field in gone), 'a field of the evidence is missing')
        new = without(evidence, 'separation', *gone)
        if 'separation' in evidence:
            new['inseparable'] = evidence['separation']
        if isinstance(new.get('evidence'), dict):
            new['evidence'] = evidence_from(new['evidence'])
        return {**new, 'kind': 'inseparable' if new.get('kind') == 'separation' else new.get('kind')}
    must(isinstance(old.get('evidence'), dict), 'no evidence')
    new = {**without(old, 'seal', 'status', 'published'), 'version': 2, 'hash': sha256(about),
           'evidence': evidence_from(old['evidence'])}
    return {**new, 'seal': sha256(new)}


# A certificate ----------------------------------------------------------------------------------------------------------

def check(certificate):
    """None where it holds, a length where it holds up to it. Raises Refused, NotProved or Unchecked."""
    if isinstance(certificate, dict) and certificate.get('format') == 'lengthwise certificate' \
            and certificate.get('version') == 1 and certificate['version'] is not True:
        certificate = from_version_1(certificate)
    too_long.clear()
    must(fits(CERTIFICATE, certificate), 'the form is not that of a certificate')
    if too_long:
        raise Unchecked(too_long[0])
    must(certificate['seal'] == sha256(without(certificate, 'seal')), 'something was changed after it was made')
    about, evidence, fragment, read = (certificate[field] for field in ('about', 'evidence', 'fragment', 'read'))
    must(certificate['hash'] == sha256(about), 'what the certificate speaks of has another hash')
    subject, kind = about['kind'], evidence['kind']
    must(certificate['subject'] == about['name'] == about.get('text' if subject == 'expression' else 'name'),
         'the subject is not what the certificate speaks of')
    must(subject != 'expression' or check_alphabet(about['alphabet']) is None, 'the alphabet is none')
    must(certificate['scope'] == ('every alphabet' if subject == 'task' else 'this alphabet'), 'the scope is another')
    must(certificate['verdict'] == ('in' if kind in ('program', 'membership', 'task-program') else 'out'),
         'the evidence is for the other verdict')
    must(fragment == {'inseparable': 'plain', 'blocks': 'pos'}.get(kind, fragment), 'the evidence is of another fragment')
    if kind == 'program':
        check_language(about, evidence['automaton'], read)
        core = Core(evidence['program'])
        check_shape(core, evidence['depth'], fragment)
        return check_program(core, evidence['automaton'], read)
    if kind == 'membership':
        must(subject == 'program', 'only a program is its own evidence')
        core = Core(about['text'])
        check_shape(core, evidence['depth'], fragment)
        return must(core.read in (read, 'next'), f'the program is not read at {read}')
    if kind in ('inseparable', 'blocks'):
        check_language(about, evidence['automaton'], 'eos' if kind == 'blocks' else read)
        return check_out(evidence, read)
    must(subject == 'task', f'a {subject} is no task')
    task = definition_of(about)
    if kind == 'task-program':
        return check_task_program(task, evidence['schema'], evidence['depth'], fragment)
    return check_reduction(task, evidence, fragment) if kind == 'reduction' else check_index_embedding(task, evidence)


def verify(file):
    """(outcome, the length up to which it holds, what is wrong)"""
    try:
        with open(file, 'rb') as opened:
            certificate = read_json(opened.read(100_000_001).decode('utf-8-sig'))
    except (OSError, ValueError, RecursionError) as error:
        return 'not checked', None, f'it cannot be read: {error}'
    try:
        length = check(certificate)
        return ('holds' if length is None else 'holds up to a length'), length, None
    except Refused as refused:
        return 'does not hold', None, str(refused)
    except NotProved as unproved:
        return 'not proved', None, str(unproved)
    except (Unchecked, RecursionError, MemoryError) as beyond:
        return 'not checked', None, str(beyond)


def on_one_line(text):
    return ''.join(one if one.isprintable() else f'⟨U+{ord(one):04X}⟩' for one in text)


def main(arguments):
    files = [one for one in arguments if one != '--json']
    if not files:
        sys.exit(__doc__)
    statuses = set()
    for file in files:
        outcome, up_to, problem = verify(file)
        statuses.add({'holds': 0, 'does not hold': 1, 'not checked': 2, 'holds up to a length': 3, 'not proved': 5}[outcome])
        line = f'{file}: {outcome}' + (f' ({up_to} symbols)' if up_to else '') + (f': {problem}' if problem else '')
        print(json.dumps({'file': file, 'outcome': outcome, 'upTo': up_to, 'problem': problem}) if '--json' in arguments else on_one_line(line),
              flush=True)
    return next(status for status in (1, 5, 2, 3, 0) if status in statuses)


if __name__ == '__main__':
    sys.setrecursionlimit(200_000)  # expressions and programs may be deep
    threading.stack_size(512 * 1024 * 1024)
    status = []
    worker = threading.Thread(target=lambda: status.append(main(sys.argv[1:])))
    worker.start()
    worker.join()
    sys.exit(status[0] if status else 2)
