"""allauth's views with our pages: 422 for a form that was not accepted, and nothing kept by caches."""

from allauth.account import views as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic.edit import FormView

from accounts.access import sessions
from accounts.central import directory, way
from accounts.sign_in import security_keys
from accounts.sign_in.forms import KeyAgainForm, SignInForm
from accounts.sign_in.passwords import is_expired
from accounts.sign_in.second_factor import has_second_factor
from common.errors import Refused, WrongState


class Page:
    """Mixed in before an allauth view."""

    def form_invalid(self, form):
        response = super().form_invalid(form)
        response.status_code = 422
        return response

    def render_to_response(self, context, **kwargs):
        response = super().render_to_response(context, **kwargs)
        add_never_cache_headers(response)
        return response


class SignInView(Page, account.LoginView):
    @classmethod
    def page(cls, request, **more):
        """The page as it is before anything was typed, whatever was asked for."""
        view = cls()
        view.setup(request)
        return view.render_to_response(view.get_context_data(form=SignInForm(request=request), **more))

    def get_context_data(self, **kwargs):
        closed = {"sso_only": settings.SSO_ONLY, "sso_emergency": settings.SSO_EMERGENCY}
        context = super().get_context_data(**closed, **kwargs)
        if directory.is_on():
            context["directory_name"] = settings.LDAP_NAME
        if way.name():
            context["central_name"] = way.name()
            # A phone's keyboard would cover the button, and what was refused.
            context["form"].fields["login"].widget.attrs.pop("autofocus", None)
        return context


class SignOutView(Page, account.LogoutView):
    pass


class PasswordView(Page, account.PasswordChangeView):
    """Also the first page of somebody with a one-time or an outdated password."""

    def dispatch(self, request, *args, **kwargs):
        _check_has_password(request)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(
            first_time=bool(user.one_time_until) and not sessions.came_by_directory(self.request.session),
            came_centrally=sessions.came_centrally(self.request),
            expired=is_expired(user, self.request.now)
            and not sessions.came_by_directory(self.request.session),
            **kwargs,
        )


class PasswordAgainView(Page, account.ReauthenticateView):
    pass


class CodeView(Page, mfa.AuthenticateView):
    """The second step: a code, or a security key where the person has one."""

    def get_context_data(self, **kwargs):
        context, user = super().get_context_data(**kwargs), self.stage.login.user
        context.update(_question(self.request, user))
        context["has_app"] = get_adapter().is_mfa_enabled(user, [Authenticator.Type.TOTP])
        return context


class CodeAgainView(Page, mfa.ReauthenticateView):
    pass


class KeyAgainView(Page, account.BaseReauthenticateView):
    template_name = "mfa/webauthn/reauthenticate.html"
    form_class = KeyAgainForm

    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            return redirect("account_login")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form):
        form.save()
        return super().form_valid(form)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**_question(self.request, self.request.user), **kwargs)


class Adds:
    """Mixed in before a view that sets up a factor."""

    def dispatch(self, request, *args, **kwargs):
        """Where nothing of one's own can be asked for again, allauth asks for nothing: a provider's word alone would
        make the key that signs."""
        if sessions.is_unproven(request) and not has_second_factor(request.user):
            _check_has_password(request)
        if sessions.came_by_directory(request.session):
            _check_is_fresh(request)
        return super().dispatch(request, *args, **kwargs)


class ActivateView(Adds, Page, totp.ActivateTOTPView):
    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        secret = context["form"].secret
        # In groups of four: it is read out or typed where a phone cannot scan.
        context["secret"] = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        context["require_second_factor"] = settings.REQUIRE_SECOND_FACTOR
        return context


class DeactivateView(Page, totp.DeactivateTOTPView):
    def get_context_data(self, **kwargs):
        return super().get_context_data(has_key=security_keys.has_key(self.request.user), **kwargs)


class AddKeyView(Adds, Page, webauthn.AddWebAuthnView):
    template_name = "mfa/webauthn/add.html"

    def get_context_data(self, **kwargs):
        # Past allauth's own, which forgets the form that was sent.
        context = FormView.get_context_data(self, **kwargs)
        context["why_not"] = security_keys.why_not_here(self.request)
        context["require_second_factor"] = settings.REQUIRE_SECOND_FACTOR
        context["is_first"] = not has_second_factor(self.request.user)
        if not context["why_not"]:
            context["question"] = security_keys.question_for_new(self.request, self.request.user)
        return context

    def form_valid(self, form):
        response = super().form_valid(form)
        security_keys.mark_session(self.request, self.request.user)
        messages.success(
            self.request, _("The key “%(name)s” was added.") % {"name": form.cleaned_data["name"]}
        )
        return response


class RemoveKeyView(Page, webauthn.RemoveWebAuthnView):
    template_name = "mfa/webauthn/remove.html"
    # Django's DELETE takes the row without asking what the form asks.
    http_method_names = ("get", "post", "head", "options")

    def get_success_url(self):
        return reverse("account")

    def get_context_data(self, **kwargs):
        return super().get_context_data(key=self.object.wrap(), **kwargs)

    def form_valid(self, form):
        name = self.object.wrap().name
        if not get_adapter().can_delete_authenticator(self.object):
            form.add_error(None, get_adapter().validation_error("cannot_delete_authenticator"))
            return self.form_invalid(form)
        response = super().form_valid(form)
        security_keys.mark_session(self.request, self.request.user)
        messages.success(self.request, _("The key “%(name)s” was removed. It opens and signs nothing any more.") % {
            "name": name})  # fmt: skip
        return response


@login_required
@require_POST
def key_question(request):
    """What a page's script asks the person's keys, just before a signature. A refusal comes as a sentence to be shown."""
    try:
        question = security_keys.question_for(request, request.user)
    except Refused as refusal:
        return JsonResponse({"code": refusal.code, "message": str(refusal)}, status=refusal.status)
    return JsonResponse(question)


class RecoveryCodesView(Page, recovery.ViewRecoveryCodesView):
    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not has_second_factor(request.user):
            return redirect("mfa_activate_totp")
        return super().dispatch(request, *args, **kwargs)


class NewRecoveryCodesView(Page, recovery.GenerateRecoveryCodesView):
    pass


def _question(request, user) -> dict:
    """For a page that asks a key at once: the question, or why it cannot be put; nothing for who has no key."""
    if not security_keys.has_key(user):
        return {}
    try:
        return {"has_key": True, "question": security_keys.question_for(request, user)}
    except Refused as refusal:
        return {"has_key": True, "why_not": str(refusal)}


def _check_is_fresh(request) -> None:
    """Who has neither password nor code here is asked for nothing again by allauth; the directory is, at a sign-in."""
    user = request.user
    if user.has_usable_password() or has_second_factor(user) or sessions.signed_in_just_now(request):
        return
    raise WrongState(
        "sign_in_again",
        _(
            "Nothing was set up: your sign-in is more than five minutes old. Sign out, sign in again and do it at once."
        ),
    )


def _check_has_password(request) -> None:
    if request.user.is_authenticated and not request.user.has_usable_password():
        if sessions.came_by_directory(request.session):
            raise WrongState(
                "password_elsewhere",
                _("There is nothing to change here: your password is the one of %(name)s. Change it there.")
                % {"name": settings.LDAP_NAME},
            )
        raise WrongState(
            "no_password",
            _(
                "There is nothing to change: this account has no password. Ask your security administrator for one."
            ),
        )
