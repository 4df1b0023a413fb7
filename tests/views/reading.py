"""Pages read as a browser reads them: elements, their text, and what a form would send."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "rect"}
HTMX = {"HX-Request": "true"}


def whole(answer: Any) -> bytes:
    """What was answered, also where it comes in pieces."""
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


class Element:
    """An element with its attributes and what stands in it."""

    def __init__(self, tag: str, attributes: dict[str, str | None]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Element | str] = []

    def __getitem__(self, name: str) -> str:
        return self.attributes[name] or ""

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    def walk(self) -> Iterator[Element]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def all(self, tag: str = "", **attributes: str | None) -> list[Element]:
        """The elements inside with these attributes: `class_` asks for one class among others, None for any value."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [each for each in self.walk() if tag in ("", each.tag) and all(map(each._has, wanted.items()))]

    def _has(self, attribute: tuple[str, str | None]) -> bool:
        name, value = attribute
        if value is None:
            return name in self.attributes
        found = self.attributes.get(name)
        return value in (found or "").split() if name == "class" else found == value

    def one(self, tag: str = "", **attributes: str | None) -> Element:
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of <{tag} {attributes}>"
        return found[0]

    @property
    def text(self) -> str:
        """What is read, with blanks made one."""
        return " ".join(self.raw_text.split())

    @property
    def raw_text(self) -> str:
        return "".join(child if isinstance(child, str) else child.raw_text for child in self.children)

    def links(self) -> dict[str, str]:
        """Each link's text and address."""
        return {each.text: each["href"] for each in self.all("a") if "href" in each}


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        places = [place for place, element in enumerate(self.open) if element.tag == tag]
        if places:
            del self.open[places[-1] :]

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(answer: Any) -> Element:
    """The page of an answer of the test client."""
    builder = _Builder()
    builder.feed(answer.text)
    builder.close()
    return builder.open[0]


def fields(form: Element) -> dict[str, list[str]]:
    """What a browser would send of an untouched form, without a button."""
    sent: dict[str, list[str]] = {}
    for control in form.walk():
        name, kind = control.attributes.get("name"), control.attributes.get("type") or "text"
        if not name or control.tag not in ("input", "select"):
            continue
        if control.tag == "select":
            chosen = [each for each in control.all("option") if "selected" in each] or control.all("option")[:1]
            sent.setdefault(name, []).extend(each["value"] for each in chosen)
        elif kind not in ("checkbox", "radio") or "checked" in control:
            sent.setdefault(name, []).append(_as_kept(control.attributes.get("value") or "", kind))
    return sent


def _as_kept(value: str, kind: str) -> str:
    """The value that a browser keeps: it reads NUL as U+FFFD, and a field of one line has no line ends."""
    value = value.replace("\0", "\ufffd").replace("\r\n", "\n").replace("\r", "\n")
    return value if kind == "hidden" else value.replace("\n", "")


def ids(answer: Any) -> list[str]:
    """The ids of the table's rows, in their order."""
    return [each["data-log-id"] for each in parse(answer).one(id="results").all("tr") if "data-log-id" in each]
