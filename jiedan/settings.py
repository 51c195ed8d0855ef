"""Django settings; what differs between installations comes from the environment through `jiedan.config`."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from jiedan import config

CONFIG = config.read()
BASE_DIR = config.ROOT
KEYS_DIR = CONFIG.keys_dir
DOCUMENTS_DIR = CONFIG.documents_dir
SIGNING_PKCS12 = CONFIG.signing_pkcs12
SIGNING_PASSWORD = CONFIG.signing_password
TIMESTAMP_URL = CONFIG.timestamp_url
VIRUS_SCANNER = CONFIG.virus_scanner

DEBUG = CONFIG.debug
PRIVATE_RECEIVERS = CONFIG.private_receivers
SECRET_KEY = CONFIG.secret_key
ALLOWED_HOSTS = CONFIG.allowed_hosts
BASE_URL = CONFIG.base_url
PORTAL_URL = CONFIG.portal_url
CSRF_TRUSTED_ORIGINS = list(dict.fromkeys((CONFIG.base_url, CONFIG.portal_url)))
ROOT_URLCONF = "jiedan.urls"
WSGI_APPLICATION = "jiedan.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "jiedan.people.apps.PeopleConfig",
    "jiedan.orders.apps.OrdersConfig",
    "jiedan.documents.apps.DocumentsConfig",
    "jiedan.kernel.apps.KernelConfig",
    "jiedan.administration.apps.AdministrationConfig",
    "jiedan.resources.apps.ResourcesConfig",
    "jiedan.acquisition.apps.AcquisitionConfig",
    "jiedan.portal.apps.PortalConfig",
    "jiedan.evaluation.apps.EvaluationConfig",
    "jiedan.terms.apps.TermsConfig",
    "jiedan.contract.apps.ContractConfig",
    "jiedan.confirmation.apps.ConfirmationConfig",
    "jiedan.connectors.apps.ConnectorsConfig",
    "jiedan.connectors.reconciliation.apps.ReconciliationConfig",
    "jiedan.connectors.outgoing.apps.OutgoingConfig",
    "jiedan.connectors.spreadsheet.apps.SpreadsheetConfig",
    "jiedan.screens.apps.ScreensConfig",
    "jiedan.api.apps.ApiConfig",
    "jiedan.demo.apps.DemoConfig",
    "jiedan.ui",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django_htmx",
    # Both must not install their own template loaders: each would disable the other (see TEMPLATES).
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    # Without its keys a provider's addresses would end in an error; only those that are set up are there.
    *(f"allauth.socialaccount.providers.{name}" for name in CONFIG.log_in_with),
    "axes",
    "django_q",
    "ninja",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "jiedan.portal.hosts.PortalHost",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "jiedan.api.middleware.NoNul",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "jiedan.screens.middleware.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
]

_LOADERS = [
    (
        "template_partials.loader.Loader",
        [
            (
                "django.template.loaders.cached.Loader",
                [
                    "django_cotton.cotton_loader.Loader",
                    "django.template.loaders.filesystem.Loader",
                    "django.template.loaders.app_directories.Loader",
                ],
            )
        ],
    )
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": _LOADERS,
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "jiedan.ui.templatetags.leaves",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "jiedan.ui.context.navigation",
            ],
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {"default": CONFIG.database}

# Accounts -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Staff"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("number", "name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
API_RATE = CONFIG.api_rate
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "jiedan.screens.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "number"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# The lock-out is axes' affair; this is only against floods from one address.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip"}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not CONFIG.https
MFA_TOTP_ISSUER = "接单 Jiedan"
USERSESSIONS_TRACK_ACTIVITY = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = CONFIG.log_in_with
SOCIALACCOUNT_ADAPTER = "jiedan.screens.accounts.SocialAccountAdapter"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
# Per person and address together: a stranger can't lock somebody out of their own office (S-49).
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "jiedan.screens.accounts.tried_number"
AXES_CLIENT_IP_CALLABLE = "jiedan.people.addresses.client_address"
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_NAME = "__Host-jiedan" if CONFIG.https else "jiedan_session"
SESSION_COOKIE_SECURE = CONFIG.https
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_IDLE = timedelta(minutes=30)
CSRF_COOKIE_NAME = "__Host-csrf" if CONFIG.https else "jiedan_csrf"
CSRF_COOKIE_SECURE = CONFIG.https
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "jiedan.screens.forged.refused"

# Browser --------------------------------------------------------------------------------------------------------
SECURE_HSTS_SECONDS = 31536000 if CONFIG.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = CONFIG.https
SECURE_SSL_REDIRECT = False
# The proxy in front sets both headers itself (docs/nginx.conf); without one they are anybody's word (S-30).
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.behind_proxy else None
BEHIND_PROXY = CONFIG.behind_proxy
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# Language, time, files ------------------------------------------------------------------------------------------
LANGUAGE_CODE = CONFIG.language
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS: list[Path] = []
USE_TZ = True
FORMAT_MODULE_PATH = "jiedan.ui.formats"
TIME_ZONE = CONFIG.time_zone
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# Mail, jobs, logs -----------------------------------------------------------------------------------------------
EMAIL_BACKEND = CONFIG.email["EMAIL_BACKEND"]
EMAIL_HOST = CONFIG.email.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = CONFIG.email.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = CONFIG.email.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = CONFIG.email.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = bool(CONFIG.email.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(CONFIG.email.get("EMAIL_USE_SSL"))
EMAIL_FILE_PATH = CONFIG.email.get("EMAIL_FILE_PATH") or None
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = CONFIG.mail_from

Q_CLUSTER = {
    "name": "jiedan",
    "orm": "default",
    "workers": 1,
    "timeout": 300,
    # Longer than the time-out: a job is only handed out again when its worker must be dead.
    "retry": 330,
    "max_attempts": 20,
    "ack_failures": False,
    "poll": 0.5,
    "bulk": 1,
    "save_limit": 1000,
    "catch_up": False,
    "label": "jobs",
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "jiedan.kernel.logs.LineFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "django-q": {"level": "WARNING"},
    },
}
