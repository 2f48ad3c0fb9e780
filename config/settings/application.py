"""The rooms, what a request passes through, and how pages are made."""

from config.settings.installation import BASE_DIR

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
    "webhooks",
    "rosters",
    "plans",
    "incidents",
    "exchange",
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
