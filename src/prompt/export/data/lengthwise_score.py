"""How lengthwise scores an output, for harnesses written in Python: the same filters, in the same order, sample by sample.

`score(output, sample)` takes the text that came back and one line of samples.jsonl, and gives
  right: after the filters, the answer is the right one and nothing else (what accuracy counts);
  exact: the whole output, without thoughts and what its stop mark cut, is the right answer to the character,
    as the prompt's demonstrations write it (CRLF is a line end, and one blank or line end may follow);
  answer: what was read out of it.

A copy of lengthwise's own reading of outputs (docs/scoring.md there), which decides where the two differ.
"""

import importlib.util
import re
import unicodedata
from pathlib import Path

# By its path: a harness may load this file without its folder being one of those that Python looks in.
_spec = importlib.util.spec_from_file_location("lengthwise_lists", Path(__file__).resolve().parent / "lengthwise_lists.py")
lists = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(lists)

WHITE = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""White space as JavaScript's `trim` has it: Python's own knows others."""

WHITE_CLASS = "[" + WHITE + "]"

ALSO_LETTERS = str.maketrans("\u017f\u212a", "sk")
"""Beyond A to Z, the letters that JavaScript's expressions without case take for ASCII ones (with the flag u); Python's take more."""

MOST_ROUNDS = 8
"""How often wrappings in wrappings are taken off."""


def score(output, sample, thoughts_set_apart=False):
    """{'right': bool, 'exact': bool, 'answer': str} of an output (a string, or None where nothing came).

    thoughts_set_apart: the server has returned thoughts in a field of their own; the line breaks after them are theirs.
    """
    context = Context(sample, thoughts_set_apart)
    text = _without_first_breaks(output or "") if thoughts_set_apart else output or ""
    draft = _filtered(text, context.filters, context)
    inside = _filtered(text, [name for name in context.filters if name in SETTING_APART], context)
    outside = context.before + inside + context.after
    until_stop = _filtered(outside, ["stop"], context) if "stop" in context.filters else outside
    exact = output is not None and _is_exact(outside, until_stop, context)
    right = output is not None and (exact or draft in (context.gold, context.wanted))
    return {"right": right, "exact": exact, "answer": draft}


class Context:
    """What filters may look at beside the text, and what `thoughts` found around the marks of an answer."""

    def __init__(self, sample, thoughts_set_apart):
        self.thoughts_set_apart = thoughts_set_apart
        self.before = self.after = ""
        self.reading = reading = sample["reading"]
        self.filters = reading["filters"]
        self.stop = reading["stop"]
        self.tags = reading["tags"]
        self.joiner = reading["joiner"]
        self.gold = sample["target"]
        self.prompt = sample["prompt"] if sample["system"] is None else sample["system"] + "\n\n" + sample["prompt"]
        self.answer = sample["answer"]
        self.symbols = sample["source"] + ([] if sample["query"] is None else [sample["query"]])
        self.lead, self.trail = self._inside_tags(reading["lead"], reading["trail"])
        tidied = _tidy(self.gold, self) if "white-space" in self.filters else self.gold
        self.wanted = _alike(tidied, self) if "unicode" in self.filters else tidied

    def _inside_tags(self, lead, trail):
        start = lead.rfind(self.tags[0]) if self.tags else -1
        end = trail.find(self.tags[1]) if self.tags else -1
        if end == -1:
            ends = [at for at in map(trail.find, self.stop) if at != -1]
            end = min(ends, default=len(trail))
        return (lead if start == -1 else lead[start + len(self.tags[0]) :], trail[:end])

    def has_mark(self, mark):
        """Whether a mark belongs to the sample: a symbol, or the right answer, begins or ends with it."""
        texts = [self.gold.strip(WHITE), *self.answer, *self.symbols]
        return any(text.startswith(mark) or text.endswith(mark) for text in texts)


def _filtered(text, names, context):
    for name in names:
        text = FILTERS[name](text, context)
    again = [name for name in names if name in WRAPPINGS]
    for _ in range(1, MOST_ROUNDS):
        before = text
        for name in again:
            text = FILTERS[name](text, context)
        if text == before:
            break
    return text


FORGIVEN = (" ", "\n", "\r")
"""What may follow an exact answer, once. A stop mark that is a line end leaves the first half of CRLF."""


def _is_exact(outside, until_stop, context):
    lead, gold, trail = context.lead, context.gold, context.trail
    if context.tags is None:
        return any(_is_written(until_stop, text) for text in (lead + gold + trail, lead + gold))
    opening, closing = context.tags
    opened = opening + lead + gold
    whole = [opened + end + closing for end in (trail, "", *FORGIVEN)]
    if any(_is_written(came, text) for came in (until_stop, outside) for text in whole):
        return True
    return closing in context.stop and any(_is_written(until_stop, text) for text in (opened + trail, opened))


def _is_written(came, wanted):
    text, whole = came.replace("\r\n", "\n"), wanted.replace("\r\n", "\n")
    return text == whole or text in [whole + end for end in FORGIVEN]


# The prompt, given back before the answer.

MARK_FORMS = [
    r"<[|｜][^<>|｜" + WHITE + r"]{1,60}[|｜]>",
    r"<<[^<>" + WHITE + r"]{1,60}>>",
    r"</?[A-Za-z][A-Za-z0-9_-]{0,60}/?>",
    r"\[/?[A-Z][A-Z_]{0,60}[0-9]*\]",
]
"""The forms that special tokens have."""
TOKEN = re.compile("(?P<mark>" + "|".join(MARK_FORMS) + ")|(?P<white>" + WHITE_CLASS + "+)|.", re.DOTALL)


def _echo(text, context):
    prompt = context.prompt
    compact, gold = _compact(prompt), _compact(context.gold)
    said = _compact(_without_marks(prompt))
    if compact == "" or any(core != "" and gold.startswith(core) for core in (said, compact)):
        return text
    if text.startswith(prompt):
        return text[len(prompt) :]
    end = None if said == "" else _end_of_prompt(text, prompt)
    if end is None:
        return text
    rest, blank = text[end:], prompt[len(prompt.rstrip(WHITE)) :]
    length = 0
    while length < min(len(rest), len(blank)) and rest[length] == blank[length]:
        length += 1
    return rest[length:]


def _end_of_prompt(text, prompt):
    """Where the prompt ends that an output begins with: with special tokens before it, and without some of its own."""
    output = _tokens(text)
    found = next(output, None)
    while found is not None and found[2]:
        found = next(output, None)
    end, has_begun = 0, False
    for wanted, _, is_mark in _tokens(prompt):
        if found is not None and found[0] == wanted:
            end, has_begun = found[1], True
            found = next(output, None)
        elif not is_mark:
            return None
    return end if has_begun else None


def _tokens(text):
    """The special tokens and characters of a text, each with its end, without white space."""
    for match in TOKEN.finditer(text):
        if match["white"] is None:
            yield match[0], match.end(), match["mark"] is not None


def _without_marks(text):
    for form in MARK_FORMS:
        text = re.sub(form, "", text)
    return text


def _compact(text):
    return re.sub(WHITE_CLASS + "+", "", text)


# Thoughts that a model writes into its text.

DETAILS = r"<details[" + WHITE + r"](?:[^<>\n]{0,60}[" + WHITE + r"])?type=[\"']?reasoning\b[^<>\n]{0,60}>"
DETAILS_END = "</details>"
"""Open WebUI's; its end is the end of thoughts only where it began one."""

THOUGHT_NAMES = "think|thinking|thought|thoughts|reason|reasoning|reflection|scratchpad|analysis|inner_monologue|antthinking"
_CORE = "(?:think|thinking|thought|thoughts|reasoning|reflection)"
_PREFIX = "(?!no[_-])(?:[a-z0-9]{1,20}[_:|.-]){0,3}"
_SUFFIX = "(?:_(?:fast|faster|process|content|trace|steps|block))?"
_NAME = f"(?:{_PREFIX}{_CORE}{_SUFFIX}|(?:[a-z]{{1,12}}:)?(?:{THOUGHT_NAMES}))"
OPENING = [
    DETAILS,
    r"\[think\]",
    r"\[unused16\]",
    r"<\|(?:begin|start)(?:_of)?_" + _CORE + r"\|>",
    r"<\|" + _CORE + r"[_:](?:begin|start)\|>",
    r"(?:<\|begin\|>assistant)?<\|(?:think|thinking)\|>",
    r"<\|inner_prefix\|>",
    "◁think▷",
    r"<\|channel>thought",
    "<unused94>thought",
    r"here(?: is|'s) my thought process:",
    "here are my reasoning steps:",
]
CLOSING = [
    r"\[/think\]",
    r"\[unused17\]",
    r"<\|end(?:_of)?_" + _CORE + r"\|>",
    r"<\|" + _CORE + r"[_:]end\|>",
    r"<\|/(?:think|thinking)\|>",
    r"<\|end\|>" + WHITE_CLASS + r"{0,9}(?:<\|begin\|>assistant" + WHITE_CLASS + r"{0,9})?<\|content\|>",
    r"<\|inner_suffix\|>",
    "◁/think▷",
    r"<channel\|>",
    "<unused95>",
    r"here(?: is|'s) my response:",
    r"\[begin final response\]",
    DETAILS_END,
]
_TAG = _NAME + r"(?:[:" + WHITE + r"][^<>\n]{0,60})?>"
THOUGHT_MARK = re.compile(
    f"(?P<open><{_TAG}|{'|'.join(OPENING)})|(?P<close></{_TAG}|{'|'.join(CLOSING)})", re.IGNORECASE | re.ASCII
)
AFTER_THOUGHTS = [
    ("<|begin_of_solution|>", "<|end_of_solution|>"),
    ("<|start_response|>", "<|end_response|>"),
    ("<|start_text|>", "<|end_text|>"),
    ("<answer>", "</answer>"),
    ("<response>", "</response>"),
    ("<solution>", "</solution>"),
    ("<output>", "</output>"),
]
BOX = ("<|begin_of_box|>", "<|end_of_box|>")
MOST_LAYERS = 3
ASCII_LOWER = {letter: letter + 32 for letter in range(ord("A"), ord("Z") + 1)}
LINE_LOOK = 200


def _thoughts(text, context):
    apart = _set_apart(text, context)
    return _solution(text if apart is None else apart, context, apart is not None or context.thoughts_set_apart)


def _set_apart(text, context):
    """The text without thoughts; None where there are none."""
    marks = _thought_marks(text, context)
    thought = False  # whether a thought was found
    outside, start, opened = [], 0, None
    for mark in marks:
        if opened is not None:
            if not mark.group("open"):
                thought, opened, start = True, None, mark.end()
        elif mark.group("open"):
            outside.append(text[start : mark.start()])
            opened = mark.end()
        else:  # only closed: all that came before it was a thought
            thought, outside, start = True, [], mark.end()
    if opened is None:
        outside.append(text[start:])
    else:
        closed = max((i for i, mark in enumerate(marks) if mark.group("close")), default=-1)
        last = next(mark for i, mark in enumerate(marks) if mark.group("open") and i > closed)
        if thought or _begins_line(text, last.start()):
            thought = True
        else:
            outside.append(text[last.start() :])
    if not thought:
        return None
    return "\n".join(_without_first_breaks(piece) for piece in outside if piece.strip(WHITE))


def _thought_marks(text, context):
    of_others = [mark.strip(WHITE).lower() for mark in [*(context.tags or []), *context.stop]]

    def counts(mark):
        in_sample = mark in context.gold or any(mark in symbol for symbol in context.symbols)
        return mark.lower() not in of_others and not in_sample

    marks, in_details = [], False
    for found in THOUGHT_MARK.finditer(text.translate(ALSO_LETTERS)):
        written = text[found.start() : found.end()]
        mark = written.lower()
        if not counts(written) or (mark == DETAILS_END and not in_details):
            continue
        in_details = mark.startswith("<details") or (in_details and mark != DETAILS_END)
        marks.append(found)
    return marks


def _begins_line(text, at):
    before = text[max(0, at - LINE_LOOK) : at]
    return before[before.rfind("\n") + 1 :].strip(WHITE) == ""


def _without_first_breaks(text):
    white = len(text) - len(text.lstrip(WHITE))
    return text[text.rfind("\n", 0, white) + 1 :]


def _solution(text, context, thoughtful):
    """What stands between the marks that a thinking model puts around its answer; what stands around them goes to the context."""
    before = after = ""
    for _ in range(MOST_LAYERS):
        found = _after_thoughts(text, context) if thoughtful else None
        found = found or _boxed(text, context)
        if found is None:
            break
        first, text, last = found
        before, after = before + first, last + after
    context.before, context.after = before, after
    return text


def _after_thoughts(text, context):
    start = len(text) - len(text.lstrip(WHITE))
    lower = text.translate(ASCII_LOWER)
    for opening, closing in AFTER_THOUGHTS:
        if not lower.startswith(opening, start) or (context.tags and context.tags[0].lower() == opening):
            continue
        end = lower.rfind(closing, start) if closing in context.gold else lower.find(closing, start)
        found = _between(text, start, end, (opening, closing))
        return None if _has_tags(text, context) and not _has_tags(found[1], context) else found
    return None


def _boxed(text, context):
    opening, closing = BOX
    start = text.rfind(opening)
    if start == -1 or opening in context.gold or closing in context.gold:
        return None
    if _has_tags(text, context):
        return "", text.replace(opening, "").replace(closing, ""), ""
    return _between(text, start, text.find(closing, start), BOX)


def _between(text, start, end, pair):
    """(what stands before the pair, in it, after it), white space around it left out."""
    whole = len(text) if end == -1 else end
    around = text[:start], text[whole if end == -1 else whole + len(pair[1]) :]
    before, after = (piece if piece.strip(WHITE) else "" for piece in around)
    return before, text[start + len(pair[0]) : whole], after


def _has_tags(text, context):
    return bool(context.tags) and context.tags[0].lower() in text.lower()


# Marks of chat templates that a server left in the text.

CHANNEL_MARK = re.compile(r"<\|(start|channel|message|constrain|end|return|call)\|>")
STRIPPED_FINAL = re.compile("assistant ?final")
LONGEST_HEADER = 300


def _channels(text, context):
    if "<|channel|>" in context.gold:
        return text
    if re.search(r"<\|(?:channel|message)\|>|<\|(?:end|return|call)\|>", text):
        return _marked(text, context)
    return _stripped(text, context)


def _marked(text, context):
    messages = _messages(text)
    finals = [message for message in messages if message[0] == "final"]
    plains = [one for one in messages if one[0] is None and one[1].strip(WHITE)]
    spoken = [one for one in plains if _without_marks(one[1]).strip(WHITE)]
    plain = (spoken or plains or [None])[-1]
    answer = next((one for one in finals if one[1].strip(WHITE)), finals[0] if finals else plain)
    if answer is None:
        return ""
    if answer is plain and f"<|{answer[2] or ''}|>" in context.gold:
        return text
    return _without_first_tokens(_without_first_breaks(answer[1]), context)


def _messages(text):
    """(channel or None, text, the mark that ends it or None) of every message."""
    messages, start, header, channel = [], 0, False, None
    for found in CHANNEL_MARK.finditer(text):
        name, piece = found.group(1), text[start : found.start()]
        start = found.end()
        if name == "message":
            channel = _channel_of(text, found.start()) if header else None
            header = False
        elif name != "constrain":
            if not header and (piece.strip(WHITE) or channel is not None):
                messages.append((channel, piece, "start" if name == "channel" else name))
            if not header or name == "start":
                channel = None
            header = name in ("start", "channel")
    piece = text[start:]
    if not header and (piece.strip(WHITE) or channel is not None):
        messages.append((channel, piece, None))
    return messages


def _channel_of(text, before):
    header = text[max(0, before - LONGEST_HEADER) : before]
    at = header.rfind("<|channel|>")
    name = re.match(f"{WHITE_CLASS}*([a-z]+)", "" if at == -1 else header[at + len("<|channel|>") :])
    return name.group(1) if name else None


def _stripped(text, context):
    if "assistant" not in context.gold and not context.gold.lstrip(WHITE).startswith("analysis"):
        finals = list(STRIPPED_FINAL.finditer(text))
        if finals:
            return _without_first_breaks(text[finals[-1].end() :])
        core = text.lstrip(WHITE)
        if core.startswith("analysis") and unicodedata.category(core[len("analysis") :][:1] or " ") == "Lu":
            return ""
    return _without_first_tokens(text, context)


# Special tokens that were decoded with an answer (`skip_special_tokens=False`).


def _named(*names):
    both = "|".join([*names, *(name.upper() for name in names)])
    return rf"<(?:{both})>|\[(?:{both})\]"


PADDING = r"<[|｜](?:[A-Za-z0-9_:.▁-]{0,40}[_:.▁-])?(?:pad|PAD)(?:ding|DING)?(?:_id|_token|_TOKEN|▁)?[|｜]>"
TURN = (
    r"<\|im_start\|>assistant\n|<\|start_header_id\|>assistant<\|end_header_id\|>|<start_of_turn>model\n|"
    r"<\|assistant\|>|<\|turn>model\n|(?:<\|begin\|>assistant)?<\|content\|>|\[/INST\]"
)
BEGINNING = (
    rf"<s>|{_named('bos', 'sos', 'cls', 'pad')}|<\|begin_of_text\|>|<\|startoftext\|>|"
    rf"<[|｜]begin▁of▁sentence[|｜]>|{PADDING}|{TURN}"
)
DECODER_START = "</s>"
TOKENS_AT_END = rf"{_named('pad', 'eos', 'sep')}|{PADDING}"
LONGEST_TOKEN = 120


def _without_first_tokens(text, context):
    """The text behind the special tokens that begin a text or a turn, and the padding of a batch."""
    separator = _separator(context)
    first = re.compile(f"{WHITE_CLASS}*({BEGINNING}|{DECODER_START}){WHITE_CLASS}*(?:{separator}{WHITE_CLASS}*)?")
    at, last_end, own = 0, text.rfind(DECODER_START), {}
    while True:
        found = first.match(text, at)
        if found is None or _is_own(found[1], context, own):
            return text[at:]
        end = found.end()
        if found[1] == DECODER_START and end > last_end and not text.startswith("<s>", end):
            return text[at:]
        at = end


def _without_last_tokens(text, context):
    """The text before the padding, and the marks of an end, at its end."""
    separator = _separator(context)
    last = re.compile(f"(?:{separator}{WHITE_CLASS}*)?({TOKENS_AT_END}){WHITE_CLASS}*\\Z")
    end, own = len(text), {}
    while True:
        found = last.search(text[max(0, end - LONGEST_TOKEN) : end])
        if found is None or _is_own(found[1], context, own):
            return text[:end]
        end -= len(found[0])


def _is_own(mark, context, known):
    if mark not in known:
        known[mark] = context.has_mark(mark.strip(WHITE))
    return known[mark]


def _separator(context):
    """The mark between the items of a list; "" where nothing but white space separates symbols."""
    mark = context.joiner.strip(WHITE)
    return mark if mark in (",", ";") else ""


def _without_separator(text, context):
    said, separator = text.rstrip(WHITE), _separator(context)
    return said[: -len(separator)] if separator != "" and said.endswith(separator) else text


# The prompt's own tags.

TALK = re.compile(
    r"(?:and|or|to|then|\.{3}|…|-+|\{?\[?(?:the |your |my )?(?:answer|result|output|symbol|text|lines?)(?: here)?\]?\}?|tags?)",
    re.IGNORECASE | re.ASCII,
)
LONGEST_TALK = 40
TAG_QUOTES = set("\"'`“”‘’«»「」")


def _tags(text, context):
    if context.tags is None:
        return text
    found = _tags_in(text, context.tags)
    if not found:
        return text
    if any(tag in context.gold for tag in context.tags):
        piece = _widest(found, text)
    else:
        piece = _chosen(found, text, context)
    if piece is None:
        opens, at, _ = found[0]
        return text if opens else text[:at]
    return text[piece["start"] : piece["stop"]]


def _tags_in(text, pair):
    """(whether it opens, from, to) of every tag that isn't in quotation marks."""
    opening, closing = map(_without_case, pair)
    pattern = re.compile(f"({re.escape(closing)})|{re.escape(opening)}")
    tags = [(found.group(1) is None, found.start(), found.end()) for found in pattern.finditer(_without_case(text))]
    return [
        tag for tag in tags if not (text[max(0, tag[1] - 1) : tag[1]] in TAG_QUOTES and text[tag[2] : tag[2] + 1] in TAG_QUOTES)
    ]


def _without_case(text):
    """A text of the same length in which letters are alike that JavaScript's expressions without case take for the same."""
    return text.upper() if text.isascii() else "".join(map(_upper, text))


def _upper(letter):
    upper = letter.upper()
    return letter if len(upper) != 1 or upper < "\u0080" <= letter or letter > "\uffff" else upper


def _widest(found, text):
    opening = next((tag for tag in found if tag[0]), None)
    if opening is None:
        return None
    closing = next((tag for tag in reversed(found) if not tag[0] and tag[1] > opening[1]), None)
    return {"start": opening[2], "stop": len(text) if closing is None else closing[1]}


def _chosen(found, text, context):
    pieces = [piece for piece in _pieces(found, text) if not _is_talk(_inner(text, piece), context)]
    usable = [piece for piece in pieces if _inner(text, piece).strip(WHITE)] or pieces
    whole = [piece for piece in usable if piece["closed"]] or usable
    candidates = [piece for piece in whole if not _is_quoted(text, piece)] or whole
    if not candidates:
        return None
    if candidates[0]["from"] <= LINE_LOOK and not _has_word(text[: candidates[0]["from"]]):
        return candidates[0]
    return next((piece for piece in reversed(candidates) if _on_its_own(text, piece)), candidates[-1])


def _pieces(found, text):
    pieces = []
    for i, (opens, at, end) in enumerate(found):
        if opens:
            following = found[i + 1] if i + 1 < len(found) else None
            closed = following is not None and not following[0]
            stop = len(text) if following is None else following[1]
            to = following[2] if closed else stop
            pieces.append({"from": at, "start": end, "stop": stop, "to": to, "closed": closed})
    return pieces


def _is_quoted(text, piece):
    """Whether quotation marks stand right around the piece: as an example of the form, where there are others."""
    return text[max(0, piece["from"] - 1) : piece["from"]] in TAG_QUOTES and text[piece["to"] : piece["to"] + 1] in TAG_QUOTES


def _inner(text, piece):
    return text[piece["start"] : piece["stop"]]


def _is_talk(inner, context):
    words = inner.strip(WHITE)
    known = [*context.answer, *context.symbols]
    return len(inner) <= LONGEST_TALK and TALK.fullmatch(words.translate(ALSO_LETTERS)) is not None and words not in known


def _has_word(text):
    return any(unicodedata.category(character)[0] in "LN" for character in text)


def _on_its_own(text, piece):
    before = text[max(0, piece["from"] - LINE_LOOK) : piece["from"]]
    after = text[piece["to"] : piece["to"] + LINE_LOOK]
    return not _has_word(before[before.rfind("\n") + 1 :] + after.split("\n", 1)[0])


# What ends an answer.

END_MARKS = [
    "<eos>",
    "</s>",
    "<end_of_turn>",
    "<turn|>",
    "[END FINAL RESPONSE]",
    "[unused10]",
    "<eoa>",
    "<_end>",
    "[e~[",
    "<SPECIAL_12>",
]
CONTROL = re.compile(r"<[|｜]([A-Za-z0-9_:.▁-]{1,40})[|｜]>|\[\|([A-Za-z0-9_:.▁-]{1,40})\|\]")
ENDING = re.compile(
    r"(?:^|[_:.▁-])(?:end|eo[acdmst](?:_id)?\Z|sep(?:arator)?\Z)|^(?:return|flush)\Z|"
    r"^(?:user|human|observation|system|tool|environment)(?:_start)?\Z|^hy_place▁holder▁no▁[0-9]+\Z",
    re.IGNORECASE | re.ASCII,
)
"""Control marks of templates, and the names of those that end a turn or begin that of somebody else."""


def _stop(text, context):
    begin = _begin_of(text, context)
    ends = [
        (text.find(mark, begin if mark.strip(WHITE) == "" else 0), -len(mark), mark)
        for mark in [*context.stop, *END_MARKS]
        if mark != "" and mark not in context.gold
    ]
    ends += [(found.start(), 0, found[0]) for found in CONTROL.finditer(text) if _ends_turn(found, context)]
    at, _, mark = min((end for end in ends if end[0] != -1), default=(len(text), 0, None))
    is_asked = mark is None or mark in context.stop
    return _without_last_tokens(text[:at] if is_asked else _without_separator(text[:at], context), context)


def _begin_of(text, context):
    """Where the answer begins: behind white space, and the first line of a code fence."""
    begin = len(text) - len(text.lstrip(WHITE))
    return begin + len(_fence_begin(text[begin:]) or "") if "fence" in context.filters else begin


def _ends_turn(mark, context):
    """Whether a control mark ends a turn and belongs to nothing in the sample."""
    in_sample = any(mark.group() in own for own in [context.gold, *context.symbols])
    return ENDING.search(mark.group(1) or mark.group(2)) is not None and not in_sample


# What may stand around the whole answer.

LONGEST_LANGUAGE = 40


def _fence_begin(text):
    mark = re.match("`{3,}|~{3,}", text)
    end = -1 if mark is None else text.find("\n", mark.end())
    if end == -1 or end - mark.end() > LONGEST_LANGUAGE or re.search("[`~]", text[mark.end() : end]):
        return None
    return text[: end + 1]


def _fence(text, context):
    return _with_core(text, lambda core: _without_fence(core, context))


def _without_fence(core, context):
    found = re.match("`{3,}|~{3,}", core)
    if found is None or context.has_mark(found.group()[:3]):
        return core
    marks = found.group()
    begin = _fence_begin(core)
    closed = len(core) >= 2 * len(marks) and core.endswith(marks)
    if begin is None:  # in one line: ```b```
        inner = core[len(marks) : -len(marks)]
        return inner if closed and "\n" not in core and marks not in inner and inner.strip(WHITE) else core
    inner = core[len(begin) : len(core) - len(marks) if closed else len(core)]
    return core if marks in inner else re.sub(r"\r?\n\Z", "", inner)


EMPHASIS = [(mark, mark) for mark in ["***", "**", "*", "___", "__", "_", "``", "`", "~~"]]
QUOTES = [
    ('"', '"'),
    ("'", "'"),
    ("“", "”"),
    ("‘", "’"),
    ("„", "“"),
    ("„", "”"),
    ("‚", "‘"),
    ("”", "”"),
    ("«", "»"),
    ("»", "«"),
    ("‹", "›"),
    ("「", "」"),
    ("『", "』"),
    ("``", "''"),
]


def _without_pair(text, pairs, context):
    return _with_core(text, lambda core: _without_first_pair(core, pairs, context))


def _without_first_pair(core, pairs, context):
    if core == context.gold:
        return core
    for opening, closing in pairs:
        inner = _between_pair(core, opening, closing)
        if inner is None:
            continue
        within = _without_layers(inner)
        if opening in within or closing in within:
            continue
        if not context.has_mark(opening) and not context.has_mark(closing):
            return inner
    return core


MOST_PAIRS = 8
"""Nobody wraps an answer more often than this."""


def _between_pair(core, opening, closing):
    """What stands between a pair around a text; None where it doesn't stand there, or nothing does in between."""
    if len(core) <= len(opening) + len(closing) or not (core.startswith(opening) and core.endswith(closing)):
        return None
    inner = core[len(opening) : len(core) - len(closing)]
    return inner if inner.strip(WHITE) else None


def _without_layers(text):
    """The text within all pairs around it, whichever they are."""
    core = text.strip(WHITE)
    for _ in range(MOST_PAIRS):
        layers = (_between_pair(core, opening, closing) for opening, closing in EMPHASIS + QUOTES)
        inner = next((one for one in layers if one is not None), None)
        if inner is None:
            return core
        core = inner.strip(WHITE)
    return core


def _with_core(text, change):
    core = text.strip(WHITE)
    start = len(text) - len(text.lstrip(WHITE))
    return text if core == "" else text[:start] + change(core) + text[start + len(core) :]


def _tidy(text, context):
    if context.joiner == "" and not re.search(WHITE_CLASS, context.gold):
        return re.sub(f"{WHITE_CLASS}+", "", text)
    lines = [line.rstrip(WHITE) for line in text.replace("\r\n", "\n").split("\n")]
    kept = [line for line in lines if line != ""] if context.joiner == "\n" else lines
    return "\n".join(kept).strip(WHITE)


# What looks the same is the same.

OTHER_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
UNSEEN = re.compile("[\u200b\u2060\ufeff\u00ad]")


def _alike(text, context):
    normal = unicodedata.normalize("NFC", text)
    of_sample = [context.gold, *context.answer, *context.symbols]
    if any(OTHER_BLANKS.search(one) or UNSEEN.search(one) for one in of_sample):
        return normal
    return UNSEEN.sub("", OTHER_BLANKS.sub(" ", normal))


FILTERS = {
    "echo": _echo,
    "thoughts": _thoughts,
    "channels": _channels,
    "tags": _tags,
    "separators": lambda text, context: lists.separated(text, context, _begin_of(text, context)),
    "stop": _stop,
    "fence": _fence,
    "emphasis": lambda text, context: _without_pair(text, EMPHASIS, context),
    "quotes": lambda text, context: _without_pair(text, QUOTES, context),
    "list": lists.listed,
    "white-space": _tidy,
    "unicode": lambda text, context: _alike(text, context),
}
SETTING_APART = ["echo", "thoughts", "channels"]
WRAPPINGS = ["fence", "emphasis", "quotes", "white-space", "unicode"]
