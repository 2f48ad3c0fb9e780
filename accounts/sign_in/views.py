"""allauth's views with our pages: 422 for a form that was not accepted, and nothing kept by caches."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.conf import settings
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from accounts.access import sessions
from accounts.sign_in.forms import SignInForm
from accounts.sign_in.passwords import is_expired
from accounts.sign_in.second_factor import has_second_factor
from common.errors import WrongState


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
        if settings.OIDC_ISSUER:
            context["central_name"] = settings.OIDC_NAME
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
            first_time=bool(user.one_time_until),
            came_centrally=sessions.came_centrally(self.request),
            expired=is_expired(user, self.request.now),
            **kwargs,
        )


class PasswordAgainView(Page, account.ReauthenticateView):
    pass


class CodeView(Page, mfa.AuthenticateView):
    pass


class CodeAgainView(Page, mfa.ReauthenticateView):
    pass


class ActivateView(Page, totp.ActivateTOTPView):
    def dispatch(self, request, *args, **kwargs):
        """Where nothing of one's own can be asked for again, allauth asks for nothing: a provider's word alone would
        make the key that signs."""
        if sessions.is_unproven(request) and not has_second_factor(request.user):
            _check_has_password(request)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        secret = context["form"].secret
        # In groups of four: it is read out or typed where a phone cannot scan.
        context["secret"] = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        context["require_second_factor"] = settings.REQUIRE_SECOND_FACTOR
        return context


class DeactivateView(Page, totp.DeactivateTOTPView):
    pass


class RecoveryCodesView(Page, recovery.ViewRecoveryCodesView):
    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not has_second_factor(request.user):
            return redirect("mfa_activate_totp")
        return super().dispatch(request, *args, **kwargs)


class NewRecoveryCodesView(Page, recovery.GenerateRecoveryCodesView):
    pass


def _check_has_password(request) -> None:
    if request.user.is_authenticated and not request.user.has_usable_password():
        raise WrongState(
            "no_password",
            _(
                "There is nothing to change: this account has no password. Ask your security administrator for one."
            ),
        )
