"""Settings. Two profiles, one code base: DATABASE_URL and REDIS_URL alone choose between them.

Neither set = embedded: one process, SQLite, in-process layer, the engine's turn as a ticker.
Every variable read here is listed with unit and default in `.env.example`.
"""

import sys
from pathlib import Path

from common.dates.local_time import LOCAL
from config.environment import env, make_data_dir, read_secret_keys

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
make_data_dir(DATA_DIR)

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
HOST = env("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
# Of the earlier keys: what they sealed stays readable, what they signed stays valid.
SECRET_KEY, *SECRET_KEY_FALLBACKS = read_secret_keys(DATA_DIR)
#: Whether the key is that of DATA_DIR/secret-key, so that a restored backup brings its own.
SECRET_KEY_IS_IN_FILE = not env("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", HOST])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Where people reach this product, for links in messages: "https://icd.example".
SITE_URL = env("SITE_URL", default=next(iter(CSRF_TRUSTED_ORIGINS), ""))
#: Reminders on a telephone carry a link that files "nothing"; only where SITE_URL is known.
REMINDER_LINKS = env.bool("REMINDER_LINKS", default=True)
#: A code on a petitioner's slip opens a page without a sign-in: state and dates of one demand. Off unless decided.
PUBLIC_DEMAND_PAGE = env.bool("PUBLIC_DEMAND_PAGE", default=False)
#: The hours at which leaders receive, by post, without a sign-in. Off unless decided.
PUBLIC_RECEPTION_PAGE = env.bool("PUBLIC_RECEPTION_PAGE", default=False)
SITE_NAME = env("SITE_NAME", default="")
NETWORK_NOTICE = env("NETWORK_NOTICE", default="")
#: Whether an alarm may come with what its reporter says, thirty seconds at most. Off unless decided (ADR 0193).
VOICE_NOTES = env.bool("VOICE_NOTES", default=False)
#: Whether devices keep a page for when the network is gone; off, what they kept leaves them (ADR 0216).
SERVICE_WORKER = env.bool("SERVICE_WORKER", default=True)
#: True behind the TLS proxy of the production profile: secure cookies, HSTS.
HTTPS = env.bool("HTTPS", default=False)
if HTTPS and DEBUG:
    sys.exit("DEBUG=1 shows inner details to every visitor; with HTTPS=1 leave DEBUG out. Not started.")

DATABASE_URL = env("DATABASE_URL", default="")
#: The commands that change the schema run as the owner of the tables, where that is another account.
AS_OWNER = bool(env("MIGRATE_DATABASE_URL", default="")) and sys.argv[1:2] in (["migrate"], ["restore"])
#: The account that the owner gives its rights to after a migration; empty: the application owns the tables.
APPLICATION_ROLE = env.db("DATABASE_URL")["USER"] if AS_OWNER and DATABASE_URL else ""
REDIS_URL = env("REDIS_URL", default="")
EMBEDDED = not DATABASE_URL and not REDIS_URL

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "accounts",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "channels",
    "guardian",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "common",
    "journal",
    "works",
    "clocks",
    "notices",
    "rosters",
    "plans",
    "incidents",
    "early_warnings",
    "resources",
    "command",
    "duty",
    "zero_reports",
    "cases",
    "supervision",
    "written_reports",
    "drills",
    "dashboards",
    "engine",
    "demo",
]

MIDDLEWARE = [
    "engine.monitoring.middleware.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "common.web.caching.KeptNowhereMiddleware",
    "common.web.compression.PageCompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "common.web.redirects.FormRedirectMiddleware",
    "common.web.addresses.PlainTextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "common.api.problems.ProblemMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.PersonMiddleware",
    "accounts.middleware.WatchMiddleware",
    "accounts.middleware.FirstThingsMiddleware",
    "common.web.middleware.RefusalMiddleware",
    # Within the former: its question about what is closed comes before the page of a refusal.
    "accounts.intake.middleware.TypedMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = None

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
                "django.template.context_processors.i18n",
                "dashboards.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "plans.templatetags.citations",
            ],
        },
    }
]

# --- storage ---------------------------------------------------------------------------------------------

# SQLite: IMMEDIATE, because a deferred transaction that reads first fails at once under a second writer;
# FULL, because a sign-off must survive a power cut; recursive_triggers, because INSERT OR REPLACE would
# otherwise pass the append-only triggers of the journal.
_SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA_DIR / "dashboard.sqlite3",
    "OPTIONS": {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA recursive_triggers=ON;"
            "PRAGMA temp_store=MEMORY;PRAGMA cache_size=-20000;"
        ),
    },
}
# A database host that goes without a word is noticed within seconds; the kernel alone would wait for hours.
_POSTGRES = {
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
_ADDRESS = "MIGRATE_DATABASE_URL" if AS_OWNER else "DATABASE_URL"
DATABASES = {"default": env.db(_ADDRESS) if DATABASE_URL else _SQLITE}
if DATABASE_URL:
    # Given back after every request; the pool behind this backend keeps them.
    DATABASES["default"]["ENGINE"] = "config.postgresql"
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"] = {**_POSTGRES, **DATABASES["default"].get("OPTIONS", {})}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Throttles and nothing else: in the database, so that a dead Redis keeps nobody from signing in.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_entry"}}

if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_connect_timeout": 2}]},
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

# --- work that may be late ---------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
}
CELERY_TIMEZONE = LOCAL.key

# --- people ------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.sign_in.backends.PasswordBackend"]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_RAISE_403 = False
# Guardian's rows are read by accounts.scope, not by an authentication backend.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
PASSWORD_PROFILE = env("PASSWORD_PROFILE", default="mlps3")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.sign_in.passwords.ProfileValidator", "OPTIONS": {"profile": PASSWORD_PROFILE}},
    {"NAME": "accounts.sign_in.passwords.GuessableValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.sign_in.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# allauth counts per address, which is one NAT for a whole bureau; accounts.sign_in.throttles counts instead.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "accounts.sign_in.forms.SignInForm",
    "reauthenticate": "accounts.sign_in.forms.PasswordAgainForm",
    "change_password": "accounts.sign_in.forms.OwnPasswordForm",
}
MFA_ADAPTER = "accounts.sign_in.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.sign_in.forms.CodeForm",
    "reauthenticate": "accounts.sign_in.forms.CodeAgainForm",
    "activate_totp": "accounts.sign_in.forms.ActivateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = SITE_NAME or "Incident command"
#: On where the bureau is really served; off there only by a written decision, whose number and date stand here.
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=HTTPS)
SECOND_FACTOR_DECISION = env("SECOND_FACTOR_DECISION", default="")
if HTTPS and not REQUIRE_SECOND_FACTOR and not SECOND_FACTOR_DECISION:
    sys.exit(
        "REQUIRE_SECOND_FACTOR=0 needs SECOND_FACTOR_DECISION, number and date of the written decision: without a "
        "second factor a password alone signs a red warning. Not started."
    )

SOCIALACCOUNT_ADAPTER = "accounts.central.adapters.SocialAccountAdapter"
#: Central sign-in over OpenID Connect; without an issuer there is none (ADR 0249).
OIDC_ISSUER = env("OIDC_ISSUER", default="").strip()
OIDC_CLIENT_ID = env("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env("OIDC_CLIENT_SECRET", default="")
#: What the provider is called on the sign-in page.
OIDC_NAME = env("OIDC_NAME", default="统一身份认证")
#: The claim that is the username here. People must not be able to change it themselves at the provider.
OIDC_CLAIM = env("OIDC_CLAIM", default="preferred_username")
OIDC_SCOPE = env("OIDC_SCOPE", default="openid profile")
#: "login": the provider asks for the credential each time, because a duty room's PC is shared.
OIDC_PROMPT = env("OIDC_PROMPT", default="login")
#: Certificates (PEM) that the provider's is checked with; empty: those of the system.
OIDC_CA_FILE = env("OIDC_CA_FILE", default="")
if OIDC_ISSUER:
    if not OIDC_CLIENT_ID or not OIDC_CLIENT_SECRET:
        sys.exit(
            "OIDC_ISSUER needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, as the provider gave them. Not started."
        )
    if HTTPS and not OIDC_ISSUER.startswith("https://"):
        sys.exit(
            "OIDC_ISSUER has to begin with https:// where HTTPS=1: who is who would come unprotected. Not started."
        )
    if OIDC_CLAIM in ("email", "email_verified", "name", "nickname", "phone_number"):
        sys.exit(
            f"OIDC_CLAIM={OIDC_CLAIM} says who somebody may be, not who it is; name the username's. Not started."
        )
#: Passwords are taken from administrators alone; then SSO_EMERGENCY says what to do when the provider is away.
SSO_ONLY = env.bool("SSO_ONLY", default=False)
SSO_EMERGENCY = env("SSO_EMERGENCY", default="")
if SSO_ONLY and not (OIDC_ISSUER and SSO_EMERGENCY):
    sys.exit(
        "SSO_ONLY=1 needs OIDC_ISSUER, and in SSO_EMERGENCY the written way in for when the provider is away (whom to "
        "call, under which number): otherwise its fault would lock the duty room out. Not started."
    )

#: True for a web process on a replica of the database: it serves pages that only read.
READ_ONLY = env.bool("READ_ONLY", default=False)
SESSION_ENGINE = f"accounts.access.{'reading' if READ_ONLY else 'stored'}_sessions"
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=12) * 3600
#: Minutes without a request and without an open live page; 0 = no limit.
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=15)
#: Days after which a screen on a wall has to be connected anew.
WALL_SESSION_DAYS = env.int("WALL_SESSION_DAYS", default=30)
#: Whether walls show what was written about an incident. Off unless decided: visitors read along.
WALL_SHOWS_TEXT = env.bool("WALL_SHOWS_TEXT", default=False)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_FAILURE_VIEW = "common.web.views.csrf_failure"

# --- browser safety ----------------------------------------------------------------------------------------

SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
#: Tiles of a map that browsers fetch themselves; empty: none. The only host besides our own that a page may ask.
MAP_TILES_URL = env.tiles("MAP_TILES_URL")
#: The coordinate system of these tiles; empty: not stated.
MAP_TILES_CRS = env("MAP_TILES_CRS", default="")
if MAP_TILES_CRS not in ("", "WGS84", "CGCS2000", "GCJ02", "BD09"):
    sys.exit(f"MAP_TILES_CRS={MAP_TILES_CRS!r} is none of WGS84, CGCS2000, GCJ02, BD09. Not started.")
#: Who made the map and its approval number (审图号), below the map.
MAP_ATTRIBUTION = env("MAP_ATTRIBUTION", default="")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", *(["/".join(MAP_TILES_URL.split("/")[:3])] if MAP_TILES_URL else [])],
        "media-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- language and time -------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = sorted(path for path in (BASE_DIR / "locale").glob("*") if path.is_dir())
USE_I18N = True
USE_TZ = True
TIME_ZONE = LOCAL.key

# --- static files ------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
#: What the suite's journeys take of the screens: for README and docs, and for the handbooks inside the product.
PICTURES_FOLDER = BASE_DIR / "docs" / "images"
STATICFILES_DIRS = [BASE_DIR / "static", ("pictures", PICTURES_FOLDER)]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": env("STATIC_STORAGE", default="common.web.static.StaticStorage")},
}

# --- HTTP API ----------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.access.tokens.TokenAuthentication",
        "accounts.access.tokens.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.access.rate.PerPerson"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["accounts.intake.parsers.TypedParser"],
    "DEFAULT_SCHEMA_CLASS": "common.api.description.Description",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "common.api.doors.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "DATETIME_FORMAT": "iso-8601",
}
#: Calls of one person in one process; 0 = no limit. Alarms are never counted.
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=1200)
SPECTACULAR_SETTINGS = {
    # Plain JSON Schema: what checks an answer needs to know no dialect.
    "OAS_VERSION": "3.1.0",
    "TITLE": "Incident command dashboard",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "PostKindEnum": "accounts.choices.PostKind",
        "NoticeAnswerEnum": "notices.choices.Answer",
        "LeftOpenOutcomeEnum": "incidents.choices.MarkOutcome",
        "IncidentStateEnum": "incidents.choices.State",
        "WarningStateEnum": "early_warnings.choices.State",
        "OrderStateEnum": "command.orders.choices.OrderState",
        "ZeroReportAnswerEnum": "zero_reports.filing.choices.Answer",
        "ZeroReportSaidEnum": "zero_reports.shapes.SAID",
        "HeldAsEnum": "accounts.choices.HeldAs",
        "TierEnum": "accounts.choices.Tier",
        "DecisionKindEnum": "command.activation.choices.DecisionKind",
        "DecisionStateEnum": "command.activation.choices.DecisionState",
        "DutyKindEnum": "command.obligations.choices.DutyKind",
        "DutyStateEnum": "command.obligations.choices.DutyState",
        "NoClockEnum": "command.obligations.choices.NoClock",
        "ResponseStateEnum": "command.activation.choices.ResponseState",
        "SignedAsEnum": "early_warnings.choices.SignedAs",
        "CallStateEnum": "command.attendance.choices.CallState",
        "CalledKindEnum": "command.attendance.choices.CalledKind",
        "OfferStateEnum": "command.attendance.choices.OfferState",
        "AttendanceRouteEnum": "command.attendance.choices.Route",
        "DeliveryStateEnum": "command.linkage.choices.DeliveryState",
        "LinkageStateEnum": "command.linkage.choices.LinkageState",
        "LinkageVerbEnum": "command.linkage.choices.LinkageVerb",
        "LinkageReportKindEnum": "command.linkage.choices.ReportKind",
        "LinkageReportStateEnum": "command.linkage.choices.ReportState",
        "ReportWayEnum": "command.linkage.choices.ReportWay",
        "WayEnum": "command.linkage.choices.Way",
        "LinkageViaEnum": "command.linkage.choices.Via",
        "ReportChainChannelEnum": "command.report_chain.choices.Channel",
        "LineAboveEnum": "command.report_chain.choices.LineAbove",
        "ReportChainReportKindEnum": "command.report_chain.choices.ReportKind",
        "ReportChainReportStateEnum": "command.report_chain.choices.ReportState",
        "ReportChannelEnum": "early_warnings.choices.ReportChannel",
        "EarlyWarningReportStateEnum": "early_warnings.choices.ReportState",
        "RollCallAnswerEnum": "command.roll_call.choices.RollCallAnswer",
        "RollCallStateEnum": "command.roll_call.choices.RollCallState",
        "EarlyWarningOwnerEnum": "early_warnings.choices.Owner",
        "IncidentSourceEnum": "incidents.choices.Source",
        "FilingViaEnum": "zero_reports.filing.choices.Via",
        "DataKindEnum": "command.destruction.choices.DataKind",
        "DestructionGroundEnum": "command.destruction.choices.Ground",
        "DestructionItemStateEnum": "command.destruction.choices.ItemState",
        "ItemVerbEnum": "command.destruction.choices.ItemVerb",
        "DestructionMethodEnum": "command.destruction.choices.Method",
        "HandingStateEnum": "command.handing_over.choices.HandingState",
        "PartnerKindEnum": "resources.partners.choices.PartnerKind",
        "ImprovementStateEnum": "command.improvements.choices.ImprovementState",
        "ImprovementVerbEnum": "command.improvements.choices.ImprovementVerb",
        "MeasureStateEnum": "command.measures.choices.MeasureState",
        "MeasureVerbEnum": "command.measures.choices.MeasureVerb",
        "FollowUpStateEnum": "command.review.choices.FollowUpState",
        "FollowUpVerbEnum": "command.review.choices.FollowUpVerb",
        "ReviewKeptEnum": "command.review.choices.Kept",
        "KeyTimeEnum": "command.review.choices.KeyTime",
        "ReviewPhaseEnum": "command.review.choices.Phase",
        "ReviewStateEnum": "command.review.choices.ReviewState",
        "ReviewVerbEnum": "command.review.choices.ReviewVerb",
        "StatementFirstEnum": "command.statements.choices.First",
        "FirstStateEnum": "command.statements.choices.FirstState",
        "StatementStateEnum": "command.statements.choices.StatementState",
        "StatementVerbEnum": "command.statements.choices.StatementVerb",
        "DemandStateEnum": "cases.demands.shapes.STATES",
        "ReceptionKindEnum": "cases.receptions.shapes.KINDS",
        "DemandOriginEnum": "cases.demands.choices.DemandOrigin",
        "DemandOutcomeEnum": "cases.demands.choices.DemandOutcome",
        "PassedOnEnum": "cases.demands.choices.PassedOn",
        "DemandToldEnum": "cases.demands.choices.Told",
        "CaseStateEnum": "cases.leader_cases.choices.CaseState",
        "CaseVerbEnum": "cases.leader_cases.choices.CaseVerb",
        "ReceptionOutcomeEnum": "cases.receptions.choices.ReceptionOutcome",
        "ReceptionStateEnum": "cases.receptions.choices.ReceptionState",
        "DrillStateEnum": "drills.choices.DrillState",
        "InjectChannelEnum": "drills.choices.InjectChannel",
        "InjectStateEnum": "drills.choices.InjectState",
        "ScenarioKindEnum": "drills.choices.ScenarioKind",
        "BreakEnum": "duty.callout_preview.choices.Break",
        "NoticeChannelEnum": "notices.choices.Channel",
        "MomentEnum": "duty.callout_preview.choices.Moment",
        "WhatEnum": "duty.callout_preview.choices.What",
        "ExpertCallStateEnum": "resources.experts.choices.CallState",
        "CallVerbEnum": "resources.experts.choices.CallVerb",
        "FaultEnum": "resources.materials.choices.Fault",
        "MovementEnum": "resources.materials.choices.Movement",
        "AudienceEnum": "resources.trainings.choices.Audience",
        "TrainingPartEnum": "resources.trainings.choices.TrainingPart",
        "FindingCodeEnum": "rosters.choices.FindingCode",
        "RosterStateEnum": "rosters.choices.RosterState",
        "SwapStateEnum": "rosters.choices.SwapState",
        "CorrectionStateEnum": "supervision.corrections.choices.CorrectionState",
        "CorrectionVerbEnum": "supervision.corrections.choices.CorrectionVerb",
        "DeliveredEnum": "supervision.inquiries.choices.Delivered",
        "InquiryStateEnum": "supervision.inquiries.choices.InquiryState",
        "MeasureEnum": "supervision.inquiries.choices.Measure",
        "TriggerEnum": "supervision.inquiries.choices.Trigger",
        "TeamStateEnum": "supervision.teams.choices.TeamState",
        "FormStateEnum": "cases.official_forms.choices.FormState",
        "LookedAtEnum": "supervision.visits.choices.LookedAt",
        "VisitStateEnum": "supervision.visits.choices.VisitState",
        "VisitVerbEnum": "supervision.visits.choices.VisitVerb",
        "ExclusionGroundEnum": "accounts.exclusions.choices.Ground",
        "PlanKindEnum": "plans.lifecycle.choices.PlanKind",
        "PlanStateEnum": "plans.lifecycle.choices.PlanState",
        "PartEnum": "written_reports.choices.Part",
        "SlotStateEnum": "written_reports.choices.SlotState",
    },
    "PATH_CONVERTER_OVERRIDES": {"code": str},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "accounts.access.schema.name_scopes",
    ],
}

# --- the engine --------------------------------------------------------------------------------------------

#: Seconds between two looks at the journal when nothing wakes the hub.
LIVE_POLL_SECONDS = env.float("LIVE_POLL_SECONDS", default=0.5)
#: Seconds between two beats on a socket.
LIVE_BEAT_SECONDS = env.float("LIVE_BEAT_SECONDS", default=3.0)
#: Seconds between two turns of the engine (numbering, clocks, notices).
ENGINE_TURN_SECONDS = env.float("ENGINE_TURN_SECONDS", default=1.0)
#: Joint command centres whose system takes reports: {"name": {"url": …, "secret": …}}; the others are told by hand.
LINKAGE_CENTRES = env.json("LINKAGE_CENTRES", default={})
NOTICE_GATEWAY_URL = env("NOTICE_GATEWAY_URL", default="")
NOTICE_GATEWAY_URL_2 = env("NOTICE_GATEWAY_URL_2", default="")
NOTICE_GATEWAY_SECRET = env("NOTICE_GATEWAY_SECRET", default="")
#: The second gateway's own secret: whose id a report names is known by who signed it.
NOTICE_GATEWAY_SECRET_2 = env("NOTICE_GATEWAY_SECRET_2", default="")
#: Gateway → who it is: the bureau's own, or a provider that is spoken to directly (notices.channels.providers).
NOTICE_PROVIDERS = {
    "1": env.provider("NOTICE_GATEWAY_PROVIDER"),
    "2": env.provider("NOTICE_GATEWAY_PROVIDER_2"),
}
#: Gateway → what a provider knows us by; its address is NOTICE_GATEWAY_URL.
NOTICE_ACCOUNTS = {
    "1": {
        "voice_url": env("NOTICE_GATEWAY_VOICE_URL", default=""),
        "key": env("NOTICE_GATEWAY_KEY", default=""),
        "secret": env("NOTICE_GATEWAY_KEY_SECRET", default=""),
        "region": env("NOTICE_GATEWAY_REGION", default=""),
        "app": env("NOTICE_GATEWAY_APP", default=""),
        "sign": env("NOTICE_GATEWAY_SIGN", default=""),
        "voice_number": env("NOTICE_GATEWAY_VOICE_NUMBER", default=""),
        "extension": env("NOTICE_GATEWAY_EXTENSION", default=""),
    },
    "2": {
        "voice_url": env("NOTICE_GATEWAY_VOICE_URL_2", default=""),
        "key": env("NOTICE_GATEWAY_KEY_2", default=""),
        "secret": env("NOTICE_GATEWAY_KEY_SECRET_2", default=""),
        "region": env("NOTICE_GATEWAY_REGION_2", default=""),
        "app": env("NOTICE_GATEWAY_APP_2", default=""),
        "sign": env("NOTICE_GATEWAY_SIGN_2", default=""),
        "voice_number": env("NOTICE_GATEWAY_VOICE_NUMBER_2", default=""),
        "extension": env("NOTICE_GATEWAY_EXTENSION_2", default=""),
    },
}
#: Whole webhook addresses of chat groups, secret included; empty: not used.
NOTICE_BOTS = {
    "wecom": env("NOTICE_WECOM_URL", default=""),
    "dingtalk": env("NOTICE_DINGTALK_URL", default=""),
    "feishu": env("NOTICE_FEISHU_URL", default=""),
}
#: Signing secrets of the DingTalk and Feishu groups, where the group asks for signed messages.
NOTICE_BOT_SECRETS = {
    "dingtalk": env("NOTICE_DINGTALK_SECRET", default=""),
    "feishu": env("NOTICE_FEISHU_SECRET", default=""),
}
#: Hours in Shanghai in which nothing routine rings.
NOTICE_QUIET_HOURS = env.hours("NOTICE_QUIET_HOURS", default="22:00-07:00")
#: Seconds a routine notice waits for others to the same person.
NOTICE_BUNDLE_SECONDS = env.float("NOTICE_BUNDLE_SECONDS", default=60.0)
#: A gateway that takes longer than so many seconds is passed over for the other one for a while.
NOTICE_SLOW_SECONDS = env.float("NOTICE_SLOW_SECONDS", default=4.0)
EMAIL_HOST = env("EMAIL_HOST", default="")
EMAIL_PORT = env.int("EMAIL_PORT", default=465)
EMAIL_HOST_USER = env("EMAIL_USER", default="")
EMAIL_HOST_PASSWORD = env("EMAIL_PASSWORD", default="")
EMAIL_USE_SSL = env.bool("EMAIL_SSL", default=True)
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", default="")
#: Called after every audit that found nothing wrong; the service behind it alarms when the calls stop.
HEARTBEAT_PING_URL = env("HEARTBEAT_PING_URL", default="")
#: Seconds a claimed notice stays with one engine before another may take it.
NOTICE_LEASE_SECONDS = env.float("NOTICE_LEASE_SECONDS", default=30.0)

#: Where the nightly backups go; empty: DATA_DIR/backups. How many are kept; 0: none is made.
BACKUP_DIR = env("BACKUP_DIR", default="")
BACKUP_KEEP = env.int("BACKUP_KEEP", default=7)
#: The certificate people's browsers are shown, in PEM; empty: its expiry is not watched.
CERTIFICATE_FILE = env("CERTIFICATE_FILE", default="")

#: Where this process answers Prometheus, apart from its pages; 0: nowhere.
METRICS_PORT = env.int("METRICS_PORT", default=0)
METRICS_HOST = env("METRICS_HOST", default=HOST)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "common.logs.MaskedFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        # A refusal is an answer, not a fault: who asked reads it, the log stays for what somebody must look at.
        "django.request": {"level": "ERROR"},
        # One line for each turn of a nightly or half-minute job would push everything else off the screen.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
