"""The product's settings, on the sandbox whatever this machine's environment says: no test may reach a real account."""

import os
import tempfile

for _name in list(os.environ):
    if _name.startswith(("CLOUDFLARE_", "GATEWAY_DASH_", "DATABASE_URL", "OTEL_", "SENTRY_")):
        del os.environ[_name]
os.environ["GATEWAY_DASH_METRICS_TOKEN"] = "metrics-token-of-the-tests"
os.environ["GATEWAY_DASH_DATA_DIR"] = tempfile.mkdtemp(prefix="gateway-dash-tests-")

from gateway_dash.settings import *  # noqa: E402, F403 - only now is the environment clean

STORAGES = STORAGES | {  # noqa: F405
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Hashed names need collectstatic first; tests/browser/test_start.py sees the real ones.
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT.mkdir()  # noqa: F405 - whitenoise warns of a missing one
