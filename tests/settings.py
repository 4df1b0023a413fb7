"""The product's settings, on the sandbox whatever this machine's environment says: no test may reach a real account.

On SQLite and files; where TEST_DATABASE_URL names a PostgreSQL, on a database of this process's own there, and where
TEST_CACHE_URL names a Valkey or Redis, on keys of this process's own there (tests/services.py).
"""

import os
import tempfile

from tests import services

for _name in list(os.environ):
    if _name.startswith(("CLOUDFLARE_", "GATEWAY_DASH_", "DATABASE_URL", "CACHE_URL", "OTEL_", "SENTRY_")):
        del os.environ[_name]
os.environ["GATEWAY_DASH_METRICS_TOKEN"] = "metrics-token-of-the-tests"
os.environ["GATEWAY_DASH_DATA_DIR"] = tempfile.mkdtemp(prefix="gateway-dash-tests-")

with services.named(os.environ):
    from gateway_dash.settings import *  # noqa: F403 - only now is the environment clean

services.keep_apart(DATABASES["default"], CACHES)  # noqa: F405
STORAGES = STORAGES | {  # noqa: F405
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Hashed names need collectstatic first; tests/browser/test_start.py sees the real ones.
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT.mkdir()  # noqa: F405 - whitenoise warns of a missing one
