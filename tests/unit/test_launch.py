"""What `make run` refuses before it starts anything."""

import pytest

from gateway_dash import environment, launch
from gateway_dash.gateway.limits import SLOTS
from gateway_dash.telemetry import server


def read(tmp_path, **environ):
    return environment.read({"GATEWAY_DASH_DATA_DIR": str(tmp_path), **environ}, tmp_path)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])  # noqa: S104 - that it is refused is the point
def test_the_sandbox_with_its_kept_key_is_for_this_machine_alone(tmp_path, host):
    with pytest.raises(SystemExit, match="GATEWAY_DASH_SECRET_KEY"):
        launch.refuse_strangers(host, read(tmp_path))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_needs_no_key_of_its_own(tmp_path, host):
    launch.refuse_strangers(host, read(tmp_path))  # and does not exit


def test_with_a_key_of_its_own_it_may_listen_everywhere(tmp_path):
    settings = read(tmp_path, GATEWAY_DASH_SECRET_KEY="k" * 40)
    launch.refuse_strangers("0.0.0.0", settings)  # noqa: S104 - and does not exit


@pytest.mark.parametrize("server", launch.SERVERS)
def test_there_are_threads_enough_for_all_that_wait_and_as_many_others(server):
    command = launch.server_command(server, "127.0.0.1", 8000)
    name = "--threads" if server == "gunicorn" else "--blocking-threads"
    assert int(command[command.index(name) + 1]) >= 2 * sum(SLOTS.values())


def test_gunicorn_believes_nobody_about_https():
    command = launch.server_command("gunicorn", "127.0.0.1", 8000)
    assert command[command.index("--forwarded-allow-ips") + 1] == ""


@pytest.mark.parametrize(("log", "level", "logger"), [("json", "info", "ServerLog"), ("text", "warning", "ServerText")])
def test_gunicorn_writes_its_lines_in_our_form(log, level, logger):
    command = launch.server_command("gunicorn", "127.0.0.1", 8000, log)
    assert command[command.index("--log-level") + 1] == level
    assert command[command.index("--logger-class") + 1] == f"gateway_dash.telemetry.server.{logger}"
    assert hasattr(server, logger)
