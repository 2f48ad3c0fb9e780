"""allauth's hooks: no signing up, our own counting of wrong tries, sealed second factors.

Forms and views of allauth are kept; what they ask their adapter is answered here.
"""

from io import BytesIO

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import NoReverseMatch, reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import signals
from accounts.access import sessions
from accounts.central import directory, way
from accounts.central.queries import person_meant
from accounts.people.actions import set_own_password
from accounts.queries import is_administrator
from accounts.sign_in import devices, security_keys, throttles
from accounts.sign_in.credentials import too_many_sentence
from accounts.sign_in.second_factor import is_last_factor
from common.database import encrypted_fields
from common.errors import NotAllowed, TryAgain
from common.text import codes


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": gettext_lazy(
            "Not signed in: username and password do not fit together. Check both; after five wrong tries "
            "you have to wait up to five minutes."
        ),
        "incorrect_password": gettext_lazy("The password is wrong. Type it again."),
        "enter_current_password": gettext_lazy("The current password is wrong. Type it again."),
    }

    def is_open_for_signup(self, request):
        return False

    def authenticate(self, request, **credentials):
        """Check username and password; a wrong pair is counted and recorded, the same for unknown names."""
        username = codes.username(credentials.get("username", ""))
        limits = devices.limits_for(request, username, devices.address_of(request))
        try:
            attempt = throttles.begin(limits, now=request.now)
        except throttles.TooMany as wait:
            signals.refuse_sign_in(request, username, "throttled")
            raise ValidationError(too_many_sentence(wait.until), code="too_many_login_attempts") from None
        user = super().authenticate(request, **credentials)
        request.by_directory = False
        if directory.is_on() and (user is None or not self._are_passwords_taken(user, request)):
            named = self._ask_directory(request, username, credentials.get("password") or "", attempt)
            if named is not None:
                request.by_directory = True
                attempt.right()
                return named
        if user is None:
            attempt.wrong()
            signals.refuse_sign_in(request, username, "wrong")
            return None
        attempt.right()
        self._check_passwords_are_taken(user, request)
        self._check_one_time(user, request)
        return user

    def pre_login(self, request, user, *, signal_kwargs=None, **kwargs):
        """What a provider said of somebody, and their row, do not wait in the session for the second step."""
        if (signal_kwargs or {}).pop("sociallogin", None) is None and getattr(request, "by_directory", False):
            request.session[sessions.BY_DIRECTORY] = True
        else:
            request.session.pop(sessions.BY_DIRECTORY, None)
        return super().pre_login(request, user, signal_kwargs=signal_kwargs, **kwargs)

    def pre_authenticate(self, request, **credentials):
        """allauth's own limit counts per address: one NAT for everybody. Ours stands in `authenticate`."""

    def validation_error(self, code, *args):
        if code == "username_password_mismatch" and directory.is_on():
            sentence = _(
                "Not signed in: username and password do not fit together, or %(name)s has locked the account. Check "
                "both; after five wrong tries you have to wait up to five minutes."
            ) % {"name": settings.LDAP_NAME}  # fmt: skip
            return ValidationError(sentence, code=code)
        return super().validation_error(code, *args)

    def _ask_directory(self, request, username, password, attempt):
        """The person whose password the directory takes; None where it takes none.

        While it is away a try counts as wrong: it was one at the password kept here, and may be a guess.
        """
        try:
            if not directory.proves(username, password):
                return None
            return person_meant(username, request.now, is_directory=True)
        except TryAgain as away:
            attempt.wrong()
            signals.refuse_sign_in(request, username, away.code)
            way = (
                settings.SSO_EMERGENCY
                if settings.SSO_ONLY
                else _("A password of this product works as before.")
            )
            raise ValidationError(f"{away} {way}", code=away.code) from None
        except NotAllowed as refusal:
            attempt.wrong()
            signals.refuse_sign_in(request, username, refusal.code)
            raise ValidationError(str(refusal), code=refusal.code) from None

    def _are_passwords_taken(self, user, request) -> bool:
        return not settings.SSO_ONLY or is_administrator(user, request.now)

    def _check_passwords_are_taken(self, user, request):
        """Said only to who typed the right one: nobody learns by it who keeps the installation."""
        if self._are_passwords_taken(user, request):
            return
        signals.refuse_sign_in(request, user.username, "password_closed")
        if way.name():
            name, sentence = way.name(), _(
                "Not signed in: here one signs in by %(name)s, with the button. If it does not answer: %(way)s"
            )  # fmt: skip
        else:
            name, sentence = settings.LDAP_NAME, _(
                "Not signed in: here one signs in with the password of %(name)s. If it does not answer: %(way)s"
            )  # fmt: skip
        raise ValidationError(
            sentence % {"name": name, "way": settings.SSO_EMERGENCY}, code="password_closed"
        )

    def _check_one_time(self, user, request):
        if user.one_time_until and request.now >= user.one_time_until:
            signals.refuse_sign_in(request, user.username, "one_time_expired")
            raise ValidationError(
                _("Not signed in: this one-time password was good until %(time)s. Ask your security "
                  "administrator for a new one.") % {"time": localtime(user.one_time_until).strftime("%Y-%m-%d %H:%M")},
                code="one_time_expired",
            )  # fmt: skip

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        devices.remember(request, response, user)
        if user.language in dict(settings.LANGUAGES) and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, user.language, max_age=365 * 24 * 3600,
                samesite="Lax", secure=settings.HTTPS,
            )  # fmt: skip
        return response

    def get_login_redirect_url(self, request):
        try:
            return super().get_login_redirect_url(request)
        except NoReverseMatch:
            return reverse("account")

    def get_password_change_redirect_url(self, request):
        return reverse("account")

    def set_password(self, user, password):
        set_own_password(user=user, password=password, now=context.request.now)

    def is_reauthentication_required(self, *, app, **kwargs):
        """Who signed in within the last five minutes need not type the password a second time."""
        return not sessions.signed_in_just_now(context.request)

    def add_message(self, request, level, message_template=None, *args, **kwargs):
        """Pages say what happened themselves; "successfully signed in" is no news on a command screen."""
        if message_template is None:
            super().add_message(request, level, message_template, *args, **kwargs)

    def get_client_ip(self, request):
        return devices.address_of(request) or "0.0.0.0"  # noqa: S104 - a name for "unknown", nothing is bound


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": gettext_lazy(
            "The second factor was not removed: it is the last one, and this bureau requires one. Set up another one "
            "before."
        ),
    }

    def encrypt(self, text):
        return encrypted_fields.seal(text)

    def decrypt(self, encrypted_text):
        return encrypted_fields.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator):
        return not settings.REQUIRE_SECOND_FACTOR or not is_last_factor(authenticator)

    def generate_authenticator_name(self, user, type):
        """Offered for a new security key; people write what they recognise it by."""
        return _("Security key %(n)s") % {"n": security_keys.keys_of(user).count() + 1}

    def get_public_key_credential_rp_entity(self):
        return {"id": security_keys.relying_party(context.request), "name": settings.MFA_TOTP_ISSUER}

    def get_public_key_credential_user_entity(self, user):
        """What the key shows. Its maker may read it too: the username, not the telephone or the address."""
        entity = super().get_public_key_credential_user_entity(user)
        return {**entity, "name": user.username, "display_name": str(user)}

    def build_totp_svg(self, url):
        """A QR code with its own white ground: a phone cannot read black on a dark page."""
        import qrcode
        from qrcode.image.svg import SvgFillImage

        image = BytesIO()
        qrcode.make(url, image_factory=SvgFillImage).save(image)
        return image.getvalue().decode()
