"""Lists, arrays and values that programs write as texts: the filters `separators` and `list` of lengthwise_score.py.

A copy of lengthwise's own reading of them (docs/replay.md there), which decides where the two differ.
"""

import re
import unicodedata
from typing import NamedTuple

WHITE = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""White space as JavaScript has it."""
_W = "[" + WHITE + "]"
_W_IN_LINE = "[" + WHITE.replace("\n", "") + "]"

# Texts between quotation marks.

QUOTED = r"'[^'\\]*(?:\\[\s\S][^'\\]*)*'|\"[^\"\\]*(?:\\[\s\S][^\"\\]*)*\""
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def unescaped(text):
    if "\\" not in text:
        return text

    def meant(found):
        two, four, eight, letter = found.groups()
        if letter is not None:
            return _ESCAPED.get(letter, letter if letter in "\\\"'/" else found.group())
        point = int(two or four or eight, 16)
        return found.group() if point > 0x10FFFF else chr(point)

    units = _ESCAPE.sub(meant, text).encode("utf-16-le", "surrogatepass")
    return units.decode("utf-16-le", "replace")


def _unescaped_bytes(text):
    points = [ord(character) for character in unescaped(text)]
    units = [point if point <= 0xFFFF else 0xD800 + ((point - 0x10000) >> 10) for point in points]
    return bytes(unit & 0xFF for unit in units).decode("utf-8-sig", "replace")


def _escaped(text, quote):
    return text.replace("\\", "\\\\").replace(quote, "\\" + quote)


def _is_escaped_at(text, at):
    start = at
    while start > 0 and text[start - 1] == "\\":
        start -= 1
    return (at - start) % 2 == 1


# Values that programs wrote.


class Item(NamedTuple):
    text: str
    written: str
    is_quoted: bool


class List(NamedTuple):
    open: str
    items: tuple
    has_commas: bool
    blanks_at_end: int


LONGEST = 1_000_000
DEEPEST = 8
_CALL = re.compile(
    r"(?<![\w.])(?:(?:np|numpy)\.\w+|(?:\w+\.)*(?:array|[tT]ensor|Array|deque|\w*Index|dict_keys|dict_values|ListWrapper))\(",
    re.ASCII,
)
_ANGLE = re.compile(r"<tf\.(?:Tensor|Variable)\b[^<>]{0,200}\bnumpy=", re.ASCII)
_PARAMETER = re.compile("Parameter containing:(?=" + _W + ")")
_OPTIONS = re.compile("(?:," + _W + r"*\w+=(?:'[^']*'|\"[^\"]*\"|\([^()]*\)|[^()'\"])*)+", re.ASCII)
_TEXT = re.compile("(b?)(" + QUOTED + ")")
_BARE_TOKEN = re.compile(r"[^,'\"()\[\]<>" + WHITE + "]+")
_BLANKS = re.compile(_W + "*")
_BARE = re.compile(
    r"(?:[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?(?:inf|nan)|True|False|None)\Z"
)


def value_at(text, start):
    """(the value that begins at a place, the place behind it, whether there is a call in it or around it); None without."""
    if len(text) - start > LONGEST:
        return None
    reader = _Reader(text, start)
    value = reader.value(0)
    return None if value is None else (value, reader.at, reader.has_calls)


def value_in(text):
    core = text.strip(WHITE)
    found = value_at(core, 0)
    return found if found is not None and found[1] == len(core) else None


class _Reader:
    def __init__(self, text, at):
        self.text, self.at, self.has_calls = text, at, False

    def value(self, depth):
        if depth > DEEPEST:
            return None
        if self.text[self.at : self.at + 1] in ("[", "("):
            return self._list(depth)
        if self._take(_PARAMETER):
            self.has_calls = True
            self._take(_BLANKS)
            return self.value(depth + 1)
        if self._take(_CALL):
            return self._called(depth, ")")
        if self._take(_ANGLE):
            return self._called(depth, ">")
        return self._item()

    def _item(self):
        quoted = self._take(_TEXT)
        if quoted:
            inner = quoted[2][1:-1]
            return Item(unescaped(inner) if quoted[1] == "" else _unescaped_bytes(inner), quoted[0], True)
        bare = self._take(_BARE_TOKEN)
        return Item(bare[0], bare[0], False) if bare else None

    def _called(self, depth, close):
        self.has_calls = True
        self._take(_BLANKS)
        value = self.value(depth + 1)
        if value is None:
            return None
        for form in (_BLANKS, _OPTIONS, _BLANKS):
            self._take(form)
        return value if self._mark(close) else None

    def _list(self, depth):
        opening = self.text[self.at]
        self.at += 1
        closing = "]" if opening == "[" else ")"
        items, between = [], None
        blanks = len(self._take(_BLANKS)[0])
        while not self._mark(closing):
            if items:
                following = "comma" if self._mark(",") else "white" if blanks > 0 else None
                if following is None or between not in (None, following):
                    return None
                between = following
                if following == "comma":
                    blanks = len(self._take(_BLANKS)[0])
                    if self._mark(closing):
                        break
            item = self.value(depth + 1)
            if item is None:
                return None
            items.append(item)
            blanks = len(self._take(_BLANKS)[0])
        return List(opening, tuple(items), between == "comma", blanks)

    def _mark(self, mark):
        there = self.text[self.at : self.at + 1] == mark
        self.at += there
        return there

    def _take(self, form):
        found = form.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found


def _items_of(value):
    items = value.items
    return None if any(isinstance(each, List) or _is_elision(each) for each in items) else items


def _leaves_of(value):
    return [leaf for each in value.items for leaf in _leaves_of(each)] if isinstance(value, List) else [value]


def _is_elision(value):
    return isinstance(value, Item) and not value.is_quoted and value.text == "..."


def _is_certain(item):
    return item.is_quoted or _BARE.match(item.text) is not None


def _is_array(value):
    items = _items_of(value)
    if items is None or len(items) < 2 or value.has_commas or value.open != "[":
        return False
    return all(map(_is_certain, items)) and value.blanks_at_end in (0, _missing_digits(items))


def _missing_digits(items):
    digits = [None if item.is_quoted else re.search(r"\.([0-9]*)\Z", item.text) for item in items]
    counts = [len(found[1]) if found else None for found in digits]
    return 0 if counts[-1] is None else max(count or 0 for count in counts) - counts[-1]


# What they are as symbols.

_POINTED = re.compile(r"[-+]?[0-9]+\.0*\Z")
_FRACTION = re.compile(r"[-+]?[0-9]+\.[0-9]*\Z")
_WHOLE = re.compile(r"[-+]?[0-9]+\Z")


def _number_as_symbol(text, symbols):
    whole = re.sub(r"\.0*\Z", "", text)
    found = next((each for each in (text, whole, whole + ".0", whole + ".") if each in symbols), None)
    digits = bool(symbols) and all(re.fullmatch("[0-9]", each) for each in symbols)
    return whole if found is None and digits else found


def _as_number(item, symbols):
    if item.is_quoted or not _POINTED.match(item.text):
        return item.text
    found = _number_as_symbol(item.text, symbols)
    return item.text if found is None else found


def shown_value(text, symbols):
    """The items of what numpy wrote, or Python shows in a call, the one value in a call; None where a text is none of these."""
    found = value_in(text)
    if found is None:
        return None
    value, _, has_calls = found
    if isinstance(value, Item):
        return _as_number(value, symbols) if has_calls else None
    only = _only_of_batch(value, has_calls)
    items = _items_of(only)
    if items is None or (only is value and not has_calls and not _is_array(only)):
        return None
    return in_type_of([_as_number(item, symbols) for item in items], symbols)


def _only_of_batch(value, has_calls):
    inner = value.items[0] if len(value.items) == 1 else None
    if not isinstance(inner, List) or inner.open != "[":
        return value
    only = _only_of_batch(inner, has_calls)
    return only if _items_of(only) is not None and (has_calls or only.has_commas or _is_array(only)) else value


def in_type_of(items, symbols):
    """Items as the sample's symbols write them, where all of them are numbers of another type; the items themselves otherwise."""
    if not items or not symbols:
        return items
    pointed = all(_FRACTION.match(item) for item in items)
    whole = all(_WHOLE.match(item) for item in items) and all(_POINTED.match(each) for each in symbols)
    if not pointed and not whole:
        return items
    are_whole = all(_WHOLE.match(each) for each in symbols)
    typed = []
    for item in items:
        found = _number_as_symbol(item, symbols)
        typed.append(found if found is not None else re.sub(r"\.0*\Z", "", item) if are_whole else item)
    return typed


# Lists with marks between their items.

BRACKETS = {"[": "]", "(": ")", "{": "}"}
SEPARATORS = [",", ";", "|", "、", "，", "；"]


def separator_in(joiner):
    """The mark between the items of a list whose symbols have that joiner; None where it has none."""
    found = re.fullmatch("[\"']?" + _W + "*([^\"'" + WHITE + "])" + _W + "*[\"']?", joiner)
    return found[1] if found and unicodedata.category(found[1])[0] not in "LN" else None


def list_items(text, separator, spaced=False):
    return [item for item, _ in _items_in_list(text, separator, spaced)]


def _items_in_list(text, separator, spaced=False):
    """(item, the text that it is written as) of every item."""
    quoted = _quoted_items(text) if separator == "," else None
    if quoted is not None:
        return [(item.text, item.written) for item in quoted]
    opening, closing, _ = list_marks(text)
    core = text.strip(WHITE)
    inner = core[len(opening) : len(core) - len(closing)]
    if inner.strip(WHITE) == "":
        return []
    items, at, ends = [], 0, _ClosingQuotes(inner, separator)
    while at <= len(inner):
        item, end = _quoted_at(inner, at, ends) or _item_at(inner, at, separator, spaced)
        items.append((item, inner[at:end].strip(WHITE)))
        if end >= len(inner):
            break
        at = end + len(separator)
    if opening != "" and len(items) > 1 and items[-1][1] == "":
        items.pop()
    return items


def _quoted_items(text):
    if text.lstrip(WHITE)[:1] not in ("[", "("):
        return None
    found = value_in(text)
    if found is None or found[2] or isinstance(found[0], Item):
        return None
    items = _items_of(found[0])
    if items is None or not any(item.is_quoted for item in items) or not all(map(_is_certain, items)):
        return None
    return items if found[0].has_commas or len(items) == 1 else None


def list_text(symbols, lead, joiner, trail):
    quote = lead[-1:] if separator_in(joiner) is not None and lead[-1:] in ("'", '"') else ""
    written = [_escaped(symbol, quote) for symbol in symbols] if quote else symbols
    return lead + joiner.join(written) + trail


def list_marks(text):
    """(what opens a list, what closes it, the quotation mark of its first item)"""
    core = text.strip(WHITE)
    written = _quoted_items(text) is not None
    opening = core[:1]
    closing = BRACKETS.get(opening)
    if closing is None or not (written or _is_around(core, opening, closing)):
        opening = closing = ""
    first = core[len(opening) :].lstrip(WHITE)[:1]
    return opening, closing, first if first in ("'", '"') else ""


def _is_around(core, opening, closing):
    return len(core) > 1 and core.endswith(closing) and core.find(opening, 1) == -1 and core.find(closing) == len(core) - 1


def _item_at(text, start, separator, spaced):
    end = text.find(separator, start)
    while spaced and end != -1 and text[end + len(separator) : end + len(separator) + 1].strip(WHITE) != "":
        end = text.find(separator, end + 1)
    end = len(text) if end == -1 else end
    return text[start:end].strip(WHITE), end


def _quoted_at(text, start, ends):
    at = _past_blanks(text, start)
    close = ends.behind(at) if text[at : at + 1] in ("'", '"') else None
    return None if close is None else (unescaped(text[at + 1 : close[0]]), close[1])


class _ClosingQuotes:
    def __init__(self, text, separator):
        self.text, self.separator, self.following = text, separator, {}

    def behind(self, start):
        text, quote = self.text, self.text[start]
        if quote in self.following:
            known = self.following[quote]
            if known is None or known[0] > start:
                return known
        at = text.find(quote, start + 1)
        while at != -1:
            end = _past_blanks(text, at + 1)
            if not _is_escaped_at(text, at) and (end >= len(text) or text.startswith(self.separator, end)):
                self.following[quote] = (at, end)
                return at, end
            at = text.find(quote, at + 1)
        self.following[quote] = None
        return None


def _past_blanks(text, start):
    return _BLANKS.match(text, start).end()


# The filter `list`.

_MARKED = re.compile(r"[\"'\[({]|[\s\S]*[\"'\])}]\Z")


def listed(text, context):
    core = text.strip(WHITE)
    written = core if core == context.gold else _rewritten(core, context)
    if written is None or core == "":
        return text
    start = len(text) - len(text.lstrip(WHITE))
    return text[:start] + written + text[start + len(core) :]


def _rewritten(core, context):
    joiner = context.joiner
    own = separator_in(joiner)
    if core == "" or (own is None and joiner.strip(WHITE) != ""):
        return None
    known = dict.fromkeys([*context.answer, *context.symbols])
    by_blanks = len(context.answer) > 1 and not any(re.search(_W, symbol) for symbol in known)
    items = _items_in(core, joiner, own, known, by_blanks)
    if items is None:
        return None
    typed = in_type_of(items, list(known))
    if own is None and typed is items and joiner.join(items) == core:
        return None
    return joiner.join(typed)


def _items_in(core, joiner, own, known, by_blanks):
    pieces = list(core) if joiner == "" else core.split(joiner)
    if own is not None and len(pieces) > 1 and all(_is_item(piece, own, known, by_blanks) for piece in pieces):
        return pieces
    items = _shown_items(core, pieces, known)
    items = _other_items(core, own, known) if items is None else items
    if items is not None:
        return items
    if own is None:
        return re.split(_W + "+", core) if joiner == " " and by_blanks else [core]
    own_items = _as_known(core, own, known, any(own in symbol for symbol in known))
    if not own_items or "" in own_items:
        return None
    return [each for item in own_items for each in re.split(_W + "+", item)] if by_blanks else own_items


def _shown_items(core, pieces, known):
    if all(piece in known for piece in pieces):
        return None
    shown = shown_value(core, list(known))
    if not isinstance(shown, list):
        shown = None if _quoted_items(core) is None else _as_known(core, ",", known)
    are_marks = any(_MARKED.match(symbol) for symbol in known)
    return None if shown is None or (are_marks and not all(item in known for item in shown)) else shown


def _as_known(core, separator, known, spaced=False):
    items = []
    for item, written in _items_in_list(core, separator, spaced):
        raw = written[1:-1]
        items.append(raw if item not in known and "\\" in raw and raw in known else item)
    return items


def _other_items(core, own, known):
    if any(_MARKED.match(symbol) for symbol in known):
        return None
    opening, _, quote = list_marks(core)

    def is_whole(item):
        plain = item != "" and not any(mark in item for mark in SEPARATORS)
        return item in known or (plain and (quote != "" or not re.search(_W, item)))

    marks = [mark for mark in SEPARATORS if mark != own and not any(mark in symbol for symbol in known)]
    lists = [items for items in (_as_known(core, mark, known) for mark in marks) if all(map(is_whole, items))]
    several = next((items for items in lists if len(items) > 1), None)
    if several is not None or own is not None or opening == "":
        return several
    return next((items for items in lists if len(items) == 1), None)


def _is_item(item, separator, known, by_blanks):
    if item in known:
        return True
    blank = re.search(_W, item) if by_blanks else item != item.strip(WHITE)
    return not (separator in item or _MARKED.match(item) or blank)


# The filter `separators`.

_CLOSING = {mark: re.compile(re.escape(close) + _W_IN_LINE + r"*(?=\n|\Z)") for mark, close in BRACKETS.items()}
_FAR = 200


def separated(text, context, begin):
    """begin: where the answer begins, behind white space and the first line of a code fence."""
    if len(context.answer) < 2:
        return text
    known = _Known(context)
    block = _list_over_lines(text[begin:], known)
    lines = text[begin:].split("\n")
    if block is not None and known.are_listed:
        return text[:begin] + block[0] + _behind(lines, block[1])
    found = _as_symbols(block, known)
    if found is None:
        found = _in_block(lines, known) if "\n" in context.joiner else _over_lines(lines, known) or _on_one_line(lines[0], known)
    if found is None:
        return text
    symbols, count = found
    lead, trail = context.reading["lead"], context.reading["trail"]
    if known.are_listed:
        written = list_text(symbols, lead, context.joiner, trail)
    else:
        written = lead + context.joiner.join(symbols) + trail
    return text[:begin] + written + _behind(lines, count)


def _behind(lines, count):
    return "".join("\n" + line for line in lines[count:])


class _Known:
    def __init__(self, context):
        self.joiner = context.joiner
        self.mark = separator_in(context.joiner)
        self.are_listed = "list" in context.filters
        self.symbols = {*context.answer, *context.symbols}
        self.have_blanks = any(re.search(_W, symbol) for symbol in self.symbols)


def _as_symbols(block, known):
    symbols = [] if block is None or known.mark is None else list_items(block[0], known.mark)
    return None if not symbols or "" in symbols else (symbols, block[1])


def _over_lines(lines, known):
    symbols = []
    for line in lines:
        symbol = _only_symbol(line.strip(WHITE), known)
        if symbol is None:
            break
        symbols.append(symbol)
    return None if len(symbols) < 2 else (symbols, len(symbols))


def _list_over_lines(text, known):
    if not known.are_listed and known.mark is None:
        return None
    end = _end_of_value(text, known)
    end = _end_of_brackets(text, known) if end is None else end
    lines = [] if end is None else text[:end].split("\n")
    return None if len(lines) < 2 else (" ".join(line.strip(WHITE) for line in lines), len(lines))


def _end_of_value(text, known):
    found = value_at(text, 0)
    if found is None or isinstance(found[0], Item):
        return None
    value, end, has_calls = found
    if text[end : end + _FAR].split("\n", 1)[0].strip(WHITE) != "":
        return None
    are_texts = has_calls or all(leaf.is_quoted for leaf in _leaves_of(value))
    return end if are_texts or not _begins_as_symbol(text, known) else None


def _end_of_brackets(text, known):
    closing = _CLOSING.get(text[:1])
    found = None if closing is None or _begins_as_symbol(text, known) else closing.search(text)
    return None if found is None else found.start() + 1


def _begins_as_symbol(text, known):
    return any(symbol.startswith(text[:1]) for symbol in known.symbols)


def _only_symbol(line, known):
    mark = known.mark
    if line == "" or line in known.symbols:
        return line or None
    if line.startswith("```"):
        return None
    core = line[: -len(mark)].strip(WHITE) if mark is not None and line.endswith(mark) else line
    quoted = mark is not None and list_marks(core)[2] != ""
    symbol = next(iter(list_items(core, "\n")), "") if quoted else core
    return None if symbol == "" or _is_several(symbol, known) else symbol


def _is_several(text, known):
    if text in known.symbols:
        return False
    if known.joiner == "":
        return len(text) > 1
    if known.mark is not None and known.mark in text:
        return True
    return known.joiner in text if known.have_blanks else re.search(_W, text) is not None


def _in_block(lines, known):
    end = next((i for i, line in enumerate(lines) if line.strip(WHITE) == ""), len(lines))
    block = lines[:end]
    symbols = [symbol for line in block for symbol in re.split(_W + "+", line.strip(WHITE))]
    return None if known.have_blanks or len(symbols) == len(block) else (symbols, len(block))


def _on_one_line(line, known):
    if known.have_blanks or known.joiner == "" or known.joiner.strip(WHITE) != "":
        return None
    symbols = re.split(_W + "+", line.strip(WHITE))
    plain = line.strip(WHITE)
    return None if len(symbols) < 2 or known.joiner.join(symbols) == plain else (symbols, 1)
