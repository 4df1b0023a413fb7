"""Kill a deletion or an export with SIGKILL after each of its events, and let another process go on. A program:

    python -m tests.jobs.rig kill --logs 120 --level rows [--database postgres://…] [--first 1 --every 1]
    python -m tests.jobs.rig export --logs 120 --level bodies [the same]
    python -m tests.jobs.rig pair [--database postgres://…]

An event is a statement that the database has executed or a transaction that it has committed, and each call to the
upstream, before and after. For each k a child works the job off and kills itself right after its k-th event; its
lease runs out, and a second child finishes. The logs are in a file, as the database is, so that all of it survives.
`pair` lets two children work at the same three jobs. One line of JSON a run; the status is 1 if something did not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


def main() -> int:
    """Run what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("kill", "export", "pair"))
    parser.add_argument("--logs", type=int, default=120)
    parser.add_argument("--level", choices=("rows", "bodies"), default="rows")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--database", default="", help="postgres://user@host/ in which a database may be made")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="gateway-dash-rig-"))
    try:
        with made_database(given.database, folder) as url:
            start_django(url, folder)
            from tests.jobs import rigged  # has models, which are there from now on

            if given.what == "pair":
                return told(rigged.pairs(folder))
            return told((rigged.export_kills if given.what == "export" else rigged.kills)(folder, given))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def told(runs: Iterator[dict[str, Any]]) -> int:
    """Print each run; 1 if one of them was wrong."""
    status = 0
    for run in runs:
        print(json.dumps(run), flush=True)
        status |= bool(run.get("wrong"))
    return status


@contextmanager
def made_database(server: str, folder: Path) -> Iterator[str]:
    """The address of a database of our own: a file, or a new one on this server, which is dropped at the end."""
    if not server:
        yield f"sqlite:///{folder}/rig.sqlite3"
        return
    import psycopg

    name = f"rig_{secrets.token_hex(6)}"
    base = urlsplit(server)._replace(path="").geturl()
    with psycopg.connect(f"{base}/postgres", autocommit=True) as there:
        there.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload, unused-ignore] # a name of ours
    try:
        yield f"{base}/{name}"
    finally:
        from django.db import connections

        connections.close_all()
        with psycopg.connect(f"{base}/postgres", autocommit=True) as there:
            there.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload, unused-ignore]


def start_django(url: str, folder: Path) -> None:
    """The product on this database, with its tables."""
    for name in list(os.environ):
        if name.startswith(("CLOUDFLARE_", "GATEWAY_DASH_", "DATABASE_URL")):
            del os.environ[name]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "gateway_dash.settings",
        "DATABASE_URL": url,
        "GATEWAY_DASH_DATA_DIR": str(folder / "data"),
        "GATEWAY_DASH_JOB_CALLS": "1000",
    }
    import django
    from django.conf import settings
    from django.core.management import call_command

    # A process that is killed leaves what it wrote to the kernel: only a power cut needs to wait for the disk.
    database: Any = settings.DATABASES["default"]
    options = database.setdefault("OPTIONS", {})
    if url.startswith("sqlite"):
        options["init_command"] += "; PRAGMA synchronous=OFF"
    else:
        options["options"] = "-c synchronous_commit=off"
    os.fsync = lambda fd: None
    django.setup()
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
