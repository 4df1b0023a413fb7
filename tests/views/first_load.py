"""What a browser that was never here before has to fetch until the list stands, in compressed bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.test import Client, override_settings

from gateway_dash.web.templatetags import dash

BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}
_LINKED = re.compile(r'(?:src|href)="/static/([^"#]+)')
_IMPORTED = re.compile(r'(?:from|import)\s*"\./([^"]+)"')
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "gateway_dash.web.storage.HashedFiles"},
}


@contextmanager
def collected(folder: Path) -> Iterator[None]:
    """The static files as they are served in earnest."""
    with override_settings(STORAGES=STORAGES, STATIC_ROOT=folder):
        call_command("collectstatic", interactive=False, verbosity=0)
        dash._icon.cache_clear()  # an icon's address is made once in a process
        yield
        dash._icon.cache_clear()


def first_load(person: Client, url: str, folder: Path) -> dict[str, int]:
    """Bytes by what they are: page, sheet, htmx, scripts, pictures. Inside `collected`."""
    page = person.get(url, headers=BROWSER)
    names = set(_LINKED.findall(person.get(url).text))
    waiting = [name for name in names if name.endswith(".js")]
    while waiting:
        text = (folder / waiting.pop()).read_text()
        for imported in _IMPORTED.findall(text):
            if (name := f"js/{imported}") not in names:
                names.add(name)
                waiting.append(name)
    found = {"page": len(page.content), "sheet": 0, "htmx": 0, "scripts": 0, "pictures": 0}
    for name in names:
        kind = (
            "sheet" if name.endswith(".css") else "htmx" if "htmx" in name
            else "scripts" if name.endswith(".js") else "pictures"
        )  # fmt: skip
        smaller = [path for path in (folder / f"{name}.br", folder / name) if path.exists()]
        found[kind] += smaller[0].stat().st_size
    return found
