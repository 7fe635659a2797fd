"""How the checker says no, and what a symbol is."""
import re

SPACE = '\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'  # white space, inside [ ] of a pattern


class Refused(Exception):
    """The certificate does not hold."""


class Unchecked(Exception):
    """A cap is exceeded: the certificate may hold or not."""


def must(condition, problem):
    if not condition:
        raise Refused(problem)


def within(value, cap, what):
    if value > cap:
        raise Unchecked(f'too large to check: more than {cap:,} {what}')


def text(most, least=0):
    """A test of texts by their length in UTF-16."""
    return lambda v: isinstance(v, str) and least <= len(v.encode('utf-16-le', 'surrogatepass')) // 2 <= most


def symbol(v):
    return text(1000, 1)(v) and not re.search(f'[{SPACE}]', v)
