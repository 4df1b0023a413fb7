"""`python -m gateway_dash.sandbox`: the emulated API on a port."""

import json
import signal
import sys
from argparse import ArgumentParser, Namespace
from contextlib import suppress
from dataclasses import fields
from typing import Any, get_args, get_origin

from .access import TOKENS
from .app import BASE, Sandbox
from .gateways import ACCOUNT_ID
from .options import Options
from .server import Server
from .store import Store


def parser() -> ArgumentParser:
    found = ArgumentParser(prog="python -m gateway_dash.sandbox", description=__doc__)
    found.add_argument("--host", default="127.0.0.1")
    found.add_argument("--port", type=int, default=8787, help="0 takes any free port")
    found.add_argument("--logs", type=int, default=20_000, help="how many logs to invent")
    found.add_argument("--seed", type=int, default=1)
    found.add_argument("--db", default=":memory:", help="a file keeps the logs; it is filled once")
    switches = found.add_argument_group("switches", "see gateway_dash/sandbox/options.py")
    for field in fields(Options):
        name = f"--{field.name.replace('_', '-')}"
        if field.type is bool:
            switches.add_argument(name, action="store_true")
        elif field.name == "budget":
            switches.add_argument(name, type=int, default=1200, help="requests in five minutes; 0 is without end")
        else:
            kind: Any = type(field.default)
            choices = get_args(field.type) if get_origin(field.type) else None
            switches.add_argument(name, type=kind, default=field.default, choices=choices)
    return found


def options(chosen: Namespace) -> Options:
    values = {field.name: getattr(chosen, field.name) for field in fields(Options)}
    return Options(**values | {"budget": chosen.budget or None})


def main() -> None:
    chosen = parser().parse_args()
    sandbox = Sandbox(Store.open_or_seed(chosen.db, chosen.logs, chosen.seed), options(chosen))
    server = Server((chosen.host, chosen.port), sandbox)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    base = f"http://{chosen.host}:{server.server_port}{BASE}"
    tokens = {permission: token for token, permission in TOKENS.items()}
    sys.stdout.write(json.dumps({"base_url": base, "account_id": ACCOUNT_ID, "tokens": tokens}) + "\n")
    sys.stdout.flush()
    with suppress(KeyboardInterrupt):
        server.serve_forever()


if __name__ == "__main__":
    main()
