"""The product in the process of a measurement: its settings read, a database of its own, and nothing logged."""

from __future__ import annotations

import logging
import os
from typing import Any


def set_up() -> None:
    """Once, before anything of the product's models is imported."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    # Django's own test environment does more: it copies the context of every template that is rendered.
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    logging.disable(logging.CRITICAL)  # each call has its line, and these make hundreds
    call_command("migrate", verbosity=0)


def somebody() -> Any:
    """A person who may do what is measured. Models can be imported only once all is set up."""
    from tests import people

    return people.somebody("bench")


def without_waiting() -> None:
    """Jobs neither look twice before they believe the upstream, nor wait for their share of calls."""
    from unittest.mock import patch

    from gateway_dash import upstream
    from gateway_dash.bulk import pace
    from gateway_dash.bulk.deletion import batch, probe

    for place, name, value in (
        (batch, "LOOKS_S", (0.0,)),
        (probe, "LOOKS_S", (0.0,)),
        (pace, "wait_s", lambda _account: 0.0),
        (upstream, "deletion_wait_s", lambda: 0),
    ):
        patch.object(place, name, value).start()
