"""What `make run` starts: prepares the database and the static files, serves, says where to click, stops cleanly."""

import contextlib
import ctypes
import http.client
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from io import StringIO
from types import FrameType

from gateway_dash import environment, places

# No Django at the top: the process that stays and watches over the server is a small one.

WORKERS = 2
# A worker: twice the places for upstream calls, and some. A thread that waits for the API costs little, and the other
# pages must not wait for it.
THREADS = 40
STOPS_WITHIN = 10  # seconds for answers that are under way
STEP_ENDS_WITHIN = 20  # seconds for the step of a job that is under way
STARTS_WITHIN = 60  # seconds, on a slow machine with cold caches

SERVERS = {
    "granian": (
        *("--interface", "wsgi", "--http", "1", "--no-ws", "--host", "{host}", "--port", "{port}"),
        *("--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--respawn-failed-workers"),
        *("--workers-kill-timeout", str(STOPS_WITHIN), "--log-level", "error"),
    ),
    "gunicorn": (
        *("--worker-class", "gthread", "--bind", "{bind}", "--workers", str(WORKERS), "--threads", str(THREADS)),
        *("--graceful-timeout", str(STOPS_WITHIN), "--log-level", "{log_level}"),
        *("--logger-class", "gateway_dash.telemetry.server.{logger}"),
        *("--limit-request-line", "8190"),  # a list may be filtered by 50 ids
        *("--forwarded-allow-ips", ""),  # whom to believe about https is GATEWAY_DASH_TRUST_PROXY's to say
    ),
}
_FOR_PEOPLE = {"log_level": "warning", "logger": "ServerText"}


def main(*, is_whole: bool = True) -> int:
    """All on this machine; or the server alone, where others migrate and work."""
    try:
        settings = environment.read(os.environ, places.HOME)
    except environment.ConfigurationError as error:
        sys.exit(str(error))
    host, port = address()
    refuse_strangers(host, settings)
    server = os.environ.get("GATEWAY_DASH_SERVER", "gunicorn")
    command = server_command(server, host, port, settings.telemetry.log)
    refuse_a_second_spelling(server, settings)
    refuse_a_taken_port(host, port)
    what = "prepare" if is_whole else "prepare-files"
    prepared = subprocess.run([sys.executable, "-m", "gateway_dash.launch", what], check=False)
    if prepared.returncode:
        return prepared.returncode
    count_together(settings)
    note = "  (sandbox: invented logs)" if settings.token is None else ""
    with working() if is_whole else contextlib.nullcontext():
        return serve(command, host, port, note)


def count_together(settings: environment.Environment) -> None:
    """A fresh folder in which the processes add up what each counted for /metrics, if somebody may ask for that."""
    folder = settings.data_dir / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    if settings.metrics_token:
        folder.mkdir(mode=0o700, parents=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def address() -> tuple[str, int]:
    host = os.environ.get("GATEWAY_DASH_HOST", "127.0.0.1")
    port = os.environ.get("PORT", "8000")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        sys.exit(f"PORT must be a number from 1 to 65535, not {port!r}.")
    return host, int(port)


def authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def refuse_strangers(host: str, settings: environment.Environment) -> None:
    """Plain http with the sandbox's kept key is for this machine alone."""
    if host not in ("127.0.0.1", "::1", "localhost") and settings.is_local and not settings.has_own_key:
        sys.exit(
            f"Gateway Dash would listen on {host}, where other machines reach it. For that, set "
            "GATEWAY_DASH_SECRET_KEY, and GATEWAY_DASH_ALLOWED_HOSTS to the name that people use."
        )


def refuse_a_second_spelling(server: str, settings: environment.Environment) -> None:
    """gunicorn drops X_Forwarded_Email; granian gives it to us as X-Forwarded-Email, whatever the proxy had set."""
    if settings.ways_in.proxy_header and server != "gunicorn":
        sys.exit(f"GATEWAY_DASH_PROXY_USER_HEADER needs gunicorn: with {server}, visitors could name themselves.")


def server_command(name: str, host: str, port: int, log: str = "json") -> list[str]:
    if name not in SERVERS:
        sys.exit(f"GATEWAY_DASH_SERVER must be one of {', '.join(SERVERS)}, not {name!r}.")
    if importlib.util.find_spec(name) is None:
        sys.exit(f"GATEWAY_DASH_SERVER is {name}, which is not installed. ./run setup installs it.")
    known = {"host": host, "port": port, "bind": authority(host, port)}
    # That workers start and end is news for whatever collects lines; on a terminal the address is what counts.
    how = {"log_level": "info", "logger": "ServerLog"} if log == "json" else _FOR_PEOPLE
    options = [option.format(**known, **how) for option in SERVERS[name]]
    return [sys.executable, "-m", name, *options, "gateway_dash.wsgi:application"]


def refuse_a_taken_port(host: str, port: int) -> None:
    """Servers share a port without a word when both ask for that; then an old one may answer for the new."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port that was just closed is free
            probe.bind(where)
    except OSError as error:
        sys.exit(
            f"Gateway Dash cannot listen on {authority(host, port)}: {error.strerror or error}.\n"
            f"Stop what listens there, or choose another port: PORT={port % 65535 + 1} make run"
        )


def prepare(*, with_database: bool) -> None:
    """Bring the database and the static files up to date. In a process of its own, whose memory is then free again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gateway_dash.settings")
    import django
    from django.core.management import call_command

    django.setup()
    from gateway_dash import upstream

    refuse_what_the_checks_say()
    call_command("collectstatic", interactive=False, verbosity=0)
    if not with_database:
        return
    call_command("migrate", interactive=False, verbosity=0)
    if upstream.is_sandbox():
        call_command("demo_user")
        upstream.renew_sandbox()
        upstream.account()  # invents the logs now, once, rather than in two workers at the first click
    else:
        call_command("demo_user", remove=True)
        from django.contrib.auth import get_user_model

        if not upstream.ways_in().middleware and not get_user_model().objects.exists():
            print("Nobody can sign in yet. Make the first user with: ./run manage createsuperuser", flush=True)


def refuse_what_the_checks_say() -> None:
    """Django's checks and ours: better no start than one after which something does not work."""
    from django.core.management import CommandError, call_command

    try:
        call_command("check", stdout=StringIO())  # that all is well is no news
    except CommandError as error:
        sys.exit(f"Gateway Dash cannot start:\n{error}")


def serve(command: list[str], host: str, port: int, note: str) -> int:
    """Run the server until it is told to stop; the answer is the exit code."""
    # In a session of its own: Ctrl-C reaches every process of a terminal, and a server whose workers are told twice
    # to stop, by the terminal and by their parent, now and then hangs. So we are told, and tell the parent only.
    server = subprocess.Popen(command, start_new_session=True, preexec_fn=stop_with_the_launcher)  # noqa: PLW1509
    told: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        os.killpg(server.pid, signal.SIGKILL) if told else server.terminate()  # who asks twice does not want to wait
        told.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    if answers(server, host, port) and not told:
        print(f"Gateway Dash: http://{authority(host, port)}/{note}", flush=True)
    code = server.wait()
    end_what_is_left(server.pid)
    return 0 if told else max(code, 1)  # it should not have ended by itself


@contextlib.contextmanager
def working() -> Iterator[None]:
    """A worker for jobs beside the server: in a process of its own, so that long work takes nobody's thread."""
    command = [sys.executable, "-m", "gateway_dash.cli", "worker"]
    quiet = subprocess.DEVNULL  # what it has to say is in its log
    worker = subprocess.Popen(command, stdout=quiet, start_new_session=True, preexec_fn=stop_with_the_launcher)  # noqa: PLW1509
    try:
        yield
    finally:
        worker.terminate()
        try:
            worker.wait(STEP_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            worker.kill()  # its journal says where to go on


def stop_with_the_launcher() -> None:
    """Ask Linux to stop the server when the launcher is killed outright, so that nothing keeps the port."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # 1 is PR_SET_PDEATHSIG


def end_what_is_left(group: int) -> None:
    """Workers whose parent was killed would go on to hold the port."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def answers(server: subprocess.Popen[bytes], host: str, port: int) -> bool:
    """Wait until the server answers, or has ended, or takes too long."""
    asked = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - "everywhere" is not a place to call
    give_up = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < give_up and server.poll() is None:
        connection = http.client.HTTPConnection(asked, port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status < 500:
                return True
        except (OSError, http.client.HTTPException):
            pass  # it does not listen yet
        finally:
            connection.close()
        time.sleep(0.1)
    return False


if __name__ == "__main__":
    try:
        if sys.argv[1:] in (["prepare"], ["prepare-files"]):
            prepare(with_database=sys.argv[1] == "prepare")
        else:
            sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)  # before there was a server to stop
