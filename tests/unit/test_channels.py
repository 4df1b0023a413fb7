"""Where watches may tell something: what an operator may write, and what arrives at the other end."""

import logging

import pytest
from django.core.management import CommandError, call_command

from gateway_dash import environment, environment_channels
from gateway_dash.environment_channels import Channel
from gateway_dash.watches.channels import BadChannel, channels_are_good, send
from gateway_dash.watches.wording import Told
from tests.receivers import hook, mailbox

SECRET = "canary-hook-9d1f"
FACTS = {"event": "over", "logs": 37, "url": "https://dash.example.com/gateways/prod-edge/logs/"}
SAID = Told("prod-edge: 37 logs", "First line.\nSecond, with <b> & “signs”.", "warning", FACTS)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def operator(settings, tmp_path):
    """What the product reads of the operator's lines."""

    def operator(*lines, **environ):
        environ |= {"GATEWAY_DASH_CHANNELS": "\n".join(lines), "GATEWAY_DASH_DATA_DIR": str(tmp_path)}
        settings.ENVIRONMENT = environment.read(environ, tmp_path)

    return operator


def read(text):
    problems: list[str] = []
    return environment_channels.read(text, problems), problems


def test_one_line_is_one_channel():
    found, problems = read(f"# on call\n\noncall = slack+https://chat.example/{SECRET}\nmail=mailtos://u:p@mx.example")
    assert problems == []
    assert [each.name for each in found] == ["oncall", "mail"]
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("oncall", "line 1: takes “name = address”"),
        ("On call = mailtos://x", "line 1: takes"),
        (f"a = json://{SECRET}\na = json://b", "line 2: there is a channel of that name"),
        (f"a = slack+http://chat.example/{SECRET}", "use https"),
        (f"a = hook+https://chat.example/{SECRET}", "takes webhook+https or slack+https"),
        ("a = webhook+https:///x", "names no host"),
        (f"a = webhook+https://[{SECRET}/x", "names no host"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_by_its_number_and_not_quoted(text, says):
    _found, problems = read(text)
    assert len(problems) == 1
    assert says in problems[0]
    assert SECRET not in problems[0]


def test_this_machine_needs_no_https():
    assert read("a = webhook+http://127.0.0.1:9/x")[1] == []


def test_a_webhook_gets_words_and_the_same_for_programs():
    with hook() as other:
        assert send(Channel("ops", f"webhook+http://{other.address}/in/{SECRET}?key=k%20v"), SAID)
    [(path, sent)] = other.got
    assert path == f"/in/{SECRET}?key=k+v"
    assert sent["title"] == "prod-edge: 37 logs"
    assert sent["message"] == SAID.text
    assert sent["type"] == "warning"
    assert "attachments" not in sent
    assert {name: sent[name] for name in FACTS} == FACTS


def test_a_webhook_as_slack_takes_it_has_one_text():
    with hook() as other:
        assert send(Channel("chat", f"slack+http://{other.address}/hooks/{SECRET}"), SAID)
    assert other.got == [(f"/hooks/{SECRET}", {"text": f"*{SAID.title}*\n{SAID.text}"})]


def test_a_mail_has_the_title_as_its_subject():
    with mailbox() as (box, port):
        url = f"mailto://127.0.0.1:{port}?from=dash@example.com&to=oncall@example.com&mode=insecure"
        assert send(Channel("mail", url), SAID)
    [mail] = box.got
    assert mail["Subject"] == SAID.title
    assert mail["To"] == "oncall@example.com"
    assert "Second, with <b> & “signs”." in mail.get_body(("plain",)).get_content()


@pytest.mark.parametrize("status", [400, 404, 429, 500])
def test_what_is_not_taken_is_not_sent(status):
    with hook() as other:
        other.status = status
        assert not send(Channel("ops", f"webhook+http://{other.address}/"), SAID)
    assert len(other.got) == 1


def test_no_redirect_is_followed():
    with hook() as other, hook() as elsewhere:
        other.status, other.location = 307, f"http://{elsewhere.address}/stolen"
        assert not send(Channel("ops", f"webhook+http://{other.address}/{SECRET}"), SAID)
    assert elsewhere.got == []


def test_nobody_there_is_no_error():
    with hook() as gone:
        pass
    assert not send(Channel("ops", f"webhook+http://{gone.address}/"), SAID)


def test_an_address_that_means_nothing_is_refused_without_its_words():
    with pytest.raises(BadChannel) as refused:
        send(Channel("odd", f"nosuch://{SECRET}"), SAID)
    assert "“odd”" in str(refused.value)
    assert SECRET not in str(refused.value)


def test_it_is_noticed_before_the_start(operator):
    operator("good = json://example.com", f"odd = nosuch://{SECRET}")
    [problem] = channels_are_good()
    assert "“odd”" in problem.msg
    assert SECRET not in str(problem)


def test_the_operator_can_try_a_channel(operator, capsys, caplog):
    caplog.set_level(logging.DEBUG)
    with hook() as other:
        operator(f"ops = webhook+http://{other.address}/{SECRET}")
        call_command("try_channel", "ops")
        assert "The channel ops took it." in capsys.readouterr().out
        assert other.got[0][1]["event"] == "test"
        other.status = 404
        with pytest.raises(CommandError, match="did not take it"):
            call_command("try_channel", "ops")
    assert "404" in capsys.readouterr().err
    with pytest.raises(CommandError, match="names: ops"):
        call_command("try_channel", "other")
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"PORT": "9000"}, "http://127.0.0.1:9000"),
        ({"GATEWAY_DASH_ALLOWED_HOSTS": "dash.example.com"}, "https://dash.example.com"),
        ({"GATEWAY_DASH_ALLOWED_HOSTS": ".example.com"}, "https://example.com"),
        ({"GATEWAY_DASH_ALLOWED_HOSTS": ".example.com", "GATEWAY_DASH_URL": "https://dash.example.com:8443/"},
         "https://dash.example.com:8443"),
        ({"GATEWAY_DASH_URL": "http://127.0.0.1:8123"}, "http://127.0.0.1:8123"),
    ],
)  # fmt: skip
def test_links_begin_where_people_open_the_dashboard(tmp_path, environ, url):
    key = {"GATEWAY_DASH_SECRET_KEY": "k" * 40}
    assert environment.read(environ | key, tmp_path).site_url == url


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("dash.example.com", "as https://dash.example.com"),
        ("http://dash.example.com", "as https://dash.example.com"),
        ("https://dash.example.com/sub", "no path"),
        ("https://other.example.com", "GATEWAY_DASH_ALLOWED_HOSTS does not"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused(tmp_path, url, says):
    environ = {"GATEWAY_DASH_ALLOWED_HOSTS": "dash.example.com", "GATEWAY_DASH_SECRET_KEY": "k" * 40}
    with pytest.raises(environment.ConfigurationError, match=says):
        environment.read(environ | {"GATEWAY_DASH_URL": url}, tmp_path)
