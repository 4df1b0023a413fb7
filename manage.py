#!/usr/bin/env python
"""Django's command line. `./run manage ...` calls it with the right Python."""

import sys

from gateway_dash.cli import manage

if __name__ == "__main__":
    sys.exit(manage(*sys.argv[1:]))
