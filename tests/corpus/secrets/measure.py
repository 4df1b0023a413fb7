"""How many secrets are found, and how much is taken for one that is none: `python -m tests.corpus.secrets.measure`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gateway_dash.payload.secrets import find

from .negatives import harmless
from .positives import planted

Spans = Iterable[tuple[int, int, str]]


@dataclass(frozen=True)
class Figures:
    """What a detector made of the corpus."""

    planted: Counter[str]
    covered: Counter[str]  # whole, by whatever name
    named: Counter[str]  # findings with the right name in a text that holds this kind
    said: Counter[str]  # findings by name, harmless texts included
    harmless: Counter[str]
    disturbed: Counter[str]  # harmless texts in which something was found
    missed: tuple[str, ...] = ()
    invented: tuple[str, ...] = ()

    def recall(self, kind: str) -> float:
        return self.covered[kind] / self.planted[kind]

    def precision(self, kind: str) -> float:
        return self.named[kind] / self.said[kind] if self.said[kind] else 1.0


def ours(text: str) -> Spans:
    return [(each.start, each.end, each.kind) for each in find(text)]


def measure(detect: Callable[[str], Spans] = ours) -> Figures:
    """Each planted text, and each harmless one."""
    figures = Figures(Counter(), Counter(), Counter(), Counter(), Counter(), Counter())
    missed, invented = [], []
    for each in planted():
        found = list(detect(each.text))
        at = each.text.index(each.secret)
        figures.planted[each.kind] += 1
        if any(start <= at and at + len(each.secret) <= end for start, end, _ in found):
            figures.covered[each.kind] += 1
        else:
            missed.append(f"{each.kind}: {each.text}")
        for _, _, kind in found:
            figures.said[kind] += 1
            figures.named[kind] += kind == each.kind
    for sort, text in harmless():
        found = list(detect(text))
        figures.harmless[sort] += 1
        figures.disturbed[sort] += bool(found)
        figures.said.update(kind for _, _, kind in found)
        invented += [f"{sort}: {kind}: {text[start:end]} in {text[:80]}" for start, end, kind in found]
    return Figures(
        figures.planted,
        figures.covered,
        figures.named,
        figures.said,
        figures.harmless,
        figures.disturbed,
        tuple(missed),
        tuple(invented),
    )


def table(figures: Figures) -> str:
    """The figures as docs/security.md has them."""
    rows = ["| kind | planted | found | precision |", "|---|---|---|---|"]
    rows += [
        f"| {kind} | {count} | {figures.recall(kind):.0%} | {figures.precision(kind):.0%} |"
        for kind, count in sorted(figures.planted.items())
    ]
    total, found = figures.planted.total(), figures.covered.total()
    rows.append(f"| all | {total:,} | {found / total:.1%} | |")
    rows.append(f"| harmless texts | {figures.harmless.total():,} | {figures.disturbed.total()} disturbed | |")
    return "\n".join(rows)


if __name__ == "__main__":
    result = measure()
    print(table(result))
    print(*result.missed, *result.invented, sep="\n")
