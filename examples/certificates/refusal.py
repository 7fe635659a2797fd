"""How the checker says no, and what a symbol is."""
import re

SPACE = '\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'  # white space, inside [ ] of a pattern


class Refused(Exception):
    """Something in the certificate is false, or it is none."""


class NotProved(Exception):
    """Nothing false was found, and no proof."""


class Unchecked(Exception):
    """A cap is exceeded: the certificate may hold or not."""


def must(condition, problem):
    if not condition:
        raise Refused(problem)


def within(value, cap, what):
    if value > cap:
        raise Unchecked(f'too large to check: more than {cap:,} {what}')


class Budget:
    """What a check may take of something, over all that spends it: each before it does what it pays for."""

    def __init__(self, cap, what):
        self.spent, self.cap, self.what = 0, cap, what

    def spend(self, amount):
        self.spent += amount
        within(self.spent, self.cap, self.what)


def is_symbol(v):
    return isinstance(v, str) and v != '' and not re.search(f'[{SPACE}]', v)
