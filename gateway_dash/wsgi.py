"""The WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gateway_dash.settings")
application = get_wsgi_application()

from gateway_dash.telemetry.start import start  # noqa: E402 - it needs the settings

start()  # here, in each worker: what sends spans and errors does not live through a fork
