"""`python -m tests.licences` writes docs/licences.md: what an installation brings, extras included, and under what."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "licences.md"
HEAD = """# Licences

Gateway Dash is under the [MIT licence](../LICENSE). With it, extras included, come these packages, each under its own;
`python -m tests.licences` writes this page from what they declare, and a test holds it against `uv.lock`. The icons are
[Lucide's](../static/icons.LICENSE.txt), htmx comes with django-htmx under the Zero-Clause BSD licence. The whole as
CycloneDX, with versions and addresses: `./run sbom`.

| package | licence |
|---|---|
"""
# Packages that declare it in words of their own, or not at all; read in their licence files.
IN_WORDS = {
    "colorama": "BSD-3-Clause",
    "fido2": "BSD-2-Clause",
    "jinja2": "BSD-3-Clause",
    "markdown-it-py": "MIT",
    "mdurl": "MIT",
    "procrastinate": "MIT",
    "protobuf": "BSD-3-Clause",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "qrcode": "BSD-3-Clause",
    "s3transfer": "Apache-2.0",
    "sqlparse": "BSD-3-Clause",
}


def uv(*arguments: str) -> str:
    """What uv says of the lock."""
    command = [sys.executable, "-m", "uv", "export", "--frozen", "--no-dev", "--all-extras", "--quiet", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def shipped() -> list[str]:
    """The names of all packages that an installation may bring, on any system."""
    return sorted(set(re.findall(r"^([a-z0-9._-]+)==", uv("--no-hashes", "--no-emit-project"), re.MULTILINE)))


def licence(name: str) -> str:
    """What the package declares; the empty string where it declares nothing that can be read."""
    if name in IN_WORDS:
        return IN_WORDS[name]
    declared = importlib.metadata.metadata(name)
    return declared.get("License-Expression") or declared.get("License") or ""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(f"| `{name}` | {licence(name)} |\n" for name in shipped())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
