"""Settings of what the operator is told: half of one is refused, with words."""

import sys

import pytest

from gateway_dash import environment, environment_telemetry


def read(tmp_path, **environ):
    return environment.read({"GATEWAY_DASH_DATA_DIR": str(tmp_path), **environ}, tmp_path).telemetry


def test_by_default_nothing_leaves(tmp_path):
    found = read(tmp_path)
    assert (found.otlp, found.sentry_dsn) == ("", "")


@pytest.mark.parametrize(("is_terminal", "form"), [(True, "text"), (False, "json")])
def test_a_terminal_gets_lines_for_people_and_a_file_gets_json(tmp_path, monkeypatch, is_terminal, form):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal, raising=False)
    assert read(tmp_path).log == form
    assert read(tmp_path, GATEWAY_DASH_LOG="json").log == "json"
    assert read(tmp_path, GATEWAY_DASH_LOG="Text").log == "text"


GOOD = {
    "OTEL_EXPORTER_OTLP_ENDPOINT": ["http://127.0.0.1:4318", "https://otel.example.com/otlp", "http://collector:4318"],
    "SENTRY_DSN": ["https://abc123@errors.example.com/7", "http://abc@127.0.0.1:9000/1", "https://a@o1.x.example/p/2"],
}
BAD = {
    "GATEWAY_DASH_LOG": ["yaml"],
    "OTEL_EXPORTER_OTLP_ENDPOINT": ["collector:4317", "grpc://x", "http://user:secret-word@x", "http://x/?a=secret-word"],
    "SENTRY_DSN": ["on", "https://errors.example.com/7", "http://secret-word@errors.example.com/7", "https://secret-word@x"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in GOOD.items() for text in texts])
def test_an_address_is_taken(tmp_path, name, text):
    found = read(tmp_path, **{name: text})
    assert text in (found.otlp, found.sentry_dsn)
    assert text not in repr(found)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BAD.items() for text in texts])
def test_what_is_none_is_refused_and_not_repeated(tmp_path, name, text):
    with pytest.raises(environment.ConfigurationError, match=name) as refused:
        read(tmp_path, **{name: text})
    assert "secret-word" not in str(refused.value)


def test_a_dsn_may_come_from_a_file(tmp_path):
    (tmp_path / "dsn").write_text("https://abc123@errors.example.com/7\n")
    assert read(tmp_path, SENTRY_DSN_FILE=str(tmp_path / "dsn")).sentry_dsn == "https://abc123@errors.example.com/7"


@pytest.mark.parametrize(("name", "extra"), [("OTEL_EXPORTER_OTLP_ENDPOINT", "otel"), ("SENTRY_DSN", "sentry")])
def test_without_its_packages_the_start_is_refused_with_the_command(tmp_path, monkeypatch, name, extra):
    monkeypatch.setattr(environment_telemetry, "_is_there", lambda _module: False)
    with pytest.raises(environment.ConfigurationError, match=rf"{name} is set, .*--extra {extra}"):
        read(tmp_path, **{name: GOOD[name][0]})


def test_packages_that_are_not_there_are_not_there():
    assert not environment_telemetry._is_there("no_such_package.at.all")
    assert environment_telemetry._is_there("opentelemetry.exporter.otlp.proto.http")
