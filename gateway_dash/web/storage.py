"""Static files under names that hold their digest, so that browsers may keep them for ever; one sheet for all pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

_NAMES = "tokens base layout controls list counts columns log palette pages selection"
OWN_SHEETS = (  # linked by the pages that need them
    "css/api.css",
    "css/compare.css",
    "css/gateways.css",
    "css/jobs.css",
    "css/markdown.css",
    "css/reading.css",
    "css/repro.css",
    "css/secrets.css",
    "css/around.css",
    "css/tree.css",
    "css/export.css",
    "css/retention.css",
    "css/review.css",
    "css/account.css",
    "css/annotation.css",
    "css/login.css",
    "css/links.css",
    "css/talk.css",
    "css/team.css",
    "css/watches.css",
)
SHEETS = tuple(f"css/{name}.css" for name in _NAMES.split())
ONE_SHEET = "css/all.css"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_INDENT = re.compile(r"\n\s*")
_OWN_LINE = re.compile(r"^\s*//.*\n", re.MULTILINE)


def sheets() -> tuple[str, ...]:
    """The sheets that a page links, in their order: one where the files were collected, else each by itself."""
    return (ONE_SHEET,) if isinstance(staticfiles_storage, HashedFiles) else SHEETS


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # whitenoise has no types
    """Also hashes what our ES modules import; else a browser would keep an old module beside a new one.

    Our sheets are joined, and our sheets and scripts lose comments and indentation: joined text compresses to two
    thirds, and none of it needs a tool that could change what it means.
    """

    support_js_module_import_aggregation = True

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """The smaller files take the place of the collected ones before their names are made."""
        if not dry_run:
            texts = {name: _text(*paths[name]) for name in paths if name.startswith(("css/", "js/"))}
            smaller = {name: tight(name, text) for name, text in texts.items() if name != ONE_SHEET}
            smaller[ONE_SHEET] = "".join(smaller[name] for name in SHEETS)
            for name, text in smaller.items():
                Path(self.path(name)).write_text(text, encoding="utf-8")
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)


def tight(name: str, text: str) -> str:
    """A sheet without comments, a script without the comments that have a line to themselves; both unindented."""
    if name.endswith(".css"):
        return _INDENT.sub("\n", _COMMENT.sub("", text)).lstrip()
    return re.sub(r"^[ \t]+|^\n", "", _OWN_LINE.sub("", text), flags=re.MULTILINE)


def _text(storage: Any, path: str) -> str:
    with storage.open(path) as file:
        return str(file.read().decode("utf-8"))
