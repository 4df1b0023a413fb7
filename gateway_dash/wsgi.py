"""The WSGI application."""

import gc
import os
import sys

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gateway_dash.settings")
application = get_wsgi_application()

from gateway_dash.telemetry.start import start  # noqa: E402 - it needs the settings

start()  # here, in each worker: what sends spans and errors does not live through a fork

get_resolver().url_patterns  # noqa: B018 - reads the views now, and not at the first click
# What is there by now stays, and the collector need not look through it again: 90 ms, once in 70 lists, while all wait.
gc.collect()
gc.freeze()

# A thread that comes back from the database waits so long for each that is busy; a small page comes back ten times.
sys.setswitchinterval(0.001)
