"""One installation, asked by processes as an operator does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LONGEST_S = 200.0  # on a machine that has other things to do


class Place:
    """One installation: a data directory, and a database in it or on a server."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        keep = {
            name: value for name, value in os.environ.items() if not name.startswith(("GATEWAY_DASH_", "CLOUDFLARE_"))
        }
        self.environ = {name: value for name, value in keep.items() if name not in ("DATABASE_URL", "CACHE_URL")}
        self.environ |= {"GATEWAY_DASH_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "gateway_dash.settings"}
        if database:
            self.environ["DATABASE_URL"] = database

    def start(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "manage.py", *command], cwd=ROOT, env=self.environ, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip

    def manage(self, *command: str) -> str:
        out, errors = (program := self.start(*command)).communicate(timeout=LONGEST_S)
        assert program.returncode == 0, errors
        return out

    def refused(self, *command: str) -> str:
        _out, errors = (program := self.start(*command)).communicate(timeout=LONGEST_S)
        assert program.returncode == 1, "it was done"
        assert "Traceback" not in errors
        return errors

    def run(self, code: str) -> str:
        return self.manage("shell", "--no-imports", "-c", code)
