"""allauth's views with our pages: 422 for a form that was not accepted, and nothing kept by caches."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.conf import settings
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

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
    pass


class SignOutView(Page, account.LogoutView):
    pass


class PasswordView(Page, account.PasswordChangeView):
    """Also the first page of somebody with a one-time or an outdated password."""

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not request.user.has_usable_password():
            raise WrongState(
                "no_password",
                _(
                    "There is nothing to change: this account has no password. Ask your security administrator for one."
                ),
            )
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(
            first_time=bool(user.one_time_until), expired=is_expired(user, self.request.now), **kwargs
        )


class PasswordAgainView(Page, account.ReauthenticateView):
    pass


class CodeView(Page, mfa.AuthenticateView):
    pass


class CodeAgainView(Page, mfa.ReauthenticateView):
    pass


class ActivateView(Page, totp.ActivateTOTPView):
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
