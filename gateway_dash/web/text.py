"""Text of strangers, made safe to show, to export and to print. Pure: no Django.

A log holds what other people and models wrote. It may carry characters that cannot be seen but change what is seen: a
control character, an order to turn the reading direction, a space without width. They are never dropped and never
obeyed: each one becomes a mark, such as ⟦ESC⟧ or ⟦U+202E⟧.

What stays as it is although it cannot be seen, because honest text needs it: a joiner between emoji, a joiner or
non-joiner between letters of Arabic and Indic scripts, and one variation selector after an emoji.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

STYLED_MARKS = 1000  # a text with more marks is shown in one piece: marked, but without a look of their own
LONGEST_MARK = 24
LONGEST_RUN = 1000  # characters that a browser lays out in one go; the time it takes grows with their square
MOST_LINES = 5000  # lines with a number of their own; each costs the browser elements
ELLIPSIS = "…"

# --- which characters -----------------------------------------------------------------------------------------------

_INVISIBLE = (
    r"\x7f-\x9f"  # DEL and C1
    r"\u00ad\u034f\u061c"  # soft hyphen, grapheme joiner, Arabic letter mark
    r"\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800"  # fillers: letters that look like nothing
    r"\u180b-\u180f"  # Mongolian selectors
    r"\u200b\u200e\u200f"  # zero width space, left-to-right and right-to-left mark
    r"\u2028\u2029\u202a-\u202e"  # line and paragraph separator, embeddings and overrides
    r"\u2060-\u206f"  # word joiner, invisible operators, isolates, deprecated controls
    r"\ufeff\ufff0-\ufffb"  # BOM, interlinear annotation
    r"\ud800-\udfff"  # surrogates that came alone
    r"\ufdd0-\ufdef\ufffe\uffff"  # noncharacters, here and at the end of each plane
    + "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(1, 17))
    + r"\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a"  # format controls of rare scripts
    r"\U000e0000-\U000e0fff"  # tags and the other variation selectors: a way to smuggle a text
)
_EMOJI = (
    r"\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u2300-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935"
    r"\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_KEYS = r"#*0-9"  # with U+FE0F and U+20E3 a key cap
_JOINING = r"\u0620-\u074f\u0750-\u077f\u08a0-\u08ff\u0900-\u0dff"  # Arabic, Syriac, Indic

# Only visible neighbours count: then marking one character never changes what another one is.
_IN_CONTEXT = (
    rf"(?<![{_EMOJI}])[\ufe0e\ufe0f](?!\u20e3)|(?<![{_EMOJI}{_KEYS}])[\ufe0e\ufe0f]|[\ufe00-\ufe0d]"
    rf"|(?<![{_JOINING}])\u200c|\u200c(?![{_JOINING}])"
    rf"|(?<![{_JOINING}{_EMOJI}])(?<![{_EMOJI}]\ufe0f)\u200d|\u200d(?![{_JOINING}{_EMOJI}])"
)
_HIDDEN = re.compile(rf"(?:[\x00-\x1f{_INVISIBLE}]|{_IN_CONTEXT})+")
_HIDDEN_IN_LINES = re.compile(rf"(?:[\x00-\x08\x0b-\x1f{_INVISIBLE}]|{_IN_CONTEXT})+")
# Quicker ones, for nearly every text has nothing to hide: one class of characters each, no look at neighbours.
_ASCII_HIDDEN = re.compile(r"[\x00-\x1f\x7f]")
_ASCII_HIDDEN_IN_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_HIDDEN_ANYWHERE = re.compile(rf"[\x00-\x1f\u200c\u200d\ufe00-\ufe0f{_INVISIBLE}]")
_HIDDEN_ANYWHERE_IN_LINES = re.compile(rf"[\x00-\x08\x0b-\x1f\u200c\u200d\ufe00-\ufe0f{_INVISIBLE}]")
_SAME = re.compile(r"(.)\1*", re.DOTALL)
_SURROGATE = re.compile(r"[\ud800-\udfff]")

_ASCII_NAMES = (
    *("NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR", "SO", "SI"),
    *("DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US"),
)
_NAMES = {**dict(enumerate(_ASCII_NAMES)), 0x7F: "DEL", 0xFEFF: "BOM"}


def clean(text: str) -> str:
    """The text with each lone surrogate replaced by U+FFFD, so that it can be encoded."""
    if text.isascii():
        return text
    return _SURROGATE.sub("\ufffd", text)


def storable(text: str) -> str:
    """The text as every database takes it: PostgreSQL keeps neither a NUL nor a lone surrogate."""
    return clean(text).replace("\0", "\ufffd")


def storable_all(value: Any) -> Any:
    """The same for every text in what is kept as JSON."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(key): storable_all(each) for key, each in value.items()}
    return [storable_all(each) for each in value] if isinstance(value, list | tuple) else value


# --- marks ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: what somebody wrote, or marks that stand for what cannot be seen."""

    text: str
    is_mark: bool = False
    title: str = ""  # what a mark stands for, in the words of Unicode
    cover: object = None  # what stands here instead of a secret; such a piece has no text


def pieces(text: str, *, lines: bool = False) -> list[Piece]:
    """The text cut at its hidden characters. With `lines`, line ends and tabs are not hidden."""
    if lines:
        text = text.replace("\r\n", "\n")
    if _hides_nothing(text, lines):
        return [Piece(text)] if text else []
    found: list[Piece] = []
    for piece in _cut(text, lines):
        found.append(piece)
        if len(found) > 2 * STYLED_MARKS:
            return [Piece(marked(text, lines=lines))]
    return found


def pieces_by_line(text: str) -> list[list[Piece]]:
    """The pieces of each line of a long text."""
    return lines_of(pieces(text, lines=True), len(text))


def lines_of(found: Iterable[Piece], most: int = MOST_LINES) -> list[list[Piece]]:
    """The pieces in lines, at most so many; what comes after them is one more "line", line ends included."""
    split: list[list[Piece]] = [[]]
    for piece in found:
        first, *others = piece.text.split("\n", max(0, most + 1 - len(split)))
        if first or piece.cover:
            split[-1].append(Piece(first, piece.is_mark, piece.title, piece.cover))
        split += [[Piece(line)] if line else [] for line in others]
    if len(split) > 1 and not split[-1]:
        split.pop()  # a line end at the very end opens no new line
    return split


def lines_in_runs(found: Iterable[Piece]) -> list[list[list[Piece]]]:
    """The pieces in lines, those of a long line in runs."""
    return [_runs(line) for line in lines_of(found)]


def shortened(found: Iterable[Piece], limit: int) -> list[Piece]:
    """At most so many characters of the pieces; what stands in the place of a secret counts as ten."""
    kept: list[Piece] = []
    room = limit
    for piece in found:
        length = 10 if piece.cover else len(piece.text)
        if length > room:
            kept.append(Piece(shorten(piece.text, room) if room > 0 and not piece.cover else ELLIPSIS, piece.is_mark))
            return kept
        kept.append(piece)
        room -= length
    return kept


def runs_by_line(text: str) -> list[list[list[Piece]]]:
    """The pieces of each line, those of a long line in runs that a browser lays out quickly, one after the other.

    Text of very many lines ends in a "line" that holds all the others, line ends included.
    """
    if text.count("\n") < MOST_LINES:
        return [_runs(line) for line in pieces_by_line(text)]
    *numbered, others = text.split("\n", MOST_LINES)
    lines = pieces_by_line("\n".join(numbered) + "\n")
    return [_runs(line) for line in [*lines, pieces(others, lines=True)]]


def _runs(line: list[Piece]) -> list[list[Piece]]:
    """One line in runs; there is no line end between them, so copied text is what it was."""
    runs: list[list[Piece]] = [[]]
    room = LONGEST_RUN
    for piece in line:
        text = piece.text
        while len(text) > room:
            end = _fitting(text, room)
            runs[-1] += [Piece(text[:end], piece.is_mark, piece.title)] if end else []
            runs.append([])
            text, room = text[end:], LONGEST_RUN
        runs[-1].append(Piece(text, piece.is_mark, piece.title, piece.cover))
        room -= len(text)
    return runs


def marked(text: str, *, lines: bool = False) -> str:
    """The text with a mark in the place of each hidden character: what `pieces` says, as plain text."""
    if lines:
        text = text.replace("\r\n", "\n")
    if _hides_nothing(text, lines):
        return text
    return (_HIDDEN_IN_LINES if lines else _HIDDEN).sub(lambda run: _marks(run[0]), text)


def _hides_nothing(text: str, lines: bool) -> bool:
    if text.isascii():
        return (_ASCII_HIDDEN_IN_LINES if lines else _ASCII_HIDDEN).search(text) is None
    return (_HIDDEN_ANYWHERE_IN_LINES if lines else _HIDDEN_ANYWHERE).search(text) is None


def _cut(text: str, lines: bool) -> Iterator[Piece]:
    """What is seen and what is marked, in turns; hidden characters that touch share a piece."""
    end = 0
    for run in (_HIDDEN_IN_LINES if lines else _HIDDEN).finditer(text):
        if run.start() > end:
            yield Piece(text[end : run.start()])
        names = {unicodedata.name(character, "").lower() for character in set(run[0][:8])}
        yield Piece(_marks(run[0]), is_mark=True, title=names.pop() if len(names) == 1 else "")
        end = run.end()
    if end < len(text):
        yield Piece(text[end:])


def _marks(run: str) -> str:
    """⟦ESC⟧, or ⟦NUL ×412⟧ where the same character comes many times."""
    marks = []
    for same in _SAME.finditer(run):
        times = len(same[0])
        marks.append(f"⟦{_name(same[1])}⟧" if times == 1 else f"⟦{_name(same[1])} ×{times}⟧")
    return "".join(marks)


def _name(character: str) -> str:
    code = ord(character)
    return _NAMES.get(code, f"U+{code:04X}")


# --- shorter --------------------------------------------------------------------------------------------------------

_UNIT = re.compile(
    rf"⟦[^⟦⟧]{{1,{LONGEST_MARK - 2}}}⟧"  # a mark
    r"|[\ud800-\udbff][\udc00-\udfff]"  # the two halves of one character
    r"|.[\u0300-\u036f\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]{0,8}(?:\u200d.[\ufe0f\U0001f3fb-\U0001f3ff]?){0,8}",
    re.DOTALL,
)


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, the last of them an ellipsis if something is left out. Cuts inside no mark."""
    if limit < 1:
        raise ValueError("A text cannot be shortened to nothing.")
    if len(text) <= limit:
        return text
    return text[: _fitting(text, limit - len(ELLIPSIS))] + ELLIPSIS


def _fitting(text: str, room: int) -> int:
    """How many characters fit, cut through nothing that belongs together."""
    end = 0
    for unit in _UNIT.finditer(text):
        if unit.end() > room:
            break
        end = unit.end()
    return end


# --- other places than a page ---------------------------------------------------------------------------------------

_FORMULA = "=+-@"
_BEFORE_FORMULA = re.compile(rf"(?:[\s\x00-\x1f\u200c\u200d\ufe00-\ufe0f{_INVISIBLE}])*")
_CONTROL = re.compile(r"[\x00-\x1f]")


def formula_safe(text: str) -> str:
    """The text with a ' in front if a spreadsheet might run it as a formula. For text cells only, never for numbers."""
    before = _BEFORE_FORMULA.match(text)
    end = before.end() if before else 0
    if _CONTROL.search(text, 0, end):
        return "'" + text
    first = unicodedata.normalize("NFKC", text[end : end + 1])[:1]  # full-width, small and raised forms count too
    return "'" + text if first and first in _FORMULA else text


def terminal_safe(text: str) -> str:
    """The text on one line with each hidden character spelled out: nothing that a terminal or a log reader obeys."""
    return _HIDDEN_ANYWHERE.sub(_spelled, text)


def _spelled(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return {9: "\\t", 10: "\\n", 13: "\\r"}.get(code, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
