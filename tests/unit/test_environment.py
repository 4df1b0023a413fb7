"""What an operator may set, and how half of it is refused."""

import stat
import threading
from pathlib import Path

import pytest

from gateway_dash import environment
from gateway_dash.environment import ConfigurationError

ACCOUNT = "0123456789abcdef0123456789abcdef"
TOKEN = "canary-token-4f1d0c"
KEY = "k" * 32
REAL = {"CLOUDFLARE_ACCOUNT_ID": ACCOUNT, "CLOUDFLARE_API_TOKEN": TOKEN, "GATEWAY_DASH_SECRET_KEY": KEY}


@pytest.fixture
def read(tmp_path):
    def read(**environ: str):
        return environment.read(environ, tmp_path)

    return read


@pytest.fixture
def problems(read):
    """What is wrong with an environment, one sentence each."""

    def problems(**environ: str) -> list[str]:
        with pytest.raises(ConfigurationError) as refused:
            read(**environ)
        return refused.value.problems

    return problems


def test_with_nothing_set_it_is_the_sandbox_on_this_machine(read, tmp_path):
    found = read()
    assert found.token is None
    assert found.is_local
    assert found.allowed_hosts == ("localhost", "127.0.0.1", "[::1]")
    assert found.deletion is True
    assert found.trust_proxy is False
    assert found.data_dir == tmp_path / "var"
    assert found.sandbox_logs == 20_000


def test_a_real_account_is_asked_at_cloudflare_and_deletes_nothing_until_told(read):
    found = read(**REAL)
    assert (found.account_id, found.token, found.secret_key) == (ACCOUNT, TOKEN, KEY)
    assert found.base_url == "https://api.cloudflare.com/client/v4"
    assert found.deletion is False
    assert read(**REAL, GATEWAY_DASH_DELETION="on").deletion is True


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"CLOUDFLARE_API_TOKEN": TOKEN, "GATEWAY_DASH_SECRET_KEY": KEY}, "CLOUDFLARE_ACCOUNT_ID"),
        ({"CLOUDFLARE_ACCOUNT_ID": ACCOUNT}, "CLOUDFLARE_API_TOKEN"),
        ({"CLOUDFLARE_ACCOUNT_ID": ACCOUNT, "CLOUDFLARE_API_TOKEN": "   "}, "CLOUDFLARE_API_TOKEN"),
        ({"CLOUDFLARE_BASE_URL": "https://api.example/v4"}, "CLOUDFLARE_BASE_URL"),
        ({"CLOUDFLARE_ACCOUNT_ID": ACCOUNT, "CLOUDFLARE_API_TOKEN": TOKEN}, "GATEWAY_DASH_SECRET_KEY"),
        ({"GATEWAY_DASH_ALLOWED_HOSTS": "dash.example"}, "GATEWAY_DASH_SECRET_KEY"),
        (REAL | {"CLOUDFLARE_ACCOUNT_ID": "../accounts"}, "CLOUDFLARE_ACCOUNT_ID"),
        (REAL | {"CLOUDFLARE_ACCOUNT_ID": ACCOUNT + "?x"}, "CLOUDFLARE_ACCOUNT_ID"),
        (REAL | {"CLOUDFLARE_API_TOKEN": "two words"}, "CLOUDFLARE_API_TOKEN"),
        (REAL | {"CLOUDFLARE_API_TOKEN": "line\r\nX-Other: 1"}, "CLOUDFLARE_API_TOKEN"),
        (REAL | {"CLOUDFLARE_API_TOKEN": "bell\x07"}, "CLOUDFLARE_API_TOKEN"),
        (REAL | {"CLOUDFLARE_API_TOKEN": "tökén"}, "CLOUDFLARE_API_TOKEN"),
        (REAL | {"GATEWAY_DASH_SECRET_KEY": "k" * 31}, "GATEWAY_DASH_SECRET_KEY"),
        (REAL | {"GATEWAY_DASH_ALLOWED_HOSTS": "*"}, "GATEWAY_DASH_ALLOWED_HOSTS"),
        (REAL | {"GATEWAY_DASH_ALLOWED_HOSTS": "dash.example, *"}, "GATEWAY_DASH_ALLOWED_HOSTS"),
        (REAL | {"GATEWAY_DASH_DELETION": "maybe"}, "GATEWAY_DASH_DELETION"),
        ({"GATEWAY_DASH_CALLS": "100"}, "GATEWAY_DASH_JOB_CALLS"),
        ({"GATEWAY_DASH_CALLS": "49", "GATEWAY_DASH_JOB_CALLS": "9"}, "GATEWAY_DASH_CALLS"),
        ({"CACHE_URL": "memcached://cache"}, "CACHE_URL"),
        (REAL | {"GATEWAY_DASH_TRUST_PROXY": "2"}, "GATEWAY_DASH_TRUST_PROXY"),
        ({"GATEWAY_DASH_SANDBOX_LOGS": "0"}, "GATEWAY_DASH_SANDBOX_LOGS"),
        ({"GATEWAY_DASH_SANDBOX_LOGS": "2000001"}, "GATEWAY_DASH_SANDBOX_LOGS"),
        ({"GATEWAY_DASH_SANDBOX_LOGS": "many"}, "GATEWAY_DASH_SANDBOX_LOGS"),
    ],
)
def test_half_a_configuration_is_refused_by_name(problems, environ, name):
    found = problems(**environ)
    assert len(found) == 1
    assert name in found[0]


def test_every_problem_is_told_at_once(problems):
    found = problems(
        CLOUDFLARE_API_TOKEN="two words",
        CLOUDFLARE_BASE_URL="ftp://example",
        DATABASE_URL="mysql://root@db/x",
        GATEWAY_DASH_ALLOWED_HOSTS="*",
        GATEWAY_DASH_DELETION="perhaps",
    )
    text = "\n".join(found)
    for name in ("CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_API_TOKEN", "CLOUDFLARE_BASE_URL", "DATABASE_URL",
                 "GATEWAY_DASH_ALLOWED_HOSTS", "GATEWAY_DASH_DELETION", "GATEWAY_DASH_SECRET_KEY"):  # fmt: skip
        assert name in text
    assert str(ConfigurationError(found)).count("\n  - ") == len(found)


# --- secrets from files ----------------------------------------------------------------------------------------------


def test_secrets_can_come_from_files(read, tmp_path):
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    (tmp_path / "key").write_text(f"  {KEY}\n")
    (tmp_path / "database").write_text("postgres://dash:pw@db/dash\n")
    found = read(
        CLOUDFLARE_ACCOUNT_ID=ACCOUNT,
        CLOUDFLARE_API_TOKEN_FILE=str(tmp_path / "token"),
        GATEWAY_DASH_SECRET_KEY_FILE=str(tmp_path / "key"),
        DATABASE_URL_FILE=str(tmp_path / "database"),
    )
    assert (found.token, found.secret_key, found.database["PASSWORD"]) == (TOKEN, KEY, "pw")


def test_a_secret_given_in_both_ways_is_refused(problems, tmp_path):
    (tmp_path / "token").write_text(TOKEN)
    found = problems(**REAL, CLOUDFLARE_API_TOKEN_FILE=str(tmp_path / "token"))
    assert found == ["CLOUDFLARE_API_TOKEN and CLOUDFLARE_API_TOKEN_FILE are both set: set one of them."]


@pytest.mark.parametrize("content", [None, b"", b"  \n", b"\xff\xfe"])
def test_a_token_file_without_a_token_never_becomes_the_sandbox(problems, tmp_path, content):
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    found = problems(CLOUDFLARE_ACCOUNT_ID=ACCOUNT, CLOUDFLARE_API_TOKEN_FILE=str(tmp_path / "token"))
    assert len(found) == 1
    assert "CLOUDFLARE_API_TOKEN_FILE" in found[0]


# --- the base URL -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://api.cloudflare.com/client/v4",
        "https://proxy.example:8443/a/b-c/v4/",
        "http://localhost:8787/client/v4",
        "http://127.0.0.1:8787",
        "http://[::1]:8787/client/v4",
    ],
)
def test_the_token_travels_by_https_or_stays_on_this_machine(read, url):
    assert read(**REAL, CLOUDFLARE_BASE_URL=url).base_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://api.cloudflare.com/client/v4",
        "http://127.0.0.1.evil.example/client/v4",
        "http://localhost.evil.example/",
        "http://127.0.0.1@evil.example/",
        "https://user:password@api.example/",
        "https://:password@api.example/",
        "https://api.example/v4?x=1",
        "https://api.example/v4#x",
        "https://api.example/v4/../v5",
        "https://api.example/./v4",
        "https://api.example/%2e%2e/v4",
        "https://api.example:99999/",
        "https://api.example:port/",
        "https://api example/",
        "https://api.example/v4\nX: 1",
        "https://[::1/",
        "https:///v4",
        "//api.example/v4",
        "ftp://api.example/",
        "file:///etc/passwd",
        "api.example",
    ],
)
def test_a_base_url_that_could_mislead_the_token_is_refused(problems, url):
    found = problems(**REAL, CLOUDFLARE_BASE_URL=url)
    assert len(found) == 1
    assert "CLOUDFLARE_BASE_URL" in found[0]
    assert "password" not in found[0]


# --- the database -----------------------------------------------------------------------------------------------------


def test_the_database_is_a_file_in_the_data_directory(read, tmp_path):
    folder = tmp_path / "a#b?c%41 d"
    found = read(GATEWAY_DASH_DATA_DIR=str(folder)).database
    assert found["ENGINE"] == "django.db.backends.sqlite3"
    assert found["NAME"] == str(folder / "gateway-dash.sqlite3")
    assert "journal_mode=WAL" in str(found["OPTIONS"])


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite:////srv/dash/db.sqlite3", "/srv/dash/db.sqlite3"),
        ("sqlite:///relative/db.sqlite3", "relative/db.sqlite3"),
        ("sqlite:////srv/my%20dash.sqlite3", "/srv/my dash.sqlite3"),
    ],
)
def test_sqlite_can_live_elsewhere(read, url, name):
    assert read(DATABASE_URL=url).database["NAME"] == name


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgres_is_spelled_as_a_url(read, scheme):
    found = read(DATABASE_URL=f"{scheme}://da%40sh:p%2Fw%3A@db.example:5433/dash").database
    assert found == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "dash",
        "USER": "da@sh",
        "PASSWORD": "p/w:",
        "HOST": "db.example",
        "PORT": 5433,
        "OPTIONS": {"connect_timeout": 2},
    }


@pytest.mark.parametrize(
    "url",
    [
        "mysql://root:hunter2@db/x",
        "postgres://dash:hunter2@db",
        "postgres://dash:hunter2@db/",
        "postgres://dash:hunter2@db:port/dash",
        "postgres://dash:hunter2@[db/dash",
        "postgres://dash:hunter2@db:99999/dash",
        "sqlite://",
        "sqlite:///",
        "sqlite://var/db.sqlite3",
        "sqlite://:memory:",
        "db.sqlite3",
    ],
)
def test_a_database_that_cannot_be_read_is_refused_without_its_password(problems, url):
    found = problems(DATABASE_URL=url)
    assert found == ["DATABASE_URL must be sqlite:///path or postgres://user:password@host/name."]


# --- the key that signs -----------------------------------------------------------------------------------------------


def test_the_sandbox_keeps_a_key_of_its_own(read, tmp_path):
    first, second = read().secret_key, read().secret_key
    assert first == second
    assert len(first) >= 48
    assert stat.S_IMODE((tmp_path / "var" / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret-key"]


def test_two_machines_do_not_share_a_key(tmp_path):
    keys = {environment.read({}, tmp_path / name).secret_key for name in "abc"}
    assert len(keys) == 3


def test_workers_that_start_at_once_agree_on_the_key(read):
    start, keys = threading.Barrier(8), []

    def worker() -> None:
        start.wait()
        keys.append(read().secret_key)

    threads = [threading.Thread(target=worker) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert len(keys[0]) >= 48


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 64])
def test_a_broken_key_file_signs_nothing(problems, tmp_path, content):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secret-key").write_bytes(content)
    assert len(problems()) == 1


def test_a_data_directory_that_cannot_be_made_is_told(problems, tmp_path):
    (tmp_path / "file").write_text("")
    (problem,) = problems(GATEWAY_DASH_DATA_DIR=str(tmp_path / "file" / "var"))
    assert "GATEWAY_DASH_DATA_DIR" in problem


@pytest.mark.parametrize("hosts", ["dash.example", "localhost,dash.example", "192.0.2.7"])
def test_the_kept_key_serves_this_machine_only(problems, tmp_path, hosts):
    (problem,) = problems(GATEWAY_DASH_ALLOWED_HOSTS=hosts)
    assert "GATEWAY_DASH_SECRET_KEY" in problem
    assert not (tmp_path / "var").exists()


def test_other_hosts_are_not_local(read):
    found = read(**REAL, GATEWAY_DASH_ALLOWED_HOSTS=" dash.example , 127.0.0.1,")
    assert found.allowed_hosts == ("dash.example", "127.0.0.1")
    assert not found.is_local


# --- switches, and what is shown --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "is_on"), [("on", True), ("TRUE", True), ("1", True), ("off", False), ("0", False)])
def test_switches_are_on_or_off(read, text, is_on):
    assert read(GATEWAY_DASH_DELETION=text, GATEWAY_DASH_TRUST_PROXY=text).deletion is is_on
    assert read(GATEWAY_DASH_TRUST_PROXY=text).trust_proxy is is_on


def test_the_token_is_in_no_text_of_the_environment(read):
    found = read(**REAL, DATABASE_URL="postgres://dash:hunter2@db/dash")
    for text in (repr(found), str(found), f"{found}"):
        assert TOKEN not in text
        assert KEY not in text
        assert "hunter2" not in text
        assert ACCOUNT in text


def test_no_secret_is_in_a_refusal(problems):
    environ = {**REAL, "CLOUDFLARE_API_TOKEN": TOKEN + " x", "GATEWAY_DASH_SECRET_KEY": "shortsecret"}
    text = "\n".join(problems(**environ))
    assert TOKEN not in text
    assert "shortsecret" not in text


def test_the_data_directory_can_be_chosen(read, tmp_path):
    assert read(GATEWAY_DASH_DATA_DIR=str(tmp_path / "elsewhere")).data_dir == Path(tmp_path / "elsewhere")
