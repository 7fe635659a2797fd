#!/usr/bin/env python3
"""
Checks certificates of `lengthwise predict` with nothing but Python's standard library, sharing no code with lengthwise.

    python3 check.py [--json] FILE...

Written from docs/certificates.md and docs/crasp.md. Read this file first (what is checked in which order), then form.py and
refusal.py (JSON, form, seal, caps), languages.py and expressions.py (which language an automaton accepts; evidence for
"out"), program_text.py and crasp.py (programs), proof.py (evidence for "in"), tasks.py (evidence about tasks), and
version_1.py only for a certificate of version 1.

Exit status: 0 all hold, 1 something in one is false, 5 no proof of one is found, 2 one cannot be read or is too large to
check, 3 one holds up to a length. Of several files the first of these that is so counts.
"""
import json, sys, threading

sys.dont_write_bytecode = True  # leaves no files beside these

from crasp import Core
from form import check_form, read_json, sha256, without
from languages import check_alphabet, check_language, check_out
from proof import check_program, check_shape
from refusal import NotProved, Refused, Unchecked, must
from tasks import check_index_embedding, check_reduction, check_task_program, definition_of
from version_1 import from_version_1


def check(certificate):
    """None where it holds, a length where it holds up to it. Raises Refused, NotProved or Unchecked."""
    if isinstance(certificate, dict) and certificate.get('format') == 'lengthwise certificate' \
            and certificate.get('version') == 1 and certificate['version'] is not True:
        certificate = from_version_1(certificate)
    check_form(certificate)
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
    except Exception as fault:  # ours: whatever the file holds, the next one is checked
        return 'not checked', None, f'a fault of this checker: {type(fault).__name__}: {fault}'


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
