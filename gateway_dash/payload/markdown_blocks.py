"""The tokens of markdown-it as a small tree of blocks, each with runs of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from markdown_it.token import Token

type Kind = Literal["paragraph", "heading", "code", "quote", "list", "item", "table", "row", "rule"]

DEEPEST = 8  # quotes and lists in each other
MOST_PARTS = 4000  # blocks, cells and runs: each is an element on the page


class TooDeep(Exception):
    """Nested too deeply to be shown."""


class TooMany(Exception):
    """More parts than a page should hold."""


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look. `target`: where a link or a picture leads; `image`: the words for a picture."""

    text: str
    kind: Literal["text", "code", "target", "image", "break"] = "text"
    strong: bool = False
    em: bool = False
    strike: bool = False
    label: bool = False  # of a link, whose target follows


@dataclass(slots=True)
class Block:
    """A paragraph, a quote, a list, …: runs, other blocks, or code as text."""

    kind: Kind
    runs: list[Run] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    cells: list[list[Run]] = field(default_factory=list)  # of a row
    text: str = ""  # of code
    info: str = ""  # the language of code, the number of an item
    level: int = 0  # of a heading
    is_ordered: bool = False
    is_head: bool = False  # of a table's row


_OPENING: dict[str, Kind] = {
    "paragraph_open": "paragraph",
    "heading_open": "heading",
    "blockquote_open": "quote",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "list_item_open": "item",
    "table_open": "table",
    "tr_open": "row",
}
_STYLES = {"strong": "strong", "em": "em", "s": "strike"}


def blocks_of(tokens: Sequence[Token]) -> tuple[Block, ...]:
    """The tree; raises TooDeep, TooMany."""
    root = Block("quote")
    stack = [root]
    parts = 0
    for token in tokens:
        parts += 1 + len(token.children or ())
        if parts > MOST_PARTS:
            raise TooMany
        _take(token, stack)
        if sum(each.kind in ("quote", "list") for each in stack) > DEEPEST + 1:
            raise TooDeep
    return tuple(root.blocks)


def _take(token: Token, stack: list[Block]) -> None:
    here = stack[-1]
    if token.type in _OPENING:
        block = Block(_OPENING[token.type], info=token.info, is_ordered=token.type == "ordered_list_open")
        block.level = int(token.tag[1]) if block.kind == "heading" else 0
        here.blocks.append(block)
        stack.append(block)
    elif token.type.removesuffix("_close") + "_open" in _OPENING and token.nesting < 0:
        stack.pop()
    elif token.type in ("th_open", "td_open"):
        here.cells.append([])
        here.is_head = token.type == "th_open"
    elif token.type == "inline":
        runs = list(_runs(token.children or []))
        if here.kind == "row":
            here.cells[-1] += runs
        else:
            here.runs += runs
    elif token.type in ("fence", "code_block"):
        here.blocks.append(Block("code", text=token.content, info=token.info.strip()))
    elif token.type == "hr":
        here.blocks.append(Block("rule"))
    elif token.content:  # no token that we know, and its text is not lost
        here.blocks.append(Block("code", text=token.content))


def _runs(children: Sequence[Token]) -> Iterator[Run]:
    """The runs of one paragraph, neighbours of one look joined."""
    last: Run | None = None
    for run in _pieces(children):
        if last and last.kind == run.kind == "text" and _look(last) == _look(run):
            last = Run(last.text + run.text, "text", *_look(run))
        else:
            if last:
                yield last
            last = run
    if last:
        yield last


def _look(run: Run) -> tuple[bool, bool, bool, bool]:
    return run.strong, run.em, run.strike, run.label


def _pieces(children: Sequence[Token]) -> Iterator[Run]:
    depth = dict.fromkeys(_STYLES.values(), 0)
    targets: list[str] = []
    for token in children:
        style = _STYLES.get(token.type.partition("_")[0])
        look: Any = {name: count > 0 for name, count in depth.items()} | {"label": bool(targets)}
        if style:
            depth[style] += token.nesting
        elif token.type == "link_open":
            targets.append(_target(token, "href"))
        elif token.type == "link_close":
            yield Run(targets.pop() if targets else "", "target")
        elif token.type == "image":
            yield Run(token.content, "image", **look)
            yield Run(_target(token, "src"), "target")
        elif token.type == "hardbreak":
            yield Run("", "break")
        elif token.type == "softbreak":
            yield Run(" ", **look)
        elif token.content:
            yield Run(token.content, "code" if token.type == "code_inline" else "text", **look)


def _target(token: Token, name: str) -> str:
    """Where it leads, and the title that would show up over it."""
    title = token.attrGet("title")
    target = str(token.attrGet(name) or "")
    return f"{target} “{title}”" if title else target


def texts_of(blocks: Sequence[Block]) -> Iterator[str]:
    """All text that is shown."""
    for block in blocks:
        yield block.text
        yield block.info
        yield from (run.text for run in block.runs)
        yield from (run.text for cell in block.cells for run in cell)
        yield from texts_of(block.blocks)
