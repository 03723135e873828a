"""Every setting of the product, read from the environment; defaults that run.

Documented in docs/operations.md (a test compares the two).
"""

from __future__ import annotations

import os
from pathlib import Path

from lianfang.kernel.databases import database_from
from lianfang.kernel.sealing import load_or_create_keyring

BASE_DIR = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("LIANFANG_HOME") or BASE_DIR / "var").resolve()

KEYRING = load_or_create_keyring(Path(os.environ.get("LIANFANG_KEYS") or HOME / "keys.json"))
SECRET_KEY = KEYRING.secret_key
DEBUG = os.environ.get("LIANFANG_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("LIANFANG_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
SECURE = os.environ.get("LIANFANG_HTTPS") == "1"
BASE_URL = os.environ.get("LIANFANG_BASE_URL", "http://127.0.0.1:8000")
# How many processes share what one of them counts by itself; `lianfang run` says it.
WEB_PROCESSES = max(1, int(os.environ.get("LIANFANG_WEB_PROCESSES") or 1))
CHANNELS_FILE = Path(os.environ.get("LIANFANG_CHANNELS") or HOME / "channels.toml")

DATABASES = {
    "default": database_from(
        os.environ.get("LIANFANG_DATABASE_URL") or f"sqlite:///{HOME / 'lianfang.sqlite3'}"
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "lianfang.vault",
    "lianfang.installation",
    "lianfang.audit",
    "lianfang.roster",
    "lianfang.accounts",
    "lianfang.places",
    "lianfang.rulebook",
    "lianfang.groups",
    "lianfang.duty",
    "lianfang.notifications",
    "lianfang.directives",
    "lianfang.outreach",
    "lianfang.reporting",
    "lianfang.surveys",
    "lianfang.campus",
    "lianfang.screening",
    "lianfang.incidents",
    "lianfang.monitoring",
    "lianfang.contacts",
    "lianfang.quarantine",
    "lianfang.clusters",
    "lianfang.doubts",
    "lianfang.escalation",
    "lianfang.portal",
    "lianfang.desk",
    "lianfang.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lianfang.portal.middleware.LanguageMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "lianfang.portal.middleware.RefusalMiddleware",
    "csp.middleware.CSPMiddleware",
    "lianfang.portal.middleware.PrivateByDefaultMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "lianfang.portal.context.page",
            ],
            "builtins": ["lianfang.portal.templatetags.lianfang"],
        },
    }
]

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "lianfang.accounts.backends.NumberBackend",
]
PASSWORD_HASHERS = [
    "lianfang.accounts.hashers.LeanArgon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 8},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "lianfang.accounts.validators.NotTheNumberValidator"},
]
LOGIN_URL = "portal-login"
LOGIN_REDIRECT_URL = "home"

# A lecture hall shares one address: lock the pair, never the address alone.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"  # of the credentials; the model calls it login
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
AXES_LOCKOUT_CALLABLE = "lianfang.portal.views.account.locked_out"

SESSION_ENGINE = "lianfang.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_SECURE = SECURE
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_USE_SESSIONS = False
CSRF_FAILURE_VIEW = "lianfang.portal.views.account.stale_form"
CSRF_TRUSTED_ORIGINS = [BASE_URL] if SECURE else []
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024  # a note of 1 MB is asked back, not cut off
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # display only; the database holds UTC

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LIANFANG_LOG_LEVEL", "WARNING")},
}
