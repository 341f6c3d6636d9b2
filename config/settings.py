"""The only settings module. Every value that differs between installations comes from the environment."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.embedded.urls import broker_url, discover

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DEBUG = env.bool("DEBUG", default=False)


def read_secret_key() -> str:
    """Return SECRET_KEY, or the key kept in DATA_DIR/secret_key, which is created with mode 0600 on first use."""
    if key := env.str("SECRET_KEY", default=""):
        return key
    path = DATA_DIR / "secret_key"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass  # another process was faster
        else:
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(64))
    return path.read_text()


SECRET_KEY = read_secret_key()

# --- where it is reached -------------------------------------------------------------------------------------------
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
_public = urlsplit(PUBLIC_URL)
IS_HTTPS = _public.scheme == "https"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_public.hostname or "127.0.0.1", "127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# Addresses or networks of proxies whose X-Forwarded-* headers are believed; empty: none is.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
# accounts.middleware.TrustedProxyMiddleware removes the header when it does not come from a trusted proxy.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True  # no script reads a cookie; pages carry the token
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_SSL_REDIRECT = False  # the proxy redirects; an embedded server on plain http has nothing to redirect to
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # sub-domains belong to the operator, who may run others on plain http
    "security.W008",  # see SECURE_SSL_REDIRECT
    "security.W021",  # preload is the operator's promise, not ours
]

IMPRINT_URL = env.str("IMPRINT_URL", default="")
PRIVACY_URL = env.str("PRIVACY_URL", default="")
# open: everybody may sign up; invite: only with an invitation or the set-up link; empty: open until an owner exists.
SIGNUP = env.str("SIGNUP", default="")

# --- what it is made of --------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "accounts",
    "touchpoints",
    "journeys",
    "workshops",
    "reports",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "template_partials",
    "csp",
    "allauth",
    "allauth.account",
]

MIDDLEWARE = [
    "accounts.middleware.RequestIdMiddleware",
    "accounts.middleware.TrustedProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.policy.PolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "config.own_network.OwnNetworkMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.htmx.RedirectMiddleware",
    "config.htmx.MessagesMiddleware",
    "config.uploads.SizeMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.PersonalMiddleware",
    "accounts.middleware.OrganisationMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.product",
            ],
            "builtins": ["template_partials.templatetags.partials", "django.templatetags.i18n"],
        },
    }
]

# --- where it keeps things -----------------------------------------------------------------------------------------
_embedded = discover(DATA_DIR)
REDIS_URL = env.str("REDIS_URL", default=_embedded.redis)
DATABASES = {"default": env.db_url_config(env.str("DATABASE_URL", default=_embedded.database))}
# One pool a process: CONN_MAX_AGE under ASGI leaks a connection a request.
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
    "min_size": 1,
    "max_size": env.int("DATABASE_POOL", default=8),
    "timeout": 10,
}
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 5  # see config/statements.py; psycopg's own number
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SESSION_ENGINE = "accounts.logins"  # sessions outlive the bus
SESSION_COOKIE_AGE = 12 * 3600  # a workshop day
SESSION_COOKIE_NAME = "session"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# allauth's rate limits; in PostgreSQL, because the bus may vanish.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "KEY_FUNCTION": "accounts.limits.hashed_cache_key",  # allauth's keys are addresses of people
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # beyond it rows are dropped, and with them the counts of a rate limit
    }
}

MEDIA_ROOT = DATA_DIR / "media"
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": env.str("STATICFILES_STORAGE", default="config.storage.StaticStorage")},
}
MAX_REQUEST_BYTES = 12 * 1024 * 1024  # files included; a list or a picture has 5 MB at most
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_REQUEST_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- people --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.logins.LoginBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
EMAIL_URL = env.str("EMAIL_URL", default="")
HAS_MAIL = bool(EMAIL_URL)
if HAS_MAIL:
    vars().update(env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="") or f"Touchpoint-Werkstatt <noreply@{_public.hostname}>"

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if HAS_MAIL else "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PRESERVE_USERNAME_CASING = False
# Per address as many as a full room behind one needs, who all log in when a workshop begins, some of them mistyping;
# per account ("key", "user") as few as allauth itself allows.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "200/m/ip,5/5m/key",
    "signup": "300/m/ip",
    "reset_password": "300/m/ip,5/m/key",
    "reset_password_from_key": "300/m/ip",
}
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

# --- language and time ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"  # how English writes dates; German does as Django says
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = IS_HTTPS
USE_TZ = True
TIME_ZONE = "Europe/Berlin"

# --- content security ----------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# --- live pages ------------------------------------------------------------------------------------------------------
# A sign of life on every stream.
LIVE_HEARTBEAT_SECONDS = env.float("LIVE_HEARTBEAT_SECONDS", default=15)
# How often a hub looks for hints that were lost, with one query for all its rooms.
LIVE_COMPARE_SECONDS = env.float("LIVE_COMPARE_SECONDS", default=5)
# Then a stream ends, comes back by itself, and is authorised again.
LIVE_STREAM_SECONDS = env.float("LIVE_STREAM_SECONDS", default=600)

# --- background work -----------------------------------------------------------------------------------------------
CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_DEFAULT_QUEUE = "default"
# Looking after the jobs must not wait behind a job.
CELERY_TASK_ROUTES = {"reports.tasks.sweep_reports": {"queue": "default"}, "reports.tasks.*": {"queue": "reports"}}
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # nothing here is rare enough to be remembered over a restart
CELERY_BEAT_SCHEDULE = {
    # Expires before the next one is due, so that none pile up while no worker is there.
    "sweep-reports": {"task": "reports.tasks.sweep_reports", "schedule": 5, "options": {"expires": 5}},
    "sweep-traces": {"task": "workshops.tasks.sweep_traces", "schedule": 5, "options": {"expires": 5}},
    "send-reminders": {"task": "workshops.tasks.sweep_reminders", "schedule": 5, "options": {"expires": 5}},
    "erase-guests": {"task": "workshops.tasks.erase_all_guests", "schedule": 3600, "options": {"expires": 3600}},
    "forget-attempts": {"task": "workshops.tasks.forget_old_attempts", "schedule": 3600, "options": {"expires": 3600}},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "max_retries": 1}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- logs: never codes, names or free text ---------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "config.logs.RequestIdFilter"}},
    "formatters": {"json": {"()": "config.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Its messages hold paths, and a path in the room holds a join code: config.logs leaves them out.
        "django.request": {"level": "ERROR"},
        "django.server": {"level": "CRITICAL"},
        "uvicorn.access": {"level": "CRITICAL"},
        # They quote what people typed.
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}
