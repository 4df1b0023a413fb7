"""What an operator may set about signing in, and how half of it is refused."""

from typing import Any

import pytest

from gateway_dash import environment, environment_signin

OIDC = {
    "GATEWAY_DASH_OIDC_URL": "https://login.example.com/realm",
    "GATEWAY_DASH_OIDC_CLIENT_ID": "dash",
    "GATEWAY_DASH_OIDC_CLIENT_SECRET": "canary-secret",
    "GATEWAY_DASH_OIDC_DOMAINS": "example.com",
}


@pytest.fixture
def read(tmp_path):
    def read(**environ: str):
        return environment.read(environ, tmp_path)

    return read


@pytest.fixture
def problems(read):
    """What is wrong with an environment, one sentence each."""

    def problems(**environ: str) -> list[str]:
        with pytest.raises(environment.ConfigurationError) as refused:
            read(**environ)
        return refused.value.problems

    return problems


def test_by_default_there_are_passwords_and_nothing_else(read):
    found = read()
    assert found.oidc is None
    assert found.ways_in.password is True
    assert found.second_factor == "optional"
    assert environment_signin.providers(found.oidc) == {}


def test_a_whole_provider_is_read(read, tmp_path):
    (tmp_path / "secret").write_text("of-a-file\n")
    environ = OIDC | {
        "GATEWAY_DASH_OIDC_URL": "https://login.example.com/realm/",
        "GATEWAY_DASH_OIDC_NAME": "Our Login",
        "GATEWAY_DASH_OIDC_DOMAINS": " Example.com, example.org ,",
        "GATEWAY_DASH_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "secret"),
        "GATEWAY_DASH_PASSWORD_SIGN_IN": "off",
        "GATEWAY_DASH_MFA": "required",
    }
    del environ["GATEWAY_DASH_OIDC_CLIENT_SECRET"]
    found = read(**environ)
    assert found.oidc == environment_signin.Oidc(
        "https://login.example.com/realm", "dash", "of-a-file", "Our Login", ("example.com", "example.org")
    )
    assert found.ways_in.password is False
    assert found.second_factor == "required"
    apps: Any = environment_signin.providers(found.oidc)["oidc"]
    (app,) = apps["APPS"]
    assert app["provider_id"] == "https://login.example.com/realm"
    assert app["settings"]["oauth_pkce_enabled"] is True


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000", "http://localhost/realm", "http://[::1]:9000/"])
def test_plain_http_is_for_this_machine(read, url):
    assert read(**OIDC | {"GATEWAY_DASH_OIDC_URL": url}).oidc.url == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://login.example.com",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "ftp://login.example.com",
        "login.example.com",
        "https://user:pw@login.example.com",
        "https://login.example.com/?realm=1",
        "https://login.example.com/../x",
        "https://login.example.com/#x",
        "https://login.example.com/\n",
        "https://login.example.com/" + "x" * 200,
    ],
)
def test_an_issuer_that_could_mislead_is_refused(problems, url):
    if url.endswith("\n"):
        url += "x"
    (problem,) = problems(**OIDC | {"GATEWAY_DASH_OIDC_URL": url})
    assert "GATEWAY_DASH_OIDC_URL must be" in problem


@pytest.mark.parametrize("name", [each for each in OIDC if each != "GATEWAY_DASH_OIDC_URL"])
def test_half_a_provider_is_refused_by_name(problems, name):
    (problem,) = problems(**{key: value for key, value in OIDC.items() if key != name})
    assert name in problem


@pytest.mark.parametrize(
    "name", [*(each for each in OIDC if each != "GATEWAY_DASH_OIDC_URL"), "GATEWAY_DASH_OIDC_NAME"]
)
def test_a_provider_without_its_issuer_is_refused(problems, name):
    (problem,) = problems(**{name: "example.com"})
    assert "GATEWAY_DASH_OIDC_URL" in problem


@pytest.mark.parametrize(
    "domains", ["*", "*.example.com", "kim@example.com", "@example.com", "example", "a b.com", "-.com"]
)
def test_a_domain_is_one_domain(problems, domains):
    (problem,) = problems(**OIDC | {"GATEWAY_DASH_OIDC_DOMAINS": domains})
    assert "GATEWAY_DASH_OIDC_DOMAINS takes" in problem


def test_passwords_cannot_be_switched_off_without_another_way(problems):
    (problem,) = problems(GATEWAY_DASH_PASSWORD_SIGN_IN="off")
    assert "GATEWAY_DASH_PASSWORD_SIGN_IN" in problem


@pytest.mark.parametrize("value", ["on", "off", "yes"])
def test_a_second_factor_is_optional_or_required(problems, value):
    assert problems(GATEWAY_DASH_MFA=value) == ["GATEWAY_DASH_MFA takes one of optional, required."]


def test_they_are_told_with_all_the_others(problems):
    found = problems(GATEWAY_DASH_OIDC_URL="ftp://x", GATEWAY_DASH_DELETION="perhaps", GATEWAY_DASH_MFA="maybe")
    text = "\n".join(found)
    for name in ("OIDC_URL", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_DOMAINS", "DELETION", "MFA"):
        assert name in text


def test_the_secret_is_in_no_text_and_in_no_refusal(read, problems):
    found = read(**OIDC)
    assert "canary-secret" not in repr(found) + repr(found.oidc)
    assert "canary-secret" not in str(problems(**OIDC | {"GATEWAY_DASH_OIDC_DOMAINS": "*"}))
