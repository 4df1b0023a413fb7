"""What an operator may set about signing in, and how half of it is refused."""

import pytest

from gateway_dash import environment, launch
from gateway_dash.environment import ConfigurationError
from gateway_dash.ways_in import WaysIn
from tests.assertions import settings_with

AUDIENCE = "0123456789abcdef" * 4
SECRET = "canary-" + "s" * 32
ACCESS = {"GATEWAY_DASH_ACCESS_TEAM": "example", "GATEWAY_DASH_ACCESS_AUDIENCE": AUDIENCE}
PROXY = {"GATEWAY_DASH_PROXY_USER_HEADER": "X-Forwarded-Email", "GATEWAY_DASH_PROXY_SECRET": SECRET}
PASSWORD = "django.contrib.auth.backends.ModelBackend"
PROVEN = "gateway_dash.team.proven.Proven"


@pytest.fixture
def read(tmp_path):
    return lambda **environ: environment.read(environ, tmp_path).ways_in


@pytest.fixture
def problems(read):
    """What is wrong with an environment, one sentence each."""

    def problems(**environ: str) -> list[str]:
        with pytest.raises(ConfigurationError) as refused:
            read(**environ)
        return refused.value.problems

    return problems


@pytest.fixture
def started(monkeypatch, tmp_path):
    """Django's settings as they are with these environment variables."""

    return lambda **environ: settings_with(monkeypatch, tmp_path, **environ)


# --- what is on


def test_nothing_but_passwords_unless_somebody_says_so(read, started):
    found = read()
    assert found == WaysIn()
    assert found.password
    assert (found.middleware, found.backends) == ([], [PASSWORD])
    assert not [each for each in started()["MIDDLEWARE"] if each.startswith("gateway_dash.team")]


def test_access_needs_a_team_and_an_audience(read):
    found = read(**ACCESS)
    assert (found.access_team, found.access_audience) == ("example", AUDIENCE)
    assert found.access_issuer == "https://example.cloudflareaccess.com"
    assert found.backends == [PASSWORD, PROVEN]


def test_a_proxy_needs_a_header_and_a_secret(read, tmp_path):
    found = read(**PROXY)
    assert (found.proxy_header, found.proxy_secret) == ("X-Forwarded-Email", SECRET)
    assert found.backends == [PASSWORD, PROVEN]
    (tmp_path / "secret").write_text(SECRET + "\n")
    others = {"GATEWAY_DASH_PROXY_SECRET": "", "GATEWAY_DASH_PROXY_SECRET_FILE": str(tmp_path / "secret")}
    assert read(**PROXY | others) == found


@pytest.mark.parametrize("way", [ACCESS, PROXY])
def test_passwords_can_be_off_where_there_is_another_way(read, way):
    found = read(**way, GATEWAY_DASH_PASSWORD_SIGN_IN="off")
    assert not found.password
    assert found.backends == [PROVEN]


@pytest.mark.parametrize(("way", "module"), [(ACCESS, "access"), (PROXY, "proxy")])
def test_the_door_stands_before_every_page_and_after_the_session(started, way, module):
    found = started(**way, GATEWAY_DASH_PASSWORD_SIGN_IN="off")
    order = found["MIDDLEWARE"]
    place = order.index(f"gateway_dash.team.{module}.middleware")
    assert place > order.index("django.contrib.auth.middleware.AuthenticationMiddleware")
    assert place > order.index("django_htmx.middleware.HtmxMiddleware")
    assert len([each for each in order if each.startswith("gateway_dash.team")]) == 1
    assert found["AUTHENTICATION_BACKENDS"] == [PROVEN]


# --- what is refused


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"GATEWAY_DASH_ACCESS_TEAM": "example"}, "GATEWAY_DASH_ACCESS_AUDIENCE"),
        ({"GATEWAY_DASH_ACCESS_AUDIENCE": AUDIENCE}, "GATEWAY_DASH_ACCESS_TEAM"),
        (ACCESS | {"GATEWAY_DASH_ACCESS_AUDIENCE": AUDIENCE[:-1]}, "GATEWAY_DASH_ACCESS_AUDIENCE"),
        (ACCESS | {"GATEWAY_DASH_ACCESS_AUDIENCE": AUDIENCE + "0"}, "GATEWAY_DASH_ACCESS_AUDIENCE"),
        (ACCESS | {"GATEWAY_DASH_ACCESS_AUDIENCE": "g" * 64}, "GATEWAY_DASH_ACCESS_AUDIENCE"),
        ({"GATEWAY_DASH_PROXY_USER_HEADER": "X-Forwarded-Email"}, "GATEWAY_DASH_PROXY_SECRET"),
        ({"GATEWAY_DASH_PROXY_SECRET": SECRET}, "GATEWAY_DASH_PROXY_USER_HEADER"),
        (PROXY | {"GATEWAY_DASH_PROXY_SECRET": "s" * 31}, "GATEWAY_DASH_PROXY_SECRET"),
        (PROXY | {"GATEWAY_DASH_PROXY_SECRET": "two words " * 8}, "GATEWAY_DASH_PROXY_SECRET"),
        (PROXY | {"GATEWAY_DASH_PROXY_SECRET": "ß" * 40}, "GATEWAY_DASH_PROXY_SECRET"),
        ({"GATEWAY_DASH_PASSWORD_SIGN_IN": "off"}, "GATEWAY_DASH_PASSWORD_SIGN_IN"),
        ({"GATEWAY_DASH_PASSWORD_SIGN_IN": "perhaps"}, "GATEWAY_DASH_PASSWORD_SIGN_IN"),
        (ACCESS | PROXY, "GATEWAY_DASH_ACCESS_… and GATEWAY_DASH_PROXY_…"),
    ],
)
def test_half_a_way_in_is_refused_by_name(problems, environ, name):
    found = problems(**environ)
    assert len(found) == 1
    assert name in found[0]


def test_a_secret_file_that_cannot_be_read_is_one_problem(problems):
    environ = PROXY | {"GATEWAY_DASH_PROXY_SECRET": "", "GATEWAY_DASH_PROXY_SECRET_FILE": "/nowhere"}
    (problem,) = problems(**environ)
    assert "GATEWAY_DASH_PROXY_SECRET_FILE cannot be read" in problem


@pytest.mark.parametrize(
    "team",
    [
        "example.cloudflareaccess.com",
        "https://example.cloudflareaccess.com",
        "example.evil",
        "evil.example/",
        "evil.example#",
        "evil.example?",
        "evil.example\\",
        "evil@example",
        "evil:8443",
        "[::1]",
        "localhost/..",
        "%2e",
        "a b",
        "a\nb",
        "EXAMPLE",
        "exämple",
        "-example",
        "example-",
        "a_b",
        "a" * 64,
        ".",
        "*",
    ],
)
def test_a_team_that_could_lead_to_another_address_is_refused(problems, team):
    (problem,) = problems(**ACCESS | {"GATEWAY_DASH_ACCESS_TEAM": team})
    assert problem.startswith("GATEWAY_DASH_ACCESS_TEAM takes the team's name alone")


@pytest.mark.parametrize("team", ["a", "example", "ex-am-ple", "0x", "a" * 63])
def test_a_teams_name_is_one_label_of_a_host(read, team):
    assert read(**ACCESS | {"GATEWAY_DASH_ACCESS_TEAM": team}).access_issuer == f"https://{team}.cloudflareaccess.com"


@pytest.mark.parametrize(
    "header",
    [
        "X_Forwarded_Email",
        "X-Forwarded_Email",
        "HTTP_X_FORWARDED_EMAIL",
        "X-Forwarded-Email:",
        "X Forwarded Email",
        "X-Forwarded-Email\nX",
        "X--Email",
        "-Email",
        "X-Email-",
        "X-Émail",
        "7-Email",
        "X." * 3,
        "X" * 65,
        "Host",
        "cookie",
        "Authorization",
        "Content-Type",
        "X-Forwarded-For",
        "X-Forwarded-Proto",
        "x-gateway-dash-proxy-secret",
    ],
)
def test_a_header_that_visitors_could_spell_otherwise_or_that_is_for_something_else_is_refused(problems, header):
    (problem,) = problems(**PROXY | {"GATEWAY_DASH_PROXY_USER_HEADER": header})
    assert problem.startswith("GATEWAY_DASH_PROXY_USER_HEADER takes the name of a header for this alone")


def test_every_problem_is_told_at_once_and_no_secret_is(problems):
    found = problems(
        GATEWAY_DASH_ACCESS_TEAM="evil.example/",
        GATEWAY_DASH_ACCESS_AUDIENCE="short",
        GATEWAY_DASH_PROXY_USER_HEADER="X_Email",
        GATEWAY_DASH_PROXY_SECRET="canary-short",
        GATEWAY_DASH_PASSWORD_SIGN_IN="perhaps",
        GATEWAY_DASH_ALLOWED_HOSTS="*",
    )
    text = "\n".join(found)
    for name in ("ACCESS_TEAM", "ACCESS_AUDIENCE", "PROXY_USER_HEADER", "PROXY_SECRET", "PASSWORD_SIGN_IN", "HOSTS"):
        assert name in text
    assert "both set" in text
    assert "canary" not in text


def test_the_secret_is_in_no_text_of_the_environment(read, tmp_path):
    for found in (read(**PROXY), environment.read(PROXY, tmp_path)):
        for text in (repr(found), str(found), f"{found}"):
            assert SECRET not in text


# --- at the start


def test_a_proxy_is_not_believed_by_a_server_that_takes_headers_in_a_second_spelling(tmp_path):
    settings = environment.read(PROXY, tmp_path)
    launch.refuse_a_second_spelling("gunicorn", settings)  # and does not exit
    with pytest.raises(SystemExit, match="needs gunicorn"):
        launch.refuse_a_second_spelling("granian", settings)
    launch.refuse_a_second_spelling("granian", environment.read(ACCESS, tmp_path))  # which is signed
