"""`./run`, from a bare machine on: which Python it takes, what it says when there is none, what its exit codes are."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
TOOLS = ("sh", "cat", "cksum", "dirname", "env", "find", "flock", "grep", "id", "rm")
Run = Callable[..., subprocess.CompletedProcess[str]]

DEAD_SHIM = 'echo "pyenv: $0: command not found" >&2\nexit 127'
NEW_ENOUGH = '[ "$1" = -c ] && exit 0\n[ "$1" = --version ] && echo "Python 3.12.0" && exit 0\nexit 1'
WITHOUT_VENV = '[ "$1" = -c ] && exit 3\nexit 1'
# The real thing, made to believe that it is old: so the question that `./run` asks is answered in earnest.
TOO_OLD = f"exec '{sys.executable}' -c 'import sys; sys.version_info = (3, 11, 7); exec(sys.argv[1])' \"$2\""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what `./run` needs, in a path with a space, and a PATH of its own with no Python on it."""
    checkout = tmp_path / "a checkout"
    (checkout / "bin").mkdir(parents=True)
    (checkout / "tests" / "browser").mkdir(parents=True)
    for name in ("run", "uv.lock", "pyproject.toml"):
        shutil.copy2(PROJECT / name, checkout / name)
    for tool in TOOLS:
        if found := shutil.which(tool):
            (checkout / "bin" / tool).symlink_to(found)
    return checkout


@pytest.fixture
def run(checkout: Path) -> Run:
    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        bare = {"PATH": str(checkout / "bin"), "HOME": str(checkout / "home"), **environment}
        command = [str(checkout / "run"), *arguments]
        return subprocess.run(command, env=bare, cwd="/", capture_output=True, text=True, timeout=60, check=False)

    return run


def fake(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def make_environment(checkout: Path, python: str, groups: str = "dev") -> None:
    """A .venv that `./run` takes for complete."""
    contents = (checkout / "uv.lock").read_bytes() + (checkout / "pyproject.toml").read_bytes()
    lock = subprocess.run(["cksum"], input=contents, capture_output=True, check=True).stdout.decode().strip()
    fake(checkout / ".venv" / "bin" / "python", f'[ "$1" = -c ] && exit 0\n{python}')
    (checkout / ".venv" / ".stamp").write_text(f"{lock} {groups}\n")


# --- Finding Python ---------------------------------------------------------------------------------------------------


def test_without_python_it_says_so_in_a_sentence(run):
    answer = run("app")
    assert answer.returncode == 1
    assert answer.stderr.startswith("Gateway Dash needs Python 3.12 or newer, and none was found.")
    assert answer.stdout == ""


def test_a_python_that_is_too_old_is_not_taken(run, checkout):
    fake(checkout / "bin" / "python3", TOO_OLD)
    assert "none was found" in run("app").stderr


def test_a_dead_shim_is_passed_over(run, checkout):
    fake(checkout / "bin" / "python3.13", DEAD_SHIM)
    fake(checkout / "bin" / "python3.12", NEW_ENOUGH)
    answer = run("app")
    assert answer.returncode == 1
    assert "python3.12 could not make a virtual environment" in answer.stderr  # so that is the one it chose


def test_pyenv_is_searched_where_path_has_only_an_old_python(run, checkout):
    fake(checkout / "bin" / "python3", TOO_OLD)
    for version in ("3.11.7", "3.12.1", "3.13.0"):
        fake(checkout / "home" / ".pyenv" / "versions" / version / "bin" / "python3", NEW_ENOUGH)
    assert "versions/3.13.0/bin/python3 could not make" in run("app").stderr
    elsewhere = checkout / "pyenv of mine"
    fake(elsewhere / "versions" / "3.12.4" / "bin" / "python3", NEW_ENOUGH)
    assert "versions/3.12.4/bin/python3 could not make" in run("app", PYENV_ROOT=str(elsewhere)).stderr


def test_a_python_without_venv_is_told_apart(run, checkout):
    fake(checkout / "bin" / "python3", WITHOUT_VENV)
    answer = run("app")
    assert answer.returncode == 1
    assert "apt-get install python3-venv" in answer.stderr


def test_the_python_one_names_is_taken_or_refused(run, checkout):
    fake(checkout / "bin" / "python3.13", NEW_ENOUGH)
    fake(checkout / "mine", NEW_ENOUGH)
    assert "mine could not make" in run("app", PYTHON=str(checkout / "mine")).stderr
    assert "PYTHON=/nowhere is not a Python 3.12 or newer" in run("app", PYTHON="/nowhere").stderr


# --- With an environment ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("groups", "command"),
    [
        *(("app", "manage"), ("dev", "manage")),
        *(("dev", "test"), ("bench", "test"), ("fuzz", "test")),
        *(("bench", "bench"), ("fuzz", "bench"), ("fuzz", "fuzz")),
    ],
)
def test_a_complete_environment_is_used_at_once(run, checkout, groups, command):
    make_environment(checkout, 'echo "$PWD" "$@"', groups)
    answer = run(command, "an argument")
    assert answer.returncode == 0
    assert answer.stdout.startswith(f"{checkout} ")
    assert answer.stdout.endswith(" an argument\n")


def test_what_the_app_needs_is_not_enough_for_the_tests(run, checkout):
    make_environment(checkout, "exit 0", "app")
    assert "none was found" in run("test").stderr  # it went to look for a Python to make the rest with


def test_what_the_tests_need_is_not_enough_to_invent_bodies(run, checkout):
    make_environment(checkout, "exit 0", "dev")
    assert "none was found" in run("fuzz").stderr


def test_what_the_tests_need_is_not_enough_to_measure_beside_the_peers(run, checkout):
    make_environment(checkout, "exit 0", "dev")
    assert "none was found" in run("bench").stderr


def test_a_changed_lock_is_noticed(run, checkout):
    make_environment(checkout, "exit 0")
    with (checkout / "uv.lock").open("a") as lock:
        lock.write("# changed\n")
    assert "none was found" in run("manage").stderr


def test_exit_codes_reach_the_caller(run, checkout):
    make_environment(checkout, "exit 7")
    (checkout / "templates").mkdir()
    assert run("test").returncode == 7
    assert run("test", "tests/unit").returncode == 7
    assert run("manage", "check").returncode == 7
    answer = run("check")
    assert answer.returncode == 1
    assert re.search(r"^Failed: format, lint, types, .*migrations\.$", answer.stderr, re.MULTILINE)
    assert run("nonsense").returncode == 2


def test_browser_tests_are_left_out_only_where_nobody_requires_them(run, checkout):
    make_environment(checkout, "exit 0")
    answer = run("test")
    assert answer.returncode == 0
    assert "the browser tests were left out" in answer.stderr
    assert run("test", REQUIRE_BROWSER="1").returncode == 1
    fake(checkout / "bin" / "chromium", "exit 0")
    assert run("test", REQUIRE_BROWSER="1").returncode == 0


def test_a_failing_browser_test_fails_the_whole(run, checkout):
    make_environment(checkout, 'case "$*" in *tests/browser*) exit 1 ;; esac')
    fake(checkout / "bin" / "chromium", "exit 0")
    assert run("test").returncode == 1


def test_root_gets_a_chromium_and_others_an_explanation(run, checkout):
    fake(checkout / "bin" / "apt-get", 'echo "$@"')
    (checkout / "bin" / "id").unlink()
    fake(checkout / "bin" / "id", "echo 1000")
    assert "Only root" in run("chromium").stderr
    fake(checkout / "bin" / "id", "echo 0")
    assert re.fullmatch(r"update .*\ninstall .* chromium .*\n", run("chromium").stdout)
    fake(checkout / "bin" / "chromium", "exit 0")
    assert run("chromium").stdout == ""  # it is there


# --- Files that must agree --------------------------------------------------------------------------------------------


def test_the_lock_was_made_from_this_pyproject():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    lock = tomllib.loads((PROJECT / "uv.lock").read_text())
    ours = next(package for package in lock["package"] if package["name"] == project["project"]["name"])
    wanted = [
        *project["project"]["dependencies"],
        *(each for extra in project["project"]["optional-dependencies"].values() for each in extra),
    ]
    written = [re.split(r"[\[<>=~!; ]", each)[0].lower() for each in wanted]
    assert sorted(written) == sorted(each["name"] for each in ours["metadata"]["requires-dist"])
    assert lock["requires-python"] == project["project"]["requires-python"]


def test_make_and_ci_only_call_run():
    makefile = (PROJECT / "Makefile").read_text()
    assert {line.split(":")[0] for line in makefile.splitlines() if "./run" in line} >= {
        "run",
        "test",
        "check",
        "bench",
    }
    for script in ("run", ".ci/run"):
        assert os.access(PROJECT / script, os.X_OK)
