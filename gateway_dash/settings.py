"""Django's settings. What an operator may decide comes from `environment.py`; nothing else is read from outside."""

import importlib.util
import os
from pathlib import Path

from django.utils.csp import CSP

from gateway_dash import environment, environment_signin, places
from gateway_dash.telemetry import lines

ENVIRONMENT = environment.read(os.environ, places.HOME)

DEBUG = False
SECRET_KEY = ENVIRONMENT.secret_key
# The loopback names stay allowed, for health checks from within a container.
ALLOWED_HOSTS = list(dict.fromkeys((*ENVIRONMENT.allowed_hosts, *environment.LOOPBACK)))
ROOT_URLCONF = "gateway_dash.urls"
WSGI_APPLICATION = "gateway_dash.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": ENVIRONMENT.database}
if str(ENVIRONMENT.database["ENGINE"]).endswith("postgresql") and importlib.util.find_spec("psycopg") is None:
    raise environment.ConfigurationError(
        ["DATABASE_URL names PostgreSQL, whose driver is not installed: .venv/bin/uv sync --inexact --extra postgres"]
    )
if ENVIRONMENT.database.get("ENGINE") == "django.db.backends.sqlite3":
    Path(str(ENVIRONMENT.database["NAME"])).parent.mkdir(parents=True, exist_ok=True)


def _cache(name: str, most: int) -> dict[str, object]:
    """Files for this user alone, shared by workers of this machine; or a Valkey or Redis that all machines share."""
    if not ENVIRONMENT.cache_url:
        where = {"BACKEND": "gateway_dash.web.kept.SharedFiles", "LOCATION": ENVIRONMENT.data_dir / name}
        return where | {"TIMEOUT": 600, "OPTIONS": {"MAX_ENTRIES": most}}
    if importlib.util.find_spec("redis") is None:
        raise environment.ConfigurationError(
            ["CACHE_URL names a cache whose client is not installed: .venv/bin/uv sync --inexact --extra redis"]
        )
    # A cache that is away costs a second at the most, and never a page.
    options = {"socket_connect_timeout": 1, "socket_timeout": 1}
    where = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": ENVIRONMENT.cache_url}
    return where | {"TIMEOUT": 600, "KEY_PREFIX": f"gateway-dash-{name}", "OPTIONS": options}


# The first holds values of listed logs for some days. Nothing is pushed out of the second: it counts upstream calls,
# and says what was changed from here. The third holds answers of some minutes, which may be large, closed with our key.
CACHES = {"default": _cache("cache", 2000), "ledger": _cache("ledger", 100_000), "answers": _cache("answers", 400)}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "allauth.usersessions",
    "gateway_dash.web",
    "gateway_dash.team",
    "gateway_dash.signin",
    "gateway_dash.logs",
    "gateway_dash.bulk",
    "gateway_dash.sharing",
    "gateway_dash.watches",
    "gateway_dash.links",
    "gateway_dash.talk",
    "gateway_dash.api",
    "gateway_dash.upkeep",
]
if ENVIRONMENT.job_engine == "procrastinate":
    if importlib.util.find_spec("procrastinate") is None:
        raise environment.ConfigurationError(
            ["GATEWAY_DASH_JOB_ENGINE: procrastinate is not installed: .venv/bin/uv sync --inexact --extra postgres"]
        )
    INSTALLED_APPS.append("procrastinate.contrib.django")
MIDDLEWARE = [
    "gateway_dash.telemetry.middleware.Told",
    "gateway_dash.web.metrics.Measured",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gateway_dash.web.compression.Compressed",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "gateway_dash.web.middleware.headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "gateway_dash.signin.middleware.SignedIn",
    "gateway_dash.web.middleware.TimeZone",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    *ENVIRONMENT.ways_in.middleware,  # after htmx's: who is not let in is told so in a page or in a fragment
    "gateway_dash.web.middleware.UpstreamPage",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [places.TEMPLATES],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "gateway_dash.web.context.site",
                "gateway_dash.team.context.rights_of",
            ],
            "loaders": [
                ("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"]),
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "compiled",  # the rows of tables: a few files that end in .jinja
        "DIRS": [places.TEMPLATES],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "gateway_dash.web.compiled.environment"},
    },
]

AUTHENTICATION_BACKENDS = ENVIRONMENT.ways_in.backends
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

# allauth: its flows and models. Views, addresses and templates are ours, and so are the limits (signin/throttle.py).
ACCOUNT_ADAPTER = "gateway_dash.signin.adapters.People"
SOCIALACCOUNT_ADAPTER = "gateway_dash.signin.adapters.Providers"
MFA_ADAPTER = "gateway_dash.signin.adapters.SecondFactors"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]  # there is no sign-up; its check wants them to fit
ACCOUNT_EMAIL_VERIFICATION = "none"  # no mail is sent
ACCOUNT_RATE_LIMITS = False
ACCOUNT_LOGIN_TIMEOUT = ACCOUNT_REAUTHENTICATION_TIMEOUT = 600  # seconds
ALLAUTH_TRUSTED_PROXY_COUNT = int(ENVIRONMENT.trust_proxy)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # clocks differ by half a minute
MFA_TOTP_ISSUER = "Gateway Dash"
SOCIALACCOUNT_PROVIDERS = environment_signin.providers(ENVIRONMENT.oidc)

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
LANGUAGE_CODE = "en"


def _archives(place: str) -> dict[str, object]:
    """A folder for this user alone, or a bucket, whose keys boto3 finds as it always does (AWS_ACCESS_KEY_ID, …)."""
    if not place.startswith("s3://"):
        modes = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": place} | modes}
    if importlib.util.find_spec("storages") is None or importlib.util.find_spec("boto3") is None:
        raise environment.ConfigurationError(
            ["GATEWAY_DASH_ARCHIVE names a bucket; its client is missing: .venv/bin/uv sync --inexact --extra s3"]
        )
    bucket, _, prefix = place.removeprefix("s3://").strip("/").partition("/")
    options: dict[str, object] = {"bucket_name": bucket, "location": prefix, "file_overwrite": True}
    if ENVIRONMENT.s3_endpoint:
        options["endpoint_url"] = ENVIRONMENT.s3_endpoint
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.data_dir / "static"
STATICFILES_DIRS = [places.STATIC]
STORAGES: dict[str, dict[str, object]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "gateway_dash.web.storage.HashedFiles"},
    # What deletions copy first, and what people export.
    "archives": _archives(ENVIRONMENT.archive),
}

# Local means that only this machine is served, by plain http; anywhere else everything is https.
SECURE = not ENVIRONMENT.is_local
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_FAILURE_VIEW = "gateway_dash.web.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS if host not in environment.LOOPBACK]
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
# Whether other names under this one are https too is not for this product to promise.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.trust_proxy else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

LOGGING = lines.settings(ENVIRONMENT.telemetry.log)
