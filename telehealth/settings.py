"""Every tunable of Naru, read once from the environment, with its default and why."""

import json
import os
import secrets
import sys
from pathlib import Path

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, str(default)).lower() in ("1", "true", "yes", "on")


def _list(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


# Where Naru keeps what it makes: embedded database and Redis, photos, logs, the demo's secret key.
NARU_STATE = Path(os.environ.get("NARU_STATE", BASE_DIR / "var"))

# The demo signs anyone in as anybody: never on by default outside `manage.py run`.
DEMO = _flag("NARU_DEMO", False)
DEBUG = _flag("NARU_DEBUG", False)

# No default in production (a system check refuses an empty one); tests and commands get a throw-away key.
SECRET_KEY = os.environ.get("SECRET_KEY") or secrets.token_urlsafe(50)
SECRET_KEY_GIVEN = bool(os.environ.get("SECRET_KEY"))

# The names this site answers to, and its public address (messages and links use it).
ALLOWED_HOSTS = _list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver")
PUBLIC_URL = os.environ.get("PUBLIC_URL", "http://localhost:8000")
CSRF_TRUSTED_ORIGINS = _list("CSRF_TRUSTED_ORIGINS", PUBLIC_URL)

INSTALLED_APPS = [
    "daphne",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "channels",
    "csp",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "accounts",
    "scheduling",
    "visits",
    "messaging",
    "intake",
    "triage",
    "video",
    "records",
    "desk",
    "oversight",
    "api",
    "telehealth",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.middleware.DevicesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.ReaderMiddleware",
    "visits.middleware.SignOfLifeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.RefusedMiddleware",
]

ROOT_URLCONF = "telehealth.urls"
ASGI_APPLICATION = "telehealth.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.tz",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.house",
                "desk.context.duty",
            ]
        },
    }
]

# PostgreSQL by DATABASE_URL; else SQLite in WAL mode, where IMMEDIATE makes writers wait instead of failing.
if os.environ.get("DATABASE_URL"):
    # Under ASGI each request has a thread of its own, so connections wait in a pool of the process for the next one.
    DATABASES = {"default": dj_database_url.config(conn_max_age=0)}
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 20, "timeout": 10}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": NARU_STATE / "naru.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
            # Threads (sockets, live server) share the test database only when it is a file.
            "TEST": {"NAME": os.environ.get("NARU_TEST_DB", NARU_STATE / "test.sqlite3")},
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# One Redis carries hints, tasks and the media workers' leases.
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        # redis-py 8 gives up reading after 5 s, exactly as long as an idle consumer waits: so no limit here.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "capacity": 1000, "expiry": 30},
    }
}
# The cache holds only the counters that slow down password guessing: in the database, so that sign-in works without Redis.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    # Drawn rows of the queue, in the web process alone: they are the same for all doctors until the minute changes.
    "rows": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "rows",
        "OPTIONS": {"MAX_ENTRIES": 5000},
    },
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # a task is done when it is done, not when it is taken
CELERY_TASK_REJECT_ON_WORKER_LOST = True  # a killed worker's task goes back to the queue
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "retry_on_timeout": True,
}
CELERY_TASK_PUBLISH_RETRY = False  # a page never waits for the broker: the sweeper finds what was not sent
CELERY_TASK_TIME_LIMIT = 60
# How often forgotten intakes are looked for; a killed worker alone would cost about 90 s.
CELERY_BEAT_SCHEDULE = {
    "sweep-intakes": {"task": "triage.tasks.sweep", "schedule": 10.0},
    "sweep-recordings": {"task": "video.tasks.sweep_recordings", "schedule": 10.0},
    "reconcile-recordings": {"task": "video.tasks.reconcile_recordings", "schedule": crontab(hour=3, minute=10)},
    "weigh-waits": {"task": "oversight.tasks.weigh_waits", "schedule": crontab(hour=4, minute=10)},
    "expire-recordings": {"task": "video.tasks.expire_recordings", "schedule": crontab(hour=3, minute=40)},
    "end-old-rights": {"task": "accounts.tasks.end_old_rights", "schedule": 10.0},  # whoever sits in a room by one goes out
    "let-run-out": {"task": "scheduling.tasks.let_run_out", "schedule": 30.0},
    "sweep-messages": {"task": "messaging.tasks.sweep", "schedule": 10.0},
    "look-into-calendars": {"task": "scheduling.tasks.look_into_calendars", "schedule": 60.0},
    "free-the-abandoned": {"task": "visits.tasks.free_the_abandoned", "schedule": 10.0},  # nobody stays with an absent doctor
    "look-again": {"task": "visits.tasks.look_again", "schedule": 10.0},  # who waits is asked again how they are
    "notice-overrun": {"task": "visits.tasks.notice_overrun", "schedule": 30.0},  # whoever is booked next is told
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Naru"
# Messages to patients: by mail once a mail server or backend is named, by SMS and KakaoTalk once a gateway is (docs/messages.md).
# What has no way of its own becomes a file under NARU_STATE/messages.
MAIL_IS_SET_UP = bool(os.environ.get("EMAIL_BACKEND") or os.environ.get("EMAIL_HOST"))
_MAIL = "smtp" if os.environ.get("EMAIL_HOST") else "console"
EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", f"django.core.mail.backends.{_MAIL}.EmailBackend")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _flag("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _flag("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 5  # seconds; a worker has other work than waiting for a mail server
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "naru@localhost")
SMS_URL, SMS_TOKEN = os.environ.get("SMS_URL", ""), os.environ.get("SMS_TOKEN", "")
KAKAO_URL, KAKAO_TOKEN = os.environ.get("KAKAO_URL", ""), os.environ.get("KAKAO_TOKEN", "")
# Web Push: the key by which browsers know this house (base64 of 32 bytes; made once under NARU_STATE if none is set). The push
# services are public; a house that runs its own may open its walls to it.
VAPID_PRIVATE_KEY = os.environ.get("VAPID_PRIVATE_KEY", "")
PUSH_MAY_BE_PRIVATE = _flag("PUSH_MAY_BE_PRIVATE", False)

# Doctors' outside calendars are read from public https servers alone; a clinic with a calendar server inside its own walls may
# open that, for whoever may add a calendar.
CALENDARS_MAY_BE_PRIVATE = _flag("CALENDARS_MAY_BE_PRIVATE", False)

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale/others"]  # ours; and what Django and its packages say, in our words
TIME_ZONE = "Asia/Seoul"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", NARU_STATE / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
# Hashed names once collected; while developing or testing the files are served as they are.
_COLLECTED = (STATIC_ROOT / "staticfiles.json").exists() or sys.argv[1:2] == ["collectstatic"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "telehealth.storage.Released" if _COLLECTED else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not _COLLECTED
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", NARU_STATE / "files"))  # photos; served only through a view that asks who

# A form of words is small; a photo may be 10 MB. Beyond that the border says no.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
PHOTO_MAX_BYTES = 10_000_000

# Addresses the media process offers to browsers (empty: those of this machine), its UDP port, and STUN/TURN for browsers.
MEDIA_ADDRESSES = _list("MEDIA_ADDRESSES")
_first, _, _last = os.environ.get("MEDIA_PORTS", "0").partition("-")  # "40000-40099": each worker takes a free one
MEDIA_PORTS = range(int(_first), int(_last or _first) + 1)
# Recordings, which everybody in the visit agreed to: where (shared by web, worker and media), under which key (none: nothing is
# recorded; the demo has one; old ones still read), and for how many days they are kept.
RECORDINGS_ROOT = Path(os.environ.get("RECORDINGS_ROOT", NARU_STATE / "recordings"))
RECORDING_KEY = os.environ.get("RECORDING_KEY") or (SECRET_KEY if DEMO else "")
RECORDING_OLD_KEYS = _list("RECORDING_OLD_KEYS")
RECORDING_DAYS = int(os.environ.get("RECORDING_DAYS", "90"))
ICE_SERVERS = json.loads(os.environ.get("ICE_SERVERS", "[]"))
# Who carries sound and picture: "naru" (our own forwarder) or "janus" (a Janus server; docs/engines.md says when).
MEDIA_ENGINE = os.environ.get("MEDIA_ENGINE", "naru")
JANUS_URL = os.environ.get("JANUS_URL", "http://127.0.0.1:8088/janus")
JANUS_SECRET = os.environ.get("JANUS_SECRET", "")
# Relays for clinics that block UDP: addresses of our coturn, and the secret it shares with us (docs/install.md).
TURN_URLS = _list("TURN_URLS")
TURN_SECRET = os.environ.get("TURN_SECRET", "")

# Prometheus reads /metrics with this token ("Authorization: Bearer ..."); without one there is no such page.
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")

# "off" lets the rules decide alone.
TRIAGE_MODEL = os.environ.get("NARU_TRIAGE_MODEL", "on")
TRIAGE_BUNDLE = Path(os.environ.get("NARU_TRIAGE_BUNDLE", BASE_DIR / "triage" / "inference" / "bundle"))
# Which law's list of medicines may not be prescribed in a remote visit ("KR-2026"); empty: none.
LAW_PROFILE = os.environ.get("NARU_LAW_PROFILE", "")
# How long a freed time is kept for whoever it is offered to.
WAITLIST_OFFER_MINUTES = int(os.environ.get("WAITLIST_OFFER_MINUTES", "30"))
# How long a visit's link works after it was made (it also ends with the visit).
VISIT_LINK_HOURS = int(os.environ.get("VISIT_LINK_HOURS", "48"))

# In so many of 100 visits the doctor judges before the AI's level is shown (never hidden: red flags). 0: always shown.
BLIND_FIRST_PERCENT = float(os.environ.get("BLIND_FIRST_PERCENT", "0"))

# TLS is ended by the proxy in front; the demo on loopback has none.
HTTPS = _flag("NARU_HTTPS", not DEMO and SECRET_KEY_GIVEN)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^(healthz|metrics)$"]
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.errors.explain",
    "DEFAULT_THROTTLE_RATES": {"token": "10/min"},
}
SPECTACULAR_SETTINGS = {"TITLE": "Naru", "VERSION": "1.0", "SERVE_INCLUDE_SCHEMA": False}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {"django.request": {"level": "ERROR"}, "aioice": {"level": "WARNING"}, "httpx": {"level": "WARNING"}},
}
