"""The dashboard as it is started for people, an upstream with troubles, and a look at what the processes take."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.load.upstream import Trouble

ROOT = Path(__file__).resolve().parents[2]
LOGS = "/gateways/prod-edge/logs/"
STARTS_WITHIN_S = 240.0
ENDS_WITHIN_S = 60.0
# Who may do everything is signed in here, so that no measurement waits for a password to be hashed.
SIGN_IN = """
import django; django.setup()
from django.contrib.auth import get_user_model
from django.test import Client
person, _ = get_user_model().objects.get_or_create(username="load", is_superuser=True, is_staff=True)
client = Client(); client.force_login(person)
print("session=" + client.cookies["session"].value)
"""


@dataclass
class Controlled:
    """The upstream in a process of its own."""

    api: str
    control: str
    account_id: str
    token: str
    log_ids: list[str]

    def become(self, kind: str = "", **more: Any) -> None:
        """From now on; the calls so far are forgotten."""
        httpx.put(self.control, json=asdict(Trouble(kind, **more)), trust_env=False, timeout=60).raise_for_status()

    def calls(self) -> list[tuple[float, str, str, int]]:
        """Moment, method, path and status of each call since then."""
        told = httpx.get(self.control, trust_env=False, timeout=60).json()["calls"]
        return [(each[0], each[1], each[2], each[3]) for each in told]


@contextmanager
def upstream() -> Iterator[Controlled]:
    """It runs."""
    command_ = [sys.executable, "-m", "tests.load.upstream"]
    with subprocess.Popen(command_, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield Controlled(**json.loads(process.stdout.readline()))
        finally:
            process.terminate()


@dataclass
class Dashboard:
    """One that answers, and the cookie of somebody who is signed in."""

    url: str
    process: subprocess.Popen[bytes]
    output: Path
    environ: dict[str, str]
    cookie: str = ""
    told_at_end: str = ""  # what its processes wrote, once it is stopped

    def said(self) -> str:
        """Everything that its processes wrote."""
        return self.output.read_text(errors="replace")

    def ask(self, path: str, timeout_s: float = 60.0) -> httpx.Response:
        """One page, as the person who is signed in sees it."""
        headers = {"Cookie": self.cookie, "Connection": "close"}
        return httpx.get(self.url + path, headers=headers, trust_env=False, timeout=timeout_s)

    def workers(self) -> list[int]:
        """The processes that answer."""
        return [each for each in family(self.process.pid) if "gunicorn" in command(each) and _has_parent(each)]

    def stop(self) -> int:
        """Told to stop; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait(20)


def clean_environment() -> dict[str, str]:
    """Nothing of this machine's own settings."""
    ours = ("CLOUDFLARE_", "GATEWAY_DASH_", "DATABASE_URL", "CACHE_URL", "DJANGO_", "PROMETHEUS_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"NO_PROXY": "127.0.0.1", "DJANGO_SETTINGS_MODULE": "gateway_dash.settings"}


@contextmanager
def dashboard(there: Controlled, *, whole: bool = True, folder: str = "", **settings: str) -> Iterator[Dashboard]:
    """`make run`, or with `whole=False` the server of a replica, on a port of its own.

    `folder`: its data, where those of an earlier one are wanted again.
    """
    with ExitStack() as closed:
        port = free_port()
        folder = folder or closed.enter_context(tempfile.TemporaryDirectory())
        environ = clean_environment() | {
            "CLOUDFLARE_ACCOUNT_ID": there.account_id, "CLOUDFLARE_API_TOKEN": there.token,
            "CLOUDFLARE_BASE_URL": there.api, "GATEWAY_DASH_SECRET_KEY": "load-" * 10,
            "GATEWAY_DASH_CALLS": "1000000", "GATEWAY_DASH_DATA_DIR": folder, "PORT": str(port),
            "GATEWAY_DASH_METRICS_TOKEN": "load-" * 8,
        } | settings  # fmt: skip
        environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/gateway-dash.sqlite3")
        output = Path(folder) / "output"
        file = closed.enter_context(output.open("wb"))
        if not whole:
            migrate = [sys.executable, "-m", "gateway_dash.cli", "migrate", "--verbosity", "0"]
            subprocess.run(migrate, cwd=ROOT, env=environ, check=True)
        command_ = [sys.executable, "-m", "gateway_dash.cli", "run" if whole else "web"]
        process = subprocess.Popen(command_, cwd=ROOT, env=environ, stdout=file, stderr=file)
        found = Dashboard(f"http://127.0.0.1:{port}", process, output, environ)
        try:
            _wait_for(found)
            signed_in = subprocess.run([sys.executable, "-c", SIGN_IN], cwd=ROOT, env=environ, check=True,
                                       capture_output=True, text=True)  # fmt: skip
            found.cookie = signed_in.stdout.strip()
            yield found
        finally:
            found.stop()
            found.told_at_end = found.said()


def _wait_for(found: Dashboard) -> None:
    give_up = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < give_up and found.process.poll() is None:
        try:
            if httpx.get(f"{found.url}/readyz", trust_env=False, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(f"The dashboard did not start:\n{found.said()}")


@contextmanager
def redis() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A cache of our own: its address, and its process, which may be killed."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        server = next((each for each in ("valkey-server", "redis-server") if _is_there(each)), "")
        if not server:
            raise NotHere("No valkey-server or redis-server is installed: ./run cache installs one.")
        process = subprocess.Popen([server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        try:
            _listens(port)
            yield f"redis://127.0.0.1:{port}/0", process
        finally:
            process.kill()
            process.wait(20)


@dataclass
class Cluster:
    """A PostgreSQL of our own, which may be stopped."""

    url: str
    folder: Path
    port: int
    program: Path

    def start(self) -> None:
        """Until it answers."""
        self._do("start", "-w", "-l", f"{self.folder}/log", "-o", f"-p {self.port} -k {self.folder} -h 127.0.0.1")

    def stop(self) -> None:
        """As a restart does it: whoever is connected is sent away."""
        self._do("stop", "-m", "fast")

    def _do(self, what: str, *options: str) -> None:
        as_postgres([str(self.program / "pg_ctl"), "-D", str(self.folder / "data"), what, *options])


@contextmanager
def postgres() -> Iterator[Cluster]:
    """A cluster in a folder of its own; the machine's is left alone."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs:
        raise NotHere("No PostgreSQL is installed: ./run postgres installs it.")
    with tempfile.TemporaryDirectory() as name:
        folder, password = Path(name), secrets.token_hex(8)
        (folder / "password").write_text(password)
        folder.chmod(0o755)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "postgres", str(folder)], check=True)
        options = ["-D", str(folder / "data"), "-A", "scram-sha-256", "-U", "load", f"--pwfile={folder / 'password'}"]
        as_postgres([str(programs[-1] / "initdb"), *options])
        port = free_port()
        cluster = Cluster(f"postgres://load:{password}@127.0.0.1:{port}/postgres", folder, port, programs[-1])
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


def as_postgres(command_: list[str]) -> None:
    """PostgreSQL refuses to run as root."""
    before = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*before, *command_], check=True, stdout=subprocess.DEVNULL, cwd="/", timeout=60)


class NotHere(Exception):
    """What a scenario needs is not installed."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> None:
    give_up = time.monotonic() + 20
    while time.monotonic() < give_up:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"Nothing listens on {port}.")


def _is_there(program: str) -> bool:
    return subprocess.run(["which", program], check=False, stdout=subprocess.DEVNULL).returncode == 0


# --- what processes take, from /proc ----------------------------------------------------------------------------------


def family(pid: int) -> list[int]:
    """The process and all that it started."""
    children: dict[int, list[int]] = {}
    for each in Path("/proc").glob("[0-9]*"):
        children.setdefault(_parent(int(each.name)), []).append(int(each.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def _status(pid: int, name: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)


def _parent(pid: int) -> int:
    return _status(pid, "PPid")


def _has_parent(pid: int) -> bool:
    """Whether its parent is a server too: then it is one that answers, and not the one that watches over them."""
    return "gunicorn" in command(_parent(pid))


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def rss_mb(pid: int) -> float:
    return _status(pid, "VmRSS") / 1024


def peak_mb(pid: int) -> float:
    """The most that it took since `forget_peak`."""
    return _status(pid, "VmHWM") / 1024


def forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def sockets(pid: int) -> int:
    """How many it holds open."""
    count = 0
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            count += os.readlink(each).startswith("socket:")
    return count
