#!/usr/bin/env python
"""Django's command line. `./run manage ...` calls it with the right Python."""

import os
import sys

from django.core.management import execute_from_command_line

from gateway_dash.environment import ConfigurationError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gateway_dash.settings")
    try:
        execute_from_command_line(sys.argv)
    except ConfigurationError as error:
        sys.exit(str(error))
