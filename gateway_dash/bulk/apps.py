"""The bulk app."""

from django.apps import AppConfig


class BulkConfig(AppConfig):
    """Registered under its full name."""

    name = "gateway_dash.bulk"

    def ready(self) -> None:
        """Links to logs that are gone are answered by what this room wrote down."""
        from gateway_dash import upstream
        from gateway_dash.bulk.measured import measured
        from gateway_dash.bulk.tombstones import remembered  # has a model, which is there from now on
        from gateway_dash.web.metrics import measured_by

        upstream.ask_of_the_deleted(remembered)
        measured_by(measured)
