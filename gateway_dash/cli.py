"""The command `gateway-dash` of the installed package; in a checkout `./run` does the same things.

run        everything on this machine: database, static files, the server, and a worker for jobs
web        the server alone, on a database that is migrated; as many as one likes
worker     work off jobs and watches; as many as one likes
migrate    bring the database up to date; before web and worker of a new version
check      what is wrong with the settings, and what does not work: database, cache, archive, clock, token, gateways
sandbox    the emulated API on a port: gateway-dash sandbox --help
manage     Django's commands, and ours: gateway-dash manage createsuperuser
"""

import os
import subprocess
import sys

from gateway_dash import launch
from gateway_dash.environment import ConfigurationError


def main() -> int:
    """The exit code."""
    command, *rest = sys.argv[1:] or ["help"]
    if command == "run":
        return launch.main()
    if command == "web":
        return launch.main(is_whole=False)
    if command == "sandbox":
        return subprocess.call([sys.executable, "-m", "gateway_dash.sandbox", *rest])
    if command == "check":
        return manage("check", "--deploy", "--fail-level", "WARNING") or manage("doctor")
    if command in ("worker", "migrate"):
        return manage(command, *rest)
    if command == "manage":
        return manage(*rest)
    print(__doc__, file=sys.stdout if command in ("help", "--help", "-h") else sys.stderr)
    return 0 if command in ("help", "--help", "-h") else 2


def manage(*arguments: str) -> int:
    """One of Django's commands, in this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gateway_dash.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(["gateway-dash", *arguments])
    except ConfigurationError as error:
        sys.exit(str(error))
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    return 0


if __name__ == "__main__":
    sys.exit(main())
