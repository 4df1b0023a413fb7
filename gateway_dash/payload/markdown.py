"""Markdown of strangers as blocks and runs of text, for a template to escape: no HTML, no link, no picture.

Where a link leads is text behind its label, so that a label cannot pretend. What the reader would leave out or nest too
deeply is not rendered at all: the source is always there, and it is the truth.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from markdown_it import MarkdownIt

from .markdown_blocks import Block, TooDeep, TooMany, blocks_of, texts_of
from .masking import masked_text

__all__ = ["Block", "Markdown", "read_markdown"]

LONGEST = 32 * 1024  # characters that are rendered
_NUL = "\u2400"  # a picture of it: the reader would make it a sign that says nothing

# Everything that makes text vanish, or something else of it, is off: references, entities, HTML.
_OFF = ("html_block", "html_inline", "reference", "autolink", "entity")
_READER = MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": 20})
_READER.enable(["table", "strikethrough"]).disable(list(_OFF))
_READER.normalizeLink = lambda url: url  # type: ignore[method-assign] # a target is shown as it was written
_READER.validateLink = lambda url: True  # type: ignore[method-assign] # also a bad one: it is text


@dataclass(frozen=True, slots=True)
class Markdown:
    """A text rendered: its blocks, and what stays source. `problem` says why nothing is rendered."""

    blocks: tuple[Block, ...] = ()
    rest: str = ""
    problem: str = ""


def read_markdown(text: str) -> Markdown:
    """The first 32 KB as blocks; whatever the text is, this ends soon and raises nothing.

    Secrets are masked before, since laid out they may lie in several runs, or apart from the words that tell them.
    """
    begin, rest = _split(masked_text(text).replace("\0", _NUL))
    try:
        blocks = blocks_of(_READER.parse(begin))
    except (TooDeep, RecursionError):
        return Markdown(rest=text, problem="Quotes and lists are nested too deeply to be rendered.")
    except TooMany:
        return Markdown(rest=text, problem="It has too many parts to be rendered.")
    except Exception as error:  # a reader of hostile text may stumble; the source is there
        return Markdown(rest=text, problem=f"It cannot be rendered ({type(error).__name__}).")
    if _kept(begin) - _kept("".join(texts_of(blocks))):
        return Markdown(rest=text, problem="Rendered, some of it would not be seen.")
    return Markdown(blocks, rest)


def _split(text: str) -> tuple[str, str]:
    """What is rendered and what is not: at a line end, if there is one."""
    if len(text) <= LONGEST:
        return text, ""
    end = text.rfind("\n", LONGEST // 2, LONGEST) + 1 or LONGEST
    return text[:end], text[end:]


def _kept(text: str) -> Counter[str]:
    """The characters that no rendering may lose: letters, digits, and whatever is neither ASCII nor space."""
    return Counter(each for each in text if each.isalnum() or (each not in "\t\n\r " and not " " < each <= "~"))
