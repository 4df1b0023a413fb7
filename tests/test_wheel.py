"""The package as it is installed: built, put into a clean environment, and used there by its command."""

import os
import re
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parent.parent
STARTS_WITHIN_S = 60


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from what is checked in and what is not, as it stands."""
    folder = tmp_path_factory.mktemp("dist")
    uv("build", "--wheel", "--out-dir", folder, ROOT)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def command(wheel, tmp_path_factory):
    """`gateway-dash` of a clean environment, away from the checkout."""
    venv = tmp_path_factory.mktemp("clean") / "venv"
    uv("venv", "--python", sys.executable, venv)
    uv("pip", "install", "--python", venv / "bin" / "python", "--constraint", locked(venv.parent), wheel)
    return venv / "bin" / "gateway-dash"


def uv(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "uv", *map(str, arguments)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def locked(folder):
    """The versions of uv.lock, so that the test means the same every day."""
    path = folder / "constraints.txt"
    path.write_text(uv("export", "--frozen", "--no-dev", "--no-hashes", "--no-emit-project", "--project", ROOT))
    return path


def run(command, *arguments, home, **environ):
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("GATEWAY_DASH", "DJANGO", "PYTHON"))
    }
    environ = clean | {"HOME": str(home), "GATEWAY_DASH_SANDBOX_LOGS": "50"} | environ
    return subprocess.Popen([str(command), *arguments], cwd=home, env=environ, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)  # fmt: skip


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_it_holds_templates_static_files_and_migrations_and_no_tests(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("templates", "static"):
        ours = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
        assert {f"gateway_dash/files/{name}" for name in ours} <= names
    assert "gateway_dash/team/migrations/0004_append_only.py" in names
    assert not [name for name in names if name.startswith("tests/") or "sqlite" in name or "/var/" in name]


def test_run_serves_the_sandbox_with_its_pages_and_files(command, tmp_path):
    port = free_port()
    process = run(command, "run", home=tmp_path, PORT=str(port))
    try:
        page = until_it_answers(f"http://127.0.0.1:{port}/login/", process)
        sheet = re.search(r'href="(/static/css/all\.[0-9a-f]+\.css)"', page.text)
        assert sheet
        assert "immutable" in httpx.get(f"http://127.0.0.1:{port}{sheet[1]}").headers["Cache-Control"]
        assert httpx.get(f"http://127.0.0.1:{port}/readyz").json()["ready"] is True
        assert (tmp_path / ".local/share/gateway-dash/var/gateway-dash.sqlite3").is_file()
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=60)
    assert "Sign in as demo with the password" in said
    assert process.returncode == 0


def test_the_server_alone_migrates_nothing_and_says_that_it_is_not_ready(command, tmp_path):
    port = free_port()
    process = run(command, "web", home=tmp_path, PORT=str(port))
    try:
        until_it_answers(f"http://127.0.0.1:{port}/healthz", process)
        answer = httpx.get(f"http://127.0.0.1:{port}/readyz")
        assert (answer.status_code, answer.json()["migrations"][:8]) == (503, "not done")
        migrated = run(command, "migrate", home=tmp_path)
        assert migrated.wait(60) == 0
        migrated.communicate()
        assert httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
    finally:
        process.terminate()
        process.communicate(timeout=60)


def test_what_is_wrong_with_the_settings_is_said(command, tmp_path):
    for arguments in (["check"], ["run"], ["manage", "migrate"], ["worker"]):
        process = run(command, *arguments, home=tmp_path, CLOUDFLARE_API_TOKEN="alone")
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 1, arguments
        assert "CLOUDFLARE_ACCOUNT_ID" in said
        assert "Traceback" not in said


def test_the_command_says_what_it_can_do(command, tmp_path):
    for arguments, code in (([], 0), (["--help"], 0), (["nonsense"], 2)):
        process = run(command, *arguments, home=tmp_path)
        said, _ = process.communicate(timeout=60)
        assert process.returncode == code
        assert "migrate" in said
    sandbox = run(command, "sandbox", "--help", home=tmp_path)
    assert "--ignore-filters" in sandbox.communicate(timeout=60)[0]


def until_it_answers(url, process):
    ends_at = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < ends_at and process.poll() is None:
        try:
            return httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.2)
    process.kill()
    pytest.fail(f"{url} never answered: {process.communicate()[0][-2000:]}")
