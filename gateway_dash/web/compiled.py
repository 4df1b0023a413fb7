"""What the compiled templates (`templates/**/*.jinja`) may call. Everything that they place is escaped."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, StrictUndefined

from gateway_dash.web import formats
from gateway_dash.web.templatetags.dash import icon


def environment(**options: Any) -> Environment:
    """That of the engine "compiled". A name that is not given is an error, not nothing."""
    del options["autoescape"], options["undefined"]  # what Django would have
    made = Environment(autoescape=True, undefined=StrictUndefined, **options)
    made.globals.update(icon=icon, iso=formats.iso, count=formats.count)
    return made
