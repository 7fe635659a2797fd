"""Certificates of version 1, read as those of version 2."""
import itertools

from form import ABOUT, fits, sha256, without
from refusal import must
from tasks import definition_of


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
        must(isinstance(evidence.get('kind'), str), 'the kind of evidence is no text')
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
