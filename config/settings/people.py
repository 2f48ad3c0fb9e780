"""Accounts, passwords, second factor, sessions."""

import sys
from urllib.parse import urlsplit

from config.environment import env
from config.settings.installation import HTTPS, SITE_NAME, SITE_URL

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
    "add_webauthn": "accounts.sign_in.forms.AddKeyForm",
    "authenticate_webauthn": "accounts.sign_in.forms.KeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
#: A key that was stolen proves nothing without its PIN, finger or face (ADR 0267).
MFA_WEBAUTHN_USER_VERIFICATION = "required"
#: The name security keys are made for; they answer under no other. A change of it makes every key useless.
SECURITY_KEY_HOST = env("SECURITY_KEY_HOST", default="").strip().lower() or urlsplit(SITE_URL).hostname or ""
if SITE_URL and not f".{urlsplit(SITE_URL).hostname}".endswith(f".{SECURITY_KEY_HOST}"):
    sys.exit(
        f"SECURITY_KEY_HOST={SECURITY_KEY_HOST} has to be the host of SITE_URL ({SITE_URL}) or what it ends with, "
        "without https:// and port: under another name no security key answers. Not started."
    )
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

#: True for a web process on a replica of the database: it serves pages that only read.
READ_ONLY = env.bool("READ_ONLY", default=False)
SESSION_ENGINE = f"accounts.access.{'reading' if READ_ONLY else 'stored'}_sessions"
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=12) * 3600
#: Minutes without a request and without an open live page; 0 = no limit.
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=15)
#: Hours after which emergency access past one's posts ends by itself.
EMERGENCY_ACCESS_HOURS = env.int("EMERGENCY_ACCESS_HOURS", default=4)
if not 1 <= EMERGENCY_ACCESS_HOURS <= 12:
    sys.exit("EMERGENCY_ACCESS_HOURS is from 1 to 12: a shift at most. Not started.")
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
