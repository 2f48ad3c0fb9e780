"""allauth's forms with our labels, our counting of wrong tries and codes that work once."""

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateForm
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import signals
from accounts.access import sessions
from accounts.sign_in import second_factor, security_keys, throttles
from accounts.sign_in.credentials import too_many_sentence
from accounts.sign_in.passwords import MAX_LENGTH
from common.errors import Refused

WRONG_CODES = 5


def password_input(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"autocomplete": autocomplete, "maxlength": MAX_LENGTH})


def code_input() -> forms.TextInput:
    return forms.TextInput(
        attrs={
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "spellcheck": "false",
            "maxlength": 12,
        }
    )


def begin_attempt(user, now) -> throttles.Attempt:
    """Codes and keys are counted together: a way in beside them would be a second five."""
    try:
        return throttles.begin([throttles.Limit(f"code:{user.pk}", WRONG_CODES)], now=now)
    except throttles.TooMany as wait:
        raise forms.ValidationError(too_many_sentence(wait.until), code="too_many_codes") from None


class SignInForm(AllauthLoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label = _("Username"), _("Password")
        login.widget = forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        )
        password.widget, password.help_text = password_input("current-password"), ""


class PasswordAgainForm(AllauthReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["password"]
        field.label, field.help_text = _("Your password"), ""
        field.widget = password_input("current-password")


class OwnPasswordForm(AllauthChangePasswordForm):
    """A new password, twice. The present one is asked for, unless it is a one-time password just typed."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.user.one_time_until and not sessions.came_centrally(context.request):
            del self.fields["oldpassword"]
        labels = {
            "oldpassword": _("One-time password") if self.user.one_time_until else _("Current password"),
            "password1": _("New password"),
            "password2": _("New password, again"),
        }
        for name, field in self.fields.items():
            field.label = labels[name]
            field.widget = password_input("current-password" if name == "oldpassword" else "new-password")
            field.help_text = ""
        self.fields["password1"].help_text = " ".join(
            [password_validators_help_texts()[0], _("Long phrases of several words are welcome.")]
        )


class CodeForm(AllauthAuthenticateForm):
    """The second step of signing in: the authenticator's code, or a recovery code."""

    code = forms.CharField(label=gettext_lazy("One-time code"), widget=code_input(), max_length=20)
    reauthenticated = False

    def clean_code(self):
        code, now = self.cleaned_data["code"], context.request.now
        attempt = begin_attempt(self.user, now)
        if not self._accept(code, now):
            attempt.wrong()
            signals.refuse_sign_in(context.request, self.user.username, "second_factor")
            raise forms.ValidationError(
                _("The code is wrong, or it was used before. Wait for the next one and type it."),
                code="code_wrong",
            )
        attempt.right()
        return code

    def _accept(self, code, now):
        if second_factor.accept_code(self.user, code, now):
            kind = Authenticator.Type.TOTP
        elif second_factor.accept_recovery_code(self.user, code):
            kind = Authenticator.Type.RECOVERY_CODES
        else:
            return False
        self.authenticator = Authenticator.objects.get(user_id=self.user.pk, type=kind)
        self.authenticator.user = self.user
        return True

    def save(self):
        post_authentication(context.request, self.authenticator, reauthenticated=self.reauthenticated)


class CodeAgainForm(CodeForm):
    reauthenticated = True


def answer_field() -> forms.CharField:
    """What the page's script puts there when the key has answered."""
    return forms.CharField(max_length=security_keys.LONGEST, strip=False, widget=forms.HiddenInput)


class KeyForm(forms.Form):
    """The second step of signing in with a security key."""

    credential = answer_field()
    reauthenticated = False

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self):
        cleaned, now = super().clean(), context.request.now
        attempt = begin_attempt(self.user, now)
        self.authenticator = security_keys.accept_answer(self.user, cleaned.get("credential") or "", now)
        if self.authenticator is None:
            attempt.wrong()
            signals.refuse_sign_in(context.request, self.user.username, "security_key")
            raise forms.ValidationError(
                _(
                    "The security key was not accepted. It is not one of yours, or it was asked more than five minutes "
                    "ago. Use it once more, or take another way."
                ),
                code="key_wrong",
            )
        attempt.right()
        return cleaned

    def save(self):
        post_authentication(context.request, self.authenticator, reauthenticated=self.reauthenticated)


class KeyAgainForm(KeyForm):
    reauthenticated = True


class AddKeyForm(forms.Form):
    """A name, and what the new key answered."""

    name = forms.CharField(
        label=gettext_lazy("Name of the key"),
        max_length=40,
        help_text=gettext_lazy(
            "As you will recognise it on the day it is lost, e.g. “blue key on the key ring”."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    credential = answer_field()

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["name"].initial = get_adapter().generate_authenticator_name(
            user, Authenticator.Type.WEBAUTHN
        )

    def clean(self):
        """Last of all: an answer is not used up by a form with another mistake in it."""
        cleaned = super().clean()
        if not self.errors:
            try:
                cleaned["credential"] = security_keys.accept_new(
                    self.user, cleaned["credential"], context.request.now
                )
            except Refused as refusal:
                raise forms.ValidationError(str(refusal), code=refusal.code) from None
        return cleaned


class ActivateForm(AllauthActivateForm):
    """Proves that the phone has the key. The code typed here is used up by it."""

    code = forms.CharField(label=gettext_lazy("Code the app shows now"), widget=code_input(), max_length=20)

    def clean_code(self):
        code, now = self.cleaned_data["code"], context.request.now
        attempt = begin_attempt(self.user, now)
        step = second_factor.step_of(self.secret, code, now)
        if step is None or not second_factor.use_up(self.user, step):
            attempt.wrong()
            raise forms.ValidationError(
                _(
                    "The code does not fit this key. Check the time of the phone, then type the code it shows now."
                ),
                code="code_wrong",
            )
        attempt.right()
        return code
